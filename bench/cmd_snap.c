// SPDX-License-Identifier: BSD-2-Clause
/* portgauge snap: the counters of this host (or network namespace), once. */
#include <errno.h>

#include "bench/command.h"
#include "lib/counters.h"
#include "lib/opt.h"
#include "lib/record.h"

static const char *const nic_option[] = {"nic", NULL};

static void snap_help(void)
{
	struct path path;
	const struct opt_group groups[] = {{&path_table, &path, nic_option}, {0}};

	opt_help(stdout, groups);
}

static int snap_once(int argc, char **argv, json_t **ret_record, struct fault *fault)
{
	struct path path;
	struct snap snap;
	const struct opt_group groups[] = {{&path_table, &path, nic_option}, {0}};
	int err = opt_parse(argc, argv, groups, NULL, 0, fault);

	if (err < 0)
		return err;
	err = counters_read(path.nic, &snap, fault);
	if (err)
		return err;
	*ret_record = record_new("snap", record_pack(&snap_table, &snap));
	return *ret_record ? 0 : fault_errno(fault, -ENOMEM, "snap");
}

const struct command snap_command = {
	.name = "snap",
	.summary = "one record of the counters that packets can be lost in",
	.help = snap_help,
	.once = snap_once,
};
