// SPDX-License-Identifier: BSD-2-Clause
/* Every case runs on both back ends. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/clock.h"
#include "lib/loop.h"

struct seen {
	struct loop *loop;
	int fd;
	int times;
	char text[256];
	int other_fd;
	int id;
	int signal;
};

static int open_uring(void **state)
{
	struct fault fault = {0};

	unsetenv("PORTGAUGE_NO_IO_URING");
	return loop_open((struct loop **)state, &fault);
}

static int open_poll(void **state)
{
	struct fault fault = {0};

	setenv("PORTGAUGE_NO_IO_URING", "1", 1);
	return loop_open((struct loop **)state, &fault);
}

static int close_loop(void **state)
{
	loop_close(*state);
	return 0;
}

static uint64_t in_ms(uint64_t ms)
{
	return clock_now_ns() + ms * NS_PER_MS;
}

static void read_some(void *arg)
{
	struct seen *seen = arg;
	char buffer[64];
	ssize_t length = read(seen->fd, buffer, sizeof(buffer) - 1);

	seen->times++;
	if (length > 0) {
		buffer[length] = 0;
		strcat(seen->text, buffer);
	} else {
		loop_unwatch(seen->loop, seen->fd);
		strcat(seen->text, "$");
	}
}

static void count(void *arg)
{
	((struct seen *)arg)->times++;
}

static void reads_a_pipe_to_its_end(void **state)
{
	struct seen seen = {.loop = *state};
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	seen.fd = ends[0];
	assert_int_equal(loop_watch(*state, ends[0], read_some, &seen), 0);
	assert_int_equal(loop_turn(*state, in_ms(5)), 0);
	assert_int_equal(write(ends[1], "one ", 4), 4);
	assert_int_equal(loop_turn(*state, in_ms(2000)), 1);
	assert_string_equal(seen.text, "one ");
	assert_int_equal(write(ends[1], "two", 3), 3);
	close(ends[1]);
	while (!strchr(seen.text, '$'))
		assert_true(loop_turn(*state, in_ms(2000)) > 0);
	assert_string_equal(seen.text, "one two$");
	assert_int_equal(loop_turn(*state, in_ms(5)), 0);
	close(ends[0]);
}

static void reports_again_what_was_not_read(void **state)
{
	struct seen seen = {.loop = *state};
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(loop_watch(*state, ends[0], count, &seen), 0);
	assert_int_equal(write(ends[1], "x", 1), 1);
	for (int i = 1; i <= 3; i++) {
		assert_int_equal(loop_turn(*state, in_ms(2000)), 1);
		assert_int_equal(seen.times, i);
	}
	loop_unwatch(*state, ends[0]);
	assert_int_equal(loop_turn(*state, in_ms(5)), 0);
	close(ends[0]);
	close(ends[1]);
}

static void an_event_of_an_unwatched_row_is_not_given_to_the_next(void **state)
{
	struct seen first = {.loop = *state}, second = {.loop = *state};
	int a[2], b[2];

	assert_int_equal(pipe(a), 0);
	assert_int_equal(pipe(b), 0);
	assert_int_equal(loop_watch(*state, a[0], count, &first), 0);
	assert_int_equal(loop_turn(*state, 0), 0); /* arms the request */
	assert_int_equal(write(a[1], "x", 1), 1);
	loop_unwatch(*state, a[0]);
	assert_int_equal(loop_watch(*state, b[0], count, &second), 0);
	assert_int_equal(loop_turn(*state, in_ms(10)), 0);
	assert_int_equal(first.times, 0);
	assert_int_equal(second.times, 0);
	assert_int_equal(write(b[1], "x", 1), 1);
	assert_int_equal(loop_turn(*state, in_ms(2000)), 1);
	assert_int_equal(second.times, 1);
	loop_unwatch(*state, b[0]);
	for (int i = 0; i < 2; i++) {
		close(a[i]);
		close(b[i]);
	}
}

static void unwatch_other(void *arg)
{
	struct seen *seen = arg;

	seen->times++;
	loop_unwatch(seen->loop, seen->fd);
	loop_unwatch(seen->loop, seen->other_fd);
}

static void a_callback_may_unwatch_another_that_is_ready_too(void **state)
{
	int a[2], b[2];
	struct seen first = {.loop = *state}, second = {.loop = *state};

	assert_int_equal(pipe(a), 0);
	assert_int_equal(pipe(b), 0);
	first.fd = second.other_fd = a[0];
	second.fd = first.other_fd = b[0];
	assert_int_equal(write(a[1], "x", 1), 1);
	assert_int_equal(write(b[1], "x", 1), 1);
	assert_int_equal(loop_watch(*state, a[0], unwatch_other, &first), 0);
	assert_int_equal(loop_watch(*state, b[0], unwatch_other, &second), 0);
	while (!first.times && !second.times)
		assert_true(loop_turn(*state, in_ms(2000)) >= 0);
	assert_int_equal(loop_turn(*state, in_ms(5)), 0);
	assert_int_equal(first.times + second.times, 1);
	for (int i = 0; i < 2; i++) {
		close(a[i]);
		close(b[i]);
	}
}

