// SPDX-License-Identifier: BSD-2-Clause
/* Which word was meant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/words.h"

static const char *const groups[] = {"name", "hosts", "lab", "service", "load", "nic", "dut", NULL};

static void assert_nearest(const char *found, const char *wanted)
{
	const char *nearest = words_nearest(found, groups);

	if (!nearest || !wanted ? nearest != wanted : strcmp(nearest, wanted) != 0)
		fail_msg("'%s': '%s', not '%s'", found, nearest ? nearest : "none",
			 wanted ? wanted : "none");
}

static void one_slip_of_any_kind_is_near(void **state)
{
	assert_nearest("load", "load");
	assert_nearest("loads", "load");
	assert_nearest("loa", "load");
	assert_nearest("loat", "load");
	assert_nearest("servcie", "service");
}

/* Two replacements would make `lab` as near as `load`. */
static void swapped_neighbours_are_one_slip(void **state)
{
	assert_nearest("laod", "load");
	assert_nearest("laodd", "load");
	assert_nearest("dtu", "dut");
	assert_nearest("nmae", "name");
	assert_nearest("ncisl", NULL);
}

static void what_is_far_is_none(void **state)
{
	assert_nearest("", NULL);
	assert_nearest("xy", NULL);
	assert_nearest("frequency", NULL);
	assert_nearest("sevrcieee", NULL);
	assert_nearest("a-word-that-is-longer-than-every-word", NULL);
}

static void a_message_names_all_that_is_allowed(void **state)
{
	static const char *const two[] = {"mtu", "channels", NULL};
	char text[128], brief[16];

	assert_string_equal(words_unknown("key", "mut", two, text, sizeof(text)),
			    "unknown key 'mut' (did you mean 'mtu'?); allowed: mtu, channels");
	assert_string_equal(words_unknown("key", "mut", two, brief, sizeof(brief)),
			    "unknown key 'mu");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_slip_of_any_kind_is_near),
		cmocka_unit_test(swapped_neighbours_are_one_slip),
		cmocka_unit_test(what_is_far_is_none),
		cmocka_unit_test(a_message_names_all_that_is_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
