// SPDX-License-Identifier: BSD-2-Clause
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lib/model.h"

static void find_takes_dash_for_underscore(void **state)
{
	const struct field *field = field_find(&service_table, "node_port");

	assert_non_null(field);
	assert_ptr_equal(field_find(&service_table, "node-port"), field);
	assert_null(field_find(&service_table, "node"));
	assert_null(field_find(&service_table, "node_port_"));
	assert_null(field_find(&service_table, ""));
}

static void column_is_the_name_with_its_unit(void **state)
{
	char buffer[32];

	assert_string_equal(field_column(field_find(&load_table, "rate"), buffer, sizeof(buffer)),
			    "rate_pps");
	assert_string_equal(field_column(field_find(&load_table, "flows"), buffer, sizeof(buffer)),
			    "flows");
}

static void defaults_reach_into_groups(void **state)
{
	struct config config;

	memset(&config, 0xa5, sizeof(config));
	field_defaults(&config_table, &config);
	assert_int_equal(config.service.node_port, 30401);
	assert_int_equal(config.load.frame_bytes, 64);
	assert_int_equal(config.load.duration_ns, 1000000000);
	assert_int_equal(config.load.rate_pps, 0);
	assert_int_equal(config.nic.mtu, 0);
	assert_int_equal(config.dut.plane, PLANE_XDP);
	assert_int_equal(config.peak.duration_ns, 200000000);
}

static void defaults_zero_what_has_none(void **state)
{
	struct sink_result result;

	memset(&result, 0xa5, sizeof(result));
	field_defaults(&sink_result_table, &result);
	assert_int_equal(result.received, 0);
	assert_int_equal(result.nr_queues, 0);
	assert_int_equal(result.latency_ns.samples, 0);
}

static void equal_sees_the_member_alone(void **state)
{
	struct load a, b;

	field_defaults(&load_table, &a);
	b = a;
	b.flows++;
	assert_true(field_equal(field_find(&load_table, "rate"), &a, &b));
	assert_false(field_equal(field_find(&load_table, "flows"), &a, &b));
}

static void equal_ignores_what_is_behind_a_text(void **state)
{
	struct host a = {.nic = "pg0"}, b = {.nic = "pg0"};

	b.nic[5] = 'x';
	assert_true(field_equal(field_find(&host_table, "nic"), &a, &b));
	b.nic[3] = '1';
	assert_false(field_equal(field_find(&host_table, "nic"), &a, &b));
}

static void equal_takes_nan_for_nan(void **state)
{
	struct outcome a = {.loss_ratio = NAN}, b = a;
	const struct field *field = field_find(&outcome_table, "loss_ratio");

	assert_true(field_equal(field, &a, &b));
	b.loss_ratio = 0;
	assert_false(field_equal(field, &a, &b));
}

static void equal_compares_series_and_texts_by_length(void **state)
{
	struct sink_result a = {.nr_queues = 2, .queues = {1, 2, 3}}, b = a;
	struct verdict v = {.nr_reasons = 1, .reasons = {"late", "x"}}, w = v;
	const struct field *queues = field_find(&sink_result_table, "queues");
	const struct field *reasons = field_find(&verdict_table, "reasons");

	b.queues[2] = 9;
	assert_true(field_equal(queues, &a, &b));
	b.nr_queues = 1;
	assert_false(field_equal(queues, &a, &b));
	w.reasons[1][0] = 'y';
	assert_true(field_equal(reasons, &v, &w));
	w.reasons[0][0] = 'y';
	assert_false(field_equal(reasons, &v, &w));
}

static void equal_compares_groups_by_member(void **state)
{
	struct config a, b;
	const struct field *load = field_find(&config_table, "load");

	field_defaults(&config_table, &a);
	field_defaults(&config_table, &b);
	assert_true(field_equal(load, &a, &b));
	b.load.seed++;
	assert_false(field_equal(load, &a, &b));
	assert_true(field_equal(field_find(&config_table, "nic"), &a, &b));
}

static void diff_subtracts_counters(void **state)
{
	struct snap before = {.rx_packets = 10, .steal_ns = UINT64_MAX - 1};
	struct snap after = {.rx_packets = 25, .steal_ns = 5, .tx_dropped = 3};
	struct snap delta;

	field_diff(&snap_table, &before, &after, &delta);
	assert_int_equal(delta.rx_packets, 15);
	assert_int_equal(delta.tx_dropped, 3);
	assert_int_equal(delta.steal_ns, 7);
}

static void diff_takes_the_rest_from_after(void **state)
{
	struct sink_result before = {.received = 5, .mode = 0, .latency_ns = {.samples = 5}};
	struct sink_result after = {.received = 9,
				    .mode = 1,
				    .nr_queues = 1,
				    .queues = {9},
				    .latency_ns = {.samples = 9}};
	struct sink_result delta;

	field_diff(&sink_result_table, &before, &after, &delta);
	assert_int_equal(delta.received, 4);
	assert_int_equal(delta.mode, 1);
	assert_int_equal(delta.nr_queues, 1);
	assert_int_equal(delta.queues[0], 9);
	assert_int_equal(delta.latency_ns.samples, 4);
}

static void diff_of_an_absent_counter_is_absent(void **state)
{
	struct snap before = {.conntrack_drop = FIELD_ABSENT}, after = {.conntrack_drop = 4}, delta;

	field_diff(&snap_table, &before, &after, &delta);
	assert_true(delta.conntrack_drop == FIELD_ABSENT);
	field_diff(&snap_table, &after, &before, &delta);
	assert_true(delta.conntrack_drop == FIELD_ABSENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(find_takes_dash_for_underscore),
		cmocka_unit_test(column_is_the_name_with_its_unit),
		cmocka_unit_test(defaults_reach_into_groups),
		cmocka_unit_test(defaults_zero_what_has_none),
		cmocka_unit_test(equal_sees_the_member_alone),
		cmocka_unit_test(equal_ignores_what_is_behind_a_text),
		cmocka_unit_test(equal_takes_nan_for_nan),
		cmocka_unit_test(equal_compares_series_and_texts_by_length),
		cmocka_unit_test(equal_compares_groups_by_member),
		cmocka_unit_test(diff_subtracts_counters),
		cmocka_unit_test(diff_takes_the_rest_from_after),
		cmocka_unit_test(diff_of_an_absent_counter_is_absent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
