// SPDX-License-Identifier: BSD-2-Clause
/* The table of planes: capacities, refusals, and what each takes for a proof. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "dut/planes.h"

static const struct plane_job job = {
	.path = {.nic = "pg0", .node = 0x020012c6, .backends = 0x010112c6},
	.service = {.node_port = 30401, .services = 1, .backends = 2, .backend_port = 8080},
	.flows = 1024,
};

static struct plane_tuple tuple(const char *source, uint16_t source_port, const char *dest,
				uint16_t dest_port)
{
	return (struct plane_tuple){inet_addr(source), inet_addr(dest), htons(source_port),
				    htons(dest_port)};
}

static void test_table(void **state)
{
	for (uint32_t plane = 0; plane_words[plane]; plane++) {
		assert_non_null(plane_ops(plane));
		assert_string_equal(plane_ops(plane)->name, plane_words[plane]);
	}
	assert_null(plane_ops(PLANE_NFTABLES + 1));
}

static void test_capacity_of_one_backend(void **state)
{
	struct service service = {.backends = 1};

	assert_true(plane_capacity(PLANE_WIRE, &service) == UINT64_MAX);
	assert_int_equal(plane_capacity(PLANE_XDP, &service), 32768);
	assert_int_equal(plane_capacity(PLANE_NFTABLES, &service), 64512);
}

/* Flows do not fall evenly: some room stays, but less than a tenth. */
static void test_capacity_of_many(void **state)
{
	for (uint32_t backends = 2; backends <= MODEL_MAX_BACKENDS; backends *= 2) {
		struct service service = {.backends = backends};

		assert_in_range(plane_capacity(PLANE_XDP, &service), backends * 32768 * 9 / 10,
				backends * 32768 - 1);
		assert_in_range(plane_capacity(PLANE_NFTABLES, &service), backends * 64512 * 9 / 10,
				backends * 64512 - 1);
		assert_true(plane_capacity(PLANE_WIRE, &service) == UINT64_MAX);
	}
}

static void test_too_many_flows(void **state)
{
	struct plane_job more = job;
	struct fault fault = {0};

	more.service.backends = 1;
	more.flows = 32768;
	assert_int_equal(planes_check(PLANE_XDP, &more, &fault), 0);
	more.flows = 32769;
	assert_int_equal(planes_check(PLANE_XDP, &more, &fault), -ERANGE);
	assert_int_equal(fault.code, EXIT_USAGE);
	assert_non_null(strstr(fault.text, "32769"));
	assert_non_null(strstr(fault.text, "32768"));
	assert_int_equal(planes_check(PLANE_NFTABLES, &more, NULL), 0);
	more.flows = UINT32_MAX;
	assert_int_equal(planes_check(PLANE_WIRE, &more, NULL), 0);
}

static void test_ports_beyond_the_last(void **state)
{
	struct plane_job last = job;
	struct fault fault = {0};

	last.service.node_port = 65535;
	last.service.services = 1;
	assert_int_equal(planes_check(PLANE_WIRE, &last, &fault), 0);
	last.service.services = 2;
	assert_int_equal(planes_check(PLANE_WIRE, &last, &fault), -ERANGE);
	assert_int_equal(fault.code, EXIT_USAGE);
}

static void test_refused_before_anything(void **state)
{
	struct plane_session *session = NULL;
	struct plane_job more = job;
	struct fault fault = {0};

	more.flows = 4000000;
	assert_int_equal(plane_ops(PLANE_XDP)->up(&more, &session, &fault), -ERANGE);
	assert_int_equal(plane_ops(PLANE_NFTABLES)->up(&more, &session, NULL), -ERANGE);
	assert_null(session);
	assert_int_equal(fault.code, EXIT_USAGE);
}

static void test_down_of_nothing(void **state)
{
	for (uint32_t plane = 0; plane_words[plane]; plane++)
		assert_int_equal(plane_ops(plane)->down(NULL, NULL), 0);
}

