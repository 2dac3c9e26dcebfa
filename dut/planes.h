/* SPDX-License-Identifier: BSD-2-Clause */
/* The rows of the table in plane.c, and what they share. */
#ifndef PORTGAUGE_DUT_PLANES_H
#define PORTGAUGE_DUT_PLANES_H

#include "dut/plane.h"

extern const struct plane_ops wire_ops, xdp_ops, nftables_ops;

/* The i-th backend's address, network byte order. */
uint32_t planes_backend(const struct plane_job *job, uint32_t i);

/* Refuses (EXIT_USAGE) a job with ports beyond the last, or more flows than the plane carries. */
int planes_check(uint32_t plane, const struct plane_job *job, struct fault *fault);

/* -EPROTO and a fault, unless the probe went from the node, a port from `first_port` on, to one of
 * the backends. */
int planes_prove_nat(const struct plane_job *job, const struct plane_tuple *got,
		     uint16_t first_port, struct fault *fault);

#endif
