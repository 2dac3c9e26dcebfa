// SPDX-License-Identifier: BSD-2-Clause
/* IPv4 addresses, neighbours and routes of an interface by rtnetlink. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/clock.h"
#include "lib/netif_link.h"
#include "lib/netlink.h"

enum {
	/* The kernel asks three times, a second apart; the first is lost on a link that just came up. */
	NEXT_HOP_WAIT_MS = 3500,
	NEXT_HOP_POLL_MS = 10,
};

static const char *print_address(uint32_t address, char buffer[INET_ADDRSTRLEN])
{
	return inet_ntop(AF_INET, &address, buffer, INET_ADDRSTRLEN);
}

static int take_address(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifaddrmsg *message = mnl_nlmsg_get_payload(nlh);
	struct netif *netif = arg;
	const struct nlattr *attr;

	if (nlh->nlmsg_type != RTM_NEWADDR || message->ifa_family != AF_INET ||
	    (int)message->ifa_index != netif->index || netif->address)
		return MNL_CB_OK;
	mnl_attr_for_each (attr, nlh, sizeof(*message)) {
		/* IFA_ADDRESS is the other end's on a point-to-point link. */
		if (mnl_attr_get_type(attr) == IFA_LOCAL)
			netif->address = mnl_attr_get_u32(attr);
	}
	if (netif->address)
		netif->prefix = message->ifa_prefixlen;
	return MNL_CB_OK;
}

int netif_read_address(struct netif *netif, struct fault *fault)
{
	struct netlink nl;
	struct nlmsghdr *request;
	struct ifaddrmsg *message;
	int err = netlink_open(&nl, NETLINK_ROUTE, fault);

	if (err)
		return err;
	do {
		netif->address = netif->prefix = 0;
		request = netlink_message(&nl, RTM_GETADDR, NLM_F_DUMP);
		message = mnl_nlmsg_put_extra_header(request, sizeof(*message));
		message->ifa_family = AF_INET;
		err = netlink_talk(&nl, take_address, netif);
	} while (err == -EINTR); /* an address changed during the dump */
	if (err)
		netlink_fault(&nl, err, fault, "addresses");
	netlink_close(&nl);
	return err;
}

