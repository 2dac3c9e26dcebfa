// SPDX-License-Identifier: BSD-2-Clause
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

static struct gen_job good_job(void)
{
	struct gen_job job = {
		.path = {.nic = "lo",
			 .node = inet_addr("198.18.0.2"),
			 .clients = {inet_addr("198.19.0.0"), 17},
			 .cookie = 1},
		.service = {.node_port = 30401, .services = 1},
		.load = {.engine = ENGINE_NULL,
			 .frame_bytes = 64,
			 .flows = 1024,
			 .duration_ns = NS_PER_S,
			 .threads = 1,
			 .batch = 64},
	};

	return job;
}

static void refuse(const struct gen_job *job, const char *word)
{
	struct fault fault = {0};

	assert_int_equal(gen_check(job, &fault), -EINVAL);
	assert_int_equal(fault.code, EXIT_USAGE);
	if (!strstr(fault.text, word))
		fail_msg("'%s' does not say '%s'", fault.text, word);
}

static void pass(const struct gen_job *job)
{
	struct fault fault = {0};

	if (gen_check(job, &fault))
		fail_msg("refused: %s", fault.text);
}

static void accepts_a_good_job(void **state)
{
	const struct gen_job job = good_job();

	pass(&job);
}

static void frame_holds_a_probe_and_fits_a_chunk(void **state)
{
	struct gen_job job = good_job();

	job.load.frame_bytes = 63;
	refuse(&job, "allowed are 64 to");
	job.load.frame_bytes = 3502;
	pass(&job);
	job.load.frame_bytes = 9018;
	refuse(&job, "load.frame");
}

static void flows_have_tuples_of_their_own(void **state)
{
	struct gen_job job = good_job();

	job.path.clients.prefix = 32;
	job.load.flows = 64512;
	pass(&job);
	job.load.flows = 64513;
	refuse(&job, "64512");
	job.load.flows = 0;
	refuse(&job, "load.flows");
}

static void every_queue_has_a_flow_and_every_thread_a_queue(void **state)
{
	struct gen_job job = good_job();

	job.load.queues = 8;
	job.load.flows = 8;
	job.load.threads = 8;
	pass(&job);
	job.load.threads = 9;
	refuse(&job, "load.threads");
	job.load.threads = 0;
	refuse(&job, "load.threads");
	job.load.threads = 1;
	job.load.flows = 7;
	refuse(&job, "load.flows");
	job.load.flows = 100;
	job.load.queues = 65;
	refuse(&job, "load.queues");
}

static void ports_stay_below_65536(void **state)
{
	struct gen_job job = good_job();

	job.service.node_port = 65535;
	pass(&job);
	job.service.services = 2;
	refuse(&job, "65535");
}

static void a_schedule_has_a_packet(void **state)
{
	struct gen_job job = good_job();

	job.load.rate_pps = 1;
	job.load.duration_ns = NS_PER_S / 2;
	pass(&job);
	job.load.duration_ns--;
	refuse(&job, "not one packet");
	job.load.duration_ns = 0;
	refuse(&job, "duration");
}

static void cpus_are_a_list(void **state)
{
	struct gen_job job = good_job();

	strcpy(job.cpus, "0-1");
	pass(&job);
	strcpy(job.cpus, "one");
	refuse(&job, "'one'");
	job.load.queues = 3;
	job.load.threads = 3;
	strcpy(job.cpus, "0,2-3");
	pass(&job);
	strcpy(job.cpus, "0,2");
	refuse(&job, "fewer CPUs than the 3 threads");
	strcpy(job.cpus, "");
	pass(&job);
}

/* The loopback interface is on every machine: MTU 65536 and one TX queue, unless someone set it. */
static void asks_the_interface(void **state)
{
	struct gen_job job = good_job();
	struct fault fault = {0};

	job.load.engine = ENGINE_AFXDP;
	strcpy(job.path.nic, "pg-none");
	assert_int_equal(gen_check(&job, &fault), -ENODEV);
	strcpy(job.path.nic, "lo");
	job.load.queues = 2;
	refuse(&job, "TX channels");
	job.load.queues = 1;
	pass(&job);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_a_good_job),
		cmocka_unit_test(frame_holds_a_probe_and_fits_a_chunk),
		cmocka_unit_test(flows_have_tuples_of_their_own),
		cmocka_unit_test(every_queue_has_a_flow_and_every_thread_a_queue),
		cmocka_unit_test(ports_stay_below_65536),
		cmocka_unit_test(a_schedule_has_a_packet),
		cmocka_unit_test(cpus_are_a_list),
		cmocka_unit_test(asks_the_interface),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
