// SPDX-License-Identifier: BSD-2-Clause
/* Reads and zeroes the counters of all CPUs, through memory shared with the BPF program. */
#include <errno.h>
#include <string.h>

#include "lib/clock.h"
#include "sink/session.h"

_Static_assert(SINK_QUEUES == MODEL_MAX_QUEUES, "a result holds every queue that is counted");

/* How often drain looks: short against the time it waits for. */
#define DRAIN_STEP_NS (NS_PER_MS / 2)

/* The program's CPU goes on counting: each word is read whole, words may be a packet apart. */
static uint64_t load(const __u64 *word)
{
	return __atomic_load_n(word, __ATOMIC_RELAXED);
}

void sink_reset(struct sink_session *session)
{
	memset(session->cpus, 0, session->nr_cpus * sizeof(*session->cpus));
	memset(session->flows, 0, session->nr_flows * sizeof(*session->flows));
	for (uint32_t i = 0; i < session->nr_cpus; i++)
		session->cpus[i].min_ns = UINT64_MAX;
}

static void add_counters(const struct sink_cpu *cpu, struct sink_result *result)
{
	result->received += load(&cpu->received);
	result->duplicate += load(&cpu->duplicate);
	result->reordered += load(&cpu->reordered);
	result->too_late += load(&cpu->too_late);
	result->unknown_flow += load(&cpu->unknown_flow);
	result->foreign += load(&cpu->foreign);
	result->malformed += load(&cpu->malformed);
	result->passed += load(&cpu->passed);
	result->bytes += load(&cpu->bytes);
	result->negative += load(&cpu->negative);
	result->overflow += load(&cpu->overflow);
	for (uint32_t i = 0; i < SINK_QUEUES; i++) {
		uint64_t received = load(&cpu->queues[i]);

		result->queues[i] += received;
		/* Channels may have been added since the sink was opened. */
		if (received && i >= result->nr_queues)
			result->nr_queues = i + 1;
	}
}

static void add_latency(const struct sink_cpu *cpu, struct hist *hist)
{
	uint64_t min_ns = load(&cpu->min_ns), max_ns = load(&cpu->max_ns);
	uint64_t overflow = load(&cpu->overflow);

	for (uint32_t i = 0; i < BUCKET_COUNT; i++) {
		uint64_t count = load(&cpu->buckets[i]);

		hist->buckets[i] += count;
		hist->samples += count;
	}
	hist->overflow += overflow;
	hist->samples += overflow;
	if (min_ns < hist->min_ns)
		hist->min_ns = min_ns;
	if (max_ns > hist->max_ns)
		hist->max_ns = max_ns;
}

/* Earliest and latest arrival so far; CPUs without one do not count. */
static void add_arrivals(const struct sink_cpu *cpu, uint64_t *first_ns, uint64_t *last_ns)
{
	uint64_t first = load(&cpu->first_ns), last = load(&cpu->last_ns);

	if (!first)
		return;
	if (!*first_ns || first < *first_ns)
		*first_ns = first;
	if (last > *last_ns)
		*last_ns = last;
}

void sink_read(struct sink_session *session, struct sink_result *ret_result, struct hist *hist)
{
	uint64_t first_ns = 0, last_ns = 0;
	struct hist own;

	if (!hist)
		hist = &own;
	hist_init(hist);
	memset(ret_result, 0, sizeof(*ret_result));
	ret_result->mode = session->attachment.mode;
	ret_result->nr_queues = session->nr_queues;
	for (uint32_t i = 0; i < session->nr_cpus; i++) {
		add_counters(&session->cpus[i], ret_result);
		add_latency(&session->cpus[i], hist);
		add_arrivals(&session->cpus[i], &first_ns, &last_ns);
	}
	ret_result->span_ns = last_ns - first_ns;
	hist_percentiles(hist, &ret_result->latency_ns);
}

uint64_t sink_received(const struct sink_session *session)
{
	uint64_t received = 0;

	for (uint32_t i = 0; i < session->nr_cpus; i++)
		received += load(&session->cpus[i].received);
	return received;
}

/* As sink_received, with the duplicates: they too show that something still arrives. */
static uint64_t arrived(const struct sink_session *session)
{
	uint64_t count = sink_received(session);

	for (uint32_t i = 0; i < session->nr_cpus; i++)
		count += load(&session->cpus[i].duplicate);
	return count;
}

int sink_drain(struct sink_session *session, uint64_t still_ns, uint64_t cap_ns)
{
	uint64_t now_ns = clock_now_ns(), end_ns = now_ns + cap_ns, since_ns = now_ns;
	uint64_t count = arrived(session);

	while (now_ns - since_ns < still_ns) {
		uint64_t before = count;

		if (now_ns >= end_ns)
			return -ETIMEDOUT;
		clock_sleep_until(now_ns + DRAIN_STEP_NS);
		now_ns = clock_now_ns();
		count = arrived(session);
		if (count != before)
			since_ns = now_ns;
	}
	return 0;
}
