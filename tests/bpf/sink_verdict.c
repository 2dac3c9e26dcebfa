// SPDX-License-Identifier: BSD-2-Clause
/* Which packets sink_xdp takes, which it passes, and what it counts them as. */
#include "tests/bpf/sink_kit.h"

#include <inttypes.h>
#include <linux/bpf.h>

struct patch {
	uint32_t at;    /* 0: none; the destination address is never patched */
	uint16_t value; /* big-endian, as headers are */
};

struct row {
	const char *name;
	uint32_t options; /* IPv4 option words */
	uint32_t payload; /* of UDP; 0: a bare probe */
	uint32_t length;  /* of the frame; 0: what the headers say */
	struct patch patches[3];
	bool seal; /* after patching, so that the probe's sum is right */
	uint32_t verdict;
	size_t counter;
};

#define TAKEN(counter_)  .verdict = XDP_DROP, .counter = offsetof(struct sink_result, counter_)
#define PASSED(counter_) .verdict = XDP_PASS, .counter = offsetof(struct sink_result, counter_)

enum {
	ETHER_TYPE = 12,
	IP_VERSION = KIT_IP_OFFSET,
	IP_LENGTH = KIT_IP_OFFSET + 2,
	IP_FRAGMENT = KIT_IP_OFFSET + 6,
	IP_PROTOCOL = KIT_IP_OFFSET + 8, /* with the TTL in front */
	IP_CHECK = KIT_IP_OFFSET + 10,
	UDP_SOURCE = KIT_UDP_OFFSET,
	UDP_DEST = KIT_UDP_OFFSET + 2,
	UDP_LENGTH = KIT_UDP_OFFSET + 4,
	UDP_CHECK = KIT_UDP_OFFSET + 6,
	PROBE_COOKIE = KIT_PROBE_OFFSET,
	PROBE_FIX = KIT_PROBE_OFFSET + 2,
	PROBE_FLOW = KIT_PROBE_OFFSET + 4,
	PROBE_TIME_HIGH = KIT_PROBE_OFFSET + 16,
};

