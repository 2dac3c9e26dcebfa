// SPDX-License-Identifier: BSD-2-Clause
#include "dut/kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/counters.h"

void kernel_knob_path(const char *format, const char *nic, char *ret_path, size_t size)
{
	const char *place = strstr(format, "%s");

	if (!place)
		snprintf(ret_path, size, "%s", format);
	else
		snprintf(ret_path, size, "%.*s%s%s", (int)(place - format), format, nic, place + 2);
}

/* /proc/thread-self: the namespace of this thread, not that of the process's first. */
static int read_text(const char *path, char *text, size_t size, struct fault *fault)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, text, size - 1);
	int err = length < 0 ? -errno : 0;

	if (fd >= 0)
		close(fd);
	if (err)
		return fault_errno(fault, err, "read '%s'", path);
	text[length] = '\0';
	return 0;
}

static int read_knob(const char *path, char *text, size_t size, struct fault *fault)
{
	char file[128];
	int err;

	snprintf(file, sizeof(file), "/proc/sys/%s", path);
	err = read_text(file, text, size, fault);
	if (!err)
		text[strcspn(text, "\n")] = '\0';
	return err;
}

int kernel_read_knob(const char *path, uint64_t *ret_value, struct fault *fault)
{
	char text[64];
	int err = read_knob(path, text, sizeof(text), fault);

	if (!err)
		*ret_value = strtoull(text, NULL, 10);
	return err;
}

static int write_knob(const char *path, const char *value, struct fault *fault)
{
	char file[128];
	ssize_t written;
	int fd, err;

	snprintf(file, sizeof(file), "/proc/sys/%s", path);
	fd = open(file, O_WRONLY | O_CLOEXEC);
	written = fd < 0 ? -1 : write(fd, value, strlen(value));
	err = written < 0 ? -errno : 0;
	if (fd >= 0)
		close(fd);
	return err ? fault_errno(fault, err, "write '%s' to '%s'", value, file) : 0;
}

int kernel_set_knob(struct lease *lease, const char *path, const char *value, struct fault *fault)
{
	char before[64];
	int err = read_knob(path, before, sizeof(before), fault);

	if (err || (value && !strcmp(before, value)))
		return err;
	err = lease_add(lease, UNDO_SYSCTL, path, "", before, fault);
	if (err || !value)
		return err;
	return write_knob(path, value, fault);
}

int kernel_forwarded(uint64_t *ret_forwarded, struct fault *fault)
{
	static const char path[] = "/proc/thread-self/net/snmp";
	struct snap snap = {0};
	char text[4096];
	int err = read_text(path, text, sizeof(text), fault);

	if (err)
		return err;
	err = counters_parse_snmp(text, &snap);
	if (err)
		return fault_errno(fault, err, "read '%s'", path);
	*ret_forwarded = snap.ip_forwarded;
	return 0;
}
