// SPDX-License-Identifier: BSD-2-Clause
#include "bench/host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/command.h"
#include "lib/clock.h"
#include "lib/record.h"

enum { POP_LIMIT_S = 20, CLOSE_LIMIT_S = 30 };

int host_prefix(const char *via, struct argv *argv, struct fault *fault)
{
	if (!strcmp(via, "local"))
		return 0;
	if (strncmp(via, "netns:", 6) || !via[6])
		return fault_set(fault, -EINVAL, EXIT_USAGE, "via '%s': allowed: local, netns:NAME",
				 via);
	argv_add(argv, "ip");
	argv_add(argv, "netns");
	argv_add(argv, "exec");
	argv_add(argv, via + 6);
	return argv->err;
}

int host_binary(char *ret_path, size_t size, struct fault *fault)
{
	ssize_t length = readlink("/proc/self/exe", ret_path, size - 1);

	if (length < 0)
		return fault_errno(fault, -errno, "read /proc/self/exe");
	ret_path[length] = '\0';
	return 0;
}

static void take_answer(void *arg, const char *line)
{
	struct host_link *link = arg;

	if (link->answer)
		return; /* the holder says one line a request; anything more is not ours */
	link->answer = record_read(line, NULL);
}

static int check_via(const struct host_link *link, const char *via, struct fault *fault)
{
	char path[256];

	if (strncmp(via, "netns:", 6))
		return 0;
	snprintf(path, sizeof(path), "/run/netns/%s", via + 6);
	if (!access(path, F_OK))
		return 0;
	return fault_set(fault, -ENOENT, EXIT_FAILED,
			 "%s: no network namespace '%s': ip netns list shows those there are; or "
			 "add lab: {}",
			 link->role, via + 6);
}

int host_open(struct host_link *link, struct loop *loop, const char *via, struct fault *fault)
{
	struct argv argv = {0};
	char binary[4096];
	int err = host_binary(binary, sizeof(binary), fault);

	if (!err)
		err = host_prefix(via, &argv, fault);
	if (!err)
		err = check_via(link, via, fault);
	if (err)
		goto out_argv;
	argv_add(&argv, binary);
	argv_add(&argv, "hold");
	link->child.line = take_answer;
	link->child.arg = link;
	link->depth = 0;
	link->pushing = false;
	err = argv.err ? fault_errno(fault, argv.err, "start a holder")
		       : child_start(&link->child, loop, argv.word, CHILD_SURVIVES, fault);
out_argv:
	argv_done(&argv);
	return err;
}

static int died(const struct host_link *link, struct fault *fault)
{
	char status[32];

	return fault_set(fault, -EPIPE, EXIT_FAILED, "%s: its holder ended with %s%s%s%s",
			 link->role, child_status(&link->child, status, sizeof(status)),
			 link->child.said[0] ? ": " : "", link->child.said,
			 link->depth || link->pushing
				 ? "; what it left is undone by: portgauge restore"
				 : "");
}

int host_check(const struct host_link *link, struct fault *fault)
{
	return link->child.pid && link->child.ended ? died(link, fault) : 0;
}

int host_send(struct host_link *link, const struct argv *argv, struct fault *fault)
{
	const struct command *command = argv->err ? NULL : command_find(argv->word[0]);
	json_t *words = argv->err ? NULL : argv_pack(argv);
	char *line = words ? json_dumps(words, JSON_COMPACT) : NULL;
	int err = -ENOMEM;

	json_decref(words);
	if (!line)
		return fault_errno(fault, argv->err ? argv->err : -ENOMEM, "%s: request",
				   link->role);
	json_decref(link->answer);
	link->answer = NULL;
	link->pushing = command && command->begin;
	err = child_write(&link->child, line, strlen(line));
	if (!err)
		err = child_write(&link->child, "\n", 1);
	free(line);
	/* A holder that has died is told by host_receive, with its status. */
	return err && err != -EPIPE ? fault_errno(fault, err, "%s: request", link->role) : 0;
}

/* Moves the holder's fault into ours; its text starts with the command's name. */
static int refused(const struct host_link *link, const json_t *answer, struct fault *fault)
{
	const char *text = json_string_value(json_object_get(answer, "text"));
	const json_int_t code = json_integer_value(json_object_get(answer, "code"));

	return fault_set(fault, -EREMOTEIO, code > 0 && code < 256 ? (int)code : EXIT_FAILED,
			 "%s: %s", link->role, text ? text : "it failed and did not say why");
}

int host_receive(struct host_link *link, uint64_t limit_ns, json_t **ret_record,
		 struct fault *fault)
{
	const uint64_t until_ns = clock_now_ns() + limit_ns;
	json_t *answer;
	int err = 0;

	while (!link->answer && !link->child.ended) {
		if (link->interrupt && *link->interrupt)
			return fault_set(fault, -EINTR, EXIT_FAILED, "interrupted");
		if (clock_now_ns() >= until_ns)
			return fault_set(fault, -ETIMEDOUT, EXIT_FAILED,
					 "%s: no answer within %.0f s", link->role,
					 (double)limit_ns / NS_PER_S);
		err = loop_turn(link->child.loop, until_ns);
		if (err < 0)
			return fault_errno(fault, err, "wait for '%s'", link->role);
	}
	if (!link->answer)
		return died(link, fault);
	answer = link->answer;
	link->answer = NULL;
	link->pushing = false;
	if (!strcmp(json_string_value(json_object_get(answer, "record")) ?: "", "fault")) {
		err = refused(link, answer, fault);
		json_decref(answer);
		return err;
	}
	if (ret_record)
		*ret_record = answer;
	else
		json_decref(answer);
	return 0;
}

int host_ask(struct host_link *link, const struct argv *argv, uint64_t limit_ns,
	     json_t **ret_record, struct fault *fault)
{
	int err = host_send(link, argv, fault);

	return err ? err : host_receive(link, limit_ns, ret_record, fault);
}

int host_push(struct host_link *link, const struct argv *argv, uint64_t limit_ns,
	      struct fault *fault)
{
	int err = host_ask(link, argv, limit_ns, NULL, fault);

	if (!err)
		link->depth++;
	return err;
}

int host_pop(struct host_link *link, struct fault *fault)
{
	struct argv argv = {0};
	int err;

	if (!link->depth)
		return 0;
	argv_add(&argv, "pop");
	err = host_ask(link, &argv, POP_LIMIT_S * NS_PER_S, NULL, fault);
	/* Off the stack even when undoing failed: the holder has let go of it. */
	link->depth--;
	argv_done(&argv);
	return err;
}

int host_close(struct host_link *link, struct fault *fault)
{
	int err = 0;

	if (!link->child.pid)
		return 0;
	child_close_input(&link->child);
	if (child_wait(&link->child, clock_now_ns() + CLOSE_LIMIT_S * NS_PER_S))
		err = fault_set(fault, -ETIMEDOUT, EXIT_FAILED,
				"%s: its holder does not end within %d s and is killed; what it "
				"left is undone by: portgauge restore",
				link->role, CLOSE_LIMIT_S);
	else if (link->child.status)
		err = died(link, fault);
	child_done(&link->child);
	json_decref(link->answer);
	link->answer = NULL;
	return err;
}
