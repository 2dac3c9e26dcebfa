// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/journal.h"
#include "lib/netns.h"

static int read_boot_id(char boot_id[40])
{
	FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
	int found;

	if (!file)
		return -errno;
	found = fscanf(file, "%36s", boot_id);
	fclose(file);
	return found == 1 ? 0 : -EIO;
}

/* When a process began, or -ESRCH. Its name may hold anything, so count from the last ')'. */
static int read_started(pid_t pid, uint64_t *ret_ticks)
{
	char path[64], line[1024];
	unsigned long long ticks;
	char state, *after;
	FILE *file;
	bool whole;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return -ESRCH;
	whole = fgets(line, sizeof(line), file);
	fclose(file);
	after = whole ? strrchr(line, ')') : NULL;
	if (!after ||
	    sscanf(after + 1,
		   " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
		   &state, &ticks) != 2)
		return -ESRCH;
	/* A zombie runs nothing any more: its parent has just not looked. */
	if (state == 'Z' || state == 'X')
		return -ESRCH;
	*ret_ticks = ticks;
	return 0;
}

enum journal_state journal_state(const struct journal_owner *owner)
{
	char boot_id[40] = "";
	uint64_t started;

	if (read_boot_id(boot_id))
		return JOURNAL_ALIVE; /* cannot tell: leave it alone */
	if (strcmp(boot_id, owner->boot_id))
		return JOURNAL_EARLIER_BOOT;
	if (read_started(owner->pid, &started) || started != owner->started_ticks)
		return JOURNAL_DEAD;
	return JOURNAL_ALIVE;
}

int journal_netns_current(struct journal_netns *ret_netns)
{
	struct journal_netns netns = {0};
	struct stat own;
	int err;

	if (stat("/proc/thread-self/ns/net", &own))
		return -errno;
	netns.inode = own.st_ino;
	err = netns_current(netns.name, sizeof(netns.name));
	if (!err)
		err = netns_cookie(-1, &netns.cookie);
	if (!err)
		*ret_netns = netns;
	return err;
}

static int write_line(int fd, json_t *json)
{
	char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
	size_t length = text ? strlen(text) : 0;
	int err = -ENOMEM;

	json_decref(json);
	if (text) {
		text[length++] = '\n'; /* one write, so that a line is whole or torn at the end */
		err = write(fd, text, length) == (ssize_t)length ? 0 : -(errno ? errno : EIO);
		if (!err && fdatasync(fd))
			err = -errno;
	}
	free(text);
	return err;
}

static json_t *pack_owner(const struct journal *journal)
{
	return json_pack("{s:s, s:I, s:{s:i, s:I, s:s}}", "what", journal->what, "opened_ns",
			 (json_int_t)journal->opened_ns, "owner", "pid", (int)journal->owner.pid,
			 "started_ticks", (json_int_t)journal->owner.started_ticks, "boot_id",
			 journal->owner.boot_id);
}

static json_t *pack_entry(const struct journal_entry *entry)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:{s:s, s:I, s:I}}", "undo",
			 undo_words[entry->undo.kind], "target", entry->undo.target, "name",
			 entry->undo.name, "value", entry->undo.value, "netns", "name",
			 entry->netns.name, "inode", (json_int_t)entry->netns.inode, "cookie",
			 (json_int_t)entry->netns.cookie);
}

/* PID-N.journal with the first N that is free. Returns a descriptor or -errno. */
static int create_file(struct journal *journal)
{
	for (unsigned n = 1;; n++) {
		int fd;

		if (snprintf(journal->path, sizeof(journal->path), "%s/%d-%u.journal",
			     lease_folder(), (int)journal->owner.pid,
			     n) >= (int)sizeof(journal->path))
			return -ENAMETOOLONG;
		fd = open(journal->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd >= 0)
			return fd;
		if (errno != EEXIST)
			return -errno;
	}
}

