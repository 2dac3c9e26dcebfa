// SPDX-License-Identifier: BSD-2-Clause
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lib/hist.h"

static int setup(void **state)
{
	struct hist *hist = malloc(2 * sizeof(*hist));

	if (!hist)
		return -1;
	hist_init(&hist[0]);
	hist_init(&hist[1]);
	*state = hist;
	return 0;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

static void buckets_tile_the_range(void **state)
{
	assert_int_equal(bucket_lower(0), 0);
	for (uint32_t i = 0; i < BUCKET_COUNT; i++) {
		uint64_t lower = bucket_lower(i), upper = bucket_upper(i);

		assert_int_equal(bucket_index(lower), i);
		assert_int_equal(bucket_index(upper), i);
		assert_true(upper - lower <= lower / BUCKET_SUB);
		if (i)
			assert_int_equal(lower, bucket_upper(i - 1) + 1);
	}
	assert_int_equal(bucket_upper(BUCKET_COUNT - 1), BUCKET_LIMIT_NS - 1);
}

static void an_empty_one_has_no_values(void **state)
{
	struct hist *hist = *state;
	struct percentiles percentiles;

	assert_true(hist_quantile(hist, 0.5) == FIELD_ABSENT);
	hist_percentiles(hist, &percentiles);
	assert_int_equal(percentiles.samples, 0);
	assert_true(percentiles.min == FIELD_ABSENT && percentiles.p50 == FIELD_ABSENT &&
		    percentiles.p9999 == FIELD_ABSENT && percentiles.max == FIELD_ABSENT);
}

static void one_sample_is_every_quantile(void **state)
{
	struct hist *hist = *state;

	hist_record(hist, 123456789);
	assert_int_equal(hist_quantile(hist, 0), 123456789);
	assert_int_equal(hist_quantile(hist, 0.5), 123456789);
	assert_int_equal(hist_quantile(hist, 1), 123456789);
}

static void small_values_are_exact(void **state)
{
	struct hist *hist = *state;

	for (uint64_t value = 1; value <= 100; value++)
		hist_record(hist, value);
	for (int percent = 1; percent <= 100; percent++)
		assert_int_equal(hist_quantile(hist, percent / 100.0), percent);
	assert_int_equal(hist_quantile(hist, 0), 1);
	assert_int_equal(hist_quantile(hist, 0.501), 51);
}

/* Against the exact order statistic of a sorted array, over six decades. */
static void a_quantile_is_off_by_less_than_a_bucket(void **state)
{
	static const double quantiles[] = {0.001, 0.25, 0.5, 0.9, 0.99, 0.999};
	struct hist *hist = *state;
	enum { NR = 10000 };
	uint64_t *values = calloc(NR, sizeof(*values)), value = 100;

	/* rising, so that the array is sorted */
	for (size_t i = 0; i < NR; i++) {
		value += value / 700 + (i * 2654435761u) % 7;
		values[i] = value;
		hist_record(hist, value);
	}
	for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++) {
		uint64_t exact = values[(size_t)(quantiles[i] * NR + 0.5) - 1];
		uint64_t got = hist_quantile(hist, quantiles[i]);

		assert_true(got >= exact);
		assert_true((got - exact) * BUCKET_SUB <= exact);
	}
	assert_int_equal(hist_quantile(hist, 1), values[NR - 1]);
	free(values);
}

static void overflow_is_counted_and_bounded_by_max(void **state)
{
	struct hist *hist = *state;

	hist_record(hist, 50);
	hist_record(hist, BUCKET_LIMIT_NS);
	hist_record(hist, BUCKET_LIMIT_NS * 3);
	assert_int_equal(hist->samples, 3);
	assert_int_equal(hist->overflow, 2);
	assert_int_equal(hist_quantile(hist, 0.3), 50);
	assert_int_equal(hist_quantile(hist, 0.9), BUCKET_LIMIT_NS * 3);
}

static void the_largest_value_in_range_is_no_overflow(void **state)
{
	struct hist *hist = *state;

	hist_record(hist, BUCKET_LIMIT_NS - 1);
	hist_record(hist, 0);
	assert_int_equal(hist->overflow, 0);
	assert_int_equal(hist_quantile(hist, 1), BUCKET_LIMIT_NS - 1);
	assert_int_equal(hist_quantile(hist, 0.5), 0);
}

static void merge_is_as_if_recorded_together(void **state)
{
	struct hist *hist = *state, *both = malloc(sizeof(*both));

	hist_init(both);
	for (uint64_t value = 10; value < 100000; value = value * 5 / 4 + 1) {
		hist_record(&hist[value & 1], value);
		hist_record(both, value);
	}
	hist_record(&hist[1], BUCKET_LIMIT_NS + 5);
	hist_record(both, BUCKET_LIMIT_NS + 5);
	hist_merge(&hist[0], &hist[1]);
	assert_memory_equal(&hist[0], both, sizeof(*both));
	free(both);
}

static void merging_an_empty_one_changes_nothing(void **state)
{
	struct hist *hist = *state;

	hist_record(&hist[0], 77);
	hist_merge(&hist[0], &hist[1]);
	assert_int_equal(hist->samples, 1);
	assert_int_equal(hist->min_ns, 77);
	assert_int_equal(hist->max_ns, 77);
}

static void a_tail_needs_ten_samples_beyond_it(void **state)
{
	struct hist *hist = *state;
	struct percentiles percentiles;

	for (int i = 0; i < 99; i++)
		hist_record(hist, 5);
	hist_percentiles(hist, &percentiles);
	assert_int_equal(percentiles.p50, 5);
	assert_true(percentiles.p90 == FIELD_ABSENT);
	hist_record(hist, 5);
	hist_percentiles(hist, &percentiles);
	assert_int_equal(percentiles.p90, 5);
	assert_true(percentiles.p99 == FIELD_ABSENT);
	for (int i = 100; i < 99999; i++)
		hist_record(hist, 5);
	hist_percentiles(hist, &percentiles);
	assert_int_equal(percentiles.p99, 5);
	assert_int_equal(percentiles.p999, 5);
	assert_true(percentiles.p9999 == FIELD_ABSENT);
	hist_record(hist, 900);
	hist_percentiles(hist, &percentiles);
	assert_int_equal(percentiles.p9999, 5);
	assert_int_equal(percentiles.max, 900);
	assert_int_equal(percentiles.samples, 100000);
}

#define hist_test(name_) cmocka_unit_test_setup_teardown(name_, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buckets_tile_the_range),
		hist_test(an_empty_one_has_no_values),
		hist_test(one_sample_is_every_quantile),
		hist_test(small_values_are_exact),
		hist_test(a_quantile_is_off_by_less_than_a_bucket),
		hist_test(overflow_is_counted_and_bounded_by_max),
		hist_test(the_largest_value_in_range_is_no_overflow),
		hist_test(merge_is_as_if_recorded_together),
		hist_test(merging_an_empty_one_changes_nothing),
		hist_test(a_tail_needs_ten_samples_beyond_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
