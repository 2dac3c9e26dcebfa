// SPDX-License-Identifier: BSD-2-Clause
/* The loop on poll(2), for machines that forbid io_uring. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/loop_ops.h"

static int poll_open(struct loop *loop)
{
	return 0;
}

static void poll_close(struct loop *loop)
{
}

/* Milliseconds until then, rounded up so that no timer is early. */
static int wait_ms(uint64_t until_ns)
{
	const uint64_t now = clock_now_ns();
	uint64_t left_ms;

	if (until_ns <= now)
		return 0;
	left_ms = (until_ns - now - 1) / NS_PER_MS + 1;
	return left_ms > INT_MAX ? INT_MAX : (int)left_ms;
}

static int poll_wait(struct loop *loop, uint64_t until_ns)
{
	struct pollfd polled[LOOP_MAX_WATCHES];

	/* A negative descriptor is skipped by the kernel: rows and polled stay in step. */
	for (int i = 0; i < LOOP_MAX_WATCHES; i++)
		polled[i] = (struct pollfd){.fd = loop->watches[i].fd, .events = POLLIN};
	if (poll(polled, LOOP_MAX_WATCHES, wait_ms(until_ns)) < 0)
		return errno == EINTR ? 0 : -errno;
	for (int i = 0; i < LOOP_MAX_WATCHES; i++)
		if (polled[i].fd >= 0 && polled[i].revents)
			loop->watches[i].ready = true;
	return 0;
}

static void poll_disarm(struct loop *loop, struct loop_watch *watch)
{
}

static ssize_t poll_append(struct loop *loop, int fd, const void *data, size_t length)
{
	ssize_t written = write(fd, data, length);

	if (written < 0)
		return -errno;
	return fsync(fd) ? -errno : written;
}

const struct loop_ops loop_poll_ops = {
	.name = "poll",
	.open = poll_open,
	.close = poll_close,
	.wait = poll_wait,
	.disarm = poll_disarm,
	.append = poll_append,
};
