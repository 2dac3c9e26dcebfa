// SPDX-License-Identifier: BSD-2-Clause
/* Whole runs on the null engine. */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gen/gen.h"
#include "lib/clock.h"

static struct gen_job job_of(uint64_t rate_pps, uint64_t duration_ns, uint32_t queues,
			     uint32_t threads)
{
	struct gen_job job = {
		.path = {.node = inet_addr("198.18.0.2"),
			 .clients = {inet_addr("198.19.0.0"), 17},
			 .cookie = 1},
		.service = {.node_port = 30401, .services = 1},
		.load = {.engine = ENGINE_NULL,
			 .frame_bytes = 64,
			 .flows = 1000,
			 .rate_pps = rate_pps,
			 .duration_ns = duration_ns,
			 .queues = queues,
			 .threads = threads,
			 .batch = 64},
	};

	return job;
}

static void run(const struct gen_job *job, struct gen_result *ret_result)
{
	struct gen_control control = {0};
	struct fault fault = {0};

	assert_int_equal(gen_run(job, &control, ret_result, &fault), 0);
	assert_int_equal(ret_result->offered, ret_result->sent + ret_result->unsent);
}

/* No more than a batch a queue: that much is sent even if this machine was busy at the end. */
static void a_paced_run_offers_rate_times_duration(void **state)
{
	static const uint32_t shapes[][2] = {{1, 1}, {2, 1}, {2, 2}, {5, 2}};

	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		const struct gen_job job = job_of(201, 250 * NS_PER_MS, shapes[i][0], shapes[i][1]);
		struct gen_result result;

		run(&job, &result);
		assert_int_equal(result.offered, 50);
		assert_int_equal(result.sent, 50);
		assert_int_equal(result.queues, shapes[i][0]);
		assert_int_equal(result.threads, shapes[i][1]);
		assert_int_equal(result.elapsed_ns, 250 * NS_PER_MS);
		assert_true(result.offered_pps == 200);
		assert_int_equal(result.late_ns.samples, 50);
		assert_int_equal(result.mode, AFXDP_NONE);
	}
}

static void rate_max_has_no_lateness(void **state)
{
	const struct gen_job job = job_of(0, 20 * NS_PER_MS, 2, 2);
	struct gen_result result;

	run(&job, &result);
	assert_true(result.sent > 1000);
	assert_int_equal(result.unsent, 0);
	assert_int_equal(result.late_ns.samples, 0);
	assert_true(result.elapsed_ns >= 20 * NS_PER_MS);
}

static void auto_queues_is_one_without_an_interface(void **state)
{
	const struct gen_job job = job_of(1000, 10 * NS_PER_MS, 0, 1);
	struct gen_result result;

	run(&job, &result);
	assert_int_equal(result.queues, 1);
	assert_int_equal(result.sent, 10);
}

struct watcher {
	struct gen_control control;
	uint32_t calls;
	uint64_t elapsed_ns, sent;
};

static void watch(void *arg, uint64_t elapsed_ns, uint64_t sent)
{
	struct watcher *watcher = arg;

	assert_true(elapsed_ns > watcher->elapsed_ns);
	assert_true(sent >= watcher->sent);
	watcher->elapsed_ns = elapsed_ns;
	watcher->sent = sent;
	if (++watcher->calls == 2)
		atomic_store(&watcher->control.stop, true);
}

static void stop_in_the_live_callback_ends_the_run_with_its_result(void **state)
{
	const struct gen_job job = job_of(1000, 3600 * NS_PER_S, 1, 1);
	struct watcher watcher = {.control = {.live = watch, .arg = &watcher}};
	struct gen_result result = {0};
	struct fault fault = {0};

	assert_int_equal(gen_run(&job, &watcher.control, &result, &fault), -EINTR);
	assert_int_equal(watcher.calls, 2);
	assert_int_equal(fault.code, EXIT_UNTRUSTED);
	assert_true(result.sent > 100 && result.elapsed_ns < 60 * NS_PER_S);
	assert_int_equal(result.offered, result.sent + result.unsent);
	assert_true(result.unsent < 100);
}

static void a_cpu_that_is_not_there_is_a_fault(void **state)
{
	struct gen_job job = job_of(1000, NS_PER_S, 1, 1);
	struct gen_control control = {0};
	struct gen_result result = {.sent = 77};
	struct fault fault = {0};

	strcpy(job.cpus, "1000");
	assert_int_equal(gen_run(&job, &control, &result, &fault), -EINVAL);
	assert_non_null(strstr(fault.text, "CPU 1000"));
	assert_int_equal(result.sent, 77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_paced_run_offers_rate_times_duration),
		cmocka_unit_test(rate_max_has_no_lateness),
		cmocka_unit_test(auto_queues_is_one_without_an_interface),
		cmocka_unit_test(stop_in_the_live_callback_ends_the_run_with_its_result),
		cmocka_unit_test(a_cpu_that_is_not_there_is_a_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
