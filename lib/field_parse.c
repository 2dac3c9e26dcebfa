// SPDX-License-Identifier: BSD-2-Clause
/* Reading one value from text; field_print.c writes what this reads. */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/field.h"

/* A number's suffix; tables run from the largest to the smallest and end with a NULL word. */
struct suffix {
	const char *word;
	uint64_t scale;
};

static const struct suffix duration_suffixes[] = {
	{"h", 3600000000000}, {"m", 60000000000}, {"s", 1000000000}, {"ms", 1000000},
	{"us", 1000},         {"ns", 1},          {NULL, 0},
};
static const struct suffix rate_suffixes[] = {
	{"G", 1000000000}, {"M", 1000000}, {"k", 1000}, {"", 1}, {NULL, 0},
};

union value {
	bool boolean;
	uint32_t u32;
	uint64_t u64;
	int64_t i64;
	double real;
	struct cidr cidr;
};

/* Digits only: no sign, no blanks, no other base. Stops at the first other character. */
static int scan_digits(const char **text, uint64_t *ret_number)
{
	const char *at = *text;
	uint64_t number = 0;

	if (!isdigit((unsigned char)*at))
		return -EINVAL;
	for (; isdigit((unsigned char)*at); at++)
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, (uint64_t)(*at - '0'), &number))
			return -ERANGE;
	*text = at;
	*ret_number = number;
	return 0;
}

static int parse_unsigned(const char *text, uint64_t max, uint64_t *ret_number)
{
	uint64_t number;
	int err = scan_digits(&text, &number);

	if (err)
		return err;
	if (*text)
		return -EINVAL;
	if (number > max)
		return -ERANGE;
	*ret_number = number;
	return 0;
}

static int parse_signed(const char *text, int64_t *ret_number)
{
	bool negative = *text == '-';
	uint64_t number;
	int err = parse_unsigned(text + negative, (uint64_t)INT64_MAX + negative, &number);

	if (!err)
		*ret_number = (int64_t)(negative ? 0 - number : number);
	return err;
}

static int parse_real(const char *text, double *ret_number)
{
	double number;
	char *end;

	/* strtod would take blanks, "inf", "nan" and hexadecimal numbers too */
	if (!*text || text[strspn(text, "+-.0123456789eE")])
		return -EINVAL;
	number = strtod(text, &end);
	if (end == text || *end)
		return -EINVAL;
	if (!isfinite(number))
		return -ERANGE;
	*ret_number = number;
	return 0;
}

/* "1.5M": the product must be a whole number. A suffix may be left out of 0 alone, unless the
 * table has an empty one. */
static int parse_scaled(const char *text, const struct suffix *suffixes, uint64_t *ret_number)
{
	uint64_t whole, part = 0, divisor = 1;
	unsigned __int128 number;
	int err = scan_digits(&text, &whole);

	if (err)
		return err;
	if (*text == '.') {
		const char *digits = ++text;

		err = scan_digits(&text, &part);
		if (err || text - digits > 18)
			return -EINVAL;
		for (; digits < text; digits++)
			divisor *= 10;
	}
	while (suffixes->word && strcmp(suffixes->word, text))
		suffixes++;
	if (!suffixes->word && (*text || whole || part))
		return -EINVAL;
	number = (unsigned __int128)part * suffixes->scale;
	if (number % divisor)
		return -EINVAL;
	number = number / divisor + (unsigned __int128)whole * suffixes->scale;
	if (number > UINT64_MAX)
		return -ERANGE;
	*ret_number = (uint64_t)number;
	return 0;
}

int field_parse_duration(const char *text, uint64_t *ret_ns)
{
	return parse_scaled(text, duration_suffixes, ret_ns) ? -EINVAL : 0;
}

int field_parse_rate(const char *text, uint64_t *ret_pps)
{
	return parse_scaled(text, rate_suffixes, ret_pps) ? -EINVAL : 0;
}

int field_parse_cidr(const char *text, struct cidr *ret_cidr)
{
	const char *slash = strchr(text, '/');
	char address[INET_ADDRSTRLEN];
	struct in_addr parsed;
	uint64_t prefix;

	if (!slash || (size_t)(slash - text) >= sizeof(address))
		return -EINVAL;
	memcpy(address, text, (size_t)(slash - text));
	address[slash - text] = '\0';
	if (inet_pton(AF_INET, address, &parsed) != 1 || parse_unsigned(slash + 1, 32, &prefix))
		return -EINVAL;
	if (prefix < 32 && ntohl(parsed.s_addr) & UINT32_MAX >> prefix)
		return -EINVAL;
	*ret_cidr = (struct cidr){.address = parsed.s_addr, .prefix = (uint32_t)prefix};
	return 0;
}

