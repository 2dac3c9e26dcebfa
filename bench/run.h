/* SPDX-License-Identifier: BSD-2-Clause */
/* One run: hosts, lab, trials in their order, results. */
#ifndef PORTGAUGE_RUN_H
#define PORTGAUGE_RUN_H

#include "bench/host.h"
#include "bench/plan.h"
#include "bench/progress.h"
#include "bench/steps.h"
#include "bench/store.h"
#include "lib/loop.h"

/* Longest wait for an answer: a holder that does not give one by then is stuck. */
enum { RUN_ASK_LIMIT_S = 10, RUN_SET_UP_LIMIT_S = 60, RUN_LOAD_MARGIN_S = 30 };

struct run {
	const struct plan *plan;
	struct loop *loop;
	struct steps steps;
	struct host_link lab, tester, dut;
	struct store store;
	struct nic nic; /* the DUT's at this point, read back */
	struct progress progress;
	int interrupt; /* the signal that ends the run; 0: none yet */
	int draw_timer;
};

/* How a run ended. */
struct run_end {
	uint32_t nr_finished;  /* trials in the results */
	uint32_t nr_untrusted; /* of these */
	struct fault undo;     /* what could not be undone, when something else had failed before */
};

/*
 * Runs the plan into the folder: 0 if every trial is in, else -errno with the reason in the fault.
 * Finished trials are kept and everything is undone in either case; without any there are no results.
 */
int run_plan(const struct plan *plan, const char *folder, const char *const *overrides,
	     struct run_end *ret_end, struct fault *fault);

/* Asks both hosts at once. The answers are dropped if `ret_records` is NULL; what came before a
 * failure is the caller's too. */
int run_ask_both(struct run *run, const struct argv *tester, const struct argv *dut,
		 json_t *ret_records[2], struct fault *fault);

#endif
