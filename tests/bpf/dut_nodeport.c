// SPDX-License-Identifier: BSD-2-Clause
/* The reference forwarder: what a packet to nodeIP:nodePort becomes, and what is left alone. */
#include "tests/bpf/dut_kit.h"

#include <pthread.h>
#include <stdatomic.h>

#include "dut/nodeport.h"
#include "lib/cpu.h"
#include "nodeport.skel.h"

enum { SERVICES = 3 };

static int load_with(struct nodeport *nodeport, uint32_t backends, uint32_t flows)
{
	struct plane_job job = {
		.path = {.node = htonl(NODE), .backends = htonl(BACKEND)},
		.service = {.node_port = NODE_PORT,
			    .services = SERVICES,
			    .backends = backends,
			    .backend_port = BACKEND_PORT},
		.flows = flows,
	};
	struct nodeport_macs macs = {0};
	struct fault fault = {0};
	int err;

	memcpy(macs.own, node_mac, ETH_ALEN);
	for (uint32_t i = 0; i < backends; i++) {
		memcpy(macs.backends[i], hop_mac, ETH_ALEN);
		macs.backends[i][5] = (uint8_t)(i + 1);
	}
	err = nodeport_open(&job, &macs, nodeport, &fault);
	if (err)
		print_error("%s\n", fault.text);
	return err;
}

static int load(void **state)
{
	static struct nodeport nodeport;

	*state = &nodeport;
	return load_with(&nodeport, 2, 1024);
}

static int unload(void **state)
{
	nodeport_close(*state);
	return 0;
}

static void client(struct kit_packet *packet, uint32_t address, uint16_t port)
{
	packet->ip.saddr = htonl(address);
	packet->udp.source = htons(port);
	kit_seal(packet);
}

/* What went in with what came out; the port and the backend are the program's choice. */
static void assert_translated(const struct kit_packet *sent, const struct kit_packet *got)
{
	uint32_t backend = ntohl(got->ip.daddr) - BACKEND;
	struct kit_packet expected = *sent;

	assert_in_range(backend, 0, 1);
	assert_in_range(ntohs(got->udp.source), 32768, 65535);
	memcpy(expected.eth.h_source, node_mac, ETH_ALEN);
	memcpy(expected.eth.h_dest, hop_mac, ETH_ALEN);
	expected.eth.h_dest[5] = (uint8_t)(backend + 1);
	expected.ip.saddr = htonl(NODE);
	expected.ip.daddr = got->ip.daddr;
	expected.ip.ttl--;
	expected.udp.source = got->udp.source;
	expected.udp.dest = htons(BACKEND_PORT);
	kit_seal(&expected);
	if (!sent->udp.check)
		expected.udp.check = 0;
	assert_int_equal(got->length, sent->length);
	assert_memory_equal(got->bytes, expected.bytes, got->length);
}

static void forward(const struct nodeport *nodeport, const struct kit_packet *sent,
		    struct kit_packet *ret_got)
{
	*ret_got = *sent;
	assert_int_equal(kit_run(nodeport_fd(nodeport), ret_got), XDP_TX);
	assert_translated(sent, ret_got);
}

static void test_translation(void **state)
{
	static const uint32_t lengths[] = {60, 61, 62, 63, 64, 590, 1513, 1514};
	struct kit_packet sent, got;

	for (uint32_t i = 0; i < 300; i++) {
		kit_udp(&sent, lengths[i % 8]);
		client(&sent, CLIENT + i, (uint16_t)(CLIENT_PORT + i * 7));
		sent.udp.dest = htons((uint16_t)(NODE_PORT + i % SERVICES));
		sent.ip.tos = (uint8_t)i;
		sent.ip.ttl = (uint8_t)(2 + i % 254);
		sent.ip.id = htons((uint16_t)(i * 257));
		kit_seal(&sent);
		forward(*state, &sent, &got);
		assert_int_equal(kit_ip_sum(&got), 0xffff);
		assert_int_equal(kit_udp_sum(&got), 0xffff);
	}
}

static void test_no_checksum_stays_none(void **state)
{
	struct kit_packet sent, got;

	kit_udp(&sent, 60);
	sent.udp.check = 0;
	forward(*state, &sent, &got);
	assert_int_equal(got.udp.check, 0);
}

