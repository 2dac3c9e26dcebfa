// SPDX-License-Identifier: BSD-2-Clause
/* The rings driven from both ends: the test plays the kernel. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "gen/ring.h"

enum { SIZE = 8, FRAMES = 16, FRAME_BYTES = 2048 };

/* What the kernel has: the shared indices, and its own record of who owns a frame. */
struct kernel {
	uint32_t tx_producer, tx_consumer, completion_producer, completion_consumer, flags;
	struct xdp_desc tx[SIZE];
	uint64_t completion[SIZE];
	uint64_t held[FRAMES]; /* consumed, not completed */
	uint32_t nr_held;
};

struct rings {
	struct kernel kernel;
	struct xsk_ring_prod tx;
	struct xsk_ring_cons completion;
	struct frame_pool pool;
	uint64_t addresses[FRAMES];
	int in_flight[FRAMES];
};

/* Indices start close to their wrap at 2^32. */
static int set_up(void **state)
{
	struct rings *rings = calloc(1, sizeof(*rings));
	const uint32_t first = UINT32_MAX - 5;

	if (!rings)
		return -1;
	rings->kernel.tx_producer = rings->kernel.tx_consumer = first;
	rings->kernel.completion_producer = rings->kernel.completion_consumer = first;
	rings->tx = (struct xsk_ring_prod){
		.cached_prod = first,
		.cached_cons = first + SIZE,
		.mask = SIZE - 1,
		.size = SIZE,
		.producer = &rings->kernel.tx_producer,
		.consumer = &rings->kernel.tx_consumer,
		.ring = rings->kernel.tx,
		.flags = &rings->kernel.flags,
	};
	rings->completion = (struct xsk_ring_cons){
		.cached_prod = first,
		.cached_cons = first,
		.mask = SIZE - 1,
		.size = SIZE,
		.producer = &rings->kernel.completion_producer,
		.consumer = &rings->kernel.completion_consumer,
		.ring = rings->kernel.completion,
		.flags = &rings->kernel.flags,
	};
	for (uint32_t i = 0; i < FRAMES; i++)
		rings->addresses[i] = i * FRAME_BYTES;
	rings->pool = (struct frame_pool){.addresses = rings->addresses, .nr_free = FRAMES};
	*state = rings;
	return 0;
}

static int tear_down(void **state)
{
	free(*state);
	return 0;
}

static void send(struct rings *rings, uint32_t count)
{
	uint32_t slot = 0;

	assert_int_equal(xsk_ring_prod__reserve(&rings->tx, count, &slot), count);
	for (uint32_t i = 0; i < count; i++) {
		const uint64_t address = rings->pool.addresses[--rings->pool.nr_free];

		assert_int_equal(rings->in_flight[address / FRAME_BYTES]++, 0);
		xsk_ring_prod__tx_desc(&rings->tx, slot + i)->addr = address;
	}
	xsk_ring_prod__submit(&rings->tx, count);
}

static void reap(struct rings *rings)
{
	const uint32_t before = rings->pool.nr_free;
	const uint32_t count = ring_reap(&rings->completion, &rings->pool);

	assert_int_equal(rings->pool.nr_free, before + count);
	for (uint32_t i = before; i < rings->pool.nr_free; i++)
		assert_int_equal(rings->in_flight[rings->pool.addresses[i] / FRAME_BYTES]--, 1);
}

static void kernel_consume(struct kernel *kernel, uint32_t count)
{
	for (; count && kernel->tx_consumer != kernel->tx_producer; count--)
		kernel->held[kernel->nr_held++] = kernel->tx[kernel->tx_consumer++ % SIZE].addr;
}

/* Out of order, as skbs are freed. */
static void kernel_complete(struct kernel *kernel, uint32_t count)
{
	for (; count && kernel->nr_held &&
	       kernel->completion_producer - kernel->completion_consumer < SIZE;
	     count--) {
		const uint32_t pick = (uint32_t)rand() % kernel->nr_held;

		kernel->completion[kernel->completion_producer++ % SIZE] = kernel->held[pick];
		kernel->held[pick] = kernel->held[--kernel->nr_held];
	}
}

static void room_is_the_least_of_want_slots_and_frames(void **state)
{
	struct rings *rings = *state;

	assert_int_equal(ring_room(&rings->tx, &rings->pool, 3), 3);
	assert_int_equal(ring_room(&rings->tx, &rings->pool, 100), SIZE);
	rings->pool.nr_free = 2;
	assert_int_equal(ring_room(&rings->tx, &rings->pool, 100), 2);
	rings->pool.nr_free = 0;
	assert_int_equal(ring_room(&rings->tx, &rings->pool, 100), 0);
}

static void a_full_ring_has_no_room_until_the_kernel_consumes(void **state)
{
	struct rings *rings = *state;

	send(rings, SIZE);
	assert_int_equal(ring_room(&rings->tx, &rings->pool, 1), 0);
	kernel_consume(&rings->kernel, 3);
	assert_int_equal(ring_consumed(&rings->tx), rings->kernel.tx_producer - SIZE + 3);
	assert_int_equal(ring_room(&rings->tx, &rings->pool, 8), 3);
}

static void frames_come_back_only_by_completion(void **state)
{
	struct rings *rings = *state;

	send(rings, 4);
	kernel_consume(&rings->kernel, 4);
	reap(rings);
	assert_int_equal(rings->pool.nr_free, FRAMES - 4);
	kernel_complete(&rings->kernel, 3);
	reap(rings);
	assert_int_equal(rings->pool.nr_free, FRAMES - 1);
	assert_int_equal(rings->kernel.completion_consumer, rings->kernel.completion_producer);
	reap(rings);
	assert_int_equal(rings->pool.nr_free, FRAMES - 1);
}

/* Both ends at random for long: indices wrap many times, and no frame is ever in flight twice. */
static void no_frame_is_in_flight_twice(void **state)
{
	struct rings *rings = *state;
	uint64_t sent = 0;

	srand(1);
	for (int i = 0; i < 200000; i++) {
		const uint32_t want = (uint32_t)rand() % (SIZE + 2);
		const uint32_t room = ring_room(&rings->tx, &rings->pool, want);

		assert_true(room <= want);
		if (room)
			send(rings, room);
		sent += room;
		kernel_consume(&rings->kernel, (uint32_t)rand() % SIZE);
		kernel_complete(&rings->kernel, (uint32_t)rand() % SIZE);
		if (rand() % 2)
			reap(rings);
	}
	while (rings->pool.nr_free < FRAMES) {
		kernel_consume(&rings->kernel, SIZE);
		kernel_complete(&rings->kernel, SIZE);
		reap(rings);
	}
	assert_true(sent > 100000);
	for (int i = 0; i < FRAMES; i++)
		assert_int_equal(rings->in_flight[i], 0);
}

#define RING_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RING_TEST(room_is_the_least_of_want_slots_and_frames),
		RING_TEST(a_full_ring_has_no_room_until_the_kernel_consumes),
		RING_TEST(frames_come_back_only_by_completion),
		RING_TEST(no_frame_is_in_flight_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
