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

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Insertions, deletions, replacements, and neighbours that changed places, each one error. */
static size_t distance(const char *a, const char *b)
{
	size_t errors[LONGEST + 1][LONGEST + 1], length_a = strlen(a), length_b = strlen(b);

	for (size_t i = 0; i <= length_a; i++)
		errors[i][0] = i;
	for (size_t j = 0; j <= length_b; j++)
		errors[0][j] = j;
	for (size_t i = 1; i <= length_a; i++)
		for (size_t j = 1; j <= length_b; j++) {
			size_t fewest = errors[i - 1][j - 1] + (a[i - 1] != b[j - 1]);

			fewest = least(fewest, errors[i - 1][j] + 1);
			fewest = least(fewest, errors[i][j - 1] + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				fewest = least(fewest, errors[i - 2][j - 2] + 1);
			errors[i][j] = fewest;
		}
	return errors[length_a][length_b];
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
