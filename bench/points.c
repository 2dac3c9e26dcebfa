// SPDX-License-Identifier: BSD-2-Clause
#include "bench/points.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/stats.h"
#include "lib/record.h"

static const struct field point_latency_fields[] = {
	field_row(struct point_latency, p50, FIELD_U64, .help = "median"),
	field_row(struct point_latency, p90, FIELD_U64, .help = "90th percentile"),
	field_row(struct point_latency, p99, FIELD_U64, .help = "99th percentile"),
	field_row(struct point_latency, p999, FIELD_U64, .help = "99.9th percentile"),
	field_row(struct point_latency, max, FIELD_U64, .help = "largest"),
};
const struct field_table point_latency_table =
	field_table_of("latency", struct point_latency, point_latency_fields,
		       "Medians of the trials' percentiles; empty with too few samples.");

static const struct field point_metrics_fields[] = {
	field_row(struct point_metrics, trials, FIELD_U32, .help = "trials of the point"),
	field_row(struct point_metrics, trusted, FIELD_U32,
		  .help = "of these, used for the figures that follow"),
	field_row(struct point_metrics, untrusted, FIELD_U32,
		  .help = "of these, not used; their records say why"),
	field_row_unit(struct point_metrics, forwarding, pps, FIELD_DOUBLE,
		       .help = "median forwarding rate of RFC 2285"),
	field_row_unit(struct point_metrics, forwarding_low, pps, FIELD_DOUBLE,
		       .help = "lower end of the interval of that median (order statistics)"),
	field_row_unit(struct point_metrics, forwarding_high, pps, FIELD_DOUBLE,
		       .help = "upper end"),
	field_row(struct point_metrics, coverage, FIELD_DOUBLE,
		  .help = "probability that the interval holds the median: 0.95 or more; less with "
			  "fewer than six trials, where the interval is the range"),
	field_row_unit(struct point_metrics, offered, pps, FIELD_DOUBLE,
		       .help = "median rate that the generator was due to send"),
	field_row_unit(struct point_metrics, sent, pps, FIELD_DOUBLE, .help = "median rate sent"),
	field_row(struct point_metrics, loss_ratio, FIELD_DOUBLE,
		  .help = "median of (sent - received) / sent"),
	field_row_unit(struct point_metrics, latency, ns, FIELD_GROUP,
		       .group = &point_latency_table,
		       .help = "scheduled departure to sink; only of the measure rate"),
	field_row_unit(struct point_metrics, late, ns, FIELD_GROUP, .group = &point_latency_table,
		       .help = "scheduled to real departure, a part of that latency that is the "
			       "generator's own"),
	field_row(struct point_metrics, limit, FIELD_TEXT,
		  .help = "what kept most trials from a higher figure"),
	field_row(struct point_metrics, spread, FIELD_DOUBLE,
		  .help = "interquartile range of the forwarding rate, divided by its median"),
};
const struct field_table point_metrics_table =
	field_table_of("point", struct point_metrics, point_metrics_fields,
		       "One point: medians over its trusted trials.");

const struct field *points_axis_field(const char *path)
{
	const char *dot = strchr(path, '.');
	const struct field *group;
	char name[64];

	if (!dot || (size_t)(dot - path) >= sizeof(name))
		return NULL;
	memcpy(name, path, (size_t)(dot - path));
	name[dot - path] = '\0';
	group = field_find(&config_table, name);
	return group && group->group ? field_find(group->group, dot + 1) : NULL;
}

int points_axis_find(const struct points *points, const char *path)
{
	for (uint32_t i = 0; i < points->record->nr_axes; i++)
		if (!strcmp(points->record->axes[i], path))
			return (int)i;
	return -1;
}

const char *points_value(const struct points *points, const struct point_row *row, uint32_t axis)
{
	return points->record->points[row->point].values[axis];
}

/* ---- grouping ---------------------------------------------------------------------------- */

static bool trial_counts(const struct trial *trial, const struct point_row *row)
{
	return trial->measure == row->measure && trial->point == row->point &&
	       trial->verdict.trusted && !isnan(trial->outcome.forwarding_pps);
}

/* Where one figure is: in a trial, and the median of it in the metrics. */
struct figure {
	size_t trial, metrics;
};
#define FIGURE(from_, to_)                                                                         \
	{                                                                                          \
		offsetof(struct trial, from_), offsetof(struct point_metrics, to_)                 \
	}
