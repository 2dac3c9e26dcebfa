// SPDX-License-Identifier: BSD-2-Clause
/* The wire plane: what goes back, what passes, and that nothing else of a packet changes. */
#include "tests/bpf/dut_kit.h"

#include "bpf/mirror.h"
#include "dut/percpu.h"
#include "mirror.skel.h"

struct fixture {
	struct mirror_bpf *bpf;
	struct percpu counters;
};

static int load(void **state)
{
	static struct fixture fixture;

	fixture.bpf = mirror_bpf__open();
	if (!fixture.bpf)
		return -1;
	fixture.bpf->rodata->cfg_first_port = NODE_PORT;
	fixture.bpf->rodata->cfg_ports = 4;
	*state = &fixture;
	return percpu_size(fixture.bpf->maps.mirror_counters, NULL) ||
	       mirror_bpf__load(fixture.bpf) ||
	       percpu_open(fixture.bpf->maps.mirror_counters, &fixture.counters, NULL);
}

static int unload(void **state)
{
	struct fixture *fixture = *state;

	percpu_close(&fixture->counters);
	mirror_bpf__destroy(fixture->bpf);
	return 0;
}

static int prog_fd(const struct fixture *fixture)
{
	return bpf_program__fd(fixture->bpf->progs.mirror_xdp);
}

static void assert_mirrored(const struct fixture *fixture, const struct kit_packet *sent)
{
	struct kit_packet got = *sent, expected = *sent;

	memcpy(expected.eth.h_dest, sent->eth.h_source, ETH_ALEN);
	memcpy(expected.eth.h_source, sent->eth.h_dest, ETH_ALEN);
	expected.ip.saddr = sent->ip.daddr;
	expected.ip.daddr = sent->ip.saddr;
	assert_int_equal(kit_run(prog_fd(fixture), &got), XDP_TX);
	assert_int_equal(got.length, sent->length);
	assert_memory_equal(got.bytes, expected.bytes, sent->length);
	assert_int_equal(kit_ip_sum(&got), 0xffff);
	assert_int_equal(kit_udp_sum(&got), 0xffff);
}

static void assert_passed(const struct fixture *fixture, const struct kit_packet *sent)
{
	struct kit_packet got = *sent;

	assert_int_equal(kit_run(prog_fd(fixture), &got), XDP_PASS);
	assert_int_equal(got.length, sent->length);
	assert_memory_equal(got.bytes, sent->bytes, sent->length);
}

static void test_sizes(void **state)
{
	static const uint32_t lengths[] = {60, 61, 124, 1514};
	struct kit_packet packet;

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		kit_udp(&packet, lengths[i]);
		assert_mirrored(*state, &packet);
	}
}

static void test_ports_of_services(void **state)
{
	static const struct {
		uint16_t source, dest;
		bool mirrored;
	} rows[] = {
		{5555, 30400, false}, {5555, 30401, true},   {5555, 30404, true},
		{5555, 30405, false}, {30402, 53, true},     {30405, 30400, false},
		{0, 0, false},        {65535, 65535, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kit_packet packet;

		kit_udp(&packet, 60);
		packet.udp.source = htons(rows[i].source);
		packet.udp.dest = htons(rows[i].dest);
		kit_seal(&packet);
		if (rows[i].mirrored)
			assert_mirrored(*state, &packet);
		else
			assert_passed(*state, &packet);
	}
}

/* Each change makes of a service's packet one that is none of the wire plane's business. */
static void make_arp(struct kit_packet *packet)
{
	packet->eth.h_proto = htons(ETH_P_ARP);
}

static void make_ipv6(struct kit_packet *packet)
{
	packet->eth.h_proto = htons(ETH_P_IPV6);
}

static void make_tcp(struct kit_packet *packet)
{
	packet->ip.protocol = IPPROTO_TCP;
}

static void make_first_fragment(struct kit_packet *packet)
{
	packet->ip.frag_off = htons(0x2000);
}

static void make_later_fragment(struct kit_packet *packet)
{
	packet->ip.frag_off = htons(10);
}

static void make_truncated(struct kit_packet *packet)
{
	packet->length = ETH_HLEN + 20 + 4;
	packet->ip.tot_len = htons(24);
}

static void make_too_long(struct kit_packet *packet)
{
	packet->ip.tot_len = htons((uint16_t)(packet->length - ETH_HLEN + 1));
}

static void test_passed(void **state)
{
	static void (*const changes[])(struct kit_packet * packet) = {
		make_arp,       make_ipv6,     make_tcp, make_first_fragment, make_later_fragment,
		make_truncated, make_too_long,
	};

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct kit_packet packet;

		kit_udp(&packet, 60);
		changes[i](&packet);
		assert_passed(*state, &packet);
	}
}

static void test_counters(void **state)
{
	struct fixture *fixture = *state;
	struct mirror_counters before, after;
	struct kit_packet packet;

	percpu_sum(&fixture->counters, &before);
	for (int i = 0; i < 5; i++) {
		kit_udp(&packet, 60);
		assert_mirrored(fixture, &packet);
	}
	make_arp(&packet);
	assert_passed(fixture, &packet);
	percpu_sum(&fixture->counters, &after);
	assert_int_equal(after.forwarded - before.forwarded, 5);
	assert_int_equal(after.passed - before.passed, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_ports_of_services),
		cmocka_unit_test(test_passed),
		cmocka_unit_test(test_counters),
	};

	return kit_cannot() ?: cmocka_run_group_tests(tests, load, unload);
}
