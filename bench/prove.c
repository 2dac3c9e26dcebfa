// SPDX-License-Identifier: BSD-2-Clause
#include "bench/prove.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "bench/probe_socket.h"
#include "gen/frame.h"
#include "lib/clock.h"

enum {
	MAX_FLOWS = 8,
	MAX_SIZES = 3,
	ATTEMPTS = 2,
	ETHERNET_BYTES = 14 + WIRE_FCS_BYTES, /* what a frame has besides the MTU */
	LARGEST_FRAME = 65536,
	RECEIVE_BYTES = 1 << 22, /* room for all probes at once */
};

#define PATIENCE_NS NS_PER_S
/* After the last one: time for what should not come. */
#define SETTLE_NS (20 * NS_PER_MS)

struct session {
	uint32_t plane;
	const struct plane_ops *ops;
	struct gen_job job; /* load.frame_bytes is that of the probe under way */
	struct plane_job plane_job;
	struct probe_socket socket;
	uint32_t nr_flows, nr_sizes;
	uint32_t sizes[MAX_SIZES]; /* with FCS */
	uint64_t time;             /* stamped on all: a probe of an earlier proof is none of ours */
	/* What is under way; the others may have stragglers. */
	uint32_t size, attempt, received;
	uint32_t count[MAX_SIZES][ATTEMPTS][MAX_FLOWS];
	struct plane_tuple got[MAX_FLOWS];
	bool seen[MAX_FLOWS]; /* and so `got` is filled */
	uint8_t frame[LARGEST_FRAME], expected[LARGEST_FRAME];
};

static void add_size(struct session *session, uint32_t bytes)
{
	if (bytes < WIRE_MIN_FRAME_BYTES || bytes > session->socket.netif.mtu + ETHERNET_BYTES ||
	    bytes > LARGEST_FRAME)
		return;
	for (uint32_t i = 0; i < session->nr_sizes; i++)
		if (session->sizes[i] == bytes)
			return;
	session->sizes[session->nr_sizes++] = bytes;
}

/* Writes the probe as it leaves. Returns its length. The seq tells size and attempt. */
static uint32_t build(struct session *session, uint32_t size, uint32_t attempt, uint32_t number,
		      uint8_t *frame, struct flow *flow)
{
	session->job.load.frame_bytes = session->sizes[size];
	frame_template(&session->job, session->socket.netif.mac, session->socket.node_mac, frame);
	flow_fill(&session->job, number, flow);
	flow->seq = size * ATTEMPTS + attempt;
	frame_stamp(frame, flow, number, (uint16_t)session->job.path.cookie, session->time);
	return frame_length(&session->job.load);
}

static int open_session(struct session *session, struct fault *fault)
{
	int err = probe_socket_open(&session->job.path, RECEIVE_BYTES, &session->socket, fault);

	if (err)
		return err;
	add_size(session, WIRE_MIN_FRAME_BYTES);
	add_size(session, session->job.load.frame_bytes);
	add_size(session, session->socket.netif.mtu + ETHERNET_BYTES);
	session->nr_flows =
		session->job.load.flows < MAX_FLOWS ? session->job.load.flows : MAX_FLOWS;
	session->time = clock_now_ns() & WIRE_TIME_MASK;
	return 0;
}

static void close_session(struct session *session)
{
	probe_socket_close(&session->socket);
	free(session);
}

/* One probe of each flow. */
static int send_all(struct session *session, struct fault *fault)
{
	struct flow flow;

	session->received = 0;
	for (uint32_t number = 0; number < session->nr_flows; number++) {
		uint32_t length = build(session, session->size, session->attempt, number,
					session->frame, &flow);

		if (send(session->socket.fd, session->frame, length, 0) < 0)
			return fault_errno(fault, -errno, "prove: send a frame of %u bytes: '%s'",
					   session->sizes[session->size], session->job.path.nic);
	}
	return 0;
}

/* Which probe it is; false: none of this proof. */
static bool identify(const struct session *session, uint32_t length, uint32_t *ret_seq,
		     uint32_t *ret_number)
{
	struct frame head;

	if (length < sizeof(head))
		return false;
	memcpy(&head, session->frame, sizeof(head));
	if (head.protocol != IPPROTO_UDP || wire_sum(&head.probe) != WIRE_SUM ||
	    head.probe.cookie != session->job.path.cookie ||
	    wire_time(&head.probe) != session->time || head.probe.flow >= session->nr_flows ||
	    head.probe.seq >= session->nr_sizes * ATTEMPTS)
		return false;
	*ret_seq = head.probe.seq;
	*ret_number = head.probe.flow;
	return true;
}

static bool is_equal(const struct plane_tuple *a, const struct plane_tuple *b)
{
	return a->source == b->source && a->dest == b->dest && a->source_port == b->source_port &&
	       a->dest_port == b->dest_port;
}

