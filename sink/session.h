/* SPDX-License-Identifier: BSD-2-Clause */
/* The loaded program and its counters: what attach.c puts on an interface and collect.c reads. */
#ifndef PORTGAUGE_SINK_SESSION_H
#define PORTGAUGE_SINK_SESSION_H

#include "bpf/sink.h"
#include "lib/xdp.h"
#include "sink/sink.h"

struct sink_bpf;

struct sink_session {
	struct sink_bpf *skel;
	struct xdp_attachment attachment;
	uint32_t nr_queues; /* of the interface, when it was opened */
	/* The maps' own memory: a row a possible CPU, a row a flow. */
	struct sink_cpu *cpus;
	struct sink_flow *flows;
	uint32_t nr_cpus, nr_flows;
};

/* Everything of sink_open but putting the program on an interface; counters are zero. */
int session_load(const struct sink_job *job, struct sink_session **ret_session,
		 struct fault *fault);

int session_prog_fd(const struct sink_session *session);

/* Accepts NULL. */
void session_free(struct sink_session *session);

#endif
