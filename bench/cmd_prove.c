// SPDX-License-Identifier: BSD-2-Clause
/* portgauge prove: whether a data plane forwards right, seen from the tester. */
#include <errno.h>

#include "bench/command.h"
#include "bench/cookie.h"
#include "bench/prove.h"
#include "lib/opt.h"
#include "lib/privilege.h"

struct prove_options {
	struct gen_job job;
	struct dut dut;
};

static const char *const load_options[] = {"flows", "frame", "seed", NULL};

static void list_groups(struct prove_options *options, struct opt_group groups[5])
{
	groups[0] = (struct opt_group){&dut_table, &options->dut, NULL};
	groups[1] = (struct opt_group){&path_table, &options->job.path, NULL};
	groups[2] = (struct opt_group){&service_table, &options->job.service, NULL};
	groups[3] = (struct opt_group){&load_table, &options->job.load, load_options};
	groups[4] = (struct opt_group){0};
}

static void prove_help(void)
{
	struct prove_options options = {0};
	struct opt_group groups[5];

	list_groups(&options, groups);
	opt_help(stdout, groups);
}

static int prove_once(int argc, char **argv, json_t **ret_record, struct fault *fault)
{
	struct prove_options options = {0};
	struct opt_group groups[5];
	struct proof proof;
	int err;

	list_groups(&options, groups);
	err = opt_parse(argc, argv, groups, NULL, 0, fault);
	if (err >= 0)
		err = cookie_choose(&options.job.path.cookie, fault);
	if (!err)
		err = privilege_need(CAP_NET_RAW, "to send and capture packets", fault);
	if (!err)
		err = prove(options.dut.plane, &options.job, &proof, fault);
	if (err)
		return err;
	*ret_record = json_pack("{s:s, s:s, s:i, s:i, s:s}", "record", "proof", "plane",
				plane_words[options.dut.plane], "sent", (int)proof.sent, "received",
				(int)proof.received, "example", proof.example);
	return *ret_record ? 0 : fault_errno(fault, -ENOMEM, "prove");
}

const struct command prove_command = {
	.name = "prove",
	.summary = "sends a few probes through a data plane and checks every byte that comes out",
	.help = prove_help,
	.once = prove_once,
};
