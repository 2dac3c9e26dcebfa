// SPDX-License-Identifier: BSD-2-Clause
#include "bench/prove.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gen/frame.h"
#include "lib/clock.h"
#include "lib/netif.h"

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
#define SETTLE_NS (50 * NS_PER_MS)

struct session {
	uint32_t plane;
	const struct plane_ops *ops;
	struct gen_job job; /* load.frame_bytes is that of the probe under way */
	struct plane_job plane_job;
	struct netif netif;
	uint8_t node_mac[6];
	int fd;
	uint32_t nr_flows, nr_sizes;
	uint32_t sizes[MAX_SIZES]; /* with FCS */
	uint32_t attempt;
	uint32_t received;
	uint32_t count[MAX_SIZES][MAX_FLOWS]; /* of this attempt */
	struct plane_tuple got[MAX_FLOWS];    /* of the flow's first, in any attempt */
	bool seen[MAX_FLOWS];
	uint8_t frame[LARGEST_FRAME], expected[LARGEST_FRAME];
};

/* The seq tells size and attempt: a straggler of the first attempt is not taken for the second's. */
static uint32_t seq_of(const struct session *session, uint32_t size)
{
	return session->attempt * session->nr_sizes + size;
}

static void add_size(struct session *session, uint32_t bytes)
{
	if (bytes < WIRE_MIN_FRAME_BYTES || bytes > session->netif.mtu + ETHERNET_BYTES ||
	    bytes > LARGEST_FRAME)
		return;
	for (uint32_t i = 0; i < session->nr_sizes; i++)
		if (session->sizes[i] == bytes)
			return;
	session->sizes[session->nr_sizes++] = bytes;
}

/* Writes the probe as it leaves. Returns its length. */
static uint32_t build(struct session *session, uint32_t size, uint32_t number, uint8_t *frame,
		      struct flow *flow)
{
	session->job.load.frame_bytes = session->sizes[size];
	frame_template(&session->job, session->netif.mac, session->node_mac, frame);
	flow_fill(&session->job, number, flow);
	flow->seq = seq_of(session, size);
	frame_stamp(frame, flow, number, (uint16_t)session->job.path.cookie, 0);
	return frame_length(&session->job.load);
}

static int open_socket(struct session *session, struct fault *fault)
{
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = session->netif.index,
	};
	const int bytes = RECEIVE_BYTES;

	session->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (session->fd < 0)
		return fault_errno(fault, -errno, "open a packet socket");
	setsockopt(session->fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes));
	/* Protocol and interface at once: nothing of another interface is ever queued. */
	if (bind(session->fd, (struct sockaddr *)&address, sizeof(address)))
		return fault_errno(fault, -errno, "bind a packet socket: '%s'",
				   session->job.path.nic);
	return 0;
}

static int open_session(struct session *session, struct fault *fault)
{
	const struct path *path = &session->job.path;
	int err = netif_get(path->nic, &session->netif, fault);

	if (err)
		return err;
	if (session->netif.xdp_id)
		return fault_set(fault, -EBUSY, EXIT_FAILED,
				 "prove: '%s' has the XDP program '%s', which may take the probes",
				 path->nic, session->netif.xdp_name);
	err = netif_next_hop(path->nic, path->node, session->node_mac, fault);
	if (err)
		return err;
	add_size(session, WIRE_MIN_FRAME_BYTES);
	add_size(session, session->job.load.frame_bytes);
	add_size(session, session->netif.mtu + ETHERNET_BYTES);
	session->nr_flows =
		session->job.load.flows < MAX_FLOWS ? session->job.load.flows : MAX_FLOWS;
	return open_socket(session, fault);
}

static int send_all(struct session *session, struct fault *fault)
{
	struct flow flow;

	memset(session->count, 0, sizeof(session->count));
	session->received = 0;
	for (uint32_t size = 0; size < session->nr_sizes; size++) {
		for (uint32_t number = 0; number < session->nr_flows; number++) {
			uint32_t length = build(session, size, number, session->frame, &flow);

			if (send(session->fd, session->frame, length, 0) < 0)
				return fault_errno(fault, -errno,
						   "prove: send a frame of %u bytes: '%s'",
						   session->sizes[size], session->job.path.nic);
		}
	}
	return 0;
}

