// SPDX-License-Identifier: BSD-2-Clause
#include "bench/trial.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "bench/judge.h"
#include "bench/load_run.h"
#include "lib/clock.h"
#include "lib/record.h"

/* Counters of both hosts at one time. */
struct readings {
	struct snap tester, dut;
	struct dut_counters plane;
};

static void words(struct argv *argv, const char *first, const char *second)
{
	argv_add(argv, first);
	argv_add(argv, second);
}

/* An answer to both hosts' requests as structs; a NULL table drops it. */
static int ask_into(struct run *run, const struct argv asked[2],
		    const struct field_table *const tables[2], void *const ret_objects[2],
		    struct fault *fault)
{
	json_t *records[2] = {NULL, NULL};
	int err = run_ask_both(run, &asked[0], &asked[1], records, fault);

	for (int i = 0; i < 2; i++) {
		if (!err && tables[i])
			err = record_unpack(tables[i], records[i], ret_objects[i], fault);
		json_decref(records[i]);
	}
	return err;
}

static int snap_both(struct run *run, struct readings *readings, struct fault *fault)
{
	const struct field_table *const tables[2] = {&snap_table, &snap_table};
	struct argv asked[2] = {0};
	int err;

	steps_snap(&run->steps.tester, &asked[0]);
	steps_snap(&run->steps.dut, &asked[1]);
	err = ask_into(run, asked, tables, (void *const[2]){&readings->tester, &readings->dut},
		       fault);
	argv_done(&asked[0]);
	argv_done(&asked[1]);
	return err;
}

/* Both ends' NAPI threads, anew each time: attaching a program makes new ones. */
static int pin_both(struct run *run, struct fault *fault)
{
	struct argv asked[2] = {0};
	int err;

	if (!run->steps.pin)
		return 0;
	steps_pin(&run->steps, &run->steps.tester, &asked[0]);
	steps_pin(&run->steps, &run->steps.dut, &asked[1]);
	err = run_ask_both(run, &asked[0], &asked[1], NULL, fault);
	argv_done(&asked[0]);
	argv_done(&asked[1]);
	return err;
}

/* Zeroes the sink and reads the plane, at once. */
static int begin_count(struct run *run, struct dut_counters *ret_plane, struct fault *fault)
{
	const struct field_table *const tables[2] = {NULL, &dut_counters_table};
	struct argv asked[2] = {0};
	int err;

	words(&asked[0], "tell", "reset");
	words(&asked[1], "tell", "counters");
	err = ask_into(run, asked, tables, (void *const[2]){NULL, ret_plane}, fault);
	argv_done(&asked[0]);
	argv_done(&asked[1]);
	return err;
}

static int read_plane(struct run *run, struct dut_counters *ret_plane, struct fault *fault)
{
	struct argv asked = {0};
	json_t *record = NULL;
	int err;

	words(&asked, "tell", "counters");
	err = host_ask(&run->dut, &asked, RUN_ASK_LIMIT_S * NS_PER_S, &record, fault);
	if (!err)
		err = record_unpack(&dut_counters_table, record, ret_plane, fault);
	json_decref(record);
	argv_done(&asked);
	return err;
}

/* The sink's last count, once it stood still; only then what the counters say is final. */
static int drain(struct run *run, struct trial *trial, bool *ret_still, struct fault *fault)
{
	struct argv asked = {0};
	json_t *record = NULL;
	int err;

	words(&asked, "tell", "drain");
	err = host_ask(&run->tester, &asked, RUN_ASK_LIMIT_S * NS_PER_S, &record, fault);
	if (!err)
		err = record_unpack(&sink_result_table, record, &trial->sink, fault);
	if (!err)
		*ret_still = !json_is_false(json_object_get(record, "drained"));
	json_decref(record);
	argv_done(&asked);
	return err;
}

static uint64_t wall_clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static void distrust(struct verdict *verdict, const char *reason)
{
	verdict->trusted = false;
	if (verdict->nr_reasons < MODEL_MAX_REASONS)
		snprintf(verdict->reasons[verdict->nr_reasons++], sizeof(verdict->reasons[0]), "%s",
			 reason);
}

int trial_run(struct run *run, struct trial *trial, struct fault *fault)
{
	struct readings before, after;
	bool still = true;
	int err = pin_both(run, fault);

	if (!err)
		err = begin_count(run, &before.plane, fault);
	if (!err)
		err = snap_both(run, &before, fault);
	trial->nic = run->nic;
	trial->started_ns = wall_clock_ns();
	if (!err)
		err = load_run(run, trial, fault);
	if (!err)
		err = drain(run, trial, &still, fault);
	if (!err)
		err = snap_both(run, &after, fault);
	if (!err)
		err = read_plane(run, &after.plane, fault);
	if (err)
		return err;
	field_diff(&snap_table, &before.tester, &after.tester, &trial->tester_delta);
	field_diff(&snap_table, &before.dut, &after.dut, &trial->dut_delta);
	field_diff(&dut_counters_table, &before.plane, &after.plane, &trial->dut);
	judge_trial(trial);
	if (!still)
		distrust(&trial->verdict, "probes were still arriving when the count was taken");
	return store_append(&run->store, run->plan, trial, fault);
}
