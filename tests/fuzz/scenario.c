// SPDX-License-Identifier: BSD-2-Clause
/* scenario_parse: what it refuses is told in one line, what it takes makes a plan. The text is what
 * stands before the first zero byte, an override what stands behind it. */
#include "bench/plan.h"
#include "bench/scenario.h"
#include "tests/fuzz/fuzz.h"

/* More would be a test of calloc. */
enum { MOST_TRIALS = 2000 };

/* libfyaml 0.7.12 forgets a buffer of a scalar with dozens of escapes. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:fy_atom_iter_grow_chunk\n";
}

static void check_refused(const struct fault *fault)
{
	fuzz_check(fault->code == EXIT_USAGE, "a refused scenario is a mistake of usage");
	fuzz_check(fault->text[0] && !strpbrk(fault->text, "\n\r\033"), "a fault is one line");
	fuzz_check(!strncmp(fault->text, "fuzz.yaml:", 10) || !strncmp(fault->text, "--set ", 6),
		   "a fault begins with its place");
}

static void check_plan(const struct scenario *scenario)
{
	uint64_t points = scenario_points(scenario);
	struct plan plan;

	fuzz_check(points && points <= SCENARIO_MAX_TRIALS, "a sweep has bounds");
	if (points * scenario->repeat * scenario_trials(scenario, &scenario->config) >
		    MOST_TRIALS ||
	    points > MOST_TRIALS / 10)
		return;
	fuzz_check(!plan_expand(scenario, &plan), "what is taken can be planned");
	fuzz_check(plan.nr_trials >= points * scenario->repeat, "every point is measured");
	fuzz_check(plan_estimate_ns(&plan, 0) > 0, "and takes its time");
	plan_done(&plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	size_t length = strlen(text);
	const char *const overrides[] = {length < size ? text + length + 1 : NULL, NULL};
	struct scenario scenario;
	struct fault fault = {0};

	if (scenario_parse("fuzz.yaml", text, length, overrides, &scenario, &fault)) {
		check_refused(&fault);
	} else {
		check_plan(&scenario);
		scenario_done(&scenario);
	}
	free(text);
	return 0;
}
