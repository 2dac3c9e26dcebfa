// SPDX-License-Identifier: BSD-2-Clause
/* Reading a results folder back. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/store_names.h"
#include "lib/clock.h"
#include "lib/record.h"

#define PART(name_, member_, table_)                                                               \
	{                                                                                          \
		name_, &table_, offsetof(struct trial, member_)                                    \
	}

const struct store_part store_parts[STORE_NR_PARTS] = {
	PART("nic", nic, nic_obtained_table),    PART("load", load, load_table),
	PART("gen", gen, gen_result_table),      PART("sink", sink, sink_result_table),
	PART("dut", dut, dut_counters_table),    PART("tester_nic", tester_delta, snap_table),
	PART("dut_nic", dut_delta, snap_table),  PART("ledger", ledger, ledger_table),
	PART("outcome", outcome, outcome_table), PART("verdict", verdict, verdict_table),
};

int store_parse_time(const char *text, uint64_t *ret_time_ns)
{
	struct tm broken = {0};
	unsigned int fraction;
	int used = 0;
	time_t seconds;

	if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d.%9uZ%n", &broken.tm_year, &broken.tm_mon,
		   &broken.tm_mday, &broken.tm_hour, &broken.tm_min, &broken.tm_sec, &fraction,
		   &used) != 7 ||
	    !used || text[used])
		return -EINVAL;
	broken.tm_year -= 1900;
	broken.tm_mon -= 1;
	seconds = timegm(&broken);
	if (seconds < 0)
		return -EINVAL;
	*ret_time_ns = (uint64_t)seconds * NS_PER_S + fraction;
	return 0;
}

static const char *text_of(const json_t *json, const char *name)
{
	return json_string_value(json_object_get(json, name)) ?: "";
}

/* Index of the row with the record's values; a new one if there is none yet. */
static uint32_t find_point(struct run_record *record, const json_t *point)
{
	char values[SCENARIO_MAX_AXES][64] = {0};
	uint32_t i;

	for (i = 0; i < record->nr_axes; i++)
		snprintf(values[i], sizeof(values[i]), "%s", text_of(point, record->axes[i]));
	for (i = 0; i < record->nr_points; i++)
		if (!memcmp(record->points[i].values, values, sizeof(values)))
			return i;
	memcpy(record->points[i].values, values, sizeof(values));
	record->nr_points++;
	return i;
}

static int unpack_trial(struct run_record *record, const json_t *json, struct trial *trial,
			struct fault *fault)
{
	const struct field measure = {
		.type = FIELD_ENUM, .size = sizeof(uint32_t), .words = measure_words};
	int err = field_parse(&measure, &trial->measure, text_of(json, "measure"), fault);

	if (!err && store_parse_time(text_of(json, "started"), &trial->started_ns))
		err = fault_set(fault, -EINVAL, EXIT_USAGE, "'started' is no time");
	for (size_t i = 0; !err && i < STORE_NR_PARTS; i++) {
		const json_t *part = json_object_get(json, store_parts[i].name);

		if (!json_is_object(part))
			err = fault_set(fault, -EINVAL, EXIT_USAGE, "'%s' is missing",
					store_parts[i].name);
		else
			err = record_unpack(store_parts[i].table, part,
					    (char *)trial + store_parts[i].offset, fault);
	}
	if (err)
		return err;
	trial->id = (uint32_t)json_integer_value(json_object_get(json, "id"));
	trial->repeat = (uint32_t)json_integer_value(json_object_get(json, "repeat"));
	trial->order = (uint32_t)json_integer_value(json_object_get(json, "order"));
	trial->sample = (uint32_t)json_integer_value(json_object_get(json, "sample"));
	trial->point = find_point(record, json_object_get(json, "point"));
	return 0;
}

/* Room for one more trial; there are never more points than trials. */
static int grow(struct run_record *record)
{
	const size_t used = record->nr_trials;
	void *trials, *points;

	if (used & (used - 1))
		return 0; /* the room is the next power of two */
	trials = realloc(record->trials, (used ? 2 * used : 1) * sizeof(*record->trials));
	if (!trials)
		return -ENOMEM;
	record->trials = trials;
	points = realloc(record->points, (used ? 2 * used : 1) * sizeof(*record->points));
	if (!points)
		return -ENOMEM;
	record->points = points;
	return 0;
}

static int load_line(struct run_record *record, const char *line, struct fault *fault)
{
	json_t *json = record_read(line, fault);
	int err;

	if (!json)
		return -EINVAL;
	err = grow(record);
	if (!err) {
		struct trial *trial = &record->trials[record->nr_trials];

		memset(trial, 0, sizeof(*trial));
		err = unpack_trial(record, json, trial, fault);
	}
	if (!err)
		record->nr_trials++;
	json_decref(json);
	return err;
}

static int load_trials(struct run_record *record, const char *path, struct fault *fault)
{
	FILE *file = fopen(path, "re");
	size_t room = 0, number = 0;
	char *line = NULL;
	ssize_t length;
	int err = 0;

	if (!file)
		return fault_errno(fault, -errno, "open '%s'", path);
	while (!err && (length = getline(&line, &room, file)) > 0) {
		struct fault cause = {0};

		number++;
		if (line[length - 1] != '\n')
			break; /* torn: the run was killed while it wrote */
		err = load_line(record, line, &cause);
		if (err)
			err = fault_set(fault, err, EXIT_USAGE, "%s:%zu: %s", path, number,
					cause.text);
	}
	if (!err && ferror(file))
		err = fault_errno(fault, -EIO, "read '%s'", path);
	free(line);
	fclose(file);
	return err;
}

static int load_run(struct run_record *record, const char *path, struct fault *fault)
{
	json_error_t where;
	json_t *axes, *axis;
	size_t i;

	record->run = json_load_file(path, 0, &where);
	if (!record->run && json_error_code(&where) == json_error_cannot_open_file)
		return fault_set(fault, -ENOENT, EXIT_USAGE, "'%s': no run is there", path);
	if (!record->run)
		return fault_set(fault, -EINVAL, EXIT_USAGE, "%s:%d: %s", path, where.line,
				 where.text);
	if (json_integer_value(json_object_get(record->run, "format")) != STORE_FORMAT)
		return fault_set(fault, -EINVAL, EXIT_USAGE,
				 "'%s': its format is not %d: written by another version", path,
				 STORE_FORMAT);
	axes = json_object_get(record->run, "axes");
	if (json_array_size(axes) > SCENARIO_MAX_AXES)
		return fault_set(fault, -EINVAL, EXIT_USAGE, "'%s': more than %d axes", path,
				 SCENARIO_MAX_AXES);
	snprintf(record->name, sizeof(record->name), "%s", text_of(record->run, "name"));
	json_array_foreach (axes, i, axis)
		snprintf(record->axes[i], sizeof(record->axes[i]), "%s",
			 json_string_value(axis) ?: "");
	record->nr_axes = (uint32_t)json_array_size(axes);
	return 0;
}

int store_load(const char *folder, struct run_record *ret_record, struct fault *fault)
{
	struct run_record record = {0};
	char path[4200];
	int err;

	snprintf(path, sizeof(path), "%s/run.json", folder);
	err = load_run(&record, path, fault);
	if (!err) {
		snprintf(path, sizeof(path), "%s/trials.jsonl", folder);
		err = load_trials(&record, path, fault);
	}
	if (err) {
		store_unload(&record);
		return err;
	}
	*ret_record = record;
	return 0;
}

void store_unload(struct run_record *record)
{
	json_decref(record->run);
	free(record->points);
	free(record->trials);
	memset(record, 0, sizeof(*record));
}
