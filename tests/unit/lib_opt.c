// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lib/model.h"
#include "lib/opt.h"

/* The knobs hold no FIELD_BOOL at the moment: one of our own. */
struct toggles {
	bool wakeup;
	bool busy_poll;
};
static const struct field toggle_fields[] = {
	field_row(struct toggles, wakeup, FIELD_BOOL, .standard = "true", .help = "w"),
	field_row(struct toggles, busy_poll, FIELD_BOOL, .standard = "false", .help = "b"),
};
static const struct field_table toggle_table =
	field_table_of("toggles", struct toggles, toggle_fields, "For tests.");

struct fixture {
	struct load load;
	struct service service;
	struct toggles toggles;
	const char *words[2];
	struct fault fault;
};

/* Parses a command line whose words are parted by single blanks. */
static int parse(struct fixture *fixture, const char *line)
{
	static const char *const some[] = {"node_port", "backends", NULL};
	const struct opt_group groups[] = {{&load_table, &fixture->load, NULL},
					   {&service_table, &fixture->service, some},
					   {&toggle_table, &fixture->toggles, NULL},
					   {0}};
	char copy[256], *argv[32], *rest = copy;
	int argc = 0, nr;

	memset(fixture, 0, sizeof(*fixture));
	snprintf(copy, sizeof(copy), "%s", line);
	while ((argv[argc] = strsep(&rest, " ")))
		argc++;
	nr = opt_parse(argc, argv, groups, fixture->words, 2, &fixture->fault);
	/* the words point into this frame: keep them as what the tests compare */
	for (int i = 0; i < nr; i++)
		fixture->words[i] = strstr(line, fixture->words[i]);
	return nr;
}

static void nothing_given_is_all_defaults(void **state)
{
	struct fixture fixture;

	assert_int_equal(parse(&fixture, "gen"), 0);
	assert_int_equal(fixture.load.flows, 1024);
	assert_int_equal(fixture.service.node_port, 30401);
	assert_true(fixture.toggles.wakeup);
}

static void a_value_follows_or_is_joined(void **state)
{
	struct fixture fixture;

	assert_int_equal(parse(&fixture, "gen --frame 128 --rate=1.5M --node-port 31000"), 0);
	assert_int_equal(fixture.load.frame_bytes, 128);
	assert_int_equal(fixture.load.rate_pps, 1500000);
	assert_int_equal(fixture.service.node_port, 31000);
	assert_int_equal(parse(&fixture, "gen --node_port=31001"), 0);
	assert_int_equal(fixture.service.node_port, 31001);
}

static void a_boolean_alone_is_true(void **state)
{
	struct fixture fixture;

	assert_int_equal(parse(&fixture, "gen --busy-poll word --wakeup=false"), 1);
	assert_true(fixture.toggles.busy_poll);
	assert_false(fixture.toggles.wakeup);
}

static void words_are_what_is_no_option(void **state)
{
	struct fixture fixture;

	assert_int_equal(parse(&fixture, "dut xdp --flows 8 -"), 2);
	assert_memory_equal(fixture.words[0], "xdp", 3);
	assert_memory_equal(fixture.words[1], "-", 1);
	assert_int_equal(parse(&fixture, "dut -- --flows"), 1);
	assert_memory_equal(fixture.words[0], "--flows", 7);
}

static void mistakes_are_refused_by_name(void **state)
{
	static const struct {
		const char *line, *text;
	} examples[] = {
		{"gen --fram 64", "unknown option --fram: did you mean --frame?"},
		{"gen --nodports=1", "unknown option --nodports: --help lists them"},
		{"gen --services 2", "unknown option --services"},
		{"gen --frame 63", "--frame: '63' is out of range: allowed are 64 to 3502"},
		{"gen --frame", "--frame needs a value: 64 to 3502"},
		{"gen --frame=", "--frame: '' is not valid"},
		{"gen --flows 1 --flows 1", "--flows is given twice"},
		{"gen --node-port 1 --node_port=1", "--node_port is given twice"},
		{"gen --busy-poll=yes", "--busy-poll: 'yes' is not valid: allowed are true, false"},
		{"gen -f", "'-f': options begin with --"},
		{"gen a b c", "'c' is one argument too many"},
		{"gen --", NULL},
		{"gen --=", "unknown option --"},
	};

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		struct fixture fixture;
		int result = parse(&fixture, examples[i].line);

		if (!examples[i].text) {
			assert_int_equal(result, 0);
			continue;
		}
		assert_int_equal(result, -EINVAL);
		assert_int_equal(fixture.fault.code, EXIT_USAGE);
		if (strncmp(fixture.fault.text, examples[i].text, strlen(examples[i].text)))
			fail_msg("'%s': %s", examples[i].line, fixture.fault.text);
	}
}

static void the_nearest_is_found_for_every_slip(void **state)
{
	static const char *const slips[][2] = {
		{"gen --fames 1", "--frame"},      {"gen --duratoin 1", "--duration"},
		{"gen --thread 1", "--threads"},   {"gen --nodeport 1", "--node-port"},
		{"gen --backend 1", "--backends"},
	};

	for (size_t i = 0; i < sizeof(slips) / sizeof(slips[0]); i++) {
		struct fixture fixture;

		assert_int_equal(parse(&fixture, slips[i][0]), -EINVAL);
		assert_non_null(strstr(fixture.fault.text, slips[i][1]));
	}
}

