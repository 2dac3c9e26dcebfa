// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The wire plane: sends a service's packets back with the least that a network needs. MAC and IP
 * addresses change places, which leaves every checksum as it is; ports stay.
 */
#include <stdbool.h>

#include "bpf/parse.bpf.h"
#include "bpf/mirror.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

volatile const __u32 cfg_first_port; /* host byte order */
volatile const __u32 cfg_ports;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* set to the number of CPUs before loading */
	__type(key, __u32);
	__type(value, struct mirror_counters);
} mirror_counters SEC(".maps");

static __always_inline bool is_service(__be16 port)
{
	return (__u32)bpf_ntohs(port) - cfg_first_port < cfg_ports;
}

static __always_inline void swap(struct ethhdr *eth, struct iphdr *ip)
{
	__u8 mac[ETH_ALEN];
	__be32 address = ip->saddr;

	__builtin_memcpy(mac, eth->h_source, ETH_ALEN);
	__builtin_memcpy(eth->h_source, eth->h_dest, ETH_ALEN);
	__builtin_memcpy(eth->h_dest, mac, ETH_ALEN);
	ip->saddr = ip->daddr;
	ip->daddr = address;
}

static __always_inline int mirror(struct xdp_md *ctx)
{
	struct cursor cursor = {(void *)(long)ctx->data, (void *)(long)ctx->data_end};
	struct ethhdr *eth = parse_eth(&cursor);
	struct udphdr *udp;
	struct iphdr *ip;

	if (!eth || eth->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	ip = parse_ipv4(&cursor);
	if (!ip || ip->protocol != IPPROTO_UDP || parse_fragment(ip) != PARSE_WHOLE)
		return XDP_PASS;
	udp = parse_udp(&cursor, ip);
	if (!udp || (!is_service(udp->dest) && !is_service(udp->source)))
		return XDP_PASS;
	swap(eth, ip);
	return XDP_TX;
}

SEC("xdp")
int mirror_xdp(struct xdp_md *ctx)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct mirror_counters *count = bpf_map_lookup_elem(&mirror_counters, &cpu);
	int verdict = mirror(ctx);

	if (!count)
		return XDP_ABORTED;
	if (verdict == XDP_TX)
		count->forwarded++;
	else
		count->passed++;
	return verdict;
}