static int parse_word(const char *const *words, const char *text, uint32_t *ret_index)
{
	for (uint32_t i = 0; words[i]; i++)
		if (!strcmp(words[i], text)) {
			*ret_index = i;
			return 0;
		}
	return -EINVAL;
}

static int parse_boolean(const char *text, bool *ret_boolean)
{
	if (strcmp(text, "true") && strcmp(text, "false"))
		return -EINVAL;
	*ret_boolean = !strcmp(text, "true");
	return 0;
}

static int parse_value(const struct field *field, const char *text, union value *ret_value)
{
	uint64_t number;
	int err;

	switch (field->type) {
	case FIELD_BOOL:
		return parse_boolean(text, &ret_value->boolean);
	case FIELD_U32:
		err = parse_unsigned(text, UINT32_MAX, &number);
		if (!err)
			ret_value->u32 = (uint32_t)number;
		return err;
	case FIELD_U64:
		return parse_unsigned(text, UINT64_MAX, &ret_value->u64);
	case FIELD_I64:
		return parse_signed(text, &ret_value->i64);
	case FIELD_DOUBLE:
		return parse_real(text, &ret_value->real);
	case FIELD_ENUM:
		return parse_word(field->words, text, &ret_value->u32);
	case FIELD_DURATION:
		return parse_scaled(text, duration_suffixes, &ret_value->u64);
	case FIELD_RATE:
		return parse_scaled(text, rate_suffixes, &ret_value->u64);
	case FIELD_IPV4:
		return inet_pton(AF_INET, text, &ret_value->u32) == 1 ? 0 : -EINVAL;
	case FIELD_CIDR:
		return field_parse_cidr(text, &ret_value->cidr);
	default:
		return -EINVAL;
	}
}

static bool is_in_range(const struct field *field, const union value *value)
{
	double number;

	switch (field->type) {
	case FIELD_U32:
		number = value->u32;
		break;
	case FIELD_U64:
	case FIELD_DURATION:
	case FIELD_RATE:
		number = (double)value->u64;
		break;
	case FIELD_I64:
		number = (double)value->i64;
		break;
	case FIELD_DOUBLE:
		number = value->real;
		break;
	default:
		return true;
	}
	if (field->min == 0 && field->max == 0)
		return true;
	return number >= field->min && number <= field->max;
}

static int refuse(const struct field *field, int err, const char *text, struct fault *fault)
{
	bool many = field->zero || field->type == FIELD_BOOL || field->type == FIELD_U32 ||
		    field->type == FIELD_U64 || field->type == FIELD_I64 ||
		    field->type == FIELD_ENUM;
	const char *wrong = err != -ERANGE              ? "not valid"
			    : field->type == FIELD_TEXT ? "too long"
							: "out of range";
	char allowed[256];

	return fault_set(fault, err, EXIT_USAGE, "'%.128s' is %s: allowed %s %s", text, wrong,
			 many ? "are" : "is", field_allowed(field, allowed, sizeof(allowed)));
}

/* A text is one line: it travels in argv, YAML, JSON and CSV. */
static int parse_text(const struct field *field, char *member, const char *text,
		      struct fault *fault)
{
	size_t length = strlen(text);

	for (size_t i = 0; i < length; i++)
		if (iscntrl((unsigned char)text[i]))
			return refuse(field, -EINVAL, text, fault);
	if (length >= field->size)
		return refuse(field, -ERANGE, text, fault);
	memset(member, 0, field->size);
	memcpy(member, text, length);
	return 0;
}

int field_parse(const struct field *field, void *object, const char *text, struct fault *fault)
{
	char *member = (char *)object + field->offset;
	union value value;
	int err;

	memset(&value, 0, sizeof(value));
	if (field->type == FIELD_TEXT)
		return parse_text(field, member, text, fault);
	if (!field->zero || strcmp(text, field->zero)) {
		err = parse_value(field, text, &value);
		if (!err && !is_in_range(field, &value))
			err = -ERANGE;
		if (err)
			return refuse(field, err, text, fault);
	}
	memcpy(member, &value, field->size);
	return 0;
}
