// SPDX-License-Identifier: BSD-2-Clause
/* portgauge prefill: every connection of a data plane is opened once, from the tester. */
#include <errno.h>

#include "bench/command.h"
#include "bench/cookie.h"
#include "bench/prefill.h"
#include "lib/opt.h"
#include "lib/privilege.h"

struct prefill_options {
	struct gen_job job;
	struct dut dut;
};

static const char *const load_options[] = {"flows", "seed", NULL};

static void list_groups(struct prefill_options *options, struct opt_group groups[5])
{
	groups[0] = (struct opt_group){&dut_table, &options->dut, NULL};
	groups[1] = (struct opt_group){&path_table, &options->job.path, NULL};
	groups[2] = (struct opt_group){&service_table, &options->job.service, NULL};
	groups[3] = (struct opt_group){&load_table, &options->job.load, load_options};
	groups[4] = (struct opt_group){0};
}

static void prefill_help(void)
{
	struct prefill_options options = {0};
	struct opt_group groups[5];

	list_groups(&options, groups);
	opt_help(stdout, groups);
}

static int prefill_once(int argc, char **argv, json_t **ret_record, struct fault *fault)
{
	struct prefill_options options = {0};
	struct opt_group groups[5];
	struct prefill done;
	int err;

	list_groups(&options, groups);
	err = opt_parse(argc, argv, groups, NULL, 0, fault);
	if (err >= 0)
		err = cookie_choose(&options.job.path.cookie, fault);
	if (!err)
		err = privilege_need(CAP_NET_RAW, "to send and capture packets", fault);
	if (!err)
		err = prefill(options.dut.plane, &options.job, &done, fault);
	if (err)
		return err;
	*ret_record = json_pack("{s:s, s:s, s:I, s:I, s:I, s:I}", "record", "prefill", "plane",
				plane_words[options.dut.plane], "flows",
				(json_int_t)options.job.load.flows, "opened",
				(json_int_t)done.opened, "answered", (json_int_t)done.answered,
				"elapsed_ns", (json_int_t)done.elapsed_ns);
	return *ret_record ? 0 : fault_errno(fault, -ENOMEM, "prefill");
}

const struct command prefill_command = {
	.name = "prefill",
	.summary =
		"opens every connection once and answers it, so that trials find them established",
	.help = prefill_help,
	.once = prefill_once,
};
