// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The reference NodePort forwarder: the steps of Cilium's XDP path for a packet to nodeIP:nodePort
 * in SNAT mode, in one program. A known connection costs three look-ups: service, connection,
 * backend. A new one takes a backend from the Maglev table and a source port of the node.
 */
#include <stdbool.h>

#include "bpf/parse.bpf.h"
#include "bpf/nodeport.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define TTL_LEAST 2

volatile const __be32 cfg_node;
volatile const __u8 cfg_mac[ETH_ALEN];

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, NODEPORT_MAX_SERVICES);
	__type(key, struct nodeport_service_key);
	__type(value, struct nodeport_service);
} nodeport_services SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, NODEPORT_MAX_BACKENDS);
	__type(key, __u32);
	__type(value, struct nodeport_backend);
} nodeport_backends SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, NODEPORT_MAGLEV_SIZE);
	__type(key, __u32);
	__type(value, __u32);
} nodeport_maglev SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, NODEPORT_MAX_BACKENDS);
	__type(key, __u32);
	__type(value, struct nodeport_cursor);
} nodeport_cursors SEC(".maps");

/* The sizes of both are set before loading, from the flows of the job. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1);
	__type(key, struct nodeport_tuple);
	__type(value, struct nodeport_connection);
} nodeport_connections SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1);
	__type(key, struct nodeport_reverse_key);
	__type(value, struct nodeport_tuple);
} nodeport_reverse SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* set to the number of CPUs before loading */
	__type(key, __u32);
	__type(value, struct nodeport_counters);
} nodeport_counters SEC(".maps");

struct packet {
	struct ethhdr *eth;
	struct iphdr *ip;
	struct udphdr *udp;
};

/* RFC 1624, equation 3: HC' = ~(~HC + ~m + m'); delta is the sum of the last two. */
static __always_inline __u16 adjust(__u16 check, __u16 delta)
{
	return ~wire_fold((__u16)~check + (__u32)delta);
}

/* Spreads flows over the Maglev table; both multipliers are odd and have no pattern. */
static __always_inline __u32 hash_tuple(const struct nodeport_tuple *tuple)
{
	__u64 hash = ((__u64)tuple->source << 32 | tuple->dest) * 0x9e3779b97f4a7c15ULL;

	hash ^= hash >> 29;
	hash += (__u64)tuple->source_port << 32 | (__u32)tuple->dest_port << 16 | tuple->protocol;
	hash *= 0xbf58476d1ce4e5b9ULL;
	return hash >> 32;
}

/* A free source port towards the backend, taken by its entry in nodeport_reverse; 0: none. */
static __always_inline __be16 take_port(__u32 number, const struct nodeport_backend *backend,
					const struct nodeport_tuple *tuple,
					struct nodeport_reverse_key *key)
{
	struct nodeport_cursor *cursor = bpf_map_lookup_elem(&nodeport_cursors, &number);

	if (!cursor)
		return 0;
	key->backend = backend->address;
	key->backend_port = backend->port;
	key->protocol = tuple->protocol;
	for (int i = 0; i < NODEPORT_PORT_TRIES; i++) {
		__u32 next = __sync_fetch_and_add(&cursor->next, 1);

		key->source_port = bpf_htons(NODEPORT_PORT_FIRST + (next & (NODEPORT_PORTS - 1)));
		if (!bpf_map_update_elem(&nodeport_reverse, key, tuple, BPF_NOEXIST))
			return key->source_port;
	}
	return 0;
}

/* Everything that translation changes is the same for all packets of a connection. */
static __always_inline void fill_deltas(const struct nodeport_tuple *tuple,
					const struct nodeport_backend *backend,
					struct nodeport_connection *connection)
{
	__u32 sum = wire_halves(~tuple->source) + wire_halves(~tuple->dest) +
		    wire_halves(cfg_node) + wire_halves(backend->address);
	__u32 ports = (__u16)~tuple->source_port + (__u16)~tuple->dest_port +
		      connection->source_port + backend->port;

	/* TTL is the high byte of its word: one less is the word less 0x0100. */
	connection->ip_delta = wire_fold(sum + (__u16)~bpf_htons(0x0100));
	connection->udp_delta = wire_fold(sum + ports);
}

static __always_inline struct nodeport_connection *open_connection(
	const struct nodeport_service *service, const struct nodeport_tuple *tuple,
	struct nodeport_counters *count)
{
	__u32 slot = service->maglev + hash_tuple(tuple) % NODEPORT_MAGLEV_SIZE;
	__u32 *number = bpf_map_lookup_elem(&nodeport_maglev, &slot);
	struct nodeport_connection connection = {};
	struct nodeport_reverse_key key = {};
	struct nodeport_backend *backend;

