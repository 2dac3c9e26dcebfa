/* SPDX-License-Identifier: BSD-2-Clause */
/* A scenario file as a struct. Reading touches nothing but the file. */
#ifndef PORTGAUGE_SCENARIO_H
#define PORTGAUGE_SCENARIO_H

#include <stddef.h>
#include <stdint.h>

#include "lib/model.h"

enum { SCENARIO_MAX_AXES = 8, SCENARIO_MAX_VALUES = 32, SCENARIO_MAX_MEASURES = 8 };
enum { SCENARIO_MAX_BYTES = 1 << 20, SCENARIO_MAX_TRIALS = 100000 };

/* One swept field: "nic.mtu" is field `mtu` of the group `nic` of struct config. */
struct axis {
	char path[64];
	const struct field *group; /* of config_table */
	const struct field *field;
	uint32_t nr_values;
	char values[SCENARIO_MAX_VALUES][64]; /* texts that the field accepts */
};

struct scenario {
	char name[64];
	char question[256]; /* the file's first comment */
	struct host tester, dut;
	bool has_lab;
	struct lab lab;
	struct config config; /* before the sweep */
	uint32_t nr_axes;
	struct axis axes[SCENARIO_MAX_AXES];
	uint32_t nr_measures;
	uint32_t measures[SCENARIO_MAX_MEASURES]; /* enum measure */
	uint32_t repeat;
	char *text; /* the file verbatim; heap */
	size_t length;
};

extern const struct field_table scenario_table; /* name, repeat: the scalar top-level keys */

/*
 * Reads and checks a file, then the overrides ("load.rate=1000", "measure=rate", "repeat=3",
 * "sweep.nic.mtu=1500,3498", "hosts.dut.nic=eth1"): NULL-terminated, may be NULL. -EINVAL with a
 * fault (EXIT_USAGE) of the form "FILE:LINE:COLUMN: what was found; allowed: ..." (for an override
 * "--set KEY=VALUE: ..."). Impossible combinations (scenario_check) are refused here too.
 *
 * A field that is both set and swept is swept. An override of a swept field leaves its axis with
 * that one value, so that records keep their columns; "sweep.G.F=..." replaces the axis or adds
 * one. "lab.name=x" renames the hosts that are in the lab's namespaces, spelled out or not.
 */
int scenario_load(const char *file, const char *const *overrides, struct scenario *ret_scenario,
		  struct fault *fault);

/* The same from memory; `file` names the text in faults. */
int scenario_parse(const char *file, const char *text, size_t length, const char *const *overrides,
		   struct scenario *ret_scenario, struct fault *fault);

/* Accepts a zeroed scenario. */
void scenario_done(struct scenario *scenario);

/* Points of the cross product; 1 without axes. */
uint64_t scenario_points(const struct scenario *scenario);

/* Point `index` of the cross product, last axis fastest: its configuration, and the number of
 * its value on each axis (`ret_digits` may be NULL). */
void scenario_point(const struct scenario *scenario, uint32_t index, struct config *ret_config,
		    uint32_t ret_digits[SCENARIO_MAX_AXES]);

/* Trials of one point in one repeat, all measures. */
uint32_t scenario_trials(const struct scenario *scenario, const struct config *config);

/*
 * Takes every "--set KEY=VALUE" and "--set=KEY=VALUE" out of argv, for the commands that read a
 * scenario: `ret_sets` has room for argc texts and a NULL. Returns the new argc or -EINVAL.
 */
int scenario_take_sets(int argc, char **argv, const char **ret_sets, struct fault *fault);

#endif
