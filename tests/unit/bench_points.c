// SPDX-License-Identifier: BSD-2-Clause
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bench/points.h"

/* cmocka 1.1.5 compares float only. */
#define assert_near(a, b, e) assert_true(fabs((a) - (b)) <= (e))

enum { MAX_TRIALS = 16 };

/* A run of two axes, built by hand. */
struct run {
	struct run_record record;
	struct trial trials[MAX_TRIALS];
	char points[MAX_TRIALS][SCENARIO_MAX_AXES][64];
};

static void run_init(struct run *run, const char *first_axis, const char *second_axis)
{
	memset(run, 0, sizeof(*run));
	run->record.trials = run->trials;
	run->record.points = (void *)run->points;
	run->record.nr_axes = second_axis ? 2 : 1;
	strcpy(run->record.axes[0], first_axis);
	if (second_axis)
		strcpy(run->record.axes[1], second_axis);
}

static uint32_t add_point(struct run *run, const char *first, const char *second)
{
	strcpy(run->points[run->record.nr_points][0], first);
	strcpy(run->points[run->record.nr_points][1], second);
	return run->record.nr_points++;
}

static struct trial *add_trial(struct run *run, uint32_t measure, uint32_t point, double pps)
{
	struct trial *trial = &run->trials[run->record.nr_trials++];

	trial->measure = measure;
	trial->point = point;
	trial->outcome.forwarding_pps = pps;
	trial->verdict.trusted = true;
	return trial;
}

static void test_late_is_of_the_generator(void **state)
{
	struct run run;
	struct points points;
	struct trial *trial;

	run_init(&run, "dut.plane", NULL);
	add_point(&run, "xdp", "");
	trial = add_trial(&run, MEASURE_RATE, 0, 100);
	trial->gen.late_ns = (struct percentiles){.samples = 100, .p50 = 7, .p99 = FIELD_ABSENT};
	trial = add_trial(&run, MEASURE_RATE, 0, 100);
	trial->gen.late_ns = (struct percentiles){.samples = 1000, .p50 = 9, .p99 = 40, .max = 90};
	assert_int_equal(points_init(&run.record, &points), 0);
	assert_int_equal(points.rows[0].metrics.late_ns.p50, 8);
	assert_int_equal(points.rows[0].metrics.late_ns.p99, 40);
	assert_int_equal(points.rows[0].metrics.late_ns.max, 45);
	assert_int_equal(points.rows[0].metrics.latency_ns.p50, FIELD_ABSENT);
	points_done(&points);
}

static void test_medians_are_of_the_trusted_trials(void **state)
{
	struct run run;
	struct points points;
	const struct point_metrics *metrics;

	run_init(&run, "dut.plane", NULL);
	add_point(&run, "xdp", "");
	add_trial(&run, MEASURE_PEAK, 0, 100)->verdict.limit = LIMIT_DUT;
	add_trial(&run, MEASURE_PEAK, 0, 9e9)->verdict.trusted = false;
	add_trial(&run, MEASURE_PEAK, 0, 300)->verdict.limit = LIMIT_DUT;
	add_trial(&run, MEASURE_PEAK, 0, 200)->verdict.limit = LIMIT_TESTER_TX;
	run.trials[0].outcome.loss_ratio = 0.5;
	run.trials[0].gen.offered_pps = 1000;
	run.trials[2].gen.offered_pps = 3000;
	run.trials[3].gen.offered_pps = 1100;

	assert_int_equal(points_init(&run.record, &points), 0);
	assert_int_equal(points.nr_rows, 1);
	metrics = &points.rows[0].metrics;
	assert_int_equal(metrics->trials, 4);
	assert_int_equal(metrics->trusted, 3);
	assert_int_equal(metrics->untrusted, 1);
	assert_near(metrics->forwarding_pps, 200, 0);
	assert_near(metrics->forwarding_low_pps, 100, 0);
	assert_near(metrics->forwarding_high_pps, 300, 0);
	assert_near(metrics->coverage, 0.75, 1e-12);
	assert_near(metrics->spread, 0.5, 1e-12);
	assert_near(metrics->offered_pps, 1100, 0);
	assert_near(metrics->loss_ratio, 0, 0);
	assert_string_equal(metrics->limit, "dut");
	points_done(&points);
}

static void test_point_without_a_trusted_trial_is_empty(void **state)
{
	struct run run;
	struct points points;
	char *text = NULL;
	size_t size;
	FILE *out;

	run_init(&run, "dut.plane", NULL);
	add_point(&run, "xdp", "");
	add_trial(&run, MEASURE_RATE, 0, 100)->verdict.trusted = false;
	assert_int_equal(points_init(&run.record, &points), 0);
	assert_true(isnan(points.rows[0].metrics.forwarding_pps));
	assert_int_equal(points.rows[0].metrics.latency_ns.p50, FIELD_ABSENT);

	out = open_memstream(&text, &size);
	points_print_csv(&points, out);
	fclose(out);
	assert_non_null(strstr(text, "measure,dut.plane,trials,trusted,untrusted,forwarding_pps,"));
	assert_non_null(strstr(
		text,
		",latency_ns_p999,latency_ns_max,late_ns_p50,late_ns_p90,late_ns_p99,late_ns_p999,"
		"late_ns_max,limit,spread\n"));
	assert_non_null(strstr(text, "\nrate,xdp,1,0,1,,,,,,,,,,,,,,,,,,,\n"));
	free(text);
	points_done(&points);
}

