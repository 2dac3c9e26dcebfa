// SPDX-License-Identifier: BSD-2-Clause
#include "dut/conntrack.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "lib/netlink.h"

/* The connections to forget, collected while the kernel dumps its table. */
struct victims {
	const struct plane_job *job;
	struct plane_tuple *tuples; /* heap */
	size_t nr, room;
};

static struct nlmsghdr *message(struct netlink *nl, uint16_t command, uint16_t flags)
{
	struct nlmsghdr *request = netlink_message(nl, NFNL_SUBSYS_CTNETLINK << 8 | command, flags);
	struct nfgenmsg *header = mnl_nlmsg_put_extra_header(request, sizeof(*header));

	header->nfgen_family = AF_INET;
	header->version = NFNETLINK_V0;
	return request;
}

static const struct nlattr *find(const struct nlattr *nest, uint16_t type)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested (attr, nest) {
		if (mnl_attr_get_type(attr) == type)
			return attr;
	}
	return NULL;
}

/* The addresses and ports of a UDP tuple; false: another protocol. */
static bool read_tuple(const struct nlattr *nest, struct plane_tuple *ret_tuple)
{
	const struct nlattr *ip = find(nest, CTA_TUPLE_IP), *proto = find(nest, CTA_TUPLE_PROTO);
	const struct nlattr *number, *source, *dest, *source_port, *dest_port;

	if (!ip || !proto)
		return false;
	number = find(proto, CTA_PROTO_NUM);
	source = find(ip, CTA_IP_V4_SRC);
	dest = find(ip, CTA_IP_V4_DST);
	source_port = find(proto, CTA_PROTO_SRC_PORT);
	dest_port = find(proto, CTA_PROTO_DST_PORT);
	if (!number || mnl_attr_get_u8(number) != IPPROTO_UDP || !source || !dest || !source_port ||
	    !dest_port)
		return false;
	*ret_tuple =
		(struct plane_tuple){mnl_attr_get_u32(source), mnl_attr_get_u32(dest),
				     mnl_attr_get_u16(source_port), mnl_attr_get_u16(dest_port)};
	return true;
}

static bool is_victim(const struct nlmsghdr *nlh, const struct plane_job *job,
		      struct plane_tuple *ret_tuple)
{
	const struct nlattr *attr;

	mnl_attr_for_each (attr, nlh, sizeof(struct nfgenmsg)) {
		if (mnl_attr_get_type(attr) == CTA_TUPLE_ORIG)
			return read_tuple(attr, ret_tuple) && ret_tuple->dest == job->path.node &&
			       (uint32_t)ntohs(ret_tuple->dest_port) - job->service.node_port <
				       job->service.services;
	}
	return false;
}

static int collect(const struct nlmsghdr *nlh, void *arg)
{
	struct victims *victims = arg;
	struct plane_tuple tuple;

	if (!is_victim(nlh, victims->job, &tuple))
		return MNL_CB_OK;
	if (victims->nr == victims->room) {
		size_t room = victims->room ? victims->room * 2 : 1024;
		struct plane_tuple *grown =
			realloc(victims->tuples, room * sizeof(*victims->tuples));

		if (!grown) {
			errno = ENOMEM;
			return MNL_CB_ERROR;
		}
		victims->tuples = grown;
		victims->room = room;
	}
	victims->tuples[victims->nr++] = tuple;
	return MNL_CB_OK;
}

static int forget(struct netlink *nl, const struct plane_tuple *tuple)
{
	struct nlmsghdr *request = message(nl, IPCTNL_MSG_CT_DELETE, 0);
	struct nlattr *nest = mnl_attr_nest_start(request, CTA_TUPLE_ORIG);
	struct nlattr *part = mnl_attr_nest_start(request, CTA_TUPLE_IP);

	mnl_attr_put_u32(request, CTA_IP_V4_SRC, tuple->source);
	mnl_attr_put_u32(request, CTA_IP_V4_DST, tuple->dest);
	mnl_attr_nest_end(request, part);
	part = mnl_attr_nest_start(request, CTA_TUPLE_PROTO);
	mnl_attr_put_u8(request, CTA_PROTO_NUM, IPPROTO_UDP);
	mnl_attr_put_u16(request, CTA_PROTO_SRC_PORT, tuple->source_port);
	mnl_attr_put_u16(request, CTA_PROTO_DST_PORT, tuple->dest_port);
	mnl_attr_nest_end(request, part);
	mnl_attr_nest_end(request, nest);
	return netlink_talk(nl, NULL, NULL);
}

int conntrack_forget(const struct plane_job *job, struct fault *fault)
{
	struct victims victims = {.job = job};
	struct netlink nl;
	int err = netlink_open(&nl, NETLINK_NETFILTER, fault);

	if (err)
		return err;
	message(&nl, IPCTNL_MSG_CT_GET, NLM_F_DUMP);
	err = netlink_talk(&nl, collect, &victims);
	/* One that is gone by now expired by itself. */
	for (size_t i = 0; !err && i < victims.nr; i++) {
		err = forget(&nl, &victims.tuples[i]);
		if (err == -ENOENT)
			err = 0;
	}
	if (err)
		netlink_fault(&nl, err, fault, "forget the connections of earlier runs");
	free(victims.tuples);
	netlink_close(&nl);
	return err;
}

static int add_dropped(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *attr;
	uint32_t *sum = arg;

	mnl_attr_for_each (attr, nlh, sizeof(struct nfgenmsg)) {
		int type = mnl_attr_get_type(attr);

		if (type == CTA_STATS_DROP || type == CTA_STATS_CHAIN_TOOLONG)
			*sum += ntohl(mnl_attr_get_u32(attr));
	}
	return MNL_CB_OK;
}

int conntrack_dropped(uint32_t *ret_dropped, struct fault *fault)
{
	uint32_t sum = 0;
	struct netlink nl;
	int err = netlink_open(&nl, NETLINK_NETFILTER, fault);

	if (err)
		return err;
	message(&nl, IPCTNL_MSG_CT_GET_STATS_CPU, NLM_F_DUMP);
	err = netlink_talk(&nl, add_dropped, &sum);
	if (err)
		netlink_fault(&nl, err, fault, "read the counters of connection tracking");
	else
		*ret_dropped = sum;
	netlink_close(&nl);
	return err;
}
