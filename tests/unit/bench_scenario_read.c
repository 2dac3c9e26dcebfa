// SPDX-License-Identifier: BSD-2-Clause
/* Keys, kinds and values that the tables do not allow, each with its place. */
#include "tests/unit/scenario_kit.h"

/* clang-format off */
static const struct refusal values[] = {
	{LAB "lode: {frame: 64}\n",
	 "t.yaml:2:1: unknown key 'lode' (did you mean 'load'?); allowed: name, hosts, "
	 "lab, service, load, nic, dut, peak, sink, sweep, measure, repeat"},
	{LAB "load: [1]\n",
	 "t.yaml:2:7: load: expected a mapping, found a list"},
	{"lab:\n",
	 "t.yaml:1:1: lab: expected a mapping, found nothing"},
	{LAB "load: 5\n",
	 "t.yaml:2:7: load: expected a mapping, found a single value"},
	{LAB "load:\n" "  frame: 63\n",
	 "t.yaml:3:10: load.frame: '63' is out of range: allowed are 64 to 3502"},
	{LAB "load: {frame: 9000}\n",
	 "t.yaml:2:15: load.frame: '9000' is out of range: allowed are 64 to 3502"},
	{LAB "load: {frame: big}\n",
	 "t.yaml:2:15: load.frame: 'big' is not valid: allowed are 64 to 3502"},
	{LAB "load: {fram: 64}\n",
	 "t.yaml:2:8: load: unknown key 'fram' (did you mean 'frame'?); allowed: engine, "
	 "frame, flows, rate, duration, seed, queues, threads, batch, prefill"},
	{LAB "load: {flows: 0}\n",
	 "t.yaml:2:15: load.flows: '0' is out of range: allowed are 1 to 4194304"},
	{LAB "load: {rate: fast}\n",
	 "t.yaml:2:14: load.rate: 'fast' is not valid: allowed are max, a rate such as "
	 "1000, 10k or 1.5M, up to 1G"},
	{LAB "load: {duration: 1}\n",
	 "t.yaml:2:18: load.duration: '1' is not valid: allowed is a duration such as "
	 "200ms or 1s, 1ms to 24h"},
	{LAB "load: {frame: [64, 65]}\n",
	 "t.yaml:2:15: load.frame: expected a single value, found a list"},
	{LAB "load: {frame: }\n",
	 "t.yaml:2:8: load.frame: expected a single value, found nothing"},
	{LAB "load: {frame: 64, frame: 65}\n",
	 "t.yaml:2:19: duplicate key 'load.frame': line 2 has one"},
	{LAB "load: {}\n" "load: {}\n",
	 "t.yaml:3:1: duplicate key 'load': line 2 has one"},
	{LAB "lab: {}\n",
	 "t.yaml:2:1: duplicate key 'lab': line 1 has one"},
	{LAB "dut: {plane: ebpf}\n",
	 "t.yaml:2:14: dut.plane: 'ebpf' is not valid: allowed are wire, xdp, nftables"},
	{LAB "dut: {plane: nftable}\n",
	 "t.yaml:2:14: dut.plane: 'nftable' is not valid: allowed are wire, xdp, nftables"},
	{LAB "load: {threads: 4}\n",
	 "t.yaml:2:17: load.threads: 4 on 2 cores leave none for the DUT: allowed are 1 to "
	 "1"},
	{LAB "measure: []\n",
	 "t.yaml:2:10: measure: expected at least one value, found none"},
	{LAB "measure: latncy\n",
	 "t.yaml:2:10: unknown measure 'latncy'; allowed: rate, peak"},
	{LAB "measure: [rate, rate]\n",
	 "t.yaml:2:17: measure: 'rate' is there already"},
	{LAB "measure: [peek]\n",
	 "t.yaml:2:11: unknown measure 'peek' (did you mean 'peak'?); allowed: rate, peak"},
	{LAB "measure: {a: b}\n",
	 "t.yaml:2:10: measure: expected a list, found a mapping"},
	{LAB "repeat: 0\n",
	 "t.yaml:2:9: repeat: '0' is out of range: allowed are 1 to 1000"},
	{LAB "repeat: 1001\n",
	 "t.yaml:2:9: repeat: '1001' is out of range: allowed are 1 to 1000"},
	{LAB "repeat: []\n",
	 "t.yaml:2:9: repeat: expected a single value, found a list"},
	{LAB "name: a/b\n",
	 "t.yaml:2:7: name: 'a/b' is no name: allowed are letters, digits, '-', '_' and "
	 "'.', a letter or digit first"},
	{LAB "name: ''\n",
	 "t.yaml:2:8: name: '' is no name: allowed are letters, digits, '-', '_' and '.', "
	 "a letter or digit first"},
	{"lab: {name: 'a b'}\n",
	 "t.yaml:1:14: lab.name: 'a b' is no name: allowed are letters, digits, '-', '_' "
	 "and '.', a letter or digit first"},
	{LAB "name: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n",
	 "t.yaml:2:7: name: "
	 "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' is too long: "
	 "allowed is a line of at most 63 bytes"},
	{LAB "lab: \n",
	 "t.yaml:2:1: duplicate key 'lab': line 1 has one"},
	{LAB "nic: {mtu: keep, channels: 0}\n",
	 "t.yaml:2:28: nic.channels: '0' is out of range: allowed are keep, 1 to 64"},
};
/* clang-format on */

