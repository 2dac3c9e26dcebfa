// SPDX-License-Identifier: BSD-2-Clause
/* What is written must be what the references say: a real folder against the generated texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "bench/points.h"
#include "bench/reference.h"
#include "bench/store.h"

static const char text[] = "# Question: why?\n"
			   "name: sample\n"
			   "lab: {channels: 1}\n"
			   "sweep: {dut.plane: [wire, xdp]}\n"
			   "measure: [rate, peak]\n";

struct sample {
	struct scenario scenario;
	struct plan plan;
};

static int setup(void **state)
{
	struct sample *sample = calloc(1, sizeof(*sample));
	struct fault fault = {0};

	if (!sample ||
	    scenario_parse("sample.yaml", text, strlen(text), NULL, &sample->scenario, &fault)) {
		free(sample);
		return -1;
	}
	*state = sample;
	return plan_expand(&sample->scenario, &sample->plan);
}

static int teardown(void **state)
{
	struct sample *sample = *state;

	plan_done(&sample->plan);
	scenario_done(&sample->scenario);
	free(sample);
	return 0;
}

/* Not inlined: gcc 12 takes what open_memstream writes through for a dangling pointer. */
static __attribute__((noinline)) char *printed(void (*print)(FILE *out))
{
	char *print_text = NULL;
	size_t size;
	FILE *out = open_memstream(&print_text, &size);

	print(out);
	fclose(out);
	return print_text;
}

/* A JSON Schema validator for what reference_schema uses. NULL, or the keyword that failed. */
static const char *violation(const json_t *schema, const json_t *json);

static bool is_of_type(const char *type, const json_t *json)
{
	return (!strcmp(type, "object") && json_is_object(json)) ||
	       (!strcmp(type, "array") && json_is_array(json)) ||
	       (!strcmp(type, "string") && json_is_string(json)) ||
	       (!strcmp(type, "integer") && json_is_integer(json)) ||
	       (!strcmp(type, "number") && json_is_number(json)) ||
	       (!strcmp(type, "boolean") && json_is_boolean(json)) ||
	       (!strcmp(type, "null") && json_is_null(json));
}

static bool is_of_types(const json_t *types, const json_t *json)
{
	const json_t *type;
	size_t i;

	if (!types)
		return true;
	if (json_is_string(types))
		return is_of_type(json_string_value(types), json);
	json_array_foreach (types, i, type)
		if (is_of_type(json_string_value(type), json))
			return true;
	return false;
}

static bool is_of_words(const json_t *words, const json_t *json)
{
	const json_t *word;
	size_t i;

	json_array_foreach (words, i, word)
		if (json_equal(word, json))
			return true;
	return !words;
}

static const char *object_violation(const json_t *schema, json_t *json)
{
	const json_t *others = json_object_get(schema, "additionalProperties"), *name;
	const char *key, *found = NULL;
	json_t *member;
	size_t i;

	json_array_foreach (json_object_get(schema, "required"), i, name)
		if (!json_object_get(json, json_string_value(name)))
			return json_string_value(name);
	json_object_foreach (json, key, member) {
		const json_t *inner = json_object_get(json_object_get(schema, "properties"), key);

		if (inner || others)
			found = violation(inner ? inner : others, member);
		if (found)
			return key;
	}
	return NULL;
}

static const char *violation(const json_t *schema, const json_t *json)
{
	const json_t *least = json_object_get(schema, "minimum");
	const json_t *most = json_object_get(schema, "maximum");
	const json_t *constant = json_object_get(schema, "const"), *item;
	const char *found = NULL;
	size_t i;

	if (!is_of_types(json_object_get(schema, "type"), json))
		return "type";
	if (!is_of_words(json_object_get(schema, "enum"), json))
		return "enum";
	if (constant && !json_equal(constant, json))
		return "const";
	if (least && json_is_integer(json) && json_integer_value(json) < json_integer_value(least))
		return "minimum";
	if (most && json_is_integer(json) && json_integer_value(json) > json_integer_value(most))
		return "maximum";
	json_array_foreach (json, i, item)
		if (!found)
			found = violation(json_object_get(schema, "items"), item);
	return json_is_object(json) ? object_violation(schema, (json_t *)json) : found;
}

