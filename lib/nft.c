// SPDX-License-Identifier: BSD-2-Clause
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <string.h>

#include "lib/netlink.h"
#include "lib/nft.h"

static const struct {
	const char *word;
	uint8_t number;
} families[] = {
	{"ip", NFPROTO_IPV4}, {"ip6", NFPROTO_IPV6},      {"inet", NFPROTO_INET},
	{"arp", NFPROTO_ARP}, {"bridge", NFPROTO_BRIDGE}, {"netdev", NFPROTO_NETDEV},
};

static int find_family(const char *word)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (!strcmp(families[i].word, word))
			return families[i].number;
	return -EINVAL;
}

static struct nlmsghdr *put_message(char *at, uint16_t type, uint16_t flags, uint8_t family,
				    uint32_t seq)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(at);
	struct nfgenmsg *body = mnl_nlmsg_put_extra_header(message, sizeof(*body));

	message->nlmsg_type = type;
	message->nlmsg_flags = NLM_F_REQUEST | flags;
	message->nlmsg_seq = seq;
	body->nfgen_family = family;
	body->version = NFNETLINK_V0;
	if (type == NFNL_MSG_BATCH_BEGIN || type == NFNL_MSG_BATCH_END)
		body->res_id = htons(NFNL_SUBSYS_NFTABLES);
	return message;
}

/* nf_tables takes changes as a batch, in one datagram; only the change itself is acknowledged. */
int nft_delete_table(const char *family, const char *table, struct fault *fault)
{
	struct nlmsghdr *begin, *change, *end;
	struct netlink nl;
	int number = find_family(family);
	int err = number < 0
			  ? fault_set(fault, number, EXIT_FAILED, "'%s' is no nft family", family)
			  : netlink_open(&nl, NETLINK_NETFILTER, fault);

	if (err)
		return err;
	nl.seq++;
	begin = put_message(nl.request, NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC, nl.seq);
	change = put_message((char *)begin + begin->nlmsg_len,
			     NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_DELTABLE, NLM_F_ACK,
			     (uint8_t)number, nl.seq);
	mnl_attr_put_strz(change, NFTA_TABLE_NAME, table);
	end = put_message((char *)change + change->nlmsg_len, NFNL_MSG_BATCH_END, 0, AF_UNSPEC,
			  nl.seq);
	err = netlink_talk_bytes(&nl, (size_t)((char *)end - nl.request) + end->nlmsg_len, NULL,
				 NULL);
	if (err)
		netlink_fault(&nl, err, fault, "deleting nft table '%s %s'", family, table);
	netlink_close(&nl);
	return err;
}
