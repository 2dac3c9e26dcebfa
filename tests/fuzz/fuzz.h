/* SPDX-License-Identifier: BSD-2-Clause */
/* What the fuzzers share. */
#ifndef PORTGAUGE_FUZZ_H
#define PORTGAUGE_FUZZ_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct field_table *const fuzz_tables[] = {
	&service_table,      &load_table,   &nic_table,    &dut_table,     &peak_table,
	&sink_table,         &lab_table,    &host_table,   &path_table,    &gen_result_table,
	&sink_result_table,  &snap_table,   &ledger_table, &verdict_table, &outcome_table,
	&dut_counters_table, &config_table,
};
enum { FUZZ_NR_TABLES = sizeof(fuzz_tables) / sizeof(fuzz_tables[0]) };

/* A property that does not hold ends the fuzzer, with its input kept. */
static inline void fuzz_check(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "does not hold: %s\n", what);
	abort();
}

/* Texts end within their member. */
static inline void fuzz_check_text(const struct field *field, const char *object)
{
	if (field->type == FIELD_TEXT)
		fuzz_check(memchr(object + field->offset, '\0', field->size) != NULL,
			   "a text ends within its member");
}

/* A copy with a NUL behind it, of its exact length, so that a read too far is seen. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	if (!text)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

#endif
