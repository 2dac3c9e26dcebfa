/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Network interfaces through netlink (rtnetlink, ethtool and netdev families, libmnl). Every call
 * opens its own socket, acts in the caller's network namespace, and reports the kernel's extended
 * acknowledgement in the fault. 0 or -errno.
 */
#ifndef PORTGAUGE_NETIF_H
#define PORTGAUGE_NETIF_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/fault.h"
#include "lib/model.h"

struct netif {
	int index;
	uint8_t mac[6];
	uint32_t mtu;
	uint32_t min_mtu, max_mtu; /* max_mtu 0: the device has no limit */
	bool up;
	char driver[32];  /* "veth", "ena", ... */
	uint32_t address; /* first IPv4 address, network byte order; 0: none */
	uint32_t prefix;
	uint32_t xdp_id;                   /* program attached; 0: none */
	char xdp_name[16];                 /* its name */
	uint32_t rx_channels, tx_channels; /* obtained; a combined channel counts in both */
	uint32_t max_rx_channels, max_tx_channels;
	bool combined; /* the device has combined channels, not separate ones */
};

struct netif_napi {
	uint32_t id;
	pid_t pid; /* of its thread; 0: not threaded */
};

/* -ENODEV with a fault if there is none of that name. */
int netif_get(const char *name, struct netif *ret_netif, struct fault *fault);

/* Fills the interface members of the snap (rx_packets ... rx_missed) from stats64. */
int netif_stats(const char *name, struct snap *snap, struct fault *fault);

int netif_set_mtu(const char *name, uint32_t mtu, struct fault *fault);

/*
 * Sets combined channels or rx and tx, whichever the device has. In the order that a veth with XDP
 * allows (an end's rx may not be below its peer's tx): raise rx, lower tx, then the rest. When the
 * second half is refused the first stays.
 */
int netif_set_channels(const char *name, uint32_t rx, uint32_t tx, struct fault *fault);

/* Ethernet address that a packet to `address` leaves to: route, gateway, neighbour. */
int netif_next_hop(const char *name, uint32_t address, uint8_t ret_mac[6], struct fault *fault);

/* NAPI instances of the interface (netdev genl napi-get; where the kernel has none, by the names of
 * the kernel threads), by ascending id. Returns their number or -errno. */
int netif_napis(const char *name, struct netif_napi *napis, int max, struct fault *fault);

/* "tx-tcp-segmentation", "rx-gro": a feature by the kernel's name, as it is in force. Setting one
 * that the device does not follow is -EOPNOTSUPP; getting one that the kernel lacks, -ENOENT. */
int netif_set_feature(const char *name, const char *feature, bool on, struct fault *fault);
int netif_get_feature(const char *name, const char *feature, bool *ret_on, struct fault *fault);

/* NAPI polling in kernel threads. -EOPNOTSUPP from set: the interface has no NAPI now (a veth
 * without GRO and XDP). */
int netif_set_threaded(const char *name, bool on, struct fault *fault);
int netif_get_threaded(const char *name, bool *ret_on, struct fault *fault);

/* Used by the lab, in the namespace of the caller. */
int netif_create_veth(const char *name, const uint8_t mac[6], uint32_t queues, const char *peer,
		      const uint8_t peer_mac[6], int peer_netns_fd, struct fault *fault);
int netif_delete(const char *name, struct fault *fault);
int netif_set_up(const char *name, struct fault *fault);
int netif_add_address(const char *name, uint32_t address, uint32_t prefix, struct fault *fault);
int netif_add_neighbour(const char *name, uint32_t address, const uint8_t mac[6],
			struct fault *fault);
/* -EEXIST: the route is there. gateway 0: on link. `local`: a route of type local (any address of
 * the range is ours). */
int netif_add_route(const char *name, struct cidr to, uint32_t gateway, bool local,
		    struct fault *fault);

#endif
