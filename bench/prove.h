/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The proof of a data plane: a few probes through it from the tester, and a look at every byte that
 * comes out. Before a plane is measured it must have forwarded right, not just fast.
 */
#ifndef PORTGAUGE_PROVE_H
#define PORTGAUGE_PROVE_H

#include "dut/plane.h"
#include "gen/gen.h"

struct proof {
	uint32_t sent, received;
	char example[PLANE_TUPLE_TEXT]; /* one of those that came out */
};

/*
 * Sends a probe of each of the first eight flows of the job in each of three sizes: the smallest,
 * the load's, and the interface's MTU. All must come out once, translated as the plane says, with
 * valid checksums and the payload they left with. Waits up to one second a size, and tries twice.
 * There must be no XDP program on the interface (on veth, the proof puts one there that passes
 * everything). -EPROTO, or -ETIMEDOUT if nothing came out, with a fault that says what was wrong.
 */
int prove(uint32_t plane, const struct gen_job *job, struct proof *ret_proof, struct fault *fault);

#endif
