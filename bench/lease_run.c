// SPDX-License-Identifier: BSD-2-Clause
#include "bench/lease_run.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/field.h"
#include "lib/record.h"

int lease_input_open(struct lease_input *input)
{
	sigset_t signals;

	memset(input, 0, sizeof(*input));
	input->until_ns = UINT64_MAX;
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	/* A reader that went away must not kill the process before it has undone its changes. */
	signal(SIGPIPE, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &signals, NULL))
		return -errno;
	input->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	return input->signal_fd < 0 ? -errno : 0;
}

void lease_input_close(struct lease_input *input)
{
	close(input->signal_fd);
}

/* Drops the line that the last call handed out. */
static void drop_line(struct lease_input *input)
{
	char *end = memchr(input->buffer, '\0', input->used);
	size_t length;

	if (!end)
		return;
	length = (size_t)(end - input->buffer) + 1;
	input->used -= length;
	memmove(input->buffer, input->buffer + length, input->used);
}

/* Milliseconds to poll for: rounded up, so that the lease does not end early. */
static int time_left_ms(const struct lease_input *input)
{
	uint64_t now_ns = clock_now_ns();

	if (input->until_ns == UINT64_MAX)
		return -1;
	if (now_ns >= input->until_ns)
		return 0;
	return (int)((input->until_ns - now_ns + NS_PER_MS - 1) / NS_PER_MS);
}

/* Waits for more input. False: the lease is over. */
static bool wait_input(struct lease_input *input)
{
	struct pollfd fds[] = {
		{.fd = input->signal_fd, .events = POLLIN},
		{.fd = input->ignore_stdin ? -1 : STDIN_FILENO, .events = POLLIN},
	};
	ssize_t length;
	int ready;

	do {
		ready = poll(fds, 2, time_left_ms(input));
	} while (ready < 0 && errno == EINTR);
	if (ready <= 0 || fds[0].revents)
		return false;
	length = read(STDIN_FILENO, input->buffer + input->used,
		      sizeof(input->buffer) - input->used);
	if (length <= 0)
		return length < 0 && (errno == EINTR || errno == EAGAIN);
	input->used += (size_t)length;
	return true;
}

const char *lease_input_line(struct lease_input *input)
{
	char *end;

	drop_line(input);
	while (!(end = memchr(input->buffer, '\n', input->used)))
		/* A line longer than the buffer is no command of ours: end rather than spin. */
		if (input->used == sizeof(input->buffer) || !wait_input(input))
			return NULL;
	*end = '\0';
	return input->buffer;
}

/* Takes `--hold DURATION` out of argv. 0 or -EINVAL. */
static int take_hold(int *argc, char **argv, struct lease_input *input, struct fault *fault)
{
	for (int i = 1; i < *argc; i++) {
		const char *text = NULL;
		uint64_t hold_ns;
		int words = 1;

		if (!strncmp(argv[i], "--hold=", 7)) {
			text = argv[i] + 7;
		} else if (!strcmp(argv[i], "--hold")) {
			text = i + 1 < *argc ? argv[i + 1] : "";
			words = 2;
		} else {
			continue;
		}
		if (field_parse_duration(text, &hold_ns))
			return fault_set(fault, -EINVAL, EXIT_USAGE,
					 "--hold: '%s' is no duration: allowed is one such as 60s",
					 text);
		input->until_ns = clock_now_ns() + hold_ns;
		input->ignore_stdin = true;
		*argc -= words;
		memmove(argv + i, argv + i + words, sizeof(*argv) * (size_t)(*argc - i + 1));
		return 0;
	}
	return 0;
}

static int report(const struct command *command, int err, struct fault *fault)
{
	fault_errno(fault, err, "%s", command->name);
	fprintf(stderr, "portgauge %s: %s\n", command->name, fault->text);
	return fault->code;
}

/* Prints and drops a record; a broken pipe is no reason to fail: the lease must still be undone. */
static void emit(json_t *record)
{
	if (record)
		record_write(stdout, record);
	json_decref(record);
}

static void answer_words(const struct command *command, void *state, struct lease_input *input)
{
	const char *word;

	while ((word = lease_input_line(input))) {
		struct fault fault = {0};
		json_t *record = NULL;
		int err;

		if (!*word)
			continue;
		err = command->tell ? command->tell(state, word, &record, &fault)
				    : fault_set(&fault, -EINVAL, EXIT_USAGE,
						"'%s': this command takes no words", word);
		if (err)
			report(command, err, &fault);
		else
			emit(record);
	}
}

int lease_run(const struct command *command, int argc, char **argv)
{
	struct lease_input *input = malloc(sizeof(*input));
	struct fault fault = {0};
	json_t *record = NULL;
	void *state = NULL;
	int code = EXIT_OK, err;

	if (!input)
		return EXIT_FAILED;
	err = lease_input_open(input);
	if (err)
		goto out_input;
	err = take_hold(&argc, argv, input, &fault);
	if (!err)
		err = command->begin(argc, argv, &state, &record, &fault);
	if (err)
		goto out_signals;
	emit(record);
	answer_words(command, state, input);
	record = NULL;
	err = command->end(state, &record, &fault);
	emit(record);
out_signals:
	lease_input_close(input);
out_input:
	free(input);
	if (err)
		code = report(command, err, &fault);
	return code;
}
