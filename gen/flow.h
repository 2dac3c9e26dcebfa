/* SPDX-License-Identifier: BSD-2-Clause */
/* Flows: rows of 16 bytes, stamped into the next free frame. */
#ifndef PORTGAUGE_FLOW_H
#define PORTGAUGE_FLOW_H

#include <stdint.h>

#include "gen/gen.h"

/* Four rows share a cache line. All but seq and fix are in the byte order of the frame. */
struct flow {
	uint32_t source; /* address */
	uint16_t source_port;
	uint16_t dest_port; /* NodePort of the flow's service: flow number modulo services */
	uint16_t udp_check; /* never 0: holds for every seq and time */
	uint16_t fix;       /* one's-complement part of the probe's `fix` that never changes */
	uint32_t seq;       /* of the next probe */
};

_Static_assert(sizeof(struct flow) == 16, "four rows a cache line");

/*
 * Distinct client tuples of a path. Source addresses leave out the first and last of the range
 * (a /31 and a /32 have none to leave out); ports are 1024 to 65535.
 */
uint64_t flow_capacity(const struct path *path);

/*
 * Client address and port (network byte order) of flow `number`: a seeded bijection on the
 * capacity, so that no two flows share a tuple and a seed always gives the same ones.
 */
void flow_tuple(const struct gen_job *job, uint32_t number, uint32_t *ret_source,
		uint16_t *ret_source_port);

/* Fills the row of flow `number` for a frame of the job. */
void flow_fill(const struct gen_job *job, uint32_t number, struct flow *ret_flow);

#endif
