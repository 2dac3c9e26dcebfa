// SPDX-License-Identifier: BSD-2-Clause
#include "bench/steps.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "bench/option_words.h"
#include "dut/plane.h"
#include "lib/cpu.h"

/*
 * Where the sink shares the DUT's CPU it goes first, so that what the DUT forwarded is not lost at the
 * tester's ring, which would make the sink the limit. Fair shares do not do: on veth the DUT's thread
 * wakes the sink's with its first packet, and the scheduler charges the rest of the DUT's poll to the
 * thread that was woken (kernel/sched/core.c: rq_clock_skip_update).
 */
#define SINK_NICE "-19"

static void fill_path(const struct scenario *scenario, const struct host *host, uint16_t cookie,
		      struct path *ret_path)
{
	*ret_path = (struct path){
		.node = scenario->dut.address,
		.clients = scenario->tester.clients,
		.backends = scenario->tester.backends,
		.cookie = cookie,
	};
	snprintf(ret_path->nic, sizeof(ret_path->nic), "%s", host->nic);
}

int steps_init(const struct scenario *scenario, uint16_t cookie, struct steps *ret_steps,
	       struct fault *fault)
{
	/* In a namespace it is a veth, or one of its like. */
	const bool software = scenario->has_lab || !strncmp(scenario->tester.via, "netns:", 6);
	struct steps steps = {.scenario = scenario, .both_channels = software};
	cpu_set_t allowed, dut;
	int sink_cpu;

	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		return fault_errno(fault, -errno, "read the CPU affinity");
	if (strlen(scenario->tester.nic) >= IFNAMSIZ || strlen(scenario->dut.nic) >= IFNAMSIZ)
		return fault_set(fault, -EINVAL, EXIT_USAGE,
				 "'%.20s': the name of an interface has at most %d letters",
				 strlen(scenario->dut.nic) >= IFNAMSIZ ? scenario->dut.nic
								       : scenario->tester.nic,
				 IFNAMSIZ - 1);
	fill_path(scenario, &scenario->tester, cookie, &steps.tester);
	fill_path(scenario, &scenario->dut, cookie, &steps.dut);
	steps.pin = CPU_COUNT(&allowed) > 1;
	if (scenario->dut.cpus[0])
		memcpy(steps.dut_cpus, scenario->dut.cpus, sizeof(steps.dut_cpus));
	else
		snprintf(steps.dut_cpus, sizeof(steps.dut_cpus), "%d", cpu_of_dut(&allowed));
	if (cpu_list_parse(steps.dut_cpus, &dut))
		return fault_set(fault, -EINVAL, EXIT_USAGE, "'%s' is no list of CPUs",
				 steps.dut_cpus);
	sink_cpu = cpu_of_sink(&allowed, &dut);
	snprintf(steps.tester_cpus, sizeof(steps.tester_cpus), "%d", sink_cpu);
	steps.sink_first = CPU_ISSET(sink_cpu, &dut);
	*ret_steps = steps;
	return 0;
}

void steps_lab(const struct steps *steps, struct argv *argv)
{
	argv_add(argv, "lab");
	argv_add_group(argv, &lab_table, &steps->scenario->lab, NULL);
}

static void on_nic(const char *command, const struct path *path, struct argv *argv)
{
	argv_add(argv, command);
	argv_add(argv, "--nic");
	argv_add(argv, path->nic);
}

void steps_env(const struct path *path, struct argv *argv)
{
	on_nic("env", path, argv);
}

void steps_snap(const struct path *path, struct argv *argv)
{
	on_nic("snap", path, argv);
}

bool steps_nic(const struct steps *steps, const struct path *path, const struct config *config,
	       struct argv *argv)
{
	struct nic nic = config->nic;

	if (path == &steps->tester && !steps->both_channels)
		nic.channels = 0;
	on_nic("nic", path, argv);
	argv_add_group(argv, &nic_table, &nic, NULL);
	return nic.mtu || nic.channels;
}

void steps_pin(const struct steps *steps, const struct path *path, struct argv *argv)
{
	on_nic("pin", path, argv);
	argv_add(argv, "--cpus");
	argv_add(argv, path == &steps->tester ? steps->tester_cpus : steps->dut_cpus);
	if (path == &steps->tester && steps->sink_first) {
		argv_add(argv, "--nice");
		argv_add(argv, SINK_NICE);
	}
}

static void add_flows(const struct config *config, struct argv *argv)
{
	argv_add_group(argv, &load_table, &config->load, flows_words);
}

void steps_dut(const struct steps *steps, const struct config *config, struct argv *argv)
{
	argv_add(argv, "dut");
	argv_add(argv, plane_words[config->dut.plane]);
	argv_add_group(argv, &path_table, &steps->dut, dut_path_words);
	argv_add_group(argv, &service_table, &config->service, NULL);
	add_flows(config, argv);
}

/* What both commands of single probes are told of; `load_words`: of the load, what matters. */
static void on_plane(const char *command, const struct steps *steps, const struct config *config,
		     const char *const *load_words, struct argv *argv)
{
	argv_add(argv, command);
	argv_add_group(argv, &dut_table, &config->dut, NULL);
	argv_add_group(argv, &path_table, &steps->tester, NULL);
	argv_add_group(argv, &service_table, &config->service, NULL);
	argv_add_group(argv, &load_table, &config->load, load_words);
}

void steps_prove(const struct steps *steps, const struct config *config, struct argv *argv)
{
	on_plane("prove", steps, config, prove_load_words, argv);
}

bool steps_prefill(const struct steps *steps, const struct config *config, struct argv *argv)
{
	on_plane("prefill", steps, config, prefill_load_words, argv);
	return config->load.prefill && plane_ops(config->dut.plane)->connections;
}

void steps_sink(const struct steps *steps, const struct config *config, struct argv *argv)
{
	argv_add(argv, "sink");
	argv_add_group(argv, &path_table, &steps->tester, sink_path_words);
	argv_add_group(argv, &service_table, &config->service, NULL);
	argv_add_group(argv, &sink_table, &config->sink, NULL);
	add_flows(config, argv);
}

/* The host's own list, else the first CPUs; where they are too few the DUT's is shared. */
static void add_gen_cpus(const struct steps *steps, const struct load *load, struct argv *argv)
{
	char list[sizeof(steps->scenario->tester.cpus)] = "";
	size_t used = 0;
	cpu_set_t allowed;

	if (steps->scenario->tester.cpus[0]) {
		argv_add(argv, "--cpus");
		argv_add(argv, steps->scenario->tester.cpus);
		return;
	}
	if (sched_getaffinity(0, sizeof(allowed), &allowed) ||
	    load->threads > (uint32_t)CPU_COUNT(&allowed))
		return;
	for (uint32_t i = 0; i < load->threads && used < sizeof(list); i++)
		used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%d", i ? "," : "",
					 cpu_nth(&allowed, (int)i));
	if (used >= sizeof(list))
		return;
	argv_add(argv, "--cpus");
	argv_add(argv, list);
}

void steps_gen(const struct steps *steps, const struct config *config, const struct load *load,
	       bool live, struct argv *argv)
{
	argv_add(argv, "gen");
	argv_add_group(argv, &path_table, &steps->tester, gen_path_words);
	argv_add_group(argv, &service_table, &config->service, NULL);
	argv_add_group(argv, &load_table, load, gen_load_words);
	if (steps->pin)
		add_gen_cpus(steps, load, argv);
	if (live)
		argv_add(argv, "--live");
	argv_add(argv, "--json");
}