static void no_words_are_taken_where_none_belong(void **state)
{
	struct load load;
	const struct opt_group groups[] = {{&load_table, &load, NULL}, {0}};
	char *argv[] = {"gen", "stray", NULL};

	assert_int_equal(opt_parse(2, argv, groups, NULL, 0, NULL), -EINVAL);
}

static void one_name_in_two_groups_is_noticed(void **state)
{
	struct load load;
	struct peak peak;
	const struct opt_group groups[] = {
		{&load_table, &load, NULL}, {&peak_table, &peak, NULL}, {0}};
	char *argv[] = {"gen", NULL};
	struct fault fault = {0};

	assert_int_equal(opt_parse(1, argv, groups, NULL, 0, &fault), -EINVAL);
	assert_string_equal(fault.text, "option --duration is in two groups");
}

static void help_is_wanted_before_the_double_dash(void **state)
{
	char *help[] = {"gen", "--frame", "64", "--help", NULL};
	char *brief[] = {"gen", "-h", NULL};
	char *hidden[] = {"exec", "--", "--help", NULL};

	assert_true(opt_wants_help(4, help));
	assert_true(opt_wants_help(2, brief));
	assert_false(opt_wants_help(3, hidden));
	assert_false(opt_wants_help(1, help));
}

static void help_has_every_option_once(void **state)
{
	static const char *const some[] = {"backends", NULL};
	struct load load;
	struct service service;
	const struct opt_group groups[] = {
		{&load_table, &load, NULL}, {&service_table, &service, some}, {0}};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	opt_help(out, groups);
	fclose(out);
	for (size_t i = 0; i < load_table.nr_fields; i++) {
		char word[64];
		const char *first;

		snprintf(word, sizeof(word), "  --%s ", load_table.fields[i].name);
		first = strstr(text, word);
		assert_non_null(first);
		assert_null(strstr(first + 1, word));
		assert_non_null(strstr(text, load_table.fields[i].help));
	}
	assert_non_null(strstr(text, "--backends "));
	assert_null(strstr(text, "--node-port "));
	free(text);
}

static void release(char **argv, int length)
{
	for (int i = 0; i < length; i++)
		free(argv[i]);
}

/* "--flag true" would not be read back. */
static void help_of_a_flag_tells_how_to_turn_it_off(void **state)
{
	struct toggles toggles;
	const struct opt_group groups[] = {{&toggle_table, &toggles, NULL}, {0}};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	opt_help(out, groups);
	fclose(out);
	assert_null(strstr(text, "true, false"));
	assert_non_null(strstr(text, "(--wakeup=false turns it off)"));
	assert_null(strstr(text, "--busy-poll=false"));
	free(text);
}

static void print_is_read_back(void **state)
{
	struct fixture from, to;
	const struct opt_group load[] = {{&load_table, &from.load, NULL}, {0}};
	const struct opt_group toggles[] = {{&toggle_table, &from.toggles, NULL}, {0}};
	const struct opt_group read[] = {
		{&load_table, &to.load, NULL}, {&toggle_table, &to.toggles, NULL}, {0}};
	char *argv[16] = {strdup("gen")};
	int length;

	parse(&from, "gen --rate 2.5k --frame 3502 --duration 250ms --busy-poll --wakeup=false");
	length = opt_print(load, argv, 1, 16);
	assert_int_equal(length, 7);
	length = opt_print(toggles, argv, length, 16);
	assert_int_equal(length, 9);
	assert_null(argv[length]);
	assert_string_equal(argv[1], "--frame");
	assert_string_equal(argv[2], "3502");
	assert_string_equal(argv[7], "--wakeup=false");
	assert_int_equal(opt_parse(length, argv, read, NULL, 0, NULL), 0);
	assert_memory_equal(&to.load, &from.load, sizeof(to.load));
	assert_memory_equal(&to.toggles, &from.toggles, sizeof(to.toggles));
	release(argv, length);
}

static void print_of_defaults_is_nothing(void **state)
{
	struct fixture fixture;
	const struct opt_group load = {&load_table, &fixture.load, NULL};
	char *argv[4] = {NULL};

	parse(&fixture, "gen");
	assert_int_equal(opt_print(&load, argv, 0, 4), 0);
	assert_null(argv[0]);
}

static void print_without_room_leaves_argv_as_it_was(void **state)
{
	struct fixture fixture;
	const struct opt_group load = {&load_table, &fixture.load, NULL};
	char *argv[6] = {strdup("gen")};

	parse(&fixture, "gen --frame 128 --flows 2");
	assert_int_equal(opt_print(&load, argv, 1, 5), -E2BIG);
	assert_string_equal(argv[0], "gen");
	assert_null(argv[1]);
	assert_int_equal(opt_print(&load, argv, 1, 6), 5);
	release(argv, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_given_is_all_defaults),
		cmocka_unit_test(a_value_follows_or_is_joined),
		cmocka_unit_test(a_boolean_alone_is_true),
		cmocka_unit_test(words_are_what_is_no_option),
		cmocka_unit_test(mistakes_are_refused_by_name),
		cmocka_unit_test(the_nearest_is_found_for_every_slip),
		cmocka_unit_test(no_words_are_taken_where_none_belong),
		cmocka_unit_test(one_name_in_two_groups_is_noticed),
		cmocka_unit_test(help_is_wanted_before_the_double_dash),
		cmocka_unit_test(help_has_every_option_once),
		cmocka_unit_test(help_of_a_flag_tells_how_to_turn_it_off),
		cmocka_unit_test(print_is_read_back),
		cmocka_unit_test(print_of_defaults_is_nothing),
		cmocka_unit_test(print_without_room_leaves_argv_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
