/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What sink_xdp counts: the rows of its two maps, which user space reads and zeroes by mmap. */
#ifndef PORTGAUGE_BPF_SINK_H
#define PORTGAUGE_BPF_SINK_H

#include <linux/types.h>

#include "bpf/bucket.h"

#define SINK_QUEUES      64
#define SINK_WINDOW      64
#define SINK_CACHE_BYTES 64

/*
 * One row a CPU, written by that CPU only: XDP runs with bottom halves disabled, so nothing
 * interrupts it that would write the same row. The words mean what those of struct sink_result
 * mean (lib/model.h). Every packet grows exactly one of the first five.
 */
struct sink_cpu {
	__u64 received;
	__u64 duplicate;
	__u64 foreign;
	__u64 malformed;
	__u64 passed;
	__u64 reordered;           /* of the received */
	__u64 too_late;            /* of the reordered */
	__u64 unknown_flow;        /* of the received */
	__u64 bytes;               /* of the received */
	__u64 negative;            /* of the received: no latency */
	__u64 overflow;            /* of the received: latency beyond the buckets */
	__u64 min_ns, max_ns;      /* min_ns starts as all ones */
	__u64 first_ns, last_ns;   /* arrivals, CLOCK_MONOTONIC; 0: none */
	__u64 queues[SINK_QUEUES]; /* received, by RX queue; none above the last is counted */
	__u64 buckets[BUCKET_COUNT];
} __attribute__((aligned(SINK_CACHE_BYTES)));

/*
 * One row a flow. RSS keeps a flow on one RX queue and so on one CPU, which makes its row
 * single-writer without an atomic. On veth the queue of what XDP_TX sends back is that of the CPU
 * it ran on: should an unpinned NAPI thread move in the middle of a trial, two CPUs may meet in a
 * row for a moment and miscount a probe as reordered or duplicate.
 */
struct sink_flow {
	__u32 highest; /* sequence number, RFC 1982 */
	__u32 seen;    /* 0 until the flow's first probe */
	__u64 window;  /* bit i: highest - i has arrived */
};

_Static_assert(sizeof(struct sink_flow) == 16, "four rows a cache line");
_Static_assert(sizeof(struct sink_cpu) % SINK_CACHE_BYTES == 0, "no line is shared by two CPUs");

#endif
