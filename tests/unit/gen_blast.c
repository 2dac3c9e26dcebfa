// SPDX-License-Identifier: BSD-2-Clause
/* The hot loop over the null engine, with a kick that keeps what was sent. */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gen/blast.h"

enum { MAX_QUEUES = 4, NR_FLOWS = 10, MAX_PACKETS = 4096 };

static const uint8_t source_mac[6] = {2, 0, 0, 0, 0, 1}, dest_mac[6] = {2, 0, 0, 0, 0, 2};

struct capture {
	uint32_t nr_packets;
	uint8_t packets[MAX_PACKETS][60];
};

/* A queue and what its kick saw; the kick finds it by the queue's address. */
struct tap {
	struct txq q;
	struct capture capture;
	int refuse;     /* kicks that the kernel takes nothing in; negative: for ever */
	int kick_err;   /* what a kick returns */
	uint32_t *left; /* packets until `stop` is set: the end of a run that must not hurry */
	atomic_bool *stop;
};

static int tap_kick(struct txq *q)
{
	struct tap *tap = (struct tap *)((char *)q - offsetof(struct tap, q));
	const struct xdp_desc *ring = q->tx.ring;

	if (tap->kick_err)
		return tap->kick_err;
	if (tap->refuse) {
		tap->refuse -= tap->refuse > 0;
		return 0;
	}
	for (uint32_t i = *q->tx.consumer; i != *q->tx.producer; i++) {
		const struct xdp_desc *desc = &ring[i & q->tx.mask];

		assert_int_equal(desc->len, 60);
		assert_int_equal(desc->options, 0);
		if (tap->capture.nr_packets < MAX_PACKETS)
			memcpy(tap->capture.packets[tap->capture.nr_packets++],
			       q->umem + desc->addr, 60);
		if (tap->left && *tap->left && !--*tap->left)
			atomic_store(tap->stop, true);
	}
	return null_engine.kick(q);
}

static struct gen_job job_of(uint64_t rate_pps, uint64_t duration_ns)
{
	struct gen_job job = {
		.path = {.node = inet_addr("198.18.0.2"),
			 .clients = {inet_addr("198.19.0.0"), 17},
			 .cookie = 0xbeef},
		.service = {.node_port = 30401, .services = 3},
		.load = {.engine = ENGINE_NULL,
			 .frame_bytes = 64,
			 .flows = NR_FLOWS,
			 .rate_pps = rate_pps,
			 .duration_ns = duration_ns,
			 .seed = 42,
			 .queues = 1,
			 .threads = 1,
			 .batch = 16},
	};

	return job;
}

struct bench {
	struct tap *taps;
	struct txq *queues[MAX_QUEUES];
	uint32_t nr_queues;
	atomic_bool stop, halt;
	uint32_t left;
	struct hist late;
	struct blast blast;
};

static void bench_open(struct bench *bench, const struct gen_job *job, uint32_t nr_queues)
{
	struct txq_setup setup = {.nr_queues = nr_queues, .chunk_bytes = TXQ_CHUNK_BYTES};
	uint64_t start_ns;

	memset(bench, 0, sizeof(*bench));
	memcpy(setup.source_mac, source_mac, 6);
	memcpy(setup.dest_mac, dest_mac, 6);
	bench->taps = aligned_alloc(64, nr_queues * sizeof(*bench->taps));
	assert_non_null(bench->taps);
	memset(bench->taps, 0, nr_queues * sizeof(*bench->taps));
	bench->nr_queues = nr_queues;
	hist_init(&bench->late);
	for (uint32_t i = 0; i < nr_queues; i++) {
		struct txq *q = &bench->taps[i].q;

		setup.index = i;
		assert_int_equal(txq_init(q, job, &setup, NULL), 0);
		assert_int_equal(null_engine.open(q, job, &setup, NULL), 0);
		bench->queues[i] = q;
	}
	start_ns = clock_now_ns();
	for (uint32_t i = 0; i < nr_queues; i++)
		pace_start(&bench->queues[i]->pace, start_ns);
	bench->blast = (struct blast){
		.queues = bench->queues,
		.nr_queues = nr_queues,
		.batch = job->load.batch,
		.kick = tap_kick,
		.start_ns = start_ns,
		.end_ns = start_ns + job->load.duration_ns,
		.stop = &bench->stop,
		.halt = &bench->halt,
		.late = &bench->late,
	};
}

