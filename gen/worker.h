/* SPDX-License-Identifier: BSD-2-Clause */
/* The threads of a run: made ready, started together, waited for. */
#ifndef PORTGAUGE_WORKER_H
#define PORTGAUGE_WORKER_H

#include <pthread.h>

#include "gen/blast.h"

/* Workers wait here until all are ready; the run waits here until all are done. */
struct gate {
	pthread_mutex_t lock;
	pthread_cond_t changed; /* waits on CLOCK_MONOTONIC */
	uint32_t nr_ready, nr_done;
	bool open;
};

struct worker {
	struct blast blast;
	struct hist late;
	struct gate *gate;
	int cpu; /* -1: not pinned */
	bool paced;
	atomic_bool *halt; /* set when this one fails */
	pthread_t thread;
	int err;
};

void gate_init(struct gate *gate);
void gate_done(struct gate *gate);
void gate_wait_ready(struct gate *gate, uint32_t nr_workers);
void gate_open(struct gate *gate);
/* True if all are done; false when `until_ns` has come. */
bool gate_wait_done(struct gate *gate, uint32_t nr_workers, uint64_t until_ns);

/* The filled worker as a thread, which waits at the gate. 0 or -errno. */
int worker_start(struct worker *worker);

#endif
