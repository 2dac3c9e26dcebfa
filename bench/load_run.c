// SPDX-License-Identifier: BSD-2-Clause
#include "bench/load_run.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "lib/clock.h"
#include "lib/record.h"

enum { STOP_LIMIT_S = 2 };

struct load_state {
	struct run *run;
	json_t *result;
	uint64_t elapsed_ns, sent; /* of the last live record */
};

/* The rate now, not the average since the start. */
static void take_live(struct load_state *state, const json_t *record)
{
	const uint64_t elapsed_ns =
		(uint64_t)json_integer_value(json_object_get(record, "elapsed_ns"));
	const uint64_t sent = (uint64_t)json_integer_value(json_object_get(record, "sent"));

	if (elapsed_ns > state->elapsed_ns && sent >= state->sent)
		progress_live(&state->run->progress,
			      (double)(sent - state->sent) * NS_PER_S /
				      (double)(elapsed_ns - state->elapsed_ns));
	state->elapsed_ns = elapsed_ns;
	state->sent = sent;
}

static void take_line(void *arg, const char *line)
{
	struct load_state *state = arg;
	json_t *record = record_read(line, NULL);
	const char *kind = json_string_value(json_object_get(record, "record")) ?: "";

	if (!strcmp(kind, "live")) {
		take_live(state, record);
	} else if (!strcmp(kind, "gen")) {
		json_decref(state->result);
		state->result = json_incref(record);
	}
	json_decref(record);
}

static int wait_for_end(struct run *run, struct child *child, uint64_t duration_ns,
			struct fault *fault)
{
	const uint64_t until_ns = clock_now_ns() + duration_ns + RUN_LOAD_MARGIN_S * NS_PER_S;

	while (!child->ended) {
		/* A host that has let go of what it held makes the rest of the trial worthless. */
		int err = host_check(&run->tester, fault);

		if (!err)
			err = host_check(&run->dut, fault);
		if (!err)
			err = host_check(&run->lab, fault);
		if (err)
			return err;
		if (run->interrupt)
			return fault_set(fault, -EINTR, EXIT_FAILED, "interrupted");
		if (clock_now_ns() >= until_ns)
			return fault_set(fault, -ETIMEDOUT, EXIT_FAILED,
					 "gen: it does not end %d s after its time",
					 RUN_LOAD_MARGIN_S);
		err = loop_turn(run->loop, until_ns);
		if (err < 0)
			return fault_errno(fault, err, "wait for gen");
	}
	return 0;
}

static int check_end(const struct child *child, const struct load_state *state, struct fault *fault)
{
	char status[32];
	int code;

	if (!child->status && state->result)
		return 0;
	code = WIFEXITED(child->status) ? WEXITSTATUS(child->status) : EXIT_FAILED;
	return fault_set(fault, -EREMOTEIO, code == EXIT_CANNOT ? EXIT_CANNOT : EXIT_FAILED,
			 "gen ended with %s: %s", child_status(child, status, sizeof(status)),
			 child->said[0] ? child->said : "it gave no record and did not say why");
}

/* By its own means first: it lets go of its queues in order. */
static void stop(struct child *child)
{
	if (!child->pid || child->ended)
		return;
	child_close_input(child);
	kill(child->pid, SIGTERM);
	child_wait(child, clock_now_ns() + STOP_LIMIT_S * NS_PER_S);
}

int load_run(struct run *run, struct trial *trial, struct fault *fault)
{
	const struct config *config = &run->plan->points[trial->point].config;
	struct load_state state = {.run = run};
	struct child child = {.line = take_line, .arg = &state};
	struct argv argv = {0};
	char binary[4096];
	int err;

	err = host_binary(binary, sizeof(binary), fault);
	if (!err)
		err = host_prefix(run->plan->scenario->tester.via, &argv, fault);
	if (err)
		goto out_argv;
	argv_add(&argv, binary);
	steps_gen(&run->steps, config, &trial->load, true, &argv);
	err = argv.err ? fault_errno(fault, argv.err, "start gen")
		       : child_start(&child, run->loop, argv.word, CHILD_DIES, fault);
	if (!err)
		err = wait_for_end(run, &child, trial->load.duration_ns, fault);
	stop(&child);
	if (!err)
		err = check_end(&child, &state, fault);
	if (!err)
		err = record_unpack(&gen_result_table, state.result, &trial->gen, fault);
	child_done(&child);
	json_decref(state.result);
out_argv:
	argv_done(&argv);
	return err;
}
