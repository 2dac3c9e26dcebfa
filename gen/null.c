// SPDX-License-Identifier: BSD-2-Clause
/* Sends nothing: rings in plain memory, consumed and completed at once by kick. With it the
 * generator measures its own loop. */
#include <errno.h>
#include <stdlib.h>

#include "gen/txq.h"

/* Both sides of both rings; what of an AF_XDP socket is mapped from the kernel. */
struct null_rings {
	uint32_t tx_producer, tx_consumer;
	uint32_t completion_producer, completion_consumer;
	uint32_t flags;
	struct xdp_desc tx[TXQ_RING_SIZE];
	uint64_t completion[TXQ_RING_SIZE];
};

static int open_null(struct txq *q, const struct gen_job *job, const struct txq_setup *setup,
		     struct fault *fault)
{
	struct null_rings *rings = calloc(1, sizeof(*rings));

	(void)job;
	if (!rings)
		return fault_set(fault, -ENOMEM, EXIT_FAILED, "queue %u: no memory for rings",
				 setup->index);
	q->tx = (struct xsk_ring_prod){
		.cached_cons = TXQ_RING_SIZE,
		.mask = TXQ_RING_SIZE - 1,
		.size = TXQ_RING_SIZE,
		.producer = &rings->tx_producer,
		.consumer = &rings->tx_consumer,
		.ring = rings->tx,
		.flags = &rings->flags,
	};
	q->completion = (struct xsk_ring_cons){
		.mask = TXQ_RING_SIZE - 1,
		.size = TXQ_RING_SIZE,
		.producer = &rings->completion_producer,
		.consumer = &rings->completion_consumer,
		.ring = rings->completion,
		.flags = &rings->flags,
	};
	q->mode = AFXDP_NONE;
	q->handle = rings;
	txq_fill_ring(q);
	return 0;
}

static int kick_null(struct txq *q)
{
	struct null_rings *const rings = q->handle;
	const uint32_t end = rings->tx_producer;
	uint32_t consumer = rings->tx_consumer;
	uint32_t producer = rings->completion_producer;

	for (; consumer != end; consumer++, producer++)
		rings->completion[producer % TXQ_RING_SIZE] =
			rings->tx[consumer % TXQ_RING_SIZE].addr;
	rings->tx_consumer = consumer;
	rings->completion_producer = producer;
	return 0;
}

static void close_null(struct txq *q)
{
	free(q->handle);
	q->handle = NULL;
}

const struct engine_ops null_engine = {
	.name = "null",
	.open = open_null,
	.kick = kick_null,
	.close = close_null,
};
