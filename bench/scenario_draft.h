/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A scenario while it is being read: the values, and the place that each came from. The YAML walk
 * (scenario_read.c) and the overrides (scenario_set.c) fill it, scenario_check.c judges it.
 */
#ifndef PORTGAUGE_SCENARIO_DRAFT_H
#define PORTGAUGE_SCENARIO_DRAFT_H

#include "bench/place.h"
#include "bench/scenario.h"
#include "bench/scenario_yaml.h"

enum { DRAFT_MAX_MARKS = 128 };

struct draft {
	struct scenario *scenario;
	const char *file;
	struct fault *fault;
	/* "load", "load.frame", "hosts.dut.nic", "repeat", ... that were given */
	uint32_t nr_marks;
	struct {
		char path[64];
		struct place place;
	} marks[DRAFT_MAX_MARKS];
	struct place axes[SCENARIO_MAX_AXES];
	struct place values[SCENARIO_MAX_AXES][SCENARIO_MAX_VALUES];
};

/* An object of the scenario that has a field table. */
struct group {
	char path[32]; /* "load", "lab", "hosts.dut"; "" for the top level's own fields */
	const struct field_table *table;
	void *object;
};

/* -EINVAL with a fault at the place. */
int draft_fault(struct draft *draft, const struct place *place, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Where a path was given; nowhere (line 0) if it was not. */
struct place draft_place(const struct draft *draft, const char *path);
bool draft_given(const struct draft *draft, const char *path);
void draft_mark(struct draft *draft, const char *path, const struct place *place);

/* "PREFIXunknown key 'FOUND'; allowed: ...". */
int draft_unknown_key(struct draft *draft, const struct place *place, const char *prefix,
		      const char *found, const char *const *words);

/* The group of that path; false if there is none. */
bool draft_group(struct draft *draft, const char *path, struct group *ret_group);

/* The group's field of that name; NULL, with a fault at the place, if there is none. */
const struct field *draft_find(struct draft *draft, const struct group *group, const char *name,
			       const struct place *place);

/* Reads one value and marks its place. */
int draft_set(struct draft *draft, const struct group *group, const struct field *field,
	      const char *text, const struct place *place);

/* The axis of "GROUP.FIELD": a new one, or the one that is there, without values. */
int draft_axis(struct draft *draft, const char *path, const struct place *place,
	       struct axis **ret_axis);
int draft_axis_value(struct draft *draft, struct axis *axis, const char *text,
		     const struct place *place);

/* Adds one measure. */
int draft_measure(struct draft *draft, const char *text, const struct place *place);

/* From the tree of a file. */
int draft_read(struct draft *draft, const struct yaml *root);

/* One override, "KEY=VALUE". */
int draft_override(struct draft *draft, const char *set);

/* Fills in the hosts of a lab; refuses names and hosts that cannot be. */
int scenario_hosts(struct draft *draft);

/* Refuses what cannot run, at every point of the sweep. */
int scenario_check(struct draft *draft);

#endif
