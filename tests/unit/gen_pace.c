// SPDX-License-Identifier: BSD-2-Clause
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "gen/pace.h"

static uint64_t exact_due_ns(uint64_t n, uint64_t rate)
{
	return (uint64_t)((unsigned __int128)n * NS_PER_S / rate);
}

static void every_packet_is_due_when_the_quotient_says(void **state)
{
	static const uint64_t rates[] = {1, 3, 7, 999, 1000, 333333, 1000003, 1000000000};
	static const uint32_t queues[] = {1, 2, 3, 64};

	for (size_t r = 0; r < sizeof(rates) / sizeof(rates[0]); r++)
		for (size_t q = 0; q < sizeof(queues) / sizeof(queues[0]); q++)
			for (uint32_t queue = 0; queue < queues[q]; queue++) {
				struct pace pace;

				pace_init(&pace, rates[r], UINT64_MAX, queue, queues[q]);
				for (uint64_t k = 0; k < 300; k++, pace_step(&pace))
					assert_int_equal(
						pace.due_ns,
						exact_due_ns(k * queues[q] + queue, rates[r]));
			}
}

/* 3 pps for a million seconds; a third of a nanosecond a step would be off by a millisecond. */
static void does_not_drift_over_a_million_seconds(void **state)
{
	struct pace pace;

	pace_init(&pace, 3, UINT64_MAX, 0, 1);
	for (uint64_t k = 0; k < 3000000; k++)
		pace_step(&pace);
	assert_int_equal(pace.due_ns, 1000000 * NS_PER_S);
	assert_int_equal(pace.rest, 0);
	pace_step(&pace);
	assert_int_equal(pace.due_ns, 1000000 * NS_PER_S + 333333333);
}

static void start_shifts_the_schedule(void **state)
{
	struct pace pace;

	pace_init(&pace, 1000, 10, 1, 2);
	pace_start(&pace, 5 * NS_PER_S);
	assert_int_equal(pace_next_ns(&pace), 5 * NS_PER_S + NS_PER_MS);
}

static void total_is_rounded_to_the_nearest(void **state)
{
	assert_int_equal(pace_total(1000, 2 * NS_PER_S), 2000);
	assert_int_equal(pace_total(3, NS_PER_S / 2), 2);
	assert_int_equal(pace_total(1, NS_PER_S / 2 - 1), 0);
	assert_int_equal(pace_total(1000000000, 86400 * NS_PER_S), 86400000000000);
}

static void queues_share_the_total_without_loss(void **state)
{
	for (uint64_t total = 0; total < 20; total++)
		for (uint32_t nr_queues = 1; nr_queues < 9; nr_queues++) {
			uint64_t sum = 0;

			for (uint32_t queue = 0; queue < nr_queues; queue++) {
				struct pace pace;

				pace_init(&pace, 1000, total, queue, nr_queues);
				sum += pace.left;
			}
			assert_int_equal(sum, total);
		}
}

static void counts_what_is_due_up_to_the_nanosecond(void **state)
{
	struct pace pace;

	pace_init(&pace, 1000, 5, 0, 1);
	pace_start(&pace, 100);
	assert_int_equal(pace_count(&pace, 99, 64), 0);
	assert_int_equal(pace_count(&pace, 100, 64), 1);
	assert_int_equal(pace_count(&pace, 100 + NS_PER_MS - 1, 64), 1);
	assert_int_equal(pace_count(&pace, 100 + NS_PER_MS, 64), 2);
	assert_int_equal(pace_count(&pace, 100 + NS_PER_MS, 1), 1);
	assert_int_equal(pace_count(&pace, NS_PER_S, 64), 5);
	assert_int_equal(pace.due_ns, 100);
}

static void nothing_is_due_after_the_last(void **state)
{
	struct pace pace;

	pace_init(&pace, 1000, 1, 1, 2);
	assert_int_equal(pace.left, 0);
	assert_int_equal(pace_count(&pace, UINT64_MAX, 64), 0);
	assert_true(pace_next_ns(&pace) == UINT64_MAX);
}

static void due_by_agrees_with_the_schedule(void **state)
{
	static const uint64_t rates[] = {1, 3, 7, 1000, 1000003};

	for (size_t r = 0; r < sizeof(rates) / sizeof(rates[0]); r++)
		for (uint64_t n = 0; n < 1000; n++) {
			const uint64_t due_ns = exact_due_ns(n, rates[r]);

			assert_true(pace_due_by(rates[r], due_ns) >= n + 1);
			if (due_ns)
				assert_true(pace_due_by(rates[r], due_ns - 1) <= n);
		}
}

/* Walks a queue's schedule with a clock that jumps at random; the times must be the same. */
static uint64_t digest(unsigned int seed, uint32_t batch)
{
	struct pace pace;
	uint64_t now = 0, sum = 0;

	srand(seed);
	pace_init(&pace, 1000003, 20000, 1, 3);
	while (pace.left) {
		uint32_t count = pace_count(&pace, now, batch);

		for (; count; count--, pace.left--) {
			assert_true(pace.due_ns <= now);
			sum = sum * 31 + pace.due_ns;
			pace_step(&pace);
		}
		now += (uint64_t)rand() % 50000;
	}
	return sum;
}

static void batching_does_not_change_the_schedule(void **state)
{
	const uint64_t expected = digest(1, 1);

	assert_true(digest(2, 7) == expected);
	assert_true(digest(3, 256) == expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_packet_is_due_when_the_quotient_says),
		cmocka_unit_test(does_not_drift_over_a_million_seconds),
		cmocka_unit_test(start_shifts_the_schedule),
		cmocka_unit_test(total_is_rounded_to_the_nearest),
		cmocka_unit_test(queues_share_the_total_without_loss),
		cmocka_unit_test(counts_what_is_due_up_to_the_nanosecond),
		cmocka_unit_test(nothing_is_due_after_the_last),
		cmocka_unit_test(due_by_agrees_with_the_schedule),
		cmocka_unit_test(batching_does_not_change_the_schedule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
