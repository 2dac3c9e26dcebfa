/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Bounds-checked header cursor: Ethernet, IPv4 with options, UDP, probe.
 *
 *	struct cursor cursor = {(void *)(long)ctx->data, (void *)(long)ctx->data_end};
 *	struct ethhdr *eth = parse_eth(&cursor);
 *	struct iphdr *ip;
 *
 *	if (!eth || eth->h_proto != bpf_htons(ETH_P_IP))
 *		return XDP_PASS;
 *	ip = parse_ipv4(&cursor);
 *	if (!ip || ip->protocol != IPPROTO_UDP || parse_fragment(ip) != PARSE_WHOLE)
 *		...
 *
 * Each parse_* returns a pointer to its header in the frame and moves the cursor behind it, or
 * returns NULL when the header is not all there or contradicts itself or the frame; the cursor is
 * of no use then. Headers are as on the wire: network byte order, except struct wire_probe, which
 * is little-endian. Nothing follows VLAN tags: a tagged frame's h_proto is the tag's.
 */
#ifndef PORTGAUGE_PARSE_BPF_H
#define PORTGAUGE_PARSE_BPF_H

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "bpf/wire.h"

struct cursor {
	void *pos, *end;
};

/* NULL: truncated. */
static __always_inline struct ethhdr *parse_eth(struct cursor *cursor)
{
	struct ethhdr *eth = cursor->pos;

	if ((void *)(eth + 1) > cursor->end)
		return NULL;
	cursor->pos = eth + 1;
	return eth;
}

/*
 * NULL: truncated, version not 4, IHL below 5, or a total length that is less than the header or
 * more than the frame holds (less is Ethernet padding). The cursor is moved behind the options;
 * their bytes are in the frame. Header checksum, protocol and fragments are the caller's business.
 */
static __always_inline struct iphdr *parse_ipv4(struct cursor *cursor)
{
	struct iphdr *ip = cursor->pos;
	__u32 header, total;

	if ((void *)(ip + 1) > cursor->end)
		return NULL;
	header = ip->ihl * 4;
	total = bpf_ntohs(ip->tot_len);
	if (ip->version != 4 || header < sizeof(*ip) || total < header ||
	    cursor->pos + total > cursor->end)
		return NULL;
	cursor->pos += header;
	return ip;
}

enum parse_fragment {
	PARSE_WHOLE,          /* not a fragment */
	PARSE_FIRST_FRAGMENT, /* has the UDP header, but not all of the payload */
	PARSE_LATER_FRAGMENT, /* what follows the IPv4 header is no UDP header */
};

static __always_inline enum parse_fragment parse_fragment(const struct iphdr *ip)
{
	if (ip->frag_off & bpf_htons(0x1fff))
		return PARSE_LATER_FRAGMENT;
	return ip->frag_off & bpf_htons(0x2000) ? PARSE_FIRST_FRAGMENT : PARSE_WHOLE;
}

/*
 * Only after parse_ipv4 of a UDP packet that is whole. NULL: truncated, or a UDP length below 8
 * (zero included) or above the IPv4 payload.
 */
static __always_inline struct udphdr *parse_udp(struct cursor *cursor, const struct iphdr *ip)
{
	struct udphdr *udp = cursor->pos;
	__u32 length;

	if ((void *)(udp + 1) > cursor->end)
		return NULL;
	length = bpf_ntohs(udp->len);
	if (length < sizeof(*udp) || length > bpf_ntohs(ip->tot_len) - ip->ihl * 4U)
		return NULL;
	cursor->pos = udp + 1;
	return udp;
}

/* NULL: the UDP payload is too short for a probe. Whether it is one, wire_sum tells. */
static __always_inline struct wire_probe *parse_probe(struct cursor *cursor,
						      const struct udphdr *udp)
{
	struct wire_probe *probe = cursor->pos;

	if ((void *)(probe + 1) > cursor->end ||
	    bpf_ntohs(udp->len) < sizeof(*udp) + sizeof(*probe))
		return NULL;
	cursor->pos = probe + 1;
	return probe;
}

#endif
