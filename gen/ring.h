/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The send side of an AF_XDP socket: TX ring, completion ring, and the stack of frames that are
 * ours at the moment. A frame is the kernel's from ring_put's submit until ring_reap gets it back.
 *
 * Rings are plain memory with two indices, so a test can play the kernel.
 */
#ifndef PORTGAUGE_RING_H
#define PORTGAUGE_RING_H

#include <stdint.h>
#include <string.h>
#include <xdp/xsk.h>

/* Last in, first out: the frame that came back last is the one still in the cache. */
struct frame_pool {
	uint64_t *addresses; /* of free frames in the UMEM; room for all of them */
	uint32_t nr_free;
};

/*
 * Takes back the frames that the kernel has finished, returns their number. The acquire load of the
 * producer index in xsk_ring_cons__peek pairs with the kernel's release store in xskq_prod_submit:
 * addresses are read after they were written. The release store of the consumer index in
 * xsk_ring_cons__release pairs with the kernel's acquire load in xskq_prod_reserve: the kernel
 * writes a slot again only after we have read it.
 */
static inline uint32_t ring_reap(struct xsk_ring_cons *completion, struct frame_pool *pool)
{
	const uint64_t *const ring = completion->ring;
	uint32_t index = 0, count, start, first;

	count = xsk_ring_cons__peek(completion, completion->size, &index);
	if (!count)
		return 0;
	start = index & completion->mask;
	first = completion->size - start < count ? completion->size - start : count;
	memcpy(pool->addresses + pool->nr_free, ring + start, first * sizeof(*ring));
	memcpy(pool->addresses + pool->nr_free + first, ring, (count - first) * sizeof(*ring));
	pool->nr_free += count;
	xsk_ring_cons__release(completion, count);
	return count;
}

/*
 * How many of `want` packets can be put: slots of the ring and free frames. The acquire load of the
 * consumer index in xsk_prod_nb_free pairs with the kernel's release store in __xskq_cons_release:
 * a descriptor is overwritten only after the kernel has read it.
 */
static inline uint32_t ring_room(struct xsk_ring_prod *tx, const struct frame_pool *pool,
				 uint32_t want)
{
	const uint32_t slots = xsk_prod_nb_free(tx, want);

	if (want > slots)
		want = slots;
	return want < pool->nr_free ? want : pool->nr_free;
}

/* The consumer index: how far the kernel says it has come. Relaxed: only counted with. */
static inline uint32_t ring_consumed(const struct xsk_ring_prod *tx)
{
	return __atomic_load_n(tx->consumer, __ATOMIC_RELAXED);
}

#endif
