// SPDX-License-Identifier: BSD-2-Clause
/* What a scenario file becomes. What is refused is in bench_scenario_refuse.c. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/scenario.h"

static struct scenario parse(const char *text, const char *const *overrides)
{
	struct scenario scenario;
	struct fault fault = {0};
	int err = scenario_parse("dir/some-name.yaml", text, strlen(text), overrides, &scenario,
				 &fault);

	if (err)
		fail_msg("refused: %s", fault.text);
	return scenario;
}

static void a_lab_alone_is_a_scenario(void **state)
{
	struct scenario scenario = parse("lab: {}\n", NULL);

	assert_string_equal(scenario.name, "some-name");
	assert_string_equal(scenario.question, "");
	assert_true(scenario.has_lab);
	assert_string_equal(scenario.lab.name, "pg");
	assert_string_equal(scenario.tester.via, "netns:pg-tester");
	assert_string_equal(scenario.tester.nic, "pg0");
	assert_int_equal(ntohl(scenario.tester.address), 0xc6120001);
	assert_string_equal(scenario.dut.via, "netns:pg-dut");
	assert_int_equal(ntohl(scenario.dut.address), 0xc6120002);
	assert_int_equal(scenario.nr_measures, 1);
	assert_int_equal(scenario.measures[0], MEASURE_RATE);
	assert_int_equal(scenario.repeat, 1);
	assert_int_equal(scenario.config.load.frame_bytes, 64);
	assert_int_equal(scenario.config.dut.plane, PLANE_XDP);
	assert_int_equal(scenario_points(&scenario), 1);
	assert_string_equal(scenario.text, "lab: {}\n");
	assert_int_equal(scenario.length, 8);
	scenario_done(&scenario);
	assert_null(scenario.text);
}

static void every_group_is_read(void **state)
{
	struct scenario scenario =
		parse("# Question: does it read?\n"
		      "name: all-of-it\n"
		      "lab: {name: two, channels: 8}\n"
		      "hosts: {tester: {cpus: '0'}, dut: {address: 198.18.0.2}}\n"
		      "service: {node_port: 31000, services: 4, backends: 3}\n"
		      "load:\n"
		      "  frame: 1024\n"
		      "  rate: 1.5M\n"
		      "  duration: 250ms\n"
		      "nic: {mtu: 3498, channels: 2}\n"
		      "dut: {plane: nftables}\n"
		      "peak: {trials: 3, duration: 1s}\n"
		      "sink: {mode: generic}\n"
		      "measure: [peak, rate]\n"
		      "repeat: 5\n",
		      NULL);

	assert_string_equal(scenario.question, "does it read?");
	assert_string_equal(scenario.name, "all-of-it");
	assert_string_equal(scenario.tester.via, "netns:two-tester");
	assert_string_equal(scenario.tester.cpus, "0");
	assert_int_equal(ntohl(scenario.dut.address), 0xc6120002);
	assert_int_equal(scenario.lab.channels, 8);
	assert_int_equal(scenario.config.service.node_port, 31000);
	assert_int_equal(scenario.config.service.services, 4);
	assert_int_equal(scenario.config.service.backends, 3);
	assert_int_equal(scenario.config.load.frame_bytes, 1024);
	assert_int_equal(scenario.config.load.rate_pps, 1500000);
	assert_int_equal(scenario.config.load.duration_ns, 250000000);
	assert_int_equal(scenario.config.nic.mtu, 3498);
	assert_int_equal(scenario.config.nic.channels, 2);
	assert_int_equal(scenario.config.dut.plane, PLANE_NFTABLES);
	assert_int_equal(scenario.config.peak.trials, 3);
	assert_int_equal(scenario.config.peak.duration_ns, 1000000000);
	assert_int_equal(scenario.config.sink.mode, XDP_MODE_GENERIC);
	assert_int_equal(scenario.nr_measures, 2);
	assert_int_equal(scenario.measures[0], MEASURE_PEAK);
	assert_int_equal(scenario.measures[1], MEASURE_RATE);
	assert_int_equal(scenario.repeat, 5);
	assert_int_equal(scenario_trials(&scenario, &scenario.config), 4);
	scenario_done(&scenario);
}

static void hosts_need_no_lab(void **state)
{
	struct scenario scenario = parse("hosts:\n"
					 "  tester: {via: 'netns:a', nic: eth1}\n"
					 "  dut: {via: local, nic: eth2}\n",
					 NULL);

	assert_false(scenario.has_lab);
	assert_string_equal(scenario.tester.via, "netns:a");
	assert_string_equal(scenario.dut.via, "local");
	assert_string_equal(scenario.dut.nic, "eth2");
	assert_int_equal(scenario.tester.address, 0);
	scenario_done(&scenario);
}

static void the_last_axis_is_fastest(void **state)
{
	struct scenario scenario = parse("lab: {}\n"
					 "load: {rate: 1k}\n"
					 "sweep:\n"
					 "  dut.plane: [wire, xdp]\n"
					 "  load.frame: 128\n"
					 "  nic.mtu: [1500, 3498, keep]\n",
					 NULL);
	uint32_t digits[SCENARIO_MAX_AXES];
	struct config config;

	assert_int_equal(scenario.nr_axes, 3);
	assert_string_equal(scenario.axes[0].path, "dut.plane");
	assert_int_equal(scenario.axes[1].nr_values, 1);
	assert_string_equal(scenario.axes[2].values[2], "keep");
	assert_int_equal(scenario_points(&scenario), 6);
	scenario_point(&scenario, 4, &config, digits);
	assert_int_equal(config.dut.plane, PLANE_XDP);
	assert_int_equal(config.nic.mtu, 3498);
	assert_int_equal(config.load.frame_bytes, 128);
	assert_int_equal(config.load.rate_pps, 1000);
	assert_int_equal(digits[0], 1);
	assert_int_equal(digits[1], 0);
	assert_int_equal(digits[2], 1);
	scenario_point(&scenario, 2, &config, NULL);
	assert_int_equal(config.dut.plane, PLANE_WIRE);
	assert_int_equal(config.nic.mtu, 0);
	scenario_done(&scenario);
}

static void a_field_that_is_set_and_swept_is_swept(void **state)
{
	struct scenario scenario = parse("lab: {}\n"
					 "nic: {mtu: 9000}\n"
					 "sweep: {nic.mtu: [1500]}\n",
					 NULL);
	struct config config;

	scenario_point(&scenario, 0, &config, NULL);
	assert_int_equal(config.nic.mtu, 1500);
	scenario_done(&scenario);
}

static void aliases_and_flow_style_are_yaml(void **state)
{
	struct scenario scenario = parse("{\"lab\": {}, load: {frame: &size 512},\n"
					 " sweep: {load.frame: [*size, 64]}}\n",
					 NULL);

	assert_string_equal(scenario.axes[0].values[0], "512");
	scenario_done(&scenario);
}

static void the_question_is_the_first_comment(void **state)
{
	static const struct {
		const char *text, *question;
	} cases[] = {
		{"# Question: why?\nlab: {}\n", "why?"},
		{"#why?  \r\nlab: {}\n", "why?"},
		{"## why?\n# not this\nlab: {}\n", "why?"},
		{"lab: {} # not this\n", ""},
		{"#\nlab: {}\n", ""},
		{"# Question:\nlab: {}\n", ""},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct scenario scenario = parse(cases[i].text, NULL);

		assert_string_equal(scenario.question, cases[i].question);
		scenario_done(&scenario);
	}
}

/* JSON takes no half characters. */
static void a_long_question_ends_with_a_whole_character(void **state)
{
	char text[600] = "#x";
	struct scenario scenario;

	for (int i = 0; i < 200; i++)
		strcat(text, "\xc3\xa9");
	strcat(text, "\nlab: {}\n");
	scenario = parse(text, NULL);
	assert_int_equal(strlen(scenario.question), 255);
	scenario_done(&scenario);
	memmove(text + 1, text + 2, strlen(text + 2) + 1);
	scenario = parse(text, NULL);
	assert_int_equal(strlen(scenario.question), 254);
	scenario_done(&scenario);
}

