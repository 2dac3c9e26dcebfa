// SPDX-License-Identifier: BSD-2-Clause
#include "gen/worker.h"

#include <errno.h>
#include <sys/prctl.h>

#include "lib/cpu.h"

enum {
	/* No completion for this long: there will be none. Threads that share the DUT's CPU may
	 * keep each other from completing for longer than one of them runs at a time. */
	SETTLE_STILL_NS = 20000000,
	SETTLE_MAX_NS = 100000000,
	SETTLE_STEP_NS = 100000,
};

void gate_init(struct gate *gate)
{
	pthread_condattr_t attributes;

	*gate = (struct gate){0};
	pthread_mutex_init(&gate->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&gate->changed, &attributes);
	pthread_condattr_destroy(&attributes);
}

void gate_done(struct gate *gate)
{
	pthread_cond_destroy(&gate->changed);
	pthread_mutex_destroy(&gate->lock);
}

void gate_wait_ready(struct gate *gate, uint32_t nr_workers)
{
	pthread_mutex_lock(&gate->lock);
	while (gate->nr_ready < nr_workers)
		pthread_cond_wait(&gate->changed, &gate->lock);
	pthread_mutex_unlock(&gate->lock);
}

void gate_open(struct gate *gate)
{
	pthread_mutex_lock(&gate->lock);
	gate->open = true;
	pthread_cond_broadcast(&gate->changed);
	pthread_mutex_unlock(&gate->lock);
}

bool gate_wait_done(struct gate *gate, uint32_t nr_workers, uint64_t until_ns)
{
	const struct timespec until = {.tv_sec = (time_t)(until_ns / NS_PER_S),
				       .tv_nsec = (long)(until_ns % NS_PER_S)};
	int err = 0;
	bool all;

	pthread_mutex_lock(&gate->lock);
	while (gate->nr_done < nr_workers && err != ETIMEDOUT)
		err = pthread_cond_timedwait(&gate->changed, &gate->lock, &until);
	all = gate->nr_done == nr_workers;
	pthread_mutex_unlock(&gate->lock);
	return all;
}

static void gate_pass(struct gate *gate)
{
	pthread_mutex_lock(&gate->lock);
	gate->nr_ready++;
	pthread_cond_broadcast(&gate->changed);
	while (!gate->open)
		pthread_cond_wait(&gate->changed, &gate->lock);
	pthread_mutex_unlock(&gate->lock);
}

static void gate_leave(struct gate *gate)
{
	pthread_mutex_lock(&gate->lock);
	gate->nr_done++;
	pthread_cond_broadcast(&gate->changed);
	pthread_mutex_unlock(&gate->lock);
}

/* Brings the counters of the queues up to date, and adds them up. */
static struct txq_counters tally(struct txq *const *queues, uint32_t nr_queues)
{
	struct txq_counters sum = {0};

	for (uint32_t i = 0; i < nr_queues; i++) {
		txq_reap(queues[i]);
		txq_look(queues[i]);
		sum.put += queues[i]->counters.put;
		sum.consumed += queues[i]->counters.consumed;
		sum.completed += queues[i]->counters.completed;
	}
	return sum;
}

/*
 * Waits for what is under way. Copy mode publishes its consumer index late (after a dropped packet
 * only with the next send call; before Linux 6.17 not when the send budget ends a call), while each
 * packet taken completes exactly once: the larger of the two is what the kernel took.
 */
static void settle(struct txq *const *queues, uint32_t nr_queues)
{
	const uint64_t begin = clock_now_ns();
	struct txq_counters sum = tally(queues, nr_queues);
	uint64_t last = begin, now = begin;

	while (sum.completed < sum.put && now - begin < SETTLE_MAX_NS &&
	       (sum.completed < sum.consumed || now - last < SETTLE_STILL_NS)) {
		const uint64_t completed = sum.completed;

		clock_sleep_until(now + SETTLE_STEP_NS);
		sum = tally(queues, nr_queues);
		now = clock_now_ns();
		if (sum.completed != completed)
			last = now;
	}
	for (uint32_t i = 0; i < nr_queues; i++) {
		struct txq_counters *const counters = &queues[i]->counters;

		if (counters->completed > counters->consumed)
			txq_count(&counters->consumed, counters->completed);
	}
}

static int pin(int cpu)
{
	cpu_set_t set;

	if (cpu < 0)
		return 0;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return cpu_pin(0, &set);
}

static void *run(void *arg)
{
	struct worker *const worker = arg;
	struct blast *const blast = &worker->blast;

	worker->err = pin(worker->cpu);
	/* Else a sleep may end 50 us late by the thread's default timer slack alone. */
	prctl(PR_SET_TIMERSLACK, 1UL);
	gate_pass(worker->gate);
	if (!worker->err)
		worker->err = blast_run(blast, worker->paced);
	if (worker->err)
		atomic_store(worker->halt, true);
	settle(blast->queues, blast->nr_queues);
	gate_leave(worker->gate);
	return NULL;
}

int worker_start(struct worker *worker)
{
	return -pthread_create(&worker->thread, NULL, run, worker);
}
