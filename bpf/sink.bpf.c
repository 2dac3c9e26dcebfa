// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The sink: counts and drops this run's probes, drops another run's, passes all else untouched. */
#include <stdbool.h>

#include "bpf/parse.bpf.h"
#include "bpf/sink.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

const volatile __u32 cfg_node_port = 30401;
const volatile __u32 cfg_services = 1;
const volatile __u32 cfg_backend_port = 8080;
const volatile __u16 cfg_cookie = 1;

/* User space sets the number of rows: possible CPUs, flows. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct sink_cpu);
} sink_cpus SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct sink_flow);
} sink_flows SEC(".maps");

enum arrival {
	ARRIVAL_NEW,
	ARRIVAL_REORDERED,
	ARRIVAL_TOO_LATE,
	ARRIVAL_DUPLICATE,
};

/* The UDP header, or NULL if the frame is not one whole IPv4 UDP packet. */
static __always_inline struct udphdr *find_udp(struct cursor *cursor)
{
	struct ethhdr *eth = parse_eth(cursor);
	struct iphdr *ip;

	if (!eth || eth->h_proto != bpf_htons(ETH_P_IP))
		return NULL;
	ip = parse_ipv4(cursor);
	if (!ip || ip->protocol != IPPROTO_UDP || parse_fragment(ip) != PARSE_WHOLE)
		return NULL;
	return parse_udp(cursor, ip);
}

/*
 * The probe in registers. Of a packed struct clang loads single bytes; on x86 and arm64 whole words
 * may be loaded from any address, as is done with the addresses of every IPv4 header.
 */
static __always_inline struct wire_probe load_probe(const struct wire_probe *at)
{
	struct wire_probe probe;

	__builtin_memcpy(&probe, __builtin_assume_aligned(at, 4), sizeof(probe));
	return probe;
}

/* A NodePort, or the port that backends listen on; `port` as on the wire. */
static __always_inline bool is_service(__be16 port)
{
	__u32 number = bpf_ntohs(port);

	return number - cfg_node_port < cfg_services || number == cfg_backend_port;
}

/* Where a sequence number stands in its flow, which it is noted in. */
static __always_inline enum arrival note_seq(struct sink_flow *flow, __u32 seq)
{
	__u32 ahead = seq - flow->highest;
	__u32 behind = -ahead;
	__u64 bit;

	if (!flow->seen) {
		flow->seen = 1;
		flow->highest = seq;
		flow->window = 1;
		return ARRIVAL_NEW;
	}
	if ((__s32)ahead > 0) {
		flow->highest = seq;
		flow->window = ahead < SINK_WINDOW ? flow->window << ahead | 1 : 1;
		return ARRIVAL_NEW;
	}
	if (behind >= SINK_WINDOW)
		return ARRIVAL_TOO_LATE;
	bit = 1ULL << behind;
	if (flow->window & bit)
		return ARRIVAL_DUPLICATE;
	flow->window |= bit;
	return ARRIVAL_REORDERED;
}

/* False: the probe is a duplicate, and counted as such. */
static __always_inline bool count_arrival(struct sink_cpu *cpu, const struct wire_probe *probe)
{
	__u32 number = probe->flow;
	struct sink_flow *flow = bpf_map_lookup_elem(&sink_flows, &number);
	enum arrival arrival;

	if (!flow) {
		cpu->unknown_flow++;
		return true;
	}
	arrival = note_seq(flow, probe->seq);
	if (arrival == ARRIVAL_DUPLICATE) {
		cpu->duplicate++;
		return false;
	}
	if (arrival != ARRIVAL_NEW)
		cpu->reordered++;
	if (arrival == ARRIVAL_TOO_LATE)
		cpu->too_late++;
	return true;
}

static __always_inline void count_latency(struct sink_cpu *cpu, __s64 latency_ns)
{
	__u64 value = (__u64)latency_ns;
	__u64 bucket;

	if (latency_ns < 0) {
		cpu->negative++;
		return;
	}
	if (value < cpu->min_ns)
		cpu->min_ns = value;
	if (value > cpu->max_ns)
		cpu->max_ns = value;
	if (value >= BUCKET_LIMIT_NS) {
		cpu->overflow++;
		return;
	}
	bucket = bucket_index(value);
	/* Always true, which clang knows and the verifier does not: hidden from clang. */
	barrier_var(bucket);
	if (bucket < BUCKET_COUNT)
		cpu->buckets[bucket]++;
}

SEC("xdp")
int sink_xdp(struct xdp_md *ctx)
{
	struct cursor cursor = {(void *)(long)ctx->data, (void *)(long)ctx->data_end};
	__u32 id = bpf_get_smp_processor_id(), queue = ctx->rx_queue_index;
	struct sink_cpu *cpu = bpf_map_lookup_elem(&sink_cpus, &id);
	__u64 bytes = cursor.end - cursor.pos;
	struct wire_probe probe, *at;
	struct udphdr *udp;
	__u64 now_ns;

	if (!cpu)
		return XDP_PASS;
	udp = find_udp(&cursor);
	if (!udp || (!is_service(udp->dest) && !is_service(udp->source))) {
		cpu->passed++;
		return XDP_PASS;
	}
	at = parse_probe(&cursor, udp);
	if (at)
		probe = load_probe(at);
	if (!at || wire_sum(&probe) != WIRE_SUM) {
		cpu->malformed++;
		return XDP_PASS;
	}
	if (probe.cookie != cfg_cookie) {
		cpu->foreign++;
		return XDP_DROP;
	}
	/* Before the flow's row is fetched: a cache miss of the sink is not the path's latency. */
	now_ns = bpf_ktime_get_ns();
	if (!count_arrival(cpu, &probe))
		return XDP_DROP;
	cpu->received++;
	cpu->bytes += bytes;
	if (!cpu->first_ns)
		cpu->first_ns = now_ns;
	cpu->last_ns = now_ns;
	if (queue < SINK_QUEUES)
		cpu->queues[queue]++;
	count_latency(cpu, wire_elapsed_ns(now_ns, wire_time(&probe)));
	return XDP_DROP;
}