static void test_latency_needs_samples(void **state)
{
	struct run run;
	struct points points;
	struct point_latency *latency;

	run_init(&run, "dut.plane", NULL);
	add_point(&run, "xdp", "");
	for (uint64_t i = 1; i <= 2; i++) {
		struct percentiles *percentiles =
			&add_trial(&run, MEASURE_RATE, 0, 100)->sink.latency_ns;

		*percentiles = (struct percentiles){.samples = 500,
						    .p50 = 1000 * i,
						    .p90 = 2000,
						    .p99 = FIELD_ABSENT,
						    .p999 = FIELD_ABSENT,
						    .max = 9000};
	}
	/* No sample, so its zeroes are no latency. */
	add_trial(&run, MEASURE_RATE, 0, 100);
	assert_int_equal(points_init(&run.record, &points), 0);
	latency = &points.rows[0].metrics.latency_ns;
	assert_int_equal(latency->p50, 1500);
	assert_int_equal(latency->p90, 2000);
	assert_int_equal(latency->p99, FIELD_ABSENT);
	assert_int_equal(latency->max, 9000);
	points_done(&points);
}

static void test_measures_are_kept_apart(void **state)
{
	struct run run;
	struct points points;

	run_init(&run, "dut.plane", NULL);
	add_point(&run, "xdp", "");
	add_trial(&run, MEASURE_PEAK, 0, 100);
	add_trial(&run, MEASURE_RATE, 0, 1);
	add_trial(&run, MEASURE_PEAK, 0, 200);
	assert_int_equal(points_init(&run.record, &points), 0);
	assert_int_equal(points.nr_rows, 2);
	assert_int_equal(points.rows[0].measure, MEASURE_RATE);
	assert_near(points.rows[0].metrics.forwarding_pps, 1, 0);
	assert_near(points.rows[1].metrics.forwarding_pps, 150, 0);
	points_done(&points);
}

static void assert_order(struct run *run, uint32_t axis, const char *const *expected)
{
	struct points points;

	for (uint32_t i = 0; i < run->record.nr_points; i++)
		add_trial(run, MEASURE_PEAK, i, 1);
	assert_int_equal(points_init(&run->record, &points), 0);
	for (uint32_t i = 0; i < points.nr_rows; i++)
		assert_string_equal(points_value(&points, &points.rows[i], axis), expected[i]);
	points_done(&points);
}

/* Words in the order of their declaration, then numbers by size, not as texts. */
static void test_order_of_planes_and_numbers(void **state)
{
	static const char *const planes[] = {"wire", "xdp", "xdp", "nftables"};
	static const char *const mtus[] = {"9000", "1500", "9000", "1500"};
	struct run run;

	for (uint32_t axis = 0; axis < 2; axis++) {
		run_init(&run, "dut.plane", "nic.mtu");
		add_point(&run, "nftables", "1500");
		add_point(&run, "xdp", "9000");
		add_point(&run, "wire", "9000");
		add_point(&run, "xdp", "1500");
		assert_order(&run, axis, axis ? mtus : planes);
	}
}

static void test_order_of_rates_and_durations(void **state)
{
	static const char *const rates[] = {"999", "10k", "2M", "max"};
	static const char *const durations[] = {"50ms", "1s", "1m"};
	struct run run;

	run_init(&run, "load.rate", NULL);
	add_point(&run, "max", "");
	add_point(&run, "2M", "");
	add_point(&run, "999", "");
	add_point(&run, "10k", "");
	assert_order(&run, 0, rates);

	run_init(&run, "load.duration", NULL);
	add_point(&run, "1m", "");
	add_point(&run, "1s", "");
	add_point(&run, "50ms", "");
	assert_order(&run, 0, durations);
}

/* A record of another version may have an axis that this one does not know. */
static void test_order_of_an_unknown_axis_is_by_text(void **state)
{
	static const char *const expected[] = {"a", "b"};
	struct run run;

	run_init(&run, "nic.colour", NULL);
	add_point(&run, "b", "");
	add_point(&run, "a", "");
	assert_order(&run, 0, expected);
	assert_null(points_axis_field("nic.colour"));
	assert_null(points_axis_field("colour"));
	assert_null(points_axis_field("colour.nic"));
	assert_non_null(points_axis_field("nic.mtu"));
}

static void test_no_trial(void **state)
{
	struct run run;
	struct points points;

	run_init(&run, "dut.plane", NULL);
	assert_int_equal(points_init(&run.record, &points), 0);
	assert_int_equal(points.nr_rows, 0);
	points_done(&points);
}

static void test_pack(void **state)
{
	struct run run;
	struct points points;
	json_t *json;

	run_init(&run, "dut.plane", "nic.mtu");
	add_point(&run, "xdp", "1500");
	add_trial(&run, MEASURE_PEAK, 0, 250);
	assert_int_equal(points_init(&run.record, &points), 0);
	json = points_pack(&points, &points.rows[0]);
	assert_non_null(json);
	assert_string_equal(json_string_value(json_object_get(json, "record")), "point");
	assert_string_equal(json_string_value(json_object_get(json, "measure")), "peak");
	assert_string_equal(
		json_string_value(json_object_get(json_object_get(json, "point"), "nic.mtu")),
		"1500");
	assert_near(json_real_value(json_object_get(json, "forwarding_pps")), 250, 0);
	json_decref(json);
	points_done(&points);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_late_is_of_the_generator),
		cmocka_unit_test(test_medians_are_of_the_trusted_trials),
		cmocka_unit_test(test_point_without_a_trusted_trial_is_empty),
		cmocka_unit_test(test_latency_needs_samples),
		cmocka_unit_test(test_measures_are_kept_apart),
		cmocka_unit_test(test_order_of_planes_and_numbers),
		cmocka_unit_test(test_order_of_rates_and_durations),
		cmocka_unit_test(test_order_of_an_unknown_axis_is_by_text),
		cmocka_unit_test(test_no_trial),
		cmocka_unit_test(test_pack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
