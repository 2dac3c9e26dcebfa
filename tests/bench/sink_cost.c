// SPDX-License-Identifier: BSD-2-Clause
/*
 * What sink_xdp costs a packet, by BPF_PROG_TEST_RUN: for reading, not for passing or failing. The
 * kernel runs one frame over and over, so the kinds are chosen to take each path again and again.
 */
#include "tests/bpf/sink_kit.h"

#include <stdlib.h>

enum { ROUNDS = 9, REPEAT = 200000 };

static int compare(const void *a, const void *b)
{
	return *(const uint32_t *)a < *(const uint32_t *)b ? -1 : 1;
}

/* Median of the rounds. */
static uint32_t cost_ns(struct sink_session *session, const struct packet *packet)
{
	uint32_t rounds[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet->bytes,
			    .data_size_in = packet->length, .repeat = REPEAT);

		if (bpf_prog_test_run_opts(session_prog_fd(session), &opts))
			return 0;
		rounds[i] = opts.duration;
	}
	qsort(rounds, ROUNDS, sizeof(rounds[0]), compare);
	return rounds[ROUNDS / 2];
}

static void print_cost(struct sink_session *session, const char *name, const struct packet *packet)
{
	printf("%-34s %4u ns\n", name, cost_ns(session, packet));
}

int main(void)
{
	struct sink_session *session;
	struct packet packet;
	int code = kit_cannot();

	if (code || kit_load((void **)&session))
		return code ? code : EXIT_FAILED;
	kit_packet(&packet, 0, sizeof(struct wire_probe));
	kit_put16(&packet, 12, ETH_P_ARP);
	print_cost(session, "not IPv4: count and pass", &packet);
	kit_packet(&packet, 0, sizeof(struct wire_probe));
	kit_put16(&packet, KIT_UDP_OFFSET + 2, 53);
	print_cost(session, "another port: parse and pass", &packet);
	kit_packet(&packet, 0, sizeof(struct wire_probe));
	kit_probe(&packet)->cookie++;
	kit_seal(&packet);
	print_cost(session, "another run: parse and drop", &packet);
	kit_packet(&packet, 0, sizeof(struct wire_probe));
	print_cost(session, "duplicate: with clock and flow", &packet);
	/* Too late is all of the work: new, with two more counters. */
	kit_probe(&packet)->seq = 1000;
	kit_seal(&packet);
	kit_run(session, &packet);
	kit_probe(&packet)->seq = 0;
	kit_seal(&packet);
	print_cost(session, "received: everything", &packet);
	session_free(session);
	return EXIT_OK;
}
