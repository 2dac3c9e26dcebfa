// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lib/fault.h"

static void set_returns_its_error_and_describes_it(void **state)
{
	struct fault fault = {0};

	assert_int_equal(fault_set(&fault, -EINVAL, EXIT_USAGE, "%s: %d", "mtu", 7), -EINVAL);
	assert_int_equal(fault.code, EXIT_USAGE);
	assert_string_equal(fault.text, "mtu: 7");
}

static void the_first_description_stays(void **state)
{
	struct fault fault = {0};

	fault_set(&fault, -EINVAL, EXIT_USAGE, "cause");
	assert_int_equal(fault_set(&fault, -EIO, EXIT_FAILED, "effect"), -EIO);
	assert_int_equal(fault_errno(&fault, -EPERM, "effect"), -EPERM);
	assert_string_equal(fault.text, "cause");
	assert_int_equal(fault.code, EXIT_USAGE);
}

static void nobody_has_to_listen(void **state)
{
	assert_int_equal(fault_set(NULL, -EINVAL, EXIT_USAGE, "x"), -EINVAL);
	assert_int_equal(fault_errno(NULL, -ENOENT, "x"), -ENOENT);
}

static void errno_appends_the_reason(void **state)
{
	struct fault fault = {0};

	assert_int_equal(fault_errno(&fault, -ENOENT, "open: '%s'", "/x"), -ENOENT);
	assert_string_equal(fault.text, "open: '/x': No such file or directory");
	assert_int_equal(fault.code, EXIT_FAILED);
}

static void missing_privilege_or_feature_is_cannot(void **state)
{
	static const int errors[] = {-EPERM, -EACCES, -ENOSYS, -EOPNOTSUPP, -EAFNOSUPPORT};

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		struct fault fault = {0};

		fault_errno(&fault, errors[i], "attach");
		assert_int_equal(fault.code, EXIT_CANNOT);
	}
}

static void what_is_quoted_cannot_break_the_line(void **state)
{
	struct fault fault = {0};

	fault_set(&fault, -EINVAL, EXIT_USAGE, "'%s'", "a\nb\tc\033[1m");
	assert_string_equal(fault.text, "'a b c [1m'");
}

static void a_long_text_is_cut(void **state)
{
	struct fault fault = {0};
	char text[2000];

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	fault_errno(&fault, -EIO, "%s", text);
	assert_int_equal(strlen(fault.text), sizeof(fault.text) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_returns_its_error_and_describes_it),
		cmocka_unit_test(the_first_description_stays),
		cmocka_unit_test(nobody_has_to_listen),
		cmocka_unit_test(errno_appends_the_reason),
		cmocka_unit_test(missing_privilege_or_feature_is_cannot),
		cmocka_unit_test(what_is_quoted_cannot_break_the_line),
		cmocka_unit_test(a_long_text_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
