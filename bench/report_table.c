// SPDX-License-Identifier: BSD-2-Clause
#include "bench/report_table.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "bench/answer.h"
#include "bench/table.h"

/* ---- what both tables have --------------------------------------------------------------- */

static bool has_measure(const struct points *points, uint32_t measure)
{
	for (uint32_t i = 0; i < points->nr_rows; i++)
		if (points->rows[i].measure == measure)
			return true;
	return false;
}

/* "nic.mtu" is headed "mtu", unless another axis ends in the same word. */
static const char *axis_heading(const struct run_record *record, uint32_t axis)
{
	const char *dot = strrchr(record->axes[axis], '.');

	if (!dot)
		return record->axes[axis];
	for (uint32_t i = 0; i < record->nr_axes; i++) {
		const char *other = strrchr(record->axes[i], '.');

		if (i != axis && other && !strcmp(other, dot))
			return record->axes[axis];
	}
	return dot + 1;
}

static void axis_columns(const struct points *points, struct table *table)
{
	for (uint32_t i = 0; i < points->record->nr_axes; i++) {
		const struct field *field = points_axis_field(points->record->axes[i]);
		bool number = field && field->type == FIELD_U32;

		table_column(table, number ? TABLE_RIGHT : TABLE_LEFT,
			     axis_heading(points->record, i), number ? field->unit : NULL);
	}
}

static void axis_cells(const struct points *points, const struct point_row *row,
		       struct table *table)
{
	for (uint32_t i = 0; i < points->record->nr_axes; i++)
		table_cell(table, "%s", points_value(points, row, i));
}

static void number_cell(struct table *table, double value, int decimals)
{
	if (isnan(value))
		table_cell(table, "n/a");
	else
		table_cell(table, "%.*f", decimals, value);
}

/* Exactly nothing lost is 0, and only that. */
static void loss_cell(struct table *table, double loss_ratio)
{
	if (isnan(loss_ratio))
		table_cell(table, "n/a");
	else if (loss_ratio == 0)
		table_cell(table, "0");
	else if (fabs(loss_ratio) < 0.000005)
		table_cell(table, "<0.001");
	else
		table_cell(table, "%.3f", 100 * loss_ratio);
}

static void trusted_cell(struct table *table, const struct point_metrics *metrics)
{
	table_cell(table, "%" PRIu32 "/%" PRIu32, metrics->trusted, metrics->trials);
}

const char *report_load(const struct run_record *record, uint32_t measure, char *buffer,
			size_t size)
{
	bool same_frame = true, same_flows = true;
	const struct load *load = NULL;
	size_t used = 0;

	for (uint32_t i = 0; i < record->nr_trials; i++) {
		if (record->trials[i].measure != measure)
			continue;
		if (!load)
			load = &record->trials[i].load;
		same_frame &= record->trials[i].load.frame_bytes == load->frame_bytes;
		same_flows &= record->trials[i].load.flows == load->flows;
	}
	*buffer = '\0';
	if (load && same_frame)
		used = (size_t)snprintf(buffer, size, "%" PRIu32 "-byte frames", load->frame_bytes);
	if (load && same_flows && used < size)
		snprintf(buffer + used, size - used, "%s%" PRIu32 " flow%s", used ? ", " : "",
			 load->flows, load->flows == 1 ? "" : "s");
	return buffer;
}

static void print_title(const struct points *points, uint32_t measure, const char *title, FILE *out)
{
	char load[64];

	report_load(points->record, measure, load, sizeof(load));
	fprintf(out, "\n%s%s%s\n\n", title, *load ? ", " : "", load);
}

/* ---- peak -------------------------------------------------------------------------------- */

/* Smallest coverage of the intervals that the table shows. */
static double least_coverage(const struct points *points, uint32_t measure)
{
	double least = INFINITY;

	for (uint32_t i = 0; i < points->nr_rows; i++)
		if (points->rows[i].measure == measure && points->rows[i].metrics.coverage < least)
			least = points->rows[i].metrics.coverage;
	return least;
}

static void peak_row(const struct points *points, const struct point_row *row, struct table *table)
{
	const struct point_metrics *metrics = &row->metrics;

	axis_cells(points, row, table);
	number_cell(table, metrics->offered_pps / 1e6, 3);
	number_cell(table, metrics->forwarding_pps / 1e6, 3);
	if (isnan(metrics->forwarding_low_pps))
		table_cell(table, "n/a");
	else
		table_cell(table, "%.3f - %.3f", metrics->forwarding_low_pps / 1e6,
			   metrics->forwarding_high_pps / 1e6);
	number_cell(table, 100 * metrics->spread, 1);
	loss_cell(table, metrics->loss_ratio);
	table_cell(table, "%s%s", *metrics->limit ? metrics->limit : "n/a",
		   answer_ceiling(points, row) >= ANSWER_CEILING ? " *" : "");
	trusted_cell(table, metrics);
}