/* The run goes on until `packets` are out, however busy this machine is. */
static void bench_until(struct bench *bench, uint32_t packets)
{
	bench->left = packets;
	bench->blast.end_ns += 60 * NS_PER_S;
	for (uint32_t i = 0; i < bench->nr_queues; i++) {
		bench->taps[i].left = &bench->left;
		bench->taps[i].stop = &bench->stop;
	}
}

static void bench_close(struct bench *bench)
{
	for (uint32_t i = 0; i < bench->nr_queues; i++) {
		null_engine.close(&bench->taps[i].q);
		txq_done(&bench->taps[i].q);
	}
	free(bench->taps);
}

static uint64_t sent(const struct bench *bench)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < bench->nr_queues; i++)
		sum += bench->taps[i].q.counters.consumed;
	return sum;
}

/* The k-th packet of queue q, made the plain way. */
static void expected_packet(const struct gen_job *job, uint64_t k, uint32_t queue,
			    uint32_t nr_queues, uint64_t time_ns, uint8_t packet[60])
{
	const uint64_t rows = (job->load.flows - queue - 1) / nr_queues + 1;
	const uint32_t number = (uint32_t)(k % rows) * nr_queues + queue;
	struct flow flow;

	frame_template(job, source_mac, dest_mac, packet);
	flow_fill(job, number, &flow);
	flow.seq = (uint32_t)(k / rows);
	frame_stamp(packet, &flow, number, (uint16_t)job->path.cookie, time_ns);
}

/* Byte for byte, with the schedule's time in it, whatever the number of queues. */
static void check_paced(uint32_t nr_queues)
{
	const uint64_t rate = 70000, total = 1400;
	const struct gen_job job = job_of(rate, 20 * NS_PER_MS);
	struct bench bench;
	uint64_t start_ns;

	bench_open(&bench, &job, nr_queues);
	bench_until(&bench, total);
	start_ns = bench.blast.start_ns;
	assert_int_equal(blast_run(&bench.blast, true), 0);
	assert_int_equal(sent(&bench), total);
	assert_int_equal(bench.late.samples, total);
	for (uint32_t q = 0; q < nr_queues; q++) {
		const struct capture *capture = &bench.taps[q].capture;

		for (uint32_t k = 0; k < capture->nr_packets; k++) {
			const uint64_t n = (uint64_t)k * nr_queues + q;
			uint8_t packet[60];

			expected_packet(&job, k, q, nr_queues, start_ns + n * NS_PER_S / rate,
					packet);
			assert_memory_equal(capture->packets[k], packet, 60);
			assert_true(frame_checks_hold(capture->packets[k], 60));
		}
	}
	bench_close(&bench);
}

static void paced_packets_are_those_of_the_schedule(void **state)
{
	check_paced(1);
	check_paced(2);
	check_paced(3);
}

static void at_rate_max_every_flow_has_its_sequence(void **state)
{
	const struct gen_job job = job_of(0, NS_PER_MS);
	struct bench bench;
	uint64_t start_ns, last_ns = 0;

	bench_open(&bench, &job, 1);
	bench_until(&bench, 2000);
	start_ns = bench.blast.start_ns;
	assert_int_equal(blast_run(&bench.blast, false), 0);
	assert_true(sent(&bench) >= 2000);
	assert_int_equal(sent(&bench), bench.taps[0].q.counters.put);
	assert_int_equal(bench.late.samples, 0);
	for (uint32_t k = 0; k < bench.taps[0].capture.nr_packets; k++) {
		const uint8_t *got = bench.taps[0].capture.packets[k];
		struct wire_probe probe;
		uint8_t packet[60];

		memcpy(&probe, got + FRAME_PROBE_OFFSET, sizeof(probe));
		assert_true(wire_time(&probe) >= (start_ns & WIRE_TIME_MASK));
		assert_true(wire_time(&probe) >= last_ns);
		last_ns = wire_time(&probe);
		expected_packet(&job, k, 0, 1, last_ns, packet);
		assert_memory_equal(got, packet, 60);
	}
	bench_close(&bench);
}

