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
		if (command_list[i])
			fprintf(out, "  %-10s %s\n", command_list[i]->name,
				command_list[i]->summary);
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

	if (argc < 2 || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		usage(argc < 2 ? stderr : stdout);
		return argc < 2 ? EXIT_USAGE : EXIT_OK;
	}
	if (!strcmp(argv[1], "--version")) {
		puts("portgauge " PG_VERSION);
		return EXIT_OK;
	}
	command = command_find(argv[1]);
	if (!command) {
		fprintf(stderr, "portgauge: '%s' is no command; portgauge --help lists them\n",
			argv[1]);
		return EXIT_USAGE;
	}
	if (opt_wants_help(argc - 1, argv + 1))
		return help(command);
	if (command->main)
		return command->main(argc - 1, argv + 1);
	return command->once ? run_once(command, argc - 1, argv + 1)
			     : lease_run(command, argc - 1, argv + 1);
}
