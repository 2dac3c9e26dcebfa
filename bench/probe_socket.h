/* SPDX-License-Identifier: BSD-2-Clause */
/* Single probes by hand from the tester, past the generator and the sink: to prove a data plane, and
 * to open its connections. */
#ifndef PORTGAUGE_PROBE_SOCKET_H
#define PORTGAUGE_PROBE_SOCKET_H

#include "lib/model.h"
#include "lib/netif.h"
#include "lib/xdp.h"

struct probe_socket {
	int fd;
	char nic[IFNAMSIZ];
	struct netif netif;
	uint8_t node_mac[6]; /* the next hop to the node */
	struct xdp_attachment pass;
};

/*
 * A packet socket on the tester's interface, for IPv4 that comes in, with a queue of `receive_bytes`.
 * -EBUSY if there is an XDP program, which may take the probes; on veth it puts one there that passes
 * everything.
 */
int probe_socket_open(const struct path *path, int receive_bytes, struct probe_socket *ret_socket,
		      struct fault *fault);

/*
 * Length of the next frame, which may be more than `size`; 0 once it is `until_ns` and none came.
 * -errno with a fault.
 */
int probe_socket_receive(struct probe_socket *socket, void *frame, size_t size, uint64_t until_ns,
			 struct fault *fault);

/* Accepts one whose descriptors are -1. */
void probe_socket_close(struct probe_socket *socket);

#endif
