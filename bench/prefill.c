// SPDX-License-Identifier: BSD-2-Clause
#include "bench/prefill.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "bench/probe_socket.h"
#include "gen/frame.h"
#include "lib/clock.h"

enum {
	BATCH = 64, /* at once on the way: with their answers half of what a ring of veth holds */
	PASSES = 3,
	LARGEST_FRAME = 2048, /* no probe is as long */
	RECEIVE_BYTES = 1 << 20,
};

#define LIMIT_NS      (2 * NS_PER_S)
#define FLOW_LIMIT_NS (100 * NS_PER_US)
#define PATIENCE_NS   (100 * NS_PER_MS) /* since the last one that was waited for */
#define SILENCE_NS    (20 * NS_PER_MS)

enum stage { FRESH, OPENED, ANSWERED };

struct session {
	const struct plane_ops *ops;
	struct gen_job job;
	struct plane_job plane_job;
	struct probe_socket socket;
	uint64_t until_ns;
	uint64_t time;   /* stamped on all: nothing else is mistaken for one of these */
	uint8_t *stages; /* enum stage, of each flow */
	enum stage goal;
	uint32_t opened, answered;
	/* Flows under way are of [first, end); those of them that are not at the goal. */
	uint32_t first, end, waiting;
	uint8_t probe[WIRE_MIN_FRAME_BYTES];
	uint8_t frame[LARGEST_FRAME];
};

uint64_t prefill_limit_ns(uint32_t flows)
{
	return LIMIT_NS + flows * FLOW_LIMIT_NS;
}

/* A full queue loses the frame, as a wire may: the next pass makes up for it. */
static int send_frame(struct session *session, const uint8_t *frame, uint32_t length,
		      struct fault *fault)
{
	if (send(session->socket.fd, frame, length, 0) >= 0 || errno == ENOBUFS || errno == EAGAIN)
		return 0;
	return fault_errno(fault, -errno, "prefill: send: '%s'", session->job.path.nic);
}

static int send_probe(struct session *session, uint32_t number, struct fault *fault)
{
	struct flow flow;

	flow_fill(&session->job, number, &flow);
	frame_stamp(session->probe, &flow, number, (uint16_t)session->job.path.cookie,
		    session->time);
	return send_frame(session, session->probe, frame_length(&session->job.load), fault);
}

/* The next flows that are not at the goal. */
static int send_batch(struct session *session, struct fault *fault)
{
	int err = 0;

	session->first = session->end;
	session->waiting = 0;
	while (!err && session->end < session->job.load.flows && session->waiting < BATCH) {
		if (session->stages[session->end] < session->goal) {
			session->waiting++;
			err = send_probe(session, session->end, fault);
		}
		session->end++;
	}
	return err;
}

static void reach(struct session *session, uint32_t number, enum stage stage)
{
	if (session->stages[number] >= stage)
		return;
	session->opened += session->stages[number] < OPENED;
	session->answered += stage == ANSWERED;
	session->stages[number] = stage;
	if (stage == session->goal && number >= session->first && number < session->end)
		session->waiting--;
}

/* Whether it came out towards the backend, or is the answer on its way back to the client. */
static int take(struct session *session, const struct frame *head, uint32_t length,
		struct fault *fault)
{
	const uint32_t number = head->probe.flow, node = session->job.path.node;
	const struct plane_tuple got = {head->source, head->dest, head->source_port,
					head->dest_port};
	struct plane_tuple sent;
	struct flow flow;
	int err;

	flow_fill(&session->job, number, &flow);
	sent = (struct plane_tuple){flow.source, node, flow.source_port, flow.dest_port};
	if (session->ops->replies && got.source == sent.dest && got.dest == sent.source &&
	    got.source_port == sent.dest_port && got.dest_port == sent.source_port) {
		reach(session, number, ANSWERED);
		return 0;
	}
	err = session->ops->prove(&session->plane_job, &sent, &got, fault);
	if (err)
		return err;
	reach(session, number, OPENED);
	if (!session->ops->replies)
		return 0;
	frame_answer(session->frame);
	return send_frame(session, session->frame, length, fault);
}

static bool is_ours(const struct session *session, const struct frame *head)
{
	return head->protocol == IPPROTO_UDP && wire_sum(&head->probe) == WIRE_SUM &&
	       head->probe.cookie == session->job.path.cookie &&
	       wire_time(&head->probe) == session->time &&
	       head->probe.flow < session->job.load.flows;
}

