/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The probe header: what every frame of a run carries right after its UDP header. */
#ifndef PORTGAUGE_WIRE_H
#define PORTGAUGE_WIRE_H

#include <linux/types.h>

/*
 * The nine 16-bit words of the header, taken as little-endian, add up to this in one's-complement
 * arithmetic: `fix` is chosen so. The UDP checksum of a flow is therefore the same for every
 * seq and time, and a sink knows a probe from other traffic on its port. Neither all-zero nor
 * all-one payload adds up to it.
 */
#define WIRE_SUM 0x5047

#define WIRE_TIME_BITS 48
#define WIRE_TIME_MASK ((1ULL << WIRE_TIME_BITS) - 1)

struct wire_probe {
	__u16 cookie;  /* random per run, never 0 */
	__u16 fix;     /* makes the words add up to WIRE_SUM */
	__u32 flow;    /* survives DNAT and SNAT, where the 5-tuple does not */
	__u32 seq;     /* per flow, from 0, compared with serial-number arithmetic (RFC 1982) */
	__u16 time[3]; /* scheduled departure, CLOCK_MONOTONIC ns modulo 2^48, low word first */
} __attribute__((packed));

_Static_assert(sizeof(struct wire_probe) == 18, "fits RFC 2544's 64-byte frame over IPv4/UDP");
_Static_assert(__builtin_offsetof(struct wire_probe, fix) == 2, "wire format");
_Static_assert(__builtin_offsetof(struct wire_probe, flow) == 4, "wire format");
_Static_assert(__builtin_offsetof(struct wire_probe, seq) == 8, "wire format");
_Static_assert(__builtin_offsetof(struct wire_probe, time) == 12, "wire format");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the header is little-endian");

/* Frame sizes are RFC 2544's, with FCS; in memory a frame is 4 bytes shorter. */
#define WIRE_FCS_BYTES       4
#define WIRE_MIN_FRAME_BYTES 64

/* One's-complement sum of up to 2^16 words, folded to 16 bits. */
static inline __u16 wire_fold(__u32 sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	return (__u16)((sum & 0xffff) + (sum >> 16));
}

/* The one's-complement sum of a word's two halves, not folded. */
static inline __u32 wire_halves(__u32 word)
{
	return (word & 0xffff) + (word >> 16);
}

/* Folded sum of the header's nine words; of a probe it is WIRE_SUM. */
static inline __u16 wire_sum(const struct wire_probe *probe)
{
	__u32 sum = probe->cookie + probe->fix + wire_halves(probe->flow) +
		    wire_halves(probe->seq) + probe->time[0] + probe->time[1] + probe->time[2];

	return wire_fold(sum);
}

static inline __u64 wire_time(const struct wire_probe *probe)
{
	return probe->time[0] | (__u64)probe->time[1] << 16 | (__u64)probe->time[2] << 32;
}

/* Signed nanoseconds from the departure `sent` (48 bits) to `now_ns`; right for +-39 hours. */
static inline __s64 wire_elapsed_ns(__u64 now_ns, __u64 sent)
{
	return (__s64)((now_ns - sent) << (64 - WIRE_TIME_BITS)) >> (64 - WIRE_TIME_BITS);
}

#endif
