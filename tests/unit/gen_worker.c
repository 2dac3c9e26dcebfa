// SPDX-License-Identifier: BSD-2-Clause
/* The end of a run: what the kernel took but has not yet said so. The test plays the kernel. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "gen/worker.h"

enum { BATCH = 16, COMPLETE_AFTER_NS = 5000000 };

/* A run of one queue whose packets are taken in one call that publishes nothing. */
struct bench {
	struct txq q;
	struct txq *queues[1];
	atomic_bool stop, halt;
	struct gate gate;
	struct worker worker;
};

/* Takes the batch, and does not say so by the consumer index: the run is to end now. */
static int silent_kick(struct txq *q)
{
	struct bench *bench = (struct bench *)((char *)q - offsetof(struct bench, q));

	atomic_store(&bench->stop, true);
	return 0;
}

static void bench_open(struct bench *bench)
{
	const struct gen_job job = {
		.path = {.node = inet_addr("198.18.0.2"),
			 .clients = {inet_addr("198.19.0.0"), 17},
			 .cookie = 1},
		.service = {.node_port = 30401, .services = 1},
		.load = {.engine = ENGINE_NULL, .frame_bytes = 64, .flows = 4, .batch = BATCH},
	};
	const struct txq_setup setup = {.nr_queues = 1, .chunk_bytes = TXQ_CHUNK_BYTES};

	*bench = (struct bench){0};
	assert_int_equal(txq_init(&bench->q, &job, &setup, NULL), 0);
	assert_int_equal(null_engine.open(&bench->q, &job, &setup, NULL), 0);
	bench->queues[0] = &bench->q;
	gate_init(&bench->gate);
	bench->worker = (struct worker){
		.blast = {.queues = bench->queues,
			  .nr_queues = 1,
			  .batch = BATCH,
			  .kick = silent_kick,
			  .start_ns = clock_now_ns(),
			  .end_ns = UINT64_MAX,
			  .stop = &bench->stop,
			  .halt = &bench->halt,
			  .late = &bench->worker.late},
		.gate = &bench->gate,
		.cpu = -1,
		.halt = &bench->halt,
	};
}

static void bench_close(struct bench *bench)
{
	gate_done(&bench->gate);
	null_engine.close(&bench->q);
	txq_done(&bench->q);
}

/* Completes the first `count` packets, a while after the kernel took them. */
static void complete(struct bench *bench, uint32_t count)
{
	const struct xdp_desc *const tx = bench->q.tx.ring;
	uint64_t *const completion = bench->q.completion.ring;

	while (!atomic_load(&bench->stop))
		clock_sleep_until(clock_now_ns() + NS_PER_MS / 10);
	clock_sleep_until(clock_now_ns() + COMPLETE_AFTER_NS);
	for (uint32_t i = 0; i < count; i++)
		completion[i] = tx[i].addr;
	/* Pairs with the acquire load of ring_reap. */
	__atomic_store_n(bench->q.completion.producer, count, __ATOMIC_RELEASE);
}

/* What a run counts as sent of which `taken` packets complete, and the consumer index tells none. */
static uint64_t sent_of(uint32_t taken)
{
	struct bench *bench = aligned_alloc(64, sizeof(*bench));
	uint64_t sent;

	assert_non_null(bench);
	bench_open(bench);
	assert_int_equal(worker_start(&bench->worker), 0);
	gate_wait_ready(&bench->gate, 1);
	gate_open(&bench->gate);
	complete(bench, taken);
	pthread_join(bench->worker.thread, NULL);
	assert_int_equal(bench->worker.err, 0);
	assert_int_equal(bench->q.counters.put, BATCH);
	sent = bench->q.counters.consumed;
	bench_close(bench);
	free(bench);
	return sent;
}

/* On a busy machine the completion may come too late once, but not each time. */
static void what_completes_late_was_sent(void **state)
{
	uint64_t sent = 0;

	for (int i = 0; i < 5 && sent != BATCH; i++)
		sent = sent_of(BATCH);
	assert_int_equal(sent, BATCH);
	sent = 0;
	for (int i = 0; i < 5 && !sent; i++)
		sent = sent_of(BATCH / 4);
	assert_int_equal(sent, BATCH / 4);
}

static void what_never_completes_was_not_sent(void **state)
{
	assert_int_equal(sent_of(0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_completes_late_was_sent),
		cmocka_unit_test(what_never_completes_was_not_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
