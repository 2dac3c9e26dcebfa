// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/netlink.h"

int netlink_open(struct netlink *nl, int bus, struct fault *fault)
{
	int on = 1, err;

	*nl = (struct netlink){0};
	nl->socket = mnl_socket_open2(bus, SOCK_CLOEXEC);
	if (!nl->socket)
		return fault_errno(fault, -errno, "netlink socket");
	/* Without them the kernel refuses with a bare errno: still useful. */
	mnl_socket_setsockopt(nl->socket, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(nl->socket, NETLINK_CAP_ACK, &on, sizeof(on));
	if (mnl_socket_bind(nl->socket, 0, MNL_SOCKET_AUTOPID) < 0) {
		err = -errno;
		netlink_close(nl);
		return fault_errno(fault, err, "netlink bind");
	}
	return 0;
}

void netlink_close(struct netlink *nl)
{
	if (nl->socket)
		mnl_socket_close(nl->socket);
	nl->socket = NULL;
}

struct nlmsghdr *netlink_message(struct netlink *nl, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *request = mnl_nlmsg_put_header(nl->request);

	request->nlmsg_type = type;
	request->nlmsg_flags = NLM_F_REQUEST | flags;
	if ((flags & NLM_F_DUMP) != NLM_F_DUMP)
		request->nlmsg_flags |= NLM_F_ACK;
	request->nlmsg_seq = ++nl->seq;
	return request;
}

struct nlmsghdr *netlink_genl(struct netlink *nl, uint16_t family, uint8_t command, uint16_t flags)
{
	struct nlmsghdr *request = netlink_message(nl, family, flags);
	struct genlmsghdr *genl = mnl_nlmsg_put_extra_header(request, sizeof(*genl));

	genl->cmd = command;
	genl->version = 1;
	return request;
}

static void read_extack(struct netlink *nl, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *error = mnl_nlmsg_get_payload(nlh);
	size_t offset = sizeof(*error);
	const struct nlattr *attr;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		offset += MNL_ALIGN(mnl_nlmsg_get_payload_len(nlh) < error->msg.nlmsg_len
					    ? 0
					    : error->msg.nlmsg_len - MNL_NLMSG_HDRLEN);
	mnl_attr_for_each (attr, nlh, offset) {
		if (mnl_attr_get_type(attr) != NLMSGERR_ATTR_MSG)
			continue;
		snprintf(nl->extack, sizeof(nl->extack), "%.*s",
			 (int)mnl_attr_get_payload_len(attr),
			 (const char *)mnl_attr_get_payload(attr));
	}
}

/* An acknowledgement is an error message of error 0. */
static int take_error(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlmsgerr *error = mnl_nlmsg_get_payload(nlh);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*error)) {
		errno = EBADMSG;
		return MNL_CB_ERROR;
	}
	if (!error->error)
		return MNL_CB_STOP;
	read_extack(arg, nlh);
	errno = error->error < 0 ? -error->error : error->error;
	return MNL_CB_ERROR;
}

/* A dump that failed half-way says so in its last message. */
static int take_done(const struct nlmsghdr *nlh, void *arg)
{
	int error = 0;

	if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(error))
		memcpy(&error, mnl_nlmsg_get_payload(nlh), sizeof(error));
	if (error >= 0)
		return MNL_CB_STOP;
	errno = -error;
	return MNL_CB_ERROR;
}

static int take_data(const struct nlmsghdr *nlh, void *arg)
{
	struct netlink *nl = arg;

	return nl->callback ? nl->callback(nlh, nl->arg) : MNL_CB_OK;
}

int netlink_talk_bytes(struct netlink *nl, size_t bytes, mnl_cb_t callback, void *arg)
{
	mnl_cb_t control[] = {[NLMSG_ERROR] = take_error, [NLMSG_DONE] = take_done};
	int more = MNL_CB_OK;

	nl->extack[0] = '\0';
	nl->callback = callback;
	nl->arg = arg;
	if (mnl_socket_sendto(nl->socket, nl->request, bytes) < 0)
		return -errno;
	while (more > MNL_CB_STOP) {
		ssize_t got = mnl_socket_recvfrom(nl->socket, nl->reply, sizeof(nl->reply));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		more = mnl_cb_run2(nl->reply, (size_t)got, nl->seq,
				   mnl_socket_get_portid(nl->socket), take_data, nl, control,
				   sizeof(control) / sizeof(control[0]));
	}
	return more < 0 ? -errno : 0;
}

int netlink_talk(struct netlink *nl, mnl_cb_t callback, void *arg)
{
	return netlink_talk_bytes(nl, ((const struct nlmsghdr *)nl->request)->nlmsg_len, callback,
				  arg);
}

static int take_family(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *attr;

	mnl_attr_for_each (attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			*(uint16_t *)arg = mnl_attr_get_u16(attr);
	}
	return MNL_CB_OK;
}

int netlink_family(struct netlink *nl, const char *name, uint16_t *ret_family)
{
	struct nlmsghdr *request = netlink_genl(nl, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	uint16_t family = 0;
	int err;

	mnl_attr_put_strz(request, CTRL_ATTR_FAMILY_NAME, name);
	err = netlink_talk(nl, take_family, &family);
	if (err || !family)
		return err ? err : -ENOENT;
	*ret_family = family;
	return 0;
}

int netlink_fault(const struct netlink *nl, int err, struct fault *fault, const char *format, ...)
{
	char what[256];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	return nl->extack[0] ? fault_errno(fault, err, "%s: %s", what, nl->extack)
			     : fault_errno(fault, err, "%s", what);
}
