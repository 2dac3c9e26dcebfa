// SPDX-License-Identifier: BSD-2-Clause
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "bench/plan.h"
#include "lib/clock.h"

/* 6 points, 4 repeats, 1 + 3 trials. */
static const char text[] = "lab: {}\n"
			   "load: {rate: 1k, duration: 500ms}\n"
			   "peak: {trials: 3, duration: 100ms}\n"
			   "sweep:\n"
			   "  dut.plane: [wire, xdp, nftables]\n"
			   "  nic.channels: [1, 2]\n"
			   "measure: [rate, peak]\n"
			   "repeat: 4\n";

enum { POINTS = 6, REPEATS = 4, SAMPLES = 4 };

/* The scenario must stay: the plan points into it. */
static struct plan expand(struct scenario *scenario, const char *override)
{
	const char *const overrides[] = {override, NULL};
	struct fault fault = {0};
	struct plan plan;

	if (scenario_parse("t.yaml", text, strlen(text), overrides, scenario, &fault))
		fail_msg("%s", fault.text);
	assert_int_equal(plan_expand(scenario, &plan), 0);
	return plan;
}

static void finish(struct plan *plan, struct scenario *scenario)
{
	plan_done(plan);
	scenario_done(scenario);
}

/* The order of the points of a repeat, "403215". */
static void order_of(const struct plan *plan, uint32_t repeat, char order[POINTS + 1])
{
	for (uint32_t i = 0; i < POINTS; i++)
		order[i] = (char)('0' + plan->trials[((repeat - 1) * POINTS + i) * SAMPLES].point);
	order[POINTS] = '\0';
}

static void points_are_the_cross_product(void **state)
{
	static const char *const planes[] = {"wire", "xdp", "nftables"}, *const channels[] = {"1",
											      "2"};
	struct scenario scenario;
	struct plan plan = expand(&scenario, NULL);

	assert_int_equal(plan.nr_points, POINTS);
	for (uint32_t i = 0; i < POINTS; i++) {
		assert_int_equal(plan.points[i].index, i);
		assert_int_equal(plan.points[i].config.dut.plane, i / 2);
		assert_int_equal(plan.points[i].config.nic.channels, i % 2 + 1);
		assert_string_equal(plan.points[i].values[0], planes[i / 2]);
		assert_string_equal(plan.points[i].values[1], channels[i % 2]);
	}
	finish(&plan, &scenario);
}

static void every_point_is_once_in_every_repeat(void **state)
{
	struct scenario scenario;
	struct plan plan = expand(&scenario, NULL);
	uint32_t seen[REPEATS][POINTS] = {{0}};

	assert_int_equal(plan.nr_trials, POINTS * REPEATS * SAMPLES);
	for (uint32_t i = 0; i < plan.nr_trials; i++) {
		const struct trial *trial = &plan.trials[i];

		assert_int_equal(trial->id, i + 1);
		assert_int_equal(trial->repeat, i / (POINTS * SAMPLES) + 1);
		assert_int_equal(trial->order, i / SAMPLES % POINTS + 1);
		seen[trial->repeat - 1][trial->point]++;
	}
	for (uint32_t i = 0; i < REPEATS * POINTS; i++)
		assert_int_equal(seen[i / POINTS][i % POINTS], SAMPLES);
	finish(&plan, &scenario);
}

/* They share the point's leases. */
static void trials_of_a_point_are_adjacent(void **state)
{
	struct scenario scenario;
	struct plan plan = expand(&scenario, NULL);

	for (uint32_t i = 0; i < plan.nr_trials; i++) {
		const struct trial *trial = &plan.trials[i];

		assert_int_equal(plan_changes(&plan, i), i % SAMPLES == 0);
		assert_int_equal(trial->point, plan.trials[i - i % SAMPLES].point);
		assert_int_equal(trial->measure, i % SAMPLES ? MEASURE_PEAK : MEASURE_RATE);
		assert_int_equal(trial->sample, i % SAMPLES ? i % SAMPLES : 1);
	}
	finish(&plan, &scenario);
}

static void one_point_changes_leases_in_every_repeat(void **state)
{
	static const char one[] = "lab: {}\nrepeat: 3\n";
	struct scenario scenario;
	struct fault fault = {0};
	struct plan plan;

	assert_int_equal(scenario_parse("t.yaml", one, strlen(one), NULL, &scenario, &fault), 0);
	assert_int_equal(plan_expand(&scenario, &plan), 0);
	assert_int_equal(plan.nr_points, 1);
	assert_int_equal(plan.nr_trials, 3);
	for (uint32_t i = 0; i < 3; i++)
		assert_true(plan_changes(&plan, i));
	finish(&plan, &scenario);
}

static void a_seed_always_gives_the_same_order(void **state)
{
	struct scenario first, second;
	struct plan plan = expand(&first, NULL), again = expand(&second, NULL);
	char order[POINTS + 1];

	for (uint32_t i = 0; i < plan.nr_trials; i++)
		assert_int_equal(plan.trials[i].point, again.trials[i].point);
	/* Of seed 42, whatever machine and version: results must be comparable. */
	order_of(&plan, 1, order);
	assert_string_equal(order, "253104");
	order_of(&plan, 2, order);
	assert_string_equal(order, "230154");
	finish(&plan, &first);
	finish(&again, &second);
}

