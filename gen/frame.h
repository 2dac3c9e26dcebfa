/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames: Ethernet, IPv4 without options, UDP, probe header, zero padding. */
#ifndef PORTGAUGE_FRAME_H
#define PORTGAUGE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/wire.h"
#include "gen/flow.h"

enum {
	FRAME_IP_OFFSET = 14,
	FRAME_UDP_OFFSET = 34,
	FRAME_PROBE_OFFSET = 42,
};

/* The first 60 bytes of every frame; the rest is zero. Multi-byte members in network byte order,
 * but for the probe, which is little-endian. */
struct frame {
	uint8_t dest_mac[6], source_mac[6];
	uint16_t ethertype;
	uint8_t version, tos; /* version and header length */
	uint16_t ip_length;
	uint16_t id, fragment;
	uint8_t ttl, protocol;
	uint16_t ip_check;
	uint32_t source, dest;
	uint16_t source_port, dest_port;
	uint16_t udp_length, udp_check;
	struct wire_probe probe;
} __attribute__((packed));

_Static_assert(offsetof(struct frame, version) == FRAME_IP_OFFSET, "frame layout");
_Static_assert(offsetof(struct frame, source_port) == FRAME_UDP_OFFSET, "frame layout");
_Static_assert(offsetof(struct frame, probe) == FRAME_PROBE_OFFSET, "frame layout");
_Static_assert(sizeof(struct frame) == WIRE_MIN_FRAME_BYTES - WIRE_FCS_BYTES, "smallest frame");

/* Bytes of a frame in memory: without FCS. */
static inline uint32_t frame_length(const struct load *load)
{
	return load->frame_bytes - WIRE_FCS_BYTES;
}

/* Writes what all frames of a job have in common; everything a flow changes is zero. `frame` has
 * room for frame_length bytes. */
void frame_template(const struct gen_job *job, const uint8_t source_mac[6],
		    const uint8_t dest_mac[6], uint8_t *frame);

/* Stamps one probe into a frame made by frame_template: the plain version of what blast does,
 * for tests and the proof of a data plane. Advances the flow's seq. */
void frame_stamp(uint8_t *frame, struct flow *flow, uint32_t number, uint16_t cookie,
		 uint64_t time_ns);

/* Makes a received probe the answer to it: MACs, addresses and ports change places, the payload goes
 * back. Both checks, being sums, hold as before. */
void frame_answer(uint8_t *frame);

/* Unfolded one's-complement sum of the IP header of a template: without check and source. */
uint32_t frame_ip_base(const uint8_t *frame);

/* One's-complement checks of a received or sent frame; true if both hold. */
bool frame_checks_hold(const uint8_t *frame, uint32_t length);

#endif
