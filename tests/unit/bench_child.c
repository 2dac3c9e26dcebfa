// SPDX-License-Identifier: BSD-2-Clause
/* Shell one-liners as children of the runner. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "bench/child.h"
#include "lib/clock.h"

struct heard {
	int nr_lines;
	size_t longest;
	char text[256];
};

static void hear(void *arg, const char *line)
{
	struct heard *heard = arg;
	size_t length = strlen(line), used = strlen(heard->text);

	heard->nr_lines++;
	if (length > heard->longest)
		heard->longest = length;
	snprintf(heard->text + used, sizeof(heard->text) - used, "%s|", line);
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

static void start(struct child *child, struct loop *loop, const char *script, enum child_tie tie)
{
	char *argv[] = {(char *)"sh", (char *)"-c", (char *)script, NULL};
	struct fault fault = {0};

	assert_int_equal(child_start(child, loop, argv, tie, &fault), 0);
}

static uint64_t in_s(uint64_t s)
{
	return clock_now_ns() + s * NS_PER_S;
}

static void its_lines_and_its_end_are_seen(void **state)
{
	struct heard heard = {0};
	struct child child = {.line = hear, .arg = &heard};
	char status[32];

	start(&child, *state, "echo one; printf 'tw'; sleep 0.05; echo o; echo why >&2; exit 3",
	      CHILD_SURVIVES);
	assert_int_equal(child_wait(&child, in_s(10)), 0);
	assert_string_equal(heard.text, "one|two|");
	assert_string_equal(child.said, "why");
	assert_string_equal(child_status(&child, status, sizeof(status)), "exit code 3");
	child_done(&child);
	assert_int_equal(child.pid, 0);
	child_done(&child);
}

static void long_and_many_lines_come_whole(void **state)
{
	struct heard heard = {0};
	struct child child = {.line = hear, .arg = &heard};

	start(&child, *state, "seq 1 20000; head -c 300000 /dev/zero | tr '\\0' x; echo",
	      CHILD_SURVIVES);
	assert_int_equal(child_wait(&child, in_s(20)), 0);
	assert_int_equal(heard.nr_lines, 20001);
	assert_int_equal(heard.longest, 300000);
	child_done(&child);
}

static void it_is_asked_and_answers(void **state)
{
	struct heard heard = {0};
	struct child child = {.line = hear, .arg = &heard};

	start(&child, *state, "while read x; do echo \"<$x>\"; done; echo end", CHILD_SURVIVES);
	assert_int_equal(child_write(&child, "a\n", 2), 0);
	while (heard.nr_lines < 1)
		assert_true(loop_turn(*state, in_s(10)) > 0);
	assert_string_equal(heard.text, "<a>|");
	child_close_input(&child);
	assert_int_equal(child_wait(&child, in_s(10)), 0);
	assert_string_equal(heard.text, "<a>|end|");
	assert_int_equal(child_write(&child, "b\n", 2), -EPIPE);
	child_done(&child);
}

static void what_cannot_be_started_ends_with_a_reason(void **state)
{
	char *argv[] = {(char *)"/nonexistent/portgauge", NULL};
	struct child child = {0};
	struct fault fault = {0};

	assert_int_equal(child_start(&child, *state, argv, CHILD_SURVIVES, &fault), 0);
	assert_int_equal(child_wait(&child, in_s(10)), 0);
	assert_int_equal(WEXITSTATUS(child.status), 127);
	assert_non_null(strstr(child.said, "/nonexistent/portgauge"));
	child_done(&child);
}

static void waiting_has_an_end_and_done_kills(void **state)
{
	struct child child = {0};
	pid_t pid;

	start(&child, *state, "exec sleep 100", CHILD_SURVIVES);
	pid = child.pid;
	assert_int_equal(child_wait(&child, clock_now_ns() + 20 * NS_PER_MS), -ETIMEDOUT);
	child_done(&child);
	assert_int_equal(kill(pid, 0), -1);
	assert_int_equal(errno, ESRCH);
}

static void a_signal_is_told(void **state)
{
	struct child child = {0};
	char status[32];

	start(&child, *state, "kill -9 $$", CHILD_SURVIVES);
	assert_int_equal(child_wait(&child, in_s(10)), 0);
	assert_string_equal(child_status(&child, status, sizeof(status)), "signal 9");
	child_done(&child);
}

static void it_has_a_group_of_its_own_and_no_signal_blocked(void **state)
{
	struct heard heard = {0};
	struct child child = {.line = hear, .arg = &heard};
	char group[64];
	sigset_t all, before;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	start(&child, *state,
	      "cut -d' ' -f5 /proc/$$/stat; sed -n 's/SigBlk:[[:space:]]*//p' /proc/self/status",
	      CHILD_SURVIVES);
	sigprocmask(SIG_SETMASK, &before, NULL);
	assert_int_equal(child_wait(&child, in_s(10)), 0);
	snprintf(group, sizeof(group), "%d|0000000000000000|", child.pid);
	assert_string_equal(heard.text, group);
	child_done(&child);
}

/* The kernel does it, whatever happens to the runner. */
static void a_tied_child_dies_with_the_runner(void **state)
{
	int pids[2];
	pid_t runner, child_pid = 0;

	assert_int_equal(pipe(pids), 0);
	runner = fork();
	assert_true(runner >= 0);
	if (!runner) {
		struct child child = {0};
		struct loop *loop;

		if (loop_open(&loop, NULL))
			_exit(1);
		start(&child, loop, "exec sleep 100", CHILD_DIES);
		if (write(pids[1], &child.pid, sizeof(child.pid)) != sizeof(child.pid))
			_exit(1);
		pause();
	}
	assert_int_equal(read(pids[0], &child_pid, sizeof(child_pid)), sizeof(child_pid));
	kill(runner, SIGKILL);
	waitpid(runner, NULL, 0);
	/* Whoever inherits it may take its time to reap it: a zombie is dead enough. */
	for (int i = 0; i < 500 && !kill(child_pid, 0); i++) {
		char path[64], state_letter = 0;
		FILE *file;

		snprintf(path, sizeof(path), "/proc/%d/stat", child_pid);
		file = fopen(path, "r");
		if (file && fscanf(file, "%*d (%*[^)]) %c", &state_letter) == 1 &&
		    state_letter == 'Z') {
			fclose(file);
			child_pid = 0;
			break;
		}
		if (file)
			fclose(file);
		usleep(10000);
	}
	assert_true(!child_pid || kill(child_pid, 0));
	close(pids[0]);
	close(pids[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_lines_and_its_end_are_seen),
		cmocka_unit_test(long_and_many_lines_come_whole),
		cmocka_unit_test(it_is_asked_and_answers),
		cmocka_unit_test(what_cannot_be_started_ends_with_a_reason),
		cmocka_unit_test(waiting_has_an_end_and_done_kills),
		cmocka_unit_test(a_signal_is_told),
		cmocka_unit_test(it_has_a_group_of_its_own_and_no_signal_blocked),
		cmocka_unit_test(a_tied_child_dies_with_the_runner),
	};

	return cmocka_run_group_tests(tests, open_loop, close_loop);
}