static void another_seed_gives_another_order(void **state)
{
	struct scenario first, second;
	struct plan plan = expand(&first, NULL), other = expand(&second, "load.seed=43");
	char order[POINTS + 1], others[POINTS + 1];
	uint32_t differ = 0;

	for (uint32_t repeat = 1; repeat <= REPEATS; repeat++) {
		order_of(&plan, repeat, order);
		order_of(&other, repeat, others);
		differ += !!strcmp(order, others);
	}
	assert_true(differ >= REPEATS - 1);
	finish(&plan, &first);
	finish(&other, &second);
}

/* Over many seeds every point comes first about equally often. */
static void the_shuffle_is_fair(void **state)
{
	enum { SEEDS = 600 };
	uint32_t first[POINTS] = {0};

	for (int seed = 0; seed < SEEDS; seed++) {
		char override[32];
		struct scenario scenario;
		struct plan plan;

		snprintf(override, sizeof(override), "load.seed=%d", seed);
		plan = expand(&scenario, override);
		for (uint32_t repeat = 0; repeat < REPEATS; repeat++)
			first[plan.trials[repeat * POINTS * SAMPLES].point]++;
		finish(&plan, &scenario);
	}
	/* 400 expected, standard deviation 18. */
	for (int i = 0; i < POINTS; i++)
		assert_in_range(first[i], 310, 490);
}

static void peak_has_its_own_load(void **state)
{
	struct scenario scenario;
	struct plan plan = expand(&scenario, NULL);

	assert_int_equal(plan.trials[0].load.rate_pps, 1000);
	assert_int_equal(plan.trials[0].load.duration_ns, 500 * NS_PER_MS);
	assert_int_equal(plan.trials[1].load.rate_pps, 0);
	assert_int_equal(plan.trials[1].load.duration_ns, 100 * NS_PER_MS);
	assert_int_equal(plan.trials[1].load.flows, plan.trials[0].load.flows);
	finish(&plan, &scenario);
}

/* A swept number of trials makes points of different length. */
static void a_swept_peak_counts_by_point(void **state)
{
	struct scenario scenario;
	struct plan plan = expand(&scenario, "sweep.peak.trials=1,5");

	assert_int_equal(plan.nr_points, 2 * POINTS);
	assert_int_equal(plan.nr_trials, REPEATS * POINTS * (2 + 6));
	for (uint32_t i = 0; i < plan.nr_trials; i++)
		assert_true(plan.trials[i].sample <=
			    plan.points[plan.trials[i].point].config.peak.trials);
	finish(&plan, &scenario);
}

static uint64_t estimate_of(const char *override)
{
	struct scenario scenario;
	struct plan plan = expand(&scenario, override);
	const uint64_t estimate_ns = plan_estimate_ns(&plan, 0);

	finish(&plan, &scenario);
	return estimate_ns;
}

/* Of the three planes wire has no connections. */
static void opening_connections_takes_time(void **state)
{
	const uint64_t few_ns = estimate_of("load.flows=1000"),
		       more_ns = estimate_of("load.flows=3000"),
		       none_ns = estimate_of("load.prefill=false");

	assert_true(few_ns > none_ns);
	assert_int_equal(more_ns - none_ns, 3 * (few_ns - none_ns));
	assert_int_equal((few_ns - none_ns) % (1000ULL * REPEATS * POINTS * 2 / 3), 0);
}

static void the_estimate_shrinks_to_nothing(void **state)
{
	struct scenario scenario;
	struct plan plan = expand(&scenario, "load.prefill=false");
	uint64_t before = plan_estimate_ns(&plan, 0), sent = 0;

	for (uint32_t i = 0; i < plan.nr_trials; i++)
		sent += plan.trials[i].load.duration_ns;
	assert_true(before > sent);
	/* Set-up is counted once a point and repeat. */
	assert_int_equal(before, POINTS * REPEATS * plan_span_ns(&plan, 0, SAMPLES));
	for (uint32_t i = 1; i <= plan.nr_trials; i += SAMPLES) {
		uint64_t left = plan_estimate_ns(&plan, i);

		assert_true(left < before);
		before = left;
	}
	assert_int_equal(plan_estimate_ns(&plan, plan.nr_trials), 0);
	finish(&plan, &scenario);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(points_are_the_cross_product),
		cmocka_unit_test(every_point_is_once_in_every_repeat),
		cmocka_unit_test(trials_of_a_point_are_adjacent),
		cmocka_unit_test(one_point_changes_leases_in_every_repeat),
		cmocka_unit_test(a_seed_always_gives_the_same_order),
		cmocka_unit_test(another_seed_gives_another_order),
		cmocka_unit_test(the_shuffle_is_fair),
		cmocka_unit_test(peak_has_its_own_load),
		cmocka_unit_test(a_swept_peak_counts_by_point),
		cmocka_unit_test(opening_connections_takes_time),
		cmocka_unit_test(the_estimate_shrinks_to_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
