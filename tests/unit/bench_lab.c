// SPDX-License-Identifier: BSD-2-Clause
/* The lab and its proof, in namespaces of the test's own. */
#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "bench/lab.h"
#include "lib/cpu.h"
#include "lib/netif.h"
#include "lib/netns.h"

static const struct lab lab = {.name = "pg-unit", .channels = 2};

static void separate_is_by_packets_and_by_time(void **state)
{
	struct lab_proof good = {.packets = 20000, .dut_cpu = 20006, .dut_napi_cpu_ns = 9000000};
	struct lab_proof bad;

	assert_true(lab_is_separate(&good));
	/* The rest of the machine may use the tester's CPU. */
	good.tester_cpu = 1000000;
	assert_true(lab_is_separate(&good));
	bad = good; /* inline in the sender: the threads are idle */
	bad.dut_napi_cpu_ns = 0;
	assert_false(lab_is_separate(&bad));
	bad = good; /* the threads ran, but elsewhere */
	bad.dut_cpu = 17000;
	assert_false(lab_is_separate(&bad));
	bad = good; /* nothing came: nothing is shown */
	bad.packets = 0;
	assert_false(lab_is_separate(&bad));
}

struct footprint {
	ino_t netns, mounts;
	cpu_set_t cpus;
	int nr_fds;
};

static struct footprint look(void)
{
	struct footprint footprint = {0};
	struct stat file;
	DIR *fds = opendir("/proc/self/fd");

	while (readdir(fds))
		footprint.nr_fds++;
	closedir(fds);
	stat("/proc/self/ns/net", &file);
	footprint.netns = file.st_ino;
	stat("/proc/self/ns/mnt", &file);
	footprint.mounts = file.st_ino;
	sched_getaffinity(0, sizeof(footprint.cpus), &footprint.cpus);
	return footprint;
}

static void nothing_of_the_process_changes(void **state)
{
	struct fault fault = {0};
	struct lab_session *session;
	struct footprint before, after;

	if (geteuid())
		skip();
	before = look();
	assert_int_equal(lab_open(&lab, &session, &fault), 0);
	after = look();
	assert_memory_equal(&before, &after, sizeof(before));
	assert_int_equal(lab_open(&lab, &session, &fault), -EEXIST);
	assert_non_null(strstr(fault.text, "pg-unit-tester"));
	assert_int_equal(lab_close(session, &fault), 0);
	after = look();
	assert_memory_equal(&before, &after, sizeof(before));
	assert_int_equal(access("/run/netns/pg-unit-tester", F_OK), -1);
	assert_int_equal(access("/run/netns/pg-unit-dut", F_OK), -1);
	assert_int_equal(lab_close(NULL, NULL), 0);
}

static void put_segmentation(const char *netns, bool on)
{
	struct fault fault = {0};
	int home = netns_visit(netns, &fault);

	assert_true(home >= 0);
	assert_int_equal(netif_set_feature(LAB_NIC, "tx-tcp-segmentation", on, &fault), 0);
	assert_int_equal(netns_return(home, &fault), 0);
}

/* The trap that the proof is for: one TSO bit at the tester, and its CPU does the DUT's work. */
static void one_segmentation_bit_is_found_out(void **state)
{
	struct fault fault = {0};
	struct lab_session *session;
	struct lab_proof proof = {0};
	bool proved, found_out;

	if (geteuid() || cpu_count() < 2)
		skip();
	assert_int_equal(lab_open(&lab, &session, &fault), 0);
	proved = session->proof.separate;
	put_segmentation(session->tester, true);
	found_out = !lab_prove(session, &proof, &fault) && !proof.separate;
	assert_int_equal(lab_close(session, &fault), 0);
	assert_true(proved);
	assert_true(found_out);
	/* It is the time that tells: the threads had nothing to do. */
	assert_true(proof.dut_napi_cpu_ns < proof.packets * 50);
}

static void a_bad_name_is_refused(void **state)
{
	static const char *const names[] = {"", "a/b", ".x", "a b"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct fault fault = {0};
		struct lab bad = lab;
		struct lab_session *session = NULL;

		snprintf(bad.name, sizeof(bad.name), "%s", names[i]);
		assert_int_equal(lab_open(&bad, &session, &fault), -EINVAL);
		assert_int_equal(fault.code, EXIT_USAGE);
		assert_null(session);
	}
}

int main(void)
{
	char folder[] = "/tmp/pg-lab-XXXXXX";
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(separate_is_by_packets_and_by_time),
		cmocka_unit_test(a_bad_name_is_refused),
		cmocka_unit_test(nothing_of_the_process_changes),
		cmocka_unit_test(one_segmentation_bit_is_found_out),
	};
	int failed;

	if (!mkdtemp(folder))
		return 1;
	setenv("PORTGAUGE_RUN_DIR", folder, 1);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rmdir(folder);
	return failed;
}
