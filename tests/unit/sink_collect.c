// SPDX-License-Identifier: BSD-2-Clause
/* The sum over all CPUs, from rows in plain memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "lib/clock.h"
#include "sink/session.h"

enum { CPUS = 3, FLOWS = 5 };

static struct sink_cpu cpus[CPUS];
static struct sink_flow flows[FLOWS];

static struct sink_session *fresh(struct sink_session *session)
{
	*session = (struct sink_session){
		.attachment = {.link_fd = -1, .mode = XDP_MODE_GENERIC},
		.nr_queues = 2,
		.cpus = cpus,
		.flows = flows,
		.nr_cpus = CPUS,
		.nr_flows = FLOWS,
	};
	sink_reset(session);
	return session;
}

static void test_nothing_arrived(void **state)
{
	struct sink_session session;
	struct sink_result result;
	struct hist hist;

	memset(&result, 0xff, sizeof(result));
	sink_read(fresh(&session), &result, &hist);
	assert_int_equal(result.received + result.passed + result.bytes + result.overflow, 0);
	assert_int_equal(result.mode, XDP_MODE_GENERIC);
	assert_int_equal(result.nr_queues, 2);
	assert_int_equal(result.latency_ns.samples, 0);
	assert_true(hist.min_ns == FIELD_ABSENT);
	assert_int_equal(hist.max_ns, 0);
}

/* Each counter has a weight of its own, so that none can stand in for another. */
static void test_every_counter(void **state)
{
	struct sink_session session;
	struct sink_result result;

	fresh(&session);
	for (uint64_t i = 0; i < CPUS; i++) {
		cpus[i].received = 1000 + i;
		cpus[i].duplicate = 2000 + i;
		cpus[i].reordered = 3000 + i;
		cpus[i].too_late = 4000 + i;
		cpus[i].unknown_flow = 5000 + i;
		cpus[i].foreign = 6000 + i;
		cpus[i].malformed = 7000 + i;
		cpus[i].passed = 8000 + i;
		cpus[i].bytes = 9000 + i;
		cpus[i].negative = 10000 + i;
		cpus[i].overflow = 11000 + i;
	}
	sink_read(&session, &result, NULL);
	assert_int_equal(result.received, 3003);
	assert_int_equal(result.duplicate, 6003);
	assert_int_equal(result.reordered, 9003);
	assert_int_equal(result.too_late, 12003);
	assert_int_equal(result.unknown_flow, 15003);
	assert_int_equal(result.foreign, 18003);
	assert_int_equal(result.malformed, 21003);
	assert_int_equal(result.passed, 24003);
	assert_int_equal(result.bytes, 27003);
	assert_int_equal(result.negative, 30003);
	assert_int_equal(result.overflow, 33003);
	assert_int_equal(sink_received(&session), 3003);
}

static void test_queues(void **state)
{
	struct sink_session session;
	struct sink_result result;

	fresh(&session);
	cpus[0].queues[0] = 5;
	cpus[2].queues[0] = 6;
	cpus[1].queues[1] = 7;
	sink_read(&session, &result, NULL);
	assert_int_equal(result.nr_queues, 2);
	assert_int_equal(result.queues[0], 11);
	assert_int_equal(result.queues[1], 7);
	/* One that the interface did not have when the sink was opened. */
	cpus[1].queues[SINK_QUEUES - 1] = 1;
	sink_read(&session, &result, NULL);
	assert_int_equal(result.nr_queues, SINK_QUEUES);
	assert_int_equal(result.queues[SINK_QUEUES - 1], 1);
}

