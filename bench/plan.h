/* SPDX-License-Identifier: BSD-2-Clause */
/* The ordered trials of a scenario, results still empty. */
#ifndef PORTGAUGE_PLAN_H
#define PORTGAUGE_PLAN_H

#include <stdbool.h>

#include "bench/scenario.h"
#include "lib/model.h"

/* One combination of the axes' values. */
struct point {
	uint32_t index; /* position in the cross product, last axis fastest */
	struct config config;
	const char *values[SCENARIO_MAX_AXES]; /* text of each axis, owned by the scenario */
};

struct trial {
	uint32_t id;      /* 1.., in the order they run */
	uint32_t point;   /* index into the plan's points */
	uint32_t measure; /* enum measure */
	uint32_t repeat;  /* 1.. */
	uint32_t order;   /* position of the point in its repeat's shuffle, 1.. */
	uint32_t sample;  /* 1.. of the measure's trials at this point and repeat */
	struct load
		load; /* the point's load with what the measure changes (peak: rate, duration) */
	/* results */
	uint64_t started_ns; /* CLOCK_REALTIME */
	struct nic nic;      /* obtained */
	struct gen_result gen;
	struct sink_result sink;
	struct dut_counters dut;
	struct snap tester_delta, dut_delta;
	struct ledger ledger;
	struct outcome outcome;
	struct verdict verdict;
};

struct plan {
	const struct scenario *scenario;
	uint32_t nr_points;
	struct point *points;
	uint32_t nr_trials;
	struct trial
		*trials; /* trials of one point in one repeat are adjacent: they share leases */
};

/* Expands a scenario. Points are shuffled within each repeat by load.seed. 0 or -ENOMEM. */
int plan_expand(const struct scenario *scenario, struct plan *ret_plan);
void plan_done(struct plan *plan);

/* True if trial `index` is the first of its point in its repeat: leases change before it. */
bool plan_changes(const struct plan *plan, uint32_t index);

/* Estimate of the time that trials [from, end) take, with the set-up of the first of them. */
uint64_t plan_span_ns(const struct plan *plan, uint32_t from, uint32_t end);

/* Estimate of the time that trials [from, nr_trials) take, set-up included. */
uint64_t plan_estimate_ns(const struct plan *plan, uint32_t from);

#endif
