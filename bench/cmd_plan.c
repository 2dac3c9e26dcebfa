// SPDX-License-Identifier: BSD-2-Clause
/* portgauge plan SCENARIO: what `run` would do, in order. Touches nothing. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/command.h"
#include "bench/plan.h"
#include "bench/table.h"
#include "lib/clock.h"
#include "lib/opt.h"
#include "lib/record.h"

struct plan_options {
	bool json;
};

static const struct field option_fields[] = {
	field_row(struct plan_options, json, FIELD_BOOL,
		  .help = "one JSON record a trial in place of the table"),
};
static const struct field_table option_table =
	field_table_of("plan", struct plan_options, option_fields, "What to write.");

static void help(void)
{
	struct plan_options options;
	const struct opt_group groups[] = {{.table = &option_table, .object = &options}, {0}};

	printf("Checks a scenario file and prints the trials of `portgauge run` in their order.\n"
	       "Needs no root and touches nothing.\n\n"
	       "  --set KEY=VALUE   changes the scenario: GROUP.FIELD=VALUE, measure=rate,peak,\n"
	       "                    repeat=N, name=NAME, lab.FIELD=VALUE, hosts.HOST.FIELD=VALUE,\n"
	       "                    sweep.GROUP.FIELD=VALUE,VALUE. A swept field that is set keeps\n"
	       "                    its axis with that one value.\n\n");
	opt_help(stdout, groups);
}

static int fail(struct fault *fault, int err)
{
	fault_errno(fault, err, "cannot plan");
	fprintf(stderr, "portgauge plan: %s\n", fault->text);
	return fault->code;
}

/* "57 s", "2 min 5 s", "3 h 7 min". */
static const char *time_text(uint64_t ns, char *buffer, size_t size)
{
	uint64_t seconds = (ns + NS_PER_S / 2) / NS_PER_S;

	if (seconds < 60)
		snprintf(buffer, size, "%llu s", (unsigned long long)seconds);
	else if (seconds < 3600)
		snprintf(buffer, size, "%llu min %llu s", (unsigned long long)seconds / 60,
			 (unsigned long long)seconds % 60);
	else
		snprintf(buffer, size, "%llu h %llu min", (unsigned long long)seconds / 3600,
			 (unsigned long long)seconds % 3600 / 60);
	return buffer;
}

static void print_axis(const struct axis *axis)
{
	printf("  sweep   %s:", axis->path);
	for (uint32_t i = 0; i < axis->nr_values; i++)
		printf("%s %s", i ? "," : "", axis->values[i]);
	putchar('\n');
}

static void print_head(const struct plan *plan)
{
	const struct scenario *scenario = plan->scenario;
	char time[64];

	printf("%s%s%s\n", scenario->name, scenario->question[0] ? ": " : "", scenario->question);
	if (scenario->has_lab)
		printf("  lab     %s: %u channels\n", scenario->lab.name, scenario->lab.channels);
	printf("  tester  %s, %s\n", scenario->tester.via, scenario->tester.nic);
	printf("  dut     %s, %s\n", scenario->dut.via, scenario->dut.nic);
	for (uint32_t i = 0; i < scenario->nr_axes; i++)
		print_axis(&scenario->axes[i]);
	printf("  %u point%s, %u time%s each: %u trial%s, about %s\n\n", plan->nr_points,
	       plan->nr_points == 1 ? "" : "s", scenario->repeat, scenario->repeat == 1 ? "" : "s",
	       plan->nr_trials, plan->nr_trials == 1 ? "" : "s",
	       time_text(plan_estimate_ns(plan, 0), time, sizeof(time)));
}

/* One line: the trials [from, end) of a point in a repeat. */
static void add_row(struct table *table, const struct plan *plan, uint32_t from, uint32_t end)
{
	const struct trial *first = &plan->trials[from];
	const struct scenario *scenario = plan->scenario;
	char measures[128] = "";
	int length = 0;

	for (uint32_t i = 0; i < scenario->nr_measures; i++)
		length += snprintf(measures + length, sizeof(measures) - (size_t)length, "%s%s",
				   i ? ", " : "", measure_words[scenario->measures[i]]);
	table_cell(table, "%u", first->repeat);
	table_cell(table, "%u", first->order);
	for (uint32_t i = 0; i < scenario->nr_axes; i++)
		table_cell(table, "%s", plan->points[first->point].values[i]);
	table_cell(table, "%s", measures);
	table_cell(table, "%u", end - from);
	table_cell(table, "%.1f", (double)plan_span_ns(plan, from, end) / (double)NS_PER_S);
}

