/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Event loop of one thread: readable descriptors, timers, signals, and appends that are on disk
 * when they return. On io_uring; where that is forbidden (seccomp, kernel.io_uring_disabled) or
 * PORTGAUGE_NO_IO_URING=1 is set, on poll(2) and write(2). Callbacks run inside loop_turn only,
 * and may watch, unwatch, set and cancel anything, themselves included.
 */
#ifndef PORTGAUGE_LOOP_H
#define PORTGAUGE_LOOP_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/fault.h"

struct loop;

typedef void (*loop_callback)(void *arg);

int loop_open(struct loop **ret_loop, struct fault *fault);

/* Gives back the signal mask that loop_signals changed; drops signals that no turn has handed out.
 * Accepts NULL. */
void loop_close(struct loop *loop);

/* "io_uring" or "poll". */
const char *loop_backend(const struct loop *loop);

/*
 * Calls `readable` whenever the descriptor is readable or at its end, again and again until it is
 * read or unwatched. A pidfd is readable when its process has ended. -EEXIST: watched already;
 * -ENOSPC: too many.
 */
int loop_watch(struct loop *loop, int fd, loop_callback readable, void *arg);

/* To be called before the descriptor is closed. A descriptor that is not watched is ignored. */
void loop_unwatch(struct loop *loop, int fd);

/*
 * Calls `expired` once, at or after `when_ns` (CLOCK_MONOTONIC). Timers fire in the order of their
 * times, equal ones in the order they were set. Returns an id (> 0) or -ENOSPC.
 */
int loop_timer(struct loop *loop, uint64_t when_ns, loop_callback expired, void *arg);

/* An id that has fired, or 0, is ignored. */
void loop_cancel(struct loop *loop, int id);

/* Takes signals out of normal delivery and hands them to `caught`. Once a loop. */
int loop_signals(struct loop *loop, const sigset_t *set, void (*caught)(void *arg, int signal),
		 void *arg);

/*
 * Waits until something happens, at most until `until_ns` (0: only looks), and runs the callbacks
 * that are due. Returns how many, or -errno.
 */
int loop_turn(struct loop *loop, uint64_t until_ns);

/*
 * Appends all of the data to the file and waits until it is on disk. Runs no callback: what happens
 * meanwhile is seen by the next turn. 0 or -errno.
 */
int loop_append(struct loop *loop, int fd, const void *data, size_t length);

#endif
