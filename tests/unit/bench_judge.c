// SPDX-License-Identifier: BSD-2-Clause
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bench/judge.h"

/* cmocka 1.1.5 compares float only. */
#define assert_near(a, b, e) assert_true(fabs((a) - (b)) <= (e))

/* A trial's counts as the programs give them, and what must follow. */
struct example {
	const char *name;
	uint64_t rate_pps; /* 0: as fast as possible */
	uint64_t offered, unsent, sent, received;
	uint64_t tester_tx_dropped, dut_tx_dropped, dut_dropped;
	uint64_t foreign, duplicate, negative;
	/* expected */
	int64_t unexplained;
	uint32_t limit;
	const char *reason; /* part of the only reason; NULL: trusted */
};

static const struct example examples[] = {
	{.name = "lossless at a fixed rate",
	 .rate_pps = 1000,
	 .offered = 2000,
	 .sent = 2000,
	 .received = 2000,
	 .limit = LIMIT_NONE},
	{.name = "veth counts a full DUT ring at the sender (lab.md's figures)",
	 .offered = 2381490,
	 .sent = 2381490,
	 .received = 1773968,
	 .tester_tx_dropped = 607522,
	 .limit = LIMIT_DUT},
	/* The next three were measured on a veth pair, the second and third with the tester's NAPI
	 * thread starved (SCHED_IDLE, on the generator's CPU). */
	{.name = "xdp, loss at both ends",
	 .offered = 372782,
	 .unsent = 2047,
	 .sent = 370735,
	 .received = 180592,
	 .tester_tx_dropped = 146223,
	 .dut_tx_dropped = 43920,
	 .limit = LIMIT_TESTER_RX},
	{.name = "wire, the tester cannot receive",
	 .offered = 1006986,
	 .unsent = 2047,
	 .sent = 1004939,
	 .received = 7824,
	 .tester_tx_dropped = 105707,
	 .dut_tx_dropped = 891408,
	 .limit = LIMIT_TESTER_RX},
	{.name = "nftables, a kernel plane's loss at the tester is counted alike",
	 .offered = 332702,
	 .unsent = 2031,
	 .sent = 330671,
	 .received = 3424,
	 .tester_tx_dropped = 245087,
	 .dut_tx_dropped = 82160,
	 .limit = LIMIT_TESTER_RX},
	{.name = "the plane dropped",
	 .rate_pps = 1000,
	 .offered = 2000,
	 .sent = 2000,
	 .received = 1990,
	 .dut_dropped = 10,
	 .limit = LIMIT_DUT},
	{.name = "no room at the tester",
	 .offered = 5000,
	 .sent = 5000,
	 .received = 4000,
	 .dut_tx_dropped = 900,
	 .tester_tx_dropped = 60,
	 .dut_dropped = 40,
	 .limit = LIMIT_TESTER_RX},
	{.name = "as much lost at either end is the DUT's",
	 .offered = 5000,
	 .sent = 5000,
	 .received = 4200,
	 .dut_tx_dropped = 400,
	 .tester_tx_dropped = 300,
	 .dut_dropped = 100,
	 .limit = LIMIT_DUT},
	{.name = "as fast as possible and nothing lost",
	 .offered = 5064,
	 .unsent = 64,
	 .sent = 5000,
	 .received = 5000,
	 .limit = LIMIT_TESTER_TX},
	{.name = "unsent within the tolerance",
	 .rate_pps = 1000,
	 .offered = 2000,
	 .unsent = 2,
	 .sent = 1998,
	 .received = 1998,
	 .limit = LIMIT_NONE},
	{.name = "unsent beyond the tolerance",
	 .rate_pps = 1000,
	 .offered = 2000,
	 .unsent = 3,
	 .sent = 1997,
	 .received = 1997,
	 .limit = LIMIT_TESTER_TX,
	 .reason = "could not offer the rate: 3 of 2000 packets (0.15 %) stayed unsent"},
	{.name = "unsent comes before loss as the limit",
	 .rate_pps = 1000,
	 .offered = 2000,
	 .unsent = 500,
	 .sent = 1500,
	 .received = 1400,
	 .tester_tx_dropped = 100,
	 .limit = LIMIT_TESTER_TX,
	 .reason = "500 of 2000 packets"},
	{.name = "full load, one in a thousand lost: no overload of the DUT",
	 .offered = 100000,
	 .sent = 100000,
	 .received = 99900,
	 .tester_tx_dropped = 100,
	 .limit = LIMIT_TESTER_TX},
	{.name = "the DUT overruns most, but the tester loses a tenth of what it forwards",
	 .offered = 10000,
	 .sent = 10000,
	 .received = 4000,
	 .tester_tx_dropped = 5500,
	 .dut_tx_dropped = 500,
	 .limit = LIMIT_TESTER_RX},
	{.name = "foreign probes",
	 .rate_pps = 1000,
	 .offered = 2000,
	 .sent = 2000,
	 .received = 2000,
	 .foreign = 12,
	 .limit = LIMIT_NONE,
	 .reason = "12 foreign probes"},
	{.name = "duplicates",
	 .rate_pps = 1000,
	 .offered = 2000,
	 .sent = 2000,
	 .received = 2000,
	 .duplicate = 4,
	 .limit = LIMIT_NONE,
	 .reason = "4 duplicates"},
	{.name = "clock went backwards",
	 .rate_pps = 1000,
	 .offered = 2000,
	 .sent = 2000,
	 .received = 2000,
	 .negative = 5,
	 .limit = LIMIT_NONE,
	 .reason = "5 probes arrived before their departure"},
	{.name = "a packet vanished",
	 .rate_pps = 1000,
	 .offered = 2000,
	 .sent = 2000,
	 .received = 1999,
	 .unexplained = 1,
	 .limit = LIMIT_NONE,
	 .reason = "1 of 2000 packets sent are unexplained"},
	{.name = "a loss counted twice",
	 .offered = 2000,
	 .sent = 2000,
	 .received = 1990,
	 .tester_tx_dropped = 10,
	 .dut_dropped = 10,
	 .unexplained = -10,
	 .limit = LIMIT_DUT,
	 .reason = "10 packets more were received or counted as lost"},
	{.name = "the generator's own sum is wrong",
	 .rate_pps = 1000,
	 .offered = 2001,
	 .sent = 2000,
	 .received = 2000,
	 .limit = LIMIT_NONE,
	 .reason = "2001 offered, but 2000 sent and 0 unsent"},
	{.name = "nothing sent",
	 .offered = 64,
	 .unsent = 64,
	 .limit = LIMIT_NONE,
	 .reason = "took none of 64 packets"},
	{.name = "nothing received",
	 .offered = 500,
	 .sent = 500,
	 .dut_dropped = 500,
	 .limit = LIMIT_DUT,
	 .reason = "nothing was received of 500 packets sent"},
};

