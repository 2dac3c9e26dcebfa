/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets for the DUT's programs, by role: a client sends to the node, a backend is behind it.
 * Checksums are computed here from scratch, so that they judge those of the programs.
 */
#ifndef PORTGAUGE_TESTS_DUT_KIT_H
#define PORTGAUGE_TESTS_DUT_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <string.h>
#include <unistd.h>

#define CLIENT  0xc6130005u /* 198.19.0.5 */
#define NODE    0xc6120002u /* 198.18.0.2 */
#define BACKEND 0xc6120101u /* 198.18.1.1 */

enum { CLIENT_PORT = 5555, NODE_PORT = 30401, BACKEND_PORT = 8080, KIT_FRAME = 2048 };

static const uint8_t node_mac[6] = {2, 0, 0, 0, 0, 2}, client_mac[6] = {2, 0, 0, 0, 0, 1},
		     hop_mac[6] = {2, 0, 0, 0, 1, 1};

struct kit_packet {
	uint32_t length;
	union {
		uint8_t bytes[KIT_FRAME];
		struct {
			struct ethhdr eth;
			struct iphdr ip;
			struct udphdr udp;
		} __attribute__((packed));
	};
};

static inline uint16_t kit_sum(const uint8_t *data, uint32_t length, uint32_t sum)
{
	for (uint32_t i = 0; i < length; i++)
		sum += i % 2 ? data[i] : (uint32_t)data[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

/* Of a valid packet: 0xffff. */
static inline uint16_t kit_ip_sum(const struct kit_packet *packet)
{
	return kit_sum((const uint8_t *)&packet->ip, packet->ip.ihl * 4u, 0);
}

static inline uint16_t kit_udp_sum(const struct kit_packet *packet)
{
	const uint8_t *udp = (const uint8_t *)&packet->ip + packet->ip.ihl * 4u;
	uint32_t length = ntohs(packet->ip.tot_len) - packet->ip.ihl * 4u;
	uint32_t sum = kit_sum((const uint8_t *)&packet->ip.saddr, 8, IPPROTO_UDP + length);

	return kit_sum(udp, length, sum);
}

static inline void kit_seal_ip(struct kit_packet *packet)
{
	packet->ip.check = 0;
	packet->ip.check = htons((uint16_t)~kit_ip_sum(packet));
}

static inline void kit_seal(struct kit_packet *packet)
{
	kit_seal_ip(packet);
	packet->udp.check = 0;
	packet->udp.check = htons((uint16_t)~kit_udp_sum(packet));
	if (!packet->udp.check)
		packet->udp.check = 0xffff;
}

/* A client's UDP packet to the first NodePort; `length` in memory, 60 to 1514. */
static inline void kit_udp(struct kit_packet *packet, uint32_t length)
{
	memset(packet, 0, sizeof(*packet));
	packet->length = length;
	memcpy(packet->eth.h_dest, node_mac, ETH_ALEN);
	memcpy(packet->eth.h_source, client_mac, ETH_ALEN);
	packet->eth.h_proto = htons(ETH_P_IP);
	packet->ip.version = 4;
	packet->ip.ihl = 5;
	packet->ip.tot_len = htons((uint16_t)(length - ETH_HLEN));
	packet->ip.frag_off = htons(0x4000);
	packet->ip.ttl = 64;
	packet->ip.protocol = IPPROTO_UDP;
	packet->ip.saddr = htonl(CLIENT);
	packet->ip.daddr = htonl(NODE);
	packet->udp.source = htons(CLIENT_PORT);
	packet->udp.dest = htons(NODE_PORT);
	packet->udp.len = htons((uint16_t)(length - ETH_HLEN - sizeof(struct iphdr)));
	for (uint32_t i = ETH_HLEN + sizeof(struct iphdr) + sizeof(struct udphdr); i < length; i++)
		packet->bytes[i] = (uint8_t)(i * 37 + 11);
	kit_seal(packet);
}

/* The verdict; the packet becomes what came out. */
static inline uint32_t kit_run(int prog_fd, struct kit_packet *packet)
{
	uint8_t out[KIT_FRAME];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet->bytes,
		    .data_size_in = packet->length, .data_out = out, .data_size_out = sizeof(out),
		    .repeat = 1);
	int err = bpf_prog_test_run_opts(prog_fd, &opts);

	assert_int_equal(err, 0);
	memcpy(packet->bytes, out, opts.data_size_out);
	packet->length = opts.data_size_out;
	return opts.retval;
}

/* 0, or 77 and why. */
static inline int kit_cannot(void)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts);
	const struct bpf_insn pass[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = XDP_PASS},
		{.code = BPF_JMP | BPF_EXIT},
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_XDP, "kit", "GPL", pass, 2, &opts);

	if (fd < 0) {
		printf("1..0 # SKIP cannot load BPF programs here: %s\n", strerror(-fd));
		return 77;
	}
	close(fd);
	return 0;
}

#endif
