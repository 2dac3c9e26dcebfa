// SPDX-License-Identifier: BSD-2-Clause
/* What is no YAML document of one mapping. */
#include <stdlib.h>

#include "tests/unit/scenario_kit.h"

/* clang-format off */
static const struct refusal documents[] = {
	{"",
	 "t.yaml: there is nothing in it"},
	{"# only\n",
	 "t.yaml: there is nothing in it"},
	{"[1,2]\n",
	 "t.yaml:1:1: expected a mapping, found a list"},
	{"just text\n",
	 "t.yaml:1:1: expected a mapping, found a single value"},
	{"lab: [\n",
	 "t.yaml:2:1: not valid YAML: flow sequence without a closing bracket"},
	{"\t- a: b\n",
	 "t.yaml:1:2: not valid YAML: plain scalar cannot start with '-' followed by blank"},
	{LAB "---\n" "lab: {}\n",
	 "t.yaml:3:1: a second document; a scenario is one"},
	{"x: &a {b: *a}\n",
	 "t.yaml:1:12: nested more than 8 deep, or an alias of itself"},
	{"lab: &l {channels: 2}\n" "load: *nope\n",
	 "t.yaml:2:8: an alias of an anchor that is not there"},
	{LAB "? [a]\n" ": b\n",
	 "t.yaml:2:3: a key must be a word, found a list or an alias"},
	{LAB "? {}\n" ": b\n",
	 "t.yaml:2:3: a key must be a word, found a mapping"},
	{LAB "load: {frame: \"6\\04\"}\n",
	 "t.yaml:2:16: a zero byte in the text"},
	{LAB "name: a\xff\n",
	 "t.yaml:2:8: not UTF-8 text"},
	{LAB "name: \"a\\nb\"\n",
	 "t.yaml:2:8: name: 'a b' is not valid: allowed is a line of at most 63 bytes"},
	{"a: &a [*a]\n",
	 "t.yaml:1:9: nested more than 8 deep, or an alias of itself"},
	{LAB "1: 2\n",
	 "t.yaml:2:1: unknown key '1'; allowed: name, hosts, lab, service, load, nic, dut, "
	 "peak, sink, sweep, measure, repeat"},
	{LAB ": 2\n",
	 "t.yaml:2:3: unknown key ''; allowed: name, hosts, lab, service, load, nic, dut, "
	 "peak, sink, sweep, measure, repeat"},
	{"%YAML 9.9\n" "---\n" "lab: {}\n",
	 "t.yaml: not valid YAML: unsupport version number 9.9"},
	{LAB "load: *load\n",
	 "t.yaml:2:8: an alias of an anchor that is not there"},
};
/* clang-format on */

static void documents_are_refused(void **state)
{
	assert_all_refused(documents);
}

static void a_text_too_large_is_refused(void **state)
{
	char *text = calloc(1, SCENARIO_MAX_BYTES + 2);

	assert_non_null(text);
	memset(text, '#', SCENARIO_MAX_BYTES + 1);
	assert_refused(text, NULL, "t.yaml: too large: allowed are 1048576 bytes");
	text[SCENARIO_MAX_BYTES] = '\0';
	assert_refused(text, NULL, "t.yaml: there is nothing in it");
	free(text);
}

/* A few lines of aliases of aliases would be a tree of a billion values. */
static void a_tree_that_grows_by_aliases_is_refused(void **state)
{
	assert_refused("a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
		       "b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\n"
		       "c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\n",
		       NULL, "t.yaml:1:7: more than 4096 values");
}

static void a_file_that_cannot_be_read_is_refused(void **state)
{
	struct scenario scenario;
	struct fault fault = {0};

	assert_int_equal(scenario_load("/nonexistent/x.yaml", NULL, &scenario, &fault), -ENOENT);
	assert_string_equal(fault.text,
			    "/nonexistent/x.yaml: cannot be read: No such file or directory");
	assert_int_equal(fault.code, EXIT_USAGE);
	fault = (struct fault){0};
	assert_int_equal(scenario_load("/", NULL, &scenario, &fault), -EISDIR);
	assert_string_equal(fault.text, "/: cannot be read: Is a directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents_are_refused),
		cmocka_unit_test(a_text_too_large_is_refused),
		cmocka_unit_test(a_tree_that_grows_by_aliases_is_refused),
		cmocka_unit_test(a_file_that_cannot_be_read_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
