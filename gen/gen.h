/* SPDX-License-Identifier: BSD-2-Clause */
/* The generator: sends the probes of a job by an absolute schedule, and tells what it could not. */
#ifndef PORTGAUGE_GEN_H
#define PORTGAUGE_GEN_H

#include <stdatomic.h>

#include "lib/fault.h"
#include "lib/model.h"

struct gen_job {
	struct path path; /* cookie already chosen, not 0 */
	struct service service;
	struct load load;
	char cpus[64]; /* thread i runs on the i-th CPU of the list; empty: not pinned */
};

struct gen_control {
	atomic_bool stop; /* set by anyone: the run ends early, the result tells what was sent */
	/* Called about four times a second from the calling thread; may be NULL. */
	void (*live)(void *arg, uint64_t elapsed_ns, uint64_t sent);
	void *arg;
};

/*
 * Checks a job against what it needs: flows against client tuples, threads against cores, frame
 * against the smallest probe and the interface's MTU, queues against channels. -EINVAL with a
 * fault (EXIT_USAGE) that says what is allowed.
 */
int gen_check(const struct gen_job *job, struct fault *fault);

/* Runs a job to its end. 0 or -errno; on -EINTR by `stop` the result is filled. */
int gen_run(const struct gen_job *job, struct gen_control *control, struct gen_result *ret_result,
	    struct fault *fault);

#endif
