// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/opt.h"
#include "lib/words.h"

enum { MAX_OPTIONS = 128, MAX_WORD = 64 };

/* Walks the members of all groups that are options. */
struct cursor {
	const struct opt_group *group;
	size_t next; /* member of the group */
	size_t nr;   /* options seen */
};

static bool is_option(const struct opt_group *group, const struct field *field)
{
	if (field->type == FIELD_SERIES || field->type == FIELD_TEXTS || field->type == FIELD_GROUP)
		return false;
	if (!group->only)
		return true;
	for (const char *const *name = group->only; *name; name++)
		if (field_find(group->table, *name) == field)
			return true;
	return false;
}

static const struct field *next_option(struct cursor *cursor)
{
	for (; cursor->group->table; cursor->group++, cursor->next = 0)
		while (cursor->next < cursor->group->table->nr_fields) {
			const struct field *field = &cursor->group->table->fields[cursor->next++];

			if (is_option(cursor->group, field)) {
				cursor->nr++;
				return field;
			}
		}
	return NULL;
}

/* The member's name as a word of argv. */
static const char *word_of(const struct field *field, char *buffer, size_t size)
{
	size_t i;

	for (i = 0; field->name[i] && i + 1 < size; i++)
		buffer[i] = field->name[i] == '_' ? '-' : field->name[i];
	buffer[i] = '\0';
	return buffer;
}

static int refuse_unknown(const struct opt_group *groups, const char *name, struct fault *fault)
{
	char text[MAX_OPTIONS][MAX_WORD];
	const char *words[MAX_OPTIONS + 1], *nearest;
	struct cursor cursor = {.group = groups};
	const struct field *field;
	size_t nr = 0;

	while (nr < MAX_OPTIONS && (field = next_option(&cursor))) {
		words[nr] = word_of(field, text[nr], sizeof(text[nr]));
		nr++;
	}
	words[nr] = NULL;
	nearest = words_nearest(name, words);
	if (nearest)
		return fault_set(fault, -EINVAL, EXIT_USAGE,
				 "unknown option --%s: did you mean --%s?", name, nearest);
	return fault_set(fault, -EINVAL, EXIT_USAGE,
			 nr ? "unknown option --%s: --help lists them"
			    : "unknown option --%s: this command has none",
			 name);
}

/* Reads one option, `argument` being what follows "--". Returns how many arguments of argv it
 * took, or -EINVAL. */
static int parse_option(const struct opt_group *groups, const char *argument, const char *next,
			bool *seen, struct fault *fault)
{
	const char *equals = strchr(argument, '='), *value = equals ? equals + 1 : next;
	struct cursor cursor = {.group = groups};
	struct fault cause = {0};
	char name[MAX_WORD], allowed[256];
	const struct field *field;

	snprintf(name, sizeof(name), "%.*s", equals ? (int)(equals - argument) : MAX_WORD,
		 argument);
	while ((field = next_option(&cursor)))
		if (field_find(&(struct field_table){.fields = field, .nr_fields = 1}, name))
			break;
	if (!field)
		return refuse_unknown(groups, name, fault);
	if (seen[cursor.nr - 1])
		return fault_set(fault, -EINVAL, EXIT_USAGE, "--%s is given twice", name);
	seen[cursor.nr - 1] = true;
	if (field->type == FIELD_BOOL && !equals)
		value = "true";
	if (!value)
		return fault_set(fault, -EINVAL, EXIT_USAGE, "--%s needs a value: %s", name,
				 field_allowed(field, allowed, sizeof(allowed)));
	if (field_parse(field, cursor.group->object, value, &cause))
		return fault_set(fault, -EINVAL, EXIT_USAGE, "--%s: %s", name, cause.text);
	return equals || field->type == FIELD_BOOL ? 1 : 2;
}

/* Two options of one name would be a mistake in a command, not of its user. */
static int check_groups(const struct opt_group *groups, struct fault *fault)
{
	struct cursor first = {.group = groups};
	const struct field *field;

	while ((field = next_option(&first))) {
		struct cursor second = first;
		const struct field *other;

		while ((other = next_option(&second)))
			if (!strcmp(other->name, field->name))
				return fault_set(fault, -EINVAL, EXIT_FAILED,
						 "option --%s is in two groups", field->name);
	}
	return first.nr > MAX_OPTIONS ? fault_set(fault, -EINVAL, EXIT_FAILED, "too many options")
				      : 0;
}