static struct trial make_trial(const struct example *example)
{
	return (struct trial){
		.load.rate_pps = example->rate_pps,
		.gen = {.offered = example->offered,
			.unsent = example->unsent,
			.sent = example->sent,
			.elapsed_ns = 2000000000},
		.sink = {.received = example->received,
			 .foreign = example->foreign,
			 .duplicate = example->duplicate,
			 .negative = example->negative},
		.dut.dropped = example->dut_dropped,
		.tester_delta.tx_dropped = example->tester_tx_dropped,
		.dut_delta.tx_dropped = example->dut_tx_dropped,
	};
}

static void test_example(void **state)
{
	const struct example *example = *state;
	struct trial trial = make_trial(example);

	judge_trial(&trial);
	assert_int_equal(trial.ledger.unexplained, example->unexplained);
	assert_int_equal(trial.ledger.sent, trial.ledger.received + trial.ledger.dut_rx_overrun +
						    trial.ledger.dut_dropped +
						    trial.ledger.tester_rx_overrun +
						    (uint64_t)trial.ledger.unexplained);
	assert_int_equal(trial.verdict.limit, example->limit);
	assert_int_equal(trial.verdict.trusted, !example->reason);
	assert_int_equal(trial.verdict.nr_reasons, example->reason ? 1 : 0);
	if (example->reason && !strstr(trial.verdict.reasons[0], example->reason))
		fail_msg("'%s' lacks '%s'", trial.verdict.reasons[0], example->reason);
}

static void test_outcome(void **state)
{
	struct example example = {
		.offered = 4000, .sent = 4000, .received = 3000, .tester_tx_dropped = 1000};
	struct trial trial = make_trial(&example);

	judge_trial(&trial);
	assert_near(trial.outcome.forwarding_pps, 1500, 1e-9);
	assert_near(trial.outcome.loss_ratio, 0.25, 1e-12);
	assert_int_equal(trial.ledger.dut_rx_overrun, 1000);
}

