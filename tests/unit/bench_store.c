// SPDX-License-Identifier: BSD-2-Clause
/* A results folder written, read back, torn, refused. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "bench/store.h"
#include "lib/digest.h"
#include "lib/loop.h"

static char yaml[] = "# Question: does it come back?\nname: round-trip\n";

struct world {
	char folder[64];
	struct scenario scenario;
	struct point points[2];
	struct trial trials[3];
	struct plan plan;
};

static int set_up(void **state)
{
	struct world *world = calloc(1, sizeof(*world));

	strcpy(world->folder, "/tmp/pg-store-XXXXXX");
	if (!mkdtemp(world->folder))
		return -1;
	strcpy(world->scenario.name, "round-trip");
	strcpy(world->scenario.question, "does it come back?");
	world->scenario.text = yaml;
	world->scenario.length = strlen(yaml);
	world->scenario.nr_axes = 2;
	strcpy(world->scenario.axes[0].path, "dut.plane");
	strcpy(world->scenario.axes[1].path, "nic.mtu");
	world->scenario.nr_measures = 1;
	world->scenario.measures[0] = MEASURE_PEAK;
	world->scenario.repeat = 2;
	field_defaults(&config_table, &world->scenario.config);
	for (uint32_t i = 0; i < 2; i++) {
		world->points[i].index = i;
		world->points[i].config = world->scenario.config;
		world->points[i].config.dut.plane = i ? PLANE_NFTABLES : PLANE_WIRE;
		world->points[i].values[0] = i ? "nftables" : "wire";
		world->points[i].values[1] = "1500";
	}
	for (uint32_t i = 0; i < 3; i++) {
		world->trials[i].id = i + 1;
		/* The second point runs first. */
		world->trials[i].point = i != 2;
		world->trials[i].measure = MEASURE_PEAK;
		world->trials[i].repeat = i + 1;
		world->trials[i].order = 2;
		world->trials[i].sample = 3;
		world->trials[i].load = world->scenario.config.load;
	}
	world->plan = (struct plan){.scenario = &world->scenario,
				    .nr_points = 2,
				    .points = world->points,
				    .nr_trials = 3,
				    .trials = world->trials};
	*state = world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", world->folder);
	if (system(command))
		return -1;
	free(world);
	return 0;
}

static void fill(struct trial *trial)
{
	trial->started_ns = 1700000000123456789ULL;
	trial->load.seed = UINT64_MAX; /* beyond JSON's integers */
	trial->load.rate_pps = 0;
	trial->gen.engine = ENGINE_AFXDP;
	trial->gen.mode = AFXDP_COPY;
	trial->gen.elapsed_ns = 200000000;
	trial->gen.offered = 1000;
	trial->gen.sent = 900;
	trial->gen.unsent = 100;
	trial->gen.offered_pps = 5000.5;
	trial->sink.received = 890;
	trial->sink.nr_queues = 2;
	trial->sink.queues[0] = 800;
	trial->sink.queues[1] = 90;
	trial->sink.latency_ns = (struct percentiles){.samples = 890,
						      .min = 7,
						      .p50 = 30,
						      .p90 = 40,
						      .p99 = FIELD_ABSENT,
						      .p999 = FIELD_ABSENT,
						      .p9999 = FIELD_ABSENT,
						      .max = 99};
	trial->nic = (struct nic){.mtu = 1500, .channels = 2};
	trial->dut.mode = FIELD_NO_WORD;
	trial->dut.forwarded = 890;
	trial->tester_delta.tx_dropped = 10;
	trial->dut_delta.napi_cpu_ns = 123;
	trial->ledger.sent = 900;
	trial->ledger.dut_rx_overrun = 11;
	trial->ledger.unexplained = -1;
	trial->outcome.forwarding_pps = 1.0 / 3.0;
	trial->outcome.loss_ratio = NAN;
	trial->verdict.trusted = false;
	trial->verdict.limit = LIMIT_TESTER_TX;
	trial->verdict.nr_reasons = 2;
	strcpy(trial->verdict.reasons[0], "the ledger does not balance");
	strcpy(trial->verdict.reasons[1], "\"quoted\"\nand broken");
}

static void create(struct world *world, struct store *store)
{
	struct fault fault = {0};

	assert_int_equal(store_create(store, world->folder, &world->plan, &fault), 0);
}

static json_t *read_run(const struct world *world)
{
	char path[128];
	json_t *run;

	snprintf(path, sizeof(path), "%s/run.json", world->folder);
	run = json_load_file(path, 0, NULL);
	assert_non_null(run);
	return run;
}

static const char *run_text(const json_t *run, const char *name)
{
	return json_string_value(json_object_get(run, name));
}

