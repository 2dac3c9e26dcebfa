// SPDX-License-Identifier: BSD-2-Clause
#include "bench/judge.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A schedule missed by a larger share is another rate than asked for; a smaller loss at full load is
 * no overload. RFC 2544 has no tolerance, methodology.md 1.9 this one. */
#define TOLERANCE 0.001
/* Above this share of what the DUT forwarded, losing it at the tester's ring is what the figure shows. */
#define SINK_SHARE 0.1
/* A thread that polls without a pause runs for nearly all of the time; below this it was kept from it. */
#define BUSY_SHARE 0.85

__attribute__((format(printf, 2, 3))) static void give_reason(struct verdict *verdict,
							      const char *format, ...)
{
	va_list args;

	verdict->trusted = false;
	if (verdict->nr_reasons == MODEL_MAX_REASONS)
		return;
	va_start(args, format);
	vsnprintf(verdict->reasons[verdict->nr_reasons++], sizeof(verdict->reasons[0]), format,
		  args);
	va_end(args);
}

static void fill_ledger(struct trial *trial)
{
	struct ledger *ledger = &trial->ledger;

	*ledger = (struct ledger){
		.offered = trial->gen.offered,
		.unsent = trial->gen.unsent,
		.sent = trial->gen.sent,
		.received = trial->sink.received,
		/* veth counts a full ring at the sender and nowhere else. A packet that XDP_TX
		 * could not hand over counts in three places: the DUT's tx_dropped is the one. */
		.dut_rx_overrun = trial->tester_delta.tx_dropped,
		.dut_dropped = trial->dut.dropped,
		.tester_rx_overrun = trial->dut_delta.tx_dropped,
	};
	ledger->unexplained = (int64_t)(ledger->sent - ledger->received - ledger->dut_rx_overrun -
					ledger->dut_dropped - ledger->tester_rx_overrun);
}

/*
 * At full load what drains from the rings after the last packet was sent is received too, so the rate
 * is that at which packets arrived: over the time of sending, slow planes and more channels would
 * look up to 1 % faster. At a fixed rate both are the same, and the first is exact for few packets.
 */
static double forwarding_rate(const struct trial *trial)
{
	double received = (double)trial->sink.received;

	if (!trial->load.rate_pps && trial->sink.received > 1 && trial->sink.span_ns)
		return (received - 1) * 1e9 / (double)trial->sink.span_ns;
	return trial->gen.elapsed_ns ? received * 1e9 / (double)trial->gen.elapsed_ns : NAN;
}

static void fill_outcome(struct trial *trial)
{
	const struct ledger *ledger = &trial->ledger;
	double lost = (double)(int64_t)(ledger->sent - ledger->received);

	trial->outcome.forwarding_pps = forwarding_rate(trial);
	trial->outcome.loss_ratio = ledger->sent ? lost / (double)ledger->sent : NAN;
}

/* True if the generator sent another rate than the fixed one it was asked for. */
static bool missed_rate(const struct trial *trial)
{
	return trial->load.rate_pps &&
	       (double)trial->ledger.unsent > TOLERANCE * (double)trial->ledger.offered;
}

/*
 * True if the DUT's ring overran although its NAPI threads did not have the CPU for most of the time:
 * somebody else had it. The tester's threads may share it, and are none of somebody else.
 */
static bool lacked_cpu(const struct trial *trial)
{
	uint64_t run_ns = trial->dut_delta.napi_cpu_ns + trial->tester_delta.napi_cpu_ns;

	return trial->dut_delta.napi_cpu_ns &&
	       (double)trial->ledger.dut_rx_overrun > TOLERANCE * (double)trial->ledger.sent &&
	       (double)run_ns < BUSY_SHARE * (double)trial->gen.elapsed_ns;
}

static uint32_t find_limit(const struct trial *trial)
{
	const struct ledger *ledger = &trial->ledger;
	uint64_t dut_loss = ledger->dut_rx_overrun + ledger->dut_dropped;
	uint64_t forwarded = ledger->received + ledger->tester_rx_overrun;

	if (missed_rate(trial))
		return LIMIT_TESTER_TX;
	/* As fast as possible and next to nothing lost: only the generator can have been the limit. */
	if (!trial->load.rate_pps && ledger->sent && trial->outcome.loss_ratio <= TOLERANCE)
		return LIMIT_TESTER_TX;
	if (lacked_cpu(trial))
		return LIMIT_PLATFORM;
	if (ledger->tester_rx_overrun > dut_loss ||
	    (double)ledger->tester_rx_overrun > SINK_SHARE * (double)forwarded)
		return LIMIT_TESTER_RX;
	return dut_loss ? LIMIT_DUT : LIMIT_NONE;
}

static void judge_ledger(const struct ledger *ledger, struct verdict *verdict)
{
	if (ledger->offered != ledger->unsent + ledger->sent)
		give_reason(verdict,
			    "the ledger does not balance: %" PRIu64 " offered, but %" PRIu64
			    " sent and %" PRIu64 " unsent",
			    ledger->offered, ledger->sent, ledger->unsent);
	if (ledger->unexplained > 0)
		give_reason(verdict,
			    "the ledger does not balance: %" PRId64 " of %" PRIu64
			    " packets sent are unexplained",
			    ledger->unexplained, ledger->sent);
	else if (ledger->unexplained < 0)
		give_reason(verdict,
			    "the ledger does not balance: %" PRIu64
			    " packets more were received or counted as lost than were sent",
			    0 - (uint64_t)ledger->unexplained);
	if (!ledger->sent)
		give_reason(verdict,
			    "nothing was sent: the kernel took none of %" PRIu64 " packets",
			    ledger->offered);
	else if (!ledger->received)
		give_reason(verdict, "nothing was received of %" PRIu64 " packets sent",
			    ledger->sent);
}

static void judge_sink(const struct sink_result *sink, struct verdict *verdict)
{
	if (sink->foreign)
		give_reason(verdict,
			    "the sink saw %" PRIu64
			    " foreign probes: another run sends to the same ports",
			    sink->foreign);
	if (sink->duplicate)
		give_reason(verdict, "the sink saw %" PRIu64 " duplicates", sink->duplicate);
	if (sink->negative)
		give_reason(verdict,
			    "a clock went backwards: %" PRIu64
			    " probes arrived before their departure",
			    sink->negative);
}

void judge_trial(struct trial *trial)
{
	struct verdict *verdict = &trial->verdict;

	fill_ledger(trial);
	fill_outcome(trial);
	if (!trial->load.rate_pps)
		memset(&trial->sink.latency_ns, 0, sizeof(trial->sink.latency_ns));

	*verdict = (struct verdict){.trusted = true, .limit = find_limit(trial)};
	if (missed_rate(trial))
		give_reason(verdict,
			    "the generator could not offer the rate: %" PRIu64 " of %" PRIu64
			    " packets (%.2f %%) stayed unsent",
			    trial->ledger.unsent, trial->ledger.offered,
			    100.0 * (double)trial->ledger.unsent / (double)trial->ledger.offered);
	judge_sink(&trial->sink, verdict);
	judge_ledger(&trial->ledger, verdict);
}
