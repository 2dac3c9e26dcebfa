/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Field tables: the only definition of a knob or a metric. Options, YAML keys, sweep axes, JSON
 * records, CSV columns, --help and the references are all parsed or printed from a table.
 */
#ifndef PORTGAUGE_FIELD_H
#define PORTGAUGE_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/fault.h"

enum field_type {
	FIELD_BOOL,     /* bool */
	FIELD_U32,      /* uint32_t */
	FIELD_U64,      /* uint64_t; FIELD_ABSENT prints as null, or an empty CSV cell */
	FIELD_I64,      /* int64_t */
	FIELD_DOUBLE,   /* double; NAN prints as null */
	FIELD_ENUM,     /* uint32_t, index into `words`; a sparse one may be FIELD_NO_WORD */
	FIELD_TEXT,     /* char[size], NUL-terminated */
	FIELD_DURATION, /* uint64_t ns; "1s", "200ms", "50us", "10ns", "2m", "1h" */
	FIELD_RATE,     /* uint64_t pps; "1000", "10k", "1.5M" */
	FIELD_IPV4,     /* uint32_t, network byte order */
	FIELD_CIDR,     /* struct cidr */
	FIELD_SERIES, /* uint64_t[max], printed as an array; its length is the uint32_t at `count` */
	FIELD_TEXTS,  /* char[max][size] array of texts; its length is the uint32_t at `count` */
	FIELD_GROUP,  /* a struct with the table `group` */
};

#define FIELD_ABSENT  UINT64_MAX
#define FIELD_NO_WORD UINT32_MAX

struct cidr {
	uint32_t address; /* network byte order, host bits clear */
	uint32_t prefix;  /* 0 to 32 */
};

struct field {
	const char *name; /* the word in argv (with - for _), YAML and --help */
	enum field_type type;
	size_t offset;
	size_t size;          /* of the member; of one element for FIELD_TEXTS */
	const char *unit;     /* suffix of the name in records and columns: "ns", "pps"; or NULL */
	double min, max;      /* both 0: no limit but the type's */
	const char *standard; /* default, as text; NULL: none, zero bytes */
	const char *zero;     /* word that stands for 0 ("max", "auto", "keep"); or NULL */
	const char *const *words;        /* FIELD_ENUM: NULL-terminated */
	const struct field_table *group; /* FIELD_GROUP */
	size_t count;                    /* FIELD_SERIES, FIELD_TEXTS: offset of the length */
	/* FIELD_GROUP: null in records while its first member is 0; FIELD_ENUM: null in records and
	 * an empty CSV cell where it is FIELD_NO_WORD. */
	bool sparse;
	const char *help;
};

struct field_table {
	const char *name; /* "load" */
	const char *help;
	const struct field *fields;
	size_t nr_fields;
	size_t size; /* of the struct */
};

/* The member named `name`, or NULL. '-' and '_' are the same. */
const struct field *field_find(const struct field_table *table, const char *name);

/* Name in records and CSV: name, '_', unit ("rate_pps"); the name alone without a unit.
 * Returns `buffer`. */
const char *field_column(const struct field *field, char *buffer, size_t size);

/* Sets every member to its default. Zeroes the rest. */
void field_defaults(const struct field_table *table, void *object);

/*
 * Reads one value. On -EINVAL or -ERANGE the object is untouched and the fault says what was
 * found and what is allowed ("'63' is out of range: allowed are 64 to 9216"), without naming
 * the field or the place: the caller prefixes those.
 */
int field_parse(const struct field *field, void *object, const char *text, struct fault *fault);

/* Prints one value as field_parse would read it. Returns `buffer`. */
const char *field_print(const struct field *field, const void *object, char *buffer, size_t size);

/* What a value may be, for help and errors: "64 to 9216", "afxdp, null", "a duration such as 1s". */
const char *field_allowed(const struct field *field, char *buffer, size_t size);

/* True if both objects hold the same value in this field. */
bool field_equal(const struct field *field, const void *a, const void *b);

/* delta = after - before for every FIELD_U64 member; other members are taken from `after`. */
void field_diff(const struct field_table *table, const void *before, const void *after,
		void *ret_delta);

/* Text forms used by other modules too. 0 or -EINVAL. */
int field_parse_duration(const char *text, uint64_t *ret_ns);
int field_parse_rate(const char *text, uint64_t *ret_pps);
int field_parse_cidr(const char *text, struct cidr *ret_cidr);

/* Rows. `field_row(struct load, flows, FIELD_U32, ...)` names the member and the knob alike. */
#define field_row(type_, member_, kind_, ...)                                                      \
	{                                                                                          \
		.name = #member_, .type = kind_, .offset = offsetof(type_, member_),               \
		.size = sizeof(((type_ *)0)->member_), __VA_ARGS__                                 \
	}
/* A knob whose unit is in the member's name, not in the word: row_unit(struct load, rate, pps, …)
 * is member rate_pps, word "rate", unit "pps". */
#define field_row_unit(type_, word_, unit_, kind_, ...)                                            \
	{                                                                                          \
		.name = #word_, .type = kind_, .offset = offsetof(type_, word_##_##unit_),         \
		.size = sizeof(((type_ *)0)->word_##_##unit_), .unit = #unit_, __VA_ARGS__         \
	}
#define field_series(type_, member_, count_, ...)                                                  \
	{                                                                                          \
		.name = #member_, .type = FIELD_SERIES, .offset = offsetof(type_, member_),        \
		.size = sizeof(((type_ *)0)->member_), .count = offsetof(type_, count_),           \
		.max = sizeof(((type_ *)0)->member_) / sizeof(uint64_t), __VA_ARGS__               \
	}
#define field_texts(type_, member_, count_, ...)                                                   \
	{                                                                                          \
		.name = #member_, .type = FIELD_TEXTS, .offset = offsetof(type_, member_),         \
		.size = sizeof(((type_ *)0)->member_[0]), .count = offsetof(type_, count_),        \
		.max = sizeof(((type_ *)0)->member_) / sizeof(((type_ *)0)->member_[0]),           \
		__VA_ARGS__                                                                        \
	}
#define field_table_of(name_, type_, rows_, help_)                                                 \
	{                                                                                          \
		.name = name_, .help = help_, .fields = rows_,                                     \
		.nr_fields = sizeof(rows_) / sizeof(rows_[0]), .size = sizeof(type_)               \
	}

#endif