static void assert_trials_equal(const struct trial *a, const struct trial *b)
{
	assert_int_equal(a->id, b->id);
	assert_int_equal(a->measure, b->measure);
	assert_int_equal(a->repeat, b->repeat);
	assert_int_equal(a->order, b->order);
	assert_int_equal(a->sample, b->sample);
	assert_int_equal(a->started_ns, b->started_ns);
	assert_memory_equal(&a->nic, &b->nic, sizeof(a->nic));
	assert_memory_equal(&a->load, &b->load, sizeof(a->load));
	assert_memory_equal(&a->gen, &b->gen, sizeof(a->gen));
	assert_memory_equal(&a->sink, &b->sink, sizeof(a->sink));
	assert_memory_equal(&a->dut, &b->dut, sizeof(a->dut));
	assert_memory_equal(&a->tester_delta, &b->tester_delta, sizeof(a->tester_delta));
	assert_memory_equal(&a->dut_delta, &b->dut_delta, sizeof(a->dut_delta));
	assert_memory_equal(&a->ledger, &b->ledger, sizeof(a->ledger));
	assert_true(a->outcome.forwarding_pps == b->outcome.forwarding_pps);
	assert_int_equal(isnan(a->outcome.loss_ratio), isnan(b->outcome.loss_ratio));
	assert_int_equal(a->verdict.nr_reasons, b->verdict.nr_reasons);
	assert_int_equal(a->verdict.limit, b->verdict.limit);
	for (uint32_t i = 0; i < a->verdict.nr_reasons; i++)
		assert_string_equal(a->verdict.reasons[i], b->verdict.reasons[i]);
}

static void trials_come_back_as_they_were(void **state)
{
	struct world *world = *state;
	struct run_record record;
	struct fault fault = {0};
	struct store store;

	create(world, &store);
	for (int i = 0; i < 3; i++) {
		fill(&world->trials[i]);
		assert_int_equal(store_append(&store, &world->plan, &world->trials[i], &fault), 0);
	}
	assert_int_equal(store_close(&store, true, NULL, &fault), 0);
	assert_int_equal(store_load(world->folder, &record, &fault), 0);
	assert_string_equal(record.name, "round-trip");
	assert_int_equal(record.nr_trials, 3);
	for (int i = 0; i < 3; i++)
		assert_trials_equal(&world->trials[i], &record.trials[i]);
	/* Points are numbered as they appear. */
	assert_int_equal(record.nr_axes, 2);
	assert_string_equal(record.axes[1], "nic.mtu");
	assert_int_equal(record.nr_points, 2);
	assert_string_equal(record.points[0].values[0], "nftables");
	assert_string_equal(record.points[1].values[0], "wire");
	assert_string_equal(record.points[1].values[1], "1500");
	assert_int_equal(record.trials[0].point, 0);
	assert_int_equal(record.trials[1].point, 0);
	assert_int_equal(record.trials[2].point, 1);
	store_unload(&record);
}

static void a_trial_has_the_names_of_the_design(void **state)
{
	static const char *const names[] = {
		"id",    "measure", "point",  "repeat",  "order",   "sample",     "started",
		"load",  "nic",     "gen",    "sink",    "dut",     "tester_nic", "dut_nic",
		"plane", "service", "ledger", "outcome", "verdict",
	};
	struct world *world = *state;
	json_t *json;

	fill(&world->trials[0]);
	json = store_pack(&world->plan, &world->trials[0]);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!json_object_get(json, names[i]))
			fail_msg("'%s' is missing", names[i]);
	assert_string_equal(run_text(json, "measure"), "peak");
	assert_string_equal(run_text(json, "plane"), "nftables");
	assert_string_equal(run_text(json, "started"), "2023-11-14T22:13:20.123456789Z");
	assert_string_equal(run_text(json_object_get(json, "point"), "dut.plane"), "nftables");
	/* What was obtained: the point keeps both. */
	assert_int_equal(json_integer_value(json_object_get(json_object_get(json, "nic"), "mtu")),
			 1500);
	assert_true(json_is_null(json_object_get(json_object_get(json, "dut"), "mode")));
	assert_true(json_is_null(json_object_get(
		json_object_get(json_object_get(json, "sink"), "latency_ns"), "p99")));
	json_decref(json);
}

