/* SPDX-License-Identifier: BSD-2-Clause */
/* What every command of portgauge is made of. The table of them is in bench/command.c. */
#ifndef PORTGAUGE_COMMAND_H
#define PORTGAUGE_COMMAND_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/fault.h"

/*
 * A command takes argv (argv[0] is its name) and gives one record. Nothing is printed inside: the
 * record goes to stdout and the fault to stderr in main, both go back in one line from `hold`.
 *
 * One-shot (`once`): does its work and returns the record.
 * Leased (`begin`, `end`): begin applies the change and returns the ready record and a state;
 * `tell` answers a word to the state, such as "reset" or "read"; `end` undoes, gives a last record
 * or NULL.
 */
struct command {
	const char *name;
	const char *summary;   /* one line for `portgauge --help` */
	const char *arguments; /* in the usage line, after the name; NULL: " [OPTION...]" */
	/* Prints options; also used when argv is wrong. */
	void (*help)(void);
	int (*once)(int argc, char **argv, json_t **ret_record, struct fault *fault);
	int (*begin)(int argc, char **argv, void **ret_state, json_t **ret_ready,
		     struct fault *fault);
	int (*tell)(void *state, const char *word, json_t **ret_record, struct fault *fault);
	int (*end)(void *state, json_t **ret_record, struct fault *fault);
	/* Runs for long, writes to stdout and stderr by itself, returns an exit code. Not for `hold`. */
	int (*main)(int argc, char **argv);
};

/* Every command. */
extern const struct command *const command_list[];
extern const size_t command_count;

/* NULL if there is none of that name. */
const struct command *command_find(const char *name);

extern const struct command gen_command, sink_command, dut_command, prove_command, prefill_command,
	nic_command, pin_command, snap_command, env_command, lab_command, hold_command,
	restore_command, plan_command, run_command, report_command, reference_command;

#endif