/* A DUT whose ring overran while its threads had half of the CPU was kept from work by others. */
static void test_a_dut_without_its_cpu_is_no_limit(void **state)
{
	struct example example = {
		.offered = 4000, .sent = 4000, .received = 3000, .tester_tx_dropped = 1000};
	struct trial trial = make_trial(&example);

	trial.dut_delta.napi_cpu_ns = trial.gen.elapsed_ns / 2;
	judge_trial(&trial);
	assert_int_equal(trial.verdict.limit, LIMIT_PLATFORM);
	/* The tester's threads had the rest. */
	trial.tester_delta.napi_cpu_ns = trial.gen.elapsed_ns * 2 / 5;
	judge_trial(&trial);
	assert_int_equal(trial.verdict.limit, LIMIT_DUT);
}

/* Half of it arrives after the last packet was sent: the rate is that of the arrivals. */
static void test_peak_is_the_rate_of_arrivals(void **state)
{
	struct example example = {.offered = 4000, .sent = 4000, .received = 4000};
	struct trial trial = make_trial(&example);

	trial.sink.span_ns = 2 * trial.gen.elapsed_ns;
	judge_trial(&trial);
	assert_near(trial.outcome.forwarding_pps, 3999 * 1e9 / (double)trial.sink.span_ns, 1e-6);
	trial.load.rate_pps = 2000;
	judge_trial(&trial);
	assert_near(trial.outcome.forwarding_pps, 4000 * 1e9 / (double)trial.gen.elapsed_ns, 1e-6);
}

static void test_outcome_of_nothing_is_no_number(void **state)
{
	struct trial trial = {0};

	judge_trial(&trial);
	assert_true(isnan(trial.outcome.forwarding_pps));
	assert_true(isnan(trial.outcome.loss_ratio));
	assert_false(trial.verdict.trusted);
}

/* The other two counters of a packet that XDP_TX could not hand over are not added. */
static void test_xdp_tx_loss_is_counted_once(void **state)
{
	struct example example = {
		.offered = 1000, .sent = 1000, .received = 900, .dut_tx_dropped = 100};
	struct trial trial = make_trial(&example);

	trial.tester_delta.rx_dropped = 100;
	trial.dut_delta.rx_dropped = 100;
	judge_trial(&trial);
	assert_int_equal(trial.ledger.tester_rx_overrun, 100);
	assert_int_equal(trial.ledger.unexplained, 0);
	assert_true(trial.verdict.trusted);
}

static void test_latency_only_at_a_fixed_rate(void **state)
{
	struct example example = {.offered = 10, .sent = 10, .received = 10};
	struct trial trial = make_trial(&example);

	trial.sink.latency_ns = (struct percentiles){.samples = 10, .p50 = 3000000};
	judge_trial(&trial);
	assert_int_equal(trial.sink.latency_ns.samples, 0);
	assert_int_equal(trial.sink.latency_ns.p50, 0);

	trial.load.rate_pps = 1000;
	trial.sink.latency_ns = (struct percentiles){.samples = 10, .p50 = 40000};
	judge_trial(&trial);
	assert_int_equal(trial.sink.latency_ns.p50, 40000);
}

static void test_every_reason_is_given_and_replaces_older_ones(void **state)
{
	struct example example = {.rate_pps = 1000,
				  .offered = 2000,
				  .unsent = 100,
				  .sent = 1900,
				  .received = 1899,
				  .foreign = 1,
				  .duplicate = 1,
				  .negative = 1};
	struct trial trial = make_trial(&example);

	judge_trial(&trial);
	judge_trial(&trial);
	assert_int_equal(trial.verdict.nr_reasons, 5);
}

int main(void)
{
	enum { NR_EXAMPLES = sizeof(examples) / sizeof(examples[0]) };
	struct CMUnitTest tests[NR_EXAMPLES + 7] = {
		cmocka_unit_test(test_outcome),
		cmocka_unit_test(test_a_dut_without_its_cpu_is_no_limit),
		cmocka_unit_test(test_peak_is_the_rate_of_arrivals),
		cmocka_unit_test(test_outcome_of_nothing_is_no_number),
		cmocka_unit_test(test_xdp_tx_loss_is_counted_once),
		cmocka_unit_test(test_latency_only_at_a_fixed_rate),
		cmocka_unit_test(test_every_reason_is_given_and_replaces_older_ones),
	};

	for (size_t i = 0; i < NR_EXAMPLES; i++)
		tests[5 + i] = (struct CMUnitTest){.name = examples[i].name,
						   .test_func = test_example,
						   .initial_state = (void *)&examples[i]};
	return cmocka_run_group_tests_name("judge", tests, NULL, NULL);
}
