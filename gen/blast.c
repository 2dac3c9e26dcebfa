// SPDX-License-Identifier: BSD-2-Clause
#include "gen/blast.h"

#include <errno.h>

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif

enum {
	/* A sleep wakes up about this much late at worst (virtual machine, timer slack of 1 ns:
	 * p50 30 us, p90 54 us); the rest is waited for by spinning. */
	WAKE_SLACK_NS = 60000,
	/* Longest sleep, so that `stop` is seen in time. */
	NAP_NS = 50000000,
};

static const uint64_t stall_ns = 2 * NS_PER_S;

static inline void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

/* Folds a sum of 16-bit words, as two of them with the carry between, to one word. */
static __always_inline uint16_t fold(uint32_t sum)
{
	sum += sum << 16 | sum >> 16;
	return (uint16_t)(sum >> 16);
}

/* End-around carry: 2^32 counts 1 in one's complement. */
static __always_inline uint32_t carry(uint64_t sum)
{
	return (uint32_t)sum + (uint32_t)(sum >> 32);
}

/*
 * Writes what a flow, its seq and the time change: bytes 24 to 59 of the frame, in whole words that
 * the template gives the rest of. `time_sum` is the sum of the time's words. frame_stamp is the
 * plain version; the tests compare the two byte by byte.
 */
static __always_inline void stamp(uint8_t *frame, struct flow *flow, uint32_t number,
				  const struct txq_words *base, uint64_t time_ns, uint32_t time_sum)
{
	uint64_t *const words = (uint64_t *)(frame + TXQ_WORDS_OFFSET);
	const uint64_t source = flow->source;
	const uint64_t ports = flow->source_port | (uint32_t)flow->dest_port << 16;
	const uint32_t seq = flow->seq++;
	const uint64_t ip_check = (uint16_t)~fold(carry(source + base->ip_sum));
	/* ~seq is minus seq; 0xffff is zero, so three of them leave the time's words to take. */
	const uint64_t fix = fold(carry((uint64_t)~seq + flow->fix + 3 * 0xffff - time_sum));

	words[0] = base->check_source_dest | ip_check | source << 16;
	words[1] = base->dest_ports_length | ports << 16;
	words[2] = base->check_cookie | flow->udp_check | fix << 32 | (uint64_t)number << 48;
	words[3] = number >> 16 | (uint64_t)seq << 16 | time_ns << 48;
	*(uint32_t *)(words + 4) = (uint32_t)(time_ns >> 16);
}

static __always_inline uint32_t sum_time(uint64_t time_ns)
{
	return (uint16_t)time_ns + (uint32_t)(uint16_t)(time_ns >> 16) + (uint16_t)(time_ns >> 32);
}

/*
 * Stamps the next `count` packets of the queue and puts them to the ring, not yet submitted: there is
 * room. A descriptor's length never changes; the ring was filled with it.
 */
static __always_inline void put(struct txq *q, uint32_t count, uint64_t time_ns, const bool paced)
{
	const uint64_t *const frames = q->pool.addresses + q->pool.nr_free - count;
	struct flow *const first = q->flows, *const end = q->flows_end;
	struct xdp_desc *const ring = q->tx.ring;
	uint8_t *const umem = q->umem;
	const struct txq_words base = q->words;
	const uint32_t mask = q->tx.mask, stride = q->nr_queues, first_number = q->index;
	struct flow *flow = q->flow;
	uint32_t number = q->number, time_sum = sum_time(time_ns), slot = 0;
	struct pace pace = q->pace;

	xsk_ring_prod__reserve(&q->tx, count, &slot);
	for (uint32_t i = 0; i < count; i++) {
		const uint64_t address = frames[i];

		if (paced) {
			time_ns = pace.due_ns;
			time_sum = sum_time(time_ns);
			pace_step(&pace);
		}
		stamp(umem + address, flow, number, &base, time_ns, time_sum);
		ring[(slot + i) & mask].addr = address;
		flow++;
		number += stride;
		if (unlikely(flow == end)) {
			flow = first;
			number = first_number;
		}
	}
	q->pool.nr_free -= count;
	q->flow = flow;
	q->number = number;
	if (paced) {
		pace.left -= count;
		q->pace = pace;
	}
}

static void record_late(struct hist *late, struct pace pace, uint32_t count, uint64_t now)
{
	for (; count; count--, pace_step(&pace))
		hist_record(late, now - pace.due_ns);
}

/* True if the kernel has taken and finished nothing for too long. Only asked while it should. */
static __attribute__((noinline)) bool stalled(struct txq *q, uint64_t now)
{
	const uint64_t mark = q->counters.consumed + q->counters.completed;

	if (mark != q->mark || !q->mark_ns) {
		q->mark = mark;
		q->mark_ns = now;
	}
	return now - q->mark_ns > stall_ns;
}

