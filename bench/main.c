// SPDX-License-Identifier: BSD-2-Clause
/* portgauge COMMAND: how a one-shot or leased command is run by hand. */
#include <stdio.h>
#include <string.h>

#include "bench/command.h"
#include "bench/lease_run.h"
#include "lib/opt.h"
#include "lib/record.h"

static void usage(FILE *out)
{
	fprintf(out, "portgauge " PG_VERSION
		     ": how fast, and how late, a Kubernetes node forwards NodePort traffic\n\n"
		     "usage: portgauge COMMAND [OPTION...]\n"
		     "       portgauge COMMAND --help\n\n");
	for (size_t i = 0; i < command_count; i++)
		fprintf(out, "  %-10s %s\n", command_list[i]->name, command_list[i]->summary);
	fprintf(out,
		"\nexit codes: 0 ok, 1 failed, 2 usage or invalid input, 3 ran but a result is "
		"not trustworthy,\n            77 cannot run here\n");
}

static int help(const struct command *command)
{
	const char *arguments = command->arguments ? command->arguments : " [OPTION...]";

	printf("portgauge %s: %s\n\nusage: portgauge %s%s\n\n", command->name, command->summary,
	       command->name, arguments);
	command->help();
	if (command->begin)
		puts("\nIts change is undone when standard input ends, a signal comes, or the time of "
		     "--hold\nDURATION (such as 60s) is over; with --hold standard input is not read.");
	return EXIT_OK;
}

static int run_once(const struct command *command, int argc, char **argv)
{
	struct fault fault = {0};
	json_t *record = NULL;
	int err = command->once(argc, argv, &record, &fault);

	if (!err && record)
		err = record_write(stdout, record);
	json_decref(record);
	if (err) {
		fault_errno(&fault, err, "%s", command->name);
		fprintf(stderr, "portgauge %s: %s\n", command->name, fault.text);
		return fault.code;
	}
	return EXIT_OK;
}

int main(int argc, char **argv)
{
	const struct command *command;

	bool wants_help = argc > 2 && !strcmp(argv[1], "help");
	const char *name = argc < 2 ? NULL : argv[wants_help ? 2 : 1];

	if (!name || !strcmp(name, "--help") || !strcmp(name, "-h") || !strcmp(name, "help")) {
		usage(name ? stdout : stderr);
		return name ? EXIT_OK : EXIT_USAGE;
	}
	if (!strcmp(name, "--version") || !strcmp(name, "version")) {
		puts("portgauge " PG_VERSION);
		return EXIT_OK;
	}
	command = command_find(name);
	if (!command) {
		fprintf(stderr, "portgauge: '%s' is no command; portgauge --help lists them\n",
			name);
		return EXIT_USAGE;
	}
	if (wants_help || opt_wants_help(argc - 1, argv + 1))
		return help(command);
	if (command->main)
		return command->main(argc - 1, argv + 1);
	return command->once ? run_once(command, argc - 1, argv + 1)
			     : lease_run(command, argc - 1, argv + 1);
}
