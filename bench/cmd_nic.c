// SPDX-License-Identifier: BSD-2-Clause
/* portgauge nic: settings of an interface, for as long as the lease lasts. */
#include <errno.h>
#include <stdlib.h>

#include "bench/command.h"
#include "lib/lease.h"
#include "lib/netif.h"
#include "lib/opt.h"
#include "lib/privilege.h"
#include "lib/record.h"

struct nic_options {
	struct path path; /* nic alone */
	struct nic nic;
};

static const char *const nic_option[] = {"nic", NULL};

static void list_groups(struct nic_options *options, struct opt_group groups[3])
{
	groups[0] = (struct opt_group){&path_table, &options->path, nic_option};
	groups[1] = (struct opt_group){&nic_table, &options->nic, NULL};
	groups[2] = (struct opt_group){0};
}

static void nic_help(void)
{
	struct nic_options options;
	struct opt_group groups[3];

	list_groups(&options, groups);
	opt_help(stdout, groups);
}

/* What can be told before anything is touched. */
static int check(const struct nic_options *options, const struct netif *netif, struct fault *fault)
{
	const char *name = options->path.nic;
	const struct nic *nic = &options->nic;
	uint32_t max = netif->max_rx_channels < netif->max_tx_channels ? netif->max_rx_channels
								       : netif->max_tx_channels;

	if (nic->channels > max)
		return fault_set(fault, -ERANGE, EXIT_USAGE,
				 "--channels: '%s' cannot have %u: allowed are 1 to %u", name,
				 nic->channels, max);
	if (nic->mtu &&
	    (nic->mtu < netif->min_mtu || (netif->max_mtu && nic->mtu > netif->max_mtu)))
		return fault_set(fault, -ERANGE, EXIT_USAGE,
				 "--mtu: '%s' cannot have %u: allowed are %u to %u%s", name,
				 nic->mtu, netif->min_mtu, netif->max_mtu,
				 netif->xdp_id ? " with its XDP program" : "");
	return 0;
}

static int apply_mtu(struct lease *lease, const struct nic_options *options,
		     const struct netif *before, struct fault *fault)
{
	char value[16];
	int err;

	if (!options->nic.mtu || options->nic.mtu == before->mtu)
		return 0;
	snprintf(value, sizeof(value), "%u", before->mtu);
	err = lease_add(lease, UNDO_MTU, options->path.nic, NULL, value, fault);
	return err ? err : netif_set_mtu(options->path.nic, options->nic.mtu, fault);
}

static int apply_channels(struct lease *lease, const struct nic_options *options,
			  const struct netif *before, struct fault *fault)
{
	uint32_t channels = options->nic.channels;
	char value[32];
	int err;

	if (!channels || (before->rx_channels == channels && before->tx_channels == channels))
		return 0;
	snprintf(value, sizeof(value), "%u %u", before->rx_channels, before->tx_channels);
	err = lease_add(lease, UNDO_CHANNELS, options->path.nic, NULL, value, fault);
	return err ? err : netif_set_channels(options->path.nic, channels, channels, fault);
}

/* A driver may take a request and do something else. */
static int read_back(const struct nic_options *options, struct netif *ret_netif,
		     struct fault *fault)
{
	const struct nic *nic = &options->nic;
	int err = netif_get(options->path.nic, ret_netif, fault);

	if (err)
		return err;
	if (nic->mtu && ret_netif->mtu != nic->mtu)
		return fault_set(fault, -EIO, EXIT_FAILED, "MTU of '%s': asked for %u, got %u",
				 options->path.nic, nic->mtu, ret_netif->mtu);
	if (nic->channels &&
	    (ret_netif->rx_channels != nic->channels || ret_netif->tx_channels != nic->channels))
		return fault_set(fault, -EIO, EXIT_FAILED,
				 "channels of '%s': asked for %u, got rx %u and tx %u",
				 options->path.nic, nic->channels, ret_netif->rx_channels,
				 ret_netif->tx_channels);
	return 0;
}

static json_t *pack_settings(const struct netif *netif)
{
	return json_pack("{s:I, s:I, s:I, s:b}", "mtu", (json_int_t)netif->mtu, "rx_channels",
			 (json_int_t)netif->rx_channels, "tx_channels",
			 (json_int_t)netif->tx_channels, "combined", netif->combined);
}

static int nic_begin(int argc, char **argv, void **ret_state, json_t **ret_ready,
		     struct fault *fault)
{
	struct nic_options options;
	struct netif before, now;
	struct lease *lease = NULL;
	struct opt_group groups[3];
	int err;

	list_groups(&options, groups);
	err = opt_parse(argc, argv, groups, NULL, 0, fault);
	if (err < 0)
		return err;
	err = privilege_need(CAP_NET_ADMIN, "to change an interface", fault);
	if (!err)
		err = netif_get(options.path.nic, &before, fault);
	if (!err)
		err = check(&options, &before, fault);
	if (!err)
		err = lease_open(&lease, "nic", fault);
	if (!err)
		err = apply_mtu(lease, &options, &before, fault);
	if (!err)
		err = apply_channels(lease, &options, &before, fault);
	if (!err)
		err = read_back(&options, &now, fault);
	if (err)
		goto out_lease;
	*ret_ready = json_pack("{s:s, s:s, s:s, s:o, s:o}", "record", "ready", "nic",
			       options.path.nic, "driver", now.driver, "before",
			       pack_settings(&before), "now", pack_settings(&now));
	err = *ret_ready ? 0 : fault_errno(fault, -ENOMEM, "nic");
	if (err)
		goto out_lease;
	*ret_state = lease;
	return 0;
out_lease:
	lease_close(lease, fault);
	return err;
}

static int nic_end(void *state, json_t **ret_record, struct fault *fault)
{
	return lease_close(state, fault);
}

const struct command nic_command = {
	.name = "nic",
	.summary = "sets MTU and channels of an interface (leased)",
	.help = nic_help,
	.begin = nic_begin,
	.end = nic_end,
};