static void refuses_wrong_and_double_watches(void **state)
{
	struct seen seen = {.loop = *state};
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(loop_watch(*state, -1, count, &seen), -EBADF);
	assert_int_equal(loop_watch(*state, ends[0], count, &seen), 0);
	assert_int_equal(loop_watch(*state, ends[0], count, &seen), -EEXIST);
	loop_unwatch(*state, ends[0]);
	loop_unwatch(*state, ends[0]);
	loop_unwatch(*state, -1);
	assert_int_equal(loop_watch(*state, ends[0], count, &seen), 0);
	loop_unwatch(*state, ends[0]);
	close(ends[0]);
	close(ends[1]);
}

static void refuses_more_watches_than_it_has_rows_for(void **state)
{
	struct seen seen = {.loop = *state};
	int fds[64], nr = 0, err = 0;

	while (nr < 64 && !err) {
		fds[nr] = open("/dev/null", O_RDONLY);
		assert_true(fds[nr] >= 0);
		err = loop_watch(*state, fds[nr++], count, &seen);
	}
	assert_int_equal(err, -ENOSPC);
	assert_true(nr > 16);
	while (nr--) {
		loop_unwatch(*state, fds[nr]);
		close(fds[nr]);
	}
}

static void note_a(void *arg)
{
	strcat(((struct seen *)arg)->text, "a");
}

static void note_b(void *arg)
{
	strcat(((struct seen *)arg)->text, "b");
}

static void note_c(void *arg)
{
	strcat(((struct seen *)arg)->text, "c");
}

static void timers_fire_in_the_order_of_their_times(void **state)
{
	struct seen seen = {.loop = *state};
	const uint64_t base = clock_now_ns();

	assert_true(loop_timer(*state, base + 3 * NS_PER_MS, note_c, &seen) > 0);
	assert_true(loop_timer(*state, base + 1 * NS_PER_MS, note_a, &seen) > 0);
	assert_true(loop_timer(*state, base + 2 * NS_PER_MS, note_b, &seen) > 0);
	assert_true(loop_timer(*state, base + 3 * NS_PER_MS, note_a, &seen) > 0);
	while (strlen(seen.text) < 4)
		assert_true(loop_turn(*state, in_ms(2000)) >= 0);
	assert_string_equal(seen.text, "abca");
	assert_true(clock_now_ns() >= base + 3 * NS_PER_MS);
	assert_int_equal(loop_turn(*state, 0), 0);
}

static void a_timer_is_not_early_and_a_cancelled_one_never(void **state)
{
	struct seen late = {.loop = *state}, never = {.loop = *state};
	int id;

	assert_true(loop_timer(*state, in_ms(20), count, &late) > 0);
	id = loop_timer(*state, in_ms(1), count, &never);
	loop_cancel(*state, id);
	loop_cancel(*state, id);
	loop_cancel(*state, 0);
	assert_int_equal(loop_turn(*state, in_ms(5)), 0);
	assert_int_equal(late.times, 0);
	while (!late.times)
		assert_true(loop_turn(*state, in_ms(2000)) >= 0);
	assert_int_equal(never.times, 0);
}

static void rearm(void *arg)
{
	struct seen *seen = arg;

	seen->times++;
	seen->id = loop_timer(seen->loop, 0, rearm, seen);
}

static void a_timer_that_sets_itself_runs_once_a_turn(void **state)
{
	struct seen seen = {.loop = *state};

	assert_true(loop_timer(*state, 0, rearm, &seen) > 0);
	for (int i = 1; i <= 3; i++) {
		assert_int_equal(loop_turn(*state, in_ms(2000)), 1);
		assert_int_equal(seen.times, i);
	}
	loop_cancel(*state, seen.id);
	assert_int_equal(loop_turn(*state, 0), 0);
}

static void catch (void *arg, int signal)
{
	struct seen *seen = arg;

	seen->times++;
	seen->signal = signal;
}

static void signals_come_through_the_loop(void **state)
{
	struct seen seen = {.loop = *state};
	sigset_t set, before, after;

	sigprocmask(SIG_SETMASK, NULL, &before);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	assert_int_equal(loop_signals(*state, &set, catch, &seen), 0);
	assert_int_equal(loop_signals(*state, &set, catch, &seen), -EEXIST);
	assert_int_equal(kill(getpid(), SIGTERM), 0);
	assert_int_equal(loop_turn(*state, in_ms(2000)), 1);
	assert_int_equal(seen.signal, SIGTERM);
	assert_int_equal(kill(getpid(), SIGINT), 0);
	assert_int_equal(loop_turn(*state, in_ms(2000)), 1);
	assert_int_equal(seen.signal, SIGINT);
	assert_int_equal(seen.times, 2);
	/* Closing must not let one loose that came too late for a turn. */
	assert_int_equal(kill(getpid(), SIGINT), 0);
	loop_close(*state);
	*state = NULL;
	sigprocmask(SIG_SETMASK, NULL, &after);
	assert_int_equal(sigismember(&after, SIGTERM), sigismember(&before, SIGTERM));
}

