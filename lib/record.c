// SPDX-License-Identifier: BSD-2-Clause
/* Field tables as JSON; as CSV in record_csv.c. */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/record.h"

/* JSON of texts must be UTF-8; what a kernel or a file name gives may not be. */
static json_t *pack_text(const char *text, size_t size)
{
	size_t length = strnlen(text, size);
	json_t *json = json_stringn(text, length);
	char *ascii;

	if (json)
		return json;
	ascii = strndup(text, length);
	for (size_t i = 0; ascii && i < length; i++)
		if ((unsigned char)ascii[i] > 127)
			ascii[i] = '?';
	json = ascii ? json_string(ascii) : NULL;
	free(ascii);
	return json;
}

/* Beyond the integers of the library a number is written as a text: a seed must come back whole. */
static json_t *pack_unsigned(uint64_t number)
{
	char text[24];

	if (number <= INT64_MAX)
		return json_integer((json_int_t)number);
	snprintf(text, sizeof(text), "%" PRIu64, number);
	return json_string(text);
}

static json_t *pack_array(const struct field *field, const void *object)
{
	const char *member = (const char *)object + field->offset;
	uint32_t length = *(const uint32_t *)((const char *)object + field->count);
	json_t *array = json_array();

	for (uint32_t i = 0; array && i < length && i < (uint32_t)field->max; i++) {
		json_t *item = field->type == FIELD_SERIES
				       ? pack_unsigned(((const uint64_t *)member)[i])
				       : pack_text(member + i * field->size, field->size);

		if (json_array_append_new(array, item)) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

/* A sparse group is absent while its first member is 0. */
static bool is_absent(const struct field *field, const char *member)
{
	const struct field *first = field->group->fields;

	if (!field->sparse)
		return false;
	for (size_t i = 0; i < first->size; i++)
		if (member[first->offset + i])
			return false;
	return true;
}

static json_t *pack_field(const struct field *field, const void *object)
{
	const void *member = (const char *)object + field->offset;
	double number;
	char text[64];

	switch (field->type) {
	case FIELD_BOOL:
		return json_boolean(*(const bool *)member);
	case FIELD_U32:
		return json_integer(*(const uint32_t *)member);
	case FIELD_U64:
		if (*(const uint64_t *)member == FIELD_ABSENT)
			return json_null();
		return pack_unsigned(*(const uint64_t *)member);
	case FIELD_DURATION:
	case FIELD_RATE:
		return pack_unsigned(*(const uint64_t *)member);
	case FIELD_I64:
		return json_integer(*(const int64_t *)member);
	case FIELD_DOUBLE:
		number = *(const double *)member;
		return isfinite(number) ? json_real(number) : json_null();
	case FIELD_TEXT:
		return pack_text(member, field->size);
	case FIELD_ENUM:
		if (field->sparse && *(const uint32_t *)member == FIELD_NO_WORD)
			return json_null();
		/* fall through */
	case FIELD_IPV4:
	case FIELD_CIDR:
		return json_string(field_print(field, object, text, sizeof(text)));
	case FIELD_SERIES:
	case FIELD_TEXTS:
		return pack_array(field, object);
	case FIELD_GROUP:
		return is_absent(field, member) ? json_null() : record_pack(field->group, member);
	}
	return NULL;
}

json_t *record_pack(const struct field_table *table, const void *object)
{
	json_t *json = json_object();
	char name[96];

	for (size_t i = 0; json && i < table->nr_fields; i++) {
		const struct field *field = &table->fields[i];

		if (json_object_set_new(json, field_column(field, name, sizeof(name)),
					pack_field(field, object))) {
			json_decref(json);
			return NULL;
		}
	}
	return json;
}

static int unpack_unsigned(const json_t *json, uint64_t max, uint64_t *ret_number)
{
	static const struct field whole = {.type = FIELD_U64, .size = sizeof(uint64_t)};
	uint64_t number;

	if (json_is_string(json)) {
		if (field_parse(&whole, &number, json_string_value(json), NULL))
			return -EINVAL;
	} else if (json_is_integer(json) && json_integer_value(json) >= 0) {
		number = (uint64_t)json_integer_value(json);
	} else {
		return -EINVAL;
	}
	if (number > max)
		return -EINVAL;
	*ret_number = number;
	return 0;
}

static int unpack_text(const json_t *json, char *member, size_t size)
{
	size_t length = json_string_length(json);

	if (!json_is_string(json) || length >= size)
		return -EINVAL;
	memset(member, 0, size);
	memcpy(member, json_string_value(json), length);
	return 0;
}

static int unpack_array(const struct field *field, const json_t *json, void *object)
{
	char *member = (char *)object + field->offset;
	uint32_t *length = (uint32_t *)((char *)object + field->count);
	json_t *item;
	size_t i;

	if (!json_is_array(json) || json_array_size(json) > (size_t)field->max)
		return -EINVAL;
	json_array_foreach (json, i, item) {
		int err = field->type == FIELD_SERIES
				  ? unpack_unsigned(item, UINT64_MAX, &((uint64_t *)member)[i])
				  : unpack_text(item, member + i * field->size, field->size);

		if (err)
			return err;
	}
	*length = (uint32_t)json_array_size(json);
	return 0;
}

static int unpack_number(const struct field *field, const json_t *json, void *member)
{
	uint64_t number;
	int err;

	switch (field->type) {
	case FIELD_U32:
		err = unpack_unsigned(json, UINT32_MAX, &number);
		if (!err)
			*(uint32_t *)member = (uint32_t)number;
		return err;
	case FIELD_I64:
		if (!json_is_integer(json))
			return -EINVAL;
		*(int64_t *)member = json_integer_value(json);
		return 0;
	case FIELD_DOUBLE:
		if (!json_is_number(json) && !json_is_null(json))
			return -EINVAL;
		*(double *)member = json_is_null(json) ? NAN : json_number_value(json);
		return 0;
	case FIELD_U64:
		if (json_is_null(json)) {
			*(uint64_t *)member = FIELD_ABSENT;
			return 0;
		}
		/* fall through */
	default:
		return unpack_unsigned(json, UINT64_MAX, (uint64_t *)member);
	}
}

static int unpack_group(const struct field *field, const json_t *json, char *member,
			struct fault *fault)
{
	if (json_is_null(json) && field->sparse)
		return 0;
	return record_unpack(field->group, json, member, fault);
}

static int unpack_field(const struct field *field, const json_t *json, void *object,
			struct fault *fault)
{
	char *member = (char *)object + field->offset;

	switch (field->type) {
	case FIELD_BOOL:
		if (!json_is_boolean(json))
			return -EINVAL;
		*(bool *)member = json_is_true(json);
		return 0;
	case FIELD_TEXT:
		return unpack_text(json, member, field->size);
	case FIELD_ENUM:
		if (field->sparse && json_is_null(json)) {
			*(uint32_t *)(void *)member = FIELD_NO_WORD;
			return 0;
		}
		/* fall through */
	case FIELD_IPV4:
	case FIELD_CIDR:
		return json_is_string(json)
			       ? field_parse(field, object, json_string_value(json), NULL)
			       : -EINVAL;
	case FIELD_SERIES:
	case FIELD_TEXTS:
		return unpack_array(field, json, object);
	case FIELD_GROUP:
		return unpack_group(field, json, member, fault);
	default:
		return unpack_number(field, json, member);
	}
}

int record_unpack(const struct field_table *table, const json_t *json, void *object,
		  struct fault *fault)
{
	char name[96], allowed[256];

	if (!json_is_object(json))
		return fault_set(fault, -EINVAL, EXIT_USAGE, "'%s' is not a group", table->name);
	field_defaults(table, object);
	for (size_t i = 0; i < table->nr_fields; i++) {
		const struct field *field = &table->fields[i];
		const json_t *member =
			json_object_get(json, field_column(field, name, sizeof(name)));

		/* What a record does not have it does not know. */
		if (!member && field->sparse)
			member = json_null();
		if (member && unpack_field(field, member, object, fault))
			return fault_set(fault, -EINVAL, EXIT_USAGE,
					 "'%s.%s' is not valid: allowed: %s", table->name, name,
					 field_allowed(field, allowed, sizeof(allowed)));
	}
	return 0;
}

json_t *record_new(const char *kind, json_t *body)
{
	json_t *record = json_object();

	if (!record || json_object_set_new(record, "record", json_string(kind)) ||
	    (body && json_object_update(record, body))) {
		json_decref(record);
		record = NULL;
	}
	json_decref(body);
	return record;
}

int record_write(FILE *out, const json_t *record)
{
	/* 15 digits are more than any measurement has, and print 0.1 as 0.1 */
	if (json_dumpf(record, out, JSON_COMPACT | JSON_REAL_PRECISION(15)))
		return -EIO;
	return fputc('\n', out) == EOF || fflush(out) ? -EIO : 0;
}

json_t *record_read(const char *line, struct fault *fault)
{
	json_error_t error;
	json_t *record = json_loads(line, JSON_REJECT_DUPLICATES, &error);

	if (record && json_is_object(record))
		return record;
	if (record)
		fault_set(fault, -EINVAL, EXIT_FAILED, "not a record: '%.80s'", line);
	else
		fault_set(fault, -EINVAL, EXIT_FAILED, "not a record: '%.80s': %s", line,
			  error.text);
	json_decref(record);
	return NULL;
}
