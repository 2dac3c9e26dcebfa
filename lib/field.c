// SPDX-License-Identifier: BSD-2-Clause
/* Field tables as a whole; the text form of one value is in field_text.c. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/field.h"

static bool same_name(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if (*a != *b && !((*a == '-' || *a == '_') && (*b == '-' || *b == '_')))
			return false;
	return *a == *b;
}

const struct field *field_find(const struct field_table *table, const char *name)
{
	for (size_t i = 0; i < table->nr_fields; i++)
		if (same_name(table->fields[i].name, name))
			return &table->fields[i];
	return NULL;
}

const char *field_column(const struct field *field, char *buffer, size_t size)
{
	snprintf(buffer, size, "%s%s%s", field->name, field->unit ? "_" : "",
		 field->unit ? field->unit : "");
	return buffer;
}

static void set_defaults(const struct field_table *table, void *object)
{
	for (size_t i = 0; i < table->nr_fields; i++) {
		const struct field *field = &table->fields[i];

		if (field->type == FIELD_GROUP)
			set_defaults(field->group, (char *)object + field->offset);
		else if (field->standard)
			field_parse(field, object, field->standard, NULL);
	}
}

void field_defaults(const struct field_table *table, void *object)
{
	memset(object, 0, table->size);
	set_defaults(table, object);
}

static bool equal_group(const struct field_table *table, const char *a, const char *b)
{
	for (size_t i = 0; i < table->nr_fields; i++)
		if (!field_equal(&table->fields[i], a, b))
			return false;
	return true;
}

static bool equal_texts(const struct field *field, const char *a, const char *b, uint32_t nr)
{
	for (uint32_t i = 0; i < nr; i++)
		if (strncmp(a + i * field->size, b + i * field->size, field->size))
			return false;
	return true;
}

static uint32_t length_of(const struct field *field, const void *object)
{
	return *(const uint32_t *)((const char *)object + field->count);
}

bool field_equal(const struct field *field, const void *a, const void *b)
{
	const void *left = (const char *)a + field->offset;
	const void *right = (const char *)b + field->offset;

	switch (field->type) {
	case FIELD_TEXT:
		return !strncmp(left, right, field->size);
	case FIELD_DOUBLE: {
		double x = *(const double *)left, y = *(const double *)right;

		return x == y || (isnan(x) && isnan(y));
	}
	case FIELD_SERIES:
		return length_of(field, a) == length_of(field, b) &&
		       !memcmp(left, right, length_of(field, a) * sizeof(uint64_t));
	case FIELD_TEXTS:
		return length_of(field, a) == length_of(field, b) &&
		       equal_texts(field, left, right, length_of(field, a));
	case FIELD_GROUP:
		return equal_group(field->group, left, right);
	default:
		return !memcmp(left, right, field->size);
	}
}

static void diff_group(const struct field_table *table, const char *before, const char *after,
		       char *delta)
{
	for (size_t i = 0; i < table->nr_fields; i++) {
		const struct field *field = &table->fields[i];
		uint64_t old, new;

		if (field->type == FIELD_GROUP)
			diff_group(field->group, before + field->offset, after + field->offset,
				   delta + field->offset);
		if (field->type != FIELD_U64)
			continue;
		old = *(const uint64_t *)(before + field->offset);
		new = *(const uint64_t *)(after + field->offset);
		*(uint64_t *)(delta + field->offset) =
			old == FIELD_ABSENT || new == FIELD_ABSENT ? FIELD_ABSENT : new - old;
	}
}

void field_diff(const struct field_table *table, const void *before, const void *after,
		void *ret_delta)
{
	memcpy(ret_delta, after, table->size);
	diff_group(table, before, after, ret_delta);
}
