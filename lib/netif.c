// SPDX-License-Identifier: BSD-2-Clause
/* Links by rtnetlink: what they are, their counters, and the settings that every link has. */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/netif_link.h"
#include "lib/netlink.h"

int netif_index(const char *name, struct fault *fault)
{
	unsigned index = if_nametoindex(name);

	return index ? (int)index
		     : fault_set(fault, -ENODEV, EXIT_FAILED, "interface '%s': there is none",
				 name);
}

/* An rtnetlink request about one link, by name: a GETLINK by index alone needs a lookup before. */
static struct ifinfomsg *link_message(struct netlink *nl, uint16_t type, uint16_t flags, int index)
{
	struct nlmsghdr *request = netlink_message(nl, type, flags);
	struct ifinfomsg *link = mnl_nlmsg_put_extra_header(request, sizeof(*link));

	link->ifi_family = AF_UNSPEC;
	link->ifi_index = index;
	return link;
}

static struct nlmsghdr *request_of(struct netlink *nl)
{
	return (struct nlmsghdr *)nl->request;
}

struct link_view {
	struct netif *netif;
	struct rtnl_link_stats64 *stats; /* or NULL */
};

static void read_kind(const struct nlattr *info, struct netif *netif)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested (attr, info) {
		if (mnl_attr_get_type(attr) == IFLA_INFO_KIND)
			snprintf(netif->driver, sizeof(netif->driver), "%s",
				 mnl_attr_get_str(attr));
	}
}

static void read_xdp(const struct nlattr *xdp, struct netif *netif)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested (attr, xdp) {
		if (mnl_attr_get_type(attr) == IFLA_XDP_PROG_ID)
			netif->xdp_id = mnl_attr_get_u32(attr);
	}
}

static void read_attr(const struct nlattr *attr, struct link_view *view)
{
	struct netif *netif = view->netif;

	switch (mnl_attr_get_type(attr)) {
	case IFLA_ADDRESS:
		if (mnl_attr_get_payload_len(attr) == sizeof(netif->mac))
			memcpy(netif->mac, mnl_attr_get_payload(attr), sizeof(netif->mac));
		break;
	case IFLA_MTU:
		netif->mtu = mnl_attr_get_u32(attr);
		break;
	case IFLA_MIN_MTU:
		netif->min_mtu = mnl_attr_get_u32(attr);
		break;
	case IFLA_MAX_MTU:
		netif->max_mtu = mnl_attr_get_u32(attr);
		break;
	case IFLA_NUM_RX_QUEUES: /* of a device that cannot tell its channels */
		netif->rx_channels = netif->max_rx_channels = mnl_attr_get_u32(attr);
		break;
	case IFLA_NUM_TX_QUEUES:
		netif->tx_channels = netif->max_tx_channels = mnl_attr_get_u32(attr);
		break;
	case IFLA_LINKINFO:
		read_kind(attr, netif);
		break;
	case IFLA_XDP:
		read_xdp(attr, netif);
		break;
	case IFLA_STATS64: /* an older kernel's is shorter, a newer one's longer */
		if (view->stats)
			memcpy(view->stats, mnl_attr_get_payload(attr),
			       mnl_attr_get_payload_len(attr) < sizeof(*view->stats)
				       ? mnl_attr_get_payload_len(attr)
				       : sizeof(*view->stats));
		break;
	}
}

static int take_link(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifinfomsg *link = mnl_nlmsg_get_payload(nlh);
	struct link_view *view = arg;
	const struct nlattr *attr;

	if (nlh->nlmsg_type != RTM_NEWLINK)
		return MNL_CB_OK;
	view->netif->index = link->ifi_index;
	view->netif->up = link->ifi_flags & IFF_UP;
	mnl_attr_for_each (attr, nlh, sizeof(*link))
		read_attr(attr, view);
	return MNL_CB_OK;
}

