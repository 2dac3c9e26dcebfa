/* SPDX-License-Identifier: BSD-2-Clause */
/* Log-linear histogram of nanoseconds with the bucket maths of bpf/bucket.h. */
#ifndef PORTGAUGE_HIST_H
#define PORTGAUGE_HIST_H

#include <stdint.h>

#include "bpf/bucket.h"
#include "lib/model.h"

struct hist {
	uint64_t samples;        /* all, overflow included */
	uint64_t overflow;       /* at or above BUCKET_LIMIT_NS */
	uint64_t min_ns, max_ns; /* exact; min is FIELD_ABSENT while there is no sample */
	uint64_t buckets[BUCKET_COUNT];
};

void hist_init(struct hist *hist);

static inline void hist_record(struct hist *hist, uint64_t value_ns)
{
	hist->samples++;
	if (value_ns < hist->min_ns)
		hist->min_ns = value_ns;
	if (value_ns > hist->max_ns)
		hist->max_ns = value_ns;
	if (value_ns < BUCKET_LIMIT_NS)
		hist->buckets[bucket_index(value_ns)]++;
	else
		hist->overflow++;
}

void hist_merge(struct hist *into, const struct hist *from);

/*
 * Smallest value at or below which a share `q` (0 to 1) of the samples lies, as the upper bound
 * of its bucket clamped to [min, max] (HdrHistogram's highest equivalent value). FIELD_ABSENT
 * without samples.
 */
uint64_t hist_quantile(const struct hist *hist, double q);

/*
 * Percentiles of a histogram. One with fewer than 10/(1-q) samples behind it is FIELD_ABSENT
 * (methodology: a tail needs ten samples beyond it); min, p50 and max need one sample.
 */
void hist_percentiles(const struct hist *hist, struct percentiles *ret_percentiles);

#endif
