/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Maps of the reference NodePort forwarder, shared by both sides. Addresses and ports are in
 * network byte order, keys have no implicit padding.
 */
#ifndef PORTGAUGE_NODEPORT_H
#define PORTGAUGE_NODEPORT_H

#include <linux/types.h>

#define NODEPORT_MAX_BACKENDS 64
#define NODEPORT_MAX_SERVICES 256

/* Slots of a Maglev table: Cilium's default, a prime well above 100 times the backends. */
#define NODEPORT_MAGLEV_SIZE 16381

/* Source ports that connections to one backend share: above the NodePorts, as in Cilium. */
#define NODEPORT_PORT_FIRST 32768
#define NODEPORT_PORTS      32768
#define NODEPORT_PORT_TRIES 32

/* nodeport_services: what a client sends to. */
struct nodeport_service_key {
	__be32 address;
	__be16 port;
	__u8 protocol;
	__u8 zero;
};

struct nodeport_service {
	__u32 maglev; /* first slot of its backend set in nodeport_maglev */
};

/* nodeport_backends, by backend number; nodeport_maglev holds such numbers. */
struct nodeport_backend {
	__be32 address;
	__be16 port;
	__u8 mac[6]; /* next hop */
};

/* nodeport_cursors, by backend number: the next source port to try, modulo NODEPORT_PORTS. */
struct nodeport_cursor {
	__u32 next;
	__u8 zero[60]; /* a cache line each */
};

/* nodeport_connections: from a client's tuple to its translation. */
struct nodeport_tuple {
	__be32 source, dest;
	__be16 source_port, dest_port;
	__u32 protocol;
};

struct nodeport_connection {
	__u32 backend;
	__be16 source_port; /* the node's, in place of the client's */
	__u16 ip_delta;     /* one's-complement sums to add to the complement of a checksum */
	__u16 udp_delta;
	__u16 zero;
};

/* nodeport_reverse: from what a backend answers to, back to the client's tuple. A source port is
 * taken when its entry is here. */
struct nodeport_reverse_key {
	__be32 backend;
	__be16 backend_port, source_port;
	__u32 protocol;
};

/* nodeport_counters, one row a CPU, written by that CPU alone. */
struct nodeport_counters {
	__u64 forwarded;
	__u64 new_flows;
	__u64 dropped; /* no_port included */
	__u64 no_port;
	/* Passed to the kernel. */
	__u64 not_service;
	__u64 fragment;
	__u64 options;
	__u64 ttl; /* would expire here */
	__u64 malformed;
	__u64 zero[7]; /* whole cache lines */
};

_Static_assert(sizeof(struct nodeport_service_key) == 8, "no padding in a key");
_Static_assert(sizeof(struct nodeport_tuple) == 16, "no padding in a key");
_Static_assert(sizeof(struct nodeport_reverse_key) == 12, "no padding in a key");
_Static_assert(sizeof(struct nodeport_counters) == 128, "two cache lines a CPU");

#endif
