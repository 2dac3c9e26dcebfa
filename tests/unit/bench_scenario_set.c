// SPDX-License-Identifier: BSD-2-Clause
/* Overrides that are refused, by their own words. */
#include "tests/unit/scenario_kit.h"

/* clang-format off */
static const struct {
	const char *yaml, *set, *message;
} overrides[] = {
	{LAB, "load.rate=x",
	 "--set load.rate=x: load.rate: 'x' is not valid: allowed are max, a rate such as "
	 "1000, 10k or 1.5M, up to 1G"},
	{LAB, "load.rate",
	 "--set load.rate: no value: expected KEY=VALUE"},
	{LAB, "=",
	 "--set =: unknown key ''; allowed: name, measure, repeat, GROUP.FIELD, "
	 "sweep.GROUP.FIELD (groups: service, load, nic, dut, peak, sink), lab.FIELD, "
	 "hosts.HOST.FIELD (hosts: tester, dut)"},
	{LAB, "load=1",
	 "--set load=1: unknown key 'load'; allowed: name, measure, repeat, GROUP.FIELD, "
	 "sweep.GROUP.FIELD (groups: service, load, nic, dut, peak, sink), lab.FIELD, "
	 "hosts.HOST.FIELD (hosts: tester, dut)"},
	{LAB, "lod.rate=1",
	 "--set lod.rate=1: unknown key 'lod.rate'; allowed: name, measure, repeat, "
	 "GROUP.FIELD, sweep.GROUP.FIELD (groups: service, load, nic, dut, peak, sink), "
	 "lab.FIELD, hosts.HOST.FIELD (hosts: tester, dut)"},
	{LAB, "load.raet=1",
	 "--set load.raet=1: load: unknown key 'raet' (did you mean 'rate'?); allowed: "
	 "engine, frame, flows, rate, duration, seed, queues, threads, batch, prefill"},
	{LAB, "repeat=0",
	 "--set repeat=0: repeat: '0' is out of range: allowed are 1 to 1000"},
	{LAB, "measure=",
	 "--set measure=: unknown measure ''; allowed: rate, peak"},
	{LAB, "measure=rate,rate",
	 "--set measure=rate,rate: measure: 'rate' is there already"},
	{LAB, "measure=x",
	 "--set measure=x: unknown measure 'x'; allowed: rate, peak"},
	{LAB, "sweep.nic.mtu=1500,1500",
	 "--set sweep.nic.mtu=1500,1500: sweep.nic.mtu: '1500' is there already, as '1500'"},
	{LAB, "sweep.nic.mtu=",
	 "--set sweep.nic.mtu=: sweep.nic.mtu: '' is not valid: allowed are keep, 68 to "
	 "9216"},
	{LAB, "sweep.nic.mtuu=1",
	 "--set sweep.nic.mtuu=1: sweep.nic: unknown key 'mtuu' (did you mean 'mtu'?); "
	 "allowed: mtu, channels"},
	{LAB, "sweep.x=1",
	 "--set sweep.x=1: sweep: unknown group 'x'; allowed: service, load, nic, dut, "
	 "peak, sink"},
	{LAB, "sweep.=1",
	 "--set sweep.=1: sweep: unknown group ''; allowed: service, load, nic, dut, peak, "
	 "sink"},
	{LAB, "load.frame=3000",
	 "--set load.frame=3000: load.frame: 3000 does not fit an MTU of 1500: allowed are "
	 "64 to 1518, or nic.mtu from 2982"},
	{LAB, "nic.channels=5",
	 "--set nic.channels=5: nic.channels: 5 are more than the lab has: allowed are 1 "
	 "to 4 (lab.channels)"},
	{LAB, "lab.nam=x",
	 "--set lab.nam=x: lab: unknown key 'nam' (did you mean 'name'?); allowed: name, "
	 "channels"},
	{LAB, "lab.name=a/b",
	 "--set lab.name=a/b: lab.name: 'a/b' is no name: allowed are letters, digits, "
	 "'-', '_' and '.', a letter or digit first"},
	{LAB, "hosts.dut.via=ssh:x",
	 "--set hosts.dut.via=ssh:x: hosts.dut.via: 'ssh:x' is not in this version: "
	 "allowed are local, netns:NAME"},
	{LAB, "hosts.foo.via=x",
	 "--set hosts.foo.via=x: unknown key 'hosts.foo.via'; allowed: name, measure, "
	 "repeat, GROUP.FIELD, sweep.GROUP.FIELD (groups: service, load, nic, dut, peak, "
	 "sink), lab.FIELD, hosts.HOST.FIELD (hosts: tester, dut)"},
	{LAB, "name=",
	 "--set name=: name: '' is no name: allowed are letters, digits, '-', '_' and '.', "
	 "a letter or digit first"},
	{LAB, "dut.plane=nope",
	 "--set dut.plane=nope: dut.plane: 'nope' is not valid: allowed are wire, xdp, "
	 "nftables"},
	{LAB, "load.flows=40000",
	 "--set load.flows=40000: load.flows: 40000 are more than the SNAT ports of the "
	 "plane xdp carry with 1 backend: allowed are 1 to 32768"},
	{LAB, "sweep.load.flows=10,50000",
	 "--set sweep.load.flows=10,50000: load.flows: 50000 are more than the SNAT ports "
	 "of the plane xdp carry with 1 backend: allowed are 1 to 32768"},
	{LAB, "a\nb=1",
	 "--set a b=1: unknown key 'a b'; allowed: name, measure, repeat, GROUP.FIELD, "
	 "sweep.GROUP.FIELD (groups: service, load, nic, dut, peak, sink), lab.FIELD, "
	 "hosts.HOST.FIELD (hosts: tester, dut)"},
	{"hosts: {tester: {nic: a}, dut: {nic: b}}\n", "lab.name=x",
	 "--set lab.name=x: the scenario has no lab; add 'lab: {}' to it"},
	{LAB "load: {frame: 1024}\n", "nic.mtu=1000",
	 "--set nic.mtu=1000: load.frame: 1024 does not fit an MTU of 1000: allowed are 64 "
	 "to 1018, or nic.mtu from 1006"},
	{LAB "sweep: {nic.mtu: [1500]}\n", "nic.mtu=9000",
	 "--set nic.mtu=9000: nic.mtu: 9000 with an XDP plane: XDP without frags carries a "
	 "peer MTU of at most 3506 on veth: allowed are 68 to 3506"},
};
/* clang-format on */

static void overrides_are_refused(void **state)
{
	for (size_t i = 0; i < sizeof(overrides) / sizeof(overrides[0]); i++)
		assert_refused(overrides[i].yaml, overrides[i].set, overrides[i].message);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(overrides_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
