// SPDX-License-Identifier: BSD-2-Clause
/* Writing one value as text, and saying which values are allowed. */
#include <arpa/inet.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/field.h"

/* A text that is cut where the buffer ends. */
struct out {
	char *buffer;
	size_t size, used;
};

static void put(struct out *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(struct out *out, const char *format, ...)
{
	va_list args;
	int length;

	if (out->used >= out->size)
		return;
	va_start(args, format);
	length = vsnprintf(out->buffer + out->used, out->size - out->used, format, args);
	va_end(args);
	out->used += length > 0 ? (size_t)length : 0;
}

static void put_duration(struct out *out, uint64_t ns)
{
	static const struct {
		const char *word;
		uint64_t scale;
	} suffixes[] = {{"h", 3600000000000}, {"m", 60000000000}, {"s", 1000000000},
			{"ms", 1000000},      {"us", 1000},       {"ns", 1}};
	size_t i = 0;

	if (!ns) {
		put(out, "0s");
		return;
	}
	while (ns % suffixes[i].scale)
		i++;
	put(out, "%" PRIu64 "%s", ns / suffixes[i].scale, suffixes[i].word);
}

/* The largest suffix that needs no more than one decimal. */
static void put_rate(struct out *out, uint64_t pps)
{
	static const struct {
		const char *word;
		uint64_t scale;
	} suffixes[] = {{"G", 1000000000}, {"M", 1000000}, {"k", 1000}};

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		uint64_t tenth = suffixes[i].scale / 10;

		if (pps < suffixes[i].scale || pps % tenth)
			continue;
		put(out, "%" PRIu64, pps / suffixes[i].scale);
		if (pps % suffixes[i].scale)
			put(out, ".%" PRIu64, pps % suffixes[i].scale / tenth);
		put(out, "%s", suffixes[i].word);
		return;
	}
	put(out, "%" PRIu64, pps);
}

/* The fewest digits that read back as the same number. */
static void put_real(struct out *out, double number)
{
	char text[40];

	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, number);
		if (strtod(text, NULL) == number)
			break;
	}
	put(out, "%s", isnan(number) ? "nan" : text);
}

static void put_address(struct out *out, uint32_t address)
{
	char text[INET_ADDRSTRLEN];

	put(out, "%s", inet_ntop(AF_INET, &address, text, sizeof(text)));
}

static void put_word(struct out *out, const char *const *words, uint32_t index)
{
	for (uint32_t i = 0; words[i]; i++)
		if (i == index)
			put(out, "%s", words[i]);
}

static void put_members(struct out *out, const struct field *field, const void *object)
{
	const char *member = (const char *)object + field->offset;
	uint32_t length = *(const uint32_t *)((const char *)object + field->count);

	for (uint32_t i = 0; i < length; i++)
		if (field->type == FIELD_SERIES)
			put(out, "%s%" PRIu64, i ? " " : "", ((const uint64_t *)member)[i]);
		else
			put(out, "%s%.*s", i ? "; " : "", (int)field->size,
			    member + i * field->size);
}

static bool is_zero(const struct field *field, const char *member)
{
	for (size_t i = 0; i < field->size; i++)
		if (member[i])
			return false;
	return true;
}

static void put_value(struct out *out, const struct field *field, const void *member)
{
	switch (field->type) {
	case FIELD_BOOL:
		put(out, "%s", *(const bool *)member ? "true" : "false");
		break;
	case FIELD_U32:
		put(out, "%" PRIu32, *(const uint32_t *)member);
		break;
	case FIELD_U64:
		put(out, "%" PRIu64, *(const uint64_t *)member);
		break;
	case FIELD_I64:
		put(out, "%" PRId64, *(const int64_t *)member);
		break;
	case FIELD_DOUBLE:
		put_real(out, *(const double *)member);
		break;
	case FIELD_ENUM:
		put_word(out, field->words, *(const uint32_t *)member);
		break;
	case FIELD_TEXT:
		put(out, "%.*s", (int)field->size, (const char *)member);
		break;
	case FIELD_DURATION:
		put_duration(out, *(const uint64_t *)member);
		break;
	case FIELD_RATE:
		put_rate(out, *(const uint64_t *)member);
		break;
	case FIELD_IPV4:
		put_address(out, *(const uint32_t *)member);
		break;
	case FIELD_CIDR:
		put_address(out, ((const struct cidr *)member)->address);
		put(out, "/%" PRIu32, ((const struct cidr *)member)->prefix);
		break;
	default:
		break;
	}
}