static const char swept[] = "lab: {}\n"
			    "hosts: {tester: {via: 'netns:pg-tester'}}\n"
			    "load: {frame: 64}\n"
			    "sweep: {nic.mtu: [1500, 3498], nic.channels: [1, 2]}\n"
			    "measure: [rate, peak]\n";

static void overrides_come_after_the_file(void **state)
{
	static const char *const overrides[] = {
		"load.rate=1000",  "load.rate=2k",   "measure=peak",     "repeat=3",
		"name=other-name", "load.frame=128", "hosts.dut.cpus=1", NULL};
	struct scenario scenario = parse(swept, overrides);

	assert_int_equal(scenario.config.load.rate_pps, 2000);
	assert_int_equal(scenario.config.load.frame_bytes, 128);
	assert_int_equal(scenario.nr_measures, 1);
	assert_int_equal(scenario.measures[0], MEASURE_PEAK);
	assert_int_equal(scenario.repeat, 3);
	assert_string_equal(scenario.name, "other-name");
	assert_string_equal(scenario.dut.cpus, "1");
	assert_int_equal(scenario.nr_axes, 2);
	assert_string_equal(scenario.text, swept);
	scenario_done(&scenario);
}

static void an_override_replaces_or_adds_an_axis(void **state)
{
	static const char *const overrides[] = {"sweep.nic.mtu=keep,9000,3000", "sink.mode=generic",
						"sweep.dut.plane=nftables", "measure=peak,rate",
						NULL};
	struct scenario scenario = parse(swept, overrides);

	assert_int_equal(scenario.nr_axes, 3);
	assert_string_equal(scenario.axes[0].path, "nic.mtu");
	assert_int_equal(scenario.axes[0].nr_values, 3);
	assert_string_equal(scenario.axes[0].values[2], "3000");
	assert_string_equal(scenario.axes[1].path, "nic.channels");
	assert_string_equal(scenario.axes[2].path, "dut.plane");
	assert_int_equal(scenario.measures[0], MEASURE_PEAK);
	assert_int_equal(scenario.nr_measures, 2);
	scenario_done(&scenario);
}

