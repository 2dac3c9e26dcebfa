/* SPDX-License-Identifier: BSD-2-Clause */
/* The trials of a run, grouped to points: one row a measure and a combination of axis values. */
#ifndef PORTGAUGE_POINTS_H
#define PORTGAUGE_POINTS_H

#include <stdio.h>

#include "bench/store.h"
#include "lib/field.h"

/* Medians over the trials; FIELD_ABSENT where no trial had enough samples. */
struct point_latency {
	uint64_t p50, p90, p99, p999, max;
};

/* Everything but the first three is of the trusted trials; NAN and "" when there is none. */
struct point_metrics {
	uint32_t trials;
	uint32_t trusted;
	uint32_t untrusted;
	double forwarding_pps;                          /* median */
	double forwarding_low_pps, forwarding_high_pps; /* interval of that median */
	double coverage; /* of the interval: below 0.95 with fewer than six trials */
	double offered_pps;
	double sent_pps;
	double loss_ratio;
	struct point_latency latency_ns;
	struct point_latency late_ns; /* of the generator, and part of the latency */
	char limit[16];               /* the most frequent enum limit, as a word */
	double spread; /* interquartile range of the forwarding rate, by its median */
};

extern const struct field_table point_latency_table, point_metrics_table;

struct point_row {
	uint32_t measure; /* enum measure */
	uint32_t point;   /* index into the record's points */
	struct point_metrics metrics;
};

struct points {
	const struct run_record *record; /* not owned */
	uint32_t nr_rows;
	struct point_row *rows;
};

/*
 * Groups and sorts: by measure, then by each axis in the scenario's order, its values as their
 * field orders them (numbers by size, words as declared). 0 or -ENOMEM.
 */
int points_init(const struct run_record *record, struct points *ret_points);
void points_done(struct points *points);

/* Points of which at most half of the trials are trusted: their figures are not to be used. */
uint32_t points_doubtful(const struct points *points);

/* Header and rows: measure, one column an axis, then point_metrics_table. */
void points_print_csv(const struct points *points, FILE *out);

/* {"record": "point", "measure": ..., "point": {axis: value}, metrics}. New reference or NULL. */
json_t *points_pack(const struct points *points, const struct point_row *row);

/* The field that an axis' path ("nic.mtu") names, or NULL. */
const struct field *points_axis_field(const char *path);

/* Position of the axis in the record, or -1. */
int points_axis_find(const struct points *points, const char *path);

/* The text of one axis at a row. */
const char *points_value(const struct points *points, const struct point_row *row, uint32_t axis);

#endif