const char *field_print(const struct field *field, const void *object, char *buffer, size_t size)
{
	const char *member = (const char *)object + field->offset;
	struct out out = {.buffer = buffer, .size = size};

	if (size)
		buffer[0] = '\0';
	if (field->type == FIELD_SERIES || field->type == FIELD_TEXTS)
		put_members(&out, field, object);
	else if (field->zero && is_zero(field, member))
		put(&out, "%s", field->zero);
	else
		put_value(&out, field, member);
	return buffer;
}

static void put_range(struct out *out, const struct field *field)
{
	bool limited = field->min != 0 || field->max != 0;
	/* 0 has a word of its own */
	double min = field->zero && field->min == 0 ? 1 : field->min;

	if (limited)
		put(out, "%.0f to %.0f", min, field->max);
	else if (field->type == FIELD_I64)
		put(out, "whole numbers");
	else
		put(out, "%.0f to %" PRIu64, min,
		    field->type == FIELD_U32 ? UINT32_MAX : UINT64_MAX);
}

static void put_scaled_range(struct out *out, const struct field *field,
			     void (*put_scaled)(struct out *out, uint64_t number))
{
	if (field->min > 0) {
		put(out, ", ");
		put_scaled(out, (uint64_t)field->min);
	}
	if (field->max > 0) {
		put(out, field->min > 0 ? " to " : ", up to ");
		put_scaled(out, (uint64_t)field->max);
	}
}

static void put_words(struct out *out, const char *const *words)
{
	for (size_t i = 0; words[i]; i++)
		put(out, "%s%s", i ? ", " : "", words[i]);
}

const char *field_allowed(const struct field *field, char *buffer, size_t size)
{
	struct out out = {.buffer = buffer, .size = size};

	if (size)
		buffer[0] = '\0';
	if (field->zero)
		put(&out, "%s, ", field->zero);
	switch (field->type) {
	case FIELD_BOOL:
		put(&out, "true, false");
		break;
	case FIELD_U32:
	case FIELD_U64:
	case FIELD_I64:
		put_range(&out, field);
		break;
	case FIELD_DOUBLE:
		put(&out, "a number");
		if (field->min != 0 || field->max != 0)
			put(&out, ", %g to %g", field->min, field->max);
		break;
	case FIELD_ENUM:
		put_words(&out, field->words);
		break;
	case FIELD_TEXT:
		put(&out, "a line of at most %zu bytes", field->size - 1);
		break;
	case FIELD_DURATION:
		put(&out, "a duration such as 200ms or 1s");
		put_scaled_range(&out, field, put_duration);
		break;
	case FIELD_RATE:
		put(&out, "a rate such as 1000, 10k or 1.5M");
		put_scaled_range(&out, field, put_rate);
		break;
	case FIELD_IPV4:
		put(&out, "an address such as 198.18.0.2");
		break;
	case FIELD_CIDR:
		put(&out, "an address range such as 198.19.0.0/17, host bits 0");
		break;
	case FIELD_SERIES:
		put(&out, "at most %.0f numbers", field->max);
		break;
	case FIELD_TEXTS:
		put(&out, "at most %.0f texts", field->max);
		break;
	case FIELD_GROUP:
		put(&out, "a group");
		break;
	}
	return buffer;
}
