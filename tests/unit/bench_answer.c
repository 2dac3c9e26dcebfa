// SPDX-License-Identifier: BSD-2-Clause
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bench/answer.h"

/* One row as it comes out of points_init. */
struct given {
	const char *plane, *mtu;
	double peak_pps; /* NAN: no trusted trial */
	const char *limit;
};

enum { MAX_ROWS = 8 };

struct fixture {
	struct run_record record;
	struct points points;
	struct point_row rows[MAX_ROWS];
	char values[MAX_ROWS][SCENARIO_MAX_AXES][64];
};

static void make(struct fixture *fixture, const struct given *given, uint32_t count)
{
	memset(fixture, 0, sizeof(*fixture));
	fixture->record.nr_axes = 2;
	strcpy(fixture->record.axes[0], "dut.plane");
	strcpy(fixture->record.axes[1], "nic.mtu");
	fixture->record.points = (void *)fixture->values;
	fixture->record.nr_points = count;
	fixture->points = (struct points){
		.record = &fixture->record, .rows = fixture->rows, .nr_rows = count};
	for (uint32_t i = 0; i < count; i++) {
		strcpy(fixture->values[i][0], given[i].plane);
		strcpy(fixture->values[i][1], given[i].mtu);
		fixture->rows[i] = (struct point_row){.measure = MEASURE_PEAK, .point = i};
		fixture->rows[i].metrics.forwarding_pps = given[i].peak_pps;
		strcpy(fixture->rows[i].metrics.limit, given[i].limit);
	}
}

static void assert_says(struct fixture *fixture, const char *expected)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	answer_print(&fixture->points, out);
	fclose(out);
	if (!strstr(text, expected))
		fail_msg("'%s' lacks '%s'", text, expected);
	free(text);
}

#define make_of(fixture, given) make(fixture, given, sizeof(given) / sizeof((given)[0]))

static void test_faster_plane_is_named_first(void **state)
{
	static const struct given given[] = {
		{"nftables", "1500", 0.5e6, "dut"}, {"nftables", "3498", 0.4e6, "dut"},
		{"xdp", "1500", 1.0e6, "dut"},      {"xdp", "3498", 1.2e6, "dut"},
		{"wire", "1500", 9e6, "tester_tx"},
	};
	struct fixture fixture;

	make_of(&fixture, given);
	assert_says(&fixture, "xdp forwards 2.50 times what nftables does (median of the 2 points "
			      "they share;\n2.00 to 3.00).");
	assert_says(&fixture, "the DUT at 4, the generator at 1 of 5 points.");
}

static void test_only_shared_points_count(void **state)
{
	static const struct given given[] = {
		{"xdp", "1500", 1.0e6, "dut"},
		{"xdp", "3498", 9.0e6, "dut"},
		{"nftables", "1500", 0.5e6, "dut"},
		{"nftables", "3498", NAN, ""},
	};
	struct fixture fixture;

	make_of(&fixture, given);
	assert_says(&fixture, "At maximum load xdp forwards 2.00 times what nftables does.\n");
	assert_says(&fixture, "the DUT at 3 of 3 points.");
}

static void test_one_plane_gives_its_best_point(void **state)
{
	static const struct given given[] = {
		{"wire", "1500", 2.0e6, "dut"},
		{"xdp", "1500", 1.0e6, "dut"},
		{"xdp", "3498", 1.25e6, "dut"},
	};
	struct fixture fixture;

	make_of(&fixture, given);
	assert_says(&fixture, "The highest forwarding rate is 1.250 Mpps, at dut.plane xdp, "
			      "nic.mtu 3498.\n");
}

static void test_fixed_rate_tells_loss(void **state)
{
	static const struct given given[] = {
		{"xdp", "1500", 1000, "none"},
		{"nftables", "1500", 1000, "dut"},
	};
	struct fixture fixture;

	make_of(&fixture, given);
	fixture.rows[0].measure = MEASURE_RATE;
	fixture.rows[1].measure = MEASURE_RATE;
	fixture.rows[1].metrics.loss_ratio = 0.001;
	assert_says(&fixture, "At the fixed rate 1 of 2 points lost nothing (median trial).\n");
}

static void test_ceiling_is_wire_at_the_same_other_axes(void **state)
{
	static const struct given given[] = {
		{"wire", "1500", 1.0e6, "dut"}, {"wire", "3498", 2.0e6, "dut"},
		{"xdp", "1500", 0.96e6, "dut"}, {"xdp", "3498", 1.0e6, "dut"},
		{"xdp", "9000", 1.0e6, "dut"},  {"nftables", "1500", NAN, ""},
	};
	struct fixture fixture;

	make_of(&fixture, given);
	assert_true(answer_ceiling(&fixture.points, &fixture.rows[2]) >= ANSWER_CEILING);
	assert_true(fabs(answer_ceiling(&fixture.points, &fixture.rows[3]) - 0.5) < 1e-12);
	assert_true(isnan(answer_ceiling(&fixture.points, &fixture.rows[0])));
	assert_true(isnan(answer_ceiling(&fixture.points, &fixture.rows[4])));
	assert_true(isnan(answer_ceiling(&fixture.points, &fixture.rows[5])));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_faster_plane_is_named_first),
		cmocka_unit_test(test_only_shared_points_count),
		cmocka_unit_test(test_one_plane_gives_its_best_point),
		cmocka_unit_test(test_fixed_rate_tells_loss),
		cmocka_unit_test(test_ceiling_is_wire_at_the_same_other_axes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
