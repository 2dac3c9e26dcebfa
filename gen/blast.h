/* SPDX-License-Identifier: BSD-2-Clause */
/* The hot loop: stamps what is due into free frames and hands it to the kernel. */
#ifndef PORTGAUGE_BLAST_H
#define PORTGAUGE_BLAST_H

#include "gen/txq.h"
#include "lib/hist.h"

/* One thread's part of a run. */
struct blast {
	struct txq *const *queues;
	uint32_t nr_queues;
	uint32_t batch;
	int (*kick)(struct txq *q);
	uint64_t start_ns, end_ns;      /* first scheduled departure; sending stops */
	const atomic_bool *stop, *halt; /* asked for by the caller; by another thread that failed */
	struct hist *late;              /* departure minus schedule; of a paced run */
	/* results */
	uint64_t ended_ns;  /* clock when it stopped sending */
	struct txq *failed; /* the queue that ended it with an error */
};

/*
 * Sends from start_ns to end_ns. Ends early, with 0, when stop or halt is set; -ETIMEDOUT when a
 * ring makes no progress for two seconds; -errno of a kick.
 */
int blast_run(struct blast *blast, bool paced);

#endif
