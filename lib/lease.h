/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Leased state: what a command changes on a machine is written to a journal before it is changed,
 * and undone last-in first-out when the lease ends. The journal is a file under /run/portgauge, one
 * a lease; `portgauge restore` plays those whose owner is dead, so that even kill -9 leaves nothing
 * behind. Normal and crash undo run the same code.
 */
#ifndef PORTGAUGE_LEASE_H
#define PORTGAUGE_LEASE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/fault.h"

enum undo_kind {
	UNDO_MTU,      /* target: interface; value: MTU */
	UNDO_CHANNELS, /* target: interface; value: "RX TX" */
	UNDO_FEATURE,  /* target: interface; name: feature; value: "on", "off" */
	UNDO_THREADED, /* target: interface; value: "0", "1" */
	UNDO_SYSCTL,   /* target: path below /proc/sys; value: text */
	UNDO_NFT,      /* target: "FAMILY NAME" of the table to delete */
	UNDO_LINK,     /* target: interface to delete */
	UNDO_NETNS,    /* target: named namespace to delete; value: its netns_cookie, "" for any */
};

struct undo {
	enum undo_kind kind;
	char target[96];
	char name[48];
	char value[64];
};

struct lease;

/* Opens a journal for this process. `what` is for people. */
int lease_open(struct lease **ret_lease, const char *what, struct fault *fault);

/* Journals how to undo a change that the caller is about to make in the network namespace that it is
 * in now. Synced before it returns. */
int lease_add(struct lease *lease, enum undo_kind kind, const char *target, const char *name,
	      const char *value, struct fault *fault);

/* Undoes everything, newest first; retries for up to 2 s what is busy (EBUSY, EINVAL, ENOSPC:
 * the other end of a veth pair may still hold its XDP program); a target that is gone counts as
 * undone. Removes the journal. Accepts NULL. First -errno, with a fault, if something stays: the
 * journal then keeps just that, for `portgauge restore`. */
int lease_close(struct lease *lease, struct fault *fault);

/* One journal of a dead owner was played: err is 0 or what could not be undone. */
typedef void (*lease_report)(void *arg, const char *what, int err, const char *text);

/* Plays the journals whose owner is dead, newest first. Returns how many, or -errno. A journal of an
 * earlier boot is removed without a word: the boot undid it. */
int lease_restore(lease_report report, void *arg, struct fault *fault);

/* Folder of the journals: $PORTGAUGE_RUN_DIR, else /run/portgauge. */
const char *lease_folder(void);

#endif
