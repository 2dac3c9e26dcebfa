// SPDX-License-Identifier: BSD-2-Clause
/* portgauge prove, portgauge prefill: what the tester sends through a data plane before trials. */
#include <errno.h>

#include "bench/command.h"
#include "bench/cookie.h"
#include "bench/option_words.h"
#include "bench/prefill.h"
#include "bench/prove.h"
#include "lib/opt.h"
#include "lib/privilege.h"

struct probe_options {
	struct gen_job job;
	struct dut dut;
};

static void list_groups(struct probe_options *options, const char *const *load,
			struct opt_group groups[5])
{
	groups[0] = (struct opt_group){&dut_table, &options->dut, NULL};
	groups[1] = (struct opt_group){&path_table, &options->job.path, NULL};
	groups[2] = (struct opt_group){&service_table, &options->job.service, NULL};
	groups[3] = (struct opt_group){&load_table, &options->job.load, load};
	groups[4] = (struct opt_group){0};
}

static void print_help(const char *const *load)
{
	struct probe_options options = {0};
	struct opt_group groups[5];

	list_groups(&options, load, groups);
	opt_help(stdout, groups);
}

static int parse(int argc, char **argv, const char *const *load, struct probe_options *ret_options,
		 struct fault *fault)
{
	struct opt_group groups[5];
	int err;

	list_groups(ret_options, load, groups);
	err = opt_parse(argc, argv, groups, NULL, 0, fault);
	if (err >= 0)
		err = cookie_choose(&ret_options->job.path.cookie, fault);
	return err ? err : privilege_need(CAP_NET_RAW, "to send and capture packets", fault);
}

static void prove_help(void)
{
	print_help(prove_load_words);
}

static int prove_once(int argc, char **argv, json_t **ret_record, struct fault *fault)
{
	struct probe_options options = {0};
	struct proof proof;
	int err = parse(argc, argv, prove_load_words, &options, fault);

	if (!err)
		err = prove(options.dut.plane, &options.job, &proof, fault);
	if (err)
		return err;
	*ret_record = json_pack("{s:s, s:s, s:i, s:i, s:s}", "record", "proof", "plane",
				plane_words[options.dut.plane], "sent", (int)proof.sent, "received",
				(int)proof.received, "example", proof.example);
	return *ret_record ? 0 : fault_errno(fault, -ENOMEM, "prove");
}

static void prefill_help(void)
{
	print_help(prefill_load_words);
}

static int prefill_once(int argc, char **argv, json_t **ret_record, struct fault *fault)
{
	struct probe_options options = {0};
	struct prefill done;
	int err = parse(argc, argv, prefill_load_words, &options, fault);

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

const struct command prove_command = {
	.name = "prove",
	.summary = "sends a few probes through a data plane and checks every byte that comes out",
	.help = prove_help,
	.once = prove_once,
};

const struct command prefill_command = {
	.name = "prefill",
	.summary =
		"opens every connection once and answers it, so that trials find them established",
	.help = prefill_help,
	.once = prefill_once,
};
