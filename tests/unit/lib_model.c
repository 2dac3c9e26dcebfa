// SPDX-License-Identifier: BSD-2-Clause
/* What must hold for every row of every table: a new knob is one line, and is checked here. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lib/model.h"
#include "lib/record.h"

static const struct field_table *const tables[] = {
	&service_table,     &load_table,       &nic_table,         &dut_table,          &peak_table,
	&sink_table,        &config_table,     &lab_table,         &host_table,         &path_table,
	&percentiles_table, &gen_result_table, &sink_result_table, &dut_counters_table, &snap_table,
	&ledger_table,      &verdict_table,    &outcome_table,
};

/* Tables whose rows are knobs: read from argv and YAML. */
static bool is_knobs(const struct field_table *table)
{
	static const struct field_table *const knobs[] = {&service_table, &load_table, &nic_table,
							  &dut_table,     &peak_table, &sink_table,
							  &lab_table,     &host_table, &path_table};

	for (size_t i = 0; i < sizeof(knobs) / sizeof(knobs[0]); i++)
		if (knobs[i] == table)
			return true;
	return false;
}

static void each_row(void (*check)(const struct field_table *table, const struct field *field))
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (size_t j = 0; j < tables[i]->nr_fields; j++)
			check(tables[i], &tables[i]->fields[j]);
}

static size_t size_of(const struct field *field)
{
	switch (field->type) {
	case FIELD_BOOL:
		return sizeof(bool);
	case FIELD_U32:
	case FIELD_ENUM:
	case FIELD_IPV4:
		return sizeof(uint32_t);
	case FIELD_U64:
	case FIELD_I64:
	case FIELD_DOUBLE:
	case FIELD_DURATION:
	case FIELD_RATE:
		return sizeof(uint64_t);
	case FIELD_CIDR:
		return sizeof(struct cidr);
	case FIELD_SERIES:
		return (size_t)field->max * sizeof(uint64_t);
	case FIELD_GROUP:
		return field->group->size;
	default:
		return field->size;
	}
}

static void check_size(const struct field_table *table, const struct field *field)
{
	size_t members = field->type == FIELD_TEXTS ? (size_t)field->max : 1;

	if (field->size != size_of(field) || !field->size)
		fail_msg("%s.%s: size %zu", table->name, field->name, field->size);
	if (field->offset + field->size * members > table->size)
		fail_msg("%s.%s lies outside of the struct", table->name, field->name);
	if ((field->type == FIELD_SERIES || field->type == FIELD_TEXTS) &&
	    (field->max < 1 || field->count + sizeof(uint32_t) > table->size))
		fail_msg("%s.%s has no length", table->name, field->name);
	if (field->type == FIELD_ENUM && (!field->words || !field->words[0]))
		fail_msg("%s.%s has no words", table->name, field->name);
}

static void sizes_match_types(void **state)
{
	each_row(check_size);
}

/* A counter and its rate may share a word, never a column. A knob's word is its own. */
static void check_unique(const struct field_table *table, const struct field *field)
{
	char column[64], other[64];

	field_column(field, column, sizeof(column));
	for (size_t i = 0; i < table->nr_fields; i++) {
		const struct field *next = &table->fields[i];

		if (next == field)
			continue;
		if (!strcmp(column, field_column(next, other, sizeof(other))))
			fail_msg("%s.%s is there twice", table->name, column);
		if (is_knobs(table) && !strcmp(next->name, field->name))
			fail_msg("the knob %s.%s is there twice", table->name, field->name);
		if (next->offset == field->offset)
			fail_msg("%s.%s and .%s are one member", table->name, column, other);
	}
	if (field->name[strspn(field->name, "abcdefghijklmnopqrstuvwxyz0123456789_")])
		fail_msg("%s.%s is no name", table->name, field->name);
}

static void names_are_unique(void **state)
{
	each_row(check_unique);
	for (size_t i = 0; i < config_table.nr_fields; i++)
		assert_string_equal(config_table.fields[i].name,
				    config_table.fields[i].group->name);
}

