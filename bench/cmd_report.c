// SPDX-License-Identifier: BSD-2-Clause
/* portgauge report RUN: tables and plots of a results folder. */
#include <stdbool.h>
#include <stdio.h>

#include "bench/command.h"
#include "bench/report.h"
#include "lib/opt.h"

struct report_options {
	bool no_plots;
	bool json;
};

static const struct field option_fields[] = {
	field_row(struct report_options, no_plots, FIELD_BOOL,
		  .help = "tables and points.csv only; gnuplot is not needed"),
	field_row(struct report_options, json, FIELD_BOOL,
		  .help = "one JSON record a point in place of the tables"),
};
static const struct field_table option_table =
	field_table_of("report", struct report_options, option_fields, "What to write.");

static void help(void)
{
	struct report_options options;
	const struct opt_group groups[] = {{.table = &option_table, .object = &options}, {0}};

	printf("RUN is a results folder, finished or not. Writes RUN/points.csv and RUN/plots/, and\n"
	       "tables to standard output.\n\n");
	opt_help(stdout, groups);
}

static int fail(const struct fault *fault)
{
	fprintf(stderr, "portgauge report: %s\n", fault->text);
	return fault->code ? fault->code : EXIT_FAILED;
}

int report_trust(const char *command, const char *folder)
{
	struct fault fault = {0};
	uint32_t doubtful;

	if (report_doubtful(folder, &doubtful, &fault))
		return fail(&fault);
	if (!doubtful)
		return EXIT_OK;
	fprintf(stderr,
		"portgauge %s: at %u point%s no more than half of the trials are trusted: not to be used\n",
		command, doubtful, doubtful == 1 ? "" : "s");
	return EXIT_UNTRUSTED;
}

static int report_main(int argc, char **argv)
{
	struct report_options options;
	const struct opt_group groups[] = {{.table = &option_table, .object = &options}, {0}};
	struct fault fault = {0};
	const char *folder;
	int words;

	words = opt_parse(argc, argv, groups, &folder, 1, &fault);
	if (words < 0)
		return fail(&fault);
	if (!words) {
		fault_set(&fault, 0, EXIT_USAGE,
			  "which run? usage: portgauge report RUN [OPTION...]");
		return fail(&fault);
	}
	if (options.json ? report_write_json(folder, stdout, &fault)
			 : report_write(folder, stdout, &fault))
		return fail(&fault);
	if (!options.no_plots && report_plots(folder, &fault)) {
		if (fault.code != EXIT_CANNOT)
			return fail(&fault);
		/* The numbers are there; only the pictures are not. */
		fprintf(stderr, "portgauge report: %s\n", fault.text);
	}
	return report_trust("report", folder);
}

const struct command report_command = {
	.name = "report",
	.summary = "tables, points.csv and plots of a results folder",
	.arguments = " RUN [OPTION...]",
	.help = help,
	.main = report_main,
};
