// SPDX-License-Identifier: BSD-2-Clause
#include "bench/argv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/opt.h"

void argv_add(struct argv *argv, const char *word)
{
	char *copy;

	if (argv->count >= ARGV_MAX) {
		argv->err = -E2BIG;
		return;
	}
	copy = strdup(word);
	if (!copy) {
		argv->err = -ENOMEM;
		return;
	}
	argv->word[argv->count++] = copy;
	argv->word[argv->count] = NULL;
}

void argv_add_all(struct argv *argv, const struct argv *more)
{
	for (int i = 0; i < more->count; i++)
		argv_add(argv, more->word[i]);
	if (more->err)
		argv->err = more->err;
}

void argv_add_group(struct argv *argv, const struct field_table *table, const void *object,
		    const char *const *only)
{
	/* opt_print only reads it; struct opt_group is the parser's too, hence not const. */
	const struct opt_group group = {.table = table, .object = (void *)object, .only = only};
	int length = opt_print(&group, argv->word, argv->count, ARGV_MAX);

	if (length < 0)
		argv->err = length;
	else
		argv->count = length;
	argv->word[argv->count] = NULL;
}

json_t *argv_pack(const struct argv *argv)
{
	json_t *words = json_array();

	for (int i = 0; i < argv->count; i++) {
		if (json_array_append_new(words, json_string(argv->word[i]))) {
			json_decref(words);
			return NULL;
		}
	}
	return words;
}

static void print_word(const char *word, FILE *out)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-_./:=,+@%";

	if (*word && word[strspn(word, plain)] == '\0') {
		fputs(word, out);
		return;
	}
	fputc('\'', out);
	for (; *word; word++) {
		if (*word == '\'')
			fputs("'\\''", out);
		else
			fputc(*word, out);
	}
	fputc('\'', out);
}

void argv_print_shell(const struct argv *argv, FILE *out)
{
	for (int i = 0; i < argv->count; i++) {
		if (i)
			fputc(' ', out);
		print_word(argv->word[i], out);
	}
}

void argv_done(struct argv *argv)
{
	for (int i = 0; i < argv->count; i++)
		free(argv->word[i]);
	memset(argv, 0, sizeof(*argv));
}
