// SPDX-License-Identifier: BSD-2-Clause
#include "dut/nftool.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* PATH of a login over ssh may lack the folders of the super-user. */
static const char *const places[] = {"nft", "/usr/sbin/nft", "/sbin/nft"};

/* Input is a file and output too, so that neither side can wait for the other. */
static int spawn(char *const argv[], int input_fd, int said_fd, pid_t *ret_pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t none;
	int err = ENOENT;

	sigemptyset(&none);
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawn_file_actions_adddup2(&actions, input_fd, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, said_fd, STDERR_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	for (size_t i = 0; err == ENOENT && i < sizeof(places) / sizeof(places[0]); i++)
		err = posix_spawnp(ret_pid, places[i], &actions, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	return -err;
}

/* The first line that it said, without the newline. */
static void read_said(int said_fd, char *text, size_t size)
{
	ssize_t length = pread(said_fd, text, size - 1, 0);

	text[length > 0 ? length : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
}

/* The exit status (128 and above: killed), or -errno. `text` gets what it said. */
static int run(char *const argv[], int input_fd, char *text, size_t size, struct fault *fault)
{
	int said_fd = memfd_create("nft", MFD_CLOEXEC);
	int status = 0, err;
	pid_t pid;

	if (said_fd < 0)
		return fault_errno(fault, -errno, "run 'nft'");
	err = spawn(argv, input_fd, said_fd, &pid);
	if (err == -ENOENT)
		fault_set(fault, err, EXIT_CANNOT, "run 'nft': there is no such program here");
	else if (err)
		fault_errno(fault, err, "run 'nft'");
	while (!err && waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			err = fault_errno(fault, -errno, "wait for 'nft'");
	read_said(said_fd, text, size);
	close(said_fd);
	if (err)
		return err;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int nftool_has_table(const char *table, struct fault *fault)
{
	char family[16], name[64], text[256];
	char *const argv[] = {"nft", "--terse", "list", "table", family, name, NULL};
	int null_fd, status;

	if (sscanf(table, "%15s %63s", family, name) != 2)
		return -EINVAL;
	null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (null_fd < 0)
		return fault_errno(fault, -errno, "run 'nft'");
	status = run(argv, null_fd, text, sizeof(text), fault);
	close(null_fd);
	if (status <= 0)
		return status < 0 ? status : 1;
	if (strstr(text, "No such file"))
		return 0;
	return fault_set(fault, -EIO, strstr(text, "not permitted") ? EXIT_CANNOT : EXIT_FAILED,
			 "list the nftables table '%s': %s", table, text);
}

int nftool_load(int fd, struct fault *fault)
{
	char *const argv[] = {"nft", "-f", "-", NULL};
	char text[256];
	int status;

	if (lseek(fd, 0, SEEK_SET) < 0)
		return fault_errno(fault, -errno, "rewind the nftables rules");
	status = run(argv, fd, text, sizeof(text), fault);
	if (status <= 0)
		return status;
	return fault_set(fault, -EIO, EXIT_FAILED, "load the nftables rules: %s",
			 *text ? text : "nft failed and did not say why");
}
