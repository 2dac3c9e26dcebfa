// SPDX-License-Identifier: BSD-2-Clause
/* What the YAML walk and the overrides have in common: values and marks. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bench/scenario_draft.h"
#include "lib/words.h"

int draft_fault(struct draft *draft, const struct place *place, const char *format, ...)
{
	va_list args;
	int err;

	va_start(args, format);
	err = place_vfault(draft->fault, draft->file, place, format, args);
	va_end(args);
	return err;
}

struct place draft_place(const struct draft *draft, const char *path)
{
	for (uint32_t i = 0; i < draft->nr_marks; i++)
		if (!strcmp(draft->marks[i].path, path))
			return draft->marks[i].place;
	return (struct place){0};
}

bool draft_given(const struct draft *draft, const char *path)
{
	struct place place = draft_place(draft, path);

	return place.line || place.set;
}

void draft_mark(struct draft *draft, const char *path, const struct place *place)
{
	uint32_t i;

	for (i = 0; i < draft->nr_marks; i++)
		if (!strcmp(draft->marks[i].path, path))
			break;
	if (i == DRAFT_MAX_MARKS)
		return;
	snprintf(draft->marks[i].path, sizeof(draft->marks[i].path), "%s", path);
	draft->marks[i].place = *place;
	if (i == draft->nr_marks)
		draft->nr_marks++;
}

int draft_unknown_key(struct draft *draft, const struct place *place, const char *prefix,
		      const char *found, const char *const *words)
{
	char text[400];

	return draft_fault(draft, place, "%s%s", prefix,
			   words_unknown("key", found, words, text, sizeof(text)));
}

bool draft_group(struct draft *draft, const char *path, struct group *ret_group)
{
	struct scenario *scenario = draft->scenario;
	const struct field *row = field_find(&config_table, path);

	if (row)
		*ret_group = (struct group){.table = row->group,
					    .object = (char *)&scenario->config + row->offset};
	else if (!strcmp(path, "lab"))
		*ret_group = (struct group){.table = &lab_table, .object = &scenario->lab};
	else if (!strcmp(path, "hosts.tester"))
		*ret_group = (struct group){.table = &host_table, .object = &scenario->tester};
	else if (!strcmp(path, "hosts.dut"))
		*ret_group = (struct group){.table = &host_table, .object = &scenario->dut};
	else
		return false;
	snprintf(ret_group->path, sizeof(ret_group->path), "%s", row ? row->name : path);
	return true;
}

const struct field *draft_find(struct draft *draft, const struct group *group, const char *name,
			       const struct place *place)
{
	const struct field *field = field_find(group->table, name);
	const char *words[WORDS_MAX];
	char text[400];

	if (field)
		return field;
	words_of(group->table, words);
	draft_fault(draft, place, "%s: %s", group->path,
		    words_unknown("key", name, words, text, sizeof(text)));
	return NULL;
}

int draft_set(struct draft *draft, const struct group *group, const struct field *field,
	      const char *text, const struct place *place)
{
	struct fault cause = {0};
	char path[64];

	snprintf(path, sizeof(path), "%s%s%s", group->path, group->path[0] ? "." : "", field->name);
	if (field_parse(field, group->object, text, &cause))
		return draft_fault(draft, place, "%s: %s", path, cause.text);
	draft_mark(draft, path, place);
	return 0;
}

/* What is no field at all, or one without its group, or a group without a field. */
static int refuse_unknown_axis(struct draft *draft, const char *path, const struct place *place)
{
	const char *words[WORDS_MAX], *dot = strchr(path, '.');
	const struct field *row = field_find(&config_table, path);
	char group[64], text[400];

	if (row)
		return draft_fault(draft, place, "sweep: '%s' is a group: write %s.%s, ...", path,
				   row->name, row->group->fields[0].name);
	for (size_t i = 0; !dot && i < config_table.nr_fields; i++)
		if (field_find(config_table.fields[i].group, path))
			return draft_fault(draft, place, "sweep: '%s' lacks its group: write %s.%s",
					   path, config_table.fields[i].name, path);
	words_of(&config_table, words);
	snprintf(group, sizeof(group), "%.*s", dot ? (int)(dot - path) : 63, path);
	return draft_fault(draft, place, "sweep: %s",
			   words_unknown("group", group, words, text, sizeof(text)));
}

