// SPDX-License-Identifier: BSD-2-Clause
/* Hosts: what a lab makes of them when they are left out, and what they may be. */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bench/lab.h"
#include "bench/scenario_draft.h"
#include "lib/cpu.h"

struct role {
	const char *name;
	const char *lab_address;
	struct host *host;
};

/* Names end up in paths, in namespaces and in argv. */
static bool is_name(const char *text)
{
	if (!isalnum((unsigned char)*text))
		return false;
	for (; *text; text++)
		if (!isalnum((unsigned char)*text) && !strchr("-_.", *text))
			return false;
	return true;
}

static int bad_name(struct draft *draft, const char *path, const char *text)
{
	struct place place = draft_place(draft, path);

	return draft_fault(
		draft, &place,
		"%s: '%.60s' is no name: allowed are letters, digits, '-', '_' and '.', a "
		"letter or digit first",
		path, text);
}

static struct place host_place(const struct draft *draft, const struct role *role,
			       const char *member)
{
	char path[64];

	snprintf(path, sizeof(path), "hosts.%s.%s", role->name, member);
	return draft_place(draft, path);
}

static void default_host(struct draft *draft, const struct role *role)
{
	struct scenario *scenario = draft->scenario;
	struct place via = host_place(draft, role, "via");
	struct place address = host_place(draft, role, "address");

	if (!scenario->has_lab)
		return;
	if (!via.line && !via.set)
		snprintf(role->host->via, sizeof(role->host->via), "netns:%s-%s",
			 scenario->lab.name, role->name);
	if (!address.line && !address.set)
		field_parse(field_find(&host_table, "address"), role->host, role->lab_address,
			    NULL);
}

/* The lab routes the default ranges of the host table to the tester, and no others. */
static int check_lab_ranges(struct draft *draft, const struct role *role)
{
	const struct host *host = role->host;
	struct place place = host_place(draft, role, "clients");
	struct host standard;
	uint32_t mask, first;

	field_defaults(&host_table, &standard);
	mask = htonl(~(uint32_t)(UINT32_MAX >> standard.clients.prefix));
	if (host->clients.prefix < standard.clients.prefix ||
	    (host->clients.address & mask) != standard.clients.address)
		return draft_fault(draft, &place,
				   "hosts.%s.clients: not in the lab: allowed are ranges in %s",
				   role->name, field_find(&host_table, "clients")->standard);
	place = host_place(draft, role, "backends");
	first = ntohl(host->backends) - ntohl(standard.backends);
	if (first > 254 - MODEL_MAX_BACKENDS)
		return draft_fault(draft, &place,
				   "hosts.%s.backends: not in the lab: allowed are %s and the %d "
				   "addresses behind it",
				   role->name, field_find(&host_table, "backends")->standard,
				   254 - MODEL_MAX_BACKENDS);
	return 0;
}

/* The lab's two ends are the only hosts that it can be measured between. */
static int check_lab_host(struct draft *draft, const struct role *role)
{
	struct place place = host_place(draft, role, "via");
	const struct host *host = role->host;
	char via[sizeof(host->via)];

	snprintf(via, sizeof(via), "netns:%s-%s", draft->scenario->lab.name, role->name);
	if (strcmp(host->via, via))
		return draft_fault(
			draft, &place,
			"hosts.%s.via: '%.60s' is not in the lab: allowed is %s, or no lab",
			role->name, host->via, via);
	place = host_place(draft, role, "nic");
	if (strcmp(host->nic, LAB_NIC))
		return draft_fault(draft, &place,
				   "hosts.%s.nic: '%s' is not in the lab: allowed is " LAB_NIC,
				   role->name, host->nic);
	place = host_place(draft, role, "address");
	if (host->address && host->address != inet_addr(role->lab_address))
		return draft_fault(draft, &place,
				   "hosts.%s.address: not in the lab: allowed are auto, %s",
				   role->name, role->lab_address);
	return check_lab_ranges(draft, role);
}

static int check_via(struct draft *draft, const struct role *role)
{
	const char *via = role->host->via;
	struct place place = host_place(draft, role, "via");

	if (!strcmp(via, "local") || (!strncmp(via, "netns:", 6) && is_name(via + 6)))
		return 0;
	return draft_fault(
		draft, &place, "hosts.%s.via: '%.60s' is %s: allowed are local, netns:NAME",
		role->name, via,
		!strncmp(via, "ssh:", 4) || !strncmp(via, "exec:", 5) ? "not in this version"
								      : "not valid");
}

/* The CPUs of a set as a list, "0-3,6". */
static void print_cpus(const cpu_set_t *cpus, char *ret_text, size_t size)
{
	size_t used = 0;

	*ret_text = '\0';
	for (int first = 0, last; first < CPU_SETSIZE && used < size; first = last + 1) {
		last = first;
		if (!CPU_ISSET(first, cpus))
			continue;
		while (last + 1 < CPU_SETSIZE && CPU_ISSET(last + 1, cpus))
			last++;
		used += (size_t)snprintf(ret_text + used, size - used, "%s%d", used ? "," : "",
					 first);
		if (last > first && used < size)
			used += (size_t)snprintf(ret_text + used, size - used, "-%d", last);
	}
}

