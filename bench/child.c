// SPDX-License-Identifier: BSD-2-Clause
#include "bench/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/clock.h"

struct pipes {
	int in[2], out[2], err[2];
};

static void close_pipe(int ends[2])
{
	for (int i = 0; i < 2; i++) {
		if (ends[i] >= 0)
			close(ends[i]);
		ends[i] = -1;
	}
}

/* Close-on-exec: no other child may hold the write end that a holder waits on to be closed. */
static int open_pipes(struct pipes *pipes)
{
	int err;

	*pipes = (struct pipes){{-1, -1}, {-1, -1}, {-1, -1}};
	if (pipe2(pipes->in, O_CLOEXEC) || pipe2(pipes->out, O_CLOEXEC) ||
	    pipe2(pipes->err, O_CLOEXEC)) {
		err = -errno;
		goto out_close;
	}
	if (fcntl(pipes->out[0], F_SETFL, O_NONBLOCK) ||
	    fcntl(pipes->err[0], F_SETFL, O_NONBLOCK)) {
		err = -errno;
		goto out_close;
	}
	return 0;

out_close:
	close_pipe(pipes->in);
	close_pipe(pipes->out);
	close_pipe(pipes->err);
	return err;
}

static void __attribute__((noreturn))
become(const struct pipes *pipes, char *const *argv, enum child_tie tie, pid_t parent)
{
	sigset_t none;

	setpgid(0, 0);
	if (tie == CHILD_DIES) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* The runner may have died before the line above. */
		if (getppid() != parent)
			_exit(127);
	}
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	dup2(pipes->in[0], STDIN_FILENO);
	dup2(pipes->out[1], STDOUT_FILENO);
	dup2(pipes->err[1], STDERR_FILENO);
	execvp(argv[0], argv);
	dprintf(STDERR_FILENO, "cannot start '%s': %s\n", argv[0], strerror(errno));
	_exit(127);
}

static int grow(struct child_text *text)
{
	size_t room = text->room ? 2 * text->room : 4096;
	char *bigger;

	if (text->used + 1 < text->room)
		return 0;
	bigger = realloc(text->text, room);
	if (!bigger)
		return -ENOMEM;
	text->text = bigger;
	text->room = room;
	return 0;
}

/* Hands out the complete lines and keeps the rest. */
static void split(struct child_text *text, void (*line)(void *arg, const char *line), void *arg)
{
	char *from = text->text, *const end = text->text + text->used;
	char *newline;

	while (from < end && (newline = memchr(from, '\n', (size_t)(end - from)))) {
		*newline = '\0';
		if (line)
			line(arg, from);
		from = newline + 1;
	}
	text->used = (size_t)(end - from);
	memmove(text->text, from, text->used);
}

/* Reads what there is. False at the end, or when nothing more can come. */
static bool take(int fd, struct child_text *text, void (*line)(void *arg, const char *line),
		 void *arg)
{
	for (;;) {
		ssize_t length;

		if (grow(text))
			return false;
		length = read(fd, text->text + text->used, text->room - text->used - 1);
		if (length < 0 && errno == EINTR)
			continue;
		if (length <= 0)
			return length < 0 && errno == EAGAIN;
		text->used += (size_t)length;
		split(text, line, arg);
	}
}

static void keep_said(void *arg, const char *line)
{
	struct child *child = arg;

	if (*line)
		snprintf(child->said, sizeof(child->said), "%s", line);
}

static void close_watched(struct child *child, int *fd)
{
	if (*fd < 0)
		return;
	loop_unwatch(child->loop, *fd);
	close(*fd);
	*fd = -1;
}

static void read_output(void *arg)
{
	struct child *child = arg;

	if (!take(child->out, &child->output, child->line, child->arg))
		close_watched(child, &child->out);
}

static void read_errors(void *arg)
{
	struct child *child = arg;

	if (!take(child->err, &child->errors, keep_said, child))
		close_watched(child, &child->err);
}

/* What it wrote before it ended is still in the pipes, and belongs before the end. */
static void reap(void *arg)
{
	struct child *child = arg;

	close_watched(child, &child->pidfd);
	if (child->out >= 0)
		read_output(child);
	if (child->err >= 0)
		read_errors(child);
	while (waitpid(child->pid, &child->status, 0) < 0 && errno == EINTR)
		;
	child->ended = true;
}

static int watch_all(struct child *child)
{
	int err;

	child->pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);
	if (child->pidfd < 0)
		return -errno;
	fcntl(child->pidfd, F_SETFD, FD_CLOEXEC);
	err = loop_watch(child->loop, child->pidfd, reap, child);
	if (!err)
		err = loop_watch(child->loop, child->out, read_output, child);
	if (!err)
		err = loop_watch(child->loop, child->err, read_errors, child);
	return err;
}

int child_start(struct child *child, struct loop *loop, char *const *argv, enum child_tie tie,
		struct fault *fault)
{
	const pid_t self = getpid();
	struct pipes pipes;
	int err = open_pipes(&pipes);

	if (err)
		return fault_errno(fault, err, "pipes to '%s'", argv[0]);
	child->pid = fork();
	if (child->pid < 0) {
		err = -errno;
		child->pid = 0;
		close_pipe(pipes.in);
		close_pipe(pipes.out);
		close_pipe(pipes.err);
		return fault_errno(fault, err, "start '%s'", argv[0]);
	}
	if (!child->pid)
		become(&pipes, argv, tie, self);
	/* Here too: whoever comes first, a signal to the group finds it. */
	setpgid(child->pid, child->pid);
	close(pipes.in[0]);
	close(pipes.out[1]);
	close(pipes.err[1]);
	child->loop = loop;
	child->in = pipes.in[1];
	child->out = pipes.out[0];
	child->err = pipes.err[0];
	child->pidfd = -1;
	child->ended = false;
	child->said[0] = '\0';
	err = watch_all(child);
	if (err) {
		child_done(child);
		return fault_errno(fault, err, "watch '%s'", argv[0]);
	}
	return 0;
}

int child_write(struct child *child, const char *text, size_t length)
{
	if (!child->pid || child->in < 0)
		return -EPIPE;
	while (length) {
		ssize_t written = write(child->in, text, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -errno;
		text += written;
		length -= (size_t)written;
	}
	return 0;
}

void child_close_input(struct child *child)
{
	if (child->pid && child->in >= 0) {
		close(child->in);
		child->in = -1;
	}
}

int child_wait(struct child *child, uint64_t until_ns)
{
	while (child->pid && !child->ended) {
		if (clock_now_ns() >= until_ns)
			return -ETIMEDOUT;
		loop_turn(child->loop, until_ns);
	}
	return 0;
}

const char *child_status(const struct child *child, char *buffer, size_t size)
{
	if (WIFSIGNALED(child->status))
		snprintf(buffer, size, "signal %d", WTERMSIG(child->status));
	else
		snprintf(buffer, size, "exit code %d", WEXITSTATUS(child->status));
	return buffer;
}

void child_done(struct child *child)
{
	if (!child->pid)
		return;
	child_close_input(child);
	if (!child->ended) {
		kill(child->pid, SIGKILL);
		while (waitpid(child->pid, &child->status, 0) < 0 && errno == EINTR)
			;
	}
	close_watched(child, &child->pidfd);
	close_watched(child, &child->out);
	close_watched(child, &child->err);
	free(child->output.text);
	free(child->errors.text);
	memset(&child->output, 0, sizeof(child->output));
	memset(&child->errors, 0, sizeof(child->errors));
	child->pid = 0;
}
