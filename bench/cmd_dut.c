// SPDX-License-Identifier: BSD-2-Clause
/* portgauge dut PLANE: a data plane under test, for as long as the lease lasts. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/command.h"
#include "bench/option_words.h"
#include "dut/plane.h"
#include "lib/netif.h"
#include "lib/opt.h"
#include "lib/privilege.h"
#include "lib/record.h"

struct dut_state {
	const struct plane_ops *ops;
	struct plane_session *session;
};

struct dut_options {
	struct path path;
	struct service service;
	struct load load; /* flows alone */
};

static void list_groups(struct dut_options *options, struct opt_group groups[4])
{
	groups[0] = (struct opt_group){&path_table, &options->path, dut_path_words};
	groups[1] = (struct opt_group){&service_table, &options->service, NULL};
	groups[2] = (struct opt_group){&load_table, &options->load, flows_words};
	groups[3] = (struct opt_group){0};
}

static void dut_help(void)
{
	struct dut_options options = {0};
	struct opt_group groups[4];

	printf("PLANE is one of:");
	for (const char *const *word = plane_words; *word; word++)
		printf(" %s", *word);
	printf("\n\n");
	list_groups(&options, groups);
	opt_help(stdout, groups);
	puts("Words on standard input: counters.");
}

static int find_plane(const char *word, uint32_t *ret_plane, struct fault *fault)
{
	struct dut dut = {0};
	struct fault reason = {0};
	const struct field *field = field_find(&dut_table, "plane");
	int err = field_parse(field, &dut, word, &reason);

	if (err)
		return fault_set(fault, err, EXIT_USAGE, "plane: %s", reason.text);
	*ret_plane = dut.plane;
	return 0;
}

/* The mode is what the kernel says that it is, not what was asked for. */
static int pack_ready(const struct dut_state *state, const char *nic, json_t **ret_ready,
		      struct fault *fault)
{
	struct dut_counters counters;
	int err = state->ops->counters(state->session, &counters, fault);

	if (err)
		return err;
	*ret_ready = json_pack(
		"{s:s, s:s, s:s, s:s*}", "record", "ready", "dut", state->ops->name, "nic", nic,
		"mode", counters.mode == FIELD_NO_WORD ? NULL : xdp_mode_words[counters.mode]);
	return *ret_ready ? 0 : fault_errno(fault, -ENOMEM, "dut");
}

static int parse(int argc, char **argv, uint32_t *ret_plane, struct plane_job *ret_job,
		 struct fault *fault)
{
	struct dut_options options = {0};
	struct opt_group groups[4];
	const char *word = NULL;
	int words, err;

	list_groups(&options, groups);
	words = opt_parse(argc, argv, groups, &word, 1, fault);
	if (words < 0)
		return words;
	if (!words)
		return fault_set(fault, -EINVAL, EXIT_USAGE,
				 "which plane? usage: portgauge dut PLANE [OPTION...]");
	err = find_plane(word, ret_plane, fault);
	if (!err)
		*ret_job = (struct plane_job){options.path, options.service, options.load.flows};
	return err;
}

static int dut_begin(int argc, char **argv, void **ret_state, json_t **ret_ready,
		     struct fault *fault)
{
	struct dut_state *state;
	struct plane_job job;
	struct netif netif;
	uint32_t plane = PLANE_XDP;
	int err = parse(argc, argv, &plane, &job, fault);

	if (!err)
		err = privilege_need(CAP_NET_ADMIN, "to set up a data plane", fault);
	if (!err)
		err = netif_get(job.path.nic, &netif, fault);
	if (err)
		return err;
	state = calloc(1, sizeof(*state));
	if (!state)
		return fault_errno(fault, -ENOMEM, "dut");
	state->ops = plane_ops(plane);
	err = state->ops->up(&job, &state->session, fault);
	if (err)
		goto out_state;
	err = pack_ready(state, job.path.nic, ret_ready, fault);
	if (err)
		goto out_plane;
	*ret_state = state;
	return 0;
out_plane:
	state->ops->down(state->session, NULL);
out_state:
	free(state);
	return err;
}

static int pack_counters(struct dut_state *state, json_t **ret_record, struct fault *fault)
{
	struct dut_counters counters;
	int err = state->ops->counters(state->session, &counters, fault);

	if (err)
		return err;
	*ret_record = record_new("dut", record_pack(&dut_counters_table, &counters));
	return *ret_record ? 0 : fault_errno(fault, -ENOMEM, "dut");
}

static int dut_tell(void *arg, const char *word, json_t **ret_record, struct fault *fault)
{
	if (strcmp(word, "counters"))
		return fault_set(fault, -EINVAL, EXIT_USAGE, "dut: '%.40s': the word is counters",
				 word);
	return pack_counters(arg, ret_record, fault);
}

static int dut_end(void *arg, json_t **ret_record, struct fault *fault)
{
	struct dut_state *state = arg;
	int counters_err = pack_counters(state, ret_record, fault);
	int err = state->ops->down(state->session, fault);

	free(state);
	return err ? err : counters_err;
}

const struct command dut_command = {
	.name = "dut",
	.summary = "sets up a data plane under test: wire, xdp or nftables (leased)",
	.arguments = " PLANE [OPTION...]",
	.help = dut_help,
	.begin = dut_begin,
	.tell = dut_tell,
	.end = dut_end,
};