static int check_cpus(struct draft *draft, const struct role *role)
{
	struct place place = host_place(draft, role, "cpus");
	cpu_set_t cpus, allowed, both;
	char text[64];

	if (cpu_list_parse(role->host->cpus, &cpus))
		return draft_fault(draft, &place,
				   "hosts.%s.cpus: '%s' is no CPU list: allowed are lists such as "
				   "0,2-3",
				   role->name, role->host->cpus);
	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		return 0;
	CPU_AND(&both, &cpus, &allowed);
	if (CPU_EQUAL(&both, &cpus))
		return 0;
	print_cpus(&allowed, text, sizeof(text));
	return draft_fault(draft, &place,
			   "hosts.%s.cpus: '%s' is not on this machine: allowed are %s", role->name,
			   role->host->cpus, text);
}

/* A generator on the DUT's CPU would measure itself, and nothing in the figures would tell. */
static int check_cpus_apart(struct draft *draft, const struct role roles[2])
{
	const char *tester = roles[0].host->cpus, *dut = roles[1].host->cpus;
	struct place place = host_place(draft, &roles[*tester ? 0 : 1], "cpus");
	cpu_set_t allowed, gen_cpus, dut_cpus, both;
	char text[64];

	/* Only the NAPI threads of a veth are put on the DUT's CPUs. */
	if ((!*tester && !*dut) || strncmp(roles[0].host->via, "netns:", 6) ||
	    sched_getaffinity(0, sizeof(allowed), &allowed) || CPU_COUNT(&allowed) < 2 ||
	    cpu_list_parse(tester, &gen_cpus) || cpu_list_parse(dut, &dut_cpus))
		return 0;
	if (!*tester)
		CPU_SET(cpu_nth(&allowed, 0), &gen_cpus);
	if (!*dut)
		CPU_SET(cpu_of_dut(&allowed), &dut_cpus);
	CPU_AND(&both, &gen_cpus, &dut_cpus);
	if (!CPU_COUNT(&both))
		return 0;
	print_cpus(&both, text, sizeof(text));
	return draft_fault(draft, &place,
			   "hosts.%s.cpus: generator and DUT would share CPU %s: allowed are lists "
			   "that have none in common",
			   roles[*tester ? 0 : 1].name, text);
}

static int check_host(struct draft *draft, const struct role *role)
{
	int err = check_cpus(draft, role);

	if (!err)
		err = check_via(draft, role);
	if (!err && draft->scenario->has_lab)
		err = check_lab_host(draft, role);
	return err;
}

/* Without a lab there is nothing to take the hosts from. */
static int check_given(struct draft *draft, const struct role *role)
{
	struct place place = draft_place(draft, "hosts");
	char path[64];

	snprintf(path, sizeof(path), "hosts.%s", role->name);
	if (draft->scenario->has_lab || draft_given(draft, path))
		return 0;
	if (!draft_given(draft, "hosts"))
		return draft_fault(draft, &place,
				   "no hosts: write 'lab: {}' for a local lab, or 'hosts: {tester: "
				   "{via: ..., nic: ...}, dut: {via: ..., nic: ...}}'");
	return draft_fault(draft, &place, "hosts: no %s: write '%s: {via: ..., nic: ...}'",
			   role->name, role->name);
}

static int check_apart(struct draft *draft)
{
	struct scenario *scenario = draft->scenario;
	struct place place = draft_place(draft, "hosts.dut");

	if (strcmp(scenario->tester.via, scenario->dut.via) ||
	    strcmp(scenario->tester.nic, scenario->dut.nic))
		return 0;
	return draft_fault(draft, &place,
			   "hosts: tester and dut are one interface, %s of %s: "
			   "allowed are two",
			   scenario->dut.nic, scenario->dut.via);
}

int scenario_hosts(struct draft *draft)
{
	struct scenario *scenario = draft->scenario;
	const struct role roles[] = {{"tester", LAB_TESTER, &scenario->tester},
				     {"dut", LAB_DUT, &scenario->dut}};
	int err = 0;

	if (!is_name(scenario->name))
		return bad_name(draft, "name", scenario->name);
	if (scenario->has_lab && !is_name(scenario->lab.name))
		return bad_name(draft, "lab.name", scenario->lab.name);
	for (size_t i = 0; !err && i < 2; i++) {
		default_host(draft, &roles[i]);
		err = check_given(draft, &roles[i]);
		if (!err)
			err = check_host(draft, &roles[i]);
	}
	if (!err)
		err = check_apart(draft);
	return err ? err : check_cpus_apart(draft, roles);
}
