// SPDX-License-Identifier: BSD-2-Clause
#include "bench/stats.h"

#include <math.h>
#include <stdlib.h>

#define COVERAGE 0.95

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double stats_quantile(const double *sorted, size_t count, double q)
{
	double position, below;
	size_t i;

	if (!count)
		return NAN;
	position = (double)(count - 1) * q;
	below = floor(position);
	i = (size_t)below;
	if (i + 1 >= count)
		return sorted[count - 1];
	return sorted[i] + (position - below) * (sorted[i + 1] - sorted[i]);
}

double stats_median(double *values, size_t count)
{
	if (count)
		qsort(values, count, sizeof(*values), compare);
	return stats_quantile(values, count, 0.5);
}

/* Chance that exactly i of n values lie below the median: C(n, i) / 2^n. By logarithms, because
 * 2^n overflows from n = 1024 on. */
static double binomial_half(size_t n, size_t i)
{
	int sign;

	return exp(lgamma_r((double)n + 1, &sign) - lgamma_r((double)i + 1, &sign) -
		   lgamma_r((double)(n - i) + 1, &sign) - (double)n * M_LN2);
}

size_t stats_interval_rank(size_t count, double *ret_coverage)
{
	double tail = 0, coverage = NAN;
	size_t rank = 0;

	for (size_t k = 1; 2 * k <= count; k++) {
		tail += binomial_half(count, k - 1);
		if (1 - 2 * tail < COVERAGE)
			break;
		rank = k;
		coverage = 1 - 2 * tail;
	}
	if (!rank && count)
		coverage = 1 - 2 * binomial_half(count, 0);
	if (ret_coverage)
		*ret_coverage = coverage;
	return rank;
}

void stats_of(double *values, size_t count, struct stats *ret_stats)
{
	struct stats stats = {.count = count};
	size_t rank = stats_interval_rank(count, &stats.coverage);

	stats.median = stats_median(values, count);
	stats.min = stats_quantile(values, count, 0);
	stats.q1 = stats_quantile(values, count, 0.25);
	stats.q3 = stats_quantile(values, count, 0.75);
	stats.max = stats_quantile(values, count, 1);
	stats.low = rank ? values[rank - 1] : stats.min;
	stats.high = rank ? values[count - rank] : stats.max;
	*ret_stats = stats;
}