/* A connection is translated the same way all along. */
static int judge_tuple(struct session *session, uint32_t number, const struct plane_tuple *sent,
		       const struct plane_tuple *got, struct fault *fault)
{
	char before[PLANE_TUPLE_TEXT], now[PLANE_TUPLE_TEXT];
	int err = session->ops->prove(&session->plane_job, sent, got, fault);

	if (err)
		return err;
	if (session->seen[number] && !is_equal(&session->got[number], got))
		return fault_set(fault, -EPROTO, EXIT_FAILED,
				 "prove: flow %u came out as '%s', then as '%s'", number,
				 plane_print_tuple(&session->got[number], before, sizeof(before)),
				 plane_print_tuple(got, now, sizeof(now)));
	session->seen[number] = true;
	session->got[number] = *got;
	return 0;
}

static int judge_bytes(struct session *session, uint32_t length, uint32_t expected, uint32_t number,
		       struct fault *fault)
{
	const char *what = NULL;

	if (length != expected)
		what = "another length";
	else if (!frame_checks_hold(session->frame, length))
		what = "a wrong checksum";
	else if (memcmp(session->frame + FRAME_PROBE_OFFSET, session->expected + FRAME_PROBE_OFFSET,
			length - FRAME_PROBE_OFFSET))
		what = "another payload";
	if (!what)
		return 0;
	return fault_set(fault, -EPROTO, EXIT_FAILED,
			 "prove: flow %u came out with %s, sent as a frame of %u bytes", number,
			 what, expected + WIRE_FCS_BYTES);
}

static int judge_frame(struct session *session, uint32_t length, struct fault *fault)
{
	uint32_t seq, size, attempt, number, expected;
	struct plane_tuple sent, got;
	struct frame head;
	struct flow flow;
	int err;

	if (!identify(session, length, &seq, &number))
		return 0;
	size = seq / ATTEMPTS;
	attempt = seq % ATTEMPTS;
	if (session->count[size][attempt][number]++)
		return fault_set(fault, -EPROTO, EXIT_FAILED,
				 "prove: flow %u came out twice, frame of %u bytes", number,
				 session->sizes[size]);
	expected = build(session, size, attempt, number, session->expected, &flow);
	err = judge_bytes(session, length, expected, number, fault);
	if (err)
		return err;
	session->received += size == session->size && attempt == session->attempt;
	memcpy(&head, session->frame, sizeof(head));
	got = (struct plane_tuple){head.source, head.dest, head.source_port, head.dest_port};
	sent = (struct plane_tuple){flow.source, session->job.path.node, flow.source_port,
				    flow.dest_port};
	return judge_tuple(session, number, &sent, &got, fault);
}

/* Judges what comes out until all are there and nothing more came, or until patience ends. */
static int receive_all(struct session *session, struct fault *fault)
{
	uint64_t until_ns = clock_now_ns() + PATIENCE_NS;
	bool settling = false;
	int length;

	while ((length = probe_socket_receive(&session->socket, session->frame,
					      sizeof(session->frame), until_ns, fault)) > 0) {
		int err =
			length > LARGEST_FRAME ? 0 : judge_frame(session, (uint32_t)length, fault);

		if (err)
			return err;
		if (!settling && session->received == session->nr_flows) {
			settling = true;
			until_ns = clock_now_ns() + SETTLE_NS;
		}
	}
	return length;
}

/* The size is named: a frame that is too large for something on the way is the likeliest. */
static int report_missing(const struct session *session, struct fault *fault)
{
	return fault_set(fault, session->received ? -EPROTO : -ETIMEDOUT, EXIT_FAILED,
			 "prove: %s: of %u frames of %u bytes, one a flow, %u came out",
			 plane_words[session->plane], session->nr_flows,
			 session->sizes[session->size], session->received);
}

/*
 * A size after the other: a connection's second packet must not overtake its first, or two CPUs of a
 * kernel plane open it at once, and may translate the two differently.
 */
static int run_size(struct session *session, struct fault *fault)
{
	for (session->attempt = 0; session->attempt < ATTEMPTS; session->attempt++) {
		int err = send_all(session, fault);

		if (!err)
			err = receive_all(session, fault);
		if (err || session->received == session->nr_flows)
			return err;
	}
	return report_missing(session, fault);
}

int prove(uint32_t plane, const struct gen_job *job, struct proof *ret_proof, struct fault *fault)
{
	struct session *session = calloc(1, sizeof(*session));
	int err;

	if (!session)
		return fault_errno(fault, -ENOMEM, "prove");
	session->plane = plane;
	session->ops = plane_ops(plane);
	session->job = *job;
	session->plane_job = (struct plane_job){job->path, job->service, job->load.flows};
	session->socket.fd = -1;
	session->socket.pass.link_fd = -1;
	err = open_session(session, fault);
	for (; !err && session->size < session->nr_sizes; session->size++)
		err = run_size(session, fault);
	if (!err) {
		ret_proof->sent = session->nr_flows * session->nr_sizes;
		ret_proof->received = ret_proof->sent;
		plane_print_tuple(&session->got[0], ret_proof->example, sizeof(ret_proof->example));
	}
	close_session(session);
	return err;
}
