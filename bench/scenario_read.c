// SPDX-License-Identifier: BSD-2-Clause
/* From the tree of a scenario file to the draft: which keys there are, and of what kind. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bench/scenario_draft.h"
#include "lib/words.h"

static int expect(struct draft *draft, const struct yaml *node, const char *path,
		  enum yaml_kind kind)
{
	if (node->kind == kind)
		return 0;
	return draft_fault(draft, &node->place, "%s%sexpected %s, found %s", path,
			   path[0] ? ": " : "", yaml_kind_name(kind), yaml_kind_name(node->kind));
}

/* Marks a key, so that its second coming is noticed. */
static int once(struct draft *draft, const struct yaml *item, const char *path)
{
	struct place first = draft_place(draft, path);

	if (first.line)
		return draft_fault(draft, &item->key_place, "duplicate key '%s': line %u has one",
				   path, first.line);
	draft_mark(draft, path, &item->key_place);
	return 0;
}

static int read_field(struct draft *draft, const struct group *group, const struct yaml *item)
{
	const struct field *field = draft_find(draft, group, item->key, &item->key_place);
	char path[64];
	int err;

	if (!field)
		return -EINVAL;
	snprintf(path, sizeof(path), "%s%s%s", group->path, group->path[0] ? "." : "", field->name);
	err = once(draft, item, path);
	if (!err)
		err = expect(draft, item, path, YAML_SCALAR);
	return err ? err : draft_set(draft, group, field, item->text, &item->place);
}

static int read_group(struct draft *draft, const struct group *group, const struct yaml *node)
{
	int err = expect(draft, node, group->path, YAML_MAPPING);

	for (size_t i = 0; !err && i < node->nr_items; i++)
		err = read_field(draft, group, &node->items[i]);
	return err;
}

static int read_hosts(struct draft *draft, const struct yaml *node)
{
	static const char *const words[] = {"tester", "dut", NULL};
	int err = expect(draft, node, "hosts", YAML_MAPPING);
	struct group group;
	char path[64];

	for (size_t i = 0; !err && i < node->nr_items; i++) {
		const struct yaml *item = &node->items[i];

		snprintf(path, sizeof(path), "hosts.%.32s", item->key);
		if (!draft_group(draft, path, &group))
			return draft_unknown_key(draft, &item->key_place, "hosts: ", item->key,
						 words);
		err = once(draft, item, path);
		if (!err)
			err = read_group(draft, &group, item);
	}
	return err;
}

static int read_lab(struct draft *draft, const struct yaml *node)
{
	struct group group;

	draft->scenario->has_lab = true;
	draft_group(draft, "lab", &group);
	return read_group(draft, &group, node);
}

/* A list, or one value alone: `*ret_items` are its values. */
static int list_of(struct draft *draft, const struct yaml *node, const char *path,
		   const struct yaml **ret_items, size_t *ret_nr)
{
	int err = node->kind == YAML_SCALAR ? 0 : expect(draft, node, path, YAML_LIST);

	if (err)
		return err;
	*ret_items = node->kind == YAML_SCALAR ? node : node->items;
	*ret_nr = node->kind == YAML_SCALAR ? 1 : node->nr_items;
	for (size_t i = 0; !err && i < *ret_nr; i++)
		err = expect(draft, &(*ret_items)[i], path, YAML_SCALAR);
	if (!err && !*ret_nr)
		err = draft_fault(draft, &node->place,
				  "%s: expected at least one value, found none", path);
	return err;
}

static int read_axis(struct draft *draft, const struct yaml *item)
{
	const struct yaml *values;
	struct axis *axis;
	char path[80];
	size_t nr;
	int err = draft_axis(draft, item->key, &item->key_place, &axis);

	if (err)
		return err;
	snprintf(path, sizeof(path), "sweep.%s", axis->path);
	err = once(draft, item, path);
	if (!err)
		err = list_of(draft, item, path, &values, &nr);
	for (size_t i = 0; !err && i < nr; i++)
		err = draft_axis_value(draft, axis, values[i].text, &values[i].place);
	return err;
}

static int read_sweep(struct draft *draft, const struct yaml *node)
{
	int err = expect(draft, node, "sweep", YAML_MAPPING);

	for (size_t i = 0; !err && i < node->nr_items; i++)
		err = read_axis(draft, &node->items[i]);
	return err;
}

static int read_measure(struct draft *draft, const struct yaml *node)
{
	const struct yaml *values;
	size_t nr;
	int err = list_of(draft, node, "measure", &values, &nr);

	for (size_t i = 0; !err && i < nr; i++)
		err = draft_measure(draft, values[i].text, &values[i].place);
	return err;
}

/* The keys that are no group of config_table. */
static const struct {
	const char *name;
	int (*read)(struct draft *draft, const struct yaml *node);
} keys[] = {
	{"hosts", read_hosts},
	{"lab", read_lab},
	{"sweep", read_sweep},
	{"measure", read_measure},
};

static int refuse_key(struct draft *draft, const struct yaml *item)
{
	static const char *const words[] = {"name",    "hosts",  "lab",  "service", "load",
					    "nic",     "dut",    "peak", "sink",    "sweep",
					    "measure", "repeat", NULL};

	return draft_unknown_key(draft, &item->key_place, "", item->key, words);
}

static int read_key(struct draft *draft, const struct yaml *item)
{
	struct group top = {.table = &scenario_table, .object = draft->scenario}, group;
	int err;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (!strcmp(keys[i].name, item->key)) {
			err = once(draft, item, item->key);
			return err ? err : keys[i].read(draft, item);
		}
	if (field_find(&scenario_table, item->key))
		return read_field(draft, &top, item);
	if (!field_find(&config_table, item->key) || !draft_group(draft, item->key, &group))
		return refuse_key(draft, item);
	err = once(draft, item, group.path);
	return err ? err : read_group(draft, &group, item);
}

int draft_read(struct draft *draft, const struct yaml *root)
{
	int err = expect(draft, root, "", YAML_MAPPING);

	for (size_t i = 0; !err && i < root->nr_items; i++)
		err = read_key(draft, &root->items[i]);
	return err;
}