/* Which probe of this attempt it is; false: none. */
static bool identify(const struct session *session, uint32_t length, uint32_t *ret_size,
		     uint32_t *ret_number)
{
	struct frame head;
	uint32_t size;

	if (length < sizeof(head))
		return false;
	memcpy(&head, session->frame, sizeof(head));
	size = head.probe.seq - session->attempt * session->nr_sizes;
	if (head.protocol != IPPROTO_UDP || wire_sum(&head.probe) != WIRE_SUM ||
	    head.probe.cookie != session->job.path.cookie || head.probe.flow >= session->nr_flows ||
	    size >= session->nr_sizes)
		return false;
	*ret_size = size;
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

static int judge_frame(struct session *session, uint32_t length, struct fault *fault)
{
	struct plane_tuple sent, got;
	uint32_t size, number;
	struct frame head;
	struct flow flow;

	if (!identify(session, length, &size, &number))
		return 0;
	if (session->count[size][number]++)
		return fault_set(fault, -EPROTO, EXIT_FAILED,
				 "prove: flow %u came out twice, frame of %u bytes", number,
				 session->sizes[size]);
	session->received++;
	if (length != build(session, size, number, session->expected, &flow))
		return fault_set(fault, -EPROTO, EXIT_FAILED,
				 "prove: a frame of %u bytes came out with %u",
				 session->sizes[size], length + WIRE_FCS_BYTES);
	if (!frame_checks_hold(session->frame, length))
		return fault_set(fault, -EPROTO, EXIT_FAILED,
				 "prove: flow %u came out with a wrong checksum, frame of %u bytes",
				 number, session->sizes[size]);
	if (memcmp(session->frame + FRAME_PROBE_OFFSET, session->expected + FRAME_PROBE_OFFSET,
		   length - FRAME_PROBE_OFFSET))
		return fault_set(fault, -EPROTO, EXIT_FAILED,
				 "prove: flow %u came out with another payload, frame of %u bytes",
				 number, session->sizes[size]);
	memcpy(&head, session->frame, sizeof(head));
	got = (struct plane_tuple){head.source, head.dest, head.source_port, head.dest_port};
	sent = (struct plane_tuple){flow.source, session->job.path.node, flow.source_port,
				    flow.dest_port};
	return judge_tuple(session, number, &sent, &got, fault);
}

/* Judges what comes out until all are there and nothing more came, or until patience ends. */
static int receive_all(struct session *session, struct fault *fault)
{
	uint64_t until_ns = clock_now_ns() + PATIENCE_NS, now_ns;
	struct pollfd ready = {.fd = session->fd, .events = POLLIN};
	bool settling = false;

	while ((now_ns = clock_now_ns()) < until_ns) {
		ssize_t length =
			recv(session->fd, session->frame, sizeof(session->frame), MSG_TRUNC);

		if (length < 0 && errno == EAGAIN) {
			poll(&ready, 1, (int)((until_ns - now_ns) / NS_PER_MS) + 1);
			continue;
		}
		if (length < 0 && errno != EINTR)
			return fault_errno(fault, -errno, "prove: receive");
		if (length > 0 && length <= LARGEST_FRAME) {
			int err = judge_frame(session, (uint32_t)length, fault);

			if (err)
				return err;
		}
		if (!settling && session->received == session->nr_flows * session->nr_sizes) {
			settling = true;
			until_ns = clock_now_ns() + SETTLE_NS;
		}
	}
	return 0;
}

/* Names the sizes of which something is missing: too large a frame is what is wrong most often. */
static int report_missing(const struct session *session, struct fault *fault)
{
	uint32_t all = session->nr_flows * session->nr_sizes;
	const char *plane = plane_words[session->plane];

	if (!session->received)
		return fault_set(fault, -ETIMEDOUT, EXIT_FAILED,
				 "prove: %s: none of %u probes came out", plane, all);
	for (uint32_t size = 0; size < session->nr_sizes; size++) {
		uint32_t out = 0;

		for (uint32_t number = 0; number < session->nr_flows; number++)
			out += session->count[size][number];
		if (out < session->nr_flows)
			return fault_set(
				fault, -EPROTO, EXIT_FAILED,
				"prove: %s: %u of %u probes came out, of those of %u bytes "
				"%u of %u",
				plane, session->received, all, session->sizes[size], out,
				session->nr_flows);
	}
	return 0;
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
	session->fd = -1;
	err = open_session(session, fault);
	for (; !err && session->attempt < ATTEMPTS; session->attempt++) {
		err = send_all(session, fault);
		if (!err)
			err = receive_all(session, fault);
		if (err || session->received == session->nr_flows * session->nr_sizes)
			break;
	}
	if (!err)
		err = report_missing(session, fault);
	if (!err) {
		ret_proof->sent = session->nr_flows * session->nr_sizes;
		ret_proof->received = session->received;
		plane_print_tuple(&session->got[0], ret_proof->example, sizeof(ret_proof->example));
	}
	if (session->fd >= 0)
		close(session->fd);
	free(session);
	return err;
}
