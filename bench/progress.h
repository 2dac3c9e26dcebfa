/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a person sees while a run is at work: on a terminal one line that is drawn again and again,
 * elsewhere one line a finished trial.
 */
#ifndef PORTGAUGE_PROGRESS_H
#define PORTGAUGE_PROGRESS_H

#include <stdio.h>

#include "bench/plan.h"

struct progress {
	const struct plan *plan;
	FILE *out;
	bool terminal;
	uint64_t begun_ns;          /* CLOCK_MONOTONIC, of the first trial; 0: none yet */
	uint32_t index;             /* of the trial at work */
	const char *doing;          /* what is at work when it is no trial, or NULL */
	double live_pps;            /* sent by the generator now; 0: not known yet */
	double last_pps, last_loss; /* of the last trial; NAN: none yet */
	uint32_t nr_untrusted;
};

void progress_init(struct progress *progress, const struct plan *plan, FILE *out);

/* Another thing than a trial is at work: "lab", "set up". */
void progress_doing(struct progress *progress, const char *what);

void progress_begin(struct progress *progress, const struct trial *trial);
void progress_live(struct progress *progress, double sent_pps);
void progress_end(struct progress *progress, const struct trial *trial);

/* Draws the line again; nothing when it is no terminal. */
void progress_draw(struct progress *progress);

/* Clears the line, so that something else can be printed. */
void progress_clear(struct progress *progress);

/* "95 s" as "1 min 35 s", as a person says it. Returns `buffer`. */
const char *progress_time(uint64_t ns, char *buffer, size_t size);

/* "1.05 Mpps". Returns `buffer`. */
const char *progress_rate(double pps, char *buffer, size_t size);

/* Estimate of the time left, scaled by how the estimate did so far. */
uint64_t progress_left_ns(const struct progress *progress, uint64_t now_ns);

#endif
