// SPDX-License-Identifier: BSD-2-Clause
#include <stdio.h>
#include <string.h>

#include "lib/words.h"

enum { LONGEST = 32, MOST_ERRORS = 2 };

void words_of(const struct field_table *table, const char *ret_words[WORDS_MAX])
{
	size_t count = table->nr_fields < WORDS_MAX - 1 ? table->nr_fields : WORDS_MAX - 1;

	for (size_t i = 0; i < count; i++)
		ret_words[i] = table->fields[i].name;
	ret_words[count] = NULL;
}

static size_t least(size_t a, size_t b, size_t c)
{
	size_t min = a < b ? a : b;

	return min < c ? min : c;
}

/* Levenshtein distance of two short words: one row of the matrix at a time. */
static size_t distance(const char *a, const char *b)
{
	size_t row[LONGEST + 1], length_b = strlen(b);

	for (size_t j = 0; j <= length_b; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < length_b; j++) {
			size_t above = row[j + 1];

			row[j + 1] = least(row[j] + 1, above + 1, diagonal + (a[i] != b[j]));
			diagonal = above;
		}
	}
	return row[length_b];
}

const char *words_nearest(const char *found, const char *const *words)
{
	const char *nearest = NULL;
	size_t best = MOST_ERRORS + 1;

	if (strlen(found) > LONGEST)
		return NULL;
	for (; *words; words++) {
		size_t errors = strlen(*words) > LONGEST ? best : distance(found, *words);

		/* Otherwise any short word would be near to any other. */
		if (errors < best && errors < strlen(found)) {
			best = errors;
			nearest = *words;
		}
	}
	return nearest;
}

const char *words_unknown(const char *what, const char *found, const char *const *words,
			  char *buffer, size_t size)
{
	const char *nearest = words_nearest(found, words), *separator = "; allowed: ";
	size_t length = (size_t)snprintf(buffer, size, "unknown %s '%.40s'", what, found);

	if (nearest && length < size)
		length += (size_t)snprintf(buffer + length, size - length, " (did you mean '%s'?)",
					   nearest);
	for (; *words && length < size; words++, separator = ", ")
		length +=
			(size_t)snprintf(buffer + length, size - length, "%s%s", separator, *words);
	return buffer;
}
