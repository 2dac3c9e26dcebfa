/* SPDX-License-Identifier: BSD-2-Clause */
/* nftables without its tool: only what an undo needs, so that no program must be found for it. */
#ifndef PORTGAUGE_NFT_H
#define PORTGAUGE_NFT_H

#include "lib/fault.h"

/* Family as nft writes it: "ip", "ip6", "inet", "arp", "bridge", "netdev". -ENOENT: no such table. */
int nft_delete_table(const char *family, const char *table, struct fault *fault);

#endif