/* CPUs that saw nothing must not pull the minimum to zero. */
static void test_latency(void **state)
{
	struct sink_session session;
	struct sink_result result;
	struct hist hist;

	fresh(&session);
	cpus[0].buckets[bucket_index(500)] = 2;
	cpus[0].min_ns = 500;
	cpus[0].max_ns = 501;
	cpus[2].buckets[bucket_index(500)] = 1;
	cpus[2].buckets[bucket_index(90000)] = 1;
	cpus[2].overflow = 1;
	cpus[2].min_ns = 502;
	cpus[2].max_ns = BUCKET_LIMIT_NS;
	sink_read(&session, &result, &hist);
	assert_int_equal(hist.samples, 5);
	assert_int_equal(hist.overflow, 1);
	assert_int_equal(hist.buckets[bucket_index(500)], 3);
	assert_int_equal(hist.min_ns, 500);
	assert_int_equal(hist.max_ns, BUCKET_LIMIT_NS);
	assert_int_equal(result.latency_ns.samples, 5);
	assert_int_equal(result.latency_ns.min, 500);
	assert_int_equal(bucket_index(result.latency_ns.p50), bucket_index(500));
	assert_true(result.latency_ns.p99 == FIELD_ABSENT);
}

/* The CPU that started last may also be the one that ended last. */
static void test_span(void **state)
{
	struct sink_session session;
	struct sink_result result;

	fresh(&session);
	sink_read(&session, &result, NULL);
	assert_int_equal(result.span_ns, 0);
	cpus[0].first_ns = 5000;
	cpus[0].last_ns = 6000;
	cpus[2].first_ns = 5500;
	cpus[2].last_ns = 9000;
	sink_read(&session, &result, NULL);
	assert_int_equal(result.span_ns, 4000);
}

static void test_reset(void **state)
{
	struct sink_session session;
	struct sink_result result;

	fresh(&session);
	memset(cpus, 0x5a, sizeof(cpus));
	memset(flows, 0x5a, sizeof(flows));
	sink_reset(&session);
	for (size_t i = 0; i < FLOWS; i++)
		assert_int_equal(flows[i].seen, 0);
	sink_read(&session, &result, NULL);
	assert_int_equal(result.received + result.queues[7] + result.latency_ns.samples, 0);
	cpus[CPUS - 1].min_ns = 77;
	cpus[CPUS - 1].max_ns = 77;
	cpus[CPUS - 1].buckets[77] = 1;
	sink_read(&session, &result, NULL);
	assert_int_equal(result.latency_ns.min, 77);
}

static void test_drain_still(void **state)
{
	struct sink_session session;
	uint64_t start_ns = clock_now_ns();

	fresh(&session);
	cpus[1].received = 9;
	assert_int_equal(sink_drain(&session, 5 * NS_PER_MS, 10 * NS_PER_S), 0);
	assert_true(clock_now_ns() - start_ns >= 5 * NS_PER_MS);
}

struct feeder {
	uint64_t until_ns;
	__u64 *counter;
};

static void *feed(void *arg)
{
	struct feeder *feeder = arg;

	while (clock_now_ns() < feeder->until_ns)
		__atomic_fetch_add(feeder->counter, 1, __ATOMIC_RELAXED);
	return NULL;
}

/* Waits for the last of what is under way, and gives up on what has no end. */
static void drain_while_fed(__u64 *counter)
{
	struct sink_session session;
	struct feeder feeder = {.counter = counter};
	pthread_t thread;

	fresh(&session);
	feeder.until_ns = clock_now_ns() + 400 * NS_PER_MS;
	assert_int_equal(pthread_create(&thread, NULL, feed, &feeder), 0);
	assert_int_equal(sink_drain(&session, 200 * NS_PER_MS, 50 * NS_PER_MS), -ETIMEDOUT);
	assert_int_equal(sink_drain(&session, 200 * NS_PER_MS, 60 * NS_PER_S), 0);
	assert_true(clock_now_ns() >= feeder.until_ns);
	pthread_join(thread, NULL);
}

static void test_drain_waits(void **state)
{
	drain_while_fed(&cpus[0].received);
}

static void test_drain_waits_for_duplicates(void **state)
{
	drain_while_fed(&cpus[2].duplicate);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_arrived),
		cmocka_unit_test(test_every_counter),
		cmocka_unit_test(test_queues),
		cmocka_unit_test(test_latency),
		cmocka_unit_test(test_span),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_drain_still),
		cmocka_unit_test(test_drain_waits),
		cmocka_unit_test(test_drain_waits_for_duplicates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
