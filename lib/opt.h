/* SPDX-License-Identifier: BSD-2-Clause */
/* argv from field tables: --name value, --name=value; a FIELD_BOOL alone means true. */
#ifndef PORTGAUGE_OPT_H
#define PORTGAUGE_OPT_H

#include <stdio.h>

#include "lib/field.h"

/* One struct that options fill. A list of them ends with a NULL table. */
struct opt_group {
	const struct field_table *table;
	void *object;
	/* Only these members are options (NULL-terminated names); NULL: all of the table. */
	const char *const *only;
};

/*
 * Sets every object to its defaults, then reads the options of argv (argv[0] is skipped).
 * Up to `max_words` arguments that are not options are stored to `words`, which may be NULL.
 * "--" ends the options. Returns the number of words, or -EINVAL with a fault that names the
 * option, what was found and what is allowed (an unknown option: the nearest known one).
 */
int opt_parse(int argc, char **argv, const struct opt_group *groups, const char **words,
	      int max_words, struct fault *fault);

/* True if argv asks for help: -h or --help. */
bool opt_wants_help(int argc, char **argv);

/* One paragraph a group, one line an option: name, default, allowed values, help. */
void opt_help(FILE *out, const struct opt_group *groups);

/*
 * Appends "--name", "value" of every member of the object that differs from its default to the
 * argv (NULL-terminated array of heap strings with room for `max`), so that the same command can
 * be started by a runner or pasted by hand. Returns the new length or -E2BIG.
 */
int opt_print(const struct opt_group *group, char **argv, int length, int max);

#endif
