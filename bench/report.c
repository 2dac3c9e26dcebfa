// SPDX-License-Identifier: BSD-2-Clause
#include "bench/report.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "bench/answer.h"
#include "bench/points.h"
#include "bench/report_table.h"
#include "bench/store.h"
#include "lib/record.h"

enum { MAX_REASONS_SHOWN = 5 };

static int write_fault(struct fault *fault, int err, const char *path)
{
	/* Not EXIT_CANNOT, which is of machines, where another folder would do. */
	return fault_set(fault, err, EXIT_FAILED, "cannot write '%s': %s", path, strerror(-err));
}

/* Replaced by rename, so that a reader never sees half of it. */
static int write_csv(const char *folder, const struct points *points, struct fault *fault)
{
	char path[4200], temporary[4300];
	int err = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/points.csv", folder);
	snprintf(temporary, sizeof(temporary), "%s.%d", path, (int)getpid());
	file = fopen(temporary, "we");
	if (!file)
		return write_fault(fault, -errno, path);
	points_print_csv(points, file);
	if (ferror(file))
		err = -EIO;
	if (fclose(file) && !err)
		err = -errno;
	if (!err && rename(temporary, path))
		err = -errno;
	if (err) {
		unlink(temporary);
		return write_fault(fault, err, path);
	}
	return 0;
}

static const char *run_text(const struct run_record *record, const char *name)
{
	const char *text = json_string_value(json_object_get(record->run, name));

	return text ? text : "";
}

static uint32_t count_untrusted(const struct points *points)
{
	uint32_t nr = 0;

	for (uint32_t i = 0; i < points->nr_rows; i++)
		nr += points->rows[i].metrics.untrusted;
	return nr;
}

static void print_head(const struct run_record *record, const struct points *points, FILE *out)
{
	uint32_t untrusted = count_untrusted(points);

	if (strcmp(run_text(record, "status"), "complete")) {
		const char *reason = run_text(record, "reason");

		fprintf(out, "PARTIAL RUN: %" PRIu32 " of %lld trials ended", record->nr_trials,
			json_integer_value(json_object_get(record->run, "trials_planned")));
		fprintf(out, "%s%s\n\n", *reason ? "; " : "", reason);
	}
	if (!record->nr_trials)
		return;
	fprintf(out, "%s: %" PRIu32 " point%s, %" PRIu32 " trial%s, ", record->name,
		record->nr_points, record->nr_points == 1 ? "" : "s", record->nr_trials,
		record->nr_trials == 1 ? "" : "s");
	if (untrusted)
		fprintf(out, "%" PRIu32 " of them not trusted and left out\n", untrusted);
	else
		fputs("all trusted\n", out);
}

static void print_untrusted(const struct run_record *record, const struct points *points, FILE *out)
{
	uint32_t left = count_untrusted(points), shown = 0;

	if (left)
		fputs("\nNot trusted:\n", out);
	for (uint32_t i = 0; i < record->nr_trials && shown < MAX_REASONS_SHOWN; i++) {
		const struct verdict *verdict = &record->trials[i].verdict;

		if (verdict->trusted)
			continue;
		fprintf(out, "  trial %" PRIu32 ": %s\n", record->trials[i].id,
			verdict->nr_reasons ? verdict->reasons[0] : "no reason is recorded");
		shown++;
	}
	if (left > shown)
		fprintf(out, "  and %" PRIu32 " more; trials.jsonl has every reason\n",
			left - shown);
}

static int print_tables(const struct run_record *record, const struct points *points, FILE *out)
{
	int err;

	print_head(record, points, out);
	if (!record->nr_trials) {
		fputs("No trial has ended: there is nothing to report.\n", out);
		return 0;
	}
	answer_print(points, out);
	err = report_table_peak(points, out);
	if (!err)
		err = report_table_rate(points, out);
	print_untrusted(record, points, out);
	return err;
}

static int print_json(const struct run_record *record, const struct points *points, FILE *out)
{
	int err = 0;

	(void)record;
	for (uint32_t i = 0; !err && i < points->nr_rows; i++) {
		json_t *json = points_pack(points, &points->rows[i]);

		err = json ? record_write(out, json) : -ENOMEM;
		json_decref(json);
	}
	return err;
}

static int report(const char *folder, FILE *out,
		  int (*print)(const struct run_record *, const struct points *, FILE *),
		  struct fault *fault)
{
	struct run_record record;
	struct points points;
	int err;

	err = store_load(folder, &record, fault);
	if (err)
		return err;
	err = points_init(&record, &points);
	if (err)
		goto out_unload;
	err = write_csv(folder, &points, fault);
	if (!err)
		err = print(&record, &points, out);
	if (!err && (fflush(out) || ferror(out)))
		err = -EIO;
	points_done(&points);
out_unload:
	store_unload(&record);
	return err ? fault_errno(fault, err, "cannot report '%s'", folder) : 0;
}

int report_doubtful(const char *folder, uint32_t *ret_doubtful, struct fault *fault)
{
	struct run_record record;
	struct points points;
	int err = store_load(folder, &record, fault);

	if (err)
		return err;
	err = points_init(&record, &points);
	if (!err) {
		*ret_doubtful = points_doubtful(&points);
		points_done(&points);
	}
	store_unload(&record);
	return err ? fault_errno(fault, err, "cannot report '%s'", folder) : 0;
}

int report_write(const char *folder, FILE *out, struct fault *fault)
{
	return report(folder, out, print_tables, fault);
}

int report_write_json(const char *folder, FILE *out, struct fault *fault)
{
	return report(folder, out, print_json, fault);
}
