// SPDX-License-Identifier: BSD-2-Clause
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gen/frame.h"

static struct gen_job job_of(const char *clients, uint32_t prefix)
{
	struct gen_job job = {
		.path = {.node = inet_addr("198.18.0.2"),
			 .clients = {inet_addr(clients), prefix},
			 .cookie = 0xbeef},
		.service = {.node_port = 30401, .services = 3},
		.load = {.frame_bytes = 64, .flows = 1, .seed = 42},
	};

	return job;
}

static uint64_t capacity_of(const char *clients, uint32_t prefix)
{
	const struct gen_job job = job_of(clients, prefix);

	return flow_capacity(&job.path);
}

static void capacity_counts_hosts_and_ports(void **state)
{
	assert_int_equal(capacity_of("198.19.0.0", 17), (32768 - 2) * 64512ULL);
	assert_int_equal(capacity_of("198.19.0.0", 30), 2 * 64512);
	assert_int_equal(capacity_of("198.19.0.0", 31), 2 * 64512);
	assert_int_equal(capacity_of("198.19.0.9", 32), 64512);
	assert_int_equal(capacity_of("0.0.0.0", 0), 4294967294ULL * 64512);
}

/* Every tuple of the range exactly once: nothing twice, nothing outside, nothing left out. */
static void check_whole_range(const char *clients, uint32_t prefix, uint64_t seed)
{
	struct gen_job job = job_of(clients, prefix);
	const uint64_t capacity = flow_capacity(&job.path);
	const uint32_t first = ntohl(inet_addr(clients)) + (prefix < 31 ? 1 : 0);
	uint8_t *seen = calloc(1, capacity);

	assert_non_null(seen);
	job.load.seed = seed;
	for (uint32_t number = 0; number < capacity; number++) {
		uint32_t source;
		uint16_t port;
		uint64_t slot;

		flow_tuple(&job, number, &source, &port);
		assert_in_range(ntohs(port), 1024, 65535);
		slot = (uint64_t)(ntohl(source) - first) * 64512 + ntohs(port) - 1024;
		assert_true(slot < capacity);
		assert_int_equal(seen[slot]++, 0);
	}
	free(seen);
}

static void bijection_on_whole_ranges(void **state)
{
	check_whole_range("198.19.0.1", 32, 1);
	check_whole_range("198.19.0.0", 31, 2);
	check_whole_range("198.19.0.0", 30, 42);
	check_whole_range("198.19.0.0", 28, 0);
}

static void seed_decides(void **state)
{
	struct gen_job job = job_of("198.19.0.0", 17);
	uint32_t same = 0;

	for (uint32_t number = 0; number < 1000; number++) {
		uint32_t a, b, c;
		uint16_t a_port, b_port, c_port;

		job.load.seed = 42;
		flow_tuple(&job, number, &a, &a_port);
		flow_tuple(&job, number, &b, &b_port);
		assert_int_equal(a, b);
		assert_int_equal(a_port, b_port);
		job.load.seed = 43;
		flow_tuple(&job, number, &c, &c_port);
		same += a == c && a_port == c_port;
	}
	assert_int_equal(same, 0);
}

/* The first thousand flows already reach all quarters of addresses and of ports. */
static void few_flows_use_the_range(void **state)
{
	const struct gen_job job = job_of("198.19.0.0", 17);
	uint32_t addresses[4] = {0}, ports[4] = {0};

	for (uint32_t number = 0; number < 1000; number++) {
		uint32_t source;
		uint16_t port;

		flow_tuple(&job, number, &source, &port);
		addresses[(ntohl(source) & 0x7fff) / 8192]++;
		ports[(ntohs(port) - 1024) / 16128]++;
	}
	for (int i = 0; i < 4; i++) {
		assert_in_range(addresses[i], 180, 320);
		assert_in_range(ports[i], 180, 320);
	}
}

static void row_holds_tuple_and_service(void **state)
{
	const struct gen_job job = job_of("198.19.0.0", 17);

	for (uint32_t number = 0; number < 100; number++) {
		struct flow flow;
		uint32_t source;
		uint16_t port;

		flow_tuple(&job, number, &source, &port);
		flow_fill(&job, number, &flow);
		assert_int_equal(flow.source, source);
		assert_int_equal(flow.source_port, port);
		assert_int_equal(ntohs(flow.dest_port), 30401 + number % 3);
		assert_int_equal(flow.seq, 0);
		assert_int_not_equal(flow.udp_check, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(capacity_counts_hosts_and_ports),
		cmocka_unit_test(bijection_on_whole_ranges),
		cmocka_unit_test(seed_decides),
		cmocka_unit_test(few_flows_use_the_range),
		cmocka_unit_test(row_holds_tuple_and_service),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
