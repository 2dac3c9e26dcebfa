// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lib/model.h"
#include "lib/record.h"

static json_t *read_json(const char *text)
{
	json_t *json = json_loads(text, 0, NULL);

	assert_non_null(json);
	return json;
}

static char *pack_to_text(const struct field_table *table, const void *object)
{
	json_t *json = record_pack(table, object);
	char *text;

	assert_non_null(json);
	text = json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(15));
	json_decref(json);
	return text;
}

static void assert_packed(const struct field_table *table, const void *object, const char *expected)
{
	char *text = pack_to_text(table, object);

	assert_string_equal(text, expected);
	free(text);
}

static void knobs_are_packed_in_table_order_with_units(void **state)
{
	struct load load;

	field_defaults(&load_table, &load);
	load.rate_pps = 1500000;
	assert_packed(&load_table, &load,
		      "{\"engine\":\"afxdp\",\"frame_bytes\":64,\"flows\":1024,"
		      "\"rate_pps\":1500000,\"duration_ns\":1000000000,\"seed\":42,"
		      "\"queues\":0,\"threads\":1,\"batch\":64,\"prefill\":true}");
}

static void addresses_are_packed_as_text(void **state)
{
	struct path path;

	field_defaults(&path_table, &path);
	path.cookie = 4711;
	assert_packed(&path_table, &path,
		      "{\"nic\":\"pg0\",\"node\":\"198.18.0.2\","
		      "\"clients\":\"198.19.0.0/17\",\"backend\":\"198.18.1.1\","
		      "\"cookie\":4711}");
}

static void what_is_absent_is_null(void **state)
{
	struct percentiles percentiles = {.samples = 3, .p90 = FIELD_ABSENT, .max = 7};
	struct outcome outcome = {.forwarding_pps = INFINITY, .loss_ratio = NAN};
	json_t *json = record_pack(&percentiles_table, &percentiles);

	assert_true(json_is_null(json_object_get(json, "p90")));
	assert_int_equal(json_integer_value(json_object_get(json, "max")), 7);
	json_decref(json);
	json = record_pack(&outcome_table, &outcome);
	assert_true(json_is_null(json_object_get(json, "forwarding_pps")));
	assert_true(json_is_null(json_object_get(json, "loss_ratio")));
	json_decref(json);
}

static void a_sparse_group_is_null_until_it_has_samples(void **state)
{
	struct sink_result result = {.nr_queues = 2, .queues = {5, 6, 7}};
	json_t *json = record_pack(&sink_result_table, &result);

	assert_true(json_is_null(json_object_get(json, "latency_ns")));
	assert_int_equal(json_array_size(json_object_get(json, "queues")), 2);
	json_decref(json);
	result.latency_ns.samples = 1;
	json = record_pack(&sink_result_table, &result);
	assert_true(json_is_object(json_object_get(json, "latency_ns")));
	json_decref(json);
}

/* A plane without XDP has no mode, and a record without the member does not tell one. */
static void a_sparse_word_may_be_none(void **state)
{
	struct dut_counters from = {.mode = FIELD_NO_WORD, .forwarded = 3}, to;
	json_t *json = record_pack(&dut_counters_table, &from);
	char *text = NULL;
	size_t size;
	FILE *out;

	assert_true(json_is_null(json_object_get(json, "mode")));
	assert_int_equal(record_unpack(&dut_counters_table, json, &to, NULL), 0);
	assert_int_equal(to.mode, FIELD_NO_WORD);
	assert_int_equal(to.forwarded, 3);
	json_object_del(json, "mode");
	assert_int_equal(record_unpack(&dut_counters_table, json, &to, NULL), 0);
	assert_int_equal(to.mode, FIELD_NO_WORD);
	json_object_set_new(json, "mode", json_string("generic"));
	assert_int_equal(record_unpack(&dut_counters_table, json, &to, NULL), 0);
	assert_int_equal(to.mode, XDP_MODE_GENERIC);
	json_object_set_new(json, "mode", json_string("fast"));
	assert_int_equal(record_unpack(&dut_counters_table, json, &to, NULL), -EINVAL);
	json_decref(json);
	/* Others must have one. */
	json = read_json("{\"mode\":null}");
	assert_int_equal(record_unpack(&sink_result_table, json, &(struct sink_result){0}, NULL),
			 -EINVAL);
	json_decref(json);

	out = open_memstream(&text, &size);
	record_csv_row(out, &dut_counters_table, &from);
	fclose(out);
	assert_memory_equal(text, ",3,", 3);
	free(text);
}

