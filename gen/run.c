// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "gen/check.h"
#include "gen/worker.h"
#include "lib/cpu.h"

enum {
	LIVE_PERIOD_NS = 250000000,
	LEAD_NS = 1000000, /* from the opening of the gate to the first departure */
};

/* By enum engine. */
static const struct engine_ops *const engines[] = {&afxdp_engine, &null_engine};

struct run {
	const struct gen_job *job;
	const struct engine_ops *engine;
	struct gen_control *control;
	uint32_t nr_queues, nr_workers;
	struct txq *queues;
	struct txq **served; /* the queues in the order of the workers that serve them */
	struct worker *workers;
	struct gate gate;
	atomic_bool halt;
	uint64_t start_ns;
};

/* What every queue is opened with; `index` is still to be set. */
static int prepare_setup(const struct gen_job *job, const struct netif *netif,
			 struct txq_setup *ret_setup, struct fault *fault)
{
	struct txq_setup setup = {
		.source_mac = {0x02, 0, 0, 0, 0, 1},
		.dest_mac = {0x02, 0, 0, 0, 0, 2},
		.chunk_bytes = frame_length(&job->load) > TXQ_CHUNK_BYTES ? TXQ_LARGE_CHUNK_BYTES
									  : TXQ_CHUNK_BYTES,
	};
	int err;

	if (job->load.engine != ENGINE_NULL) {
		memcpy(setup.source_mac, netif->mac, sizeof(setup.source_mac));
		err = netif_next_hop(job->path.nic, job->path.node, setup.dest_mac, fault);
		if (err)
			return err;
		/* Drivers send zero-copy only with an XDP program on the interface (the sink's);
		 * veth never does. */
		setup.may_zerocopy = netif->xdp_id && strcmp(netif->driver, "veth");
		/* ENA's zero-copy takes page-sized chunks only. */
		if (setup.may_zerocopy && !strcmp(netif->driver, "ena"))
			setup.chunk_bytes = TXQ_LARGE_CHUNK_BYTES;
	}
	*ret_setup = setup;
	return 0;
}

static void close_queues(struct run *run)
{
	for (uint32_t i = 0; i < run->nr_queues; i++) {
		run->engine->close(&run->queues[i]);
		txq_done(&run->queues[i]);
	}
}

static int open_queues(struct run *run, struct txq_setup setup, struct fault *fault)
{
	int err = 0;

	setup.nr_queues = run->nr_queues;
	for (uint32_t i = 0; !err && i < run->nr_queues; i++) {
		setup.index = i;
		err = txq_init(&run->queues[i], run->job, &setup, fault);
		if (!err)
			err = run->engine->open(&run->queues[i], run->job, &setup, fault);
	}
	if (err)
		close_queues(run);
	return err;
}

/* Queue q goes to worker q % threads. */
static void fill_workers(struct run *run)
{
	struct txq **served = run->served;
	cpu_set_t cpus;

	cpu_list_parse(run->job->cpus, &cpus);
	for (uint32_t i = 0; i < run->nr_workers; i++) {
		struct worker *const worker = &run->workers[i];

		*worker = (struct worker){
			.blast = {.queues = served,
				  .batch = run->job->load.batch,
				  .kick = run->engine->kick,
				  .stop = &run->control->stop,
				  .halt = &run->halt,
				  .late = &worker->late},
			.gate = &run->gate,
			.cpu = cpu_nth(&cpus, (int)i),
			.paced = run->job->load.rate_pps != 0,
			.halt = &run->halt,
		};
		hist_init(&worker->late);
		for (uint32_t q = i; q < run->nr_queues; q += run->nr_workers)
			*served++ = &run->queues[q];
		worker->blast.nr_queues = (uint32_t)(served - worker->blast.queues);
	}
}

static uint64_t sum(const struct run *run, size_t offset)
{
	uint64_t total = 0;

	for (uint32_t i = 0; i < run->nr_queues; i++)
		total += txq_read((const uint64_t *)((const char *)&run->queues[i] + offset));
	return total;
}

#define SUM(run, counter) sum(run, offsetof(struct txq, counters.counter))

/* Opens the gate and stays with the workers until all are done. */
static void attend(struct run *run)
{
	const struct gen_control *const control = run->control;
	uint64_t tick_ns;

	gate_wait_ready(&run->gate, run->nr_workers);
	run->start_ns = clock_now_ns() + LEAD_NS;
	for (uint32_t i = 0; i < run->nr_workers; i++) {
		run->workers[i].blast.start_ns = run->start_ns;
		run->workers[i].blast.end_ns = run->start_ns + run->job->load.duration_ns;
	}
	for (uint32_t i = 0; run->job->load.rate_pps && i < run->nr_queues; i++)
		pace_start(&run->queues[i].pace, run->start_ns);
	gate_open(&run->gate);
	tick_ns = run->start_ns + LIVE_PERIOD_NS;
	while (!gate_wait_done(&run->gate, run->nr_workers, tick_ns)) {
		if (control->live)
			control->live(control->arg, clock_now_ns() - run->start_ns,
				      SUM(run, consumed));
		tick_ns += LIVE_PERIOD_NS;
	}
}

