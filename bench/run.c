// SPDX-License-Identifier: BSD-2-Clause
#include "bench/run.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "bench/cookie.h"
#include "bench/lease_point.h"
#include "bench/trial.h"
#include "lib/clock.h"

#define DRAW_EVERY_NS (250 * NS_PER_MS)

static void note_signal(void *arg, int signal)
{
	struct run *run = arg;

	/* The first one counts; more of them must not keep the hosts from being restored. */
	if (!run->interrupt)
		run->interrupt = signal;
}

static void draw(void *arg)
{
	struct run *run = arg;

	progress_draw(&run->progress);
	run->draw_timer = loop_timer(run->loop, clock_now_ns() + DRAW_EVERY_NS, draw, run);
}

int run_ask_both(struct run *run, const struct argv *tester, const struct argv *dut,
		 json_t *ret_records[2], struct fault *fault)
{
	const uint64_t limit_ns = RUN_ASK_LIMIT_S * NS_PER_S;
	int err = host_send(&run->tester, tester, fault);

	if (!err)
		err = host_send(&run->dut, dut, fault);
	if (!err)
		err = host_receive(&run->tester, limit_ns, ret_records ? &ret_records[0] : NULL,
				   fault);
	if (!err)
		err = host_receive(&run->dut, limit_ns, ret_records ? &ret_records[1] : NULL,
				   fault);
	return err;
}

static int open_loop(struct run *run, struct fault *fault)
{
	sigset_t signals;
	int err = loop_open(&run->loop, fault);

	if (err)
		return err;
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	err = loop_signals(run->loop, &signals, note_signal, run);
	/* A holder that died is told by its status, not by a signal that ends the runner too. */
	signal(SIGPIPE, SIG_IGN);
	return err ? fault_errno(fault, err, "signals") : 0;
}

/* The lab first: it makes the namespaces that the other holders live in. */
static int open_hosts(struct run *run, struct fault *fault)
{
	const struct scenario *scenario = run->plan->scenario;
	struct argv lab = {0};
	int err = 0;

	run->lab = (struct host_link){.role = "lab", .interrupt = &run->interrupt};
	run->tester = (struct host_link){.role = "tester", .interrupt = &run->interrupt};
	run->dut = (struct host_link){.role = "dut", .interrupt = &run->interrupt};
	if (scenario->has_lab) {
		progress_doing(&run->progress, "builds the lab");
		steps_lab(&run->steps, &lab);
		err = host_open(&run->lab, run->loop, "local", fault);
		if (!err)
			err = host_push(&run->lab, &lab, RUN_SET_UP_LIMIT_S * NS_PER_S, fault);
		argv_done(&lab);
	}
	if (!err)
		err = host_open(&run->tester, run->loop, scenario->tester.via, fault);
	if (!err)
		err = host_open(&run->dut, run->loop, scenario->dut.via, fault);
	return err;
}

/* All inputs end at once, so that either end's programs are gone when the other restores its
 * interface; the lab goes last. The first fault is the one that is told. */
static int close_hosts(struct run *run, struct fault *fault)
{
	int err, worst;

	child_close_input(&run->tester.child);
	child_close_input(&run->dut.child);
	worst = host_close(&run->tester, fault);
	err = host_close(&run->dut, fault);
	worst = worst ? worst : err;
	err = host_close(&run->lab, fault);
	return worst ? worst : err;
}

/* Where the scenario leaves the DUT's address to its interface. */
static int take_address(struct run *run, const json_t *environment, struct fault *fault)
{
	const json_t *nic = json_object_get(environment, "nic");
	const char *address = json_string_value(json_object_get(nic, "address"));

	if (run->steps.dut.node)
		return 0;
	if (!address ||
	    field_parse(field_find(&path_table, "node"), &run->steps.dut, address, NULL))
		return fault_set(fault, -EADDRNOTAVAIL, EXIT_FAILED,
				 "dut: '%s' has no IPv4 address: give it one, or set "
				 "hosts.dut.address",
				 run->steps.dut.nic);
	run->steps.tester.node = run->steps.dut.node;
	return 0;
}

static int read_environment(struct run *run, struct fault *fault)
{
	json_t *records[2] = {NULL, NULL};
	struct argv tester = {0}, dut = {0};
	int err;

	steps_env(&run->steps.tester, &tester);
	steps_env(&run->steps.dut, &dut);
	err = run_ask_both(run, &tester, &dut, records, fault);
	if (!err)
		err = store_environment(&run->store, "tester", records[0], fault);
	if (!err)
		err = store_environment(&run->store, "dut", records[1], fault);
	if (!err)
		err = take_address(run, records[1], fault);
	json_decref(records[0]);
	json_decref(records[1]);
	argv_done(&tester);
	argv_done(&dut);
	return err;
}

