// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <libfyaml.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/scenario_yaml.h"

/* Aliases are followed by copying, so a small file could ask for a tree of any size. */
enum { MOST_NODES = 4096, MOST_DEPTH = 8 };

struct reader {
	const char *file;
	struct fault *fault;
	struct fy_diag *diag;
	struct fy_parser *parser;
	void *last_error;  /* of the diag's list: what is behind it is new */
	char printed[128]; /* what has no place is not on that list */
	unsigned int nr_nodes;
};

const char *yaml_kind_name(enum yaml_kind kind)
{
	static const char *const names[] = {"nothing", "a single value", "a list", "a mapping"};

	return names[kind];
}

static struct fy_diag_error *next_error(struct reader *reader)
{
	return fy_diag_errors_iterate(reader->diag, &reader->last_error);
}

/* Only scalars have a token with a mark; where a list or a mapping starts is told by reports. */
static struct place place_of(struct reader *reader, struct fy_node *node)
{
	struct fy_token *token = fy_node_is_scalar(node) ? fy_node_get_scalar_token(node) : NULL;
	const struct fy_mark *mark = token ? fy_token_start_mark(token) : NULL;
	struct place place = {0};
	struct fy_diag_error *error;

	if (mark)
		return (struct place){.line = (uint32_t)mark->line + 1,
				      .column = (uint32_t)mark->column + 1};
	fy_node_report(node, FYET_ERROR, "here");
	while ((error = next_error(reader)))
		if (error->line > 0 && error->column > 0)
			place = (struct place){.line = (uint32_t)error->line,
					       .column = (uint32_t)error->column};
	return place;
}

static int not_yaml(struct reader *reader)
{
	struct fy_diag_error *error = next_error(reader);
	struct place place = {0};

	if (!error)
		return place_fault(reader->fault, reader->file, &place, "not valid YAML%s%s",
				   reader->printed[0] ? ": " : "", reader->printed);
	if (error->line > 0 && error->column > 0)
		place = (struct place){.line = (uint32_t)error->line,
				       .column = (uint32_t)error->column};
	return place_fault(reader->fault, reader->file, &place, "not valid YAML: %s", error->msg);
}

static int scalar_text(struct reader *reader, struct fy_node *node, const struct place *place,
		       char **ret_text)
{
	size_t length;
	const char *text = fy_node_get_scalar(node, &length);

	if (text && memchr(text, '\0', length))
		return place_fault(reader->fault, reader->file, place, "a zero byte in the text");
	*ret_text = text ? strndup(text, length) : strdup("");
	return *ret_text ? 0 : -ENOMEM;
}

static int read_node(struct reader *reader, struct fy_node *node, unsigned int depth,
		     struct yaml *ret_yaml);

static int read_pair(struct reader *reader, struct fy_node_pair *pair, unsigned int depth,
		     struct yaml *ret_item)
{
	struct fy_node *key = fy_node_pair_key(pair);
	int err;

	ret_item->key_place = place_of(reader, key);
	if (!ret_item->key_place.line && fy_node_pair_value(pair))
		ret_item->key_place = place_of(reader, fy_node_pair_value(pair));
	if (!fy_node_is_scalar(key))
		return place_fault(reader->fault, reader->file, &ret_item->key_place,
				   "a key must be a word, found %s",
				   fy_node_is_mapping(key) ? "a mapping" : "a list or an alias");
	err = scalar_text(reader, key, &ret_item->key_place, &ret_item->key);
	return err ? err : read_node(reader, fy_node_pair_value(pair), depth, ret_item);
}

static int read_items(struct reader *reader, struct fy_node *node, unsigned int depth,
		      struct yaml *yaml)
{
	bool mapping = yaml->kind == YAML_MAPPING;
	int count = mapping ? fy_node_mapping_item_count(node) : fy_node_sequence_item_count(node);
	struct fy_node *item;
	struct fy_node_pair *pair;
	void *at = NULL;
	int err = 0;

	if (count <= 0)
		return 0;
	reader->nr_nodes += (unsigned int)count;
	if (count > MOST_NODES || reader->nr_nodes > MOST_NODES)
		return place_fault(reader->fault, reader->file, &yaml->place, "more than %d values",
				   MOST_NODES);
	yaml->items = calloc((size_t)count, sizeof(*yaml->items));
	if (!yaml->items)
		return -ENOMEM;
	if (mapping)
		while (!err && (pair = fy_node_mapping_iterate(node, &at)))
			err = read_pair(reader, pair, depth, &yaml->items[yaml->nr_items++]);
	else
		while (!err && (item = fy_node_sequence_iterate(node, &at)))
			err = read_node(reader, item, depth, &yaml->items[yaml->nr_items++]);
	return err;
}

/* A value that is left out is a plain scalar without a character, unlike "". */
static bool is_nothing(struct fy_node *node)
{
	return fy_node_is_scalar(node) && !fy_node_get_scalar_length(node) &&
	       fy_node_get_style(node) == FYNS_PLAIN;
}

static int read_node(struct reader *reader, struct fy_node *node, unsigned int depth,
		     struct yaml *ret_yaml)
{
	struct place place = ret_yaml->key_place;
	struct place own = node ? place_of(reader, node) : place;

