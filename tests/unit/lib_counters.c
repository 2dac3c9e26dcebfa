// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/clock.h"
#include "lib/counters.h"

#define ZEROS6 "00000000 00000000 00000000 00000000 00000000 00000000"

static void softnet_lines_carry_their_cpu(void **state)
{
	/* CPU 1 is offline: the second line is CPU 2's. */
	static const char text[] = "0000002f 00000001 00000002 " ZEROS6
				   " 00000000 00000000 00000000 00000000 00000000 00000000\n"
				   "deadbeef 00000010 00000020 " ZEROS6
				   " 00000000 00000000 00000000 00000002 00000000 00000000\n";
	struct softnet rows[4];

	assert_int_equal(counters_parse_softnet(text, rows, 4), 2);
	assert_int_equal(rows[0].cpu, 0);
	assert_int_equal(rows[0].processed, 0x2f);
	assert_int_equal(rows[0].dropped, 1);
	assert_int_equal(rows[0].squeezed, 2);
	assert_int_equal(rows[1].cpu, 2);
	assert_int_equal(rows[1].processed, 0xdeadbeef);
	assert_int_equal(rows[1].squeezed, 0x20);
	assert_int_equal(counters_parse_softnet(text, rows, 1), 1);
}

static void softnet_before_5_10_is_in_order(void **state)
{
	static const char text[] = "00000001 00000000 00000000 " ZEROS6 " 00000000 00000000\n"
				   "00000002 00000000 00000000 " ZEROS6 " 00000000 00000000\n";
	struct softnet rows[2];

	assert_int_equal(counters_parse_softnet(text, rows, 2), 2);
	assert_int_equal(rows[1].cpu, 1);
	assert_int_equal(rows[1].processed, 2);
}

static void softnet_that_is_none(void **state)
{
	struct softnet rows[2];

	assert_int_equal(counters_parse_softnet("", rows, 2), -EBADMSG);
	assert_int_equal(counters_parse_softnet("1 2\n", rows, 2), -EBADMSG);
	assert_int_equal(counters_parse_softnet("1 2 words\n", rows, 2), -EBADMSG);
}

static void snmp_is_read_by_name(void **state)
{
	/* The columns stand in another order than the kernel's of today. */
	static const char text[] =
		"Icmp: InMsgs\nIcmp: 77\n"
		"Ip: OutNoRoutes Forwarding InHdrErrors InDiscards ForwDatagrams OutDiscards New\n"
		"Ip: 5 1 2 3 18446744073709551610 4 99\n"
		"Udp: InDatagrams\nUdp: 1\n";
	struct snap snap = {.rx_packets = 7};

	assert_int_equal(counters_parse_snmp(text, &snap), 0);
	assert_true(snap.ip_forwarded == 18446744073709551610ULL);
	assert_int_equal(snap.ip_in_hdr_errors, 2);
	assert_int_equal(snap.ip_in_discards, 3);
	assert_int_equal(snap.ip_out_discards, 4);
	assert_int_equal(snap.ip_no_routes, 5);
	assert_int_equal(snap.rx_packets, 7);
}

static void snmp_that_is_none(void **state)
{
	struct snap snap = {.ip_forwarded = 7};

	assert_int_equal(counters_parse_snmp("", &snap), -EBADMSG);
	assert_int_equal(counters_parse_snmp("Ip: Forwarding\n", &snap), -EBADMSG);
	assert_int_equal(counters_parse_snmp("Ip: Forwarding\nIp: 1\n", &snap), -EBADMSG);
	assert_int_equal(counters_parse_snmp("Ip: ForwDatagrams InDiscards OutDiscards InHdrErrors "
					     "OutNoRoutes\nIp: 1 2 3\n",
					     &snap),
			 -EBADMSG);
	assert_int_equal(snap.ip_forwarded, 7); /* untouched on failure */
}

static void conntrack_is_hexadecimal_and_summed(void **state)
{
	static const char text[] =
		"entries  clashres found new invalid ignore delete chainlength insert insert_failed "
		"drop early_drop icmp_error  expect_new expect_create expect_delete search_restart\n"
		"00000010  00000000 00000000 00000000 00000001 00000000 00000000 00000000 00000000 "
		"0000000a 00000003 00000004 00000000  00000000 00000000 00000000 00000000\n"
		"00000010  00000000 00000000 00000000 00000002 00000000 00000000 00000000 00000000 "
		"00000010 00000005 00000006 00000000  00000000 00000000 00000000 00000000\n";
	struct snap snap = {.conntrack_drop = 99};

	assert_int_equal(counters_parse_conntrack(text, &snap), 0);
	assert_int_equal(snap.conntrack_invalid, 3);
	assert_int_equal(snap.conntrack_insert_failed, 0x1a);
	assert_int_equal(snap.conntrack_drop, 8);
	assert_int_equal(snap.conntrack_early_drop, 10);
	assert_int_equal(counters_parse_conntrack("entries drop\n1 2\n", &snap), -EBADMSG);
}

static void run_time_of_a_task(void **state)
{
	uint64_t ns = 1;

	assert_int_equal(counters_parse_schedstat("123456789012 55 7\n", &ns), 0);
	assert_true(ns == 123456789012ULL);
	assert_int_equal(counters_parse_schedstat("", &ns), -EBADMSG);
	assert_int_equal(counters_parse_schedstat("x 1 2\n", &ns), -EBADMSG);
	assert_true(ns == 123456789012ULL);
}

static void steal_is_the_eighth_number(void **state)
{
	uint64_t ns = 0;

	assert_int_equal(
		counters_parse_steal("cpu  1 2 3 4 5 6 7 156 9 10\ncpu0 1 2 3\n", 100, &ns), 0);
	assert_true(ns == 1560 * NS_PER_MS);
	assert_int_equal(counters_parse_steal("cpu  1 2 3\n", 100, &ns), -EBADMSG);
	assert_int_equal(counters_parse_steal("intr 1\n", 100, &ns), -EBADMSG);
}

static void the_running_kernel_is_understood(void **state)
{
	struct fault fault = {0};
	struct snap snap;
	struct softnet rows[1024];

	assert_int_equal(counters_read("lo", &snap, &fault), 0);
	assert_true(counters_softnet(rows, 1024, &fault) >= 1);
	assert_int_equal(counters_read("nosuch0", &snap, &fault), -ENODEV);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(softnet_lines_carry_their_cpu),
		cmocka_unit_test(softnet_before_5_10_is_in_order),
		cmocka_unit_test(softnet_that_is_none),
		cmocka_unit_test(snmp_is_read_by_name),
		cmocka_unit_test(snmp_that_is_none),
		cmocka_unit_test(conntrack_is_hexadecimal_and_summed),
		cmocka_unit_test(run_time_of_a_task),
		cmocka_unit_test(steal_is_the_eighth_number),
		cmocka_unit_test(the_running_kernel_is_understood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