/* clang-format off */
static const struct refusal sweeps[] = {
	{LAB "sweep: {nic.mtuu: [1]}\n",
	 "t.yaml:2:9: sweep.nic: unknown key 'mtuu' (did you mean 'mtu'?); allowed: mtu, "
	 "channels"},
	{LAB "sweep: {mtu: [1]}\n",
	 "t.yaml:2:9: sweep: 'mtu' lacks its group: write nic.mtu"},
	{LAB "sweep: {nik.mtu: [1]}\n",
	 "t.yaml:2:9: sweep: unknown group 'nik' (did you mean 'nic'?); allowed: service, "
	 "load, nic, dut, peak, sink"},
	{LAB "sweep: {foo: [1]}\n",
	 "t.yaml:2:9: sweep: unknown group 'foo'; allowed: service, load, nic, dut, peak, "
	 "sink"},
	{LAB "sweep: {lab.channels: [1]}\n",
	 "t.yaml:2:9: sweep: lab.channels cannot be swept, hosts and the lab are there for "
	 "the whole run; allowed: fields of service, load, nic, dut, peak, sink"},
	{LAB "sweep: {hosts.dut.nic: [a]}\n",
	 "t.yaml:2:9: sweep: hosts.dut.nic cannot be swept, hosts and the lab are there "
	 "for the whole run; allowed: fields of service, load, nic, dut, peak, sink"},
	{LAB "sweep: {nic.mtu: []}\n",
	 "t.yaml:2:18: sweep.nic.mtu: expected at least one value, found none"},
	{LAB "sweep: {nic.mtu: [1500, 1500]}\n",
	 "t.yaml:2:25: sweep.nic.mtu: '1500' is there already, as '1500'"},
	{LAB "sweep: {load.rate: [1k, 1000]}\n",
	 "t.yaml:2:25: sweep.load.rate: '1000' is there already, as '1k'"},
	{LAB "sweep: {nic.mtu: {a: b}}\n",
	 "t.yaml:2:18: sweep.nic.mtu: expected a list, found a mapping"},
	{LAB "sweep: {nic.mtu: [a]}\n",
	 "t.yaml:2:19: sweep.nic.mtu: 'a' is not valid: allowed are keep, 68 to 9216"},
	{LAB "sweep: {nic.mtu: [[1]]}\n",
	 "t.yaml:2:19: sweep.nic.mtu: expected a single value, found a list"},
	{LAB "sweep: {nic.mtu: [1500], nic.mtu: [3498]}\n",
	 "t.yaml:2:26: duplicate key 'sweep.nic.mtu': line 2 has one"},
	{LAB "sweep: 5\n",
	 "t.yaml:2:8: sweep: expected a mapping, found a single value"},
	{LAB "sweep: {lab: [1]}\n",
	 "t.yaml:2:9: sweep: lab cannot be swept, hosts and the lab are there for the "
	 "whole run; allowed: fields of service, load, nic, dut, peak, sink"},
	{LAB "sweep: {nic: [1]}\n",
	 "t.yaml:2:9: sweep: 'nic' is a group: write nic.mtu, ..."},
	{LAB "sweep: {nic.: [1]}\n",
	 "t.yaml:2:9: sweep.nic: unknown key ''; allowed: mtu, channels"},
	{LAB "sweep: {.: [1]}\n",
	 "t.yaml:2:9: sweep: unknown group ''; allowed: service, load, nic, dut, peak, "
	 "sink"},
	{LAB "sweep: {load.seed: [0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32]}\n",
	 "t.yaml:2:107: sweep.load.seed: '32' is one value too many: allowed are 32"},
};
/* clang-format on */

static void values_are_refused(void **state)
{
	assert_all_refused(values);
}

static void sweeps_are_refused(void **state)
{
	assert_all_refused(sweeps);
}

static void sweeps_have_room_for_so_much(void **state)
{
	char yaml[1024] = LAB "sweep: {load.seed: [0";

	for (int i = 1; i <= SCENARIO_MAX_VALUES; i++)
		sprintf(yaml + strlen(yaml), ", %d", i);
	strcat(yaml, "]}\n");
	assert_refused(yaml, NULL,
		       "t.yaml:2:139: sweep.load.seed: '32' is one value too many: allowed are 32");
	assert_refused(LAB "sweep:\n"
			   "  load.flows: 9\n"
			   "  load.seed: 1\n"
			   "  load.batch: 1\n"
			   "  load.queues: 1\n"
			   "  load.threads: 1\n"
			   "  peak.trials: 1\n"
			   "  service.services: 1\n"
			   "  service.backends: 1\n"
			   "  nic.channels: 1\n",
		       NULL, "t.yaml:11:3: sweep.nic.channels: one axis too many: allowed are 8");
}

/* What an error quotes has bounds, so that what is allowed is still said. */
static void long_words_are_cut(void **state)
{
	char yaml[6000] = LAB;
	char message[400];

	memset(yaml + strlen(yaml), 'x', 5000);
	strcat(yaml, ": 1\n");
	snprintf(message, sizeof(message),
		 "t.yaml:2:1: unknown key '%.40s'; allowed: name, hosts, lab, service, load, nic, "
		 "dut, peak, sink, sweep, measure, repeat",
		 yaml + strlen(LAB));
	assert_refused(yaml, NULL, message);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_refused),
		cmocka_unit_test(sweeps_are_refused),
		cmocka_unit_test(sweeps_have_room_for_so_much),
		cmocka_unit_test(long_words_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
