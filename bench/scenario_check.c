// SPDX-License-Identifier: BSD-2-Clause
/*
 * Combinations that cannot run, found before anything is touched. Every point of the sweep is
 * checked; the error has the place of the value to blame.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bench/scenario_draft.h"
#include "bpf/wire.h"
#include "dut/plane.h"
#include "gen/flow.h"
#include "lib/clock.h"
#include "lib/cpu.h"

enum {
	ETHERNET_BYTES = 14 + WIRE_FCS_BYTES,
	/* What a veth pair is born with. */
	LAB_MTU = 1500,
	/* veth_xdp_set: a page less headroom, Ethernet header and skb_shared_info. */
	VETH_XDP_MTU = 3506,
	LAST_PORT = 65535,
};

/* One point of the sweep. */
struct check {
	struct draft *draft;
	const struct scenario *scenario;
	struct config config;
	uint32_t digits[SCENARIO_MAX_AXES]; /* which value of each axis */
	uint32_t mtu;                       /* 0: not known before the run */
	uint32_t channels;                  /* 0: not known before the run */
	uint32_t queues;                    /* 0: not known before the run */
};

/* Where the value that a field has at this point was given. */
static struct place place_of(const struct check *check, const char *path)
{
	for (uint32_t i = 0; i < check->scenario->nr_axes; i++)
		if (!strcmp(check->scenario->axes[i].path, path))
			return check->draft->values[i][check->digits[i]];
	return draft_place(check->draft, path);
}

/* The first of the fields, "load.frame nic.mtu", that an override gave, else that the file gave. */
static struct place blame(const struct check *check, const char *paths)
{
	struct place first = {0};
	char path[64];

	while (*paths) {
		size_t length = strcspn(paths, " ");
		struct place place;

		snprintf(path, sizeof(path), "%.*s", (int)length, paths);
		place = place_of(check, path);
		if (place.set)
			return place;
		if (!first.line)
			first = place;
		paths += length + (paths[length] == ' ');
	}
	return first;
}

__attribute__((format(printf, 3, 4))) static int refuse(const struct check *check,
							const char *paths, const char *format, ...)
{
	struct place place = blame(check, paths);
	va_list args;
	int err;

	va_start(args, format);
	err = place_vfault(check->draft->fault, check->draft->file, &place, format, args);
	va_end(args);
	return err;
}

static int check_engine(const struct check *check)
{
	if (check->config.load.engine != ENGINE_NULL)
		return 0;
	return refuse(check, "load.engine",
		      "load.engine: null sends nothing to the DUT: allowed is afxdp");
}

static int check_frame(const struct check *check)
{
	uint32_t frame = check->config.load.frame_bytes;

	if (!check->mtu || frame <= check->mtu + ETHERNET_BYTES)
		return 0;
	return refuse(check, "load.frame nic.mtu",
		      "load.frame: %u does not fit an MTU of %u: allowed are 64 to %u, or nic.mtu "
		      "from %u",
		      frame, check->mtu, check->mtu + ETHERNET_BYTES, frame - ETHERNET_BYTES);
}

static int check_xdp_mtu(const struct check *check)
{
	const struct config *config = &check->config;
	bool xdp = config->dut.plane == PLANE_WIRE || config->dut.plane == PLANE_XDP;

	if (!check->scenario->has_lab || check->mtu <= VETH_XDP_MTU)
		return 0;
	if (!xdp && config->sink.mode != XDP_MODE_NATIVE)
		return 0;
	return refuse(check, "nic.mtu",
		      "nic.mtu: %u with %s: XDP without frags carries a peer MTU of at most %u on "
		      "veth: allowed are 68 to %u",
		      check->mtu, xdp ? "an XDP plane" : "a native sink", VETH_XDP_MTU,
		      VETH_XDP_MTU);
}

/* veth_xdp_flush wakes an end only if it has a native program: 256 packets, then all are lost. */
static int check_sink(const struct check *check)
{
	const struct config *config = &check->config;

	if (!check->scenario->has_lab || config->sink.mode == XDP_MODE_NATIVE ||
	    (config->dut.plane != PLANE_WIRE && config->dut.plane != PLANE_XDP))
		return 0;
	return refuse(check, "sink.mode",
		      "sink.mode: generic with the plane %s: on veth what XDP sends back reaches "
		      "only a native program: allowed is native",
		      plane_words[config->dut.plane]);
}

static int check_channels(const struct check *check)
{
	const struct scenario *scenario = check->scenario;

	if (!scenario->has_lab || check->config.nic.channels <= scenario->lab.channels)
		return 0;
	return refuse(check, "nic.channels lab.channels",
		      "nic.channels: %u are more than the lab has: allowed are 1 to %u "
		      "(lab.channels)",
		      check->config.nic.channels, scenario->lab.channels);
}

static int check_queues(const struct check *check)
{
	const struct load *load = &check->config.load;

	if (check->channels && load->queues > check->channels)
		return refuse(check, "load.queues nic.channels lab.channels",
			      "load.queues: %u are more than the channels: allowed are 1 to %u, or "
			      "auto",
			      load->queues, check->channels);
	if (check->queues && load->flows < check->queues)
		return refuse(check, "load.flows load.queues nic.channels lab.channels",
			      "load.flows: %u cannot feed %u queues: allowed are %u or more, or "
			      "fewer load.queues",
			      load->flows, check->queues, check->queues);
	return 0;
}

