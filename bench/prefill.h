/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first phase of RFC 9693 (benchmarking stateful NATxy): every connection is opened once before
 * the first trial, so that trials measure established connections, as a node that has run for a
 * while has them, and not their opening. Trials send one way only: where a plane treats a connection
 * otherwise once it was answered (conntrack: no longer `ct state new`), each is answered here once.
 */
#ifndef PORTGAUGE_PREFILL_H
#define PORTGAUGE_PREFILL_H

#include "dut/plane.h"
#include "gen/gen.h"

struct prefill {
	uint32_t opened, answered; /* flows; of a plane without connections none */
	uint64_t elapsed_ns;
};

/* The longest that it takes. */
uint64_t prefill_limit_ns(uint32_t flows);

/*
 * Sends a probe of every flow of the job, in frames of 64 bytes, and answers what comes out where the
 * plane wants that; what is missing up to three times. Ends after 20 ms without a frame. There must
 * be no XDP program on the interface (on veth, it puts one there that passes everything).
 * -ETIMEDOUT with a fault that says how many are missing; -EPROTO if the plane translates wrong.
 */
int prefill(uint32_t plane, const struct gen_job *job, struct prefill *ret_prefill,
	    struct fault *fault);

#endif