static int read_link(const char *name, struct link_view *view, struct fault *fault)
{
	struct netlink nl;
	int index = netif_index(name, fault);
	int err = index < 0 ? index : netlink_open(&nl, NETLINK_ROUTE, fault);

	if (err)
		return err;
	link_message(&nl, RTM_GETLINK, 0, index);
	if (!view->stats)
		mnl_attr_put_u32(request_of(&nl), IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	err = netlink_talk(&nl, take_link, view);
	if (err)
		netlink_fault(&nl, err, fault, "interface '%s'", name);
	netlink_close(&nl);
	return err;
}

/* lib does not link libbpf: two bpf(2) calls tell a program's name. Unnamed when refused. */
static void read_xdp_name(struct netif *netif)
{
	struct bpf_prog_info info = {0};
	union bpf_attr attr;
	int fd;

	memset(&attr, 0, sizeof(attr));
	attr.prog_id = netif->xdp_id;
	fd = (int)syscall(SYS_bpf, BPF_PROG_GET_FD_BY_ID, &attr, sizeof(attr));
	if (fd < 0)
		return;
	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = (uint32_t)fd;
	attr.info.info_len = sizeof(info);
	attr.info.info = (uint64_t)(uintptr_t)&info;
	if (!syscall(SYS_bpf, BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof(attr)))
		snprintf(netif->xdp_name, sizeof(netif->xdp_name), "%s", info.name);
	close(fd);
}

int netif_get(const char *name, struct netif *ret_netif, struct fault *fault)
{
	struct netif netif = {0};
	struct link_view view = {.netif = &netif};
	int err = read_link(name, &view, fault);

	if (!err)
		err = netif_read_channels(name, &netif, fault);
	if (!err)
		err = netif_read_address(&netif, fault);
	if (err)
		return err;
	netif_read_driver(name, &netif);
	if (netif.xdp_id)
		read_xdp_name(&netif);
	*ret_netif = netif;
	return 0;
}

int netif_stats(const char *name, struct snap *snap, struct fault *fault)
{
	struct rtnl_link_stats64 stats = {0};
	struct netif netif = {0};
	struct link_view view = {.netif = &netif, .stats = &stats};
	int err = read_link(name, &view, fault);

	if (err)
		return err;
	snap->rx_packets = stats.rx_packets;
	snap->tx_packets = stats.tx_packets;
	snap->rx_bytes = stats.rx_bytes;
	snap->tx_bytes = stats.tx_bytes;
	snap->rx_dropped = stats.rx_dropped;
	snap->tx_dropped = stats.tx_dropped;
	snap->rx_errors = stats.rx_errors;
	snap->tx_errors = stats.tx_errors;
	snap->rx_missed = stats.rx_missed_errors;
	return 0;
}

int netif_set_mtu(const char *name, uint32_t mtu, struct fault *fault)
{
	struct netlink nl;
	int index = netif_index(name, fault);
	int err = index < 0 ? index : netlink_open(&nl, NETLINK_ROUTE, fault);

	if (err)
		return err;
	link_message(&nl, RTM_NEWLINK, 0, index);
	mnl_attr_put_u32(request_of(&nl), IFLA_MTU, mtu);
	err = netlink_talk(&nl, NULL, NULL);
	if (err)
		netlink_fault(&nl, err, fault, "MTU %u of '%s'", mtu, name);
	netlink_close(&nl);
	return err;
}

int netif_set_up(const char *name, struct fault *fault)
{
	struct netlink nl;
	struct ifinfomsg *link;
	int index = netif_index(name, fault);
	int err = index < 0 ? index : netlink_open(&nl, NETLINK_ROUTE, fault);

	if (err)
		return err;
	link = link_message(&nl, RTM_NEWLINK, 0, index);
	link->ifi_flags = link->ifi_change = IFF_UP;
	err = netlink_talk(&nl, NULL, NULL);
	if (err)
		netlink_fault(&nl, err, fault, "setting '%s' up", name);
	netlink_close(&nl);
	return err;
}

int netif_delete(const char *name, struct fault *fault)
{
	struct netlink nl;
	int index = netif_index(name, fault);
	int err = index < 0 ? index : netlink_open(&nl, NETLINK_ROUTE, fault);

	if (err)
		return err;
	link_message(&nl, RTM_DELLINK, 0, index);
	err = netlink_talk(&nl, NULL, NULL);
	if (err)
		netlink_fault(&nl, err, fault, "deleting '%s'", name);
	netlink_close(&nl);
	return err;
}

static void put_end(struct nlmsghdr *request, const char *name, const uint8_t mac[6],
		    uint32_t queues)
{
	mnl_attr_put_strz(request, IFLA_IFNAME, name);
	mnl_attr_put(request, IFLA_ADDRESS, 6, mac);
	mnl_attr_put_u32(request, IFLA_NUM_RX_QUEUES, queues);
	mnl_attr_put_u32(request, IFLA_NUM_TX_QUEUES, queues);
}

int netif_create_veth(const char *name, const uint8_t mac[6], uint32_t queues, const char *peer,
		      const uint8_t peer_mac[6], int peer_netns_fd, struct fault *fault)
{
	struct netlink nl;
	struct nlmsghdr *request;
	struct nlattr *info, *data, *end;
	int err = netlink_open(&nl, NETLINK_ROUTE, fault);

	if (err)
		return err;
	link_message(&nl, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, 0);
	request = request_of(&nl);
	put_end(request, name, mac, queues);
	info = mnl_attr_nest_start(request, IFLA_LINKINFO);
	mnl_attr_put_str(request, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(request, IFLA_INFO_DATA);
	end = mnl_attr_nest_start(request, VETH_INFO_PEER);
	/* The peer's ifinfomsg comes first in its nest, without an attribute header. */
	mnl_nlmsg_put_extra_header(request, sizeof(struct ifinfomsg));
	put_end(request, peer, peer_mac, queues);
	mnl_attr_put_u32(request, IFLA_NET_NS_FD, (uint32_t)peer_netns_fd);
	mnl_attr_nest_end(request, end);
	mnl_attr_nest_end(request, data);
	mnl_attr_nest_end(request, info);
	err = netlink_talk(&nl, NULL, NULL);
	if (err)
		netlink_fault(&nl, err, fault, "veth pair '%s', '%s'", name, peer);
	netlink_close(&nl);
	return err;
}
