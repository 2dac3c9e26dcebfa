// SPDX-License-Identifier: BSD-2-Clause
#include "bench/scenario.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/scenario_draft.h"

static const struct field scenario_fields[] = {
	field_row(struct scenario, name, FIELD_TEXT,
		  .help = "of the run and its folder; default: the file's name"),
	field_row(struct scenario, repeat, FIELD_U32, .min = 1, .max = 1000, .standard = "1",
		  .help = "times that every point is measured, each time in another order"),
};
const struct field_table scenario_table =
	field_table_of("scenario", struct scenario, scenario_fields, "The run as a whole.");

/* "scenarios/mtu-channels.yaml" -> "mtu-channels". */
static void name_after_file(const char *file, char *name, size_t size)
{
	const char *slash = strrchr(file, '/'), *base = slash ? slash + 1 : file;
	const char *dot = strrchr(base, '.');
	int length = dot && dot > base ? (int)(dot - base) : (int)strlen(base);

	snprintf(name, size, "%.*s", length, base);
	for (char *at = name; *at; at++)
		if (!isalnum((unsigned char)*at) && !strchr("-_.", *at))
			*at = '-';
	if (!isalnum((unsigned char)*name))
		snprintf(name, size, "scenario");
}

/* The first line, if it is a comment, without "# Question: ". */
static void read_question(const char *text, size_t length, char *question, size_t size)
{
	static const char word[] = "Question:";
	const char *end = memchr(text, '\n', length);
	size_t left = end ? (size_t)(end - text) : length;

	if (!left || *text != '#')
		return;
	for (; left && (*text == '#' || *text == ' '); text++, left--)
		;
	if (left >= sizeof(word) - 1 && !strncmp(text, word, sizeof(word) - 1)) {
		text += sizeof(word) - 1;
		left -= sizeof(word) - 1;
	}
	for (; left && *text == ' '; text++, left--)
		;
	while (left && isspace((unsigned char)text[left - 1]))
		left--;
	/* Not in the middle of a UTF-8 character: JSON would not take it. */
	if (left >= size)
		for (left = size - 1; left && ((unsigned char)text[left] & 0xc0) == 0x80; left--)
			;
	snprintf(question, size, "%.*s", (int)left, text);
}

static int set_defaults(struct draft *draft, const char *text, size_t length)
{
	struct scenario *scenario = draft->scenario;

	field_defaults(&scenario_table, scenario);
	field_defaults(&config_table, &scenario->config);
	field_defaults(&lab_table, &scenario->lab);
	field_defaults(&host_table, &scenario->tester);
	field_defaults(&host_table, &scenario->dut);
	name_after_file(draft->file, scenario->name, sizeof(scenario->name));
	read_question(text, length, scenario->question, sizeof(scenario->question));
	scenario->text = malloc(length + 1);
	if (!scenario->text)
		return -ENOMEM;
	memcpy(scenario->text, text, length);
	scenario->text[length] = '\0';
	scenario->length = length;
	return 0;
}

static int fill(struct draft *draft, const char *text, size_t length, const char *const *overrides)
{
	struct yaml *root = NULL;
	int err = set_defaults(draft, text, length);

	if (!err)
		err = yaml_parse(draft->file, text, length, &root, draft->fault);
	if (!err)
		err = draft_read(draft, root);
	yaml_free(root);
	for (; !err && overrides && *overrides; overrides++)
		err = draft_override(draft, *overrides);
	if (!err && !draft->scenario->nr_measures)
		draft->scenario->measures[draft->scenario->nr_measures++] = MEASURE_RATE;
	if (!err)
		err = scenario_hosts(draft);
	return err ? err : scenario_check(draft);
}

int scenario_parse(const char *file, const char *text, size_t length, const char *const *overrides,
		   struct scenario *ret_scenario, struct fault *fault)
{
	struct scenario *scenario = calloc(1, sizeof(*scenario));
	struct draft *draft = calloc(1, sizeof(*draft));
	struct place place = {0};
	int err = -ENOMEM;