	if (own.line)
		place = own;
	ret_yaml->place = place;
	if (depth == MOST_DEPTH)
		return place_fault(reader->fault, reader->file, &place,
				   "nested more than %d deep, or an alias of itself", MOST_DEPTH);
	if (node && fy_node_is_alias(node)) {
		node = fy_node_resolve_alias(node);
		if (!node)
			return place_fault(reader->fault, reader->file, &place,
					   "an alias of an anchor that is not there");
		return read_node(reader, node, depth + 1, ret_yaml);
	}
	if (!node || is_nothing(node))
		return 0;
	if (fy_node_is_scalar(node)) {
		ret_yaml->kind = YAML_SCALAR;
		return scalar_text(reader, node, &place, &ret_yaml->text);
	}
	ret_yaml->kind = fy_node_is_mapping(node) ? YAML_MAPPING : YAML_LIST;
	return read_items(reader, node, depth + 1, ret_yaml);
}

/* Bytes of the character at `at`: 0 if it is not UTF-8 (RFC 3629), or a zero byte. */
static size_t character_bytes(const unsigned char *at, size_t left)
{
	static const uint32_t smallest[] = {1, 0x80, 0x800, 0x10000};
	size_t follow = *at < 0x80 ? 0 : *at < 0xe0 ? 1 : *at < 0xf0 ? 2 : 3;
	uint32_t code = follow ? *at & (0x3f >> follow) : *at;

	if ((*at >= 0x80 && *at < 0xc0) || *at >= 0xf8 || follow >= left)
		return 0;
	for (size_t i = 1; i <= follow; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (at[i] & 0x3f);
	}
	if (code < smallest[follow] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return 0;
	return follow + 1;
}

/* libfyaml takes the first byte that is not UTF-8 for the end of the text, without a word. */
static int check_text(const char *file, const char *text, size_t length, struct fault *fault)
{
	struct place place = {.line = 1, .column = 1};

	for (size_t i = 0, bytes; i < length; i += bytes) {
		bytes = character_bytes((const unsigned char *)text + i, length - i);
		if (!bytes)
			return place_fault(fault, file, &place, "not UTF-8 text");
		place.column = text[i] == '\n' ? 1 : place.column + 1;
		place.line += text[i] == '\n';
	}
	return 0;
}

static int read_document(struct reader *reader, struct yaml *root)
{
	struct fy_document *document = fy_parse_load_document(reader->parser), *second;
	struct place place = {0};
	int err;

	if (!document && fy_parser_get_stream_error(reader->parser))
		return not_yaml(reader);
	if (!document || !fy_document_root(document)) {
		err = place_fault(reader->fault, reader->file, &place, "there is nothing in it");
		goto out_document;
	}
	err = read_node(reader, fy_document_root(document), 0, root);
	if (err)
		goto out_document;
	second = fy_parse_load_document(reader->parser);
	if (second) {
		place = place_of(reader, fy_document_root(second));
		err = place_fault(reader->fault, reader->file, &place,
				  "a second document; a scenario is one");
		fy_parse_document_destroy(reader->parser, second);
	} else if (fy_parser_get_stream_error(reader->parser)) {
		err = not_yaml(reader);
	}
out_document:
	if (document)
		fy_parse_document_destroy(reader->parser, document);
	return err;
}

/* The library would print to stderr otherwise. "[ERR]: reason" and a newline. */
static void keep_printed(struct fy_diag *diag, void *arg, const char *text, size_t length)
{
	struct reader *reader = arg;
	const char *end = text + length, *reason = memchr(text, ':', length);

	(void)diag;
	if (reason && reason + 2 < end)
		text = reason + 2;
	if (text < end && end[-1] == '\n')
		end--;
	snprintf(reader->printed, sizeof(reader->printed), "%.*s", (int)(end - text), text);
}

/* Errors that have a place are collected. */
static int open_parser(struct reader *reader, const char *text, size_t length)
{
	struct fy_diag_cfg diag_cfg;
	struct fy_parse_cfg cfg = {.flags = FYPCF_QUIET | FYPCF_ALLOW_DUPLICATE_KEYS |
					    FYPCF_JSON_NONE};

	fy_diag_cfg_default(&diag_cfg);
	diag_cfg.output_fn = keep_printed;
	diag_cfg.user = reader;
	diag_cfg.fp = NULL;
	reader->diag = fy_diag_create(&diag_cfg);
	if (!reader->diag)
		return -ENOMEM;
	fy_diag_set_collect_errors(reader->diag, true);
	cfg.diag = reader->diag;
	reader->parser = fy_parser_create(&cfg);
	if (!reader->parser || fy_parser_set_string(reader->parser, text, length))
		return -ENOMEM;
	return 0;
}

int yaml_parse(const char *file, const char *text, size_t length, struct yaml **ret_root,
	       struct fault *fault)
{
	struct reader reader = {.file = file, .fault = fault};
	struct yaml *root = NULL;
	int err = check_text(file, text, length, fault);

	if (err)
		return err;
	err = open_parser(&reader, text, length);
	if (err)
		goto out;
	root = calloc(1, sizeof(*root));
	err = root ? read_document(&reader, root) : -ENOMEM;
	if (!err) {
		*ret_root = root;
		root = NULL;
	}
out:
	yaml_free(root);
	if (reader.parser)
		fy_parser_destroy(reader.parser);
	if (reader.diag)
		fy_diag_destroy(reader.diag);
	return err;
}

static void done(struct yaml *yaml)
{
	for (size_t i = 0; i < yaml->nr_items; i++)
		done(&yaml->items[i]);
	free(yaml->items);
	free(yaml->text);
	free(yaml->key);
}

void yaml_free(struct yaml *root)
{
	if (!root)
		return;
	done(root);
	free(root);
}
