// SPDX-License-Identifier: BSD-2-Clause
#include "lib/xdp.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <unistd.h>

#include "lib/netif.h"
#include "lib/netlink.h"

static uint32_t mode_flag(uint32_t mode)
{
	return mode == XDP_MODE_NATIVE ? XDP_FLAGS_DRV_MODE : XDP_FLAGS_SKB_MODE;
}

/* Puts prog_fd on the interface by netlink, or takes it off (-1, and the one that is there). */
static int set_program(struct netlink *nl, int index, int prog_fd, uint32_t flags, int expected_fd)
{
	struct nlmsghdr *request = netlink_message(nl, RTM_SETLINK, 0);
	struct ifinfomsg *info = mnl_nlmsg_put_extra_header(request, sizeof(*info));
	struct nlattr *nest = NULL;

	info->ifi_family = AF_UNSPEC;
	info->ifi_index = index;
	nest = mnl_attr_nest_start(request, IFLA_XDP);
	mnl_attr_put_u32(request, IFLA_XDP_FD, (uint32_t)prog_fd);
	mnl_attr_put_u32(request, IFLA_XDP_FLAGS, flags);
	if (flags & XDP_FLAGS_REPLACE)
		mnl_attr_put_u32(request, IFLA_XDP_EXPECTED_FD, (uint32_t)expected_fd);
	mnl_attr_nest_end(request, nest);
	return netlink_talk(nl, NULL, NULL);
}

static int refuse_occupied(const char *nic, struct fault *fault)
{
	struct netif netif;
	int err = netif_get(nic, &netif, fault);

	if (err)
		return err;
	if (!netif.xdp_id)
		return 0;
	return fault_set(fault, -EBUSY, EXIT_FAILED,
			 "attach XDP: '%s' already has the program '%s' (id %u)", nic,
			 netif.xdp_name, netif.xdp_id);
}

/*
 * bpf_link swallows the driver's explanation, netlink tells it: asks once more that way. What one
 * refuses the other does too; should it succeed all the same, the program is taken off again.
 */
static int explain(int err, const char *nic, int prog_fd, uint32_t mode, struct fault *fault)
{
	int index = (int)if_nametoindex(nic);
	struct netlink nl;

	/* Someone else was faster. */
	if (err == -EBUSY && refuse_occupied(nic, fault))
		return err;
	if (netlink_open(&nl, NETLINK_ROUTE, NULL))
		return fault_errno(fault, err, "attach XDP in %s mode: '%s'", xdp_mode_words[mode],
				   nic);
	if (!set_program(&nl, index, prog_fd, mode_flag(mode) | XDP_FLAGS_UPDATE_IF_NOEXIST, -1))
		set_program(&nl, index, -1, mode_flag(mode) | XDP_FLAGS_REPLACE, prog_fd);
	netlink_fault(&nl, err, fault, "attach XDP in %s mode: '%s'", xdp_mode_words[mode], nic);
	netlink_close(&nl);
	return err;
}

static int read_mode(int index, uint32_t *ret_mode)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, query);
	int err = bpf_xdp_query(index, 0, &query);

	if (!err)
		*ret_mode =
			query.attach_mode == XDP_ATTACHED_SKB ? XDP_MODE_GENERIC : XDP_MODE_NATIVE;
	return err;
}

int xdp_attach(int prog_fd, const char *nic, uint32_t mode, struct xdp_attachment *ret_attachment,
	       struct fault *fault)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = mode_flag(mode));
	int index = (int)if_nametoindex(nic);
	uint32_t obtained = mode;
	int err, fd;

	if (!index)
		return fault_errno(fault, -errno, "attach XDP: '%s'", nic);
	err = refuse_occupied(nic, fault);
	if (err)
		return err;
	fd = bpf_link_create(prog_fd, index, BPF_XDP, &opts);
	if (fd < 0)
		return explain(-errno, nic, prog_fd, mode, fault);
	err = read_mode(index, &obtained);
	if (err)
		fault_errno(fault, err, "read back the XDP mode: '%s'", nic);
	else if (obtained != mode)
		err = fault_set(fault, -EPROTO, EXIT_FAILED,
				"attach XDP: '%s': asked for %s mode, obtained %s", nic,
				xdp_mode_words[mode], xdp_mode_words[obtained]);
	if (err) {
		close(fd);
		return err;
	}
	*ret_attachment = (struct xdp_attachment){.link_fd = fd, .mode = obtained};
	return 0;
}

void xdp_detach(struct xdp_attachment *attachment)
{
	if (attachment->link_fd >= 0)
		close(attachment->link_fd);
	attachment->link_fd = -1;
}