/* What `keep` kept is told too; only the programs and the settings of this point make it. */
static int read_nic(struct run *run, struct fault *fault)
{
	struct argv asked = {0};
	json_t *record = NULL, *nic;
	int err;

	steps_env(&run->steps.dut, &asked);
	err = host_ask(&run->dut, &asked, RUN_ASK_LIMIT_S * NS_PER_S, &record, fault);
	nic = json_object_get(record, "nic");
	run->nic = (struct nic){
		.mtu = (uint32_t)json_integer_value(json_object_get(nic, "mtu")),
		.channels = (uint32_t)json_integer_value(json_object_get(nic, "rx_channels")),
	};
	json_decref(record);
	argv_done(&asked);
	return err;
}

static int change_point(struct run *run, const struct trial *trial, struct fault *fault)
{
	int err;

	progress_doing(&run->progress, "sets the point up");
	err = lease_point_down(run, fault);
	if (!err)
		err = lease_point_up(run, &run->plan->points[trial->point].config, fault);
	return err ? err : read_nic(run, fault);
}

static int run_trials(struct run *run, struct fault *fault)
{
	const struct plan *plan = run->plan;
	int err = 0;

	run->progress.begun_ns = clock_now_ns();
	for (uint32_t i = 0; !err && i < plan->nr_trials; i++) {
		struct trial *trial = &plan->trials[i];

		run->progress.index = i;
		if (plan_changes(plan, i))
			err = change_point(run, trial, fault);
		if (err)
			break;
		progress_begin(&run->progress, trial);
		err = trial_run(run, trial, fault);
		if (!err)
			progress_end(&run->progress, trial);
	}
	return err ? err : lease_point_down(run, fault);
}

static json_t *pack_overrides(const char *const *overrides)
{
	json_t *array = json_array();

	for (; overrides && *overrides; overrides++)
		json_array_append_new(array, json_string(*overrides));
	return array;
}

static int open_store(struct run *run, const char *folder, const char *const *overrides,
		      struct fault *fault)
{
	int err = store_create(&run->store, folder, run->plan, fault);

	if (err)
		return err;
	run->store.loop = run->loop;
	err = store_set(&run->store, "overrides", pack_overrides(overrides), fault);
	if (!err)
		err = store_set(&run->store, "cookie", json_integer(run->steps.tester.cookie),
				fault);
	if (!err)
		err = store_set(&run->store, "loop", json_string(loop_backend(run->loop)), fault);
	if (err)
		store_discard(&run->store);
	return err;
}

/* Undoes everything; a failure after the one that ended the run is told beside it. */
static int end_hosts(struct run *run, int err, struct run_end *end, struct fault *fault)
{
	int undo_err = close_hosts(run, err ? &end->undo : fault);

	/* A holder that died has been told already. */
	if (err && !strcmp(end->undo.text, fault->text))
		end->undo = (struct fault){0};
	return err ? err : undo_err;
}

/* A run that failed before its first trial says nothing: its folder is free for the next try. */
static int end_store(struct run *run, int err, struct fault *fault)
{
	int close_err;

	if (err && !run->store.nr_trials) {
		store_discard(&run->store);
		return err;
	}
	close_err = store_close(&run->store, !err, fault->text, fault);
	return err ? err : close_err;
}

static int run_stored(struct run *run, struct run_end *end, struct fault *fault)
{
	int err;

	draw(run);
	err = open_hosts(run, fault);
	if (!err)
		err = read_environment(run, fault);
	if (!err)
		err = run_trials(run, fault);
	progress_clear(&run->progress);
	loop_cancel(run->loop, run->draw_timer);
	err = end_hosts(run, err, end, fault);
	end->nr_finished = run->store.nr_trials;
	end->nr_untrusted = run->progress.nr_untrusted;
	return end_store(run, err, fault);
}

int run_plan(const struct plan *plan, const char *folder, const char *const *overrides,
	     struct run_end *ret_end, struct fault *fault)
{
	struct run *run = calloc(1, sizeof(*run));
	struct run_end end = {0};
	uint32_t cookie = 0;
	int err;

	if (!run)
		return fault_errno(fault, -ENOMEM, "run");
	run->plan = plan;
	progress_init(&run->progress, plan, stderr);
	err = cookie_choose(&cookie, fault);
	if (!err)
		err = steps_init(plan->scenario, (uint16_t)cookie, &run->steps, fault);
	if (!err)
		err = open_loop(run, fault);
	if (!err)
		err = open_store(run, folder, overrides, fault);
	if (!err)
		err = run_stored(run, &end, fault);
	loop_close(run->loop);
	free(run);
	*ret_end = end;
	return err;
}
