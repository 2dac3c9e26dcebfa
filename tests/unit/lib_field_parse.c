// SPDX-License-Identifier: BSD-2-Clause
/* field_parse, field_print and field_allowed: one table a type of text, result and print. */
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lib/field.h"

struct sample {
	bool flag;
	uint32_t u32;
	uint32_t mtu;
	uint64_t u64;
	int64_t i64;
	int64_t shift;
	double real;
	uint32_t word;
	char text[8];
	uint64_t wait_ns;
	uint64_t pause_ns;
	uint64_t rate_pps;
	uint32_t ipv4;
	struct cidr cidr;
	uint32_t nr_counts;
	uint64_t counts[4];
	uint32_t nr_notes;
	char notes[2][8];
};

static const char *const words[] = {"wire", "xdp", NULL};
static const struct field fields[] = {
	field_row(struct sample, flag, FIELD_BOOL, .unit = NULL),
	field_row(struct sample, u32, FIELD_U32, .unit = NULL),
	field_row(struct sample, mtu, FIELD_U32, .min = 68, .max = 9216, .zero = "keep"),
	field_row(struct sample, u64, FIELD_U64, .unit = NULL),
	field_row(struct sample, i64, FIELD_I64, .unit = NULL),
	field_row(struct sample, shift, FIELD_I64, .min = -5, .max = 5),
	field_row(struct sample, real, FIELD_DOUBLE, .min = -1e300, .max = 1e300),
	field_row(struct sample, word, FIELD_ENUM, .words = words),
	field_row(struct sample, text, FIELD_TEXT, .unit = NULL),
	field_row_unit(struct sample, wait, ns, FIELD_DURATION, .min = 1e3, .max = 36e11),
	field_row_unit(struct sample, pause, ns, FIELD_DURATION, .help = "no limit"),
	field_row_unit(struct sample, rate, pps, FIELD_RATE, .max = 1e9, .zero = "max"),
	field_row(struct sample, ipv4, FIELD_IPV4, .zero = "auto"),
	field_row(struct sample, cidr, FIELD_CIDR, .unit = NULL),
	field_series(struct sample, counts, nr_counts, .unit = NULL),
	field_texts(struct sample, notes, nr_notes, .unit = NULL),
};
static const struct field_table table =
	field_table_of("sample", struct sample, fields, "for tests");

struct example {
	const char *name, *text;
	const char *print; /* NULL: as the text */
};

static const struct example good[] = {
	{"flag", "true", NULL},
	{"flag", "false", NULL},
	{"u32", "0", NULL},
	{"u32", "4294967295", NULL},
	{"u32", "007", "7"},
	{"mtu", "keep", NULL},
	{"mtu", "68", NULL},
	{"mtu", "9216", NULL},
	{"u64", "18446744073709551615", NULL},
	{"i64", "-9223372036854775808", NULL},
	{"i64", "9223372036854775807", NULL},
	{"shift", "-5", NULL},
	{"real", "0.1", NULL},
	{"real", "-1e-300", NULL},
	{"real", "0.30000000000000004", NULL},
	{"real", "1E3", "1000"},
	{"word", "wire", NULL},
	{"word", "xdp", NULL},
	{"text", "", NULL},
	{"text", "1234567", NULL},
	{"text", "a b,\"", NULL},
	{"wait", "1us", NULL},
	{"wait", "1h", NULL},
	{"wait", "60m", "1h"},
	{"wait", "1.5s", "1500ms"},
	{"wait", "0.001ms", "1us"},
	{"wait", "90s", NULL},
	{"wait", "1001ns", NULL},
	{"pause", "0", "0s"},
	{"pause", "0ns", "0s"},
	{"pause", "18446744073709551615ns", NULL},
	{"rate", "max", NULL},
	{"rate", "0", "max"},
	{"rate", "999", NULL},
	{"rate", "1000", "1k"},
	{"rate", "1.5M", NULL},
	{"rate", "1550000", "1550k"},
	{"rate", "1488095", NULL},
	{"rate", "1G", NULL},
	{"rate", "0.0001M", "100"},
	{"ipv4", "auto", NULL},
	{"ipv4", "198.18.0.2", NULL},
	{"cidr", "198.19.0.0/17", NULL},
	{"cidr", "198.18.0.2/32", NULL},
	{"cidr", "0.0.0.0/0", NULL},
};