static void a_seed_of_64_bits_comes_back_whole(void **state)
{
	static const uint64_t seeds[] = {0, INT64_MAX, (uint64_t)INT64_MAX + 1, UINT64_MAX - 1,
					 UINT64_MAX};

	for (size_t i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++) {
		struct load from, to;
		json_t *json;

		field_defaults(&load_table, &from);
		from.seed = seeds[i];
		json = record_pack(&load_table, &from);
		assert_int_equal(record_unpack(&load_table, json, &to, NULL), 0);
		assert_true(to.seed == seeds[i]);
		json_decref(json);
	}
}

static void text_that_is_no_utf8_is_still_a_record(void **state)
{
	struct verdict verdict = {.nr_reasons = 1, .reasons = {"nic \xff\xfe: grün"}};
	char *text = pack_to_text(&verdict_table, &verdict);

	assert_non_null(strstr(text, "nic ??: gr??n"));
	free(text);
	strcpy(verdict.reasons[0], "grün");
	text = pack_to_text(&verdict_table, &verdict);
	assert_non_null(strstr(text, "grün"));
	free(text);
}

static void a_missing_member_has_its_default(void **state)
{
	json_t *json = read_json("{\"frame_bytes\":128,\"from_the_future\":[1]}");
	struct load load;

	memset(&load, 0xa5, sizeof(load));
	assert_int_equal(record_unpack(&load_table, json, &load, NULL), 0);
	assert_int_equal(load.frame_bytes, 128);
	assert_int_equal(load.flows, 1024);
	assert_int_equal(load.duration_ns, 1000000000);
	json_decref(json);
}

static void a_wrong_type_is_refused_by_name(void **state)
{
	static const struct {
		const struct field_table *table;
		const char *json, *name;
	} examples[] = {
		{&load_table, "{\"flows\":\"many\"}", "load.flows"},
		{&load_table, "{\"flows\":-1}", "load.flows"},
		{&load_table, "{\"flows\":1.5}", "load.flows"},
		{&load_table, "{\"flows\":4294967296}", "load.flows"},
		{&load_table, "{\"flows\":null}", "load.flows"},
		{&load_table, "{\"engine\":\"dpdk\"}", "load.engine"},
		{&load_table, "{\"engine\":0}", "load.engine"},
		{&load_table, "{\"rate_pps\":\"1k\"}", "load.rate_pps"},
		{&load_table, "{\"seed\":\"18446744073709551616\"}", "load.seed"},
		{&path_table, "{\"nic\":\"0123456789abcdef\"}", "path.nic"},
		{&path_table, "{\"nic\":7}", "path.nic"},
		{&path_table, "{\"clients\":\"198.19.0.0\"}", "path.clients"},
		{&verdict_table, "{\"trusted\":1}", "verdict.trusted"},
		{&verdict_table, "{\"reasons\":\"x\"}", "verdict.reasons"},
		{&verdict_table, "{\"reasons\":[1]}", "verdict.reasons"},
		{&verdict_table, "{\"reasons\":[\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\"]}",
		 "verdict.reasons"},
		{&outcome_table, "{\"loss_ratio\":\"0\"}", "outcome.loss_ratio"},
		{&ledger_table, "{\"unexplained\":0.5}", "ledger.unexplained"},
		{&sink_result_table, "{\"queues\":[-1]}", "sink.queues"},
		{&sink_result_table, "{\"latency_ns\":5}", "percentiles"},
		{&sink_result_table, "{\"latency_ns\":{\"p50\":true}}", "percentiles.p50"},
		{&config_table, "{\"load\":null}", "load"},
		{&load_table, "[]", "load"},
	};

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		json_t *json = read_json(examples[i].json);
		struct fault fault = {0};
		union {
			struct load load;
			struct path path;
			struct verdict verdict;
			struct outcome outcome;
			struct ledger ledger;
			struct sink_result sink;
			struct config config;
		} object;

		if (record_unpack(examples[i].table, json, &object, &fault) != -EINVAL)
			fail_msg("%s was accepted", examples[i].json);
		if (!strstr(fault.text, examples[i].name))
			fail_msg("%s: %s", examples[i].json, fault.text);
		json_decref(json);
	}
}

static void the_kind_comes_first(void **state)
{
	json_t *record = record_new("ready", json_pack("{s:i}", "pid", 7));
	char *text = json_dumps(record, JSON_COMPACT);

	assert_string_equal(text, "{\"record\":\"ready\",\"pid\":7}");
	free(text);
	json_decref(record);
	record = record_new("popped", NULL);
	assert_int_equal(json_object_size(record), 1);
	json_decref(record);
}