static void check_help(const struct field_table *table, const struct field *field)
{
	if (field->type != FIELD_GROUP && (!field->help || !field->help[0]))
		fail_msg("%s.%s has no help", table->name, field->name);
	if (is_knobs(table) && !field->standard)
		fail_msg("the knob %s.%s has no default", table->name, field->name);
	/* they become cells of Markdown tables */
	if (field->help && strpbrk(field->help, "|\n"))
		fail_msg("%s.%s: '|' or a line break in its help", table->name, field->name);
}

static void knobs_have_help_and_a_default(void **state)
{
	each_row(check_help);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		assert_true(tables[i]->help && tables[i]->help[0]);
}

static void check_default(const struct field_table *table, const struct field *field)
{
	void *object = calloc(1, table->size);
	struct fault fault = {0};
	char text[512];

	if (field->standard) {
		if (field_parse(field, object, field->standard, &fault))
			fail_msg("%s.%s: default %s", table->name, field->name, fault.text);
		assert_string_equal(field_print(field, object, text, sizeof(text)),
				    field->standard);
	}
	free(object);
}

static void defaults_parse_and_print_as_written(void **state)
{
	each_row(check_default);
}

/* Numbers on both sides of every limit, and every word. */
static void try_text(const struct field_table *table, const struct field *field, const char *text)
{
	char *object = calloc(1, table->size), *again = calloc(1, table->size);
	char print[512];

	if (!field_parse(field, object, text, NULL)) {
		field_print(field, object, print, sizeof(print));
		if (field_parse(field, again, print, NULL) || !field_equal(field, object, again))
			fail_msg("%s.%s: '%s' printed as '%s'", table->name, field->name, text,
				 print);
	}
	free(object);
	free(again);
}

static void check_print(const struct field_table *table, const struct field *field)
{
	static const char *const texts[] = {"0",          "1",          "2",
					    "63",         "64",         "1500",
					    "9216",       "65535",      "65536",
					    "4294967295", "1k",         "1.5M",
					    "999999999",  "1G",         "1ms",
					    "1500us",     "24h",        "1000001ns",
					    "true",       "false",      "0.0.0.0",
					    "198.18.0.1", "10.0.0.0/8", "0.0.0.0/0",
					    "",           "x",          "netns:pg-dut",
					    "-1",         "0.001",      "18446744073709551615"};
	char number[64];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		try_text(table, field, texts[i]);
	if (field->zero)
		try_text(table, field, field->zero);
	for (size_t i = 0; field->words && field->words[i]; i++)
		try_text(table, field, field->words[i]);
	for (int side = -1; side <= 1; side++) {
		snprintf(number, sizeof(number), "%.0f", field->max + side);
		try_text(table, field, number);
	}
}

static void what_is_printed_parses_to_the_same(void **state)
{
	each_row(check_print);
}

static void limits_hold(void **state)
{
	struct config config;

	field_defaults(&config_table, &config);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (size_t j = 0; j < tables[i]->nr_fields; j++) {
			const struct field *field = &tables[i]->fields[j];
			void *object = calloc(1, tables[i]->size);
			char number[64];

			if ((field->type == FIELD_U32 || field->type == FIELD_RATE) && field->max) {
				snprintf(number, sizeof(number), "%.0f", field->max);
				assert_int_equal(field_parse(field, object, number, NULL), 0);
				snprintf(number, sizeof(number), "%.0f", field->max + 1);
				assert_int_not_equal(field_parse(field, object, number, NULL), 0);
			}
			free(object);
		}
}