static int print_table(const struct plan *plan)
{
	struct table table = {0};
	int err;

	table_column(&table, TABLE_RIGHT, "repeat", "");
	table_column(&table, TABLE_RIGHT, "order", "");
	for (uint32_t i = 0; i < plan->scenario->nr_axes; i++)
		table_column(&table, TABLE_RIGHT, plan->scenario->axes[i].path, "");
	table_column(&table, TABLE_LEFT, "measures", "");
	table_column(&table, TABLE_RIGHT, "trials", "");
	table_column(&table, TABLE_RIGHT, "time", "s");
	for (uint32_t from = 0, end; from < plan->nr_trials; from = end) {
		for (end = from + 1; end < plan->nr_trials && !plan_changes(plan, end); end++)
			;
		add_row(&table, plan, from, end);
	}
	err = table_print(&table, stdout);
	table_done(&table);
	return err;
}

static json_t *pack_trial(const struct plan *plan, const struct trial *trial)
{
	json_t *record = record_new("planned", NULL), *point = json_object();

	for (uint32_t i = 0; i < plan->scenario->nr_axes; i++)
		json_object_set_new(point, plan->scenario->axes[i].path,
				    json_string(plan->points[trial->point].values[i]));
	json_object_set_new(record, "id", json_integer(trial->id));
	json_object_set_new(record, "measure", json_string(measure_words[trial->measure]));
	json_object_set_new(record, "point", point);
	json_object_set_new(record, "repeat", json_integer(trial->repeat));
	json_object_set_new(record, "order", json_integer(trial->order));
	json_object_set_new(record, "sample", json_integer(trial->sample));
	json_object_set_new(record, "load", record_pack(&load_table, &trial->load));
	return record;
}

static int print_json(const struct plan *plan)
{
	int err = 0;

	for (uint32_t i = 0; !err && i < plan->nr_trials; i++) {
		json_t *record = pack_trial(plan, &plan->trials[i]);

		err = record ? record_write(stdout, record) : -ENOMEM;
		json_decref(record);
	}
	return err;
}

static int print_plan(const char *file, const char *const *sets, bool json, struct fault *fault)
{
	struct scenario scenario;
	struct plan plan = {0};
	int err = scenario_load(file, sets, &scenario, fault);

	if (err)
		return err;
	err = plan_expand(&scenario, &plan);
	if (!err && json)
		err = print_json(&plan);
	else if (!err) {
		print_head(&plan);
		err = print_table(&plan);
	}
	if (!err && (fflush(stdout) || ferror(stdout)))
		err = -errno;
	plan_done(&plan);
	scenario_done(&scenario);
	return err;
}

static int plan_main(int argc, char **argv)
{
	struct plan_options options = {0};
	const struct opt_group groups[] = {{.table = &option_table, .object = &options}, {0}};
	const char **sets = calloc((size_t)argc + 1, sizeof(*sets)), *file;
	struct fault fault = {0};
	int err = -ENOMEM;

	if (!sets)
		return fail(&fault, err);
	argc = err = scenario_take_sets(argc, argv, sets, &fault);
	if (err > 0)
		err = opt_parse(argc, argv, groups, &file, 1, &fault);
	if (!err)
		err = fault_set(&fault, -EINVAL, EXIT_USAGE,
				"which scenario? usage: portgauge plan SCENARIO [OPTION...]");
	if (err > 0)
		err = print_plan(file, sets, options.json, &fault);
	free(sets);
	return err ? fail(&fault, err) : EXIT_OK;
}

const struct command plan_command = {
	.name = "plan",
	.summary = "the trials of a scenario in their order, and the time they take",
	.arguments = " SCENARIO [--set KEY=VALUE]... [--json]",
	.help = help,
	.main = plan_main,
};
