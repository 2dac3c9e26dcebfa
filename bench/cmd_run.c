// SPDX-License-Identifier: BSD-2-Clause
/* portgauge run SCENARIO: all trials, results in a folder, tables at the end. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/command.h"
#include "bench/dry_run.h"
#include "bench/report.h"
#include "bench/run.h"
#include "lib/opt.h"
#include "lib/privilege.h"

struct run_options {
	char output[1024];
	bool dry_run;
	bool no_report;
};

static const struct field option_fields[] = {
	field_row(struct run_options, output, FIELD_TEXT, .standard = "",
		  .help = "folder of the results, also -o; empty: results/NAME-TIME"),
	field_row(struct run_options, dry_run, FIELD_BOOL,
		  .help = "print the commands as a shell script and do nothing"),
	field_row(struct run_options, no_report, FIELD_BOOL,
		  .help = "no tables and plots at the end"),
};
static const struct field_table option_table =
	field_table_of("run", struct run_options, option_fields, "What to do with the results.");

static void help(void)
{
	struct run_options options;
	const struct opt_group groups[] = {{.table = &option_table, .object = &options}, {0}};

	printf("Runs every trial of a scenario file, shows progress on standard error and the tables\n"
	       "at the end, and undoes everything it changed. Interrupted, it keeps the trials that\n"
	       "have ended. Needs root.\n\n"
	       "  --set KEY=VALUE   changes the scenario, see portgauge plan --help\n\n");
	opt_help(stdout, groups);
}

static int fail(struct fault *fault, int err)
{
	fault_errno(fault, err, "cannot run");
	fprintf(stderr, "portgauge run: %s\n", fault->text);
	return fault->code;
}

/* Every other option is a word; -o is what everybody types. */
static void spell_out(int argc, char **argv)
{
	static char output[] = "--output";

	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], "-o"))
			argv[i] = output;
}

/* Before anything is touched; each command of the run asks for what it needs alone again. */
static int check_privilege(struct fault *fault)
{
	int err = privilege_need(CAP_NET_ADMIN, "to set interfaces and attach XDP programs", fault);

	return err ? err
		   : privilege_need(CAP_SYS_ADMIN, "to enter network namespaces and load BPF",
				    fault);
}

static void choose_folder(const struct scenario *scenario, struct run_options *options)
{
	char now[32];
	struct tm broken;
	time_t seconds = time(NULL);

	if (options->output[0])
		return;
	gmtime_r(&seconds, &broken);
	strftime(now, sizeof(now), "%Y%m%dT%H%M%SZ", &broken);
	snprintf(options->output, sizeof(options->output), "results/%s-%s", scenario->name, now);
}

/* Tables and plots of whatever trials there are. */
static int report(const char *folder)
{
	struct fault fault = {0};

	if (report_write(folder, stdout, &fault)) {
		fprintf(stderr, "portgauge run: %s\n", fault.text);
		return EXIT_FAILED;
	}
	fflush(stdout);
	if (report_plots(folder, &fault)) {
		fprintf(stderr, "portgauge run: %s\n", fault.text);
		return fault.code == EXIT_CANNOT ? EXIT_OK : EXIT_FAILED;
	}
	return EXIT_OK;
}

/* Exit code of a run whose trials are over, one way or the other. */
static int finish(const struct plan *plan, const struct run_options *options,
		  const struct run_end *end, int err, struct fault *fault)
{
	int code = EXIT_OK;

	if (!options->no_report && end->nr_finished)
		code = report(options->output);
	if (end->undo.code)
		fprintf(stderr, "portgauge run: %s\n", end->undo.text);
	if (err) {
		code = fail(fault, err);
		if (end->nr_finished)
			fprintf(stderr, "portgauge run: %u of %u trials are in %s\n",
				end->nr_finished, plan->nr_trials, options->output);
		return code;
	}
	if (end->nr_untrusted)
		fprintf(stderr,
			"portgauge run: %u of %u trials are not trusted; trials.jsonl says why\n",
			end->nr_untrusted, plan->nr_trials);
	printf("results: %s\n", options->output);
	return code ? code : report_trust("run", options->output);
}

static int run_scenario(const struct scenario *scenario, const char *const *sets,
			struct run_options *options)
{
	struct fault fault = {0};
	struct run_end end = {0};
	struct plan plan;
	int err = plan_expand(scenario, &plan), code;

	if (err)
		return fail(&fault, err);
	choose_folder(scenario, options);
	if (options->dry_run) {
		err = dry_run(&plan, (uint16_t)(time(NULL) % 65535 + 1), stdout, &fault);
		code = err ? fail(&fault, err) : EXIT_OK;
		goto out_plan;
	}
	err = check_privilege(&fault);
	if (!err)
		err = run_plan(&plan, options->output, sets, &end, &fault);
	code = finish(&plan, options, &end, err, &fault);
out_plan:
	plan_done(&plan);
	return code;
}

static int run_main(int argc, char **argv)
{
	struct run_options options;
	const struct opt_group groups[] = {{.table = &option_table, .object = &options}, {0}};
	const char **sets = calloc((size_t)argc + 1, sizeof(*sets)), *file = NULL;
	struct fault fault = {0};
	struct scenario scenario;
	int err = -ENOMEM, code;

	if (!sets)
		return fail(&fault, err);
	spell_out(argc, argv);
	argc = err = scenario_take_sets(argc, argv, sets, &fault);
	if (err > 0)
		err = opt_parse(argc, argv, groups, &file, 1, &fault);
	if (!err)
		err = fault_set(&fault, -EINVAL, EXIT_USAGE,
				"which scenario? usage: portgauge run SCENARIO [OPTION...]");
	if (err > 0)
		err = scenario_load(file, sets, &scenario, &fault);
	if (err) {
		free(sets);
		return fail(&fault, err);
	}
	code = run_scenario(&scenario, sets, &options);
	scenario_done(&scenario);
	free(sets);
	return code;
}

const struct command run_command = {
	.name = "run",
	.summary = "runs a scenario: all trials, results in a folder, tables at the end",
	.arguments = " SCENARIO [-o FOLDER] [--set KEY=VALUE]... [OPTION...]",
	.help = help,
	.main = run_main,
};
