// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bench/argv.h"
#include "lib/model.h"

/* What a shell makes of the printed line, one word a line. */
static void shell_words(const struct argv *argv, char *ret_words, size_t size)
{
	char *command = NULL;
	size_t length;
	FILE *out = open_memstream(&command, &length);

	fputs("printf '%s\\n' ", out);
	argv_print_shell(argv, out);
	fclose(out);
	out = popen(command, "r");
	assert_non_null(out);
	length = fread(ret_words, 1, size - 1, out);
	ret_words[length] = '\0';
	pclose(out);
	free(command);
}

static void a_shell_reads_back_every_word(void **state)
{
	struct argv argv = {0};
	char words[256];

	argv_add(&argv, "plain-1.2/x:y=z");
	argv_add(&argv, "two words");
	argv_add(&argv, "it's $HOME `id` \\ \"q\" *;&|");
	argv_add(&argv, "");
	argv_add(&argv, "-n");
	shell_words(&argv, words, sizeof(words));
	assert_string_equal(words,
			    "plain-1.2/x:y=z\ntwo words\nit's $HOME `id` \\ \"q\" *;&|\n\n-n\n");
	argv_done(&argv);
}

static void json_keeps_every_word(void **state)
{
	struct argv argv = {0};
	char *text;
	json_t *json;

	argv_add(&argv, "tell");
	argv_add(&argv, "a \"b\"");
	json = argv_pack(&argv);
	text = json_dumps(json, JSON_COMPACT);
	assert_string_equal(text, "[\"tell\",\"a \\\"b\\\"\"]");
	free(text);
	json_decref(json);
	argv_done(&argv);
}

static void groups_add_what_differs_from_the_default(void **state)
{
	static const char *const flows_alone[] = {"flows", NULL};
	struct argv argv = {0};
	struct load load;

	field_defaults(&load_table, &load);
	argv_add(&argv, "gen");
	argv_add_group(&argv, &load_table, &load, NULL);
	assert_int_equal(argv.count, 1);
	load.flows = 7;
	load.rate_pps = 1000;
	argv_add_group(&argv, &load_table, &load, flows_alone);
	assert_int_equal(argv.err, 0);
	assert_int_equal(argv.count, 3);
	assert_string_equal(argv.word[1], "--flows");
	assert_string_equal(argv.word[2], "7");
	assert_null(argv.word[3]);
	argv_done(&argv);
	assert_int_equal(argv.count, 0);
}

static void too_many_words_leave_an_error(void **state)
{
	struct argv argv = {0}, more = {0};

	for (int i = 0; i < ARGV_MAX; i++)
		argv_add(&argv, "x");
	assert_int_equal(argv.err, 0);
	argv_add(&argv, "y");
	assert_int_equal(argv.err, -E2BIG);
	assert_null(argv.word[ARGV_MAX]);
	argv_add_all(&more, &argv);
	assert_int_equal(more.err, -E2BIG);
	argv_done(&argv);
	argv_done(&more);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_shell_reads_back_every_word),
		cmocka_unit_test(json_keeps_every_word),
		cmocka_unit_test(groups_add_what_differs_from_the_default),
		cmocka_unit_test(too_many_words_leave_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
