// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/loop_ops.h"

int loop_open(struct loop **ret_loop, struct fault *fault)
{
	const char *no_uring = getenv("PORTGAUGE_NO_IO_URING");
	struct loop *loop = calloc(1, sizeof(*loop));
	int err;

	if (!loop)
		return fault_errno(fault, -ENOMEM, "event loop");
	loop->signal_fd = -1;
	for (int i = 0; i < LOOP_MAX_WATCHES; i++)
		loop->watches[i].fd = -1;

	loop->ops = &loop_uring_ops;
	err = no_uring && !strcmp(no_uring, "1") ? -EPERM : loop->ops->open(loop);
	if (err) {
		loop->ops = &loop_poll_ops;
		err = loop->ops->open(loop);
	}
	if (err) {
		free(loop);
		return fault_errno(fault, err, "event loop");
	}
	*ret_loop = loop;
	return 0;
}

void loop_close(struct loop *loop)
{
	if (!loop)
		return;
	if (loop->signal_fd >= 0) {
		struct signalfd_siginfo info;

		loop_unwatch(loop, loop->signal_fd);
		/* Else a second Ctrl-C that came too late to be handed out ends the process now. */
		while (read(loop->signal_fd, &info, sizeof(info)) == sizeof(info))
			;
		close(loop->signal_fd);
		sigprocmask(SIG_SETMASK, &loop->mask_before, NULL);
	}
	loop->ops->close(loop);
	free(loop);
}

const char *loop_backend(const struct loop *loop)
{
	return loop->ops->name;
}

static struct loop_watch *find_watch(struct loop *loop, int fd)
{
	for (int i = 0; i < LOOP_MAX_WATCHES; i++)
		if (loop->watches[i].fd == fd)
			return &loop->watches[i];
	return NULL;
}

int loop_watch(struct loop *loop, int fd, loop_callback readable, void *arg)
{
	struct loop_watch *watch;

	if (fd < 0)
		return -EBADF;
	if (find_watch(loop, fd))
		return -EEXIST;
	watch = find_watch(loop, -1);
	if (!watch)
		return -ENOSPC;
	watch->fd = fd;
	watch->generation++;
	watch->armed = watch->ready = false;
	watch->readable = readable;
	watch->arg = arg;
	return 0;
}

void loop_unwatch(struct loop *loop, int fd)
{
	struct loop_watch *watch = fd < 0 ? NULL : find_watch(loop, fd);

	if (!watch)
		return;
	loop->ops->disarm(loop, watch);
	watch->fd = -1;
	watch->armed = watch->ready = false;
}

static struct loop_timer *find_timer(struct loop *loop, int id)
{
	for (int i = 0; i < LOOP_MAX_TIMERS; i++)
		if (loop->timers[i].id == id)
			return &loop->timers[i];
	return NULL;
}

int loop_timer(struct loop *loop, uint64_t when_ns, loop_callback expired, void *arg)
{
	struct loop_timer *timer = find_timer(loop, 0);

	if (!timer || loop->last_timer_id == INT_MAX)
		return -ENOSPC;
	timer->id = ++loop->last_timer_id;
	timer->when_ns = when_ns;
	timer->expired = expired;
	timer->arg = arg;
	return timer->id;
}

void loop_cancel(struct loop *loop, int id)
{
	struct loop_timer *timer = id > 0 ? find_timer(loop, id) : NULL;

	if (timer)
		timer->id = 0;
}

/* The timer that is due first among those with an id up to `last`; NULL if none is set. */
static struct loop_timer *first_timer(struct loop *loop, int last)
{
	struct loop_timer *first = NULL;

	for (int i = 0; i < LOOP_MAX_TIMERS; i++) {
		struct loop_timer *timer = &loop->timers[i];

		if (!timer->id || timer->id > last)
			continue;
		if (!first || timer->when_ns < first->when_ns ||
		    (timer->when_ns == first->when_ns && timer->id < first->id))
			first = timer;
	}
	return first;
}

static void read_signals(void *arg)
{
	struct loop *loop = arg;
	struct signalfd_siginfo info;

	while (read(loop->signal_fd, &info, sizeof(info)) == sizeof(info))
		loop->caught(loop->caught_arg, (int)info.ssi_signo);
}

int loop_signals(struct loop *loop, const sigset_t *set, void (*caught)(void *arg, int signal),
		 void *arg)
{
	int fd, err;

	if (loop->signal_fd >= 0)
		return -EEXIST;
	if (sigprocmask(SIG_BLOCK, set, &loop->mask_before))
		return -errno;
	fd = signalfd(-1, set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0) {
		err = -errno;
		goto out_mask;
	}
	loop->caught = caught;
	loop->caught_arg = arg;
	err = loop_watch(loop, fd, read_signals, loop);
	if (err)
		goto out_fd;
	loop->signal_fd = fd;
	return 0;

out_fd:
	close(fd);
out_mask:
	sigprocmask(SIG_SETMASK, &loop->mask_before, NULL);
	return err;
}

static int run_ready(struct loop *loop)
{
	int nr_run = 0;

	for (int i = 0; i < LOOP_MAX_WATCHES; i++) {
		struct loop_watch *watch = &loop->watches[i];

		if (watch->fd < 0 || !watch->ready)
			continue;
		watch->ready = false;
		watch->readable(watch->arg);
		nr_run++;
	}
	return nr_run;
}

/* Timers that a callback sets wait for the next turn, or a timer that sets itself never ends. */
static int run_timers(struct loop *loop)
{
	const uint64_t now = clock_now_ns();
	const int last = loop->last_timer_id;
	struct loop_timer *timer;
	int nr_run = 0;

	while ((timer = first_timer(loop, last)) && timer->when_ns <= now) {
		timer->id = 0;
		timer->expired(timer->arg);
		nr_run++;
	}
	return nr_run;
}

int loop_turn(struct loop *loop, uint64_t until_ns)
{
	const struct loop_timer *timer = first_timer(loop, INT_MAX);
	int err, nr_run;

	if (timer && timer->when_ns < until_ns)
		until_ns = timer->when_ns;
	for (int i = 0; i < LOOP_MAX_WATCHES; i++)
		if (loop->watches[i].fd >= 0 && loop->watches[i].ready)
			until_ns = 0;
	err = loop->ops->wait(loop, until_ns);
	if (err)
		return err;
	nr_run = run_ready(loop);
	return nr_run + run_timers(loop);
}

int loop_append(struct loop *loop, int fd, const void *data, size_t length)
{
	const char *next = data;

	while (length) {
		ssize_t written = loop->ops->append(loop, fd, next, length);

		if (written == -EINTR)
			continue;
		if (written <= 0)
			return written ? (int)written : -EIO;
		next += written;
		length -= (size_t)written;
	}
	return 0;
}
