/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables of scenarios that are refused, with the exact message. */
#ifndef PORTGAUGE_SCENARIO_KIT_H
#define PORTGAUGE_SCENARIO_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bench/scenario.h"

#define LAB "lab: {}\n"

struct refusal {
	const char *yaml, *message;
};

/* `set` is an override, or NULL. */
static inline void assert_refused(const char *yaml, const char *set, const char *message)
{
	const char *const overrides[] = {set, NULL};
	struct scenario scenario = {.repeat = 77};
	struct fault fault = {0};
	int err = scenario_parse("t.yaml", yaml, strlen(yaml), overrides, &scenario, &fault);

	if (!err)
		fail_msg("accepted: %s", yaml);
	assert_int_equal(err, -EINVAL);
	assert_string_equal(fault.text, message);
	assert_int_equal(fault.code, EXIT_USAGE);
	assert_int_equal(scenario.repeat, 77);
}

#define assert_all_refused(table_)                                                                 \
	do {                                                                                       \
		for (size_t i = 0; i < sizeof(table_) / sizeof(table_[0]); i++)                    \
			assert_refused((table_)[i].yaml, NULL, (table_)[i].message);               \
	} while (0)

#endif
