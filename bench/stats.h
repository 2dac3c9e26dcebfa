/* SPDX-License-Identifier: BSD-2-Clause */
/* Order statistics of a few values. No assumption about their distribution. */
#ifndef PORTGAUGE_STATS_H
#define PORTGAUGE_STATS_H

#include <stddef.h>

/* Every member is NAN when there is no value. */
struct stats {
	size_t count;
	double min, q1, median, q3, max;
	/*
	 * Exact (binomial) interval of the median: the narrowest [x(k), x(n+1-k)] that covers it
	 * with 95 % at least. Fewer than six values cannot: then it is [min, max], and `coverage`
	 * says what that is worth.
	 */
	double low, high, coverage;
};

/* Sorts `values`. */
void stats_of(double *values, size_t count, struct stats *ret_stats);

/* Of sorted values, linear between neighbours (type 7: h = (n - 1) q). NAN without values. */
double stats_quantile(const double *sorted, size_t count, double q);

/* Sorts `values`. */
double stats_median(double *values, size_t count);

/* The largest k whose interval covers the median with 95 %; 0 if there is none (count < 6). */
size_t stats_interval_rank(size_t count, double *ret_coverage);

#endif
