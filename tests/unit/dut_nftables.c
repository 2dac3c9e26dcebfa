// SPDX-License-Identifier: BSD-2-Clause
/* The rules of the nftables plane as text; that nft takes them is tests/lab/planes.sh's business. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "dut/kernel.h"
#include "dut/ruleset.h"

static struct plane_job make_job(uint32_t services, uint32_t backends)
{
	return (struct plane_job){
		.path = {.nic = "pg0",
			 .node = inet_addr("198.18.0.2"),
			 .backends = inet_addr("198.18.1.1")},
		.service = {.node_port = 30401,
			    .services = services,
			    .backends = backends,
			    .backend_port = 8080},
		.flows = 1024,
	};
}

/* Heap. */
static char *write_text(const struct plane_job *job)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_int_equal(ruleset_write(out, job), 0);
	fclose(out);
	return text;
}

static char *read_file(const char *path)
{
	FILE *in = fopen(path, "r");
	char *text = calloc(1, 1 << 16);

	assert_non_null(in);
	assert_true(fread(text, 1, (1 << 16) - 1, in) > 0);
	fclose(in);
	return text;
}

static uint32_t count(const char *text, const char *word)
{
	uint32_t nr = 0;

	while ((text = strstr(text, word))) {
		text += strlen(word);
		nr++;
	}
	return nr;
}

static const char golden_path[] = PG_SOURCE_DIR "/tests/golden/nftables.nft";

/* REGENERATE=1 writes the golden file anew: read the diff before you commit it. */
static void regenerate(const char *text)
{
	FILE *out = getenv("REGENERATE") ? fopen(golden_path, "w") : NULL;

	if (!out)
		return;
	fputs(text, out);
	fclose(out);
}

static void test_golden(void **state)
{
	struct plane_job job = make_job(2, 2);
	char *text = write_text(&job);
	char *golden;

	regenerate(text);
	golden = read_file(golden_path);
	assert_string_equal(text, golden);
	free(golden);
	free(text);
}

static void test_one_of_each_a_service(void **state)
{
	enum { SERVICES = 5, BACKENDS = 3 };
	struct plane_job job = make_job(SERVICES, BACKENDS);
	char *text = write_text(&job);

	assert_int_equal(count(text, "add chain ip kube-proxy service-"), SERVICES + 1);
	assert_int_equal(count(text, "add chain ip kube-proxy external-"), SERVICES);
	assert_int_equal(count(text, "add chain ip kube-proxy endpoint-"), SERVICES * BACKENDS);
	assert_int_equal(count(text, "numgen random mod 3 vmap"), SERVICES);
	assert_int_equal(count(text, "service-nodeports { udp . "), SERVICES);
	assert_int_equal(count(text, "dnat to 198.18.1.3:8080"), SERVICES);
	assert_int_equal(count(text, "udp . 30405 : goto external-"), 1);
	assert_int_equal(count(text, "masquerade fully-random"), 1);
	free(text);
}

/* nft reads no line twice: a chain must be there before a rule or map names it. */
static void test_chains_before_their_use(void **state)
{
	struct plane_job job = make_job(1, 1);
	char *text = write_text(&job);
	const char *chain = strstr(text, "add chain ip kube-proxy endpoint-");
	const char *use = strstr(text, "goto endpoint-");

	assert_non_null(chain);
	assert_non_null(use);
	assert_true(chain < use);
	free(text);
}

static void test_largest(void **state)
{
	struct plane_job job = make_job(MODEL_MAX_SERVICES, MODEL_MAX_BACKENDS);
	char *text = write_text(&job);

	assert_int_equal(count(text, " 63 : goto endpoint-"), MODEL_MAX_SERVICES);
	assert_int_equal(count(text, "198.19.129.0"), 3);
	free(text);
}

static void test_write_error(void **state)
{
	struct plane_job job = make_job(1, 1);
	FILE *full = fopen("/dev/full", "w");

	assert_non_null(full);
	assert_true(ruleset_write(full, &job) < 0);
	fclose(full);
}

static void test_knob_paths(void **state)
{
	char path[96];

	kernel_knob_path("net/ipv4/ip_forward", "pg0", path, sizeof(path));
	assert_string_equal(path, "net/ipv4/ip_forward");
	kernel_knob_path("net/ipv4/conf/%s/rp_filter", "eth0.10", path, sizeof(path));
	assert_string_equal(path, "net/ipv4/conf/eth0.10/rp_filter");
}

static void test_read(void **state)
{
	struct fault fault = {0};
	uint64_t value;

	assert_int_equal(kernel_read_knob("kernel/pid_max", &value, &fault), 0);
	assert_true(value > 0);
	assert_int_equal(kernel_forwarded(&value, &fault), 0);
	value = 42;
	assert_true(kernel_read_knob("net/no/such/knob", &value, &fault) < 0);
	assert_int_equal(value, 42);
	assert_non_null(strstr(fault.text, "net/no/such/knob"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_one_of_each_a_service),
		cmocka_unit_test(test_chains_before_their_use),
		cmocka_unit_test(test_largest),
		cmocka_unit_test(test_write_error),
		cmocka_unit_test(test_knob_paths),
		cmocka_unit_test(test_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
