// SPDX-License-Identifier: BSD-2-Clause
/* portgauge sink: counts this run's probes on one interface for as long as the lease lasts. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/command.h"
#include "bench/cookie.h"
#include "bench/option_words.h"
#include "lib/clock.h"
#include "lib/opt.h"
#include "lib/record.h"
#include "sink/sink.h"

/* Nothing in flight takes longer than this from the DUT to the sink; and when to give up. */
#define DRAIN_STILL_NS (20 * NS_PER_MS)
#define DRAIN_CAP_NS   (2 * NS_PER_S)

struct sink_state {
	struct sink_session *session;
	struct hist hist; /* of the last record: too large for the stack of every caller */
};

struct sink_options {
	struct path path;
	struct service service;
	struct sink sink;
	struct load load; /* flows alone */
};

static void list_groups(struct sink_options *options, struct opt_group groups[5])
{
	groups[0] = (struct opt_group){&path_table, &options->path, sink_path_words};
	groups[1] = (struct opt_group){&service_table, &options->service, NULL};
	groups[2] = (struct opt_group){&sink_table, &options->sink, NULL};
	groups[3] = (struct opt_group){&load_table, &options->load, flows_words};
	groups[4] = (struct opt_group){0};
}

static void sink_help(void)
{
	struct sink_options options = {0};
	struct opt_group groups[5];

	list_groups(&options, groups);
	opt_help(stdout, groups);
	puts("\nWords on standard input: reset, read, drain, hist (the latency of every probe, in buckets).\n\n"
	     "latency_ns is from the scheduled departure; of a generator at rate max, which has no\n"
	     "schedule, it is how long a packet lies in the generator's ring, and no latency of the "
	     "node.");
}

static int sink_begin(int argc, char **argv, void **ret_state, json_t **ret_ready,
		      struct fault *fault)
{
	struct sink_options options;
	struct opt_group groups[5];
	struct sink_state *state;
	struct sink_result result;
	struct sink_job job;
	int err;

	list_groups(&options, groups);
	err = opt_parse(argc, argv, groups, NULL, 0, fault);
	if (err < 0)
		return err;
	err = cookie_choose(&options.path.cookie, fault);
	if (err)
		return err;
	job = (struct sink_job){
		.path = options.path,
		.service = options.service,
		.sink = options.sink,
		.flows = options.load.flows,
	};
	state = calloc(1, sizeof(*state));
	if (!state)
		return fault_errno(fault, -ENOMEM, "sink");
	err = sink_open(&job, &state->session, fault);
	if (err)
		goto out_state;
	sink_read(state->session, &result, &state->hist);
	*ret_ready = json_pack("{s:s, s:s, s:s, s:i}", "record", "ready", "sink", job.path.nic,
			       "mode", xdp_mode_words[result.mode], "cookie", (int)job.path.cookie);
	*ret_state = state;
	return 0;
out_state:
	free(state);
	return err;
}

/* The latency of every probe: buckets are [index, count] as in bpf/bucket.h, empty ones left out. */
static json_t *pack_hist(struct sink_state *state)
{
	const struct hist *hist = &state->hist;
	json_t *buckets = json_array();
	struct sink_result result;

	sink_read(state->session, &result, &state->hist);

	for (uint32_t i = 0; i < BUCKET_COUNT; i++)
		if (hist->buckets[i])
			json_array_append_new(
				buckets, json_pack("[i, I]", (int)i, (json_int_t)hist->buckets[i]));
	return json_pack(
		"{s:s, s:I, s:I, s:o, s:o, s:o}", "record", "hist", "samples",
		(json_int_t)hist->samples, "overflow", (json_int_t)hist->overflow, "min_ns",
		hist->samples ? json_integer((json_int_t)hist->min_ns) : json_null(), "max_ns",
		hist->samples ? json_integer((json_int_t)hist->max_ns) : json_null(), "buckets",
		buckets);
}

static json_t *pack_result(struct sink_state *state)
{
	struct sink_result result;

	sink_read(state->session, &result, &state->hist);
	return record_new("sink", record_pack(&sink_result_table, &result));
}

static int sink_tell(void *arg, const char *word, json_t **ret_record, struct fault *fault)
{
	struct sink_state *state = arg;

	if (!strcmp(word, "reset")) {
		sink_reset(state->session);
		*ret_record = record_new("reset", NULL);
	} else if (!strcmp(word, "read")) {
		*ret_record = json_pack("{s:s, s:I}", "record", "live", "received",
					(json_int_t)sink_received(state->session));
	} else if (!strcmp(word, "hist")) {
		*ret_record = pack_hist(state);
	} else if (!strcmp(word, "drain")) {
		int err = sink_drain(state->session, DRAIN_STILL_NS, DRAIN_CAP_NS);

		*ret_record = pack_result(state);
		json_object_set_new(*ret_record, "drained", json_boolean(!err));
	} else {
		return fault_set(fault, -EINVAL, EXIT_USAGE,
				 "'%.40s': the words are reset, read, hist and drain", word);
	}
	return *ret_record ? 0 : fault_errno(fault, -ENOMEM, "sink: %s", word);
}

static int sink_end(void *arg, json_t **ret_record, struct fault *fault)
{
	struct sink_state *state = arg;

	*ret_record = pack_result(state);
	sink_close(state->session);
	free(state);
	return *ret_record ? 0 : fault_errno(fault, -ENOMEM, "sink");
}

const struct command sink_command = {
	.name = "sink",
	.summary = "counts and drops this run's probes on an interface (leased)",
	.help = sink_help,
	.begin = sink_begin,
	.tell = sink_tell,
	.end = sink_end,
};
