// SPDX-License-Identifier: BSD-2-Clause
/* report_plots: gnuplot started on the scripts of scripts/plot. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/report.h"
#include "bench/report_table.h"
#include "bench/store.h"

extern char **environ;

static const struct plot {
	const char *name;
	uint32_t measure;
} plots[] = {{"peak", MEASURE_PEAK}, {"latency", MEASURE_RATE}};

/* Where the scripts are: $PORTGAUGE_SHARE/plot, else the source tree's. */
static void script_path(const char *name, char *path, size_t size)
{
	const char *share = getenv("PORTGAUGE_SHARE");

	if (share && *share)
		snprintf(path, size, "%s/plot/%s.gp", share, name);
	else
		snprintf(path, size, "%s/%s.gp", PG_SOURCE_DIR "/scripts/plot", name);
}

/* Starts gnuplot with what it says going to a pipe. */
static int start(char *const argv[], pid_t *ret_pid, int *ret_fd)
{
	posix_spawn_file_actions_t actions;
	int fds[2], err;

	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	err = -posix_spawn_file_actions_init(&actions);
	if (err)
		goto out_pipe;
	err = -posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (!err)
		err = -posix_spawn_file_actions_adddup2(&actions, fds[1], STDOUT_FILENO);
	if (!err)
		err = -posix_spawn_file_actions_adddup2(&actions, fds[1], STDERR_FILENO);
	if (!err)
		err = -posix_spawnp(ret_pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
out_pipe:
	close(fds[1]);
	if (err)
		close(fds[0]);
	else
		*ret_fd = fds[0];
	return err;
}

/* Reads to the end; keeps the beginning. */
static void read_all(int fd, char *text, size_t size)
{
	char rest[1024];
	size_t used = 0;
	ssize_t got;

	do {
		bool full = used + 1 == size;

		got = full ? read(fd, rest, sizeof(rest)) : read(fd, text + used, size - 1 - used);
		if (got > 0 && !full)
			used += (size_t)got;
	} while (got > 0 || (got < 0 && errno == EINTR));
	text[used] = '\0';
}

/* gnuplot shows the place first; its last line says what is wrong. */
static const char *last_line(char *text)
{
	char *newline;

	for (size_t end = strlen(text); end && strchr(" \n", text[end - 1]);)
		text[--end] = '\0';
	newline = strrchr(text, '\n');
	return newline ? newline + 1 : text;
}

/* gnuplot -c SCRIPT points.csv OUTBASE DETAIL */
static int draw(const char *folder, const char *name, char *detail, struct fault *fault)
{
	char script[4300], csv[4300], base[4300], said[4096];
	char *const argv[] = {"gnuplot", "-c", script, csv, base, detail, NULL};
	int fd = -1, status, err;
	pid_t pid;

	script_path(name, script, sizeof(script));
	snprintf(csv, sizeof(csv), "%s/points.csv", folder);
	snprintf(base, sizeof(base), "%s/plots/%s", folder, name);
	if (access(script, R_OK))
		return fault_errno(fault, -errno, "cannot read the plot script '%s'", script);
	err = start(argv, &pid, &fd);
	if (err == -ENOENT)
		return fault_set(
			fault, err, EXIT_CANNOT,
			"no plots: gnuplot is not installed (apt-get install gnuplot-nox); "
			"the numbers do not need it");
	if (err)
		return fault_errno(fault, err, "cannot start gnuplot");
	read_all(fd, said, sizeof(said));
	close(fd);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return fault_errno(fault, -errno, "cannot wait for gnuplot");
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return fault_set(fault, -EIO, EXIT_FAILED, "gnuplot failed on '%s': %.300s", script,
				 last_line(said));
	return 0;
}

static int draw_all(const char *folder, const struct run_record *record, struct fault *fault)
{
	int err = 0;

	for (size_t i = 0; !err && i < sizeof(plots) / sizeof(plots[0]); i++) {
		char load[64], detail[160];

		report_load(record, plots[i].measure, load, sizeof(load));
		snprintf(detail, sizeof(detail), "%s%s%s", record->name, *load ? ": " : "", load);
		err = draw(folder, plots[i].name, detail, fault);
	}
	return err;
}

int report_plots(const char *folder, struct fault *fault)
{
	struct run_record record;
	char path[4200];
	int err;

	snprintf(path, sizeof(path), "%s/plots", folder);
	err = store_load(folder, &record, fault);
	if (err)
		return err;
	if (mkdir(path, 0777) && errno != EEXIST)
		err = fault_set(fault, -errno, EXIT_FAILED, "cannot make '%s': %s", path,
				strerror(errno));
	if (!err)
		err = draw_all(folder, &record, fault);
	store_unload(&record);
	return err;
}
