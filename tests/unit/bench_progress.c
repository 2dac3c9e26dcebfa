// SPDX-License-Identifier: BSD-2-Clause
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bench/progress.h"
#include "lib/clock.h"

enum { NR_TRIALS = 10 };

struct world {
	struct scenario scenario;
	struct point point;
	struct trial trials[NR_TRIALS];
	struct plan plan;
	struct progress progress;
	FILE *out;
};

static int set_up(void **state)
{
	struct world *world = calloc(1, sizeof(*world));

	world->scenario.nr_axes = 2;
	strcpy(world->scenario.axes[0].path, "dut.plane");
	strcpy(world->scenario.axes[1].path, "nic.mtu");
	world->point.values[0] = "wire";
	world->point.values[1] = "1500";
	for (uint32_t i = 0; i < NR_TRIALS; i++) {
		world->trials[i].id = i + 1;
		world->trials[i].repeat = 1;
		world->trials[i].load.duration_ns = NS_PER_S;
	}
	world->plan = (struct plan){.scenario = &world->scenario,
				    .nr_points = 1,
				    .points = &world->point,
				    .nr_trials = NR_TRIALS,
				    .trials = world->trials};
	world->out = tmpfile();
	progress_init(&world->progress, &world->plan, world->out);
	*state = world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;

	fclose(world->out);
	free(world);
	return 0;
}

static const char *written(struct world *world, char *buffer, size_t size)
{
	size_t length;

	rewind(world->out);
	length = fread(buffer, 1, size - 1, world->out);
	buffer[length] = '\0';
	return buffer;
}

static void elsewhere_than_on_a_terminal_each_trial_is_a_line(void **state)
{
	struct world *world = *state;
	struct trial *trial = &world->trials[0];
	char text[1024];

	progress_doing(&world->progress, "sets the point up");
	progress_begin(&world->progress, trial);
	progress_live(&world->progress, 1e6);
	progress_draw(&world->progress);
	assert_string_equal(written(world, text, sizeof(text)), "");
	trial->outcome.forwarding_pps = 1050000;
	trial->outcome.loss_ratio = 0.25;
	trial->verdict.trusted = true;
	progress_end(&world->progress, trial);
	written(world, text, sizeof(text));
	assert_non_null(strstr(text, "trial 1 of 10"));
	assert_non_null(strstr(text, "plane=wire mtu=1500"));
	assert_non_null(strstr(text, "1.05 Mpps"));
	assert_non_null(strstr(text, "loss 25.00 %"));
	assert_null(strchr(text, '\r'));
	assert_null(strstr(text, "not trusted"));
	assert_int_equal(text[strlen(text) - 1], '\n');
}

static void a_terminal_has_one_line_drawn_again(void **state)
{
	struct world *world = *state;
	char text[1024];

	world->progress.terminal = true;
	progress_begin(&world->progress, &world->trials[4]);
	progress_live(&world->progress, 12345);
	world->trials[4].verdict.trusted = true;
	progress_end(&world->progress, &world->trials[4]);
	progress_clear(&world->progress);
	written(world, text, sizeof(text));
	assert_null(strchr(text, '\n'));
	assert_int_equal(text[0], '\r');
	assert_non_null(strstr(text, "[########............] trial 5 of 10"));
	/* 80 columns where the width is not known, and the last one stays free. */
	for (char *line = strtok(text, "\r"); line; line = strtok(NULL, "\r"))
		assert_true(strlen(line) - strlen("\033[K") < 80);
}

static void what_is_not_trusted_is_counted_and_said(void **state)
{
	struct world *world = *state;
	char text[1024];

	world->trials[2].verdict.nr_reasons = 1;
	strcpy(world->trials[2].verdict.reasons[0], "the ledger does not balance");
	world->trials[2].outcome.forwarding_pps = NAN;
	world->trials[2].outcome.loss_ratio = NAN;
	progress_end(&world->progress, &world->trials[2]);
	assert_int_equal(world->progress.nr_untrusted, 1);
	assert_non_null(strstr(written(world, text, sizeof(text)),
			       "not trusted: the ledger does not balance"));
	assert_null(strstr(text, "nan"));
}

static void time_left_follows_what_the_trials_took(void **state)
{
	struct world *world = *state;
	const uint64_t whole = plan_estimate_ns(&world->plan, 0);
	uint64_t done, left;

	assert_int_equal(progress_left_ns(&world->progress, 1), whole);
	world->progress.begun_ns = 1000;
	world->progress.index = 5;
	left = plan_estimate_ns(&world->plan, 5);
	done = whole - left;
	/* Twice as slow as estimated. */
	assert_in_range(progress_left_ns(&world->progress, 1000 + 2 * done), 2 * left - 1000,
			2 * left + 1000);
	world->progress.index = NR_TRIALS;
	assert_int_equal(progress_left_ns(&world->progress, 1000 + done), 0);
}

static void figures_are_said_as_a_person_says_them(void **state)
{
	char text[64];

	assert_string_equal(progress_time(59 * NS_PER_S, text, sizeof(text)), "59 s");
	assert_string_equal(progress_time(95 * NS_PER_S, text, sizeof(text)), "1 min 35 s");
	assert_string_equal(progress_time(3725 * NS_PER_S, text, sizeof(text)), "1 h 2 min");
	assert_string_equal(progress_rate(999, text, sizeof(text)), "999 pps");
	assert_string_equal(progress_rate(20000, text, sizeof(text)), "20.0 kpps");
	assert_string_equal(progress_rate(1.234e6, text, sizeof(text)), "1.23 Mpps");
	assert_string_equal(progress_rate(NAN, text, sizeof(text)), "no rate");
}

#define world_test(test_) cmocka_unit_test_setup_teardown(test_, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(elsewhere_than_on_a_terminal_each_trial_is_a_line),
		world_test(a_terminal_has_one_line_drawn_again),
		world_test(what_is_not_trusted_is_counted_and_said),
		world_test(time_left_follows_what_the_trials_took),
		world_test(figures_are_said_as_a_person_says_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
