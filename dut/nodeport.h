/* SPDX-License-Identifier: BSD-2-Clause */
/* bpf/nodeport.bpf.c loaded and filled for a job, not attached to anything. */
#ifndef PORTGAUGE_DUT_NODEPORT_H
#define PORTGAUGE_DUT_NODEPORT_H

#include "bpf/nodeport.h"
#include "dut/percpu.h"
#include "dut/plane.h"

struct nodeport_macs {
	uint8_t own[6];
	uint8_t backends[NODEPORT_MAX_BACKENDS][6]; /* next hop to each */
};

struct nodeport {
	struct nodeport_bpf *bpf;
	struct percpu counters;
};

int nodeport_open(const struct plane_job *job, const struct nodeport_macs *macs,
		  struct nodeport *ret_nodeport, struct fault *fault);

int nodeport_fd(const struct nodeport *nodeport);

/* Sum of all CPUs. */
void nodeport_read(const struct nodeport *nodeport, struct nodeport_counters *ret_counters);

/* Accepts a zeroed one. */
void nodeport_close(struct nodeport *nodeport);

#endif