static void run_json_says_what_ran(void **state)
{
	struct world *world = *state;
	char sha256[DIGEST_SHA256_TEXT];
	struct fault fault = {0};
	json_t *run, *environment;
	struct store store;

	create(world, &store);
	assert_int_equal(store_set(&store, "cookie", json_integer(7), &fault), 0);
	environment = json_pack("{s:s}", "kernel", "6.18");
	assert_int_equal(store_environment(&store, "tester", environment, &fault), 0);
	json_decref(environment);
	run = read_run(world);
	assert_string_equal(run_text(run, "status"), "partial");
	assert_non_null(run_text(run, "reason"));
	assert_string_equal(run_text(run, "scenario"), yaml);
	digest_sha256(yaml, strlen(yaml), sha256);
	assert_string_equal(run_text(run, "scenario_sha256"), sha256);
	assert_string_equal(run_text(run, "version"), PG_VERSION);
	assert_int_equal(json_integer_value(json_object_get(run, "seed")), 42);
	assert_int_equal(json_integer_value(json_object_get(run, "cookie")), 7);
	assert_int_equal(json_integer_value(json_object_get(run, "trials_planned")), 3);
	assert_string_equal(
		run_text(json_object_get(json_object_get(run, "environment"), "tester"), "kernel"),
		"6.18");
	json_decref(run);
	assert_int_equal(store_close(&store, true, NULL, &fault), 0);
}

static void a_run_ends_complete_or_partial(void **state)
{
	struct world *world = *state;
	struct fault fault = {0};
	struct store store;
	json_t *run;
	char path[128];

	create(world, &store);
	assert_int_equal(store_append(&store, &world->plan, &world->trials[0], &fault), 0);
	assert_int_equal(store_close(&store, false, "interrupted", &fault), 0);
	run = read_run(world);
	assert_string_equal(run_text(run, "status"), "partial");
	assert_string_equal(run_text(run, "reason"), "interrupted");
	assert_int_equal(json_integer_value(json_object_get(run, "trials_finished")), 1);
	assert_non_null(run_text(run, "ended"));
	json_decref(run);

	strcat(world->folder, "/complete");
	create(world, &store);
	assert_int_equal(store_close(&store, true, "ignored", &fault), 0);
	run = read_run(world);
	assert_string_equal(run_text(run, "status"), "complete");
	assert_true(json_is_null(json_object_get(run, "reason")));
	json_decref(run);
	snprintf(path, sizeof(path), "%s/.run.json.new", world->folder);
	assert_int_equal(access(path, F_OK), -1);
	*strrchr(world->folder, '/') = '\0';

	/* Closing what was never created does nothing. */
	memset(&store, 0, sizeof(store));
	assert_int_equal(store_close(&store, false, NULL, &fault), 0);
}

static void a_folder_that_holds_a_run_is_refused(void **state)
{
	struct world *world = *state;
	struct fault fault = {0};
	struct store store, other;
	char path[128];

	create(world, &store);
	assert_int_equal(store_close(&store, true, NULL, &fault), 0);
	assert_int_equal(store_create(&other, world->folder, &world->plan, &fault), -EEXIST);
	assert_int_equal(fault.code, EXIT_USAGE);
	assert_non_null(strstr(fault.text, world->folder));

	/* Trials alone are worth as much. */
	memset(&fault, 0, sizeof(fault));
	snprintf(path, sizeof(path), "%s/run.json", world->folder);
	unlink(path);
	assert_int_equal(store_create(&other, world->folder, &world->plan, &fault), -EEXIST);
}

static void folders_are_made_and_bad_ones_told(void **state)
{
	struct world *world = *state;
	struct fault fault = {0};
	struct store store;

	strcat(world->folder, "/a/b");
	create(world, &store);
	assert_int_equal(store_close(&store, true, NULL, &fault), 0);
	*strstr(world->folder, "/a/b") = '\0';
	for (size_t i = 0; i < 2; i++) {
		memset(&fault, 0, sizeof(fault));
		assert_int_equal(
			store_create(&store, i ? "/dev/null" : "/dev/null/x", &world->plan, &fault),
			-ENOTDIR);
		assert_string_equal(fault.text, "make folder '/dev/null': Not a directory");
		assert_int_equal(fault.code, EXIT_FAILED);
	}
}

static bool is_there(const struct world *world, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s%s", world->folder, name);
	return !access(path, F_OK);
}

