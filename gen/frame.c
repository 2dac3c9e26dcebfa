// SPDX-License-Identifier: BSD-2-Clause
#include "gen/frame.h"

#include <arpa/inet.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <string.h>

enum {
	IP_VERSION_4_WORDS_5 = 0x45,
	IP_HEADER_BYTES = 20,
	UDP_HEADER_BYTES = 8,
	IP_DONT_FRAGMENT = 0x4000,
	TTL = 64,
};

void frame_template(const struct gen_job *job, const uint8_t source_mac[6],
		    const uint8_t dest_mac[6], uint8_t *frame)
{
	const uint32_t length = frame_length(&job->load);
	struct frame head = {
		.ethertype = htons(ETHERTYPE_IP),
		.version = IP_VERSION_4_WORDS_5,
		.ip_length = htons((uint16_t)(length - FRAME_IP_OFFSET)),
		.fragment = htons(IP_DONT_FRAGMENT),
		.ttl = TTL,
		.protocol = IPPROTO_UDP,
		.dest = job->path.node,
		.udp_length = htons((uint16_t)(length - FRAME_UDP_OFFSET)),
		.probe.cookie = (uint16_t)job->path.cookie,
	};

	memcpy(head.dest_mac, dest_mac, sizeof(head.dest_mac));
	memcpy(head.source_mac, source_mac, sizeof(head.source_mac));
	memset(frame, 0, length);
	memcpy(frame, &head, sizeof(head));
}

/* Unfolded sum of 16-bit words in memory order; an odd last byte counts as one with a zero. */
static uint32_t sum_words(const uint8_t *data, uint32_t length)
{
	uint32_t sum = 0;
	uint16_t word;

	for (; length >= 2; data += 2, length -= 2) {
		memcpy(&word, data, sizeof(word));
		sum += word;
	}
	return length ? sum + *data : sum;
}

uint32_t frame_ip_base(const uint8_t *frame)
{
	return sum_words(frame + FRAME_IP_OFFSET, IP_HEADER_BYTES);
}

void frame_stamp(uint8_t *frame, struct flow *flow, uint32_t number, uint16_t cookie,
		 uint64_t time_ns)
{
	struct frame head;

	memcpy(&head, frame, sizeof(head));
	head.source = flow->source;
	head.source_port = flow->source_port;
	head.dest_port = flow->dest_port;
	head.udp_check = flow->udp_check;
	head.probe = (struct wire_probe){
		.cookie = cookie,
		.flow = number,
		.seq = flow->seq++,
		.time = {(uint16_t)time_ns, (uint16_t)(time_ns >> 16), (uint16_t)(time_ns >> 32)},
	};
	head.probe.fix = wire_fold(WIRE_SUM + (uint16_t)~wire_sum(&head.probe));
	head.ip_check = 0;
	head.ip_check = (uint16_t)~wire_fold(frame_ip_base((const uint8_t *)&head));
	memcpy(frame, &head, sizeof(head));
}

void frame_answer(uint8_t *frame)
{
	struct frame head, answer;

	memcpy(&head, frame, sizeof(head));
	answer = head;
	memcpy(answer.dest_mac, head.source_mac, sizeof(answer.dest_mac));
	memcpy(answer.source_mac, head.dest_mac, sizeof(answer.source_mac));
	answer.source = head.dest;
	answer.dest = head.source;
	answer.source_port = head.dest_port;
	answer.dest_port = head.source_port;
	memcpy(frame, &answer, sizeof(answer));
}

bool frame_checks_hold(const uint8_t *frame, uint32_t length)
{
	struct frame head;
	uint32_t sum, udp_length;

	if (length < FRAME_PROBE_OFFSET)
		return false;
	memset(&head, 0, sizeof(head));
	memcpy(&head, frame, length < sizeof(head) ? length : sizeof(head));
	udp_length = ntohs(head.udp_length);
	if (head.ethertype != htons(ETHERTYPE_IP) || head.version != IP_VERSION_4_WORDS_5 ||
	    head.protocol != IPPROTO_UDP || udp_length < UDP_HEADER_BYTES ||
	    ntohs(head.ip_length) != IP_HEADER_BYTES + udp_length ||
	    FRAME_UDP_OFFSET + udp_length > length)
		return false;
	if (wire_fold(frame_ip_base(frame)) != 0xffff || !head.udp_check)
		return false;
	sum = sum_words(frame + offsetof(struct frame, source), 2 * sizeof(head.source)) +
	      htons(IPPROTO_UDP) + head.udp_length +
	      sum_words(frame + FRAME_UDP_OFFSET, udp_length);
	return wire_fold(sum) == 0xffff;
}
