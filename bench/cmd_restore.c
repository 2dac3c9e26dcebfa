// SPDX-License-Identifier: BSD-2-Clause
/* portgauge restore: undoes what a killed command left behind. */
#include <errno.h>

#include "bench/command.h"
#include "lib/lease.h"
#include "lib/opt.h"
#include "lib/record.h"

struct restored {
	json_t *list;
	int err; /* the first, with its words */
	struct fault *fault;
};

static void restore_help(void)
{
	printf("Plays the journals in %s whose owner is dead, newest first: interface settings,\n"
	       "sysctls, tables, links and namespaces go back to what they were. What a living\n"
	       "command holds is left alone. PORTGAUGE_RUN_DIR names another folder.\n",
	       lease_folder());
}

static void note(void *arg, const char *what, int err, const char *text)
{
	struct restored *restored = arg;

	json_array_append_new(restored->list, json_pack("{s:s, s:b, s:s?}", "what", what, "undone",
							!err, "error", err ? text : NULL));
	if (err && !restored->err)
		restored->err = fault_set(restored->fault, err, EXIT_FAILED, "%s: %s", what, text);
}

static int restore_once(int argc, char **argv, json_t **ret_record, struct fault *fault)
{
	struct restored restored = {.fault = fault};
	const struct opt_group groups[] = {{0}};
	int err = opt_parse(argc, argv, groups, NULL, 0, fault);

	if (err < 0)
		return err;
	restored.list = json_array();
	if (!restored.list)
		return fault_errno(fault, -ENOMEM, "restore");
	err = lease_restore(note, &restored, fault);
	err = err < 0 ? err : restored.err;
	if (err) {
		json_decref(restored.list);
		return err;
	}
	*ret_record = json_pack("{s:s, s:o}", "record", "restore", "leases", restored.list);
	return *ret_record ? 0 : fault_errno(fault, -ENOMEM, "restore");
}

const struct command restore_command = {
	.name = "restore",
	.summary = "undoes what killed commands left behind",
	.arguments = "",
	.help = restore_help,
	.once = restore_once,
};
