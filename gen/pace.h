/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The schedule, as a pure question: when is packet k of queue q due, and how many are due by now?
 *
 * Packet n of the job is due at start + floor(n * 1e9 / rate). Of nr_queues queues, queue q has the
 * packets q, q + nr_queues, q + 2 * nr_queues ... A step adds the quotient and carries the remainder,
 * so that the times are exact and do not drift however long it runs.
 */
#ifndef PORTGAUGE_PACE_H
#define PORTGAUGE_PACE_H

#include <stdint.h>

#include "lib/clock.h"

struct pace {
	uint64_t due_ns;    /* of the next packet */
	uint64_t left;      /* packets that the schedule still calls for */
	uint64_t rest;      /* of due_ns, in 1/rate ns; below rate */
	uint64_t step_ns;   /* between two packets of the queue ... */
	uint64_t step_rest; /* ... and its remainder, in 1/rate ns */
	uint64_t rate;      /* packets a second of all queues */
};

/* Packets that a schedule calls for in `duration_ns`: the product, rounded to the nearest. */
static inline uint64_t pace_total(uint64_t rate, uint64_t duration_ns)
{
	return (uint64_t)(((unsigned __int128)rate * duration_ns + NS_PER_S / 2) / NS_PER_S);
}

/* Packets of an endless schedule that are due at `elapsed_ns` or before. */
static inline uint64_t pace_due_by(uint64_t rate, uint64_t elapsed_ns)
{
	const unsigned __int128 product = (unsigned __int128)rate * (elapsed_ns + 1);

	return (uint64_t)((product + NS_PER_S - 1) / NS_PER_S);
}

/* The schedule of one queue for `total` packets of all; rate is not 0. */
static inline void pace_init(struct pace *pace, uint64_t rate, uint64_t total, uint32_t queue,
			     uint32_t nr_queues)
{
	*pace = (struct pace){
		.due_ns = queue * NS_PER_S / rate,
		.left = total > queue ? (total - queue - 1) / nr_queues + 1 : 0,
		.rest = queue * NS_PER_S % rate,
		.step_ns = nr_queues * NS_PER_S / rate,
		.step_rest = nr_queues * NS_PER_S % rate,
		.rate = rate,
	};
}

/* Sets when packet 0 of the job is due. Once, after pace_init. */
static inline void pace_start(struct pace *pace, uint64_t start_ns)
{
	pace->due_ns += start_ns;
}

/* Goes on to the next packet. */
static inline void pace_step(struct pace *pace)
{
	const uint64_t rest = pace->rest + pace->step_rest;
	const uint64_t carry = rest >= pace->rate;

	pace->due_ns += pace->step_ns + carry;
	pace->rest = rest - (carry ? pace->rate : 0);
}

/* How many of the next `max` packets are due at `now_ns`. */
static inline uint32_t pace_count(const struct pace *pace, uint64_t now_ns, uint32_t max)
{
	struct pace ahead = *pace;
	uint32_t count = 0;

	if (max > ahead.left)
		max = (uint32_t)ahead.left;
	while (count < max && ahead.due_ns <= now_ns) {
		count++;
		pace_step(&ahead);
	}
	return count;
}

/* When the next packet is due; UINT64_MAX after the last. */
static inline uint64_t pace_next_ns(const struct pace *pace)
{
	return pace->left ? pace->due_ns : UINT64_MAX;
}

#endif
