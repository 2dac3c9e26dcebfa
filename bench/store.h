/* SPDX-License-Identifier: BSD-2-Clause */
/* A results folder: run.json, trials.jsonl, points.csv, hist/, plots/. */
#ifndef PORTGAUGE_STORE_H
#define PORTGAUGE_STORE_H

#include <jansson.h>

#include "bench/plan.h"
#include "lib/fault.h"
#include "lib/loop.h"

enum { STORE_FORMAT = 1 };

struct store {
	char folder[4096];
	size_t made; /* length of the first part of `folder` that was not there before; 0: all was */
	int trials_fd;
	json_t *run;        /* contents of run.json */
	uint32_t nr_trials; /* appended */
	struct loop *loop;  /* appends go through it; NULL: plain writes */
};

/* Makes the folder (-EEXIST with a fault if it holds a run) and writes run.json, status "partial".
 */
int store_create(struct store *ret_store, const char *folder, const struct plan *plan,
		 struct fault *fault);

/* Sets a member of run.json in memory, for the next time it is written. Steals `value`. */
int store_set(struct store *store, const char *name, json_t *value, struct fault *fault);

/* Adds a host's environment record to run.json, rewriting it by rename. */
int store_environment(struct store *store, const char *host, json_t *environment,
		      struct fault *fault);

/* The trial as JSON, with the names of the design. New reference. */
json_t *store_pack(const struct plan *plan, const struct trial *trial);

/* Appends one line to trials.jsonl, synced. */
int store_append(struct store *store, const struct plan *plan, const struct trial *trial,
		 struct fault *fault);

/* Marks run.json "complete" or leaves it "partial" with the reason; frees. Accepts one not created.
 */
int store_close(struct store *store, bool complete, const char *reason, struct fault *fault);

/* Removes what store_create made, and frees: as if there had been no run. Accepts one not created. */
void store_discard(struct store *store);

/* A finished run read back: the run.json, and every trial of trials.jsonl (a torn last line is
 * ignored). The trials' `point` are made from the records' axis values, in order of appearance. */
struct run_record {
	json_t *run;
	char name[64];
	uint32_t nr_axes;
	char axes[SCENARIO_MAX_AXES][64];
	uint32_t nr_points;
	struct {
		char values[SCENARIO_MAX_AXES][64];
	} * points;
	uint32_t nr_trials;
	struct trial *trials;
};
int store_load(const char *folder, struct run_record *ret_record, struct fault *fault);
void store_unload(struct run_record *record);

#endif
