// SPDX-License-Identifier: BSD-2-Clause
/* Field tables as CSV (RFC 4180), groups flattened. */
#include <math.h>
#include <string.h>

#include "lib/record.h"

enum { MAX_CELL = 2048, MAX_COLUMN = 192 };

static void header(FILE *out, const struct field_table *table, const char *prefix, bool *first)
{
	for (size_t i = 0; i < table->nr_fields; i++) {
		const struct field *field = &table->fields[i];
		char name[96], column[MAX_COLUMN];

		field_column(field, name, sizeof(name));
		snprintf(column, sizeof(column), "%s%s%s", prefix, *prefix ? "_" : "", name);
		if (field->type == FIELD_GROUP) {
			header(out, field->group, column, first);
			continue;
		}
		fprintf(out, "%s%s", *first ? "" : ",", column);
		*first = false;
	}
}

void record_csv_header(FILE *out, const struct field_table *table, const char *prefix)
{
	bool first = true;

	header(out, table, prefix ? prefix : "", &first);
}

static void quote(FILE *out, const char *text)
{
	if (!strpbrk(text, ",\"\r\n")) {
		fprintf(out, "%s", text);
		return;
	}
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

/* The column's unit is in its name, so a duration or rate is a plain number here. */
static void cell(FILE *out, const struct field *field, const void *object)
{
	const void *member = (const char *)object + field->offset;
	struct field plain = *field;
	char text[MAX_CELL];

	if (field->type == FIELD_U64 && *(const uint64_t *)member == FIELD_ABSENT)
		return;
	if (field->type == FIELD_ENUM && field->sparse &&
	    *(const uint32_t *)member == FIELD_NO_WORD)
		return;
	if (field->type == FIELD_DOUBLE && !isfinite(*(const double *)member))
		return;
	if (field->type == FIELD_DURATION || field->type == FIELD_RATE)
		plain.type = FIELD_U64;
	plain.zero = NULL;
	quote(out, field_print(&plain, object, text, sizeof(text)));
}

/* A sparse group whose first member is 0 leaves its cells empty. */
static bool is_absent(const struct field *field, const void *object)
{
	const struct field *first = field->group->fields;
	const char *member = (const char *)object + field->offset + first->offset;

	if (!field->sparse)
		return false;
	for (size_t i = 0; i < first->size; i++)
		if (member[i])
			return false;
	return true;
}

static void row(FILE *out, const struct field_table *table, const void *object, bool *first)
{
	for (size_t i = 0; i < table->nr_fields; i++) {
		const struct field *field = &table->fields[i];

		if (field->type == FIELD_GROUP) {
			const char *member = (const char *)object + field->offset;

			row(out, field->group, is_absent(field, object) ? NULL : member, first);
			continue;
		}
		if (!*first)
			fputc(',', out);
		*first = false;
		if (object)
			cell(out, field, object);
	}
}

void record_csv_row(FILE *out, const struct field_table *table, const void *object)
{
	bool first = true;

	row(out, table, object, &first);
}