static const struct {
	const char *name, *text;
	int err;
} bad[] = {
	{"flag", "1", -EINVAL},
	{"flag", "True", -EINVAL},
	{"flag", "", -EINVAL},
	{"u32", "", -EINVAL},
	{"u32", "-1", -EINVAL},
	{"u32", "+1", -EINVAL},
	{"u32", " 1", -EINVAL},
	{"u32", "1 ", -EINVAL},
	{"u32", "1x", -EINVAL},
	{"u32", "0x10", -EINVAL},
	{"u32", "1.0", -EINVAL},
	{"u32", "1e3", -EINVAL},
	{"u32", "4294967296", -ERANGE},
	{"u32", "99999999999999999999999", -ERANGE},
	{"mtu", "0", -ERANGE},
	{"mtu", "67", -ERANGE},
	{"mtu", "9217", -ERANGE},
	{"mtu", "Keep", -EINVAL},
	{"u64", "18446744073709551616", -ERANGE},
	{"i64", "9223372036854775808", -ERANGE},
	{"i64", "-9223372036854775809", -ERANGE},
	{"i64", "--1", -EINVAL},
	{"i64", "-", -EINVAL},
	{"shift", "6", -ERANGE},
	{"shift", "-6", -ERANGE},
	{"real", "", -EINVAL},
	{"real", "nan", -EINVAL},
	{"real", "inf", -EINVAL},
	{"real", "0x1p3", -EINVAL},
	{"real", "1.0.0", -EINVAL},
	{"real", " 1", -EINVAL},
	{"real", "1e999", -ERANGE},
	{"real", "2e300", -ERANGE},
	{"word", "nftables", -EINVAL},
	{"word", "", -EINVAL},
	{"word", "0", -EINVAL},
	{"text", "12345678", -ERANGE},
	{"text", "a\nb", -EINVAL},
	{"wait", "1", -EINVAL},
	{"wait", "s", -EINVAL},
	{"wait", "1S", -EINVAL},
	{"wait", "1 s", -EINVAL},
	{"wait", "1s ", -EINVAL},
	{"wait", "-1s", -EINVAL},
	{"wait", "1.s", -EINVAL},
	{"wait", ".5s", -EINVAL},
	{"wait", "1.5ns", -EINVAL},
	{"wait", "1.0000000001s", -EINVAL},
	{"wait", "0", -ERANGE},
	{"wait", "999ns", -ERANGE},
	{"wait", "61m", -ERANGE},
	{"pause", "18446744073709551616ns", -ERANGE},
	{"pause", "99999999h", -ERANGE},
	{"rate", "2G", -ERANGE},
	{"rate", "1.5", -EINVAL},
	{"rate", "1K", -EINVAL},
	{"rate", "k", -EINVAL},
	{"ipv4", "198.18.0", -EINVAL},
	{"ipv4", "198.18.0.256", -EINVAL},
	{"ipv4", "::1", -EINVAL},
	{"ipv4", "198.18.0.2 ", -EINVAL},
	{"cidr", "198.19.0.0", -EINVAL},
	{"cidr", "198.19.0.0/", -EINVAL},
	{"cidr", "198.19.0.0/33", -EINVAL},
	{"cidr", "198.19.0.1/17", -EINVAL},
	{"cidr", "/17", -EINVAL},
	{"cidr", "198.019.00000000000000.0/17", -EINVAL},
	{"counts", "1", -EINVAL},
};

static void good_texts_are_read_and_printed(void **state)
{
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		const struct field *field = field_find(&table, good[i].name);
		struct sample sample, again;
		struct fault fault = {0};
		char buffer[64];

		memset(&sample, 0x5a, sizeof(sample));
		if (field_parse(field, &sample, good[i].text, &fault))
			fail_msg("%s '%s': %s", good[i].name, good[i].text, fault.text);
		field_print(field, &sample, buffer, sizeof(buffer));
		assert_string_equal(buffer, good[i].print ? good[i].print : good[i].text);
		memset(&again, 0xa5, sizeof(again));
		assert_int_equal(field_parse(field, &again, buffer, NULL), 0);
		assert_true(field_equal(field, &sample, &again));
	}
}

static void bad_texts_are_refused_and_touch_nothing(void **state)
{
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const struct field *field = field_find(&table, bad[i].name);
		struct sample sample, before;
		struct fault fault = {0};
		int err;

		memset(&sample, 0x5a, sizeof(sample));
		before = sample;
		err = field_parse(field, &sample, bad[i].text, &fault);
		if (err != bad[i].err)
			fail_msg("%s '%s': %d, not %d", bad[i].name, bad[i].text, err, bad[i].err);
		assert_memory_equal(&sample, &before, sizeof(sample));
		assert_int_equal(fault.code, EXIT_USAGE);
		assert_non_null(strstr(fault.text, "allowed"));
	}
}

static void values_are_what_the_text_says(void **state)
{
	struct sample sample = {0};

	field_parse(field_find(&table, "wait"), &sample, "1.25ms", NULL);
	assert_int_equal(sample.wait_ns, 1250000);
	field_parse(field_find(&table, "rate"), &sample, "2.5k", NULL);
	assert_int_equal(sample.rate_pps, 2500);
	field_parse(field_find(&table, "word"), &sample, "xdp", NULL);
	assert_int_equal(sample.word, 1);
	field_parse(field_find(&table, "ipv4"), &sample, "198.18.0.2", NULL);
	assert_int_equal(ntohl(sample.ipv4), 0xc6120002);
	field_parse(field_find(&table, "cidr"), &sample, "198.19.0.0/17", NULL);
	assert_int_equal(ntohl(sample.cidr.address), 0xc6130000);
	assert_int_equal(sample.cidr.prefix, 17);
	sample.mtu = 1500;
	field_parse(field_find(&table, "mtu"), &sample, "keep", NULL);
	assert_int_equal(sample.mtu, 0);
}