/*
 * One batch of one queue. `now` is the clock as last read, which may be before the last kick; it is
 * read once here: when stamping at rate max, else just before the kick, for the lateness.
 */
static __always_inline int turn(struct blast *blast, struct txq *q, uint64_t *now, const bool paced)
{
	const uint32_t due = paced ? pace_count(&q->pace, *now, blast->batch) : blast->batch;
	uint32_t count;
	int err = 0;

	txq_reap(q);
	count = ring_room(&q->tx, &q->pool, due);
	if (!paced)
		*now = clock_now_ns();
	if (likely(count)) {
		const struct pace first = q->pace;

		put(q, count, *now, paced);
		if (paced) {
			*now = clock_now_ns();
			record_late(blast->late, first, count, *now);
		}
		/* Release store of the producer index, pairs with the kernel's acquire load in
		 * __xskq_cons_peek: descriptors and frames are written before it sees them. */
		xsk_ring_prod__submit(&q->tx, count);
		txq_count(&q->counters.put, q->counters.put + count);
	}
	if (count < due)
		txq_count(&q->counters.ring_full, q->counters.ring_full + 1);
	if (txq_pending(q)) {
		err = blast->kick(q);
		txq_look(q);
	}
	if (unlikely(!err && (txq_pending(q) || count < due) && stalled(q, *now)))
		err = -ETIMEDOUT;
	if (unlikely(err))
		blast->failed = q;
	return err;
}

/* When the earliest packet of any queue is due; 0 while a ring holds something to be kicked. */
static uint64_t next_due(const struct blast *blast)
{
	uint64_t next_ns = blast->end_ns;

	for (uint32_t i = 0; i < blast->nr_queues; i++) {
		const uint64_t due_ns = pace_next_ns(&blast->queues[i]->pace);

		if (txq_pending(blast->queues[i]))
			return 0;
		next_ns = due_ns < next_ns ? due_ns : next_ns;
	}
	return next_ns;
}

/* Waits for `next_ns`, not necessarily to its end. Returns the clock. */
static uint64_t wait_for(uint64_t next_ns, uint64_t now)
{
	if (next_ns > now + WAKE_SLACK_NS) {
		const uint64_t wake_ns = next_ns - WAKE_SLACK_NS;

		clock_sleep_until(wake_ns < now + NAP_NS ? wake_ns : now + NAP_NS);
	} else if (next_ns > now) {
		relax();
	}
	return clock_now_ns();
}

static bool told_to_stop(const struct blast *blast)
{
	return atomic_load_explicit(blast->stop, memory_order_relaxed) ||
	       atomic_load_explicit(blast->halt, memory_order_relaxed);
}

/*
 * A paced run's last batch is handed over even if the kernel takes it in pieces (it stops at a
 * packet that the device drops); a backlog beyond one batch stays unsent.
 */
static int finish(struct blast *blast, struct txq *q)
{
	const uint64_t consumed = q->counters.consumed;
	int err = 0;

	for (uint32_t i = 0; !err && i < blast->batch && txq_pending(q) &&
			     q->counters.consumed - consumed < blast->batch;
	     i++) {
		err = blast->kick(q);
		txq_look(q);
	}
	return err;
}

static int blast_max(struct blast *blast)
{
	struct txq *const *const queues = blast->queues;
	const uint32_t nr_queues = blast->nr_queues;
	const uint64_t end_ns = blast->end_ns;
	uint64_t now = clock_now_ns();
	int err = 0;

	while (now < blast->start_ns && !told_to_stop(blast))
		now = wait_for(blast->start_ns, now);
	while (!err && now < end_ns && !told_to_stop(blast))
		for (uint32_t i = 0; !err && i < nr_queues; i++)
			err = turn(blast, queues[i], &now, false);
	blast->ended_ns = clock_now_ns();
	return err;
}

static int blast_paced(struct blast *blast)
{
	struct txq *const *const queues = blast->queues;
	const uint32_t nr_queues = blast->nr_queues;
	const uint64_t end_ns = blast->end_ns;
	uint64_t now = clock_now_ns();
	bool last = false;
	int err = 0;

	while (!err && !last) {
		const uint64_t before = now;

		last = now >= end_ns || told_to_stop(blast);
		for (uint32_t i = 0; !err && i < nr_queues; i++)
			err = turn(blast, queues[i], &now, true);
		/* No batch was put: else the clock has gone on. */
		if (!err && !last && now == before)
			now = wait_for(next_due(blast), now);
	}
	for (uint32_t i = 0; !err && i < nr_queues; i++)
		err = finish(blast, queues[i]);
	blast->ended_ns = now;
	return err;
}

int blast_run(struct blast *blast, bool paced)
{
	static int (*const variants[])(struct blast *) = {blast_max, blast_paced};

	return variants[paced](blast);
}