static const struct figure figures[] = {
	FIGURE(gen.offered_pps, offered_pps),
	FIGURE(gen.sent_pps, sent_pps),
	FIGURE(outcome.loss_ratio, loss_ratio),
};
static const struct figure latencies[] = {
	FIGURE(sink.latency_ns.p50, latency_ns.p50), FIGURE(sink.latency_ns.p90, latency_ns.p90),
	FIGURE(sink.latency_ns.p99, latency_ns.p99), FIGURE(sink.latency_ns.p999, latency_ns.p999),
	FIGURE(sink.latency_ns.max, latency_ns.max),
};
static const struct figure lates[] = {
	FIGURE(gen.late_ns.p50, late_ns.p50), FIGURE(gen.late_ns.p90, late_ns.p90),
	FIGURE(gen.late_ns.p99, late_ns.p99), FIGURE(gen.late_ns.p999, late_ns.p999),
	FIGURE(gen.late_ns.max, late_ns.max),
};
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static void *member_at(void *object, size_t offset)
{
	return (char *)object + offset;
}

/* Collects one figure of the row's trials into `values`. */
static size_t collect(const struct run_record *record, const struct point_row *row, size_t offset,
		      double *values)
{
	size_t count = 0;

	for (uint32_t i = 0; i < record->nr_trials; i++) {
		double value = *(double *)member_at(&record->trials[i], offset);

		if (trial_counts(&record->trials[i], row) && !isnan(value))
			values[count++] = value;
	}
	return count;
}

/* Of trials that have `samples` of the distribution that the figure is of. */
static uint64_t median_ns(const struct run_record *record, const struct point_row *row,
			  size_t samples, size_t offset, double *values)
{
	size_t count = 0;

	for (uint32_t i = 0; i < record->nr_trials; i++) {
		struct trial *trial = &record->trials[i];
		uint64_t value_ns = *(uint64_t *)member_at(trial, offset);

		if (trial_counts(trial, row) && *(uint64_t *)member_at(trial, samples) &&
		    value_ns != FIELD_ABSENT)
			values[count++] = (double)value_ns;
	}
	return count ? (uint64_t)llround(stats_median(values, count)) : FIELD_ABSENT;
}

/* The limit that most trials name; of as many, the one declared first. */
static void find_limit(const struct run_record *record, const struct point_row *row, char *ret_word,
		       size_t size)
{
	uint32_t counts[LIMIT_TESTER_RX + 1] = {0}, best = 0;
	bool any = false;

	for (uint32_t i = 0; i < record->nr_trials; i++) {
		const struct trial *trial = &record->trials[i];

		if (!trial_counts(trial, row) || trial->verdict.limit >= COUNT_OF(counts))
			continue;
		counts[trial->verdict.limit]++;
		any = true;
	}
	for (uint32_t i = 1; i < COUNT_OF(counts); i++)
		if (counts[i] > counts[best])
			best = i;
	snprintf(ret_word, size, "%s", any ? limit_words[best] : "");
}

static void measure_row(const struct run_record *record, struct point_row *row, double *values)
{
	struct point_metrics *metrics = &row->metrics;
	struct stats stats;
	size_t count;

	for (uint32_t i = 0; i < record->nr_trials; i++) {
		const struct trial *trial = &record->trials[i];

		metrics->trials += trial->measure == row->measure && trial->point == row->point;
		metrics->trusted += trial_counts(trial, row);
	}
	metrics->untrusted = metrics->trials - metrics->trusted;

	count = collect(record, row, offsetof(struct trial, outcome.forwarding_pps), values);
	stats_of(values, count, &stats);
	metrics->forwarding_pps = stats.median;
	metrics->forwarding_low_pps = stats.low;
	metrics->forwarding_high_pps = stats.high;
	metrics->coverage = stats.coverage;
	metrics->spread = stats.median > 0 ? (stats.q3 - stats.q1) / stats.median : NAN;
	for (size_t i = 0; i < COUNT_OF(figures); i++) {
		count = collect(record, row, figures[i].trial, values);
		*(double *)member_at(metrics, figures[i].metrics) = stats_median(values, count);
	}
	for (size_t i = 0; i < COUNT_OF(latencies); i++)
		*(uint64_t *)member_at(metrics, latencies[i].metrics) =
			median_ns(record, row, offsetof(struct trial, sink.latency_ns.samples),
				  latencies[i].trial, values);
	for (size_t i = 0; i < COUNT_OF(lates); i++)
		*(uint64_t *)member_at(metrics, lates[i].metrics) =
			median_ns(record, row, offsetof(struct trial, gen.late_ns.samples),
				  lates[i].trial, values);
	find_limit(record, row, metrics->limit, sizeof(metrics->limit));
}

/* ---- order ------------------------------------------------------------------------------- */

