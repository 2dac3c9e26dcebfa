// SPDX-License-Identifier: BSD-2-Clause
/* What is said of a holder that is not to be had. This program is the holder, too. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bench/host.h"
#include "lib/clock.h"

#define LIMIT_NS (5 * NS_PER_S)
#define HINT     "portgauge restore"

/* Answers every request, but for those with the word "die". */
static int hold(void)
{
	char line[256];

	while (fgets(line, sizeof(line), stdin)) {
		if (strstr(line, "\"die\""))
			return 3;
		puts("{\"record\":\"done\"}");
		fflush(stdout);
	}
	return 0;
}

static int open_loop(void **state)
{
	struct fault fault = {0};

	signal(SIGPIPE, SIG_IGN);
	return loop_open((struct loop **)state, &fault);
}

static int close_loop(void **state)
{
	loop_close(*state);
	return 0;
}

static int ask(struct host_link *link, const char *word, const char *more, struct fault *fault)
{
	struct argv argv = {0};
	int err;

	argv_add(&argv, word);
	if (more)
		argv_add(&argv, more);
	err = host_ask(link, &argv, LIMIT_NS, NULL, fault);
	argv_done(&argv);
	return err;
}

static int push(struct host_link *link, const char *word, struct fault *fault)
{
	struct argv argv = {0};
	int err;

	argv_add(&argv, word);
	err = host_push(link, &argv, LIMIT_NS, fault);
	argv_done(&argv);
	return err;
}

static void a_namespace_that_is_not_there_is_told_at_once(void **state)
{
	struct host_link link = {.role = "tester"};
	struct fault fault = {0};

	assert_int_equal(host_open(&link, *state, "netns:r3-none", &fault), -ENOENT);
	assert_string_equal(fault.text,
			    "tester: no network namespace 'r3-none': ip netns list shows those "
			    "there are; or add lab: {}");
	assert_int_equal(fault.code, EXIT_FAILED);
	assert_int_equal(link.child.pid, 0);
	assert_int_equal(host_close(&link, &fault), 0);
}

static void nothing_is_left_by_a_holder_without_leases(void **state)
{
	struct host_link link = {.role = "dut"};
	struct fault fault = {0};

	assert_int_equal(host_open(&link, *state, "local", &fault), 0);
	assert_int_equal(ask(&link, "env", NULL, &fault), 0);
	assert_int_equal(ask(&link, "snap", "die", &fault), -EPIPE);
	assert_string_equal(fault.text, "dut: its holder ended with exit code 3");
	host_close(&link, NULL);
}

static void what_a_lease_left_can_be_restored(void **state)
{
	struct host_link link = {.role = "dut"};
	struct fault fault = {0};

	assert_int_equal(host_open(&link, *state, "local", &fault), 0);
	assert_int_equal(push(&link, "nic", &fault), 0);
	assert_int_equal(ask(&link, "snap", "die", &fault), -EPIPE);
	assert_non_null(strstr(fault.text, HINT));
	host_close(&link, NULL);
}

/* Its journal may be written already. */
static void so_can_what_half_a_lease_left(void **state)
{
	struct host_link link = {.role = "dut"};
	struct fault fault = {0};

	assert_int_equal(host_open(&link, *state, "local", &fault), 0);
	assert_int_equal(ask(&link, "nic", "die", &fault), -EPIPE);
	assert_non_null(strstr(fault.text, HINT));
	host_close(&link, NULL);
}

/* All was undone before it died. */
static void popped_leases_leave_nothing(void **state)
{
	struct host_link link = {.role = "dut"};
	struct fault fault = {0};

	assert_int_equal(host_open(&link, *state, "local", &fault), 0);
	assert_int_equal(push(&link, "nic", &fault), 0);
	assert_int_equal(host_pop(&link, &fault), 0);
	assert_int_equal(host_pop(&link, &fault), 0);
	assert_int_equal(ask(&link, "snap", "die", &fault), -EPIPE);
	assert_null(strstr(fault.text, HINT));
	host_close(&link, NULL);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_namespace_that_is_not_there_is_told_at_once,
						open_loop, close_loop),
		cmocka_unit_test_setup_teardown(nothing_is_left_by_a_holder_without_leases,
						open_loop, close_loop),
		cmocka_unit_test_setup_teardown(what_a_lease_left_can_be_restored, open_loop,
						close_loop),
		cmocka_unit_test_setup_teardown(so_can_what_half_a_lease_left, open_loop,
						close_loop),
		cmocka_unit_test_setup_teardown(popped_leases_leave_nothing, open_loop, close_loop),
	};

	if (argc > 1 && !strcmp(argv[1], "hold"))
		return hold();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
