// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/cpu.h"

static void lists_and_ranges_are_sets(void **state)
{
	cpu_set_t set;

	assert_int_equal(cpu_list_parse("0,2-3,7", &set), 0);
	assert_int_equal(CPU_COUNT(&set), 4);
	assert_true(CPU_ISSET(0, &set) && CPU_ISSET(2, &set) && CPU_ISSET(3, &set) &&
		    CPU_ISSET(7, &set));
	assert_int_equal(cpu_list_parse("5-5,5", &set), 0);
	assert_int_equal(CPU_COUNT(&set), 1);
	assert_int_equal(cpu_list_parse("1023", &set), 0);
	assert_int_equal(cpu_list_parse("", &set), 0);
	assert_int_equal(CPU_COUNT(&set), 0);
}

static void what_is_no_list_is_refused(void **state)
{
	static const char *const bad[] = {"x",     "1,",  ",1", "1,,2", "1-",     "-1",
					  "3-2",   "1 ",  " 1", "1024", "0-1024", "99999999999999",
					  "1-2-3", "1\n", "0x1"};
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(9, &set);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (cpu_list_parse(bad[i], &set) != -EINVAL)
			fail_msg("'%s' was accepted", bad[i]);
	assert_true(CPU_COUNT(&set) == 1 && CPU_ISSET(9, &set));
}

static void nth_wraps_around_the_set(void **state)
{
	cpu_set_t set;

	cpu_list_parse("1,4,6", &set);
	assert_int_equal(cpu_nth(&set, 0), 1);
	assert_int_equal(cpu_nth(&set, 2), 6);
	assert_int_equal(cpu_nth(&set, 3), 1);
	assert_int_equal(cpu_nth(&set, 100), 4);
	assert_int_equal(cpu_nth(&set, -1), 6);
	CPU_ZERO(&set);
	assert_int_equal(cpu_nth(&set, 0), -1);
}

static void pin_moves_the_caller(void **state)
{
	cpu_set_t before, one, now;
	int cpu;

	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	assert_int_equal(cpu_count(), CPU_COUNT(&before));
	cpu = cpu_nth(&before, -1);
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	assert_int_equal(cpu_pin(0, &one), 0);
	assert_int_equal(sched_getaffinity(0, sizeof(now), &now), 0);
	assert_true(CPU_EQUAL(&now, &one));
	assert_int_equal(sched_getcpu(), cpu);
	assert_int_equal(cpu_count(), 1);
	assert_int_equal(cpu_pin(0, &before), 0);
}

static void an_empty_set_pins_nobody(void **state)
{
	cpu_set_t none;

	CPU_ZERO(&none);
	assert_int_equal(cpu_pin(0, &none), -EINVAL);
}

static void per_cpu_tables_hold_every_cpu(void **state)
{
	cpu_set_t allowed;

	assert_int_equal(sched_getaffinity(0, sizeof(allowed), &allowed), 0);
	assert_true(cpu_possible() > cpu_nth(&allowed, -1));
}

static void the_sink_shares_only_where_it_must(void **state)
{
	static const struct {
		const char *allowed, *dut;
		int sink;
	} rows[] = {
		{"0-3", "3", 2},   {"0-3", "2", 3}, {"0-3", "2-3", 1},
		{"0-3", "1-3", 3}, {"2,5", "5", 5}, {"1", "1", 1},
	};
	cpu_set_t allowed, dut;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(cpu_list_parse(rows[i].allowed, &allowed), 0);
		assert_int_equal(cpu_list_parse(rows[i].dut, &dut), 0);
		assert_int_equal(cpu_of_sink(&allowed, &dut), rows[i].sink);
	}
	assert_int_equal(cpu_list_parse("2,5", &allowed), 0);
	assert_int_equal(cpu_of_dut(&allowed), 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sink_shares_only_where_it_must),
		cmocka_unit_test(lists_and_ranges_are_sets),
		cmocka_unit_test(what_is_no_list_is_refused),
		cmocka_unit_test(nth_wraps_around_the_set),
		cmocka_unit_test(pin_moves_the_caller),
		cmocka_unit_test(an_empty_set_pins_nobody),
		cmocka_unit_test(per_cpu_tables_hold_every_cpu),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