/* 0, or the first error of a worker with a fault that says how far the run came. */
static int check_workers(const struct run *run, struct fault *fault)
{
	for (uint32_t i = 0; i < run->nr_workers; i++) {
		const struct worker *const worker = &run->workers[i];

		if (!worker->err)
			continue;
		if (!worker->blast.failed)
			return fault_errno(fault, worker->err, "pin thread %u to CPU %d", i,
					   worker->cpu);
		if (worker->err == -ETIMEDOUT)
			return fault_set(fault, worker->err, EXIT_FAILED,
					 "send: '%s' queue %u: no progress for 2 s, after %" PRIu64
					 " packets",
					 run->job->path.nic, worker->blast.failed->index,
					 SUM(run, consumed));
		return fault_errno(
			fault, worker->err, "send: '%s' queue %u, after %" PRIu64 " packets",
			run->job->path.nic, worker->blast.failed->index, SUM(run, consumed));
	}
	return 0;
}

/* First scheduled departure to the end of sending: nominal for a paced run that was not cut short. */
static uint64_t elapsed_ns(const struct run *run)
{
	const uint64_t duration_ns = run->job->load.duration_ns;
	uint64_t ended_ns = run->start_ns;

	for (uint32_t i = 0; i < run->nr_workers; i++)
		if (run->workers[i].blast.ended_ns > ended_ns)
			ended_ns = run->workers[i].blast.ended_ns;
	if (run->job->load.rate_pps && ended_ns - run->start_ns > duration_ns)
		return duration_ns;
	return ended_ns - run->start_ns;
}

static uint64_t offered(const struct run *run, uint64_t elapsed)
{
	const struct load *const load = &run->job->load;
	uint64_t total, due;

	if (!load->rate_pps)
		return SUM(run, put);
	total = pace_total(load->rate_pps, load->duration_ns);
	due = pace_due_by(load->rate_pps, elapsed);
	return due < total ? due : total;
}

static void fill_result(const struct run *run, struct gen_result *ret_result)
{
	const struct txq *const first = &run->queues[0];
	struct gen_result result = {
		.engine = run->job->load.engine,
		.mode = first->mode,
		.need_wakeup = first->need_wakeup,
		.send_budget = first->send_budget,
		.queues = run->nr_queues,
		.threads = run->nr_workers,
		.elapsed_ns = elapsed_ns(run),
		.sent = SUM(run, consumed),
		.ring_full = SUM(run, ring_full),
	};
	struct hist *const late = &run->workers[0].late;

	/* The least of what the queues obtained speaks for all. */
	for (uint32_t i = 1; i < run->nr_queues; i++) {
		const struct txq *const q = &run->queues[i];

		if (q->mode < result.mode)
			result.mode = q->mode;
		if (q->send_budget < result.send_budget)
			result.send_budget = q->send_budget;
		result.need_wakeup &= q->need_wakeup;
	}
	for (uint32_t i = 1; i < run->nr_workers; i++)
		hist_merge(late, &run->workers[i].late);
	result.offered = offered(run, result.elapsed_ns);
	result.unsent = result.offered - result.sent;
	if (result.elapsed_ns) {
		result.offered_pps = (double)result.offered * 1e9 / (double)result.elapsed_ns;
		result.sent_pps = (double)result.sent * 1e9 / (double)result.elapsed_ns;
	}
	hist_percentiles(late, &result.late_ns);
	*ret_result = result;
}

/* Starts the workers and stays until they are done. */
static int run_workers(struct run *run, struct fault *fault)
{
	const uint32_t wanted = run->nr_workers;
	int err = 0;

	fill_workers(run);
	gate_init(&run->gate);
	run->nr_workers = 0;
	while (!err && run->nr_workers < wanted) {
		err = worker_start(&run->workers[run->nr_workers]);
		if (!err)
			run->nr_workers++;
	}
	if (err) {
		fault_errno(fault, err, "start thread %u", run->nr_workers);
		atomic_store(&run->halt, true);
	}
	attend(run);
	for (uint32_t i = 0; i < run->nr_workers; i++)
		pthread_join(run->workers[i].thread, NULL);
	gate_done(&run->gate);
	return err ? err : check_workers(run, fault);
}

static void *alloc_zeroed(size_t count, size_t size)
{
	/* struct txq is aligned to a cache line, and its size is a multiple of one. */
	void *memory = aligned_alloc(64, (count * size + 63) / 64 * 64);

	if (memory)
		memset(memory, 0, count * size);
	return memory;
}

int gen_run(const struct gen_job *job, struct gen_control *control, struct gen_result *ret_result,
	    struct fault *fault)
{
	struct run run = {.job = job, .control = control, .engine = engines[job->load.engine]};
	struct txq_setup setup;
	struct netif netif;
	int err;

	err = check_job(job, &netif, &run.nr_queues, fault);
	if (err)
		return err;
	err = prepare_setup(job, &netif, &setup, fault);
	if (err)
		return err;
	run.nr_workers = job->load.threads;
	run.queues = alloc_zeroed(run.nr_queues, sizeof(*run.queues));
	run.served = alloc_zeroed(run.nr_queues, sizeof(*run.served));
	run.workers = alloc_zeroed(run.nr_workers, sizeof(*run.workers));
	if (!run.queues || !run.served || !run.workers) {
		err = fault_errno(fault, -ENOMEM, "generator");
		goto out_memory;
	}
	err = open_queues(&run, setup, fault);
	if (err)
		goto out_memory;
	err = run_workers(&run, fault);
	if (err)
		goto out_queues;
	fill_result(&run, ret_result);
	if (atomic_load(&control->stop))
		err = fault_set(fault, -EINTR, EXIT_UNTRUSTED, "stopped after %" PRIu64 " packets",
				ret_result->sent);
out_queues:
	close_queues(&run);
out_memory:
	free(run.workers);
	free(run.served);
	free(run.queues);
	return err;
}
