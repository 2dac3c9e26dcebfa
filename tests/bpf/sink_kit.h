/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets for sink_xdp and a way to run it on them without an interface. */
#ifndef PORTGAUGE_TESTS_SINK_KIT_H
#define PORTGAUGE_TESTS_SINK_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <cmocka.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <stdio.h>
#include <string.h>

#include "bpf/wire.h"
#include "lib/clock.h"
#include "sink/session.h"

enum {
	KIT_NODE_PORT = 30401,
	KIT_SERVICES = 4,
	KIT_BACKEND_PORT = 8080,
	KIT_COOKIE = 0x1234,
	KIT_FLOWS = 16,
	KIT_IP_OFFSET = 14,
	KIT_UDP_OFFSET = 34,
	KIT_PROBE_OFFSET = 42,
	KIT_MAX_BYTES = 1600,
};

struct packet {
	uint8_t bytes[KIT_MAX_BYTES];
	uint32_t length;
	uint32_t options; /* IPv4 option words: what follows is 4 bytes further each */
};

static inline void kit_put16(struct packet *packet, uint32_t at, uint16_t value)
{
	packet->bytes[at] = (uint8_t)(value >> 8);
	packet->bytes[at + 1] = (uint8_t)value;
}

static inline struct wire_probe *kit_probe(struct packet *packet)
{
	return (void *)(packet->bytes + KIT_PROBE_OFFSET + packet->options * 4);
}

/* Makes the probe's words add up again. */
static inline void kit_seal(struct packet *packet)
{
	struct wire_probe *probe = kit_probe(packet);

	probe->fix = 0;
	probe->fix = wire_fold(WIRE_SUM + (uint16_t)~wire_sum(probe));
}

static inline void kit_set_time(struct packet *packet, uint64_t time_ns)
{
	struct wire_probe *probe = kit_probe(packet);

	for (int i = 0; i < 3; i++)
		probe->time[i] = (uint16_t)(time_ns >> (16 * i));
	kit_seal(packet);
}

/* A probe of this run to the first NodePort: flow 0, seq 0, sent now. */
static inline void kit_packet(struct packet *packet, uint32_t options, uint32_t payload)
{
	uint32_t udp = KIT_UDP_OFFSET + options * 4;

	memset(packet, 0, sizeof(*packet));
	packet->options = options;
	packet->length = udp + 8 + payload;
	memset(packet->bytes, 0x02, 2 * ETH_ALEN);
	kit_put16(packet, 12, ETH_P_IP);
	packet->bytes[KIT_IP_OFFSET] = (uint8_t)(0x45 + options);
	kit_put16(packet, KIT_IP_OFFSET + 2, (uint16_t)(packet->length - KIT_IP_OFFSET));
	packet->bytes[KIT_IP_OFFSET + 8] = 64;
	packet->bytes[KIT_IP_OFFSET + 9] = IPPROTO_UDP;
	memset(packet->bytes + KIT_IP_OFFSET + 20, 0x01, options * 4);
	kit_put16(packet, udp, 40000);
	kit_put16(packet, udp + 2, KIT_NODE_PORT);
	kit_put16(packet, udp + 4, (uint16_t)(8 + payload));
	kit_probe(packet)->cookie = KIT_COOKIE;
	kit_set_time(packet, clock_now_ns());
}

/* Runs the program once; the frame must come out as it went in. */
static inline uint32_t kit_run(struct sink_session *session, const struct packet *packet)
{
	uint8_t out[KIT_MAX_BYTES];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet->bytes,
		    .data_size_in = packet->length, .data_out = out, .data_size_out = sizeof(out),
		    .repeat = 1);

	assert_int_equal(bpf_prog_test_run_opts(session_prog_fd(session), &opts), 0);
	assert_int_equal(opts.data_size_out, packet->length);
	assert_memory_equal(out, packet->bytes, packet->length);
	return opts.retval;
}

/* For cmocka's group set-up: loads the program. */
static inline int kit_load(void **state)
{
	struct sink_job job = {
		.path.cookie = KIT_COOKIE,
		.service = {.node_port = KIT_NODE_PORT,
			    .services = KIT_SERVICES,
			    .backend_port = KIT_BACKEND_PORT},
		.flows = KIT_FLOWS,
	};
	struct fault fault = {0};

	if (session_load(&job, (struct sink_session **)state, &fault)) {
		fprintf(stderr, "%s\n", fault.text);
		return -1;
	}
	return 0;
}

static inline int kit_free(void **state)
{
	session_free(*state);
	return 0;
}

static inline int kit_reset(void **state)
{
	sink_reset(*state);
	return 0;
}

/* 77 with a line of reason where BPF is not permitted; else 0. */
static inline int kit_cannot(void)
{
	struct sink_job job = {
		.path.cookie = 1,
		.service = {.node_port = 1, .services = 1},
		.flows = 1,
	};
	struct sink_session *session;
	struct fault fault = {0};

	if (!session_load(&job, &session, &fault)) {
		session_free(session);
		return 0;
	}
	printf("%s\n", fault.text);
	return fault.code == EXIT_CANNOT ? EXIT_CANNOT : EXIT_OK;
}

#endif
