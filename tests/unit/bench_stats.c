// SPDX-License-Identifier: BSD-2-Clause
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "bench/stats.h"

/* cmocka 1.1.5 compares float only. */
#define assert_near(a, b, e) assert_true(fabs((a) - (b)) <= (e))

#define EXACT 1e-12

static void test_no_value(void **state)
{
	struct stats stats;

	stats_of(NULL, 0, &stats);
	assert_int_equal(stats.count, 0);
	assert_true(isnan(stats.median));
	assert_true(isnan(stats.min));
	assert_true(isnan(stats.high));
	assert_true(isnan(stats.coverage));
}

static void test_one_value(void **state)
{
	double values[] = {7.5};
	struct stats stats;

	stats_of(values, 1, &stats);
	assert_near(stats.min, 7.5, 0);
	assert_near(stats.q1, 7.5, 0);
	assert_near(stats.median, 7.5, 0);
	assert_near(stats.q3, 7.5, 0);
	assert_near(stats.max, 7.5, 0);
	assert_near(stats.low, 7.5, 0);
	assert_near(stats.high, 7.5, 0);
	assert_near(stats.coverage, 0, EXACT);
}

static void test_median_is_of_the_sorted_values(void **state)
{
	double odd[] = {9, 1, 5}, even[] = {4, 1, 3, 2};

	assert_near(stats_median(odd, 3), 5, 0);
	assert_near(odd[0], 1, 0);
	assert_near(stats_median(even, 4), 2.5, 0);
}

/* R: quantile(c(3, 1, 2, 10, 4), type = 7) gives 1 2 3 4 10. */
static void test_quartiles_are_type_7(void **state)
{
	double five[] = {3, 1, 2, 10, 4}, four[] = {10, 20, 30, 40};
	struct stats stats;

	stats_of(five, 5, &stats);
	assert_near(stats.min, 1, 0);
	assert_near(stats.q1, 2, 0);
	assert_near(stats.median, 3, 0);
	assert_near(stats.q3, 4, 0);
	assert_near(stats.max, 10, 0);
	stats_of(four, 4, &stats);
	assert_near(stats.q1, 17.5, EXACT);
	assert_near(stats.q3, 32.5, EXACT);
}

/* Methodology 4.3: 6-8 k=1, 9-11 k=2, 12-14 k=3, 15-16 k=4, 17-19 k=5, 20 k=6, 25 k=8, 30 k=10. */
static void test_interval_ranks(void **state)
{
	static const struct {
		size_t count, rank;
	} known[] = {{0, 0},  {1, 0},  {5, 0},  {6, 1},  {8, 1},  {9, 2},  {11, 2}, {12, 3},
		     {14, 3}, {15, 4}, {16, 4}, {17, 5}, {19, 5}, {20, 6}, {25, 8}, {30, 10}};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		assert_int_equal(stats_interval_rank(known[i].count, NULL), known[i].rank);
}

static void test_interval_coverage(void **state)
{
	double coverage;

	stats_interval_rank(5, &coverage);
	assert_near(coverage, 0.9375, EXACT);
	stats_interval_rank(6, &coverage);
	assert_near(coverage, 0.96875, EXACT);
	/* 1 - 2 (1 + 10) / 1024 */
	stats_interval_rank(10, &coverage);
	assert_near(coverage, 0.978515625, EXACT);
}

/* 2^2000 is no double; by the normal approximation k is near 1000 - 0.98 sqrt(2000) = 956. */
static void test_interval_of_many_values(void **state)
{
	double coverage;
	size_t rank = stats_interval_rank(2000, &coverage);

	assert_in_range(rank, 955, 957);
	assert_true(coverage >= 0.95 && coverage < 0.955);
}

static void test_interval_values(void **state)
{
	double ten[] = {10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, five[] = {5, 3, 4, 1, 2};
	struct stats stats;

	stats_of(ten, 10, &stats);
	assert_near(stats.low, 2, 0);
	assert_near(stats.high, 9, 0);
	stats_of(five, 5, &stats);
	assert_near(stats.low, 1, 0);
	assert_near(stats.high, 5, 0);
	assert_true(stats.coverage < 0.95);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_value),
		cmocka_unit_test(test_one_value),
		cmocka_unit_test(test_median_is_of_the_sorted_values),
		cmocka_unit_test(test_quartiles_are_type_7),
		cmocka_unit_test(test_interval_ranks),
		cmocka_unit_test(test_interval_coverage),
		cmocka_unit_test(test_interval_of_many_values),
		cmocka_unit_test(test_interval_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
