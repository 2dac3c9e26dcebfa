// SPDX-License-Identifier: BSD-2-Clause
/* portgauge reference TOPIC: the references that are committed, on standard output. */
#include <stdio.h>
#include <string.h>

#include "bench/command.h"
#include "bench/reference.h"
#include "lib/opt.h"

static void print_schema(FILE *out)
{
	json_t *schema = reference_schema();

	if (schema && !json_dumpf(schema, out, JSON_INDENT(2)))
		fputc('\n', out);
	json_decref(schema);
}

static const struct {
	const char *name, *file;
	void (*print)(FILE *out);
} topics[] = {
	{"scenarios", "scenarios/README.md", reference_scenarios},
	{"results", "results/README.md", reference_results},
	{"schema", "results/schema/trial.schema.json", print_schema},
};
enum { NR_TOPICS = sizeof(topics) / sizeof(topics[0]) };

static void help(void)
{
	for (size_t i = 0; i < NR_TOPICS; i++)
		printf("  %-12s %s\n", topics[i].name, topics[i].file);
}

static int reference_main(int argc, char **argv)
{
	const struct opt_group none[] = {{0}};
	struct fault fault = {0};
	const char *topic = "";

	if (opt_parse(argc, argv, none, &topic, 1, &fault) < 0) {
		fprintf(stderr, "portgauge reference: %s\n", fault.text);
		return fault.code;
	}
	for (size_t i = 0; i < NR_TOPICS; i++)
		if (!strcmp(topics[i].name, topic)) {
			topics[i].print(stdout);
			return fflush(stdout) || ferror(stdout) ? EXIT_FAILED : EXIT_OK;
		}
	fprintf(stderr, "portgauge reference: which? '%s' is none of scenarios, results, schema\n",
		topic);
	return EXIT_USAGE;
}

const struct command reference_command = {
	.name = "reference",
	.summary = "what scenario files and results hold, from the field tables",
	.arguments = " TOPIC",
	.help = help,
	.main = reference_main,
};