int netif_add_address(const char *name, uint32_t address, uint32_t prefix, struct fault *fault)
{
	struct netlink nl;
	struct nlmsghdr *request;
	struct ifaddrmsg *message;
	char text[INET_ADDRSTRLEN];
	int index = netif_index(name, fault);
	int err = index < 0 ? index : netlink_open(&nl, NETLINK_ROUTE, fault);

	if (err)
		return err;
	request = netlink_message(&nl, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
	message = mnl_nlmsg_put_extra_header(request, sizeof(*message));
	message->ifa_family = AF_INET;
	message->ifa_prefixlen = (uint8_t)prefix;
	message->ifa_index = (uint32_t)index;
	mnl_attr_put_u32(request, IFA_LOCAL, address);
	mnl_attr_put_u32(request, IFA_ADDRESS, address);
	err = netlink_talk(&nl, NULL, NULL);
	if (err)
		netlink_fault(&nl, err, fault, "address %s/%u of '%s'",
			      print_address(address, text), prefix, name);
	netlink_close(&nl);
	return err;
}

static struct nlmsghdr *neighbour_message(struct netlink *nl, uint16_t type, uint16_t flags,
					  int index, uint32_t address)
{
	struct nlmsghdr *request = netlink_message(nl, type, flags);
	struct ndmsg *message = mnl_nlmsg_put_extra_header(request, sizeof(*message));

	message->ndm_family = AF_INET;
	message->ndm_ifindex = index;
	mnl_attr_put_u32(request, NDA_DST, address);
	return request;
}

int netif_add_neighbour(const char *name, uint32_t address, const uint8_t mac[6],
			struct fault *fault)
{
	struct netlink nl;
	struct nlmsghdr *request;
	char text[INET_ADDRSTRLEN];
	int index = netif_index(name, fault);
	int err = index < 0 ? index : netlink_open(&nl, NETLINK_ROUTE, fault);

	if (err)
		return err;
	request =
		neighbour_message(&nl, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, index, address);
	((struct ndmsg *)mnl_nlmsg_get_payload(request))->ndm_state = NUD_PERMANENT;
	mnl_attr_put(request, NDA_LLADDR, 6, mac);
	err = netlink_talk(&nl, NULL, NULL);
	if (err)
		netlink_fault(&nl, err, fault, "neighbour %s of '%s'", print_address(address, text),
			      name);
	netlink_close(&nl);
	return err;
}

int netif_add_route(const char *name, struct cidr to, uint32_t gateway, bool local,
		    struct fault *fault)
{
	struct netlink nl;
	struct nlmsghdr *request;
	struct rtmsg *message;
	char text[INET_ADDRSTRLEN];
	int index = netif_index(name, fault);
	int err = index < 0 ? index : netlink_open(&nl, NETLINK_ROUTE, fault);

	if (err)
		return err;
	request = netlink_message(&nl, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
	message = mnl_nlmsg_put_extra_header(request, sizeof(*message));
	message->rtm_family = AF_INET;
	message->rtm_dst_len = (uint8_t)to.prefix;
	message->rtm_table = local ? RT_TABLE_LOCAL : RT_TABLE_MAIN;
	message->rtm_protocol = RTPROT_STATIC;
	message->rtm_type = local ? RTN_LOCAL : RTN_UNICAST;
	message->rtm_scope = local ? RT_SCOPE_HOST : gateway ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
	mnl_attr_put_u32(request, RTA_DST, to.address);
	mnl_attr_put_u32(request, RTA_OIF, (uint32_t)index);
	if (gateway)
		mnl_attr_put_u32(request, RTA_GATEWAY, gateway);
	err = netlink_talk(&nl, NULL, NULL);
	if (err)
		netlink_fault(&nl, err, fault, "route to %s/%u by '%s'",
			      print_address(to.address, text), to.prefix, name);
	netlink_close(&nl);
	return err;
}

struct route_view {
	uint32_t gateway;
	int index;
	uint8_t type;
};

static int take_route(const struct nlmsghdr *nlh, void *arg)
{
	const struct rtmsg *message = mnl_nlmsg_get_payload(nlh);
	struct route_view *view = arg;
	const struct nlattr *attr;

	if (nlh->nlmsg_type != RTM_NEWROUTE)
		return MNL_CB_OK;
	view->type = message->rtm_type;
	mnl_attr_for_each (attr, nlh, sizeof(*message)) {
		if (mnl_attr_get_type(attr) == RTA_GATEWAY)
			view->gateway = mnl_attr_get_u32(attr);
		if (mnl_attr_get_type(attr) == RTA_OIF)
			view->index = (int)mnl_attr_get_u32(attr);
	}
	return MNL_CB_OK;
}

/* The address to resolve on the link: the gateway, or the destination itself. */
static int find_gateway(struct netlink *nl, const char *name, int index, uint32_t *address,
			struct fault *fault)
{
	struct nlmsghdr *request = netlink_message(nl, RTM_GETROUTE, 0);
	struct rtmsg *message = mnl_nlmsg_put_extra_header(request, sizeof(*message));
	struct route_view view = {0};
	char text[INET_ADDRSTRLEN];
	int err;

	message->rtm_family = AF_INET;
	message->rtm_dst_len = 32;
	mnl_attr_put_u32(request, RTA_DST, *address);
	mnl_attr_put_u32(request, RTA_OIF, (uint32_t)index);
	err = netlink_talk(nl, take_route, &view);
	if (err)
		return netlink_fault(nl, err, fault, "route to %s by '%s'",
				     print_address(*address, text), name);
	if (view.type != RTN_UNICAST || view.index != index)
		return fault_set(fault, -EHOSTUNREACH, EXIT_FAILED,
				 "route to %s: it does not leave by '%s'",
				 print_address(*address, text), name);
	if (view.gateway)
		*address = view.gateway;
	return 0;
}

struct neighbour_view {
	uint16_t state;
	uint8_t *mac;
};

static int take_neighbour(const struct nlmsghdr *nlh, void *arg)
{
	const struct ndmsg *message = mnl_nlmsg_get_payload(nlh);
	struct neighbour_view *view = arg;
	const struct nlattr *attr;

	if (nlh->nlmsg_type != RTM_NEWNEIGH)
		return MNL_CB_OK;
	mnl_attr_for_each (attr, nlh, sizeof(*message)) {
		if (mnl_attr_get_type(attr) != NDA_LLADDR || mnl_attr_get_payload_len(attr) != 6)
			continue;
		view->state = message->ndm_state;
		memcpy(view->mac, mnl_attr_get_payload(attr), 6);
	}
	return MNL_CB_OK;
}

/* -ENOENT: the kernel does not know it, or only as incomplete or failed. */
static int get_neighbour(struct netlink *nl, int index, uint32_t address, uint8_t ret_mac[6])
{
	uint8_t mac[6];
	struct neighbour_view view = {.mac = mac};
	int err;

	neighbour_message(nl, RTM_GETNEIGH, 0, index, address);
	err = netlink_talk(nl, take_neighbour, &view);
	if (err)
		return err;
	if (!(view.state &
	      (NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE)))
		return -ENOENT;
	memcpy(ret_mac, mac, sizeof(mac));
	return 0;
}

/* Has the kernel ask the link, without a packet of ours. */
static void ask_neighbour(struct netlink *nl, int index, uint32_t address)
{
	struct nlmsghdr *request =
		neighbour_message(nl, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, index, address);

	((struct ndmsg *)mnl_nlmsg_get_payload(request))->ndm_flags = NTF_USE;
	netlink_talk(nl, NULL, NULL);
}

int netif_next_hop(const char *name, uint32_t address, uint8_t ret_mac[6], struct fault *fault)
{
	uint64_t until_ns = clock_now_ns() + NEXT_HOP_WAIT_MS * NS_PER_MS;
	struct netlink nl;
	char text[INET_ADDRSTRLEN];
	int index = netif_index(name, fault);
	int err = index < 0 ? index : netlink_open(&nl, NETLINK_ROUTE, fault);

	if (err)
		return err;
	err = find_gateway(&nl, name, index, &address, fault);
	if (err)
		goto out_socket;
	err = get_neighbour(&nl, index, address, ret_mac);
	if (err == -ENOENT)
		ask_neighbour(&nl, index, address);
	while (err == -ENOENT && clock_now_ns() < until_ns) {
		clock_sleep_until(clock_now_ns() + NEXT_HOP_POLL_MS * NS_PER_MS);
		err = get_neighbour(&nl, index, address, ret_mac);
	}
	if (err == -ENOENT)
		fault_set(fault, err, EXIT_FAILED, "next hop %s: it does not answer ARP on '%s'",
			  print_address(address, text), name);
	else if (err)
		netlink_fault(&nl, err, fault, "next hop %s of '%s'", print_address(address, text),
			      name);
out_socket:
	netlink_close(&nl);
	return err;
}