static void an_override_of_a_swept_field_leaves_one_value(void **state)
{
	static const char *const overrides[] = {"nic.mtu=2000", NULL};
	struct scenario scenario = parse(swept, overrides);
	struct config config;

	assert_int_equal(scenario.nr_axes, 2);
	assert_int_equal(scenario.axes[0].nr_values, 1);
	assert_string_equal(scenario.axes[0].values[0], "2000");
	assert_int_equal(scenario_points(&scenario), 2);
	scenario_point(&scenario, 1, &config, NULL);
	assert_int_equal(config.nic.mtu, 2000);
	assert_int_equal(config.nic.channels, 2);
	scenario_done(&scenario);
}

/* The tester is spelled out in the file, the DUT is a default. */
static void hosts_move_with_a_renamed_lab(void **state)
{
	static const char *const overrides[] = {"lab.name=foo", "lab.channels=2", NULL};
	struct scenario scenario = parse(swept, overrides);

	assert_string_equal(scenario.tester.via, "netns:foo-tester");
	assert_string_equal(scenario.dut.via, "netns:foo-dut");
	assert_int_equal(scenario.lab.channels, 2);
	scenario_done(&scenario);
}

static void sets_are_taken_out_of_argv(void **state)
{
	char *argv[] = {"plan",   "--set", "a=1",   "x.yaml", "--set=b=2",
			"--json", "--",    "--set", NULL};
	const char *sets[9];
	struct fault fault = {0};

	assert_int_equal(scenario_take_sets(8, argv, sets, &fault), 5);
	assert_string_equal(sets[0], "a=1");
	assert_string_equal(sets[1], "b=2");
	assert_null(sets[2]);
	assert_string_equal(argv[1], "x.yaml");
	assert_string_equal(argv[2], "--json");
	assert_string_equal(argv[3], "--");
	assert_string_equal(argv[4], "--set");
	assert_null(argv[5]);
	argv[1] = "--set";
	assert_int_equal(scenario_take_sets(2, argv, sets, &fault), -EINVAL);
	assert_int_equal(fault.code, EXIT_USAGE);
}

/* What is shipped must run; -o and the README name these. */
static void shipped_scenarios_are_good(void **state)
{
	static const struct {
		const char *name;
		uint32_t points;
	} files[] = {{"quickstart", 12}, {"mtu-channels", 36}, {"smoke", 2}};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct scenario scenario;
		struct fault fault = {0};
		char file[4096];

		snprintf(file, sizeof(file), PG_SOURCE_DIR "/scenarios/%s.yaml", files[i].name);
		if (scenario_load(file, NULL, &scenario, &fault))
			fail_msg("%s", fault.text);
		assert_string_equal(scenario.name, files[i].name);
		assert_int_equal(scenario_points(&scenario), files[i].points);
		assert_true(scenario.question[0]);
		assert_true(scenario.has_lab);
		scenario_done(&scenario);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lab_alone_is_a_scenario),
		cmocka_unit_test(every_group_is_read),
		cmocka_unit_test(hosts_need_no_lab),
		cmocka_unit_test(the_last_axis_is_fastest),
		cmocka_unit_test(a_field_that_is_set_and_swept_is_swept),
		cmocka_unit_test(aliases_and_flow_style_are_yaml),
		cmocka_unit_test(the_question_is_the_first_comment),
		cmocka_unit_test(a_long_question_ends_with_a_whole_character),
		cmocka_unit_test(overrides_come_after_the_file),
		cmocka_unit_test(an_override_replaces_or_adds_an_axis),
		cmocka_unit_test(an_override_of_a_swept_field_leaves_one_value),
		cmocka_unit_test(hosts_move_with_a_renamed_lab),
		cmocka_unit_test(sets_are_taken_out_of_argv),
		cmocka_unit_test(shipped_scenarios_are_good),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