static int refuse_axis(struct draft *draft, const char *path, const struct place *place)
{
	size_t length = strcspn(path, ".");

	if ((length == 3 && !strncmp(path, "lab", 3)) ||
	    (length == 5 && !strncmp(path, "hosts", 5)))
		return draft_fault(draft, place,
				   "sweep: %.60s cannot be swept, hosts and the lab are there for "
				   "the whole run; allowed: fields of service, load, nic, dut, "
				   "peak, sink",
				   path);
	return refuse_unknown_axis(draft, path, place);
}

static int new_axis(struct draft *draft, const char *path, const struct place *place,
		    struct axis **ret_axis)
{
	struct scenario *scenario = draft->scenario;

	if (scenario->nr_axes == SCENARIO_MAX_AXES)
		return draft_fault(draft, place, "sweep.%s: one axis too many: allowed are %d",
				   path, SCENARIO_MAX_AXES);
	*ret_axis = &scenario->axes[scenario->nr_axes++];
	**ret_axis = (struct axis){0};
	return 0;
}

int draft_axis(struct draft *draft, const char *path, const struct place *place,
	       struct axis **ret_axis)
{
	const char *dot = strchr(path, '.');
	const struct field *row = NULL, *field;
	struct axis *axis = NULL;
	struct group group;
	char name[64];
	int err;

	snprintf(name, sizeof(name), "%.*s", dot ? (int)(dot - path) : 0, path);
	row = field_find(&config_table, name);
	if (!row || !draft_group(draft, name, &group))
		return refuse_axis(draft, path, place);
	snprintf(group.path, sizeof(group.path), "sweep.%s", row->name);
	field = draft_find(draft, &group, dot + 1, place);
	if (!field)
		return -EINVAL;
	snprintf(name, sizeof(name), "%s.%s", row->name, field->name);
	for (uint32_t i = 0; i < draft->scenario->nr_axes; i++)
		if (!strcmp(draft->scenario->axes[i].path, name))
			axis = &draft->scenario->axes[i];
	err = axis ? 0 : new_axis(draft, name, place, &axis);
	if (err)
		return err;
	*axis = (struct axis){.group = row, .field = field};
	memcpy(axis->path, name, sizeof(axis->path));
	draft->axes[axis - draft->scenario->axes] = *place;
	*ret_axis = axis;
	return 0;
}

int draft_axis_value(struct draft *draft, struct axis *axis, const char *text,
		     const struct place *place)
{
	struct config fresh = draft->scenario->config, earlier = fresh;
	char *fresh_group = (char *)&fresh + axis->group->offset;
	char *earlier_group = (char *)&earlier + axis->group->offset;
	struct fault cause = {0};

	if (axis->nr_values == SCENARIO_MAX_VALUES)
		return draft_fault(draft, place,
				   "sweep.%s: '%.40s' is one value too many: allowed are %d",
				   axis->path, text, SCENARIO_MAX_VALUES);
	if (field_parse(axis->field, fresh_group, text, &cause))
		return draft_fault(draft, place, "sweep.%s: %s", axis->path, cause.text);
	if (strlen(text) >= sizeof(axis->values[0]))
		return draft_fault(draft, place,
				   "sweep.%s: a value is too long: allowed are %zu "
				   "characters",
				   axis->path, sizeof(axis->values[0]) - 1);
	for (uint32_t i = 0; i < axis->nr_values; i++) {
		field_parse(axis->field, earlier_group, axis->values[i], NULL);
		if (field_equal(axis->field, fresh_group, earlier_group))
			return draft_fault(draft, place, "sweep.%s: '%s' is there already, as '%s'",
					   axis->path, text, axis->values[i]);
	}
	draft->values[axis - draft->scenario->axes][axis->nr_values] = *place;
	snprintf(axis->values[axis->nr_values++], sizeof(axis->values[0]), "%s", text);
	return 0;
}

int draft_measure(struct draft *draft, const char *text, const struct place *place)
{
	struct scenario *scenario = draft->scenario;
	char message[400];
	uint32_t measure;

	for (measure = 0; measure_words[measure]; measure++)
		if (!strcmp(measure_words[measure], text))
			break;
	if (!measure_words[measure])
		return draft_fault(
			draft, place, "%s",
			words_unknown("measure", text, measure_words, message, sizeof(message)));
	for (uint32_t i = 0; i < scenario->nr_measures; i++)
		if (scenario->measures[i] == measure)
			return draft_fault(draft, place, "measure: '%s' is there already", text);
	/* No check against SCENARIO_MAX_MEASURES: there are fewer measures, and none comes twice. */
	scenario->measures[scenario->nr_measures++] = measure;
	return 0;
}
