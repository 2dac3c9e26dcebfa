/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file of a lease: JSON lines, the first tells the owner, each other one how to undo a change.
 * Lines are appended whole; a torn last one was never acted upon. Used by the lease files only.
 */
#ifndef PORTGAUGE_JOURNAL_H
#define PORTGAUGE_JOURNAL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/lease.h"

/* A pid alone may be a later process's. */
struct journal_owner {
	pid_t pid;
	uint64_t started_ticks; /* /proc/PID/stat, field 22 */
	char boot_id[40];
};

/* The cookie tells a namespace from a later one of the same name and inode, which help to find it. */
struct journal_netns {
	char name[64]; /* below /run/netns; "" if it has none */
	uint64_t inode;
	uint64_t cookie; /* 0: not known */
};

struct journal_entry {
	struct undo undo;
	struct journal_netns netns; /* where it is to be undone */
};

struct journal {
	char path[300];
	char what[64];
	struct journal_owner owner;
	uint64_t opened_ns; /* CLOCK_BOOTTIME: the order of several */
	size_t nr_entries;
	struct journal_entry *entries; /* heap */
};

enum journal_state { JOURNAL_ALIVE, JOURNAL_DEAD, JOURNAL_EARLIER_BOOT };

/* Makes an empty journal of this process, with its first line written. */
int journal_create(struct journal *ret_journal, const char *what, struct fault *fault);

/* Appends one entry, synced, and adds it to the list. */
int journal_append(struct journal *journal, const struct journal_entry *entry, struct fault *fault);

/* Writes the file anew from the list, in place of the old. */
int journal_rewrite(const struct journal *journal, struct fault *fault);

/* -EINVAL: not even the first line is whole, so nothing was changed under it. */
int journal_load(struct journal *ret_journal, const char *path, struct fault *fault);

void journal_done(struct journal *journal);

enum journal_state journal_state(const struct journal_owner *owner);

/* The network namespace of the calling thread. */
int journal_netns_current(struct journal_netns *ret_netns);

/* Undoes one change, with the retries that lease_close promises. 0 also if the target is gone. */
int undo_play(const struct journal_entry *entry, struct fault *fault);

/* Undoes all entries, newest first; those that stay remain in the list. The first -errno. */
int undo_play_all(struct journal *journal, struct fault *fault);

/* Names of enum undo_kind in the file, NULL-terminated. */
extern const char *const undo_words[];

#endif
