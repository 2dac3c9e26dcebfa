// SPDX-License-Identifier: BSD-2-Clause
#include "bench/dry_run.h"

#include <errno.h>
#include <string.h>

#include "bench/host.h"
#include "bench/steps.h"
#include "lib/clock.h"

struct script {
	const struct plan *plan;
	struct steps steps;
	char binary[4096];
	char hold[32]; /* how long the leases last unless the script ends them */
	FILE *out;
	int err;
	struct fault *fault;
};

enum end { AT_HERE, AT_TESTER, AT_DUT };

static const char *via_of(const struct script *script, enum end end)
{
	const struct scenario *scenario = script->plan->scenario;

	return end == AT_HERE     ? "local"
	       : end == AT_TESTER ? scenario->tester.via
				  : scenario->dut.via;
}

/* One command line; the words are used up. */
static void print_command(struct script *script, enum end end, struct argv *words,
			  const char *before, const char *after)
{
	struct argv line = {0};

	if (!script->err)
		script->err = host_prefix(via_of(script, end), &line, script->fault);
	argv_add(&line, script->binary);
	argv_add_all(&line, words);
	if (!script->err && line.err)
		script->err = fault_errno(script->fault, line.err, "dry run");
	fputs(before, script->out);
	argv_print_shell(&line, script->out);
	fputs(after, script->out);
	argv_done(&line);
	argv_done(words);
}

/* A leased command in the background; its pid is kept in the variable. */
static void print_lease(struct script *script, enum end end, struct argv *words,
			const char *variable)
{
	argv_add(words, "--hold");
	argv_add(words, script->hold);
	print_command(script, end, words, "lease ", "\n");
	fprintf(script->out, "%s=$!\n", variable);
}

static void print_snaps(struct script *script)
{
	struct argv tester = {0}, dut = {0};

	steps_snap(&script->steps.tester, &tester);
	print_command(script, AT_TESTER, &tester, "", "\n");
	steps_snap(&script->steps.dut, &dut);
	print_command(script, AT_DUT, &dut, "", "\n");
}

static void print_pins(struct script *script)
{
	struct argv tester = {0}, dut = {0};

	if (!script->steps.pin)
		return;
	steps_pin(&script->steps, &script->steps.tester, &tester);
	print_command(script, AT_TESTER, &tester, "", "\n");
	steps_pin(&script->steps, &script->steps.dut, &dut);
	print_command(script, AT_DUT, &dut, "", "\n");
}

static void print_title(struct script *script, const struct trial *trial)
{
	const struct plan *plan = script->plan;
	const struct point *point = &plan->points[trial->point];

	fprintf(script->out, "\n# repeat %u, point %u:", trial->repeat, point->index + 1);
	for (uint32_t i = 0; i < plan->scenario->nr_axes; i++)
		fprintf(script->out, " %s=%s", plan->scenario->axes[i].path, point->values[i]);
	fputc('\n', script->out);
}

static void print_point_up(struct script *script, const struct config *config)
{
	struct argv tester = {0}, dut = {0}, plane = {0}, prove = {0}, prefill = {0};

	if (steps_nic(&script->steps, &script->steps.tester, config, &tester))
		print_lease(script, AT_TESTER, &tester, "tester_nic");
	if (steps_nic(&script->steps, &script->steps.dut, config, &dut))
		print_lease(script, AT_DUT, &dut, "dut_nic");
	argv_done(&tester);
	argv_done(&dut);
	steps_dut(&script->steps, config, &plane);
	print_lease(script, AT_DUT, &plane, "plane");
	steps_prove(&script->steps, config, &prove);
	print_command(script, AT_TESTER, &prove, "", "\n");
	if (steps_prefill(&script->steps, config, &prefill))
		print_command(script, AT_TESTER, &prefill, "", "\n");
	argv_done(&prefill);
}

