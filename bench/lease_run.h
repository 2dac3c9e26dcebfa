/* SPDX-License-Identifier: BSD-2-Clause */
/* A leased command by hand: apply, print `ready`, hold, undo. */
#ifndef PORTGAUGE_LEASE_RUN_H
#define PORTGAUGE_LEASE_RUN_H

#include <stdint.h>

#include "bench/command.h"

/*
 * Runs a leased command until its lease ends: by SIGINT, SIGTERM or SIGHUP, by `--hold DURATION`
 * (standard input is then ignored), else by the end of standard input. A line of standard input is
 * a word told to the command. Returns an exit code.
 */
int lease_run(const struct command *command, int argc, char **argv);

/* Standard input a line at a time, and the signals that end a lease. */
struct lease_input {
	int signal_fd;
	bool ignore_stdin;
	uint64_t until_ns; /* CLOCK_MONOTONIC; UINT64_MAX: no end */
	size_t used;
	char buffer[65536];
};

/* Blocks the signals and opens their descriptor. 0 or -errno. */
int lease_input_open(struct lease_input *input);

/* The next line without its newline, valid until the next call; NULL: the lease is over. */
const char *lease_input_line(struct lease_input *input);

void lease_input_close(struct lease_input *input);

#endif
