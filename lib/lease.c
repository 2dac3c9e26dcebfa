// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/journal.h"
#include "lib/lease.h"

struct lease {
	struct journal journal;
};

const char *lease_folder(void)
{
	const char *folder = getenv("PORTGAUGE_RUN_DIR");

	return folder && *folder ? folder : "/run/portgauge";
}

int lease_open(struct lease **ret_lease, const char *what, struct fault *fault)
{
	struct lease *lease = calloc(1, sizeof(*lease));
	int err;

	if (!lease)
		return fault_errno(fault, -ENOMEM, "journal");
	err = journal_create(&lease->journal, what, fault);
	if (err) {
		free(lease);
		return err;
	}
	*ret_lease = lease;
	return 0;
}

/* A cut-off target would undo something else. */
static int put_text(char *into, size_t size, const char *text, struct fault *fault)
{
	size_t length = text ? strlen(text) : 0;

	if (length >= size)
		return fault_set(fault, -ENAMETOOLONG, EXIT_FAILED,
				 "journal: '%s' is longer than %zu characters", text, size - 1);
	memcpy(into, text ? text : "", length + 1);
	return 0;
}

int lease_add(struct lease *lease, enum undo_kind kind, const char *target, const char *name,
	      const char *value, struct fault *fault)
{
	struct journal_entry entry = {.undo.kind = kind};
	struct undo *undo = &entry.undo;
	int err = put_text(undo->target, sizeof(undo->target), target, fault);

	if (!err)
		err = put_text(undo->name, sizeof(undo->name), name, fault);
	if (!err)
		err = put_text(undo->value, sizeof(undo->value), value, fault);
	if (err)
		return err;
	err = journal_netns_current(&entry.netns);
	if (err)
		return fault_errno(fault, err, "journal: own network namespace");
	return journal_append(&lease->journal, &entry, fault);
}

int lease_close(struct lease *lease, struct fault *fault)
{
	int err;

	if (!lease)
		return 0;
	err = undo_play_all(&lease->journal, fault);
	if (err)
		journal_rewrite(&lease->journal, NULL);
	else
		unlink(lease->journal.path);
	journal_done(&lease->journal);
	free(lease);
	return err;
}
