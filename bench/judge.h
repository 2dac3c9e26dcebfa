/* SPDX-License-Identifier: BSD-2-Clause */
/* From a trial's counts to its ledger, outcome and verdict. Pure. */
#ifndef PORTGAUGE_JUDGE_H
#define PORTGAUGE_JUDGE_H

#include "bench/plan.h"

/*
 * Fills ledger, outcome and verdict from load, gen, sink, dut, tester_delta and dut_delta, and takes
 * the latency out of a trial at rate max (there it is the depth of the TX ring).
 */
void judge_trial(struct trial *trial);

#endif