/* A trial as the runner leaves it, with every group filled or null. */
static json_t *pack_trial(const struct sample *sample, uint32_t index)
{
	struct trial *trial = &sample->plan.trials[index];

	trial->started_ns = 1700000000000000000;
	trial->sink.nr_queues = 1;
	trial->sink.latency_ns = (struct percentiles){.samples = index, .p90 = FIELD_ABSENT};
	trial->verdict.nr_reasons = 1;
	strcpy(trial->verdict.reasons[0], "late");
	trial->ledger.unexplained = -1;
	return store_pack(&sample->plan, trial);
}

static void every_trial_follows_the_schema(void **state)
{
	const struct sample *sample = *state;
	json_t *schema = reference_schema();

	assert_non_null(schema);
	for (uint32_t i = 0; i < sample->plan.nr_trials; i++) {
		json_t *record = pack_trial(sample, i);
		const char *found = violation(schema, record);

		if (found)
			fail_msg("trial %u: '%s'", i + 1, found);
		json_decref(record);
	}
	json_decref(schema);
}

static void the_schema_knows_every_member(void **state)
{
	json_t *schema = reference_schema(), *record = pack_trial(*state, 1), *member;
	const json_t *properties = json_object_get(schema, "properties");
	const char *name, *inner_name;

	json_object_foreach (record, name, member) {
		json_t *known = json_object_get(properties, name), *inner;

		if (!known)
			fail_msg("'%s' is not in the schema", name);
		if (!strcmp(name, "point"))
			continue;
		json_object_foreach (member, inner_name, inner)
			if (!json_object_get(json_object_get(known, "properties"), inner_name))
				fail_msg("'%s.%s' is not in the schema", name, inner_name);
	}
	assert_int_equal(json_object_size(record), json_object_size(properties));
	json_decref(record);
	json_decref(schema);
}

static void what_breaks_the_schema_is_noticed(void **state)
{
	static const char *const breaks[] = {
		"{\"id\": 0}",
		"{\"record\": \"env\"}",
		"{\"plane\": \"dpdk\"}",
		"{\"started\": 5}",
		"{\"point\": {\"nic.mtu\": 1500}}",
		"{\"load\": {}}",
		"{\"nic\": {\"mtu\": -1, \"channels\": 0}}",
		"{\"nic\": {\"mtu\": 1500}}",
		"{\"sink\": {\"mode\": null}}",
		"{\"verdict\": {\"trusted\": true, \"limit\": \"cpu\", \"reasons\": []}}",
		"{\"verdict\": {\"trusted\": true, \"limit\": \"dut\", \"reasons\": [1]}}",
		"{\"outcome\": {\"forwarding_pps\": \"1\", \"loss_ratio\": null}}",
		"{\"outcome\": {\"forwarding_pps\": null}}",
	};
	json_t *schema = reference_schema();

	for (size_t i = 0; i < sizeof(breaks) / sizeof(breaks[0]); i++) {
		json_t *record = pack_trial(*state, 0), *broken = json_loads(breaks[i], 0, NULL);

		assert_non_null(broken);
		json_object_update(record, broken);
		if (!violation(schema, record))
			fail_msg("%s follows the schema", breaks[i]);
		json_decref(broken);
		json_decref(record);
	}
	json_decref(schema);
}

static void assert_quotes(const char *reference, const char *name)
{
	char quoted[128];

	snprintf(quoted, sizeof(quoted), "`%s`", name);
	if (!strstr(reference, quoted))
		fail_msg("%s is not in the reference", quoted);
}

static void results_name_every_member_of_a_run(void **state)
{
	const struct sample *sample = *state;
	char folder[] = "/tmp/portgauge-reference-XXXXXX", path[64];
	char *reference = printed(reference_results);
	struct store store;
	json_t *run, *member;
	const char *name;

	assert_non_null(mkdtemp(folder));
	assert_int_equal(store_create(&store, folder, &sample->plan, NULL), 0);
	assert_int_equal(store_close(&store, false, "stopped", NULL), 0);
	snprintf(path, sizeof(path), "%s/run.json", folder);
	run = json_load_file(path, 0, NULL);
	assert_true(json_object_size(run) > 10);
	json_object_foreach (run, name, member)
		assert_quotes(reference, name);
	json_decref(run);
	unlink(path);
	snprintf(path, sizeof(path), "%s/trials.jsonl", folder);
	unlink(path);
	rmdir(folder);
	free(reference);
}