/* Puts a value of its own into every member, so that a swap or an omission shows. */
static void fill(const struct field_table *table, char *object, uint32_t *seed)
{
	for (size_t i = 0; i < table->nr_fields; i++) {
		const struct field *field = &table->fields[i];
		char *member = object + field->offset;
		uint32_t number = ++*seed;

		switch (field->type) {
		case FIELD_BOOL:
			*(bool *)member = true;
			break;
		case FIELD_U32:
		case FIELD_IPV4:
			*(uint32_t *)member = number;
			break;
		case FIELD_ENUM:
			*(uint32_t *)member = field->words[1] ? 1 : 0;
			break;
		case FIELD_U64:
		case FIELD_DURATION:
		case FIELD_RATE:
			*(uint64_t *)member = (uint64_t)number << 33;
			break;
		case FIELD_I64:
			*(int64_t *)member = -(int64_t)number;
			break;
		case FIELD_DOUBLE:
			*(double *)member = number + 0.25;
			break;
		case FIELD_TEXT:
			snprintf(member, field->size, "t%u", number);
			break;
		case FIELD_CIDR:
			*(struct cidr *)member = (struct cidr){.address = 10, .prefix = 8};
			break;
		case FIELD_SERIES:
			*(uint32_t *)(object + field->count) = (uint32_t)field->max;
			for (size_t k = 0; k < (size_t)field->max; k++)
				((uint64_t *)member)[k] = number + k;
			break;
		case FIELD_TEXTS:
			*(uint32_t *)(object + field->count) = (uint32_t)field->max;
			for (size_t k = 0; k < (size_t)field->max; k++)
				snprintf(member + k * field->size, field->size, "t%u.%zu", number,
					 k);
			break;
		case FIELD_GROUP:
			fill(field->group, member, seed);
			break;
		}
	}
}

static void what_is_packed_unpacks_to_the_same(void **state)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		char *object = calloc(1, tables[i]->size), *again = malloc(tables[i]->size);
		struct fault fault = {0};
		uint32_t seed = 100;
		json_t *json;

		memset(again, 0xa5, tables[i]->size);
		fill(tables[i], object, &seed);
		json = record_pack(tables[i], object);
		assert_int_equal(json_object_size(json), tables[i]->nr_fields);
		if (record_unpack(tables[i], json, again, &fault))
			fail_msg("%s", fault.text);
		for (size_t j = 0; j < tables[i]->nr_fields; j++)
			if (!field_equal(&tables[i]->fields[j], object, again))
				fail_msg("%s.%s changed", tables[i]->name,
					 tables[i]->fields[j].name);
		json_decref(json);
		free(object);
		free(again);
	}
}

static void an_empty_record_unpacks_to_the_same(void **state)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		char *object = malloc(tables[i]->size), *again = malloc(tables[i]->size);
		json_t *json;

		field_defaults(tables[i], object);
		json = record_pack(tables[i], object);
		assert_int_equal(record_unpack(tables[i], json, again, NULL), 0);
		assert_memory_equal(object, again, tables[i]->size);
		json_decref(json);
		free(object);
		free(again);
	}
}

static void every_enum_has_a_word(void **state)
{
	assert_string_equal(protocol_words[PROTOCOL_UDP], "udp");
	assert_string_equal(engine_words[ENGINE_AFXDP], "afxdp");
	assert_string_equal(engine_words[ENGINE_NULL], "null");
	assert_string_equal(plane_words[PLANE_WIRE], "wire");
	assert_string_equal(plane_words[PLANE_XDP], "xdp");
	assert_string_equal(plane_words[PLANE_NFTABLES], "nftables");
	assert_string_equal(xdp_mode_words[XDP_MODE_NATIVE], "native");
	assert_string_equal(xdp_mode_words[XDP_MODE_GENERIC], "generic");
	assert_string_equal(afxdp_mode_words[AFXDP_NONE], "none");
	assert_string_equal(afxdp_mode_words[AFXDP_COPY], "copy");
	assert_string_equal(afxdp_mode_words[AFXDP_ZEROCOPY], "zerocopy");
	assert_string_equal(measure_words[MEASURE_RATE], "rate");
	assert_string_equal(measure_words[MEASURE_PEAK], "peak");
	assert_string_equal(limit_words[LIMIT_NONE], "none");
	assert_string_equal(limit_words[LIMIT_DUT], "dut");
	assert_string_equal(limit_words[LIMIT_TESTER_TX], "tester_tx");
	assert_string_equal(limit_words[LIMIT_TESTER_RX], "tester_rx");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_match_types),
		cmocka_unit_test(names_are_unique),
		cmocka_unit_test(knobs_have_help_and_a_default),
		cmocka_unit_test(defaults_parse_and_print_as_written),
		cmocka_unit_test(what_is_printed_parses_to_the_same),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(what_is_packed_unpacks_to_the_same),
		cmocka_unit_test(an_empty_record_unpacks_to_the_same),
		cmocka_unit_test(every_enum_has_a_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