/* A kernel that takes nothing: the ring fills, the rest of the schedule is left, and on time. */
static void what_the_kernel_does_not_take_stays_in_the_ring(void **state)
{
	const struct gen_job job = job_of(1000000, 500 * NS_PER_MS);
	struct bench bench;

	bench_open(&bench, &job, 1);
	bench.taps[0].refuse = -1;
	assert_int_equal(blast_run(&bench.blast, true), 0);
	assert_int_equal(sent(&bench), 0);
	assert_int_equal(bench.taps[0].q.counters.put, TXQ_RING_SIZE);
	assert_true(bench.taps[0].q.counters.ring_full > 0);
	assert_true(bench.blast.ended_ns >= bench.blast.end_ns);
	bench_close(&bench);
}

/* What the kernel puts off is kicked again and goes before the end, nothing twice. */
static void a_kernel_that_hesitates_gets_everything(void **state)
{
	const struct gen_job job = job_of(50000, 20 * NS_PER_MS);
	struct bench bench;
	uint64_t start_ns;

	bench_open(&bench, &job, 1);
	bench_until(&bench, 1000);
	start_ns = bench.blast.start_ns;
	bench.taps[0].refuse = 50;
	assert_int_equal(blast_run(&bench.blast, true), 0);
	assert_int_equal(sent(&bench), 1000);
	for (uint32_t k = 0; k < 1000; k++) {
		uint8_t packet[60];

		expected_packet(&job, k, 0, 1, start_ns + k * 20000ULL, packet);
		assert_memory_equal(bench.taps[0].capture.packets[k], packet, 60);
	}
	bench_close(&bench);
}

static void no_progress_for_two_seconds_ends_the_run(void **state)
{
	const struct gen_job job = job_of(1000, 60 * NS_PER_S);
	const uint64_t begin = clock_now_ns();
	struct bench bench;

	bench_open(&bench, &job, 2);
	bench.taps[1].refuse = -1;
	assert_int_equal(blast_run(&bench.blast, true), -ETIMEDOUT);
	assert_ptr_equal(bench.blast.failed, &bench.taps[1].q);
	assert_true(clock_now_ns() - begin >= 2 * NS_PER_S);
	bench_close(&bench);
}

static void a_fatal_kick_ends_the_run(void **state)
{
	const struct gen_job job = job_of(0, 60 * NS_PER_S);
	struct bench bench;

	bench_open(&bench, &job, 2);
	bench.taps[1].kick_err = -ENETDOWN;
	assert_int_equal(blast_run(&bench.blast, false), -ENETDOWN);
	assert_ptr_equal(bench.blast.failed, &bench.taps[1].q);
	bench_close(&bench);
}

static void stop_and_halt_end_it_early(void **state)
{
	const struct gen_job paced = job_of(1, 3600 * NS_PER_S), max = job_of(0, 3600 * NS_PER_S);
	struct bench bench;

	bench_open(&bench, &paced, 1);
	atomic_store(&bench.stop, true);
	assert_int_equal(blast_run(&bench.blast, true), 0);
	bench_close(&bench);
	bench_open(&bench, &max, 1);
	bench.blast.start_ns += 3600 * NS_PER_S;
	atomic_store(&bench.halt, true);
	assert_int_equal(blast_run(&bench.blast, false), 0);
	assert_int_equal(sent(&bench), 0);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paced_packets_are_those_of_the_schedule),
		cmocka_unit_test(at_rate_max_every_flow_has_its_sequence),
		cmocka_unit_test(what_the_kernel_does_not_take_stays_in_the_ring),
		cmocka_unit_test(a_kernel_that_hesitates_gets_everything),
		cmocka_unit_test(no_progress_for_two_seconds_ends_the_run),
		cmocka_unit_test(a_fatal_kick_ends_the_run),
		cmocka_unit_test(stop_and_halt_end_it_early),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
