/* SPDX-License-Identifier: BSD-2-Clause */
/* References that are made from the field tables, so that no text can disagree with the code. */
#ifndef PORTGAUGE_REFERENCE_H
#define PORTGAUGE_REFERENCE_H

#include <jansson.h>
#include <stdio.h>

#include "lib/field.h"

/* scenarios/README.md: what may be written in a scenario file, and how it is overridden. */
void reference_scenarios(FILE *out);

/* results/README.md: what is in a results folder, and what each name means. */
void reference_results(FILE *out);

/* results/schema/trial.schema.json: JSON Schema 2020-12 of a line of trials.jsonl. New reference,
 * NULL: no memory. */
json_t *reference_schema(void);

/* A member of a trial record that no field table has. */
struct reference_member {
	const char *name;
	const char *help;
	const char *schema; /* JSON */
};
extern const struct reference_member reference_trial_members[];
extern const size_t reference_nr_trial_members;

/* Markdown: what the words of an enumeration mean, one line each. `help` has `nr` texts in the
 * order of the words. */
void reference_words(FILE *out, const char *const *words, const char *const *help, size_t nr);

#endif
