// SPDX-License-Identifier: BSD-2-Clause
#include "gen/flow.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "gen/frame.h"
#include "lib/mix.h"

enum {
	FIRST_PORT = 1024,
	NR_PORTS = 65536 - FIRST_PORT,
	ROUNDS = 6,
};

static uint64_t nr_addresses(const struct path *path)
{
	const uint64_t all = 1ULL << (32 - path->clients.prefix);

	return all > 2 ? all - 2 : all;
}

uint64_t flow_capacity(const struct path *path)
{
	return nr_addresses(path) * NR_PORTS;
}

/* A Feistel network on 2 * half_bits bits: a bijection whatever the round function is. */
static uint64_t permute_bits(uint64_t value, unsigned int half_bits, uint64_t seed)
{
	const uint64_t mask = (1ULL << half_bits) - 1;
	uint64_t left = value >> half_bits, right = value & mask;

	for (uint64_t round = 0; round < ROUNDS; round++) {
		const uint64_t next = left ^ (mix_bits(right + mix_bits(seed + round)) & mask);

		left = right;
		right = next;
	}
	return left << half_bits | right;
}

/*
 * Bijection on [0, capacity): the network works on the next even power of two, at most four times
 * as large, and values that fall outside walk on along their cycle until they are back inside.
 */
static uint64_t permute(uint64_t value, uint64_t capacity, uint64_t seed)
{
	unsigned int half_bits = 1;

	while (1ULL << (2 * half_bits) < capacity)
		half_bits++;
	do {
		value = permute_bits(value, half_bits, seed);
	} while (value >= capacity);
	return value;
}

void flow_tuple(const struct gen_job *job, uint32_t number, uint32_t *ret_source,
		uint16_t *ret_source_port)
{
	const uint64_t slot = permute(number, flow_capacity(&job->path), job->load.seed);
	const uint32_t first =
		ntohl(job->path.clients.address) + (job->path.clients.prefix < 31 ? 1 : 0);

	*ret_source = htonl(first + (uint32_t)(slot / NR_PORTS));
	*ret_source_port = htons((uint16_t)(FIRST_PORT + slot % NR_PORTS));
}

void flow_fill(const struct gen_job *job, uint32_t number, struct flow *ret_flow)
{
	const uint16_t udp_length = htons((uint16_t)(frame_length(&job->load) - FRAME_UDP_OFFSET));
	struct flow flow = {0};
	uint32_t sum;

	flow_tuple(job, number, &flow.source, &flow.source_port);
	flow.dest_port = htons((uint16_t)(job->service.node_port + number % job->service.services));

	/* The probe header adds WIRE_SUM and the padding nothing, whatever seq and time are. */
	sum = wire_halves(flow.source) + wire_halves(job->path.node) + htons(IPPROTO_UDP) +
	      udp_length + flow.source_port + flow.dest_port + udp_length + WIRE_SUM;
	flow.udp_check = (uint16_t)~wire_fold(sum);
	if (!flow.udp_check)
		flow.udp_check = 0xffff;

	sum = job->path.cookie + wire_halves(number);
	flow.fix = wire_fold(WIRE_SUM + (uint16_t)~wire_fold(sum));
	*ret_flow = flow;
}