static void the_end_of_a_child_wakes_the_loop(void **state)
{
	struct seen seen = {.loop = *state};
	int status, pidfd;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		usleep(20000);
		_exit(7);
	}
	pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	assert_true(pidfd >= 0);
	assert_int_equal(loop_watch(*state, pidfd, count, &seen), 0);
	while (!seen.times)
		assert_true(loop_turn(*state, in_ms(5000)) > 0);
	assert_int_equal(waitpid(pid, &status, WNOHANG), pid);
	assert_int_equal(WEXITSTATUS(status), 7);
	loop_unwatch(*state, pidfd);
	close(pidfd);
}

static void appends_land_in_the_file_in_order(void **state)
{
	char path[] = "/tmp/pg-loop-XXXXXX", *big, *back;
	const size_t length = 3 << 20;
	int fd = mkstemp(path);
	FILE *file;

	assert_true(fd >= 0);
	big = malloc(length);
	back = malloc(length + 16);
	memset(big, 'z', length);
	close(fd);
	fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	assert_int_equal(loop_append(*state, fd, "first\n", 6), 0);
	assert_int_equal(loop_append(*state, fd, big, length), 0);
	assert_int_equal(loop_append(*state, fd, "", 0), 0);
	assert_int_equal(loop_append(*state, fd, "last\n", 5), 0);
	file = fopen(path, "r");
	assert_int_equal(fread(back, 1, length + 16, file), length + 11);
	assert_memory_equal(back, "first\n", 6);
	assert_memory_equal(back + 6, big, length);
	assert_memory_equal(back + 6 + length, "last\n", 5);
	fclose(file);
	close(fd);
	unlink(path);
	free(big);
	free(back);
}

static void an_append_says_what_went_wrong(void **state)
{
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	assert_true(full >= 0);
	assert_int_equal(loop_append(*state, full, "x", 1), -ENOSPC);
	close(full);
	assert_int_equal(loop_append(*state, full, "x", 1), -EBADF);
}

static void an_append_loses_no_event(void **state)
{
	struct seen seen = {.loop = *state};
	char path[] = "/tmp/pg-loop-XXXXXX";
	int ends[2], fd = mkstemp(path);

	assert_int_equal(pipe(ends), 0);
	seen.fd = ends[0];
	assert_int_equal(loop_watch(*state, ends[0], read_some, &seen), 0);
	assert_int_equal(loop_turn(*state, 0), 0); /* the request is under way */
	assert_int_equal(write(ends[1], "now", 3), 3);
	assert_int_equal(loop_append(*state, fd, "line\n", 5), 0);
	assert_int_equal(seen.times, 0);
	assert_int_equal(loop_turn(*state, in_ms(2000)), 1);
	assert_string_equal(seen.text, "now");
	loop_unwatch(*state, ends[0]);
	close(ends[0]);
	close(ends[1]);
	close(fd);
	unlink(path);
}

static void the_environment_forces_poll(void **state)
{
	assert_string_equal(loop_backend(*state), "poll");
}

/* Where it is forbidden, the cases named io_uring above ran on poll too. */
static void io_uring_is_used_where_it_is_allowed(void **state)
{
	if (strcmp(loop_backend(*state), "io_uring"))
		skip();
}

#define on_both(test_)                                                                             \
	{#test_ " (io_uring)", test_, open_uring, close_loop, NULL},                               \
	{                                                                                          \
#test_ " (poll)", test_, open_poll, close_loop, NULL                               \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_both(reads_a_pipe_to_its_end),
		on_both(reports_again_what_was_not_read),
		on_both(an_event_of_an_unwatched_row_is_not_given_to_the_next),
		on_both(a_callback_may_unwatch_another_that_is_ready_too),
		on_both(refuses_wrong_and_double_watches),
		on_both(refuses_more_watches_than_it_has_rows_for),
		on_both(timers_fire_in_the_order_of_their_times),
		on_both(a_timer_is_not_early_and_a_cancelled_one_never),
		on_both(a_timer_that_sets_itself_runs_once_a_turn),
		on_both(signals_come_through_the_loop),
		on_both(the_end_of_a_child_wakes_the_loop),
		on_both(appends_land_in_the_file_in_order),
		on_both(an_append_says_what_went_wrong),
		on_both(an_append_loses_no_event),
		cmocka_unit_test_setup_teardown(io_uring_is_used_where_it_is_allowed, open_uring,
						close_loop),
		cmocka_unit_test_setup_teardown(the_environment_forces_poll, open_poll, close_loop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
