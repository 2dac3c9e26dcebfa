// SPDX-License-Identifier: BSD-2-Clause
#include "bench/answer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/stats.h"

enum { MAX_PLANES = 32 };

static const char *plane_of(const struct points *points, const struct point_row *row)
{
	int axis = points_axis_find(points, "dut.plane");

	return axis < 0 ? "" : points_value(points, row, (uint32_t)axis);
}

static bool is_wire(const struct points *points, const struct point_row *row)
{
	return !strcmp(plane_of(points, row), plane_words[PLANE_WIRE]);
}

/* A row of measure peak that has a figure. */
static bool has_peak(const struct point_row *row)
{
	return row->measure == MEASURE_PEAK && row->metrics.forwarding_pps > 0;
}

/* The row of another plane that differs in nothing else, or NULL. */
static const struct point_row *find_twin(const struct points *points, const struct point_row *row,
					 const char *plane)
{
	int plane_axis = points_axis_find(points, "dut.plane");

	for (uint32_t i = 0; plane_axis >= 0 && i < points->nr_rows; i++) {
		const struct point_row *other = &points->rows[i];
		bool same =
			other->measure == row->measure && !strcmp(plane_of(points, other), plane);

		for (int axis = 0; same && axis < (int)points->record->nr_axes; axis++)
			if (axis != plane_axis)
				same = !strcmp(points_value(points, row, (uint32_t)axis),
					       points_value(points, other, (uint32_t)axis));
		if (same)
			return other;
	}
	return NULL;
}

double answer_ceiling(const struct points *points, const struct point_row *row)
{
	const struct point_row *wire;

	if (!has_peak(row) || is_wire(points, row))
		return NAN;
	wire = find_twin(points, row, plane_words[PLANE_WIRE]);
	if (!wire || !has_peak(wire))
		return NAN;
	return row->metrics.forwarding_pps / wire->metrics.forwarding_pps;
}

/* ---- who is faster ----------------------------------------------------------------------- */

/* Planes under test that have a peak figure, wire left out. */
static size_t list_planes(const struct points *points, const char *planes[MAX_PLANES])
{
	size_t count = 0;

	for (uint32_t i = 0; i < points->nr_rows && count < MAX_PLANES; i++) {
		const char *plane = plane_of(points, &points->rows[i]);
		bool known =
			!*plane || is_wire(points, &points->rows[i]) || !has_peak(&points->rows[i]);

		for (size_t k = 0; k < count; k++)
			known |= !strcmp(planes[k], plane);
		if (!known)
			planes[count++] = plane;
	}
	return count;
}

/* Ratios of two planes' figures at the points that both have; sorted. Returns their number. */
static size_t list_ratios(const struct points *points, const char *plane, const char *base,
			  double *ratios)
{
	size_t count = 0;

	for (uint32_t i = 0; i < points->nr_rows; i++) {
		const struct point_row *row = &points->rows[i], *other;

		if (!has_peak(row) || strcmp(plane_of(points, row), plane))
			continue;
		other = find_twin(points, row, base);
		if (other && has_peak(other))
			ratios[count++] =
				row->metrics.forwarding_pps / other->metrics.forwarding_pps;
	}
	stats_median(ratios, count); /* which sorts */
	return count;
}

static void print_ratio(const struct points *points, const char *plane, const char *base,
			double *ratios, FILE *out)
{
	size_t count = list_ratios(points, plane, base, ratios);
	double median = stats_quantile(ratios, count, 0.5);

	if (!count)
		return;
	if (median < 1) {
		const char *faster = base;

		base = plane;
		plane = faster;
		count = list_ratios(points, plane, base, ratios);
		median = stats_quantile(ratios, count, 0.5);
	}
	if (count == 1)
		fprintf(out, "At maximum load %s forwards %.2f times what %s does.\n", plane,
			median, base);
	else
		fprintf(out,
			"At maximum load %s forwards %.2f times what %s does (median of the %zu "
			"points they share;\n%.2f to %.2f).\n",
			plane, median, base, count, ratios[0], ratios[count - 1]);
}

static void print_best(const struct points *points, FILE *out)
{
	const struct point_row *best = NULL;

	for (uint32_t i = 0; i < points->nr_rows; i++) {
		const struct point_row *row = &points->rows[i];

		if (has_peak(row) && !is_wire(points, row) &&
		    (!best || row->metrics.forwarding_pps > best->metrics.forwarding_pps))
			best = row;
	}
	if (!best)
		return;
	fprintf(out, "The highest forwarding rate is %.3f Mpps",
		best->metrics.forwarding_pps / 1e6);
	for (uint32_t i = 0; i < points->record->nr_axes; i++)
		fprintf(out, "%s%s %s", i ? ", " : ", at ", points->record->axes[i],
			points_value(points, best, i));
	fputs(".\n", out);
}

/* ---- what limited ------------------------------------------------------------------------ */

static void print_limits(const struct points *points, FILE *out)
{
	static const char *const who[] = {
		[LIMIT_NONE] = "nothing",
		[LIMIT_DUT] = "the DUT",
		[LIMIT_TESTER_TX] = "the generator",
		[LIMIT_TESTER_RX] = "the tester's receive side",
		[LIMIT_PLATFORM] = "other work on the DUT's CPU",
	};
	uint32_t counts[sizeof(who) / sizeof(who[0])] = {0}, nr = 0, shown = 0;

	for (uint32_t i = 0; i < points->nr_rows; i++) {
		nr += has_peak(&points->rows[i]);
		for (uint32_t k = 0; has_peak(&points->rows[i]) && limit_words[k]; k++)
			counts[k] += !strcmp(points->rows[i].metrics.limit, limit_words[k]);
	}
	for (uint32_t k = 0; limit_words[k]; k++)
		if (counts[k])
			fprintf(out, "%s%s at %u",
				shown++ ? ", " : "What limited the peak: ", who[k], counts[k]);
	if (shown)
		fprintf(out, " of %u point%s.\n", nr, nr == 1 ? "" : "s");
}

/* At a fixed rate the answer is whether it was carried. */
static void print_rates(const struct points *points, FILE *out)
{
	uint32_t nr = 0, lossless = 0;

	for (uint32_t i = 0; i < points->nr_rows; i++) {
		const struct point_row *row = &points->rows[i];

		if (row->measure != MEASURE_RATE || isnan(row->metrics.loss_ratio))
			continue;
		nr++;
		lossless += row->metrics.loss_ratio == 0;
	}
	if (nr)
		fprintf(out, "At the fixed rate %u of %u points lost nothing (median trial).\n",
			lossless, nr);
}

void answer_print(const struct points *points, FILE *out)
{
	const char *planes[MAX_PLANES];
	size_t nr_planes = list_planes(points, planes);
	double *ratios = calloc(points->nr_rows ? points->nr_rows : 1, sizeof(*ratios));

	for (size_t i = 0; ratios && i < nr_planes; i++)
		for (size_t k = i + 1; k < nr_planes; k++)
			print_ratio(points, planes[i], planes[k], ratios, out);
	if (nr_planes < 2)
		print_best(points, out);
	print_limits(points, out);
	print_rates(points, out);
	free(ratios);
}
