// SPDX-License-Identifier: BSD-2-Clause
/* AF_XDP sockets: one UMEM and one socket a queue, TX only. */
#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "gen/txq.h"
#include "lib/uapi.h"

enum {
	FILL_SIZE = 64,            /* never used, but the kernel wants the ring */
	SEND_BUDGET_MIN = 32,      /* smallest that XDP_MAX_TX_SKB_BUDGET takes */
	REBIND_TRIES = 200,        /* a queue just closed is busy for 10 to 15 ms */
	REBIND_PAUSE_NS = 5000000, /* between them: a second in all */
};

struct socket_handle {
	struct xsk_umem *umem;
	struct xsk_socket *socket;
};

/* What to bind with, best first. Zero-copy or copy is asked for, never left to the kernel. */
static const struct {
	uint16_t flags;
	bool zerocopy, need_wakeup;
} attempts[] = {
	{XDP_ZEROCOPY | XDP_USE_NEED_WAKEUP, true, true},
	{XDP_COPY | XDP_USE_NEED_WAKEUP, false, true},
	{XDP_COPY, false, false}, /* before Linux 5.4 */
};

/* Without CAP_IPC_LOCK the UMEM is charged to RLIMIT_MEMLOCK. The socket tells if it was too little. */
static void raise_memlock(void)
{
	const struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY};

	(void)setrlimit(RLIMIT_MEMLOCK, &none);
}

/* Copy mode charges every packet under way to the socket: room for as many as there are frames. */
static void raise_sndbuf(const struct txq *q)
{
	const int bytes = (int)(2 * txq_umem_bytes(q));

	if (setsockopt(q->fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof(bytes)))
		(void)setsockopt(q->fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
}

/* In copy mode a send call takes 32 packets unless told otherwise. It cannot be read back. */
static uint32_t raise_send_budget(const struct txq *q, uint32_t batch)
{
	uint32_t budget = batch > SEND_BUDGET_MIN ? batch : SEND_BUDGET_MIN;

	if (budget > TXQ_RING_SIZE)
		budget = TXQ_RING_SIZE;
	return setsockopt(q->fd, SOL_XDP, XDP_MAX_TX_SKB_BUDGET, &budget, sizeof(budget)) ? 0
											  : budget;
}

static void close_afxdp(struct txq *q)
{
	struct socket_handle *handle = q->handle;

	if (!handle)
		return;
	xsk_socket__delete(handle->socket);
	if (handle->umem)
		xsk_umem__delete(handle->umem);
	free(handle);
	q->handle = NULL;
	q->fd = -1;
}

/* One attempt, from nothing: libxdp leaves rings and a UMEM that failed to bind half set up. */
static int try_bind(struct txq *q, const char *nic, uint32_t queue, uint16_t flags)
{
	const struct xsk_umem_config umem_config = {
		.fill_size = FILL_SIZE,
		.comp_size = TXQ_RING_SIZE,
		.frame_size = q->chunk_bytes,
	};
	const struct xsk_socket_config socket_config = {
		.tx_size = TXQ_RING_SIZE,
		.libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD,
		.bind_flags = flags,
	};
	struct socket_handle *handle = calloc(1, sizeof(*handle));
	struct xsk_ring_prod fill = {0};
	int err;

	if (!handle)
		return -ENOMEM;
	q->handle = handle;
	q->tx = (struct xsk_ring_prod){0};
	q->completion = (struct xsk_ring_cons){0};
	err = xsk_umem__create(&handle->umem, q->umem, txq_umem_bytes(q), &fill, &q->completion,
			       &umem_config);
	if (!err)
		err = xsk_socket__create_shared(&handle->socket, nic, queue, handle->umem, NULL,
						&q->tx, &fill, &q->completion, &socket_config);
	if (err) {
		close_afxdp(q);
		return err;
	}
	q->fd = xsk_socket__fd(handle->socket);
	return 0;
}

static int bind_patiently(struct txq *q, const char *nic, uint32_t queue, uint16_t flags)
{
	int err = try_bind(q, nic, queue, flags);

	for (int i = 0; err == -EBUSY && i < REBIND_TRIES; i++) {
		clock_sleep_until(clock_now_ns() + REBIND_PAUSE_NS);
		err = try_bind(q, nic, queue, flags);
	}
	return err;
}

static int read_mode(struct txq *q)
{
	struct xdp_options options = {0};
	socklen_t length = sizeof(options);

	if (getsockopt(q->fd, SOL_XDP, XDP_OPTIONS, &options, &length))
		return -errno;
	q->mode = options.flags & XDP_OPTIONS_ZEROCOPY ? AFXDP_ZEROCOPY : AFXDP_COPY;
	return 0;
}

static int open_afxdp(struct txq *q, const struct gen_job *job, const struct txq_setup *setup,
		      struct fault *fault)
{
	int err = -EOPNOTSUPP;

	raise_memlock();
	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++) {
		if (attempts[i].zerocopy && !setup->may_zerocopy)
			continue;
		err = bind_patiently(q, job->path.nic, setup->index, attempts[i].flags);
		q->need_wakeup = attempts[i].need_wakeup;
		/* Only a refusal of what was asked for is worth asking for less. */
		if (err != -EINVAL && err != -EOPNOTSUPP)
			break;
	}
	if (!err)
		err = read_mode(q);
	if (err) {
		close_afxdp(q);
		return fault_errno(fault, err, "AF_XDP socket: '%s' queue %u", job->path.nic,
				   setup->index);
	}
	txq_fill_ring(q);
	raise_sndbuf(q);
	q->send_budget = raise_send_budget(q, job->load.batch);
	return 0;
}

static int kick_afxdp(struct txq *q)
{
	if (q->need_wakeup && !xsk_ring_prod__needs_wakeup(&q->tx))
		return 0;
	if (sendto(q->fd, NULL, 0, MSG_DONTWAIT, NULL, 0) >= 0)
		return 0;
	switch (errno) {
	case EAGAIN:  /* the send budget, the socket's buffer or the completion ring is used up */
	case EBUSY:   /* the device dropped a packet; it completes all the same */
	case ENOBUFS: /* no memory for a packet just now */
	case EINTR:
		return 0;
	default:
		return -errno;
	}
}

const struct engine_ops afxdp_engine = {
	.name = "afxdp",
	.open = open_afxdp,
	.kick = kick_afxdp,
	.close = close_afxdp,
};