static void a_record_is_one_line(void **state)
{
	json_t *record = record_new("fault", json_pack("{s:s,s:f}", "text", "a\nb", "x", 0.1));
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	json_t *again;

	assert_int_equal(record_write(out, record), 0);
	fclose(out);
	assert_string_equal(text, "{\"record\":\"fault\",\"text\":\"a\\nb\",\"x\":0.1}\n");
	again = record_read(text, NULL);
	assert_true(json_equal(record, again));
	json_decref(again);
	json_decref(record);
	free(text);
}

static void a_full_disk_is_an_error(void **state)
{
	FILE *full = fopen("/dev/full", "w");
	json_t *record = record_new("ready", NULL);

	assert_non_null(full);
	assert_int_equal(record_write(full, record), -EIO);
	fclose(full);
	json_decref(record);
}

static void what_is_no_record_is_refused(void **state)
{
	static const char *const bad[] = {"",
					  "{",
					  "[]",
					  "7",
					  "{\"a\":1}x",
					  "{\"a\":1,\"a\":2}",
					  "{\"a\":\"\\u0000\"}",
					  "{\"a\":NaN}",
					  "\xff"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct fault fault = {0};

		assert_null(record_read(bad[i], &fault));
		assert_memory_equal(fault.text, "not a record", 12);
	}
}

static char *csv_header(const struct field_table *table, const char *prefix)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	record_csv_header(out, table, prefix);
	fclose(out);
	return text;
}

static void assert_row(const struct field_table *table, const void *object, const char *expected)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	record_csv_row(out, table, object);
	fclose(out);
	assert_string_equal(text, expected);
	free(text);
}

static void csv_flattens_groups(void **state)
{
	char *text = csv_header(&outcome_table, NULL);

	assert_string_equal(text, "forwarding_pps,loss_ratio");
	free(text);
	text = csv_header(&sink_result_table, "sink");
	assert_memory_equal(text, "sink_mode,sink_received,", 24);
	assert_non_null(strstr(text, ",sink_queues,sink_latency_ns_samples,sink_latency_ns_min,"));
	free(text);
}

static void csv_rows_have_a_cell_for_every_column(void **state)
{
	struct sink_result result = {.received = 5, .nr_queues = 2, .queues = {2, 3}};

	assert_row(&sink_result_table, &result, "native,5,0,0,0,0,0,0,0,0,0,0,0,2 3,,,,,,,,");
	result.latency_ns = (struct percentiles){.samples = 2,
						 .min = 1,
						 .p50 = 1,
						 .p90 = FIELD_ABSENT,
						 .p99 = FIELD_ABSENT,
						 .p999 = FIELD_ABSENT,
						 .p9999 = FIELD_ABSENT,
						 .max = 4};
	assert_row(&sink_result_table, &result, "native,5,0,0,0,0,0,0,0,0,0,0,0,2 3,2,1,1,,,,,4");
}

static void csv_numbers_are_plain(void **state)
{
	struct outcome outcome = {.forwarding_pps = 123456.5, .loss_ratio = NAN};
	struct load load;

	assert_row(&outcome_table, &outcome, "123456.5,");
	field_defaults(&load_table, &load);
	assert_row(&load_table, &load, "afxdp,64,1024,0,1000000000,42,0,1,64,true");
}

static void csv_quotes_what_needs_it(void **state)
{
	struct verdict verdict = {.nr_reasons = 2, .reasons = {"late, by 3 \"ms\"", "b"}};

	assert_row(&verdict_table, &verdict, "false,none,\"late, by 3 \"\"ms\"\"; b\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knobs_are_packed_in_table_order_with_units),
		cmocka_unit_test(addresses_are_packed_as_text),
		cmocka_unit_test(what_is_absent_is_null),
		cmocka_unit_test(a_sparse_group_is_null_until_it_has_samples),
		cmocka_unit_test(a_sparse_word_may_be_none),
		cmocka_unit_test(a_seed_of_64_bits_comes_back_whole),
		cmocka_unit_test(text_that_is_no_utf8_is_still_a_record),
		cmocka_unit_test(a_missing_member_has_its_default),
		cmocka_unit_test(a_wrong_type_is_refused_by_name),
		cmocka_unit_test(the_kind_comes_first),
		cmocka_unit_test(a_record_is_one_line),
		cmocka_unit_test(a_full_disk_is_an_error),
		cmocka_unit_test(what_is_no_record_is_refused),
		cmocka_unit_test(csv_flattens_groups),
		cmocka_unit_test(csv_rows_have_a_cell_for_every_column),
		cmocka_unit_test(csv_numbers_are_plain),
		cmocka_unit_test(csv_quotes_what_needs_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
