// SPDX-License-Identifier: BSD-2-Clause
/* Combinations that cannot run: the value to blame, at whichever point of the sweep. */
#include "lib/cpu.h"
#include "tests/unit/scenario_kit.h"

/* clang-format off */
static const struct refusal combinations[] = {
	{LAB "load: {frame: 1519}\n" "nic: {mtu: 1500}\n",
	 "t.yaml:2:15: load.frame: 1519 does not fit an MTU of 1500: allowed are 64 to "
	 "1518, or nic.mtu from 1501"},
	{LAB "load: {frame: 1519}\n",
	 "t.yaml:2:15: load.frame: 1519 does not fit an MTU of 1500: allowed are 64 to "
	 "1518, or nic.mtu from 1501"},
	{LAB "sweep:\n" "  load.frame: [64, 1519]\n" "  nic.mtu: [3498, 1500]\n",
	 "t.yaml:3:20: load.frame: 1519 does not fit an MTU of 1500: allowed are 64 to "
	 "1518, or nic.mtu from 1501"},
	{"lab: {channels: 2}\n" "nic: {channels: 4}\n",
	 "t.yaml:2:17: nic.channels: 4 are more than the lab has: allowed are 1 to 2 "
	 "(lab.channels)"},
	{"lab: {channels: 2}\n" "sweep: {nic.channels: [1, 2, 3]}\n",
	 "t.yaml:2:30: nic.channels: 3 are more than the lab has: allowed are 1 to 2 "
	 "(lab.channels)"},
	{LAB "load: {queues: 5}\n",
	 "t.yaml:2:16: load.queues: 5 are more than the channels: allowed are 1 to 4, or "
	 "auto"},
	{LAB "nic: {channels: 2}\n" "load: {queues: 3}\n",
	 "t.yaml:3:16: load.queues: 3 are more than the channels: allowed are 1 to 2, or "
	 "auto"},
	{LAB "load: {flows: 3}\n",
	 "t.yaml:2:15: load.flows: 3 cannot feed 4 queues: allowed are 4 or more, or fewer "
	 "load.queues"},
	{LAB "load: {threads: 5}\n",
	 "t.yaml:2:17: load.threads: 5 are more than the 4 queues they serve: allowed are "
	 "1 to 4"},
	{LAB "load: {flows: 32769}\n",
	 "t.yaml:2:15: load.flows: 32769 are more than the SNAT ports of the plane xdp "
	 "carry with 1 backend: allowed are 1 to 32768"},
	{LAB "load: {flows: 64513}\n" "dut: {plane: nftables}\n",
	 "t.yaml:2:15: load.flows: 64513 are more than the SNAT ports of the plane "
	 "nftables carry with 1 backend: allowed are 1 to 64512"},
	{LAB "load: {flows: 200000}\n"
	       "dut: {plane: wire}\n"
	       "hosts: {tester: {clients: 198.19.0.0/30}}\n",
	 "t.yaml:2:15: load.flows: 200000 are more than the client addresses and ports of "
	 "hosts.tester.clients: allowed are 1 to 129024"},
	{LAB "nic: {mtu: 3507}\n",
	 "t.yaml:2:12: nic.mtu: 3507 with an XDP plane: XDP without frags carries a peer "
	 "MTU of at most 3506 on veth: allowed are 68 to 3506"},
	{LAB "sink: {mode: generic}\n" "sweep: {dut.plane: [nftables, wire]}\n",
	 "t.yaml:2:14: sink.mode: generic with the plane wire: on veth what XDP sends back "
	 "reaches only a native program: allowed is native"},
	{LAB "nic: {mtu: 3507}\n" "dut: {plane: nftables}\n",
	 "t.yaml:2:12: nic.mtu: 3507 with a native sink: XDP without frags carries a peer "
	 "MTU of at most 3506 on veth: allowed are 68 to 3506"},
	{LAB "service: {node_port: 65535, services: 2}\n",
	 "t.yaml:2:22: service.node_port: 65535 for 2 services ends at 65536: allowed are "
	 "1 to 65534"},
	{LAB "service: {backend_port: 30401}\n",
	 "t.yaml:2:25: service.backend_port: 30401 is a NodePort too: allowed is any port "
	 "but 30401 to 30401"},
	{LAB "load: {engine: null}\n",
	 "t.yaml:2:16: load.engine: null sends nothing to the DUT: allowed is afxdp"},
	{LAB "load: {engine: 'null'}\n",
	 "t.yaml:2:17: load.engine: null sends nothing to the DUT: allowed is afxdp"},
	{LAB "load: {rate: 1, duration: 100ms}\n",
	 "t.yaml:2:14: load.rate: 1 pps for 100ms are no packet: allowed are 10 pps or "
	 "more, or a longer load.duration"},
	{LAB "repeat: 1000\n" "measure: peak\n" "peak: {trials: 101}\n",
	 "t.yaml:2:9: repeat: 1 point, 1000 times each, are more than 100000 trials: "
	 "allowed are fewer values, repeats or peak.trials"},
};
/* clang-format on */