static const struct row rows[] = {
	{"probe to the node port, ending with the frame", TAKEN(received)},
	{"probe to the last service", .patches = {{UDP_DEST, 30404}}, TAKEN(received)},
	{"beyond the last service", .patches = {{UDP_DEST, 30405}}, PASSED(passed)},
	{"below the first service", .patches = {{UDP_DEST, 30400}}, PASSED(passed)},
	{"port with the bytes swapped", .patches = {{UDP_DEST, 0xc176}}, PASSED(passed)},
	{"probe to the backend port", .patches = {{UDP_DEST, 8080}}, TAKEN(received)},
	{"reply from the node port", .patches = {{UDP_SOURCE, 30401}, {UDP_DEST, 40000}},
	 TAKEN(received)},
	{"reply from the last service", .patches = {{UDP_SOURCE, 30404}, {UDP_DEST, 40000}},
	 TAKEN(received)},
	{"reply from the backend port", .patches = {{UDP_SOURCE, 8080}, {UDP_DEST, 40000}},
	 TAKEN(received)},
	{"neither port is ours", .patches = {{UDP_DEST, 53}}, PASSED(passed)},
	{"ports 0", .patches = {{UDP_SOURCE, 0}, {UDP_DEST, 0}}, PASSED(passed)},
	{"ports 65535", .patches = {{UDP_SOURCE, 65535}, {UDP_DEST, 65535}}, PASSED(passed)},

	{"probe of another run", .patches = {{PROBE_COOKIE, 0x3413}}, .seal = true, TAKEN(foreign)},
	{"cookie differs in its high byte", .patches = {{PROBE_COOKIE, 0x3412 ^ 1}}, .seal = true,
	 TAKEN(foreign)},
	{"another run's on the backend port", .patches = {{UDP_DEST, 8080}, {PROBE_COOKIE, 1}},
	 .seal = true, TAKEN(foreign)},
	{"another cookie, and the sum is wrong", .patches = {{PROBE_COOKIE, 0x3413}},
	 PASSED(malformed)},
	{"sum is wrong in the flow", .patches = {{PROBE_FLOW, 0x0100}}, PASSED(malformed)},
	{"sum is wrong in the last word", .patches = {{PROBE_TIME_HIGH, 0x7700}},
	 PASSED(malformed)},
	{"compensator is zero", .patches = {{PROBE_FIX, 0}}, PASSED(malformed)},

	{"large probe", .payload = 1472, TAKEN(received)},
	{"payload one byte too short", .payload = 17, PASSED(malformed)},
	{"payload one byte too short, padded", .payload = 17, .length = 60, PASSED(malformed)},
	{"payload one byte more", .payload = 19, TAKEN(received)},
	{"no payload, padded", .patches = {{IP_LENGTH, 28}, {UDP_LENGTH, 8}}, PASSED(malformed)},
	{"frame padded behind the packet", .length = 64, TAKEN(received)},

	{"UDP length 0", .patches = {{UDP_LENGTH, 0}}, PASSED(passed)},
	{"UDP length 7", .patches = {{UDP_LENGTH, 7}}, PASSED(passed)},
	{"UDP length cuts the probe", .patches = {{UDP_LENGTH, 25}}, PASSED(malformed)},
	{"UDP length beyond the IPv4 payload", .patches = {{UDP_LENGTH, 27}}, PASSED(passed)},
	{"UDP length 65535", .patches = {{UDP_LENGTH, 65535}}, PASSED(passed)},
	{"UDP length below the IPv4 payload", .payload = 40, .patches = {{UDP_LENGTH, 26}},
	 TAKEN(received)},
	{"UDP checksum is not looked at", .patches = {{UDP_CHECK, 0xbeef}}, TAKEN(received)},

	{"total length beyond the frame", .patches = {{IP_LENGTH, 47}}, PASSED(passed)},
	{"total length 65535", .patches = {{IP_LENGTH, 65535}}, PASSED(passed)},
	{"total length 0", .patches = {{IP_LENGTH, 0}}, PASSED(passed)},
	{"total length below the header", .patches = {{IP_LENGTH, 19}}, PASSED(passed)},
	{"total length ends with the header", .patches = {{IP_LENGTH, 20}}, PASSED(passed)},
	{"total length cuts the UDP header", .patches = {{IP_LENGTH, 27}}, PASSED(passed)},
	{"IPv4 checksum is not looked at", .patches = {{IP_CHECK, 0xbeef}}, TAKEN(received)},

	{"one option word", .options = 1, TAKEN(received)},
	{"IHL 15", .options = 10, TAKEN(received)},
	{"IHL 15, UDP header cut", .options = 10, .length = 81, PASSED(passed)},
	{"IHL 15 of a packet without options", .patches = {{IP_VERSION, 0x4f00}}, PASSED(passed)},
	{"IHL 6 makes the ports others", .patches = {{IP_VERSION, 0x4600}}, PASSED(passed)},
	{"IHL 4", .patches = {{IP_VERSION, 0x4400}}, PASSED(passed)},
	{"IHL 0", .patches = {{IP_VERSION, 0x4000}}, PASSED(passed)},
	{"version 6 in an IPv4 frame", .patches = {{IP_VERSION, 0x6500}}, PASSED(passed)},
	{"version 0", .patches = {{IP_VERSION, 0x0500}}, PASSED(passed)},

	{"ARP", .patches = {{ETHER_TYPE, ETH_P_ARP}}, PASSED(passed)},
	{"IPv6", .patches = {{ETHER_TYPE, ETH_P_IPV6}}, PASSED(passed)},
	{"VLAN tag", .patches = {{ETHER_TYPE, ETH_P_8021Q}}, PASSED(passed)},
	{"service VLAN tag", .patches = {{ETHER_TYPE, ETH_P_8021AD}}, PASSED(passed)},
	{"802.3 length", .patches = {{ETHER_TYPE, 46}}, PASSED(passed)},
	{"EtherType with the bytes swapped", .patches = {{ETHER_TYPE, 0x0008}}, PASSED(passed)},
	{"TCP", .patches = {{IP_PROTOCOL, 0x4006}}, PASSED(passed)},
	{"ICMP", .patches = {{IP_PROTOCOL, 0x4001}}, PASSED(passed)},
	{"UDP-Lite", .patches = {{IP_PROTOCOL, 0x4088}}, PASSED(passed)},
	{"TTL 0", .patches = {{IP_PROTOCOL, 0x0011}}, TAKEN(received)},

	{"may not be fragmented", .patches = {{IP_FRAGMENT, 0x4000}}, TAKEN(received)},
	{"first fragment", .patches = {{IP_FRAGMENT, 0x2000}}, PASSED(passed)},
	{"middle fragment", .patches = {{IP_FRAGMENT, 0x2001}}, PASSED(passed)},
	{"last fragment", .patches = {{IP_FRAGMENT, 0x0001}}, PASSED(passed)},
	{"last fragment, offset in the high bits", .patches = {{IP_FRAGMENT, 0x1000}},
	 PASSED(passed)},
};