	if (!number)
		return NULL;
	connection.backend = *number;
	backend = bpf_map_lookup_elem(&nodeport_backends, &connection.backend);
	if (!backend)
		return NULL;
	connection.source_port = take_port(connection.backend, backend, tuple, &key);
	if (!connection.source_port) {
		count->no_port++;
		return NULL;
	}
	fill_deltas(tuple, backend, &connection);
	/* Another CPU may have opened it meanwhile: its port is the connection's, ours goes back.
	 */
	if (bpf_map_update_elem(&nodeport_connections, tuple, &connection, BPF_NOEXIST))
		bpf_map_delete_elem(&nodeport_reverse, &key);
	else
		count->new_flows++;
	return bpf_map_lookup_elem(&nodeport_connections, tuple);
}

static __always_inline int forward(const struct packet *packet,
				   const struct nodeport_connection *connection)
{
	struct nodeport_backend *backend =
		bpf_map_lookup_elem(&nodeport_backends, &connection->backend);

	if (!backend)
		return XDP_DROP;
	__builtin_memcpy(packet->eth->h_dest, backend->mac, ETH_ALEN);
	/* Not memcpy: the compiler would read cfg_mac, a constant, as the zeroes it is now. */
	for (int i = 0; i < ETH_ALEN; i++)
		packet->eth->h_source[i] = cfg_mac[i];
	packet->ip->saddr = cfg_node;
	packet->ip->daddr = backend->address;
	packet->ip->ttl--;
	packet->ip->check = adjust(packet->ip->check, connection->ip_delta);
	packet->udp->source = connection->source_port;
	packet->udp->dest = backend->port;
	/* 0 means that there is no checksum; a sum that comes out as 0 is sent as its other form.
	 */
	if (packet->udp->check)
		packet->udp->check = adjust(packet->udp->check, connection->udp_delta) ?: 0xffff;
	return XDP_TX;
}

/* Fills the packet, or counts why it is none of ours. */
static __always_inline bool parse(struct xdp_md *ctx, struct packet *packet,
				  struct nodeport_counters *count)
{
	struct cursor cursor = {(void *)(long)ctx->data, (void *)(long)ctx->data_end};

	packet->eth = parse_eth(&cursor);
	if (!packet->eth || packet->eth->h_proto != bpf_htons(ETH_P_IP)) {
		count->not_service++;
		return false;
	}
	packet->ip = parse_ipv4(&cursor);
	if (!packet->ip) {
		count->malformed++;
		return false;
	}
	if (packet->ip->protocol != IPPROTO_UDP) {
		count->not_service++;
		return false;
	}
	if (parse_fragment(packet->ip) != PARSE_WHOLE) {
		count->fragment++;
		return false;
	}
	if (packet->ip->ihl != sizeof(struct iphdr) / 4) {
		count->options++;
		return false;
	}
	packet->udp = parse_udp(&cursor, packet->ip);
	if (!packet->udp)
		count->malformed++;
	return packet->udp;
}

static __always_inline const struct nodeport_service *find_service(const struct packet *packet)
{
	struct nodeport_service_key key = {
		.address = packet->ip->daddr,
		.port = packet->udp->dest,
		.protocol = packet->ip->protocol,
	};

	return bpf_map_lookup_elem(&nodeport_services, &key);
}

static __always_inline int serve(struct xdp_md *ctx, struct nodeport_counters *count)
{
	const struct nodeport_service *service;
	struct nodeport_connection *connection;
	struct nodeport_tuple tuple;
	struct packet packet;

	if (!parse(ctx, &packet, count))
		return XDP_PASS;
	service = find_service(&packet);
	if (!service) {
		count->not_service++;
		return XDP_PASS;
	}
	if (packet.ip->ttl < TTL_LEAST) {
		count->ttl++;
		return XDP_PASS;
	}
	tuple = (struct nodeport_tuple){packet.ip->saddr, packet.ip->daddr, packet.udp->source,
					packet.udp->dest, packet.ip->protocol};
	connection = bpf_map_lookup_elem(&nodeport_connections, &tuple);
	if (!connection)
		connection = open_connection(service, &tuple, count);
	return connection ? forward(&packet, connection) : XDP_DROP;
}

SEC("xdp")
int nodeport_xdp(struct xdp_md *ctx)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct nodeport_counters *count = bpf_map_lookup_elem(&nodeport_counters, &cpu);
	int verdict;

	if (!count)
		return XDP_ABORTED;
	verdict = serve(ctx, count);
	if (verdict == XDP_TX)
		count->forwarded++;
	else if (verdict == XDP_DROP)
		count->dropped++;
	return verdict;
}
