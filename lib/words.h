/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors that help: the nearest known word, and the list of what is allowed. */
#ifndef PORTGAUGE_WORDS_H
#define PORTGAUGE_WORDS_H

#include <stddef.h>

#include "lib/field.h"

enum { WORDS_MAX = 64 };

/* NULL-terminated names of a table's fields. */
void words_of(const struct field_table *table, const char *ret_words[WORDS_MAX]);

/* The word that is a typing error or two (neighbours swapped are one) away from `found`, or NULL. */
const char *words_nearest(const char *found, const char *const *words);

/* "unknown WHAT 'FOUND' (did you mean 'NEAREST'?); allowed: A, B". Returns `buffer`. */
const char *words_unknown(const char *what, const char *found, const char *const *words,
			  char *buffer, size_t size);

#endif