static void combinations_are_refused(void **state)
{
	assert_all_refused(combinations);
}

/* Only where there is another core than the generator's. */
static void threads_leave_a_core(void **state)
{
	int cores = cpu_count();
	char yaml[200], message[200];

	if (cores < 2 || cores > 64)
		skip();
	snprintf(yaml, sizeof(yaml), "lab: {channels: 64}\nload: {threads: %d}\n", cores);
	snprintf(message, sizeof(message),
		 "t.yaml:2:17: load.threads: %d on %d cores leave none for the DUT: allowed are 1 "
		 "to %d",
		 cores, cores, cores - 1);
	assert_refused(yaml, NULL, message);
}

static void every_thread_has_a_cpu_of_the_list(void **state)
{
	char yaml[200], message[300];
	cpu_set_t allowed;
	int cpu;

	assert_int_equal(sched_getaffinity(0, sizeof(allowed), &allowed), 0);
	cpu = cpu_nth(&allowed, 0);
	snprintf(yaml, sizeof(yaml), LAB "load: {threads: 2}\nhosts: {tester: {cpus: %d}}\n", cpu);
	snprintf(message, sizeof(message),
		 "t.yaml:2:17: load.threads: 2 are more than the CPUs of hosts.tester.cpus, '%d': "
		 "allowed are 1 to 1, or a longer list",
		 cpu);
	assert_refused(yaml, NULL, message);
	snprintf(yaml, sizeof(yaml),
		 LAB "sweep: {load.threads: [1, 2]}\nhosts: {tester: {cpus: %d}}\n", cpu);
	memcpy(message, "t.yaml:2:27", strlen("t.yaml:2:27"));
	assert_refused(yaml, NULL, message);
}

static void append_numbers(char *yaml, int from, int end)
{
	for (int i = from; i < end; i++)
		sprintf(yaml + strlen(yaml), "%s%d", i > from ? ", " : "", i);
}

static void more_trials_than_anyone_waits_for_are_refused(void **state)
{
	char yaml[1024] = LAB "repeat: 4\nsweep:\n  load.seed: [";

	append_numbers(yaml, 0, 32);
	strcat(yaml, "]\n  load.flows: [");
	append_numbers(yaml, 100, 132);
	strcat(yaml, "]\n  load.batch: [");
	append_numbers(yaml, 1, 33);
	strcat(yaml, "]\n");
	assert_refused(yaml, NULL,
		       "t.yaml:3:1: sweep: 32768 points, 4 times each, are more than 100000 "
		       "trials: allowed are fewer values, repeats or peak.trials");
}

static void what_is_at_the_limit_is_taken(void **state)
{
	static const char *const texts[] = {
		LAB "load: {frame: 1518}\n",
		LAB "load: {frame: 3502}\nnic: {mtu: 3506}\n",
		LAB "load: {flows: 32768}\n",
		LAB "load: {flows: 64512}\ndut: {plane: nftables}\n",
		LAB "load: {flows: 4194304}\ndut: {plane: wire}\n",
		LAB "load: {flows: 4}\n",
		LAB "load: {rate: 10, duration: 100ms}\n",
		LAB "nic: {mtu: 9000}\ndut: {plane: nftables}\nsink: {mode: generic}\n",
		LAB "service: {node_port: 65535, backend_port: 65534}\n",
		LAB "repeat: 1000\nmeasure: peak\npeak: {trials: 100}\n",
		"hosts: {tester: {nic: a}, dut: {nic: b}}\nnic: {mtu: 9000, channels: 64}\n",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct scenario scenario;
		struct fault fault = {0};

		if (scenario_parse("t.yaml", texts[i], strlen(texts[i]), NULL, &scenario, &fault))
			fail_msg("%s", fault.text);
		scenario_done(&scenario);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(combinations_are_refused),
		cmocka_unit_test(threads_leave_a_core),
		cmocka_unit_test(every_thread_has_a_cpu_of_the_list),
		cmocka_unit_test(more_trials_than_anyone_waits_for_are_refused),
		cmocka_unit_test(what_is_at_the_limit_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