static int check_threads(const struct check *check)
{
	uint32_t threads = check->config.load.threads;
	uint32_t cores = (uint32_t)cpu_count();

	if (check->queues && threads > check->queues)
		return refuse(check, "load.threads load.queues nic.channels lab.channels",
			      "load.threads: %u are more than the %u queue%s they serve: allowed "
			      "are 1 to %u",
			      threads, check->queues, check->queues == 1 ? "" : "s", check->queues);
	if (cores > 1 && threads >= cores)
		return refuse(check, "load.threads",
			      "load.threads: %u on %u cores leave none for the DUT: allowed are 1 "
			      "to %u",
			      threads, cores, cores - 1);
	return 0;
}

/* One thread a CPU of the list: the generator refuses fewer. */
static int check_thread_cpus(const struct check *check)
{
	const char *list = check->scenario->tester.cpus;
	uint32_t threads = check->config.load.threads;
	cpu_set_t cpus;

	if (!*list || cpu_list_parse(list, &cpus) || (uint32_t)CPU_COUNT(&cpus) >= threads)
		return 0;
	return refuse(check, "load.threads hosts.tester.cpus",
		      "load.threads: %u are more than the CPUs of hosts.tester.cpus, '%s': allowed "
		      "are 1 to %d, or a longer list",
		      threads, list, CPU_COUNT(&cpus));
}

static int check_flows(const struct check *check)
{
	const struct config *config = &check->config;
	struct path path = {.clients = check->scenario->tester.clients};
	uint64_t carried = plane_capacity(config->dut.plane, &config->service);
	uint64_t tuples = flow_capacity(&path);

	if (config->load.flows > carried)
		return refuse(check, "load.flows dut.plane service.backends",
			      "load.flows: %u are more than the SNAT ports of the plane %s carry "
			      "with %u backend%s: allowed are 1 to %" PRIu64,
			      config->load.flows, plane_words[config->dut.plane],
			      config->service.backends, config->service.backends == 1 ? "" : "s",
			      carried);
	if (config->load.flows > tuples)
		return refuse(check, "load.flows hosts.tester.clients",
			      "load.flows: %u are more than the client addresses and ports of "
			      "hosts.tester.clients: allowed are 1 to %" PRIu64,
			      config->load.flows, tuples);
	return 0;
}

static int check_ports(const struct check *check)
{
	const struct service *service = &check->config.service;
	uint32_t last = service->node_port + service->services - 1;

	if (last > LAST_PORT)
		return refuse(check, "service.node_port service.services",
			      "service.node_port: %u for %u services ends at %u: allowed are 1 to "
			      "%u",
			      service->node_port, service->services, last,
			      LAST_PORT - service->services + 1);
	if (service->backend_port >= service->node_port && service->backend_port <= last)
		return refuse(check, "service.backend_port service.node_port service.services",
			      "service.backend_port: %u is a NodePort too: allowed is any port but "
			      "%u to %u",
			      service->backend_port, service->node_port, last);
	return 0;
}

/* A fixed rate at which no packet is due would measure nothing. */
static int check_duration(const struct check *check)
{
	const struct load *load = &check->config.load;
	char duration[32];

	for (uint32_t i = 0; i < check->scenario->nr_measures; i++)
		if (check->scenario->measures[i] == MEASURE_RATE && load->rate_pps &&
		    (unsigned __int128)load->rate_pps * load->duration_ns < NS_PER_S)
			return refuse(check, "load.rate load.duration",
				      "load.rate: %" PRIu64 " pps for %s are no packet: allowed "
				      "are %" PRIu64 " pps or more, or a longer load.duration",
				      load->rate_pps,
				      field_print(field_find(&load_table, "duration"), load,
						  duration, sizeof(duration)),
				      (uint64_t)((NS_PER_S - 1) / load->duration_ns + 1));
	return 0;
}

static int (*const checks[])(const struct check *check) = {
	check_engine,      check_channels, check_frame, check_xdp_mtu, check_sink,     check_queues,
	check_thread_cpus, check_threads,  check_flows, check_ports,   check_duration,
};

static int check_point(struct draft *draft, uint32_t index, uint64_t *trials)
{
	struct check check = {.draft = draft, .scenario = draft->scenario};
	const struct scenario *scenario = draft->scenario;
	int err = 0;

	scenario_point(scenario, index, &check.config, check.digits);
	check.mtu = check.config.nic.mtu;
	check.channels = check.config.nic.channels;
	if (!check.mtu && scenario->has_lab)
		check.mtu = LAB_MTU;
	if (!check.channels && scenario->has_lab)
		check.channels = scenario->lab.channels;
	check.queues = check.config.load.queues ? check.config.load.queues : check.channels;
	for (size_t i = 0; !err && i < sizeof(checks) / sizeof(checks[0]); i++)
		err = checks[i](&check);
	*trials += (uint64_t)scenario->repeat * scenario_trials(scenario, &check.config);
	return err;
}

static int too_many(struct draft *draft, uint64_t points)
{
	const char *path = draft_given(draft, "sweep") ? "sweep" : "repeat";
	struct place place = draft_place(draft, path);

	return draft_fault(draft, &place,
			   "%s: %" PRIu64 " point%s, %u times each, are more than %d trials: "
			   "allowed are fewer values, repeats or peak.trials",
			   path, points, points == 1 ? "" : "s", draft->scenario->repeat,
			   SCENARIO_MAX_TRIALS);
}

int scenario_check(struct draft *draft)
{
	uint64_t points = scenario_points(draft->scenario), trials = 0;
	int err = 0;

	/* Before every point is looked at. 32^8 points 1000 times fit 64 bits. */
	if (points * draft->scenario->repeat > SCENARIO_MAX_TRIALS)
		return too_many(draft, points);
	for (uint32_t i = 0; !err && i < points; i++)
		err = check_point(draft, i, &trials);
	if (!err && trials > SCENARIO_MAX_TRIALS)
		err = too_many(draft, points);
	return err;
}
