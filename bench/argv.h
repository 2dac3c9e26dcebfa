/* SPDX-License-Identifier: BSD-2-Clause */
/* The words of a command, as they are started, sent to a holder, or printed for a shell. */
#ifndef PORTGAUGE_ARGV_H
#define PORTGAUGE_ARGV_H

#include <jansson.h>
#include <stdio.h>

#include "lib/field.h"

enum { ARGV_MAX = 96 };

/* Zeroed is empty. A word that did not fit leaves `err`, so that a builder checks once, at the end.
 */
struct argv {
	int count;
	int err;
	char *word[ARGV_MAX + 1]; /* heap, NULL-terminated */
};

void argv_add(struct argv *argv, const char *word);
void argv_add_all(struct argv *argv, const struct argv *more);

/* "--name value" of every member that differs from its default; `only` as in struct opt_group. */
void argv_add_group(struct argv *argv, const struct field_table *table, const void *object,
		    const char *const *only);

/* A JSON array of the words; NULL without memory. */
json_t *argv_pack(const struct argv *argv);

/* On one line, each word quoted where a POSIX shell needs it. */
void argv_print_shell(const struct argv *argv, FILE *out);

void argv_done(struct argv *argv);

#endif
