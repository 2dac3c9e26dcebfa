// SPDX-License-Identifier: BSD-2-Clause
#include <string.h>

#include "lib/hist.h"

void hist_init(struct hist *hist)
{
	memset(hist, 0, sizeof(*hist));
	hist->min_ns = FIELD_ABSENT;
}

void hist_merge(struct hist *into, const struct hist *from)
{
	into->samples += from->samples;
	into->overflow += from->overflow;
	if (from->min_ns < into->min_ns)
		into->min_ns = from->min_ns;
	if (from->max_ns > into->max_ns)
		into->max_ns = from->max_ns;
	for (uint32_t i = 0; i < BUCKET_COUNT; i++)
		into->buckets[i] += from->buckets[i];
}

/* How many samples lie at or below the quantile: q * samples rounded up, where a product that is
 * whole but for the error of `double` (0.55 * 100) counts as whole. */
static uint64_t rank_of(uint64_t samples, double q)
{
	double exact = q * (double)samples;
	uint64_t rank = exact > 0 ? (uint64_t)exact : 0;

	if (exact - (double)rank > exact * 1e-12)
		rank++;
	if (rank > samples)
		rank = samples;
	return rank ? rank : 1;
}

uint64_t hist_quantile(const struct hist *hist, double q)
{
	uint64_t rank, seen = 0;

	if (!hist->samples)
		return FIELD_ABSENT;
	rank = rank_of(hist->samples, q);
	for (uint32_t i = 0; i < BUCKET_COUNT; i++) {
		uint64_t value;

		seen += hist->buckets[i];
		if (seen < rank)
			continue;
		value = bucket_upper(i);
		if (value < hist->min_ns)
			return hist->min_ns;
		return value < hist->max_ns ? value : hist->max_ns;
	}
	return hist->max_ns;
}

static uint64_t quantile_with(const struct hist *hist, double q, uint64_t needed)
{
	return hist->samples < needed ? FIELD_ABSENT : hist_quantile(hist, q);
}

void hist_percentiles(const struct hist *hist, struct percentiles *ret_percentiles)
{
	bool any = hist->samples > 0;

	*ret_percentiles = (struct percentiles){
		.samples = hist->samples,
		.min = any ? hist->min_ns : FIELD_ABSENT,
		.p50 = hist_quantile(hist, 0.5),
		.p90 = quantile_with(hist, 0.9, 100),
		.p99 = quantile_with(hist, 0.99, 1000),
		.p999 = quantile_with(hist, 0.999, 10000),
		.p9999 = quantile_with(hist, 0.9999, 100000),
		.max = any ? hist->max_ns : FIELD_ABSENT,
	};
}
