// SPDX-License-Identifier: BSD-2-Clause
/* What the dead left behind: the journals of owners that are no more. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/journal.h"

struct orphans {
	size_t nr;
	struct journal *journals; /* heap */
};

static bool is_journal(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && !strcmp(dot, ".journal");
}

/* Adds the journal if its owner is dead, removes it if there is nothing to undo under it. */
static int collect(struct orphans *orphans, const char *path, struct fault *fault)
{
	struct journal journal, *more;
	int err = journal_load(&journal, path, fault);

	if (err == -EINVAL || err == -ENOENT) /* torn at birth (or being born), or just gone */
		return 0;
	if (err)
		return err;
	switch (journal_state(&journal.owner)) {
	case JOURNAL_ALIVE:
		break;
	case JOURNAL_EARLIER_BOOT:
		unlink(path);
		break;
	case JOURNAL_DEAD:
		more = reallocarray(orphans->journals, orphans->nr + 1, sizeof(*more));
		if (!more) {
			err = -ENOMEM;
			break;
		}
		orphans->journals = more;
		orphans->journals[orphans->nr++] = journal;
		return 0;
	}
	journal_done(&journal);
	return err;
}

static int find_orphans(struct orphans *orphans, struct fault *fault)
{
	DIR *folder = opendir(lease_folder());
	struct dirent *entry;
	char path[300];
	int err = 0;

	if (!folder)
		return errno == ENOENT
			       ? 0
			       : fault_errno(fault, -errno, "journal folder '%s'", lease_folder());
	while (!err && (entry = readdir(folder))) {
		struct fault ignored = {0};

		if (!is_journal(entry->d_name) ||
		    snprintf(path, sizeof(path), "%s/%s", lease_folder(), entry->d_name) >=
			    (int)sizeof(path))
			continue;
		err = collect(orphans, path, &ignored);
		if (err)
			fault_errno(fault, err, "journal '%s'", path);
	}
	closedir(folder);
	return err;
}

static int newest_first(const void *a, const void *b)
{
	uint64_t one = ((const struct journal *)a)->opened_ns;
	uint64_t two = ((const struct journal *)b)->opened_ns;

	return (one < two) - (one > two);
}

/* Two `restore` at once: the second leaves a journal to the first. Returns a descriptor, or -errno:
 * -EAGAIN if another has it, -ENOENT if another is done with it. */
static int take_journal(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat mine, named;
	int err = 0;

	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB))
		err = -EAGAIN;
	else if (fstat(fd, &mine) || stat(path, &named) || mine.st_ino != named.st_ino)
		err = -ENOENT;
	if (err)
		close(fd);
	return err ? err : fd;
}

/* 1 if it was played, with or without success. */
static int play(struct journal *journal, lease_report report, void *arg)
{
	struct fault fault = {0};
	int fd = take_journal(journal->path);
	int err;

	if (fd < 0)
		return 0;
	err = undo_play_all(journal, &fault);
	if (err)
		journal_rewrite(journal, NULL);
	else
		unlink(journal->path);
	close(fd);
	if (report)
		report(arg, journal->what, err, fault.text);
	return 1;
}

int lease_restore(lease_report report, void *arg, struct fault *fault)
{
	struct orphans orphans = {0};
	int err = find_orphans(&orphans, fault);
	int played = 0;

	if (orphans.nr)
		qsort(orphans.journals, orphans.nr, sizeof(*orphans.journals), newest_first);
	for (size_t i = 0; i < orphans.nr; i++) {
		if (!err)
			played += play(&orphans.journals[i], report, arg);
		journal_done(&orphans.journals[i]);
	}
	free(orphans.journals);
	return err ? err : played;
}