static uint64_t counter_sum(const struct sink_result *result)
{
	return result->received + result->duplicate + result->foreign + result->malformed +
	       result->passed;
}

/* Runs one packet from zeroed counters: the verdict, and that this counter alone grew. */
static void expect(struct sink_session *session, const struct packet *packet, const char *name,
		   uint32_t verdict, size_t counter)
{
	struct sink_result result;
	uint32_t got;

	sink_reset(session);
	got = kit_run(session, packet);
	sink_read(session, &result, NULL);
	if (got != verdict || counter_sum(&result) != 1 ||
	    *(const uint64_t *)((const char *)&result + counter) != 1)
		fail_msg("%s: verdict %u; received %" PRIu64 " foreign %" PRIu64
			 " malformed %" PRIu64 " passed %" PRIu64,
			 name, got, result.received, result.foreign, result.malformed,
			 result.passed);
	assert_int_equal(result.bytes, result.received * packet->length);
	assert_int_equal(result.queues[0], result.received);
	assert_int_equal(result.latency_ns.samples + result.negative, result.received);
}

static void build(const struct row *row, struct packet *packet)
{
	kit_packet(packet, row->options, row->payload ? row->payload : sizeof(struct wire_probe));
	for (size_t i = 0; i < 3 && row->patches[i].at; i++)
		kit_put16(packet, row->patches[i].at, row->patches[i].value);
	if (row->seal)
		kit_seal(packet);
	if (row->length)
		packet->length = row->length;
}

static void test_rows(void **state)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct packet packet;

		build(&rows[i], &packet);
		expect(*state, &packet, rows[i].name, rows[i].verdict, rows[i].counter);
	}
}

/* No payload of one repeated byte is a probe, zeros and ones included. */
static void test_constant_payload(void **state)
{
	for (int byte = 0; byte < 256; byte++) {
		struct packet packet;

		kit_packet(&packet, 0, sizeof(struct wire_probe));
		memset(kit_probe(&packet), byte, sizeof(struct wire_probe));
		expect(*state, &packet, "constant", XDP_PASS,
		       offsetof(struct sink_result, malformed));
	}
}

/* The sum of a probe is right however large its words are. */
static void test_every_fix(void **state)
{
	static const uint32_t words[] = {0, 1, 0xffff, 0x10000, 0x7fffffff, 0x80000000, UINT32_MAX};
	const size_t nr = sizeof(words) / sizeof(words[0]);

	for (size_t i = 0; i < nr * nr; i++) {
		struct packet packet;

		kit_packet(&packet, 0, sizeof(struct wire_probe));
		kit_probe(&packet)->flow = words[i / nr];
		kit_probe(&packet)->seq = words[i % nr];
		kit_seal(&packet);
		expect(*state, &packet, "sealed", XDP_DROP, offsetof(struct sink_result, received));
		kit_probe(&packet)->fix++;
		expect(*state, &packet, "one off", XDP_PASS,
		       offsetof(struct sink_result, malformed));
	}
}

/* A frame that ends early: the total length then says more than there is. */
static void test_cut(void **state)
{
	for (uint32_t options = 0; options <= 10; options += 5) {
		struct packet packet;

		kit_packet(&packet, options, sizeof(struct wire_probe));
		for (uint32_t whole = packet.length; packet.length > ETH_HLEN;) {
			packet.length--;
			assert_in_range(packet.length, ETH_HLEN, whole - 1);
			expect(*state, &packet, "cut", XDP_PASS,
			       offsetof(struct sink_result, passed));
		}
	}
}