/* 1 if a frame came in time. */
static int receive(struct session *session, uint64_t until_ns, struct fault *fault)
{
	int err, length = probe_socket_receive(&session->socket, session->frame,
					       sizeof(session->frame), until_ns, fault);
	struct frame head;

	if (length <= 0)
		return length;
	if (length < (int)sizeof(head) || length > LARGEST_FRAME)
		return 1;
	memcpy(&head, session->frame, sizeof(head));
	err = is_ours(session, &head) ? take(session, &head, (uint32_t)length, fault) : 0;
	return err ? err : 1;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Until the batch is done, or nobody believes that more will come. */
static int receive_batch(struct session *session, struct fault *fault)
{
	uint64_t until_ns = clock_now_ns() + PATIENCE_NS;
	int got = 1;

	while (got > 0 && session->waiting) {
		const uint32_t waiting = session->waiting;

		got = receive(session, earlier(until_ns, session->until_ns), fault);
		if (session->waiting < waiting)
			until_ns = clock_now_ns() + PATIENCE_NS;
	}
	return got < 0 ? got : 0;
}

/* Once over all flows that are not at the goal; ends when a whole batch is lost. */
static int run_pass(struct session *session, struct fault *fault)
{
	uint32_t sent;
	int err;

	session->end = 0;
	do {
		err = send_batch(session, fault);
		sent = session->waiting;
		if (!err)
			err = receive_batch(session, fault);
	} while (!err && session->end < session->job.load.flows &&
		 (!sent || session->waiting < sent) && clock_now_ns() < session->until_ns);
	return err;
}

static bool is_done(const struct session *session)
{
	return (session->goal == ANSWERED ? session->answered : session->opened) ==
	       session->job.load.flows;
}

/* What is still on its way, or the kernel's own about it, must not fall into a trial. */
static int wait_for_silence(struct session *session, struct fault *fault)
{
	int got = 1;

	while (got > 0)
		got = receive(session, clock_now_ns() + SILENCE_NS, fault);
	return got;
}

static int run_passes(struct session *session, struct fault *fault)
{
	int err = 0;

	for (int pass = 0; !err && pass < PASSES && !is_done(session); pass++)
		err = run_pass(session, fault);
	if (!err)
		err = wait_for_silence(session, fault);
	if (err || is_done(session))
		return err;
	return fault_set(fault, -ETIMEDOUT, EXIT_FAILED,
			 "prefill: %s: of %u connections %u were opened and %u answered; without "
			 "load.prefill they are opened by the trials",
			 session->ops->name, session->job.load.flows, session->opened,
			 session->answered);
}

static int init_session(struct session *session, uint32_t plane, const struct gen_job *job,
			struct fault *fault)
{
	session->ops = plane_ops(plane);
	session->goal = session->ops->replies ? ANSWERED : OPENED;
	session->job = *job;
	session->job.load.frame_bytes = WIRE_MIN_FRAME_BYTES;
	session->plane_job = (struct plane_job){job->path, job->service, job->load.flows};
	session->time = clock_now_ns() & WIRE_TIME_MASK;
	session->until_ns = clock_now_ns() + prefill_limit_ns(job->load.flows);
	session->stages = calloc(job->load.flows, sizeof(*session->stages));
	if (!session->stages)
		return fault_errno(fault, -ENOMEM, "prefill");
	return probe_socket_open(&job->path, RECEIVE_BYTES, &session->socket, fault);
}

int prefill(uint32_t plane, const struct gen_job *job, struct prefill *ret_prefill,
	    struct fault *fault)
{
	struct session session = {.socket = {.fd = -1, .pass.link_fd = -1}};
	const uint64_t start_ns = clock_now_ns();
	int err;

	if (!plane_ops(plane)->connections) {
		*ret_prefill = (struct prefill){0};
		return 0;
	}
	err = init_session(&session, plane, job, fault);
	if (!err) {
		frame_template(&session.job, session.socket.netif.mac, session.socket.node_mac,
			       session.probe);
		err = run_passes(&session, fault);
	}
	if (!err)
		*ret_prefill = (struct prefill){session.opened, session.answered,
						clock_now_ns() - start_ns};
	probe_socket_close(&session.socket);
	free(session.stages);
	return err;
}