static void print_trial(struct script *script, const struct trial *trial)
{
	const struct config *config = &script->plan->points[trial->point].config;
	struct argv sink = {0}, gen = {0};

	fprintf(script->out, "\n# trial %u of %u: %s, repeat %u, sample %u\n", trial->id,
		script->plan->nr_trials, measure_words[trial->measure], trial->repeat,
		trial->sample);
	/* By hand nobody resets a sink: each trial has its own, whose last record is its count. */
	steps_sink(&script->steps, config, &sink);
	print_lease(script, AT_TESTER, &sink, "sink");
	print_pins(script);
	print_snaps(script);
	steps_gen(&script->steps, config, &trial->load, false, &gen);
	print_command(script, AT_TESTER, &gen, "", " </dev/null\n");
	fputs("sleep 0.1\n", script->out);
	print_snaps(script);
	fputs("release $sink\n", script->out);
}

static void print_point_down(struct script *script, const struct config *config)
{
	const bool nics = config->nic.mtu || config->nic.channels;

	fprintf(script->out, "\nrelease $plane%s\n", nics ? " $tester_nic $dut_nic" : "");
}

static void print_head(struct script *script)
{
	const struct scenario *scenario = script->plan->scenario;
	struct argv lab = {0};

	fprintf(script->out,
		"#!/bin/sh\n"
		"# %s: %s\n"
		"# What portgauge run does, by hand. Run it as root; every line it prints is a "
		"record.\n"
		"# At maximum load latency_ns is how long a packet lies in the generator's ring, and no\n"
		"# latency of the node: portgauge run leaves it out there.\n"
		"set -eu\n"
		"work=$(mktemp -d) # a file for each lease, named by its pid\n"
		"trap 'kill $(ls -t \"$work\") 2>/dev/null || :; wait; rm -r \"$work\"' EXIT\n"
		"trap 'exit 1' INT TERM\n"
		"# lease COMMAND...: in the background, once it is ready\n"
		"lease() {\n"
		"\tsh -c 'exec \"$@\" >\"$0/$$\"' \"$work\" \"$@\" &\n"
		"\tuntil grep -q '\"ready\"' \"$work/$!\" 2>/dev/null; do kill -0 $!; sleep 0.1; done\n"
		"}\n"
		"# release PID...: each undoes what it did, and says its last record\n"
		"release() {\n"
		"\tfor pid; do kill \"$pid\"; wait \"$pid\"; cat \"$work/$pid\"; rm \"$work/$pid\"; done\n"
		"}\n",
		scenario->name, scenario->question);
	if (scenario->has_lab) {
		fputs("\n# the lab\n", script->out);
		steps_lab(&script->steps, &lab);
		print_lease(script, AT_HERE, &lab, "lab");
	}
}

static void print_trials(struct script *script)
{
	const struct plan *plan = script->plan;

	for (uint32_t i = 0; i < plan->nr_trials; i++) {
		const struct trial *trial = &plan->trials[i];
		const struct config *config = &plan->points[trial->point].config;

		if (plan_changes(plan, i)) {
			print_title(script, trial);
			print_point_up(script, config);
		}
		print_trial(script, trial);
		if (i + 1 == plan->nr_trials || plan_changes(plan, i + 1))
			print_point_down(script, config);
	}
}

int dry_run(const struct plan *plan, uint16_t cookie, FILE *out, struct fault *fault)
{
	struct script script = {.plan = plan, .out = out, .fault = fault};
	int err = host_binary(script.binary, sizeof(script.binary), fault);

	if (!err)
		err = steps_init(plan->scenario, cookie, &script.steps, fault);
	if (!err && !script.steps.dut.node)
		err = fault_set(fault, -EINVAL, EXIT_USAGE,
				"a dry run asks no host for its address: set hosts.dut.address");
	if (err)
		return err;
	/* Long enough to be no limit: each trial has a sink of its own, where the runner has not. */
	snprintf(script.hold, sizeof(script.hold), "%lus",
		 (unsigned long)(plan_estimate_ns(plan, 0) * 3 / NS_PER_S + 60 +
				 2UL * plan->nr_trials));
	print_head(&script);
	print_trials(&script);
	fputs(plan->scenario->has_lab ? "\nrelease $lab\n" : "\n", out);
	return script.err ? script.err : fflush(out) ? -errno : 0;
}
