// SPDX-License-Identifier: BSD-2-Clause
/* New, reordered, duplicate, too late: what the sequence number of a probe makes of it. */
#include "tests/bpf/sink_kit.h"

#include <stdlib.h>

enum outcome_of_probe { NEW, REORDERED, TOO_LATE, DUPLICATE };

static void send_seq(struct sink_session *session, uint32_t flow, uint32_t seq)
{
	struct packet packet;

	kit_packet(&packet, 0, sizeof(struct wire_probe));
	kit_probe(&packet)->flow = flow;
	kit_probe(&packet)->seq = seq;
	kit_seal(&packet);
	kit_run(session, &packet);
}

/* What one more probe of flow 0 is counted as. */
static enum outcome_of_probe arrive(struct sink_session *session, uint32_t seq)
{
	struct sink_result before, after;

	sink_read(session, &before, NULL);
	send_seq(session, 0, seq);
	sink_read(session, &after, NULL);
	assert_int_equal(after.received - before.received + after.duplicate - before.duplicate, 1);
	if (after.duplicate > before.duplicate) {
		assert_int_equal(after.reordered, before.reordered);
		return DUPLICATE;
	}
	if (after.too_late > before.too_late) {
		assert_int_equal(after.reordered, before.reordered + 1);
		return TOO_LATE;
	}
	return after.reordered > before.reordered ? REORDERED : NEW;
}

struct step {
	uint32_t seq;
	enum outcome_of_probe outcome;
};

static void walk(void **state, const struct step *steps, size_t nr_steps)
{
	for (size_t i = 0; i < nr_steps; i++) {
		enum outcome_of_probe outcome = arrive(*state, steps[i].seq);

		if (outcome != steps[i].outcome)
			fail_msg("step %zu: seq %u is %d, not %d", i, steps[i].seq, outcome,
				 steps[i].outcome);
	}
}

#define WALK(state_, ...)                                                                          \
	walk(state_, (const struct step[]){__VA_ARGS__},                                           \
	     sizeof((const struct step[]){__VA_ARGS__}) / sizeof(struct step))

static void test_in_order(void **state)
{
	WALK(state, {0, NEW}, {1, NEW}, {2, NEW}, {3, NEW});
}

static void test_gap(void **state)
{
	WALK(state, {0, NEW}, {10, NEW}, {5, REORDERED}, {5, DUPLICATE}, {11, NEW});
}

static void test_first_is_not_zero(void **state)
{
	WALK(state, {7, NEW}, {6, REORDERED}, {7, DUPLICATE}, {0, REORDERED}, {8, NEW});
}

static void test_duplicates(void **state)
{
	WALK(state, {0, NEW}, {0, DUPLICATE}, {0, DUPLICATE}, {1, NEW}, {0, DUPLICATE},
	     {1, DUPLICATE});
}

/* The window holds the highest and the 63 before it. */
static void test_window_edge(void **state)
{
	WALK(state, {100, NEW}, {37, REORDERED}, {37, DUPLICATE}, {36, TOO_LATE}, {36, TOO_LATE},
	     {101, NEW}, {38, REORDERED}, {37, TOO_LATE});
}

/* A jump of 63 keeps one bit of the old window, one of 64 none. */
static void test_jumps(void **state)
{
	WALK(state, {0, NEW}, {63, NEW}, {0, DUPLICATE}, {127, NEW}, {64, REORDERED},
	     {63, TOO_LATE}, {1000, NEW}, {999, REORDERED}, {937, REORDERED}, {936, TOO_LATE});
}

static void test_wrap(void **state)
{
	WALK(state, {0xfffffffe, NEW}, {0xffffffff, NEW}, {0, NEW}, {2, NEW},
	     {0xffffffff, DUPLICATE}, {1, REORDERED}, {0xfffffffd, REORDERED}, {0, DUPLICATE},
	     {3, NEW});
}

/* Half the number space is the future, half is the past; the middle is too far to tell. */
static void test_far(void **state)
{
	WALK(state, {0, NEW}, {0x80000000, TOO_LATE}, {0x7fffffff, NEW}, {0xfffffffe, NEW},
	     {0, NEW});
}

static void test_flows_are_apart(void **state)
{
	struct sink_result result;

	for (uint32_t flow = 0; flow < KIT_FLOWS; flow++)
		send_seq(*state, flow, flow * 1000);
	sink_read(*state, &result, NULL);
	assert_int_equal(result.received, KIT_FLOWS);
	assert_int_equal(result.reordered + result.duplicate + result.unknown_flow, 0);
}

static void test_unknown_flow(void **state)
{
	struct sink_result result;

	send_seq(*state, KIT_FLOWS, 5);
	send_seq(*state, KIT_FLOWS, 5);
	send_seq(*state, UINT32_MAX, 5);
	sink_read(*state, &result, NULL);
	assert_int_equal(result.received, 3);
	assert_int_equal(result.unknown_flow, 3);
	assert_int_equal(result.duplicate, 0);
}

/* After a reset the flow starts anew, even at a lower number. */
static void test_reset(void **state)
{
	struct sink_result result;

	WALK(state, {50, NEW}, {51, NEW});
	sink_reset(*state);
	sink_read(*state, &result, NULL);
	assert_int_equal(result.received + result.bytes + result.queues[0], 0);
	WALK(state, {50, NEW}, {50, DUPLICATE});
}

/* Against a plain model: a list of all that was ever sent. */
static void test_model(void **state)
{
	enum { STEPS = 20000, SPAN = 200 };
	static bool seen[STEPS + SPAN];
	uint32_t highest = 0, start = UINT32_MAX - STEPS / 2;
	unsigned int seed = 42;

	seen[0] = true;
	assert_int_equal(arrive(*state, start), NEW);
	for (int i = 0; i < STEPS; i++) {
		int64_t number = (int64_t)highest + rand_r(&seed) % SPAN - (SPAN - 4);
		enum outcome_of_probe want = NEW;

		if (number < 0 || number >= STEPS + SPAN)
			continue;
		if ((uint32_t)number + 64 <= highest)
			want = TOO_LATE;
		else if ((uint32_t)number <= highest)
			want = seen[number] ? DUPLICATE : REORDERED;
		if ((uint32_t)number > highest)
			highest = (uint32_t)number;
		seen[number] = true;
		assert_int_equal(arrive(*state, start + (uint32_t)number), want);
	}
	assert_true(highest > 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_in_order, kit_reset),
		cmocka_unit_test_setup(test_gap, kit_reset),
		cmocka_unit_test_setup(test_first_is_not_zero, kit_reset),
		cmocka_unit_test_setup(test_duplicates, kit_reset),
		cmocka_unit_test_setup(test_window_edge, kit_reset),
		cmocka_unit_test_setup(test_jumps, kit_reset),
		cmocka_unit_test_setup(test_wrap, kit_reset),
		cmocka_unit_test_setup(test_far, kit_reset),
		cmocka_unit_test_setup(test_flows_are_apart, kit_reset),
		cmocka_unit_test_setup(test_unknown_flow, kit_reset),
		cmocka_unit_test_setup(test_reset, kit_reset),
		cmocka_unit_test_setup(test_model, kit_reset),
	};

	return kit_cannot() ?: cmocka_run_group_tests(tests, kit_load, kit_free);
}