int journal_create(struct journal *ret_journal, const char *what, struct fault *fault)
{
	struct journal journal = {.owner.pid = getpid()};
	struct timespec now;
	int fd, err;

	snprintf(journal.what, sizeof(journal.what), "%s", what);
	clock_gettime(CLOCK_BOOTTIME, &now);
	journal.opened_ns = (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
	err = read_boot_id(journal.owner.boot_id);
	if (!err)
		err = read_started(journal.owner.pid, &journal.owner.started_ticks);
	if (err)
		return fault_errno(fault, err, "journal: identity of this process");
	if (mkdir(lease_folder(), 0755) && errno != EEXIST)
		return fault_errno(fault, -errno, "journal folder '%s'", lease_folder());
	fd = create_file(&journal);
	if (fd < 0)
		return fault_errno(fault, fd, "journal in '%s'", lease_folder());
	err = write_line(fd, pack_owner(&journal));
	close(fd);
	if (err) {
		unlink(journal.path);
		return fault_errno(fault, err, "journal '%s'", journal.path);
	}
	*ret_journal = journal;
	return 0;
}

static int add_entry(struct journal *journal, const struct journal_entry *entry)
{
	struct journal_entry *more =
		reallocarray(journal->entries, journal->nr_entries + 1, sizeof(*journal->entries));

	if (!more)
		return -ENOMEM;
	journal->entries = more;
	journal->entries[journal->nr_entries++] = *entry;
	return 0;
}

int journal_append(struct journal *journal, const struct journal_entry *entry, struct fault *fault)
{
	int fd = open(journal->path, O_WRONLY | O_APPEND | O_CLOEXEC);
	off_t end;
	int err;

	if (fd < 0)
		return fault_errno(fault, -errno, "journal '%s'", journal->path);
	end = lseek(fd, 0, SEEK_END);
	err = end < 0 ? -errno : add_entry(journal, entry);
	if (!err) {
		err = write_line(fd, pack_entry(entry));
		journal->nr_entries -= err ? 1 : 0;
		/* Half a line would hide every later one from a reader. */
		if (err && ftruncate(fd, end))
			err = -errno;
	}
	close(fd);
	return err ? fault_errno(fault, err, "journal '%s'", journal->path) : 0;
}

int journal_rewrite(const struct journal *journal, struct fault *fault)
{
	char path[sizeof(journal->path) + 8];
	int fd, err;

	snprintf(path, sizeof(path), "%s.new", journal->path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return fault_errno(fault, -errno, "journal '%s'", path);
	err = write_line(fd, pack_owner(journal));
	for (size_t i = 0; !err && i < journal->nr_entries; i++)
		err = write_line(fd, pack_entry(&journal->entries[i]));
	close(fd);
	if (!err && rename(path, journal->path))
		err = -errno;
	if (err)
		unlink(path);
	return err ? fault_errno(fault, err, "journal '%s'", journal->path) : 0;
}

static int unpack_owner(const char *line, struct journal *journal)
{
	json_t *json = json_loads(line, 0, NULL);
	const char *what, *boot_id;
	json_int_t opened, started;
	int pid, err;

	err = json_unpack(json, "{s:s, s:I, s:{s:i, s:I, s:s}}", "what", &what, "opened_ns",
			  &opened, "owner", "pid", &pid, "started_ticks", &started, "boot_id",
			  &boot_id);
	if (!err) {
		snprintf(journal->what, sizeof(journal->what), "%s", what);
		snprintf(journal->owner.boot_id, sizeof(journal->owner.boot_id), "%s", boot_id);
		journal->opened_ns = (uint64_t)opened;
		journal->owner.pid = pid;
		journal->owner.started_ticks = (uint64_t)started;
	}
	json_decref(json);
	return err ? -EINVAL : 0;
}

static int unpack_entry(const char *line, struct journal_entry *entry)
{
	json_t *json = json_loads(line, 0, NULL);
	const char *kind, *target, *name, *value, *netns;
	json_int_t inode, cookie;
	int err = json_unpack(json, "{s:s, s:s, s:s, s:s, s:{s:s, s:I, s:I}}", "undo", &kind,
			      "target", &target, "name", &name, "value", &value, "netns", "name",
			      &netns, "inode", &inode, "cookie", &cookie);

	for (int i = 0; !err; i++) {
		if (!undo_words[i])
			err = -1;
		else if (!strcmp(undo_words[i], kind)) {
			entry->undo.kind = (enum undo_kind)i;
			break;
		}
	}
	if (!err) {
		snprintf(entry->undo.target, sizeof(entry->undo.target), "%s", target);
		snprintf(entry->undo.name, sizeof(entry->undo.name), "%s", name);
		snprintf(entry->undo.value, sizeof(entry->undo.value), "%s", value);
		snprintf(entry->netns.name, sizeof(entry->netns.name), "%s", netns);
		entry->netns.inode = (uint64_t)inode;
		entry->netns.cookie = (uint64_t)cookie;
	}
	json_decref(json);
	return err ? -EINVAL : 0;
}

int journal_load(struct journal *ret_journal, const char *path, struct fault *fault)
{
	struct journal journal = {0};
	struct journal_entry entry = {0};
	FILE *file = fopen(path, "re");
	char line[1024];
	int err;

	if (!file)
		return fault_errno(fault, -errno, "journal '%s'", path);
	snprintf(journal.path, sizeof(journal.path), "%s", path);
	err = fgets(line, sizeof(line), file) && strchr(line, '\n') ? unpack_owner(line, &journal)
								    : -EINVAL;
	if (err)
		fault_set(fault, err, EXIT_FAILED, "journal '%s': its first line is not whole",
			  path);
	/* The first line that is not whole is the end: its change was never made. */
	while (!err && fgets(line, sizeof(line), file) && strchr(line, '\n') &&
	       !unpack_entry(line, &entry))
		err = add_entry(&journal, &entry);
	fclose(file);
	if (err)
		journal_done(&journal);
	else
		*ret_journal = journal;
	return err;
}

void journal_done(struct journal *journal)
{
	free(journal->entries);
	journal->entries = NULL;
	journal->nr_entries = 0;
}
