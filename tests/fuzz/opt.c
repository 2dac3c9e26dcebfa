// SPDX-License-Identifier: BSD-2-Clause
/* opt_parse: an argv that it takes is printed by opt_print to one with the same meaning. The input
 * is an argv, one argument a line. */
#include "lib/opt.h"
#include "tests/fuzz/fuzz.h"

enum { MAX_ARGC = 24, MAX_ARGV = 128 };

struct options {
	struct load load;
	struct path path;
	struct service service;
	struct verdict verdict; /* for its boolean */
};

static void groups_of(struct options *options, struct opt_group groups[5])
{
	groups[0] = (struct opt_group){&load_table, &options->load, NULL};
	groups[1] = (struct opt_group){&path_table, &options->path, NULL};
	groups[2] = (struct opt_group){&service_table, &options->service, NULL};
	groups[3] = (struct opt_group){&verdict_table, &options->verdict, NULL};
	groups[4] = (struct opt_group){0};
}

static void check_print(const struct opt_group *groups)
{
	struct options options;
	struct opt_group again[5];
	char *argv[MAX_ARGV] = {strdup("again")};
	int argc = 1;

	memset(&options, 0x5a, sizeof(options));
	groups_of(&options, again);
	for (int i = 0; groups[i].table; i++)
		argc = opt_print(&groups[i], argv, argc, MAX_ARGV);
	fuzz_check(argc > 0 && !argv[argc], "it is printed");
	fuzz_check(!opt_parse(argc, argv, again, NULL, 0, NULL), "what is printed is read");
	for (int i = 0; groups[i].table; i++)
		for (size_t j = 0; j < groups[i].table->nr_fields; j++)
			fuzz_check(field_equal(&groups[i].table->fields[j], groups[i].object,
					       again[i].object),
				   "as the same options");
	while (argc)
		free(argv[--argc]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *rest = text, *argv[MAX_ARGC + 1];
	const char *words[3];
	struct opt_group groups[5];
	struct options options;
	struct fault fault = {0};
	int argc = 0, nr;

	while (argc < MAX_ARGC && rest)
		argv[argc++] = strsep(&rest, "\n");
	argv[argc] = NULL;
	groups_of(&options, groups);
	opt_wants_help(argc, argv);
	nr = opt_parse(argc, argv, groups, words, 3, &fault);
	if (nr >= 0) {
		fuzz_check(nr <= 3 && !fault.text[0], "no fault without an error");
		check_print(groups);
	} else {
		fuzz_check(fault.code == EXIT_USAGE && fault.text[0], "an error has its fault");
	}
	free(text);
	return 0;
}