/* Payloads for every sum: one of them makes the translated checksum come out as zero. */
static void test_checksum_of_zero(void **state)
{
	struct kit_packet sent, got;
	int nr_zero = 0;

	for (uint32_t value = 0; value < 65536; value++) {
		kit_udp(&sent, 60);
		sent.bytes[50] = (uint8_t)(value >> 8);
		sent.bytes[51] = (uint8_t)value;
		kit_seal(&sent);
		got = sent;
		assert_int_equal(kit_run(nodeport_fd(*state), &got), XDP_TX);
		assert_int_not_equal(got.udp.check, 0);
		assert_int_equal(kit_udp_sum(&got), 0xffff);
		nr_zero += got.udp.check == 0xffff;
	}
	assert_true(nr_zero > 0);
}

static void test_same_flow_same_port(void **state)
{
	struct nodeport_counters before, after;
	struct kit_packet sent, first, next;

	kit_udp(&sent, 60);
	client(&sent, CLIENT, 7001);
	nodeport_read(*state, &before);
	forward(*state, &sent, &first);
	for (int i = 0; i < 10; i++) {
		forward(*state, &sent, &next);
		assert_memory_equal(next.bytes, first.bytes, next.length);
	}
	nodeport_read(*state, &after);
	assert_int_equal(after.new_flows - before.new_flows, 1);
	assert_int_equal(after.forwarded - before.forwarded, 11);
}

/* Same client, another service: another connection, whatever backend it falls on. */
static void test_services_are_apart(void **state)
{
	struct nodeport_counters before, after;
	struct kit_packet sent, got;

	nodeport_read(*state, &before);
	for (uint16_t i = 0; i < SERVICES; i++) {
		kit_udp(&sent, 60);
		sent.udp.dest = htons((uint16_t)(NODE_PORT + i));
		client(&sent, CLIENT, 7002);
		forward(*state, &sent, &got);
	}
	nodeport_read(*state, &after);
	assert_int_equal(after.new_flows - before.new_flows, SERVICES);
}

static void make_arp(struct kit_packet *packet)
{
	packet->eth.h_proto = htons(ETH_P_ARP);
}

static void make_tcp(struct kit_packet *packet)
{
	packet->ip.protocol = IPPROTO_TCP;
}

static void make_other_port(struct kit_packet *packet)
{
	packet->udp.dest = htons(NODE_PORT + SERVICES);
}

static void make_other_address(struct kit_packet *packet)
{
	packet->ip.daddr = htonl(NODE + 1);
}

static void make_fragment(struct kit_packet *packet)
{
	packet->ip.frag_off = htons(0x2000);
}

static void make_later_fragment(struct kit_packet *packet)
{
	packet->ip.frag_off = htons(3);
}

/* The options take the place of the UDP header, which moves behind them. */
static void make_options(struct kit_packet *packet)
{
	memmove(packet->bytes + 38, packet->bytes + 34, packet->length - 38);
	memset(packet->bytes + 34, 1, 4);
	packet->ip.ihl = 6;
}

static void make_last_hop(struct kit_packet *packet)
{
	packet->ip.ttl = 1;
}

static void make_expired(struct kit_packet *packet)
{
	packet->ip.ttl = 0;
}

static void make_no_ip(struct kit_packet *packet)
{
	packet->length = ETH_HLEN + 19;
}

static void make_no_udp(struct kit_packet *packet)
{
	packet->length = ETH_HLEN + 20 + 7;
	packet->ip.tot_len = htons(27);
}

static void make_short_header(struct kit_packet *packet)
{
	packet->ip.ihl = 4;
}

static void make_long_udp(struct kit_packet *packet)
{
	packet->udp.len = htons(1000);
}

#define COUNTER(member_) offsetof(struct nodeport_counters, member_)

