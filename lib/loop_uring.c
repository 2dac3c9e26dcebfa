// SPDX-License-Identifier: BSD-2-Clause
/* The loop on io_uring: one poll request a watch, made anew after each event. */
#include <errno.h>
#include <liburing.h>
#include <poll.h>
#include <stdlib.h>

#include "lib/clock.h"
#include "lib/loop_ops.h"

/* user_data: a watch's generation << 8 | its row, or one of these. */
#define TAG_IGNORED UINT64_MAX
#define TAG_WRITE   (UINT64_MAX - 1)
#define TAG_SYNC    (UINT64_MAX - 2)

/* A poll and a removal for every watch, a write and a sync: the queues never run full. */
enum { NR_ENTRIES = 4 * LOOP_MAX_WATCHES };

struct uring {
	struct io_uring ring;
	int write_result, sync_result;
	bool write_ended, sync_ended;
};

static uint64_t watch_tag(const struct loop *loop, const struct loop_watch *watch)
{
	return (uint64_t)watch->generation << 8 | (uint64_t)(watch - loop->watches);
}

static int uring_open(struct loop *loop)
{
	struct uring *uring = calloc(1, sizeof(*uring));
	int err;

	if (!uring)
		return -ENOMEM;
	err = io_uring_queue_init(NR_ENTRIES, &uring->ring, 0);
	if (err)
		goto out_free;
	/* Without it liburing emulates time-outs by requests of its own (before Linux 5.11). */
	if (!(uring->ring.features & IORING_FEAT_EXT_ARG)) {
		err = -ENOSYS;
		goto out_ring;
	}
	loop->state = uring;
	return 0;

out_ring:
	io_uring_queue_exit(&uring->ring);
out_free:
	free(uring);
	return err;
}

static void uring_close(struct loop *loop)
{
	struct uring *uring = loop->state;

	io_uring_queue_exit(&uring->ring);
	free(uring);
}

static void take_event(struct loop *loop, const struct io_uring_cqe *cqe)
{
	struct uring *uring = loop->state;
	struct loop_watch *watch;

	switch (cqe->user_data) {
	case TAG_IGNORED:
		return;
	case TAG_WRITE:
		uring->write_result = cqe->res;
		uring->write_ended = true;
		return;
	case TAG_SYNC:
		uring->sync_result = cqe->res;
		uring->sync_ended = true;
		return;
	}
	watch = &loop->watches[cqe->user_data & 0xff];
	/* The row may have been freed, or given to another descriptor, since the request. */
	if (watch->fd < 0 || watch_tag(loop, watch) != cqe->user_data)
		return;
	watch->armed = false;
	watch->ready = true;
}

static void take_events(struct loop *loop)
{
	struct uring *uring = loop->state;
	struct io_uring_cqe *cqe;
	unsigned int head, nr_taken = 0;

	io_uring_for_each_cqe(&uring->ring, head, cqe)
	{
		take_event(loop, cqe);
		nr_taken++;
	}
	io_uring_cq_advance(&uring->ring, nr_taken);
}

static int arm(struct loop *loop)
{
	struct uring *uring = loop->state;

	for (int i = 0; i < LOOP_MAX_WATCHES; i++) {
		struct loop_watch *watch = &loop->watches[i];
		struct io_uring_sqe *sqe;

		if (watch->fd < 0 || watch->armed || watch->ready)
			continue;
		sqe = io_uring_get_sqe(&uring->ring);
		if (!sqe)
			return -EBUSY;
		io_uring_prep_poll_add(sqe, watch->fd, POLLIN);
		io_uring_sqe_set_data64(sqe, watch_tag(loop, watch));
		watch->armed = true;
	}
	return 0;
}

static int uring_wait(struct loop *loop, uint64_t until_ns)
{
	struct uring *uring = loop->state;
	const uint64_t now = clock_now_ns();
	const uint64_t wait_ns = until_ns > now ? until_ns - now : 0;
	struct __kernel_timespec timeout = {.tv_sec = (int64_t)(wait_ns / NS_PER_S),
					    .tv_nsec = (long long)(wait_ns % NS_PER_S)};
	struct io_uring_cqe *cqe;
	int err = arm(loop);

	if (err)
		return err;
	err = io_uring_submit_and_wait_timeout(&uring->ring, &cqe, 1, &timeout, NULL);
	if (err < 0 && err != -ETIME && err != -EINTR)
		return err;
	take_events(loop);
	return 0;
}

static void uring_disarm(struct loop *loop, struct loop_watch *watch)
{
	struct uring *uring = loop->state;
	struct io_uring_sqe *sqe;

	if (!watch->armed)
		return;
	sqe = io_uring_get_sqe(&uring->ring);
	if (!sqe)
		return; /* the event, if it comes, is of an old generation */
	io_uring_prep_poll_remove(sqe, watch_tag(loop, watch));
	io_uring_sqe_set_data64(sqe, TAG_IGNORED);
	/* At once: the request keeps the file open, and a pipe's writer would see no reader's end.
	 */
	io_uring_submit(&uring->ring);
}

static ssize_t uring_append(struct loop *loop, int fd, const void *data, size_t length)
{
	struct uring *uring = loop->state;
	struct io_uring_sqe *write = io_uring_get_sqe(&uring->ring);
	struct io_uring_sqe *sync = io_uring_get_sqe(&uring->ring);
	const unsigned int part = length > (1U << 30) ? 1U << 30 : (unsigned int)length;
	int err;

	if (!write || !sync)
		return -EBUSY;
	io_uring_prep_write(write, fd, data, part, (uint64_t)-1);
	io_uring_sqe_set_flags(write, IOSQE_IO_LINK);
	io_uring_sqe_set_data64(write, TAG_WRITE);
	io_uring_prep_fsync(sync, fd, 0);
	io_uring_sqe_set_data64(sync, TAG_SYNC);
	uring->write_ended = uring->sync_ended = false;
	while (!uring->write_ended || !uring->sync_ended) {
		err = io_uring_submit_and_wait(&uring->ring, 1);
		if (err < 0 && err != -EINTR)
			return err;
		take_events(loop);
	}
	if (uring->write_result < 0)
		return uring->write_result;
	/* A short write breaks the link: the caller writes the rest, and syncs with it. */
	if (uring->sync_result == -ECANCELED && uring->write_result < (int)part)
		return uring->write_result;
	return uring->sync_result < 0 ? uring->sync_result : uring->write_result;
}

const struct loop_ops loop_uring_ops = {
	.name = "io_uring",
	.open = uring_open,
	.close = uring_close,
	.wait = uring_wait,
	.disarm = uring_disarm,
	.append = uring_append,
};
