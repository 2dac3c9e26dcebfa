// SPDX-License-Identifier: BSD-2-Clause
/* How each kind of change is undone, in the network namespace that it was made in. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/journal.h"
#include "lib/netif.h"
#include "lib/netns.h"
#include "lib/nft.h"

enum { UNDO_RETRY_MS = 20, UNDO_PATIENCE_MS = 2000 };

static int undo_mtu(const struct undo *undo, struct fault *fault)
{
	return netif_set_mtu(undo->target, (uint32_t)strtoul(undo->value, NULL, 10), fault);
}

static int undo_channels(const struct undo *undo, struct fault *fault)
{
	uint32_t rx, tx;

	if (sscanf(undo->value, "%u %u", &rx, &tx) != 2)
		return fault_set(fault, -EBADMSG, EXIT_FAILED, "journal: '%s' are no channels",
				 undo->value);
	return netif_set_channels(undo->target, rx, tx, fault);
}

static int undo_feature(const struct undo *undo, struct fault *fault)
{
	return netif_set_feature(undo->target, undo->name, !strcmp(undo->value, "on"), fault);
}

static int undo_threaded(const struct undo *undo, struct fault *fault)
{
	return netif_set_threaded(undo->target, !strcmp(undo->value, "1"), fault);
}

static int undo_sysctl(const struct undo *undo, struct fault *fault)
{
	char path[128];
	size_t length = strlen(undo->value);
	int fd, err = 0;

	snprintf(path, sizeof(path), "/proc/sys/%s", undo->target);
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd < 0)
		return fault_errno(fault, -errno, "sysctl '%s'", undo->target);
	if (write(fd, undo->value, length) != (ssize_t)length)
		err = fault_errno(fault, -(errno ? errno : EIO), "sysctl '%s' to '%s'",
				  undo->target, undo->value);
	close(fd);
	return err;
}

static int undo_nft(const struct undo *undo, struct fault *fault)
{
	char family[16], table[80];

	if (sscanf(undo->target, "%15s %79s", family, table) != 2)
		return fault_set(fault, -EBADMSG, EXIT_FAILED, "journal: '%s' is no table",
				 undo->target);
	return nft_delete_table(family, table, fault);
}

static int undo_link(const struct undo *undo, struct fault *fault)
{
	return netif_delete(undo->target, fault);
}

/* True if the name is a namespace, but another than the one with this cookie. */
static bool is_other_netns(const char *name, uint64_t cookie)
{
	uint64_t found = 0;
	int fd = cookie ? netns_open(name, NULL) : -1;

	if (fd < 0)
		return false;
	/* A file that is no namespace is what is left when naming one was cut short. */
	if (netns_cookie(fd, &found))
		found = cookie;
	close(fd);
	return found != cookie;
}

static int undo_netns(const struct undo *undo, struct fault *fault)
{
	int err;

	if (is_other_netns(undo->target, strtoull(undo->value, NULL, 10)))
		return 0;
	err = netns_delete(undo->target);
	return err ? fault_errno(fault, err, "deleting namespace '%s'", undo->target) : 0;
}

const char *const undo_words[] = {
	[UNDO_MTU] = "mtu",           [UNDO_CHANNELS] = "channels", [UNDO_FEATURE] = "feature",
	[UNDO_THREADED] = "threaded", [UNDO_SYSCTL] = "sysctl",     [UNDO_NFT] = "nft",
	[UNDO_LINK] = "link",         [UNDO_NETNS] = "netns",       NULL,
};

static int (*const undo_calls[])(const struct undo *undo, struct fault *fault) = {
	[UNDO_MTU] = undo_mtu,         [UNDO_CHANNELS] = undo_channels,
	[UNDO_FEATURE] = undo_feature, [UNDO_THREADED] = undo_threaded,
	[UNDO_SYSCTL] = undo_sysctl,   [UNDO_NFT] = undo_nft,
	[UNDO_LINK] = undo_link,       [UNDO_NETNS] = undo_netns,
};

