// SPDX-License-Identifier: BSD-2-Clause
/* Hosts that cannot be, and names that are none. */
#include "lib/cpu.h"
#include "tests/unit/scenario_kit.h"

/* clang-format off */
static const struct refusal hosts[] = {
	{"load: {}\n",
	 "t.yaml: no hosts: write 'lab: {}' for a local lab, or 'hosts: {tester: {via: "
	 "..., nic: ...}, dut: {via: ..., nic: ...}}'"},
	{"hosts: {tester: {via: local, nic: eth1}}\n",
	 "t.yaml:1:1: hosts: no dut: write 'dut: {via: ..., nic: ...}'"},
	{"hosts: {tester: {nic: eth1}, dut: {nic: eth1}}\n",
	 "t.yaml:1:30: hosts: tester and dut are one interface, eth1 of local: allowed are "
	 "two"},
	{"hosts: {tester: {via: 'ssh:a@b'}, dut: {}}\n",
	 "t.yaml:1:24: hosts.tester.via: 'ssh:a@b' is not in this version: allowed are "
	 "local, netns:NAME"},
	{"hosts: {tester: {via: 'exec:a'}, dut: {}}\n",
	 "t.yaml:1:24: hosts.tester.via: 'exec:a' is not in this version: allowed are "
	 "local, netns:NAME"},
	{"hosts: {tester: {via: 'nets:a'}, dut: {}}\n",
	 "t.yaml:1:24: hosts.tester.via: 'nets:a' is not valid: allowed are local, "
	 "netns:NAME"},
	{"hosts: {tester: {via: 'netns:'}, dut: {}}\n",
	 "t.yaml:1:24: hosts.tester.via: 'netns:' is not valid: allowed are local, "
	 "netns:NAME"},
	{"hosts: {testre: {}}\n",
	 "t.yaml:1:9: hosts: unknown key 'testre' (did you mean 'tester'?); allowed: "
	 "tester, dut"},
	{"hosts: {tester: {addres: 1.2.3.4}}\n",
	 "t.yaml:1:18: hosts.tester: unknown key 'addres' (did you mean 'address'?); "
	 "allowed: via, nic, address, clients, backends, cpus"},
	{"hosts: {tester: {address: 1.2.3}}\n",
	 "t.yaml:1:27: hosts.tester.address: '1.2.3' is not valid: allowed are auto, an "
	 "address such as 198.18.0.2"},
	{LAB "hosts: {tester: {via: local}}\n",
	 "t.yaml:2:23: hosts.tester.via: 'local' is not in the lab: allowed is "
	 "netns:pg-tester, or no lab"},
	{LAB "hosts: {tester: {nic: eth0}}\n",
	 "t.yaml:2:23: hosts.tester.nic: 'eth0' is not in the lab: allowed is pg0"},
	{LAB "hosts: {dut: {cpus: 1-}}\n",
	 "t.yaml:2:21: hosts.dut.cpus: '1-' is no CPU list: allowed are lists such as "
	 "0,2-3"},
	{LAB "hosts: [a]\n",
	 "t.yaml:2:8: hosts: expected a mapping, found a list"},
	{LAB "hosts: {dut: local}\n",
	 "t.yaml:2:14: hosts.dut: expected a mapping, found a single value"},
	{LAB "hosts: {tester: {clients: 198.18.0.0/17}}\n",
	 "t.yaml:2:27: hosts.tester.clients: not in the lab: allowed are ranges in "
	 "198.19.0.0/17"},
	{LAB "hosts: {tester: {clients: 198.19.0.0/16}}\n",
	 "t.yaml:2:27: hosts.tester.clients: not in the lab: allowed are ranges in "
	 "198.19.0.0/17"},
	{LAB "hosts: {tester: {backends: 198.18.1.0}}\n",
	 "t.yaml:2:28: hosts.tester.backends: not in the lab: allowed are 198.18.1.1 and "
	 "the 190 addresses behind it"},
	{LAB "hosts: {tester: {backends: 198.18.1.192}}\n",
	 "t.yaml:2:28: hosts.tester.backends: not in the lab: allowed are 198.18.1.1 and "
	 "the 190 addresses behind it"},
	{LAB "hosts: {dut: {address: 198.18.0.9}}\n",
	 "t.yaml:2:24: hosts.dut.address: not in the lab: allowed are auto, 198.18.0.2"},
};
/* clang-format on */

static void hosts_are_refused(void **state)
{
	assert_all_refused(hosts);
}

/* The machine's CPUs are in these messages. */
static void assert_refused_so(const char *yaml, const char *beginning)
{
	struct scenario scenario = {0};
	struct fault fault = {0};

	assert_int_equal(scenario_parse("t.yaml", yaml, strlen(yaml), NULL, &scenario, &fault),
			 -EINVAL);
	if (strncmp(fault.text, beginning, strlen(beginning)) != 0)
		fail_msg("'%s' does not begin with '%s'", fault.text, beginning);
	assert_int_equal(fault.code, EXIT_USAGE);
}

static void cpus_must_be_there(void **state)
{
	assert_refused_so(LAB "hosts: {dut: {cpus: '0,1023'}}\n",
			  "t.yaml:2:22: hosts.dut.cpus: '0,1023' is not on this machine: "
			  "allowed are ");
	assert_refused_so(LAB "hosts: {tester: {cpus: '1020-1023'}}\n",
			  "t.yaml:2:25: hosts.tester.cpus: '1020-1023' is not on this machine: "
			  "allowed are ");
}

static void generator_and_dut_share_no_cpu(void **state)
{
	char yaml[128], message[128];
	struct scenario scenario;
	struct fault fault = {0};
	cpu_set_t allowed;
	int first, last;

	assert_int_equal(sched_getaffinity(0, sizeof(allowed), &allowed), 0);
	if (CPU_COUNT(&allowed) < 2)
		skip();
	first = cpu_nth(&allowed, 0);
	last = cpu_nth(&allowed, -1);
	snprintf(yaml, sizeof(yaml), LAB "hosts: {dut: {cpus: %d}}\n", first);
	snprintf(message, sizeof(message),
		 "t.yaml:2:21: hosts.dut.cpus: generator and DUT would share CPU %d: ", first);
	assert_refused_so(yaml, message);
	snprintf(yaml, sizeof(yaml), LAB "hosts: {tester: {cpus: %d}}\n", last);
	snprintf(message, sizeof(message),
		 "t.yaml:2:24: hosts.tester.cpus: generator and DUT would share CPU %d: ", last);
	assert_refused_so(yaml, message);
	snprintf(yaml, sizeof(yaml), LAB "hosts: {tester: {cpus: %d}, dut: {cpus: %d}}\n", last,
		 first);
	assert_int_equal(scenario_parse("t.yaml", yaml, strlen(yaml), NULL, &scenario, &fault), 0);
	scenario_done(&scenario);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts_are_refused),
		cmocka_unit_test(cpus_must_be_there),
		cmocka_unit_test(generator_and_dut_share_no_cpu),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
