// SPDX-License-Identifier: BSD-2-Clause
/* Maglev: equal shares, and little change when a backend comes or goes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "dut/maglev.h"

/* Backends as the plane names them: address and port. */
static void name_backends(uint64_t *names, uint32_t nr)
{
	for (uint32_t i = 0; i < nr; i++)
		names[i] = (0xc6120101ULL + i) << 16 | 8080;
}

static void count_slots(const uint32_t *table, uint32_t nr, uint32_t *ret_slots)
{
	memset(ret_slots, 0, nr * sizeof(*ret_slots));
	for (uint32_t slot = 0; slot < NODEPORT_MAGLEV_SIZE; slot++) {
		assert_in_range(table[slot], 0, nr - 1);
		ret_slots[table[slot]]++;
	}
}

/* Backends take slots in turn: no share differs by more than one slot. */
static void test_balance(void **state)
{
	static const uint32_t sizes[] = {1, 2, 3, 7, 8, 33, 64};
	uint32_t table[NODEPORT_MAGLEV_SIZE], slots[NODEPORT_MAX_BACKENDS];
	uint64_t names[NODEPORT_MAX_BACKENDS];

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint32_t share = NODEPORT_MAGLEV_SIZE / sizes[i];

		name_backends(names, sizes[i]);
		maglev_fill(names, sizes[i], table);
		count_slots(table, sizes[i], slots);
		for (uint32_t backend = 0; backend < sizes[i]; backend++)
			assert_in_range(slots[backend], share, share + 1);
	}
}

/* Slots next to each other must not belong together, or a poor hash would show. */
static void test_spread(void **state)
{
	uint32_t table[NODEPORT_MAGLEV_SIZE], window[8] = {0};
	uint64_t names[8];

	name_backends(names, 8);
	maglev_fill(names, 8, table);
	for (uint32_t slot = 0; slot < 800; slot++)
		window[table[slot]]++;
	for (int backend = 0; backend < 8; backend++)
		assert_in_range(window[backend], 50, 150);
}

static void test_same_every_time(void **state)
{
	static uint32_t first[NODEPORT_MAGLEV_SIZE], second[NODEPORT_MAGLEV_SIZE];
	uint64_t names[5];

	name_backends(names, 5);
	maglev_fill(names, 5, first);
	maglev_fill(names, 5, second);
	assert_memory_equal(first, second, sizeof(first));
}

/*
 * Without backend `gone`, its slots must move, and of the others at most a few per cent: the paper
 * measures 2 to 4 % for tables about a hundred times the number of backends.
 */
static void check_removal(uint32_t nr, uint32_t gone)
{
	static uint32_t before[NODEPORT_MAGLEV_SIZE], after[NODEPORT_MAGLEV_SIZE];
	uint64_t names[NODEPORT_MAX_BACKENDS];
	uint32_t moved = 0;

	name_backends(names, nr);
	maglev_fill(names, nr, before);
	memmove(&names[gone], &names[gone + 1], (nr - gone - 1) * sizeof(names[0]));
	maglev_fill(names, nr - 1, after);
	for (uint32_t slot = 0; slot < NODEPORT_MAGLEV_SIZE; slot++) {
		uint32_t now = after[slot] < gone ? after[slot] : after[slot] + 1;

		assert_int_not_equal(now, gone);
		moved += before[slot] != gone && now != before[slot];
	}
	assert_in_range(moved, 0, NODEPORT_MAGLEV_SIZE * 4 / 100);
}

static void test_removal_disturbs_little(void **state)
{
	check_removal(2, 0);
	check_removal(3, 1);
	check_removal(8, 0);
	check_removal(8, 7);
	check_removal(64, 31);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_balance),
		cmocka_unit_test(test_spread),
		cmocka_unit_test(test_same_every_time),
		cmocka_unit_test(test_removal_disturbs_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