/* A packet whose headers agree that it ends early. */
static void test_short(void **state)
{
	for (uint32_t length = KIT_UDP_OFFSET; length <= 60; length++) {
		size_t counter = offsetof(struct sink_result, passed);
		struct packet packet;

		kit_packet(&packet, 0, sizeof(struct wire_probe));
		kit_put16(&packet, IP_LENGTH, (uint16_t)(length - KIT_IP_OFFSET));
		kit_put16(&packet, UDP_LENGTH, (uint16_t)(length - KIT_UDP_OFFSET));
		packet.length = length;
		if (length >= KIT_PROBE_OFFSET)
			counter = offsetof(struct sink_result, malformed);
		if (length == 60)
			counter = offsetof(struct sink_result, received);
		expect(*state, &packet, "short", length == 60 ? XDP_DROP : XDP_PASS, counter);
	}
}

/* A header that claims to be shorter than IPv4's, with a probe right where it ends. */
static void test_short_header(void **state)
{
	for (uint32_t ihl = 3; ihl <= 5; ihl++) {
		uint32_t gone = (5 - ihl) * 4;
		struct packet packet;

		kit_packet(&packet, 0, sizeof(struct wire_probe));
		packet.length -= gone;
		packet.bytes[IP_VERSION] = (uint8_t)(0x40 + ihl);
		kit_put16(&packet, IP_LENGTH, (uint16_t)(packet.length - KIT_IP_OFFSET));
		memmove(packet.bytes + KIT_UDP_OFFSET - gone, packet.bytes + KIT_UDP_OFFSET,
			packet.length + gone - KIT_UDP_OFFSET);
		if (ihl < 5)
			expect(*state, &packet, "short header", XDP_PASS,
			       offsetof(struct sink_result, passed));
		else
			expect(*state, &packet, "whole header", XDP_DROP,
			       offsetof(struct sink_result, received));
	}
}

static uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* Whatever the frame, it is dropped or passed, untouched, and counted once. */
static void test_mutations(void **state)
{
	enum { RUNS = 200000 };
	struct sink_session *session = *state;
	struct sink_result result;
	uint64_t seed = 0x9e3779b97f4a7c15, dropped = 0;

	for (int i = 0; i < RUNS; i++) {
		struct packet packet;
		uint32_t changes, verdict;

		kit_packet(&packet, (uint32_t)(next_random(&seed) % 11), 18);
		kit_probe(&packet)->flow = (uint32_t)next_random(&seed) % (2 * KIT_FLOWS);
		kit_probe(&packet)->seq = (uint32_t)next_random(&seed);
		kit_seal(&packet);
		changes = (uint32_t)(next_random(&seed) % 4);
		while (changes--)
			packet.bytes[next_random(&seed) % packet.length] =
				(uint8_t)next_random(&seed);
		if (next_random(&seed) % 4 == 0)
			packet.length = ETH_HLEN + next_random(&seed) % (packet.length - 13);
		verdict = kit_run(session, &packet);
		assert_true(verdict == XDP_PASS || verdict == XDP_DROP);
		dropped += verdict == XDP_DROP;
	}
	sink_read(session, &result, NULL);
	assert_int_equal(counter_sum(&result), RUNS);
	assert_int_equal(result.received + result.duplicate + result.foreign, dropped);
	/* The mutations reach everything, or the loop proves little. */
	assert_true(result.received && result.duplicate + result.reordered && result.foreign &&
		    result.malformed && result.passed && result.unknown_flow);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_rows, kit_reset),
		cmocka_unit_test_setup(test_constant_payload, kit_reset),
		cmocka_unit_test_setup(test_every_fix, kit_reset),
		cmocka_unit_test_setup(test_cut, kit_reset),
		cmocka_unit_test_setup(test_short, kit_reset),
		cmocka_unit_test_setup(test_short_header, kit_reset),
		cmocka_unit_test_setup(test_mutations, kit_reset),
	};

	return kit_cannot() ?: cmocka_run_group_tests(tests, kit_load, kit_free);
}
