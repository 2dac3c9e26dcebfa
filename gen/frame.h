/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames: Ethernet, IPv4 without options, UDP, probe header, zero padding. */
#ifndef PORTGAUGE_FRAME_H
#define PORTGAUGE_FRAME_H

#include <stdint.h>

#include "bpf/wire.h"
#include "gen/flow.h"

enum {
	FRAME_IP_OFFSET = 14,
	FRAME_UDP_OFFSET = 34,
	FRAME_PROBE_OFFSET = 42,
};

/* Bytes of a frame in memory: without FCS. */
static inline uint32_t frame_length(const struct load *load)
{
	return load->frame_bytes - WIRE_FCS_BYTES;
}

/* Writes what all frames of a job have in common; everything a flow changes is zero. */
void frame_template(const struct gen_job *job, const uint8_t source_mac[6],
		    const uint8_t dest_mac[6], uint8_t *frame);

/* Stamps one probe into a frame made by frame_template: the plain version of what blast does,
 * for tests and the proof of a data plane. Advances the flow's seq. */
void frame_stamp(uint8_t *frame, struct flow *flow, uint32_t number, uint16_t cookie,
		 uint64_t time_ns);

/* One's-complement checks of a received or sent frame; true if both hold. */
bool frame_checks_hold(const uint8_t *frame, uint32_t length);

#endif
