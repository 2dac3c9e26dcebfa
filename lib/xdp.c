// SPDX-License-Identifier: BSD-2-Clause
#include "lib/xdp.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/netif.h"

static uint32_t mode_flag(uint32_t mode)
{
	return mode == XDP_MODE_NATIVE ? XDP_FLAGS_DRV_MODE : XDP_FLAGS_SKB_MODE;
}

/* Copies the text of an extended acknowledgement, if the message has one. */
static void copy_text(const struct nlmsghdr *nlh, char *text, size_t size)
{
	const struct nlmsgerr *ack = mnl_nlmsg_get_payload(nlh);
	size_t offset = sizeof(*ack);
	const struct nlattr *attr;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		offset += mnl_nlmsg_get_payload_len(nlh) > sizeof(*ack)
				  ? ack->msg.nlmsg_len - sizeof(struct nlmsghdr)
				  : 0;
	mnl_attr_for_each (attr, nlh, offset)
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG)
			snprintf(text, size, "%s", mnl_attr_get_str(attr));
}

/* One RTM_SETLINK that puts prog_fd on the interface, or takes it off (-1 and what is expected). */
static int set_program(struct mnl_socket *socket, int index, int prog_fd, uint32_t flags,
		       int expected_fd, char *text, size_t size)
{
	char buffer[4096];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer);
	struct ifinfomsg *info;
	struct nlattr *nest;
	ssize_t length;

	nlh->nlmsg_type = RTM_SETLINK;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));
	info->ifi_family = AF_UNSPEC;
	info->ifi_index = index;
	nest = mnl_attr_nest_start(nlh, IFLA_XDP);
	mnl_attr_put_u32(nlh, IFLA_XDP_FD, (uint32_t)prog_fd);
	mnl_attr_put_u32(nlh, IFLA_XDP_FLAGS, flags);
	if (flags & XDP_FLAGS_REPLACE)
		mnl_attr_put_u32(nlh, IFLA_XDP_EXPECTED_FD, (uint32_t)expected_fd);
	mnl_attr_nest_end(nlh, nest);
	if (mnl_socket_sendto(socket, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	length = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));
	if (length < 0)
		return -errno;
	if (!mnl_nlmsg_ok(nlh, (int)length) || nlh->nlmsg_type != NLMSG_ERROR)
		return -EPROTO;
	copy_text(nlh, text, size);
	return ((const struct nlmsgerr *)mnl_nlmsg_get_payload(nlh))->error;
}

/*
 * bpf_link swallows the driver's explanation, netlink tells it: asks once more that way. What is
 * refused by one is refused by the other, but should it succeed, the program is taken off again.
 */
static void ask_why(int index, int prog_fd, uint32_t mode, char *text, size_t size)
{
	struct mnl_socket *socket = mnl_socket_open(NETLINK_ROUTE);
	int one = 1;

	if (!socket)
		return;
	if (!mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) &&
	    !mnl_socket_setsockopt(socket, NETLINK_EXT_ACK, &one, sizeof(one)) &&
	    !set_program(socket, index, prog_fd, mode_flag(mode) | XDP_FLAGS_UPDATE_IF_NOEXIST, -1,
			 text, size))
		set_program(socket, index, -1, mode_flag(mode) | XDP_FLAGS_REPLACE, prog_fd, text,
			    size);
	mnl_socket_close(socket);
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

static int refused(int err, const char *nic, int index, int prog_fd, uint32_t mode,
		   struct fault *fault)
{
	char text[256] = "";

	/* Someone was faster. */
	if (err == -EBUSY && refuse_occupied(nic, fault))
		return err;
	ask_why(index, prog_fd, mode, text, sizeof(text));
	return fault_errno(fault, err, "attach XDP in %s mode: '%s'%s%s", xdp_mode_words[mode], nic,
			   *text ? ": " : "", text);
}

int xdp_attach(int prog_fd, const char *nic, uint32_t mode, struct xdp_attachment *ret_attachment,
	       struct fault *fault)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = mode_flag(mode));
	LIBBPF_OPTS(bpf_xdp_query_opts, query);
	int index = (int)if_nametoindex(nic);
	int err, fd;

	if (!index)
		return fault_errno(fault, -errno, "attach XDP: '%s'", nic);
	err = refuse_occupied(nic, fault);
	if (err)
		return err;
	fd = bpf_link_create(prog_fd, index, BPF_XDP, &opts);
	if (fd < 0)
		return refused(-errno, nic, index, prog_fd, mode, fault);
	err = bpf_xdp_query(index, 0, &query);
	if (err) {
		close(fd);
		return fault_errno(fault, err, "read back the XDP mode: '%s'", nic);
	}
	ret_attachment->link_fd = fd;
	ret_attachment->mode =
		query.attach_mode == XDP_ATTACHED_SKB ? XDP_MODE_GENERIC : XDP_MODE_NATIVE;
	return 0;
}

void xdp_detach(struct xdp_attachment *attachment)
{
	if (attachment->link_fd >= 0)
		close(attachment->link_fd);
	attachment->link_fd = -1;
}
