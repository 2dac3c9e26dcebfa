// SPDX-License-Identifier: BSD-2-Clause
#include "bench/plan.h"

#include <errno.h>
#include <stdlib.h>

#include "dut/plane.h"
#include "lib/clock.h"
#include "lib/mix.h"

/* What a lab of this project's reference machine takes besides sending: start and drain of a trial;
 * interface, data plane and sink of a point; opening one connection. */
#define TRIAL_OVERHEAD_NS (60 * NS_PER_MS)
#define LEASE_NS          (200 * NS_PER_MS)
#define CONNECTION_NS     (10 * NS_PER_US)

/* SplitMix64: every seed gives a full-period stream. */
static uint64_t next_random(uint64_t *state)
{
	return mix_bits(*state += 0x9e3779b97f4a7c15ULL);
}

/* Fisher-Yates. The upper half of a product maps 64 random bits to [0, i] with a bias of i/2^64. */
static void shuffle(uint32_t *order, uint32_t count, uint64_t *state)
{
	for (uint32_t i = count; i-- > 1;) {
		uint32_t j = (uint32_t)(((unsigned __int128)next_random(state) * (i + 1)) >> 64);
		uint32_t swap = order[i];

		order[i] = order[j];
		order[j] = swap;
	}
}

static void make_points(struct plan *plan)
{
	const struct scenario *scenario = plan->scenario;
	uint32_t digits[SCENARIO_MAX_AXES];

	for (uint32_t i = 0; i < plan->nr_points; i++) {
		struct point *point = &plan->points[i];

		point->index = i;
		scenario_point(scenario, i, &point->config, digits);
		for (uint32_t axis = 0; axis < scenario->nr_axes; axis++)
			point->values[axis] = scenario->axes[axis].values[digits[axis]];
	}
}

/* Appends the trials of one point in one repeat; `like` has what they have in common. */
static void add_trials(struct plan *plan, const struct trial *like)
{
	const struct scenario *scenario = plan->scenario;
	const struct config *config = &plan->points[like->point].config;

	for (uint32_t i = 0; i < scenario->nr_measures; i++) {
		bool peak = scenario->measures[i] == MEASURE_PEAK;
		uint32_t samples = peak ? config->peak.trials : 1;

		for (uint32_t sample = 1; sample <= samples; sample++) {
			struct trial *trial = &plan->trials[plan->nr_trials++];

			*trial = *like;
			trial->id = plan->nr_trials;
			trial->measure = scenario->measures[i];
			trial->sample = sample;
			trial->load = config->load;
			if (peak) {
				trial->load.rate_pps = 0;
				trial->load.duration_ns = config->peak.duration_ns;
			}
		}
	}
}

/* The generator runs on from repeat to repeat, so that each has an order of its own. */
static void make_trials(struct plan *plan, uint32_t *order)
{
	uint64_t state = plan->scenario->config.load.seed;

	for (uint32_t i = 0; i < plan->nr_points; i++)
		order[i] = i;
	for (uint32_t repeat = 1; repeat <= plan->scenario->repeat; repeat++) {
		shuffle(order, plan->nr_points, &state);
		for (uint32_t i = 0; i < plan->nr_points; i++)
			add_trials(plan, &(struct trial){.point = order[i],
							 .repeat = repeat,
							 .order = i + 1});
	}
}

static size_t count_trials(const struct plan *plan)
{
	size_t trials = 0;

	for (uint32_t i = 0; i < plan->nr_points; i++)
		trials += scenario_trials(plan->scenario, &plan->points[i].config);
	return trials * plan->scenario->repeat;
}

int plan_expand(const struct scenario *scenario, struct plan *ret_plan)
{
	struct plan plan = {.scenario = scenario, .nr_points = (uint32_t)scenario_points(scenario)};
	uint32_t *order = calloc(plan.nr_points, sizeof(*order));

	plan.points = calloc(plan.nr_points, sizeof(*plan.points));
	if (!order || !plan.points)
		goto out_free;
	make_points(&plan);
	plan.trials = calloc(count_trials(&plan), sizeof(*plan.trials));
	if (!plan.trials)
		goto out_free;
	make_trials(&plan, order);
	free(order);
	*ret_plan = plan;
	return 0;

out_free:
	free(order);
	free(plan.points);
	return -ENOMEM;
}

void plan_done(struct plan *plan)
{
	if (!plan)
		return;
	free(plan->points);
	free(plan->trials);
	*plan = (struct plan){0};
}

bool plan_changes(const struct plan *plan, uint32_t index)
{
	const struct trial *trial = &plan->trials[index];

	return !index || trial[-1].point != trial->point || trial[-1].repeat != trial->repeat;
}

static uint64_t lease_ns(const struct config *config)
{
	const bool fills = config->load.prefill && plane_ops(config->dut.plane)->connections;

	return LEASE_NS + (fills ? config->load.flows * CONNECTION_NS : 0);
}

uint64_t plan_span_ns(const struct plan *plan, uint32_t from, uint32_t end)
{
	uint64_t total = 0;

	for (uint32_t i = from; i < end; i++) {
		total += plan->trials[i].load.duration_ns + TRIAL_OVERHEAD_NS;
		if (i == from || plan_changes(plan, i))
			total += lease_ns(&plan->points[plan->trials[i].point].config);
	}
	return total;
}

uint64_t plan_estimate_ns(const struct plan *plan, uint32_t from)
{
	return plan_span_ns(plan, from, plan->nr_trials);
}