int opt_parse(int argc, char **argv, const struct opt_group *groups, const char **words,
	      int max_words, struct fault *fault)
{
	bool seen[MAX_OPTIONS] = {false}, only_words = false;
	int nr_words = 0, err = check_groups(groups, fault);

	if (err)
		return err;
	for (const struct opt_group *group = groups; group->table; group++)
		field_defaults(group->table, group->object);
	for (int i = 1; i < argc;) {
		if (!only_words && !strcmp(argv[i], "--")) {
			only_words = true;
			i++;
		} else if (!only_words && !strncmp(argv[i], "--", 2)) {
			int took = parse_option(groups, argv[i] + 2,
						i + 1 < argc ? argv[i + 1] : NULL, seen, fault);

			if (took < 0)
				return took;
			i += took;
		} else if (!only_words && argv[i][0] == '-' && argv[i][1]) {
			return fault_set(fault, -EINVAL, EXIT_USAGE, "'%s': options begin with --",
					 argv[i]);
		} else if (!words || nr_words == max_words) {
			return fault_set(fault, -EINVAL, EXIT_USAGE,
					 "'%s' is one argument too many", argv[i]);
		} else {
			words[nr_words++] = argv[i++];
		}
	}
	return nr_words;
}

bool opt_wants_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--"); i++)
		if (!strcmp(argv[i], "-h") || !strcmp(argv[i], "--help"))
			return true;
	return false;
}

static bool is_on(const struct field *flag)
{
	return flag->standard && !strcmp(flag->standard, "true");
}

static void help_line(FILE *out, const struct field *field)
{
	char word[MAX_WORD], allowed[256];

	fprintf(out, "  --%-14s %-14s %s\n", word_of(field, word, sizeof(word)),
		field->standard && field->type != FIELD_BOOL ? field->standard : "",
		field->help ? field->help : "");
	if (field->type != FIELD_BOOL)
		fprintf(out, "  %-31s (%s)\n", "", field_allowed(field, allowed, sizeof(allowed)));
	else if (is_on(field))
		fprintf(out, "  %-31s (--%s=false turns it off)\n", "", word);
}

void opt_help(FILE *out, const struct opt_group *groups)
{
	for (; groups->table; groups++) {
		struct opt_group one[2] = {*groups, {0}};
		struct cursor cursor = {.group = one};
		const struct field *field;

		fprintf(out, "%s: %s\n", groups->table->name, groups->table->help);
		while ((field = next_option(&cursor)))
			help_line(out, field);
		if (groups[1].table)
			fputc('\n', out);
	}
}

/* "--name", "value", or "--name=value" for a boolean, whose value is never an argument apart. */
static int append(const struct field *field, const void *object, char **argv, int length)
{
	char word[MAX_WORD], value[512], argument[MAX_WORD + 512 + 4];

	word_of(field, word, sizeof(word));
	field_print(field, object, value, sizeof(value));
	if (field->type == FIELD_BOOL) {
		snprintf(argument, sizeof(argument), "--%s=%s", word, value);
		argv[length] = strdup(argument);
		return argv[length] ? 1 : -ENOMEM;
	}
	snprintf(argument, sizeof(argument), "--%s", word);
	argv[length] = strdup(argument);
	argv[length + 1] = strdup(value);
	if (argv[length] && argv[length + 1])
		return 2;
	free(argv[length]);
	free(argv[length + 1]);
	argv[length] = NULL;
	return -ENOMEM;
}

int opt_print(const struct opt_group *group, char **argv, int length, int max)
{
	struct opt_group one[2] = {*group, {0}};
	struct cursor cursor = {.group = one};
	void *standard = calloc(1, group->table->size);
	const struct field *field;
	int end = length, err = standard ? 0 : -ENOMEM;

	if (standard)
		field_defaults(group->table, standard);
	while (!err && (field = next_option(&cursor))) {
		if (field_equal(field, group->object, standard))
			continue;
		/* room for both halves and the NULL */
		err = end + 2 < max ? append(field, group->object, argv, end) : -E2BIG;
		if (err > 0) {
			end += err;
			err = 0;
			argv[end] = NULL;
		}
	}
	free(standard);
	while (err && end > length) {
		free(argv[--end]);
		argv[end] = NULL;
	}
	return err ? err : end;
}
