// SPDX-License-Identifier: BSD-2-Clause
#include "gen/txq.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { CACHE_LINE = 64 };

/* Zeroed, touched, and in huge pages where there are some; MAP_FAILED as NULL. */
static void *map(uint64_t bytes)
{
	void *memory =
		mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return NULL;
	madvise(memory, bytes, MADV_HUGEPAGE);
	memset(memory, 0, bytes);
	return memory;
}

static uint64_t flows_bytes(const struct txq *q)
{
	return (uint64_t)(q->flows_end - q->flows) * sizeof(*q->flows);
}

/*
 * Frames start at different cache lines of their chunks: at the same one they would all compete for
 * the few cache sets that a power-of-two stride reaches.
 */
static void fill_frames(struct txq *q, const struct gen_job *job, const struct txq_setup *setup)
{
	const uint32_t lines = (q->chunk_bytes - q->frame_bytes) / CACHE_LINE + 1;

	for (uint32_t i = 0; i < TXQ_FRAMES; i++) {
		const uint64_t address = (uint64_t)i * q->chunk_bytes + i % lines * CACHE_LINE;

		frame_template(job, setup->source_mac, setup->dest_mac, q->umem + address);
		q->addresses[i] = address;
	}
	q->pool = (struct frame_pool){.addresses = q->addresses, .nr_free = TXQ_FRAMES};
}

static struct txq_words template_words(const uint8_t *frame)
{
	struct txq_words words = {.ip_sum = wire_fold(frame_ip_base(frame))};

	memcpy(&words.check_source_dest, frame + TXQ_WORDS_OFFSET, sizeof(uint64_t));
	memcpy(&words.dest_ports_length, frame + TXQ_WORDS_OFFSET + 8, sizeof(uint64_t));
	memcpy(&words.check_cookie, frame + TXQ_WORDS_OFFSET + 16, sizeof(uint64_t));
	return words;
}

int txq_init(struct txq *q, const struct gen_job *job, const struct txq_setup *setup,
	     struct fault *fault)
{
	const uint32_t nr_flows = (job->load.flows - setup->index - 1) / setup->nr_queues + 1;

	*q = (struct txq){
		.index = setup->index,
		.nr_queues = setup->nr_queues,
		.number = setup->index,
		.frame_bytes = frame_length(&job->load),
		.chunk_bytes = setup->chunk_bytes,
		.fd = -1,
	};
	q->umem = map(txq_umem_bytes(q));
	q->addresses = malloc(TXQ_FRAMES * sizeof(*q->addresses));
	q->flows = map(nr_flows * sizeof(*q->flows));
	if (!q->umem || !q->addresses || !q->flows) {
		txq_done(q);
		return fault_set(fault, -ENOMEM, EXIT_FAILED,
				 "queue %u: no memory for %u frames and %u flows", setup->index,
				 TXQ_FRAMES, nr_flows);
	}
	q->flow = q->flows;
	q->flows_end = q->flows + nr_flows;
	for (uint32_t row = 0; row < nr_flows; row++)
		flow_fill(job, setup->index + row * setup->nr_queues, &q->flows[row]);
	fill_frames(q, job, setup);
	q->words = template_words(q->umem + q->addresses[0]);
	if (job->load.rate_pps)
		pace_init(&q->pace, job->load.rate_pps,
			  pace_total(job->load.rate_pps, job->load.duration_ns), setup->index,
			  setup->nr_queues);
	return 0;
}

void txq_fill_ring(struct txq *q)
{
	for (uint32_t i = 0; i < q->tx.size; i++)
		*xsk_ring_prod__tx_desc(&q->tx, i) = (struct xdp_desc){.len = q->frame_bytes};
}

void txq_done(struct txq *q)
{
	if (q->flows && q->flows_end)
		munmap(q->flows, flows_bytes(q));
	free(q->addresses);
	if (q->umem)
		munmap(q->umem, txq_umem_bytes(q));
	*q = (struct txq){.fd = -1};
}