/* Any process that lives in the namespace has a descriptor of it to offer. -ENOENT: nobody. */
static int open_by_process(uint64_t inode)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	struct stat other;
	int fd = -ENOENT;

	if (!proc)
		return -errno;
	while (fd < 0 && (entry = readdir(proc))) {
		char path[64];

		snprintf(path, sizeof(path), "/proc/%.20s/ns/net", entry->d_name);
		if (!isdigit((unsigned char)entry->d_name[0]) || stat(path, &other) ||
		    other.st_ino != inode)
			continue;
		fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	closedir(proc);
	return fd < 0 ? -ENOENT : fd;
}

static bool is_same(const struct journal_netns *a, const struct journal_netns *b)
{
	return a->inode == b->inode && a->cookie == b->cookie;
}

static int open_netns(const struct journal_netns *netns)
{
	int fd = *netns->name ? netns_open(netns->name, NULL) : -ENOENT;
	struct stat named;

	if (fd >= 0 && !fstat(fd, &named) && named.st_ino == netns->inode)
		return fd;
	if (fd >= 0) /* the name is another's now */
		close(fd);
	return open_by_process(netns->inode);
}

static bool is_gone(int err)
{
	return err == -ENOENT || err == -ENODEV;
}

/* The other end of a veth pair may hold its XDP program for a moment more. */
static bool is_busy(int err)
{
	return err == -EBUSY || err == -EINVAL || err == -ENOSPC;
}

static int play_here(const struct undo *undo, struct fault *fault)
{
	uint64_t until_ns = clock_now_ns() + UNDO_PATIENCE_MS * NS_PER_MS;
	int err = undo_calls[undo->kind](undo, NULL);

	while (is_busy(err) && clock_now_ns() < until_ns) {
		clock_sleep_until(clock_now_ns() + UNDO_RETRY_MS * NS_PER_MS);
		err = undo_calls[undo->kind](undo, NULL);
	}
	/* Once more for the words; it may succeed after all. */
	if (err && !is_gone(err))
		err = undo_calls[undo->kind](undo, fault);
	return is_gone(err) ? 0 : err;
}

/* Steps into the namespace and back. */
static int play_there(const struct journal_entry *entry, int fd, struct fault *fault)
{
	struct journal_netns there = {0};
	int home = netns_open("", fault);
	int err, back;

	if (home < 0)
		return home;
	if (setns(fd, CLONE_NEWNET)) {
		err = fault_errno(fault, -errno, "entering namespace '%s'", entry->netns.name);
		close(home);
		return err;
	}
	err = journal_netns_current(&there);
	if (!err && is_same(&there, &entry->netns))
		err = play_here(&entry->undo, fault);
	back = netns_return(home, fault);
	return err ? err : back;
}

int undo_play(const struct journal_entry *entry, struct fault *fault)
{
	struct journal_netns here;
	int err = journal_netns_current(&here);
	int fd;

	if (err)
		return fault_errno(fault, err, "own network namespace");
	/* Names of namespaces are the same everywhere. */
	if (is_same(&here, &entry->netns) || entry->undo.kind == UNDO_NETNS)
		return play_here(&entry->undo, fault);
	fd = open_netns(&entry->netns);
	if (fd == -ENOENT) /* gone, with everything in it */
		return 0;
	if (fd < 0)
		return fault_errno(fault, fd, "namespace '%s'", entry->netns.name);
	err = play_there(entry, fd, fault);
	close(fd);
	return err;
}

int undo_play_all(struct journal *journal, struct fault *fault)
{
	size_t kept = journal->nr_entries;
	int first = 0;

	/* What stays is moved to the end of the array, so that the order is kept. */
	for (size_t i = journal->nr_entries; i-- > 0;) {
		int err = undo_play(&journal->entries[i], fault);

		if (err)
			journal->entries[--kept] = journal->entries[i];
		first = first ? first : err;
	}
	journal->nr_entries -= kept;
	if (journal->nr_entries)
		memmove(journal->entries, journal->entries + kept,
			journal->nr_entries * sizeof(*journal->entries));
	return first;
}