static void test_passed_untouched(void **state)
{
	static const struct {
		const char *name;
		void (*change)(struct kit_packet *packet);
		size_t counter;
	} rows[] = {
		{"ARP", make_arp, COUNTER(not_service)},
		{"TCP", make_tcp, COUNTER(not_service)},
		{"another port", make_other_port, COUNTER(not_service)},
		{"another address", make_other_address, COUNTER(not_service)},
		{"first fragment", make_fragment, COUNTER(fragment)},
		{"later fragment", make_later_fragment, COUNTER(fragment)},
		{"IP options", make_options, COUNTER(options)},
		{"TTL 1", make_last_hop, COUNTER(ttl)},
		{"TTL 0", make_expired, COUNTER(ttl)},
		{"no IP header", make_no_ip, COUNTER(malformed)},
		{"no UDP header", make_no_udp, COUNTER(malformed)},
		{"IHL 4", make_short_header, COUNTER(malformed)},
		{"UDP beyond IP", make_long_udp, COUNTER(malformed)},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct nodeport_counters before, after;
		struct kit_packet sent, got;

		kit_udp(&sent, 60);
		client(&sent, CLIENT, 7003);
		rows[i].change(&sent);
		got = sent;
		nodeport_read(*state, &before);
		if (kit_run(nodeport_fd(*state), &got) != XDP_PASS || got.length != sent.length ||
		    memcmp(got.bytes, sent.bytes, sent.length))
			fail_msg("%s: not passed untouched", rows[i].name);
		*(uint64_t *)((uint8_t *)&before + rows[i].counter) += 1;
		nodeport_read(*state, &after);
		if (memcmp(&before, &after, sizeof(after)))
			fail_msg("%s: not counted, or counted elsewhere", rows[i].name);
	}
}

static void move_to(const cpu_set_t *allowed, int n)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET((size_t)cpu_nth(allowed, n), &one);
	assert_int_equal(cpu_pin(0, &one), 0);
}

/* Every port of a backend is used once, none twice, and the next flow is refused; those that are
 * there go on. The CPU changes all the while: each keeps free map elements of its own. */
static void test_all_ports_of_a_backend(void **state)
{
	static uint8_t taken[65536];
	struct nodeport_counters counters;
	struct kit_packet sent, got;
	struct nodeport nodeport;
	cpu_set_t allowed;

	sched_getaffinity(0, sizeof(allowed), &allowed);
	assert_int_equal(load_with(&nodeport, 1, NODEPORT_PORTS), 0);
	memset(taken, 0, sizeof(taken));
	for (uint32_t i = 0; i < NODEPORT_PORTS; i++) {
		if (i % 50 == 0)
			move_to(&allowed, (int)i / 50);
		kit_udp(&sent, 60);
		client(&sent, CLIENT + i / 1000, (uint16_t)(1024 + i % 1000));
		forward(&nodeport, &sent, &got);
		assert_int_equal(taken[ntohs(got.udp.source)]++, 0);
	}
	kit_udp(&sent, 60);
	client(&sent, CLIENT + 1000, 1024);
	got = sent;
	assert_int_equal(kit_run(nodeport_fd(&nodeport), &got), XDP_DROP);
	nodeport_read(&nodeport, &counters);
	assert_int_equal(counters.new_flows, NODEPORT_PORTS);
	assert_int_equal(counters.no_port, 1);
	assert_int_equal(counters.dropped, 1);
	/* Nothing was evicted: all flows are known, so no port changes hands. */
	for (uint32_t i = 0; i < NODEPORT_PORTS; i++) {
		kit_udp(&sent, 60);
		client(&sent, CLIENT + i / 1000, (uint16_t)(1024 + i % 1000));
		forward(&nodeport, &sent, &got);
	}
	nodeport_read(&nodeport, &counters);
	assert_int_equal(counters.new_flows, NODEPORT_PORTS);
	assert_int_equal(counters.forwarded, 2 * NODEPORT_PORTS);
	nodeport_close(&nodeport);
	cpu_pin(0, &allowed);
}

/* Each backend gets its share within five standard deviations. */
static void test_balance(void **state)
{
	enum { BACKENDS = 8, FLOWS = 16000, SHARE = FLOWS / BACKENDS, MARGIN = 5 * 42 };
	uint32_t share[BACKENDS] = {0};
	struct kit_packet packet;
	struct nodeport nodeport;

	assert_int_equal(load_with(&nodeport, BACKENDS, FLOWS), 0);
	for (uint32_t i = 0; i < FLOWS; i++) {
		kit_udp(&packet, 60);
		client(&packet, CLIENT + i % 50, (uint16_t)(1024 + i / 50));
		assert_int_equal(kit_run(nodeport_fd(&nodeport), &packet), XDP_TX);
		assert_in_range(ntohl(packet.ip.daddr), BACKEND, BACKEND + BACKENDS - 1);
		share[ntohl(packet.ip.daddr) - BACKEND]++;
	}
	for (int i = 0; i < BACKENDS; i++)
		assert_in_range(share[i], SHARE - MARGIN, SHARE + MARGIN);
	nodeport_close(&nodeport);
}

