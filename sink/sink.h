/* SPDX-License-Identifier: BSD-2-Clause */
/* The counting end: an XDP program that takes this run's probes and drops them. */
#ifndef PORTGAUGE_SINK_SINK_H
#define PORTGAUGE_SINK_SINK_H

#include "lib/fault.h"
#include "lib/hist.h"
#include "lib/model.h"

struct sink_job {
	struct path path; /* nic and cookie are used */
	struct service service;
	struct sink sink;
	uint32_t flows; /* sequence state is kept for flows below this */
};

struct sink_session;

/*
 * Loads and attaches by bpf_link in the mode of the job. An interface that has a program already is
 * refused with that program's name (-EBUSY). The kernel detaches when the process dies.
 */
int sink_open(const struct sink_job *job, struct sink_session **ret_session, struct fault *fault);

/* Zeroes every counter and the sequence state. Only while no probe is under way. */
void sink_reset(struct sink_session *session);

/* Sums all CPUs. `hist` may be NULL; it gets the latency of every probe received. */
void sink_read(struct sink_session *session, struct sink_result *ret_result, struct hist *hist);

/* Probes received so far: cheap enough for polling. */
uint64_t sink_received(const struct sink_session *session);

/* Waits until nothing arrived for `still_ns`, at most `cap_ns`. -ETIMEDOUT: it never stood still.
 */
int sink_drain(struct sink_session *session, uint64_t still_ns, uint64_t cap_ns);

/* Accepts NULL. */
void sink_close(struct sink_session *session);

#endif