	if (!scenario || !draft)
		goto out_free;
	*draft = (struct draft){.scenario = scenario, .file = file, .fault = fault};
	err = length > SCENARIO_MAX_BYTES
		      ? draft_fault(draft, &place, "too large: allowed are %d bytes",
				    SCENARIO_MAX_BYTES)
		      : fill(draft, text, length, overrides);
	if (err)
		scenario_done(scenario);
	else
		*ret_scenario = *scenario;
out_free:
	free(draft);
	free(scenario);
	return err;
}

/* One byte more than is allowed is enough to know. The file may be a pipe. */
static ssize_t read_all(int fd, char *text, size_t size)
{
	size_t length = 0;
	ssize_t bytes = 1;

	while (bytes > 0 && length < size) {
		bytes = read(fd, text + length, size - length);
		if (bytes < 0 && errno == EINTR)
			bytes = 1;
		else if (bytes > 0)
			length += (size_t)bytes;
	}
	return bytes < 0 ? -errno : (ssize_t)length;
}

int scenario_load(const char *file, const char *const *overrides, struct scenario *ret_scenario,
		  struct fault *fault)
{
	char *text = malloc(SCENARIO_MAX_BYTES + 1);
	ssize_t length;
	int fd, err;

	if (!text)
		return -ENOMEM;
	fd = open(file, O_RDONLY | O_CLOEXEC);
	length = fd < 0 ? -errno : read_all(fd, text, SCENARIO_MAX_BYTES + 1);
	if (fd >= 0)
		close(fd);
	err = length < 0
		      ? fault_set(fault, (int)length, EXIT_USAGE, "%s: cannot be read: %s", file,
				  strerror((int)-length))
		      : scenario_parse(file, text, (size_t)length, overrides, ret_scenario, fault);
	free(text);
	return err;
}

void scenario_done(struct scenario *scenario)
{
	if (!scenario)
		return;
	free(scenario->text);
	scenario->text = NULL;
	scenario->length = 0;
}

uint64_t scenario_points(const struct scenario *scenario)
{
	uint64_t points = 1;

	for (uint32_t i = 0; i < scenario->nr_axes; i++)
		points *= scenario->axes[i].nr_values;
	return points;
}

void scenario_point(const struct scenario *scenario, uint32_t index, struct config *ret_config,
		    uint32_t ret_digits[SCENARIO_MAX_AXES])
{
	*ret_config = scenario->config;
	for (uint32_t i = scenario->nr_axes; i-- > 0;) {
		const struct axis *axis = &scenario->axes[i];
		uint32_t digit = index % axis->nr_values;

		index /= axis->nr_values;
		field_parse(axis->field, (char *)ret_config + axis->group->offset,
			    axis->values[digit], NULL);
		if (ret_digits)
			ret_digits[i] = digit;
	}
}

uint32_t scenario_trials(const struct scenario *scenario, const struct config *config)
{
	uint32_t trials = 0;

	for (uint32_t i = 0; i < scenario->nr_measures; i++)
		trials += scenario->measures[i] == MEASURE_PEAK ? config->peak.trials : 1;
	return trials;
}

int scenario_take_sets(int argc, char **argv, const char **ret_sets, struct fault *fault)
{
	int left = 1, nr_sets = 0, i;

	for (i = 1; i < argc && strcmp(argv[i], "--"); i++) {
		if (!strncmp(argv[i], "--set=", 6))
			ret_sets[nr_sets++] = argv[i] + 6;
		else if (strcmp(argv[i], "--set"))
			argv[left++] = argv[i];
		else if (i + 1 < argc)
			ret_sets[nr_sets++] = argv[++i];
		else
			return fault_set(fault, -EINVAL, EXIT_USAGE,
					 "--set needs a value: KEY=VALUE");
	}
	for (; i < argc; i++)
		argv[left++] = argv[i];
	argv[left] = NULL;
	ret_sets[nr_sets] = NULL;
	return left;
}