static void peak_notes(const struct points *points, FILE *out)
{
	double coverage = least_coverage(points, MEASURE_PEAK);
	uint32_t at_ceiling = 0;

	for (uint32_t i = 0; i < points->nr_rows; i++)
		at_ceiling += answer_ceiling(points, &points->rows[i]) >= ANSWER_CEILING;
	if (at_ceiling)
		fprintf(out,
			"  * tester-limited: within 5 %% of what the tester does alone (plane wire), or "
			"above;\n    the data plane may be faster than this.\n");
	if (coverage < 0.95)
		fprintf(out,
			"  range: of the trials; with fewer than six it holds the median with less "
			"than 95 %% (here %.0f %%).\n",
			100 * coverage);
	fprintf(out, "  spread: interquartile range of the trials, of the median.\n");
}

int report_table_peak(const struct points *points, FILE *out)
{
	struct table table = {0};
	int err;

	if (!has_measure(points, MEASURE_PEAK))
		return 0;
	print_title(points, MEASURE_PEAK, "Peak: forwarding rate at maximum offered load", out);
	axis_columns(points, &table);
	table_column(&table, TABLE_RIGHT, "offered", "Mpps");
	table_column(&table, TABLE_RIGHT, "forwarded", "Mpps");
	table_column(&table, TABLE_RIGHT,
		     least_coverage(points, MEASURE_PEAK) < 0.95 ? "range" : "95 % interval",
		     "Mpps");
	table_column(&table, TABLE_RIGHT, "spread", "%");
	table_column(&table, TABLE_RIGHT, "loss", "%");
	table_column(&table, TABLE_LEFT, "limit", NULL);
	table_column(&table, TABLE_RIGHT, "trusted", "trials");
	for (uint32_t i = 0; i < points->nr_rows; i++)
		if (points->rows[i].measure == MEASURE_PEAK)
			peak_row(points, &points->rows[i], &table);
	err = table_print(&table, out);
	table_done(&table);
	fputc('\n', out);
	if (!err)
		peak_notes(points, out);
	return err;
}

/* ---- rate -------------------------------------------------------------------------------- */

static void latency_cell(struct table *table, uint64_t latency_ns)
{
	if (latency_ns == FIELD_ABSENT)
		table_cell(table, "n/a");
	else
		table_cell(table, "%.1f", (double)latency_ns / 1e3);
}

static void rate_row(const struct points *points, const struct point_row *row, double unit_pps,
		     struct table *table)
{
	const struct point_metrics *metrics = &row->metrics;

	axis_cells(points, row, table);
	number_cell(table, metrics->offered_pps / unit_pps, 3);
	loss_cell(table, metrics->loss_ratio);
	latency_cell(table, metrics->latency_ns.p50);
	latency_cell(table, metrics->latency_ns.p90);
	latency_cell(table, metrics->latency_ns.p99);
	latency_cell(table, metrics->latency_ns.p999);
	latency_cell(table, metrics->latency_ns.max);
	latency_cell(table, metrics->late_ns.p99);
	trusted_cell(table, metrics);
}

static bool any_absent(const struct points *points)
{
	for (uint32_t i = 0; i < points->nr_rows; i++)
		if (points->rows[i].measure == MEASURE_RATE &&
		    (points->rows[i].metrics.latency_ns.p99 == FIELD_ABSENT ||
		     points->rows[i].metrics.latency_ns.p999 == FIELD_ABSENT))
			return true;
	return false;
}

int report_table_rate(const struct points *points, FILE *out)
{
	static const char *const percentiles[] = {"p50", "p90", "p99", "p99.9", "max"};
	struct table table = {0};
	double highest_pps = 0, unit_pps;
	int err;

	if (!has_measure(points, MEASURE_RATE))
		return 0;
	for (uint32_t i = 0; i < points->nr_rows; i++)
		if (points->rows[i].measure == MEASURE_RATE &&
		    points->rows[i].metrics.offered_pps > highest_pps)
			highest_pps = points->rows[i].metrics.offered_pps;
	unit_pps = highest_pps < 1e6 ? 1e3 : 1e6;

	print_title(points, MEASURE_RATE, "Rate: loss and one-way latency at a fixed offered load",
		    out);
	axis_columns(points, &table);
	table_column(&table, TABLE_RIGHT, "offered", unit_pps < 1e6 ? "kpps" : "Mpps");
	table_column(&table, TABLE_RIGHT, "loss", "%");
	for (size_t i = 0; i < sizeof(percentiles) / sizeof(percentiles[0]); i++)
		table_column(&table, TABLE_RIGHT, percentiles[i], "us");
	table_column(&table, TABLE_RIGHT, "late", "us");
	table_column(&table, TABLE_RIGHT, "trusted", "trials");
	for (uint32_t i = 0; i < points->nr_rows; i++)
		if (points->rows[i].measure == MEASURE_RATE)
			rate_row(points, &points->rows[i], unit_pps, &table);
	err = table_print(&table, out);
	table_done(&table);
	fputs("\n  latency: scheduled departure to sink, of the packets that arrived; median of the "
	      "trials.\n"
	      "  late: scheduled to real departure, p99: the part of that latency that is the "
	      "generator's own.\n",
	      out);
	if (any_absent(points))
		fputs("  n/a: fewer than ten samples beyond the percentile, or no trusted trial.\n",
		      out);
	return err;
}