static void the_fault_says_what_was_found_and_what_is_allowed(void **state)
{
	struct sample sample = {0};
	struct fault fault = {0};

	field_parse(field_find(&table, "mtu"), &sample, "63", &fault);
	assert_string_equal(fault.text, "'63' is out of range: allowed are keep, 68 to 9216");
	fault = (struct fault){0};
	field_parse(field_find(&table, "word"), &sample, "ebpf", &fault);
	assert_string_equal(fault.text, "'ebpf' is not valid: allowed are wire, xdp");
	fault = (struct fault){0};
	field_parse(field_find(&table, "text"), &sample, "too long for it", &fault);
	assert_string_equal(fault.text,
			    "'too long for it' is too long: allowed is a line of at most 7 bytes");
}

static void allowed_values_read_well(void **state)
{
	static const struct example allowed[] = {
		{"flag", "true, false", NULL},
		{"u32", "0 to 4294967295", NULL},
		{"mtu", "keep, 68 to 9216", NULL},
		{"u64", "0 to 18446744073709551615", NULL},
		{"shift", "-5 to 5", NULL},
		{"wait", "a duration such as 200ms or 1s, 1us to 1h", NULL},
		{"pause", "a duration such as 200ms or 1s", NULL},
		{"rate", "max, a rate such as 1000, 10k or 1.5M, up to 1G", NULL},
		{"ipv4", "auto, an address such as 198.18.0.2", NULL},
	};
	char buffer[128];

	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		assert_string_equal(
			field_allowed(field_find(&table, allowed[i].name), buffer, sizeof(buffer)),
			allowed[i].text);
}

static void what_is_not_parsed_is_still_printed(void **state)
{
	struct sample sample = {.real = NAN,
				.word = 9,
				.nr_counts = 3,
				.counts = {1, 2, UINT64_MAX},
				.nr_notes = 2,
				.notes = {"late", "lossy"}};
	char buffer[64];

	assert_string_equal(
		field_print(field_find(&table, "real"), &sample, buffer, sizeof(buffer)), "nan");
	assert_string_equal(
		field_print(field_find(&table, "word"), &sample, buffer, sizeof(buffer)), "");
	assert_string_equal(
		field_print(field_find(&table, "counts"), &sample, buffer, sizeof(buffer)),
		"1 2 18446744073709551615");
	assert_string_equal(
		field_print(field_find(&table, "notes"), &sample, buffer, sizeof(buffer)),
		"late; lossy");
}

static void a_short_buffer_cuts_the_text(void **state)
{
	struct sample sample = {.nr_counts = 4, .counts = {1111, 2222, 3333, 4444}};
	char buffer[8] = "xxxxxxx";

	field_print(field_find(&table, "counts"), &sample, buffer, 6);
	assert_string_equal(buffer, "1111 ");
	assert_int_equal(buffer[6], 'x');
	field_allowed(field_find(&table, "rate"), buffer, 6);
	assert_string_equal(buffer, "max, ");
	assert_int_equal(buffer[6], 'x');
}

static void text_forms_stand_alone(void **state)
{
	uint64_t number = 7;
	struct cidr cidr = {.prefix = 9};

	assert_int_equal(field_parse_duration("2m", &number), 0);
	assert_int_equal(number, 120000000000);
	assert_int_equal(field_parse_duration("99999999999999h", &number), -EINVAL);
	assert_int_equal(number, 120000000000);
	assert_int_equal(field_parse_rate("3k", &number), 0);
	assert_int_equal(number, 3000);
	assert_int_equal(field_parse_rate("3s", &number), -EINVAL);
	assert_int_equal(field_parse_cidr("198.18.0.0/15", &cidr), 0);
	assert_int_equal(cidr.prefix, 15);
	assert_int_equal(field_parse_cidr("198.19.0.0/14", &cidr), -EINVAL);
	assert_int_equal(cidr.prefix, 15);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_texts_are_read_and_printed),
		cmocka_unit_test(bad_texts_are_refused_and_touch_nothing),
		cmocka_unit_test(values_are_what_the_text_says),
		cmocka_unit_test(the_fault_says_what_was_found_and_what_is_allowed),
		cmocka_unit_test(allowed_values_read_well),
		cmocka_unit_test(what_is_not_parsed_is_still_printed),
		cmocka_unit_test(a_short_buffer_cuts_the_text),
		cmocka_unit_test(text_forms_stand_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