static void test_prove_nat(void **state)
{
	static const struct {
		const char *source;
		uint16_t source_port;
		const char *dest;
		uint16_t dest_port;
		int xdp, nftables;
		const char *word; /* of the fault */
	} rows[] = {
		{"198.18.0.2", 32768, "198.18.1.1", 8080, 0, 0, ""},
		{"198.18.0.2", 65535, "198.18.1.2", 8080, 0, 0, ""},
		{"198.18.0.2", 32767, "198.18.1.1", 8080, -EPROTO, 0, "32768"},
		{"198.18.0.2", 1024, "198.18.1.1", 8080, -EPROTO, 0, "32768"},
		{"198.18.0.2", 1023, "198.18.1.1", 8080, -EPROTO, -EPROTO, "1023"},
		{"198.19.0.5", 40000, "198.18.1.1", 8080, -EPROTO, -EPROTO, "node"},
		{"198.18.0.2", 40000, "198.18.1.3", 8080, -EPROTO, -EPROTO, "backends"},
		{"198.18.0.2", 40000, "198.18.1.0", 8080, -EPROTO, -EPROTO, "backends"},
		{"198.18.0.2", 40000, "198.18.0.2", 30401, -EPROTO, -EPROTO, "backends"},
		{"198.18.0.2", 40000, "198.18.1.1", 30401, -EPROTO, -EPROTO, "8080"},
	};
	struct plane_tuple sent = tuple("198.19.0.5", 5555, "198.18.0.2", 30401);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct plane_tuple got =
			tuple(rows[i].source, rows[i].source_port, rows[i].dest, rows[i].dest_port);
		struct fault fault = {0};

		assert_int_equal(plane_ops(PLANE_XDP)->prove(&job, &sent, &got, &fault),
				 rows[i].xdp);
		assert_non_null(strstr(fault.text, rows[i].word));
		assert_int_equal(plane_ops(PLANE_NFTABLES)->prove(&job, &sent, &got, NULL),
				 rows[i].nftables);
	}
}

static void test_prove_wire(void **state)
{
	struct plane_tuple sent = tuple("198.19.0.5", 5555, "198.18.0.2", 30401);
	struct plane_tuple wrong[] = {
		sent,
		tuple("198.18.0.2", 30401, "198.19.0.5", 5555),
		tuple("198.18.0.2", 5555, "198.19.0.6", 30401),
		tuple("198.18.0.3", 5555, "198.19.0.5", 30401),
		tuple("198.18.0.2", 5556, "198.19.0.5", 30401),
	};
	struct plane_tuple right = tuple("198.18.0.2", 5555, "198.19.0.5", 30401);
	struct fault fault = {0};

	assert_int_equal(plane_ops(PLANE_WIRE)->prove(&job, &sent, &right, NULL), 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(plane_ops(PLANE_WIRE)->prove(&job, &sent, &wrong[i], &fault),
				 -EPROTO);
	assert_non_null(strstr(fault.text, "198.19.0.5:5555 > 198.18.0.2:30401"));
}

static void test_print(void **state)
{
	struct plane_tuple longest = tuple("255.255.255.255", 65535, "255.255.255.254", 65534);
	char text[PLANE_TUPLE_TEXT];

	assert_string_equal(plane_print_tuple(&longest, text, sizeof(text)),
			    "255.255.255.255:65535 > 255.255.255.254:65534");
}

static void test_backends_follow(void **state)
{
	struct plane_job last = job;

	assert_int_equal(planes_backend(&job, 0), inet_addr("198.18.1.1"));
	assert_int_equal(planes_backend(&job, 63), inet_addr("198.18.1.64"));
	last.path.backends = inet_addr("198.18.1.255");
	assert_int_equal(planes_backend(&last, 1), inet_addr("198.18.2.0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_capacity_of_one_backend),
		cmocka_unit_test(test_capacity_of_many),
		cmocka_unit_test(test_too_many_flows),
		cmocka_unit_test(test_ports_beyond_the_last),
		cmocka_unit_test(test_refused_before_anything),
		cmocka_unit_test(test_down_of_nothing),
		cmocka_unit_test(test_prove_nat),
		cmocka_unit_test(test_prove_wire),
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_backends_follow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
