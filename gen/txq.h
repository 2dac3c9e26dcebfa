/* SPDX-License-Identifier: BSD-2-Clause */
/* One TX queue: its rings, frames, flows, schedule and counters. One thread owns it. */
#ifndef PORTGAUGE_TXQ_H
#define PORTGAUGE_TXQ_H

#include "gen/frame.h"
#include "gen/pace.h"
#include "gen/ring.h"

enum {
	TXQ_RING_SIZE = 2048,
	/* The TX ring full and the kernel holding as many again: as much as it can complete. */
	TXQ_FRAMES = 2 * TXQ_RING_SIZE,
	TXQ_CHUNK_BYTES = 2048,
	TXQ_LARGE_CHUNK_BYTES = 4096, /* AF_XDP has no chunk larger than a page */
};

/* Written by the owner alone with relaxed stores, read by anyone with relaxed loads. */
struct txq_counters {
	uint64_t put;       /* descriptors submitted to the TX ring */
	uint64_t consumed;  /* of them, taken by the kernel */
	uint64_t completed; /* of them, finished: the frame came back */
	uint64_t ring_full; /* batches that were due and found no room for all of it */
} __attribute__((aligned(64)));

/*
 * The words of the template that a stamp writes over, zero where the flow's members go. Bytes 24 to
 * 55 of the frame, which are aligned: frames begin at a cache line.
 */
enum { TXQ_WORDS_OFFSET = 24 };
struct txq_words {
	uint64_t check_source_dest; /* IP check, source, first half of dest */
	uint64_t dest_ports_length; /* second half of dest, ports, UDP length */
	uint64_t check_cookie;      /* UDP check, cookie, fix, first half of the flow number */
	uint32_t ip_sum;            /* folded sum of the IP header without check and source */
};

_Static_assert(offsetof(struct frame, ip_check) == TXQ_WORDS_OFFSET, "stamped words");
_Static_assert(offsetof(struct frame, probe.time) == TXQ_WORDS_OFFSET + 30, "stamped words");

struct txq {
	struct txq_counters counters;

	/* The loop's own. */
	struct xsk_ring_prod tx __attribute__((aligned(64)));
	struct xsk_ring_cons completion;
	struct frame_pool pool;
	uint8_t *umem;
	struct flow *flow, *flows, *flows_end; /* next row, first row, past the last */
	uint32_t number;                       /* of the next row's flow */
	uint32_t index, nr_queues; /* flow f is row f / nr_queues of queue f % nr_queues */
	struct txq_words words;
	struct pace pace;
	uint64_t mark, mark_ns; /* progress when last looked at, and since when */

	/* Set-up. */
	uint32_t frame_bytes; /* in memory */
	uint32_t chunk_bytes;
	uint32_t mode; /* enum afxdp_mode */
	uint32_t send_budget;
	bool need_wakeup;
	int fd; /* of the socket; -1: none */
	uint64_t *addresses;
	void *handle; /* the engine's */
};

/* What a queue is opened with, besides the job. */
struct txq_setup {
	uint32_t index, nr_queues;
	uint32_t chunk_bytes;
	uint8_t source_mac[6], dest_mac[6];
	bool may_zerocopy; /* worth asking for */
};

/* How packets leave. A new way to send is a file with one of these, and a row in run.c. */
struct engine_ops {
	const char *name;
	/* Makes the rings of a queue that txq_init has filled. */
	int (*open)(struct txq *q, const struct gen_job *job, const struct txq_setup *setup,
		    struct fault *fault);
	/* Tells the kernel that there is something in the ring. 0, also when it took nothing for
	 * now; -errno when it never will. */
	int (*kick)(struct txq *q);
	void (*close)(struct txq *q); /* undoes open; accepts a queue that was never opened */
};

extern const struct engine_ops afxdp_engine, null_engine;

/* Frames with the template in them, all free, and the flows' rows. -ENOMEM with a fault. */
int txq_init(struct txq *q, const struct gen_job *job, const struct txq_setup *setup,
	     struct fault *fault);

/* Writes the frames' length into every descriptor of the TX ring. The engine calls it at the end of open. */
void txq_fill_ring(struct txq *q);

/* Accepts a zeroed queue. After the engine's close. */
void txq_done(struct txq *q);

static inline uint64_t txq_umem_bytes(const struct txq *q)
{
	return (uint64_t)TXQ_FRAMES * q->chunk_bytes;
}

static inline void txq_count(uint64_t *counter, uint64_t value)
{
	__atomic_store_n(counter, value, __ATOMIC_RELAXED);
}

static inline uint64_t txq_read(const uint64_t *counter)
{
	return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

/* Brings `completed` and `consumed` up to date. */
static inline void txq_reap(struct txq *q)
{
	txq_count(&q->counters.completed,
		  q->counters.completed + ring_reap(&q->completion, &q->pool));
}

static inline void txq_look(struct txq *q)
{
	const uint64_t consumed = q->counters.consumed;

	txq_count(&q->counters.consumed,
		  consumed + (uint32_t)(ring_consumed(&q->tx) - (uint32_t)consumed));
}

/* Descriptors that the kernel has not taken. */
static inline uint64_t txq_pending(const struct txq *q)
{
	return q->counters.put - q->counters.consumed;
}

#endif
