/* SPDX-License-Identifier: BSD-2-Clause */
/* JSON records from field tables: one object a line, {"record": "<kind>", ...}. */
#ifndef PORTGAUGE_RECORD_H
#define PORTGAUGE_RECORD_H

#include <jansson.h>
#include <stdio.h>

#include "lib/field.h"

/* The object as JSON, members in table order, names with units. New reference, NULL: no memory. */
json_t *record_pack(const struct field_table *table, const void *object);

/*
 * Reads what record_pack wrote. Members that the JSON lacks are set to their defaults (a newer
 * reader takes an older record); unknown ones are ignored. -EINVAL with the member's name when a
 * type is wrong.
 */
int record_unpack(const struct field_table *table, const json_t *json, void *object,
		  struct fault *fault);

/* {"record": kind} plus the members of `body` (stolen, may be NULL). New reference. */
json_t *record_new(const char *kind, json_t *body);

/* One compact line and a newline, flushed. 0 or -errno. Does not take the reference. */
int record_write(FILE *out, const json_t *record);

/* Parses one line; NULL with a fault if it is not a JSON object. New reference. */
json_t *record_read(const char *line, struct fault *fault);

/* Header and row of a CSV for the table's flat members (groups as name_member). The caller ends
 * the line. */
void record_csv_header(FILE *out, const struct field_table *table, const char *prefix);
void record_csv_row(FILE *out, const struct field_table *table, const void *object);

#endif
