// SPDX-License-Identifier: BSD-2-Clause
/* Overrides: --set KEY=VALUE. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bench/scenario_draft.h"

static int refuse(struct draft *draft, const char *key, const struct place *place)
{
	static const char *const words[] = {
		"name",
		"measure",
		"repeat",
		"GROUP.FIELD",
		"sweep.GROUP.FIELD (groups: service, load, nic, dut, peak, sink)",
		"lab.FIELD",
		"hosts.HOST.FIELD (hosts: tester, dut)",
		NULL};

	return draft_unknown_key(draft, place, "", key, words);
}

/* Calls `add` for every value of "A,B,C", which is cut up. */
static int each_value(struct draft *draft, struct axis *axis, char *values,
		      const struct place *place)
{
	char *value;
	int err = 0;

	while (!err && (value = strsep(&values, ",")))
		err = axis ? draft_axis_value(draft, axis, value, place)
			   : draft_measure(draft, value, place);
	return err;
}

static int set_sweep(struct draft *draft, const char *path, char *values, const struct place *place)
{
	struct axis *axis;
	int err = draft_axis(draft, path, place, &axis);

	return err ? err : each_value(draft, axis, values, place);
}

/* Hosts in the lab's namespaces go with the lab when it is renamed. */
static void rename_host(struct host *host, const char *role, const char *old, const char *new)
{
	char via[sizeof(host->via)];

	snprintf(via, sizeof(via), "netns:%s-%s", old, role);
	if (!strcmp(host->via, via))
		snprintf(host->via, sizeof(host->via), "netns:%s-%s", new, role);
}

static int set_field(struct draft *draft, const struct group *group, const char *name, char *text,
		     const struct place *place)
{
	const struct field *field = draft_find(draft, group, name, place);
	struct scenario *scenario = draft->scenario;
	struct lab old = scenario->lab;
	char path[64];
	int err;

	if (!field)
		return -EINVAL;
	err = draft_set(draft, group, field, text, place);
	if (err)
		return err;
	if (group->table == &lab_table) {
		rename_host(&scenario->tester, "tester", old.name, scenario->lab.name);
		rename_host(&scenario->dut, "dut", old.name, scenario->lab.name);
	}
	snprintf(path, sizeof(path), "%s.%s", group->path, field->name);
	for (uint32_t i = 0; i < scenario->nr_axes; i++)
		if (!strcmp(scenario->axes[i].path, path)) {
			scenario->axes[i].nr_values = 0;
			return draft_axis_value(draft, &scenario->axes[i], text, place);
		}
	return 0;
}

/* "load.rate", "hosts.dut.nic": the last word is the field, what is before it the group. */
static int set_path(struct draft *draft, char *path, char *text, const struct place *place)
{
	char *dot = strrchr(path, '.');
	struct group group;

	if (!dot)
		return refuse(draft, path, place);
	*dot = '\0';
	if (!draft_group(draft, path, &group)) {
		*dot = '.';
		return refuse(draft, path, place);
	}
	if (group.table == &lab_table && !draft->scenario->has_lab)
		return draft_fault(draft, place, "the scenario has no lab; add 'lab: {}' to it");
	return set_field(draft, &group, dot + 1, text, place);
}

int draft_override(struct draft *draft, const char *set)
{
	struct group top = {.table = &scenario_table, .object = draft->scenario};
	struct place place = {.set = set};
	char key[512];
	char *text;

	if ((size_t)snprintf(key, sizeof(key), "%s", set) >= sizeof(key))
		return draft_fault(draft, &place, "too long: allowed are %zu characters",
				   sizeof(key) - 1);
	text = strchr(key, '=');
	if (!text)
		return draft_fault(draft, &place, "no value: expected KEY=VALUE");
	*text++ = '\0';
	if (!strcmp(key, "measure")) {
		draft->scenario->nr_measures = 0;
		return each_value(draft, NULL, text, &place);
	}
	if (!strncmp(key, "sweep.", 6))
		return set_sweep(draft, key + 6, text, &place);
	if (field_find(&scenario_table, key))
		return draft_set(draft, &top, field_find(&scenario_table, key), text, &place);
	return set_path(draft, key, text, &place);
}