static void results_name_every_member_of_a_trial(void **state)
{
	char *reference = printed(reference_results);
	json_t *record = pack_trial(*state, 1), *member, *inner;
	const char *name, *inner_name;

	json_object_foreach (record, name, member) {
		assert_quotes(reference, name);
		if (strcmp(name, "point"))
			json_object_foreach (member, inner_name, inner)
				assert_quotes(reference, inner_name);
	}
	json_decref(record);
	free(reference);
}

static void results_name_every_column(void **state)
{
	const struct run_record record = {0};
	const struct points points = {.record = &record};
	char *reference = printed(reference_results), *header = NULL, *rest, *column;
	size_t size;
	FILE *out = open_memstream(&header, &size);

	points_print_csv(&points, out);
	fclose(out);
	header[strcspn(header, "\n")] = '\0';
	rest = header;
	while ((column = strsep(&rest, ",")))
		assert_quotes(reference, column);
	free(header);
	free(reference);
}

static void scenarios_name_every_knob_and_measure(void **state)
{
	char *reference = printed(reference_scenarios);

	for (size_t i = 0; i < config_table.nr_fields; i++) {
		const struct field_table *group = config_table.fields[i].group;

		assert_quotes(reference, config_table.fields[i].name);
		for (size_t j = 0; j < group->nr_fields; j++) {
			assert_quotes(reference, group->fields[j].name);
			assert_non_null(strstr(reference, group->fields[j].help));
		}
	}
	for (size_t i = 0; measure_words[i]; i++) {
		char line[64];

		snprintf(line, sizeof(line), "- `%s`: .\n", measure_words[i]);
		assert_quotes(reference, measure_words[i]);
		assert_null(strstr(reference, line));
	}
	free(reference);
}

/* The first block of YAML is an example: it must be one. */
static void the_example_is_a_scenario(void **state)
{
	char *reference = printed(reference_scenarios);
	const char *begin = strstr(reference, "```yaml\n") + 8, *end = strstr(begin, "```");
	struct scenario *scenario = calloc(1, sizeof(*scenario));
	struct fault fault = {0};

	if (scenario_parse("example.yaml", begin, (size_t)(end - begin), NULL, scenario, &fault))
		fail_msg("%s", fault.text);
	assert_int_equal(scenario_points(scenario), 4);
	scenario_done(scenario);
	free(scenario);
	free(reference);
}

/* Each row of "--set KEY=VALUE" must be one that works. */
static void the_overrides_work(void **state)
{
	static const char word[] = "`--set ";
	char *reference = printed(reference_scenarios), *at = strstr(reference, "## Overrides");
	int nr = 0;

	while ((at = strstr(at, word))) {
		char set[128];
		const char *sets[] = {set, NULL};
		struct scenario *scenario = calloc(1, sizeof(*scenario));
		struct fault fault = {0};
		static const char apart[] = "hosts: {tester: {nic: a}, dut: {nic: b}}\n";
		const char *base;

		at += sizeof(word) - 1;
		snprintf(set, sizeof(set), "%.*s", (int)strcspn(at, "`"), at);
		if (!strncmp(set, "KEY", 3)) {
			free(scenario);
			continue;
		}
		/* the lab's interface cannot be another */
		base = strncmp(set, "hosts.", 6) ? text : apart;
		if (scenario_parse("sample.yaml", base, strlen(base), sets, scenario, &fault))
			fail_msg("%s", fault.text);
		scenario_done(scenario);
		free(scenario);
		nr++;
	}
	assert_true(nr >= 6);
	free(reference);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_trial_follows_the_schema),
		cmocka_unit_test(the_schema_knows_every_member),
		cmocka_unit_test(what_breaks_the_schema_is_noticed),
		cmocka_unit_test(results_name_every_member_of_a_run),
		cmocka_unit_test(results_name_every_member_of_a_trial),
		cmocka_unit_test(results_name_every_column),
		cmocka_unit_test(scenarios_name_every_knob_and_measure),
		cmocka_unit_test(the_example_is_a_scenario),
		cmocka_unit_test(the_overrides_work),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