/* Two CPUs send the first packets of the same flows at the same time. */
enum { RACERS = 2, RACES = 4000 };

struct racer {
	pthread_t thread;
	cpu_set_t allowed;
	int number;
	const struct nodeport *nodeport;
	atomic_uint *started;
	uint16_t ports[RACES];
	uint32_t verdicts[RACES];
};

static void *race(void *arg)
{
	struct racer *racer = arg;
	struct kit_packet packet;

	move_to(&racer->allowed, racer->number);
	for (uint32_t i = 0; i < RACES; i++) {
		kit_udp(&packet, 60);
		client(&packet, CLIENT, (uint16_t)(1024 + i));
		atomic_fetch_add(racer->started, 1);
		while (atomic_load(racer->started) < RACERS * (i + 1))
			;
		racer->verdicts[i] = kit_run(nodeport_fd(racer->nodeport), &packet);
		racer->ports[i] = packet.udp.source;
	}
	return NULL;
}

/* Every taken port leads back to a client, and no port to nobody. */
static uint32_t count_reverse(const struct nodeport *nodeport)
{
	int fd = bpf_map__fd(nodeport->bpf->maps.nodeport_reverse);
	struct nodeport_reverse_key key, *before = NULL;
	struct nodeport_tuple tuple;
	uint32_t nr = 0;

	for (; !bpf_map_get_next_key(fd, before, &key); before = &key, nr++) {
		assert_int_equal(bpf_map_lookup_elem(fd, &key, &tuple), 0);
		assert_int_equal(ntohl(key.backend), BACKEND);
		assert_int_equal(ntohs(key.backend_port), BACKEND_PORT);
		assert_int_equal(ntohl(tuple.source), CLIENT);
		assert_int_equal(ntohl(tuple.dest), NODE);
	}
	return nr;
}

static void test_race_for_a_flow(void **state)
{
	static struct racer racers[RACERS];
	struct nodeport_counters counters;
	struct nodeport nodeport;
	atomic_uint started = 0;

	if (cpu_count() < RACERS)
		skip();
	assert_int_equal(load_with(&nodeport, 1, RACES), 0);
	for (int i = 0; i < RACERS; i++) {
		racers[i] = (struct racer){.number = i, .nodeport = &nodeport, .started = &started};
		sched_getaffinity(0, sizeof(racers[i].allowed), &racers[i].allowed);
		assert_int_equal(pthread_create(&racers[i].thread, NULL, race, &racers[i]), 0);
	}
	for (int i = 0; i < RACERS; i++)
		pthread_join(racers[i].thread, NULL);
	for (uint32_t i = 0; i < RACES; i++) {
		assert_int_equal(racers[0].verdicts[i], XDP_TX);
		assert_int_equal(racers[1].verdicts[i], XDP_TX);
		assert_int_equal(racers[0].ports[i], racers[1].ports[i]);
	}
	nodeport_read(&nodeport, &counters);
	assert_int_equal(counters.new_flows, RACES);
	assert_int_equal(counters.forwarded, RACERS * RACES);
	assert_int_equal(count_reverse(&nodeport), RACES);
	nodeport_close(&nodeport);
}

int main(void)
{

	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_translation),
		cmocka_unit_test(test_no_checksum_stays_none),
		cmocka_unit_test(test_checksum_of_zero),
		cmocka_unit_test(test_same_flow_same_port),
		cmocka_unit_test(test_services_are_apart),
		cmocka_unit_test(test_passed_untouched),
		cmocka_unit_test(test_all_ports_of_a_backend),
		cmocka_unit_test(test_balance),
		cmocka_unit_test(test_race_for_a_flow),
	};

	return kit_cannot() ?: cmocka_run_group_tests(tests, load, unload);
}
