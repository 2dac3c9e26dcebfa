/* SPDX-License-Identifier: BSD-2-Clause */
/* A process of the runner: in a process group of its own, its three pipes watched by the loop. */
#ifndef PORTGAUGE_CHILD_H
#define PORTGAUGE_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/fault.h"
#include "lib/loop.h"

struct child_text {
	char *text; /* heap */
	size_t used, room;
};

/* Zeroed before the first use; `line` and `arg` are the caller's. */
struct child {
	struct loop *loop;
	pid_t pid; /* 0: none */
	int pidfd, in, out, err;
	bool ended;
	int status; /* as of waitpid; once `ended` */
	/* Called for each line of its standard output, without the newline. */
	void (*line)(void *arg, const char *line);
	void *arg;
	struct child_text output, errors;
	char said[256]; /* the last line of its standard error */
};

enum child_tie {
	CHILD_SURVIVES, /* sees the end of its standard input when the runner dies */
	CHILD_DIES,     /* is killed with the runner */
};

/* Starts argv (looked up in PATH). The result of exec is seen as an end with status 127. */
int child_start(struct child *child, struct loop *loop, char *const *argv, enum child_tie tie,
		struct fault *fault);

/* Writes text to its standard input. 0, or -errno (-EPIPE: it has ended). */
int child_write(struct child *child, const char *text, size_t length);

/* Closes its standard input. */
void child_close_input(struct child *child);

/* Turns the loop until the child has ended, at most until then. 0 or -ETIMEDOUT. */
int child_wait(struct child *child, uint64_t until_ns);

/* "exit code 1", "signal 9". Returns `buffer`. */
const char *child_status(const struct child *child, char *buffer, size_t size);

/* Kills it if it runs still, reaps it, closes and frees all. Accepts a zeroed child. */
void child_done(struct child *child);

#endif