/* The value as a number that sorts as its field does; words by their place in the declaration. */
static bool sort_key(const struct field *field, const char *text, double *ret_key)
{
	union {
		bool flag;
		uint32_t u32;
		uint64_t u64;
		int64_t i64;
		double number;
	} value = {0};
	struct field here = {0};

	if (!field)
		return false;
	here = *field;
	here.offset = 0;
	if (field->type == FIELD_TEXT || field->type >= FIELD_IPV4 ||
	    field_parse(&here, &value, text, NULL))
		return false;
	switch (field->type) {
	case FIELD_BOOL:
		*ret_key = value.flag;
		return true;
	case FIELD_U32:
	case FIELD_ENUM:
		*ret_key = value.u32;
		break;
	case FIELD_I64:
		*ret_key = (double)value.i64;
		return true;
	case FIELD_DOUBLE:
		*ret_key = value.number;
		return true;
	default:
		*ret_key = (double)value.u64;
		break;
	}
	/* "max" stands for 0, and is above every number. */
	if (field->zero && !strcmp(field->zero, "max") && *ret_key == 0)
		*ret_key = INFINITY;
	return true;
}

static int compare_values(const char *path, const char *a, const char *b)
{
	const struct field *field = points_axis_field(path);
	double x, y;

	if (sort_key(field, a, &x) && sort_key(field, b, &y) && x != y)
		return x < y ? -1 : 1;
	return strcmp(a, b);
}

static int compare_rows(const void *a, const void *b, void *arg)
{
	const struct run_record *record = arg;
	const struct point_row *x = a, *y = b;

	if (x->measure != y->measure)
		return x->measure < y->measure ? -1 : 1;
	for (uint32_t i = 0; i < record->nr_axes; i++) {
		int order = compare_values(record->axes[i], record->points[x->point].values[i],
					   record->points[y->point].values[i]);
		if (order)
			return order;
	}
	return (x->point > y->point) - (x->point < y->point);
}

static struct point_row *find_row(struct points *points, uint32_t measure, uint32_t point)
{
	for (uint32_t i = 0; i < points->nr_rows; i++)
		if (points->rows[i].measure == measure && points->rows[i].point == point)
			return &points->rows[i];
	return NULL;
}

int points_init(const struct run_record *record, struct points *ret_points)
{
	struct points points = {.record = record};
	size_t room = record->nr_trials ? record->nr_trials : 1;
	double *values = calloc(room, sizeof(*values));

	points.rows = calloc(room, sizeof(*points.rows));
	if (!points.rows || !values) {
		free(points.rows);
		free(values);
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < record->nr_trials; i++) {
		const struct trial *trial = &record->trials[i];

		if (!find_row(&points, trial->measure, trial->point))
			points.rows[points.nr_rows++] = (struct point_row){
				.measure = trial->measure, .point = trial->point};
	}
	for (uint32_t i = 0; i < points.nr_rows; i++)
		measure_row(record, &points.rows[i], values);
	qsort_r(points.rows, points.nr_rows, sizeof(*points.rows), compare_rows, (void *)record);
	free(values);
	*ret_points = points;
	return 0;
}

void points_done(struct points *points)
{
	free(points->rows);
	*points = (struct points){0};
}

/* ---- forms ------------------------------------------------------------------------------- */

uint32_t points_doubtful(const struct points *points)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < points->nr_rows; i++)
		count += 2 * points->rows[i].metrics.trusted <= points->rows[i].metrics.trials;
	return count;
}

void points_print_csv(const struct points *points, FILE *out)
{
	const struct run_record *record = points->record;

	fputs("measure,", out);
	for (uint32_t i = 0; i < record->nr_axes; i++)
		fprintf(out, "%s,", record->axes[i]);
	record_csv_header(out, &point_metrics_table, NULL);
	fputc('\n', out);
	for (uint32_t i = 0; i < points->nr_rows; i++) {
		const struct point_row *row = &points->rows[i];

		fprintf(out, "%s,", measure_words[row->measure]);
		for (uint32_t axis = 0; axis < record->nr_axes; axis++)
			fprintf(out, "%s,", points_value(points, row, axis));
		record_csv_row(out, &point_metrics_table, &row->metrics);
		fputc('\n', out);
	}
}

json_t *points_pack(const struct points *points, const struct point_row *row)
{
	json_t *metrics = record_pack(&point_metrics_table, &row->metrics);
	json_t *values = json_object(), *body = json_object();
	int err = !metrics || !values || !body;

	for (uint32_t i = 0; !err && i < points->record->nr_axes; i++)
		err = json_object_set_new(values, points->record->axes[i],
					  json_string(points_value(points, row, i)));
	if (!err)
		err = json_object_set_new(body, "measure",
					  json_string(measure_words[row->measure])) ||
		      json_object_set(body, "point", values) || json_object_update(body, metrics);
	json_decref(metrics);
	json_decref(values);
	if (err) {
		json_decref(body);
		return NULL;
	}
	return record_new("point", body);
}
