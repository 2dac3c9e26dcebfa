// SPDX-License-Identifier: BSD-2-Clause
/* Channels and features by the ethtool netlink family; the driver's name by its older ioctl. */
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/ethtool_netlink.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/netif_link.h"
#include "lib/netlink.h"

struct channels {
	uint32_t rx, tx, combined;
	uint32_t max_rx, max_tx, max_combined;
};

/* A socket and a request about one interface; -EOPNOTSUPP if the kernel has no such family. */
static int ethtool_open(struct netlink *nl, const char *name, uint8_t command, uint16_t header_type,
			struct fault *fault)
{
	struct nlmsghdr *request;
	struct nlattr *header;
	uint16_t family;
	int err = netlink_open(nl, NETLINK_GENERIC, fault);

	if (err)
		return err;
	err = netlink_family(nl, ETHTOOL_GENL_NAME, &family);
	if (err) {
		netlink_close(nl);
		return fault_errno(fault, -EOPNOTSUPP, "ethtool netlink family");
	}
	request = netlink_genl(nl, family, command, 0);
	header = mnl_attr_nest_start(request, header_type);
	mnl_attr_put_strz(request, ETHTOOL_A_HEADER_DEV_NAME, name);
	mnl_attr_nest_end(request, header);
	return 0;
}

static int take_channels(const struct nlmsghdr *nlh, void *arg)
{
	struct channels *channels = arg;
	const struct nlattr *attr;

	mnl_attr_for_each (attr, nlh, sizeof(struct genlmsghdr)) {
		switch (mnl_attr_get_type(attr)) {
		case ETHTOOL_A_CHANNELS_RX_MAX:
			channels->max_rx = mnl_attr_get_u32(attr);
			break;
		case ETHTOOL_A_CHANNELS_TX_MAX:
			channels->max_tx = mnl_attr_get_u32(attr);
			break;
		case ETHTOOL_A_CHANNELS_COMBINED_MAX:
			channels->max_combined = mnl_attr_get_u32(attr);
			break;
		case ETHTOOL_A_CHANNELS_RX_COUNT:
			channels->rx = mnl_attr_get_u32(attr);
			break;
		case ETHTOOL_A_CHANNELS_TX_COUNT:
			channels->tx = mnl_attr_get_u32(attr);
			break;
		case ETHTOOL_A_CHANNELS_COMBINED_COUNT:
			channels->combined = mnl_attr_get_u32(attr);
			break;
		}
	}
	return MNL_CB_OK;
}

int netif_read_channels(const char *name, struct netif *netif, struct fault *fault)
{
	struct channels channels = {0};
	struct netlink nl;
	int err =
		ethtool_open(&nl, name, ETHTOOL_MSG_CHANNELS_GET, ETHTOOL_A_CHANNELS_HEADER, NULL);

	if (err == -EOPNOTSUPP)
		return 0;
	if (err)
		return fault_errno(fault, err, "channels of '%s'", name);
	err = netlink_talk(&nl, take_channels, &channels);
	if (!err) {
		netif->combined = channels.max_combined > 0;
		netif->rx_channels = channels.rx + channels.combined;
		netif->tx_channels = channels.tx + channels.combined;
		netif->max_rx_channels = netif->combined ? channels.max_combined : channels.max_rx;
		netif->max_tx_channels = netif->combined ? channels.max_combined : channels.max_tx;
	}
	/* A device without channels has the queues that rtnetlink told. */
	if (err == -EOPNOTSUPP)
		err = 0;
	if (err)
		netlink_fault(&nl, err, fault, "channels of '%s'", name);
	netlink_close(&nl);
	return err;
}

static int put_channels(const char *name, bool combined, uint32_t rx, uint32_t tx,
			struct fault *fault)
{
	struct nlmsghdr *request;
	struct netlink nl;
	int err =
		ethtool_open(&nl, name, ETHTOOL_MSG_CHANNELS_SET, ETHTOOL_A_CHANNELS_HEADER, fault);

	if (err)
		return err;
	request = (struct nlmsghdr *)nl.request;
	if (combined) {
		mnl_attr_put_u32(request, ETHTOOL_A_CHANNELS_COMBINED_COUNT, rx);
	} else {
		mnl_attr_put_u32(request, ETHTOOL_A_CHANNELS_RX_COUNT, rx);
		mnl_attr_put_u32(request, ETHTOOL_A_CHANNELS_TX_COUNT, tx);
	}
	err = netlink_talk(&nl, NULL, NULL);
	if (err)
		netlink_fault(&nl, err, fault, "channels rx %u tx %u of '%s'", rx, tx, name);
	netlink_close(&nl);
	return err;
}

