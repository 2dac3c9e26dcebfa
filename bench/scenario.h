/* SPDX-License-Identifier: BSD-2-Clause */
/* A scenario file as a struct. Reading touches nothing but the file. */
#ifndef PORTGAUGE_SCENARIO_H
#define PORTGAUGE_SCENARIO_H

#include <stddef.h>
#include <stdint.h>

#include "lib/model.h"

enum { SCENARIO_MAX_AXES = 8, SCENARIO_MAX_VALUES = 32, SCENARIO_MAX_MEASURES = 8 };

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
 * "sweep.nic.mtu=1500,3498"): NULL-terminated, may be NULL. -EINVAL with a fault (EXIT_USAGE) of
 * the form "FILE:LINE:COLUMN: what was found; allowed: ..." (for an override "--set KEY=VALUE: ...").
 * Impossible combinations (scenario_check) are refused here too.
 */
int scenario_load(const char *file, const char *const *overrides, struct scenario *ret_scenario,
		  struct fault *fault);

void scenario_done(struct scenario *scenario);

#endif
