// SPDX-License-Identifier: BSD-2-Clause
/* portgauge gen: one generator run. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/command.h"
#include "bench/cookie.h"
#include "bench/option_words.h"
#include "gen/gen.h"
#include "lib/opt.h"
#include "lib/privilege.h"
#include "lib/record.h"

struct gen_options {
	char cpus[64];
	bool live;
	bool json;
};

static const struct field gen_options_fields[] = {
	field_row(struct gen_options, cpus, FIELD_TEXT, .standard = "",
		  .help = "thread i runs on the i-th CPU of the list; empty: not pinned"),
	field_row(struct gen_options, live, FIELD_BOOL, .standard = "false",
		  .help = "a record of the progress four times a second"),
	field_row(struct gen_options, json, FIELD_BOOL, .standard = "false",
		  .help = "records also on a terminal"),
};

static const struct field_table gen_options_table = field_table_of(
	"gen", struct gen_options, gen_options_fields, "How this generator runs and reports.");

/* What the live callback works with. */
struct session {
	struct gen_control control;
	int signals;      /* signalfd of SIGINT and SIGTERM */
	bool watch_stdin; /* it is a pipe or socket: its end stops the run */
	bool live;
};

static void help(void)
{
	const struct opt_group groups[] = {
		{.table = &path_table, .only = gen_path_words},
		{.table = &service_table},
		{.table = &load_table, .only = gen_load_words},
		{.table = &gen_options_table},
		{0},
	};

	opt_help(stdout, groups);
}

/* Whoever started us through a pipe is gone when it ends; what it wrote is of no interest. */
static bool stdin_ended(void)
{
	char buffer[256];
	struct pollfd ready = {.fd = STDIN_FILENO, .events = POLLIN};

	while (poll(&ready, 1, 0) > 0) {
		ssize_t length = read(STDIN_FILENO, buffer, sizeof(buffer));

		if (length == 0 || (length < 0 && errno != EINTR && errno != EAGAIN))
			return true;
	}
	return false;
}

static void live(void *arg, uint64_t elapsed_ns, uint64_t sent)
{
	struct session *const session = arg;
	struct signalfd_siginfo info;

	if (read(session->signals, &info, sizeof(info)) == sizeof(info) ||
	    (session->watch_stdin && stdin_ended()))
		atomic_store(&session->control.stop, true);
	if (session->live) {
		json_t *record = record_new("live", json_pack("{s:I, s:I}", "elapsed_ns",
							      (json_int_t)elapsed_ns, "sent",
							      (json_int_t)sent));

		record_write(stdout, record);
		json_decref(record);
	}
}

/* Signals are read where the run is looked after: a handler would need global state. */
static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static bool stdin_is_pipe(void)
{
	struct stat status;

	return !fstat(STDIN_FILENO, &status) &&
	       (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
}

/* "12.3 Mpps" */
static const char *print_pps(double pps, char *buffer, size_t size)
{
	if (pps >= 1e6)
		snprintf(buffer, size, "%.2f Mpps", pps / 1e6);
	else if (pps >= 1e4)
		snprintf(buffer, size, "%.2f kpps", pps / 1e3);
	else
		snprintf(buffer, size, "%.1f pps", pps);
	return buffer;
}

static void print_late(const char *name, uint64_t value_ns)
{
	if (value_ns == FIELD_ABSENT)
		printf("  %s n/a", name);
	else
		printf("  %s %.1f us", name, (double)value_ns / 1e3);
}

static void print_result(const struct gen_job *job, const struct gen_result *result)
{
	char pps[32];

	printf("sent %s, %.0f packets per second: %" PRIu64 " packets of %u bytes in %.3f s\n",
	       print_pps(result->sent_pps, pps, sizeof(pps)), result->sent_pps, result->sent,
	       job->load.frame_bytes, (double)result->elapsed_ns / 1e9);
	printf("engine %s", engine_words[result->engine]);
	if (result->mode != AFXDP_NONE)
		printf(" (%s)", afxdp_mode_words[result->mode]);
	printf(", %u queue%s, %u thread%s, %u flows, batches of %u\n", result->queues,
	       result->queues == 1 ? "" : "s", result->threads, result->threads == 1 ? "" : "s",
	       job->load.flows, job->load.batch);
	printf("offered %" PRIu64 " (%s), unsent %" PRIu64 ", ring full %" PRIu64 " times\n",
	       result->offered, print_pps(result->offered_pps, pps, sizeof(pps)), result->unsent,
	       result->ring_full);
	if (!result->late_ns.samples)
		return;
	printf("late");
	print_late("p50", result->late_ns.p50);
	print_late("p99", result->late_ns.p99);
	print_late("p99.9", result->late_ns.p999);
	print_late("max", result->late_ns.max);
	printf("\n");
}

static int write_result(const struct gen_result *result)
{
	json_t *record = record_new("gen", record_pack(&gen_result_table, result));
	int err = record ? record_write(stdout, record) : -ENOMEM;

	json_decref(record);
	return err;
}

static int fail(const struct fault *fault)
{
	fprintf(stderr, "portgauge gen: %s\n", fault->text);
	return fault->code;
}

static int gen_main(int argc, char **argv)
{
	struct gen_options options = {0};
	struct session session = {.control = {.live = live, .arg = &session}};
	struct gen_job job = {0};
	struct gen_result result;
	struct fault fault = {0};
	const struct opt_group groups[] = {
		{.table = &path_table, .object = &job.path, .only = gen_path_words},
		{.table = &service_table, .object = &job.service},
		{.table = &load_table, .object = &job.load, .only = gen_load_words},
		{.table = &gen_options_table, .object = &options},
		{0},
	};
	int err;

	if (opt_parse(argc, argv, groups, NULL, 0, &fault) < 0)
		return fail(&fault);
	memcpy(job.cpus, options.cpus, sizeof(job.cpus));
	session.live = options.live;
	session.watch_stdin = stdin_is_pipe();
	session.signals = open_signals();
	err = session.signals < 0 ? -errno : cookie_choose(&job.path.cookie, &fault);
	if (!err && job.load.engine == ENGINE_AFXDP)
		err = privilege_need(CAP_NET_RAW, "to open AF_XDP sockets", &fault);
	if (!err)
		err = gen_run(&job, &session.control, &result, &fault);
	if (!err || err == -EINTR) {
		int written = 0;

		if (options.json || options.live || !isatty(STDOUT_FILENO))
			written = write_result(&result);
		else
			print_result(&job, &result);
		err = written ? written : err;
	}
	if (session.signals >= 0)
		close(session.signals);
	if (err) {
		fault_errno(&fault, err, "gen");
		return fail(&fault);
	}
	return EXIT_OK;
}

const struct command gen_command = {
	.name = "gen",
	.summary = "send the probes of one trial, tell what was sent and how late",
	.help = help,
	.main = gen_main,
};