int netif_set_channels(const char *name, uint32_t rx, uint32_t tx, struct fault *fault)
{
	struct netif now = {0};
	uint32_t first_rx, first_tx;
	int err = netif_read_channels(name, &now, fault);

	if (err || (now.rx_channels == rx && now.tx_channels == tx))
		return err;
	if (now.combined)
		return put_channels(name, true, rx, tx, fault);
	first_rx = rx > now.rx_channels ? rx : now.rx_channels;
	first_tx = tx < now.tx_channels ? tx : now.tx_channels;
	if (first_rx != now.rx_channels || first_tx != now.tx_channels)
		err = put_channels(name, false, first_rx, first_tx, fault);
	if (!err && (first_rx != rx || first_tx != tx))
		err = put_channels(name, false, rx, tx, fault);
	return err;
}

void netif_read_driver(const char *name, struct netif *netif)
{
	struct ethtool_drvinfo info = {.cmd = ETHTOOL_GDRVINFO};
	struct ifreq request = {0};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return;
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	request.ifr_data = (char *)&info;
	if (!ioctl(fd, SIOCETHTOOL, &request) && info.driver[0])
		snprintf(netif->driver, sizeof(netif->driver), "%.31s", info.driver);
	close(fd);
}

struct feature_view {
	const char *feature;
	bool known, on;
};

static bool lists_feature(const struct nlattr *set, const char *feature)
{
	const struct nlattr *bits, *bit, *attr;

	mnl_attr_for_each_nested (bits, set) {
		if (mnl_attr_get_type(bits) != ETHTOOL_A_BITSET_BITS)
			continue;
		mnl_attr_for_each_nested (bit, bits) {
			mnl_attr_for_each_nested (attr, bit) {
				if (mnl_attr_get_type(attr) == ETHTOOL_A_BITSET_BIT_NAME &&
				    !strcmp(mnl_attr_get_str(attr), feature))
					return true;
			}
		}
	}
	return false;
}

static int take_features(const struct nlmsghdr *nlh, void *arg)
{
	struct feature_view *view = arg;
	const struct nlattr *attr;

	mnl_attr_for_each (attr, nlh, sizeof(struct genlmsghdr)) {
		/* `hw` comes with a mask and lists all features, `active` only those that are on. */
		if (mnl_attr_get_type(attr) == ETHTOOL_A_FEATURES_HW)
			view->known |= lists_feature(attr, view->feature);
		if (mnl_attr_get_type(attr) == ETHTOOL_A_FEATURES_ACTIVE)
			view->on |= lists_feature(attr, view->feature);
	}
	return MNL_CB_OK;
}

int netif_get_feature(const char *name, const char *feature, bool *ret_on, struct fault *fault)
{
	struct feature_view view = {.feature = feature};
	struct netlink nl;
	int err =
		ethtool_open(&nl, name, ETHTOOL_MSG_FEATURES_GET, ETHTOOL_A_FEATURES_HEADER, fault);

	if (err)
		return err;
	err = netlink_talk(&nl, take_features, &view);
	if (err)
		netlink_fault(&nl, err, fault, "feature '%s' of '%s'", feature, name);
	else if (!view.known)
		err = fault_set(fault, -ENOENT, EXIT_FAILED, "feature '%s': unknown to the kernel",
				feature);
	else
		*ret_on = view.on;
	netlink_close(&nl);
	return err;
}

static int put_feature(const char *name, const char *feature, bool on, struct fault *fault)
{
	struct nlattr *set, *bits, *bit;
	struct nlmsghdr *request;
	struct netlink nl;
	int err =
		ethtool_open(&nl, name, ETHTOOL_MSG_FEATURES_SET, ETHTOOL_A_FEATURES_HEADER, fault);

	if (err)
		return err;
	request = (struct nlmsghdr *)nl.request;
	set = mnl_attr_nest_start(request, ETHTOOL_A_FEATURES_WANTED);
	bits = mnl_attr_nest_start(request, ETHTOOL_A_BITSET_BITS);
	bit = mnl_attr_nest_start(request, ETHTOOL_A_BITSET_BITS_BIT);
	mnl_attr_put_strz(request, ETHTOOL_A_BITSET_BIT_NAME, feature);
	if (on)
		mnl_attr_put(request, ETHTOOL_A_BITSET_BIT_VALUE, 0, NULL);
	mnl_attr_nest_end(request, bit);
	mnl_attr_nest_end(request, bits);
	mnl_attr_nest_end(request, set);
	err = netlink_talk(&nl, NULL, NULL);
	if (err)
		netlink_fault(&nl, err, fault, "feature '%s' of '%s'", feature, name);
	netlink_close(&nl);
	return err;
}

int netif_set_feature(const char *name, const char *feature, bool on, struct fault *fault)
{
	bool now = !on;
	int err = put_feature(name, feature, on, fault);

	if (!err)
		err = netif_get_feature(name, feature, &now, fault);
	if (err || now == on)
		return err;
	return fault_errno(fault, -EOPNOTSUPP, "feature '%s' of '%s' does not go %s", feature, name,
			   on ? "on" : "off");
}
