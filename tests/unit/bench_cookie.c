// SPDX-License-Identifier: BSD-2-Clause
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bench/cookie.h"

static void a_cookie_that_is_given_stays(void **state)
{
	uint32_t cookie = 0xbeef;

	assert_int_equal(cookie_choose(&cookie, NULL), 0);
	assert_int_equal(cookie, 0xbeef);
}

/* Of 64 draws from 65535 two or three may be the same, but never all. */
static void else_it_is_random_and_fits_the_probe(void **state)
{
	uint32_t first = 0, others = 0;

	assert_int_equal(cookie_choose(&first, NULL), 0);
	assert_in_range(first, 1, UINT16_MAX);
	for (int i = 0; i < 64; i++) {
		uint32_t cookie = 0;

		assert_int_equal(cookie_choose(&cookie, NULL), 0);
		assert_in_range(cookie, 1, UINT16_MAX);
		others += cookie != first;
	}
	assert_true(others > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cookie_that_is_given_stays),
		cmocka_unit_test(else_it_is_random_and_fits_the_probe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
