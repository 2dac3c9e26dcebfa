/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One netlink conversation: a request, its answers, and the kernel's own words (extended
 * acknowledgement) when it refuses. Bound to the network namespace of the thread that opens it.
 */
#ifndef PORTGAUGE_NETLINK_H
#define PORTGAUGE_NETLINK_H

#include <libmnl/libmnl.h>
#include <stdint.h>

#include "lib/fault.h"

enum { NETLINK_REQUEST_BYTES = 4096, NETLINK_REPLY_BYTES = 32768 };

struct netlink {
	struct mnl_socket *socket;
	uint32_t seq;
	mnl_cb_t callback; /* of the request under way */
	void *arg;
	char extack[160]; /* of the last refusal; "" without */
	_Alignas(8) char request[NETLINK_REQUEST_BYTES];
	_Alignas(8) char reply[NETLINK_REPLY_BYTES];
};

/* `bus`: NETLINK_ROUTE, NETLINK_GENERIC, NETLINK_NETFILTER. 0 or -errno. */
int netlink_open(struct netlink *nl, int bus, struct fault *fault);

/* Accepts one that was never opened, if it is zeroed. */
void netlink_close(struct netlink *nl);

/* Starts a request in nl->request; attributes are added with mnl_attr_put. */
struct nlmsghdr *netlink_message(struct netlink *nl, uint16_t type, uint16_t flags);

/* As netlink_message, of a generic family. */
struct nlmsghdr *netlink_genl(struct netlink *nl, uint16_t family, uint8_t command, uint16_t flags);

/*
 * Sends the request and calls `callback` (may be NULL) for each answer up to the acknowledgement,
 * or the end of a dump. 0 or -errno, the kernel's or the callback's.
 */
int netlink_talk(struct netlink *nl, mnl_cb_t callback, void *arg);

/* As netlink_talk, for several messages that stand in nl->request one after another. */
int netlink_talk_bytes(struct netlink *nl, size_t bytes, mnl_cb_t callback, void *arg);

/* Number of a generic family: -ENOENT if the kernel has none of that name. */
int netlink_family(struct netlink *nl, const char *name, uint16_t *ret_family);

/* fault_errno with the kernel's words before the errno, if it gave some. Returns `err`. */
int netlink_fault(const struct netlink *nl, int err, struct fault *fault, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif
