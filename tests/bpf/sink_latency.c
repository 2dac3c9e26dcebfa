// SPDX-License-Identifier: BSD-2-Clause
/* What sink_xdp makes of a probe's time: bucket, extremes, negative, overflow. */
#include "tests/bpf/sink_kit.h"

/* Runs a probe that says it left `age_ns` ago; tells how much older it got at most. */
static uint64_t arrive_after(struct sink_session *session, uint32_t seq, int64_t age_ns)
{
	uint64_t start_ns = clock_now_ns();
	struct packet packet;

	kit_packet(&packet, 0, sizeof(struct wire_probe));
	kit_probe(&packet)->seq = seq;
	kit_set_time(&packet, (start_ns - (uint64_t)age_ns) & WIRE_TIME_MASK);
	kit_run(session, &packet);
	return clock_now_ns() - start_ns;
}

static void test_range(void **state)
{
	static const uint64_t ages_ns[] = {
		0, 1000, 20 * NS_PER_US, NS_PER_MS, 999 * NS_PER_MS, 5 * NS_PER_S, 60 * NS_PER_S,
	};

	for (size_t i = 0; i < sizeof(ages_ns) / sizeof(ages_ns[0]); i++) {
		uint64_t slack_ns, in_range = 0;
		struct sink_result result;
		struct hist hist;

		sink_reset(*state);
		slack_ns = arrive_after(*state, 0, (int64_t)ages_ns[i]);
		sink_read(*state, &result, &hist);
		assert_int_equal(hist.samples, 1);
		assert_in_range(hist.min_ns, ages_ns[i], ages_ns[i] + slack_ns);
		assert_int_equal(hist.max_ns, hist.min_ns);
		for (uint32_t b = bucket_index(ages_ns[i]);
		     b <= bucket_index(ages_ns[i] + slack_ns); b++)
			in_range += hist.buckets[b];
		assert_int_equal(in_range, 1);
		/* The exact value lies in the bucket that was chosen for it. */
		assert_int_equal(hist.buckets[bucket_index(hist.min_ns)], 1);
		assert_int_equal(result.latency_ns.p50, hist.min_ns);
	}
}

static void test_extremes(void **state)
{
	struct hist hist;
	struct sink_result result;

	arrive_after(*state, 0, 3 * NS_PER_S);
	arrive_after(*state, 1, 9 * NS_PER_S);
	arrive_after(*state, 2, 6 * NS_PER_S);
	sink_read(*state, &result, &hist);
	assert_int_equal(hist.samples, 3);
	assert_in_range(hist.min_ns, 3 * NS_PER_S, 4 * NS_PER_S);
	assert_in_range(hist.max_ns, 9 * NS_PER_S, 10 * NS_PER_S);
	assert_int_equal(result.latency_ns.min, hist.min_ns);
	assert_int_equal(result.latency_ns.max, hist.max_ns);
}

static void test_negative(void **state)
{
	struct sink_result result;
	struct hist hist;

	arrive_after(*state, 0, -(int64_t)NS_PER_S);
	arrive_after(*state, 1, -(int64_t)(30 * 3600 * NS_PER_S));
	sink_read(*state, &result, &hist);
	assert_int_equal(result.received, 2);
	assert_int_equal(result.negative, 2);
	assert_int_equal(hist.samples, 0);
	assert_true(hist.min_ns == FIELD_ABSENT);
	assert_int_equal(hist.max_ns, 0);
}

static void test_overflow(void **state)
{
	struct sink_result result;
	struct hist hist;

	arrive_after(*state, 0, BUCKET_LIMIT_NS);
	arrive_after(*state, 1, 30 * 3600 * NS_PER_S);
	arrive_after(*state, 2, BUCKET_LIMIT_NS - 2 * NS_PER_S);
	sink_read(*state, &result, &hist);
	assert_int_equal(result.received, 3);
	assert_int_equal(result.overflow, 2);
	assert_int_equal(hist.overflow, 2);
	assert_int_equal(hist.samples, 3);
	assert_true(hist.max_ns >= 30 * 3600 * NS_PER_S);
}

/* A duplicate says how late the copy was, not how late the probe. */
static void test_duplicate_has_no_latency(void **state)
{
	struct sink_result result;
	struct hist hist;

	arrive_after(*state, 0, NS_PER_MS);
	arrive_after(*state, 0, 5 * NS_PER_S);
	arrive_after(*state, 0, -(int64_t)NS_PER_S);
	sink_read(*state, &result, &hist);
	assert_int_equal(result.duplicate, 2);
	assert_int_equal(result.negative, 0);
	assert_int_equal(hist.samples, 1);
	assert_true(hist.max_ns < 5 * NS_PER_S);
}

static void test_foreign_has_no_latency(void **state)
{
	struct sink_result result;
	struct packet packet;
	struct hist hist;

	kit_packet(&packet, 0, sizeof(struct wire_probe));
	kit_probe(&packet)->cookie++;
	kit_seal(&packet);
	kit_run(*state, &packet);
	sink_read(*state, &result, &hist);
	assert_int_equal(result.foreign, 1);
	assert_int_equal(hist.samples + result.bytes + result.queues[0], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_range, kit_reset),
		cmocka_unit_test_setup(test_extremes, kit_reset),
		cmocka_unit_test_setup(test_negative, kit_reset),
		cmocka_unit_test_setup(test_overflow, kit_reset),
		cmocka_unit_test_setup(test_duplicate_has_no_latency, kit_reset),
		cmocka_unit_test_setup(test_foreign_has_no_latency, kit_reset),
	};

	return kit_cannot() ?: cmocka_run_group_tests(tests, kit_load, kit_free);
}
