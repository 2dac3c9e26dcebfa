// SPDX-License-Identifier: BSD-2-Clause
#include "bench/lease_point.h"

#include "bench/prefill.h"
#include "lib/clock.h"

static const uint64_t limit_ns = RUN_SET_UP_LIMIT_S * NS_PER_S;

/* Both ends at once: neither has a program yet, so the order does not matter. */
static int set_nics(struct run *run, const struct config *config, struct fault *fault)
{
	struct argv tester = {0}, dut = {0};
	const bool at_tester = steps_nic(&run->steps, &run->steps.tester, config, &tester);
	const bool at_dut = steps_nic(&run->steps, &run->steps.dut, config, &dut);
	int err = at_tester ? host_send(&run->tester, &tester, fault) : 0;

	if (!err && at_dut)
		err = host_send(&run->dut, &dut, fault);
	if (!err && at_tester)
		err = host_receive(&run->tester, limit_ns, NULL, fault);
	if (!err && at_tester)
		run->tester.depth++;
	if (!err && at_dut)
		err = host_receive(&run->dut, limit_ns, NULL, fault);
	if (!err && at_dut)
		run->dut.depth++;
	argv_done(&tester);
	argv_done(&dut);
	return err;
}

int lease_point_up(struct run *run, const struct config *config, struct fault *fault)
{
	struct argv dut = {0}, prove = {0}, prefill = {0}, sink = {0};
	int err = set_nics(run, config, fault);
	bool fills;

	steps_dut(&run->steps, config, &dut);
	steps_prove(&run->steps, config, &prove);
	fills = steps_prefill(&run->steps, config, &prefill);
	steps_sink(&run->steps, config, &sink);
	if (!err)
		err = host_push(&run->dut, &dut, limit_ns, fault);
	if (!err)
		err = host_ask(&run->tester, &prove, limit_ns, NULL, fault);
	if (!err && fills)
		err = host_ask(&run->tester, &prefill,
			       limit_ns + prefill_limit_ns(config->load.flows), NULL, fault);
	if (!err)
		err = host_push(&run->tester, &sink, limit_ns, fault);
	argv_done(&dut);
	argv_done(&prove);
	argv_done(&prefill);
	argv_done(&sink);
	return err;
}

/* An end's programs go before the interfaces: on veth they forbid other channels at the peer. */
int lease_point_down(struct run *run, struct fault *fault)
{
	int err = 0;

	while (!err && (run->tester.depth || run->dut.depth)) {
		const bool at_tester = run->tester.depth >= run->dut.depth;

		err = host_pop(at_tester ? &run->tester : &run->dut, fault);
	}
	return err;
}
