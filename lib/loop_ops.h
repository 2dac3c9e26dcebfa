/* SPDX-License-Identifier: BSD-2-Clause */
/* Between lib/loop.c and its two back ends; nobody else includes it. */
#ifndef PORTGAUGE_LOOP_OPS_H
#define PORTGAUGE_LOOP_OPS_H

#include <stdbool.h>

#include "lib/loop.h"

enum { LOOP_MAX_WATCHES = 32, LOOP_MAX_TIMERS = 16 };

struct loop_watch {
	int fd;              /* -1: free */
	uint32_t generation; /* tells a late event of an earlier use of this row */
	bool armed;          /* io_uring: a poll request is under way */
	bool ready;
	loop_callback readable;
	void *arg;
};

struct loop_timer {
	int id; /* 0: free */
	uint64_t when_ns;
	loop_callback expired;
	void *arg;
};

struct loop {
	const struct loop_ops *ops;
	void *state; /* the back end's */
	struct loop_watch watches[LOOP_MAX_WATCHES];
	struct loop_timer timers[LOOP_MAX_TIMERS];
	int last_timer_id;
	int signal_fd;
	sigset_t mask_before;
	void (*caught)(void *arg, int signal);
	void *caught_arg;
};

struct loop_ops {
	const char *name;
	int (*open)(struct loop *loop);
	void (*close)(struct loop *loop);
	/* Marks watches ready. Waits until one is, at most until the time. 0 or -errno. */
	int (*wait)(struct loop *loop, uint64_t until_ns);
	/* Before a watch's row is freed. */
	void (*disarm)(struct loop *loop, struct loop_watch *watch);
	/* Writes some or all of the data and syncs what was written. Returns bytes or -errno. */
	ssize_t (*append)(struct loop *loop, int fd, const void *data, size_t length);
};

extern const struct loop_ops loop_uring_ops, loop_poll_ops;

#endif
