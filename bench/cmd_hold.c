// SPDX-License-Identifier: BSD-2-Clause
/*
 * portgauge hold: the lease of one host. Reads one command (a JSON array of words) a line, answers
 * one record a line, and keeps leased commands as a stack that it undoes newest first when its
 * standard input ends. Commands run inside this process: nothing can outlive it out of order.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/command.h"
#include "bench/lease_run.h"
#include "lib/opt.h"
#include "lib/record.h"

enum { HOLD_MAX_DEPTH = 16, HOLD_MAX_WORDS = 128 };

struct held {
	const struct command *command;
	void *state;
};

struct stack {
	struct held held[HOLD_MAX_DEPTH];
	int depth;
};

struct words {
	int count;
	char *word[HOLD_MAX_WORDS + 1];
};

/* The words of one line; they live as long as `json`. */
static int read_words(const char *line, json_t **ret_json, struct words *ret_words,
		      struct fault *fault)
{
	json_t *json = json_loads(line, 0, NULL);
	size_t i;
	json_t *item;

	if (!json_is_array(json) || !json_array_size(json) ||
	    json_array_size(json) > HOLD_MAX_WORDS)
		goto out_json;
	ret_words->count = 0;
	json_array_foreach (json, i, item) {
		if (!json_is_string(item))
			goto out_json;
		ret_words->word[ret_words->count++] = (char *)json_string_value(item);
	}
	ret_words->word[ret_words->count] = NULL;
	*ret_json = json;
	return 0;
out_json:
	json_decref(json);
	return fault_set(fault, -EINVAL, EXIT_USAGE,
			 "'%.60s' is no command: expected a JSON array of at most %d strings", line,
			 HOLD_MAX_WORDS);
}

static int pop(struct stack *stack, json_t **ret_record, struct fault *fault)
{
	struct held *top;

	if (!stack->depth)
		return fault_set(fault, -EINVAL, EXIT_USAGE, "pop: nothing is held");
	top = &stack->held[--stack->depth];
	return top->command->end(top->state, ret_record, fault);
}

static int tell(struct stack *stack, const struct words *words, json_t **ret_record,
		struct fault *fault)
{
	struct held *top = stack->depth ? &stack->held[stack->depth - 1] : NULL;

	if (words->count != 2)
		return fault_set(fault, -EINVAL, EXIT_USAGE, "tell: expected one word");
	if (!top || !top->command->tell)
		return fault_set(fault, -EINVAL, EXIT_USAGE, "tell: nothing held takes words");
	return top->command->tell(top->state, words->word[1], ret_record, fault);
}

static int push(struct stack *stack, const struct command *command, const struct words *words,
		json_t **ret_record, struct fault *fault)
{
	struct held *held = &stack->held[stack->depth];
	int err;

	if (stack->depth == HOLD_MAX_DEPTH)
		return fault_set(fault, -E2BIG, EXIT_USAGE, "%s: %d commands are held already",
				 command->name, HOLD_MAX_DEPTH);
	held->command = command;
	err = command->begin(words->count, (char **)words->word, &held->state, ret_record, fault);
	if (!err)
		stack->depth++;
	return err;
}

static int obey(struct stack *stack, const struct words *words, json_t **ret_record,
		struct fault *fault)
{
	const struct command *command;

	if (!strcmp(words->word[0], "pop"))
		return pop(stack, ret_record, fault);
	if (!strcmp(words->word[0], "tell"))
		return tell(stack, words, ret_record, fault);
	command = command_find(words->word[0]);
	if (!command || command->main)
		return fault_set(fault, -EINVAL, EXIT_USAGE, "'%s' is no command for hold",
				 words->word[0]);
	return command->once ? command->once(words->count, (char **)words->word, ret_record, fault)
			     : push(stack, command, words, ret_record, fault);
}

static json_t *fault_record(int err, struct fault *fault)
{
	fault_errno(fault, err, "hold");
	return json_pack("{s:s, s:i, s:s}", "record", "fault", "code", fault->code, "text",
			 fault->text);
}

static void answer(struct stack *stack, const char *line)
{
	struct words *words = malloc(sizeof(*words));
	struct fault fault = {0};
	json_t *json = NULL, *record = NULL;
	int err = words ? read_words(line, &json, words, &fault) : -ENOMEM;

	if (!err)
		err = obey(stack, words, &record, &fault);
	if (err) {
		json_decref(record);
		record = fault_record(err, &fault);
	} else if (!record) {
		record = record_new(strcmp(words->word[0], "pop") ? "done" : "popped", NULL);
	}
	record_write(stdout, record);
	json_decref(record);
	json_decref(json);
	free(words);
}

static int hold_main(int argc, char **argv)
{
	struct lease_input *input = malloc(sizeof(*input));
	struct stack stack = {0};
	int code = EXIT_OK;
	const char *line;

	if (argc > 1) {
		fprintf(stderr, "portgauge hold: '%s': it takes no options\n", argv[1]);
		free(input);
		return EXIT_USAGE;
	}
	if (!input || lease_input_open(input)) {
		fprintf(stderr, "portgauge hold: cannot watch signals\n");
		free(input);
		return EXIT_FAILED;
	}
	while ((line = lease_input_line(input)))
		if (*line)
			answer(&stack, line);
	while (stack.depth) {
		struct fault fault = {0};
		json_t *record = NULL;
		int err = pop(&stack, &record, &fault);

		json_decref(record);
		if (err) {
			fault_errno(&fault, err, "hold");
			fprintf(stderr, "portgauge hold: %s\n", fault.text);
			code = EXIT_FAILED;
		}
	}
	lease_input_close(input);
	free(input);
	return code;
}

static void hold_help(void)
{
	puts("Reads from standard input, one JSON array of words a line, and answers one record a "
	     "line:\n"
	     "  [\"nic\", \"--nic\", \"pg0\", \"--mtu\", \"1500\"]  any leased or one-shot command\n"
	     "  [\"tell\", \"reset\"]                         a word for the newest held command\n"
	     "  [\"pop\"]                                   undo the newest held command\n"
	     "At the end of standard input everything held is undone, newest first.");
}

const struct command hold_command = {
	.name = "hold",
	.summary = "runs leased commands from standard input as a stack; the lease of a host",
	.arguments = "",
	.help = hold_help,
	.main = hold_main,
};
