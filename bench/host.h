/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A host of the run: one holder (`portgauge hold`) behind its `via`, which is asked in JSON lines
 * and undoes everything when its standard input ends. Requests are strictly one at a time per host;
 * those of different hosts may overlap: send to all, then receive from all.
 */
#ifndef PORTGAUGE_HOST_H
#define PORTGAUGE_HOST_H

#include <jansson.h>
#include <stdint.h>

#include "bench/argv.h"
#include "bench/child.h"

/* Zeroed: not open. */
struct host_link {
	const char *role;     /* "tester", "dut", "lab": for people */
	const int *interrupt; /* a signal number once there was one: receiving gives up */
	struct child child;
	json_t *answer;
	uint32_t depth; /* commands on its stack */
	bool pushing;   /* asked for one more, and has not answered */
};

/* The words that stand before a command to run it over there. -EINVAL for an unknown `via`. */
int host_prefix(const char *via, struct argv *argv, struct fault *fault);

/* Path of the running binary. 0 or -errno. */
int host_binary(char *ret_path, size_t size, struct fault *fault);

/* Starts the holder. A namespace of `via` that is not there is told at once. */
int host_open(struct host_link *link, struct loop *loop, const char *via, struct fault *fault);

int host_send(struct host_link *link, const struct argv *argv, struct fault *fault);

/*
 * The answer to what was sent. Fails with the holder's own fault text; -EINTR when interrupted;
 * -ETIMEDOUT; -EPIPE when the holder died.
 */
int host_receive(struct host_link *link, uint64_t limit_ns, json_t **ret_record,
		 struct fault *fault);

/* 0 while the holder lives, else -EPIPE with a fault that tells how it ended. */
int host_check(const struct host_link *link, struct fault *fault);

/* Sends and receives. `ret_record` may be NULL. */
int host_ask(struct host_link *link, const struct argv *argv, uint64_t limit_ns,
	     json_t **ret_record, struct fault *fault);

/* As host_ask, of a leased command, which is then on the stack. */
int host_push(struct host_link *link, const struct argv *argv, uint64_t limit_ns,
	      struct fault *fault);

/* Undoes the newest, if there is one. */
int host_pop(struct host_link *link, struct fault *fault);

/* Ends its standard input and waits until it has undone everything. Accepts one not open. */
int host_close(struct host_link *link, struct fault *fault);

#endif
