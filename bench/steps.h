/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words of every command that a run starts or asks a holder for. The runner sends them and
 * `run --dry-run` prints them: both do the same.
 */
#ifndef PORTGAUGE_STEPS_H
#define PORTGAUGE_STEPS_H

#include "bench/argv.h"
#include "bench/plan.h"

/* What the commands need to know besides the point. */
struct steps {
	const struct scenario *scenario;
	struct path tester, dut;            /* the nic is each end's own, the rest is the same */
	bool both_channels;                 /* a pair of veth: both ends get the channels */
	bool pin;                           /* there is more than one CPU to choose from */
	bool sink_first;                    /* the sink shares a CPU with the DUT */
	char tester_cpus[64], dut_cpus[64]; /* of each end's NAPI threads */
};

/* Fills all that the scenario says; `node` stays 0 where the address must be asked for. */
int steps_init(const struct scenario *scenario, uint16_t cookie, struct steps *ret_steps,
	       struct fault *fault);

void steps_lab(const struct steps *steps, struct argv *argv);
void steps_env(const struct path *path, struct argv *argv);
void steps_snap(const struct path *path, struct argv *argv);

/* Of one end's interface; false if there is nothing to set. */
bool steps_nic(const struct steps *steps, const struct path *path, const struct config *config,
	       struct argv *argv);

/* CPUs of the interface's NAPI threads, see cpu_of_sink: the generator keeps its CPU for itself. */
void steps_pin(const struct steps *steps, const struct path *path, struct argv *argv);

void steps_dut(const struct steps *steps, const struct config *config, struct argv *argv);
void steps_prove(const struct steps *steps, const struct config *config, struct argv *argv);

/* False if the point is not prefilled, or its data plane has no connections. */
bool steps_prefill(const struct steps *steps, const struct config *config, struct argv *argv);

void steps_sink(const struct steps *steps, const struct config *config, struct argv *argv);

/* `live`: records while it runs, and one for a program at the end. */
void steps_gen(const struct steps *steps, const struct config *config, const struct load *load,
	       bool live, struct argv *argv);

#endif