static void a_discarded_run_leaves_what_was_there(void **state)
{
	struct world *world = *state;
	struct fault fault = {0};
	struct store store;
	char other[128];

	/* The folder is not ours. */
	create(world, &store);
	store_discard(&store);
	assert_true(is_there(world, ""));
	assert_false(is_there(world, "/run.json"));
	assert_false(is_there(world, "/trials.jsonl"));

	strcat(world->folder, "/a//b/");
	for (int again = 0; again < 2; again++) {
		create(world, &store);
		assert_true(is_there(world, "run.json"));
		store_discard(&store);
		*strstr(world->folder, "/a//b/") = '\0';
		assert_true(is_there(world, ""));
		assert_false(is_there(world, "/a"));
		strcat(world->folder, "/a//b/");
	}

	/* Nor is what somebody else put there meanwhile. */
	create(world, &store);
	snprintf(other, sizeof(other), "%s/../notes", world->folder);
	assert_int_equal(mkdir(other, 0755), 0);
	store_discard(&store);
	*strstr(world->folder, "/a//b/") = '\0';
	assert_true(is_there(world, "/a/notes"));
	assert_false(is_there(world, "/a/b"));

	/* A run that was there is refused, and stays. */
	create(world, &store);
	assert_int_equal(store_close(&store, true, NULL, &fault), 0);
	assert_int_equal(store_create(&store, world->folder, &world->plan, &fault), -EEXIST);
	assert_true(is_there(world, "/run.json"));
	memset(&store, 0, sizeof(store));
	store_discard(&store);
}

/* A run that was killed after its first trial, whose line this text follows. */
static void append_killed(struct world *world, const char *text)
{
	struct fault fault = {0};
	struct store store;
	char path[128];
	FILE *file;

	create(world, &store);
	assert_int_equal(store_append(&store, &world->plan, &world->trials[0], &fault), 0);
	assert_int_equal(store_close(&store, false, "killed", &fault), 0);
	snprintf(path, sizeof(path), "%s/trials.jsonl", world->folder);
	file = fopen(path, "a");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void a_torn_last_line_is_ignored(void **state)
{
	struct world *world = *state;
	struct run_record record;
	struct fault fault = {0};

	append_killed(world, "{\"record\":\"trial\",\"id\":2,\"meas");
	assert_int_equal(store_load(world->folder, &record, &fault), 0);
	assert_int_equal(record.nr_trials, 1);
	store_unload(&record);
}

static void a_broken_line_in_the_middle_is_told(void **state)
{
	struct world *world = *state;
	struct run_record record;
	struct fault fault = {0};

	append_killed(world, "{\"record\":\"trial\",\"id\":2}\n");
	assert_true(store_load(world->folder, &record, &fault) < 0);
	assert_non_null(strstr(fault.text, "trials.jsonl:2"));
}

static void what_is_no_run_is_told(void **state)
{
	struct world *world = *state;
	struct run_record record;
	struct fault fault = {0};
	struct store store;
	char path[128];
	FILE *file;

	assert_int_equal(store_load(world->folder, &record, &fault), -ENOENT);
	assert_int_equal(fault.code, EXIT_USAGE);
	create(world, &store);
	assert_int_equal(store_close(&store, true, NULL, &fault), 0);
	assert_int_equal(store_load(world->folder, &record, &fault), 0);
	assert_int_equal(record.nr_trials, 0);
	store_unload(&record);
	snprintf(path, sizeof(path), "%s/run.json", world->folder);
	file = fopen(path, "w");
	fputs("{\"format\": 999}\n", file);
	fclose(file);
	memset(&fault, 0, sizeof(fault));
	assert_int_equal(store_load(world->folder, &record, &fault), -EINVAL);
	assert_non_null(strstr(fault.text, "format"));
}

static void appends_through_a_loop_are_the_same(void **state)
{
	struct world *world = *state;
	struct run_record record;
	struct fault fault = {0};
	struct loop *loop;
	struct store store;

	assert_int_equal(loop_open(&loop, &fault), 0);
	create(world, &store);
	store.loop = loop;
	fill(&world->trials[1]);
	assert_int_equal(store_append(&store, &world->plan, &world->trials[1], &fault), 0);
	assert_int_equal(store_close(&store, true, NULL, &fault), 0);
	loop_close(loop);
	assert_int_equal(store_load(world->folder, &record, &fault), 0);
	assert_int_equal(record.nr_trials, 1);
	assert_trials_equal(&world->trials[1], &record.trials[0]);
	store_unload(&record);
}

#define world_test(test_) cmocka_unit_test_setup_teardown(test_, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(trials_come_back_as_they_were),
		world_test(a_trial_has_the_names_of_the_design),
		world_test(run_json_says_what_ran),
		world_test(a_run_ends_complete_or_partial),
		world_test(a_folder_that_holds_a_run_is_refused),
		world_test(a_discarded_run_leaves_what_was_there),
		world_test(folders_are_made_and_bad_ones_told),
		world_test(a_torn_last_line_is_ignored),
		world_test(a_broken_line_in_the_middle_is_told),
		world_test(what_is_no_run_is_told),
		world_test(appends_through_a_loop_are_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
