/* SPDX-License-Identifier: BSD-2-Clause */
/* What the netif files share; not for others. */
#ifndef PORTGAUGE_NETIF_LINK_H
#define PORTGAUGE_NETIF_LINK_H

#include "lib/netif.h"

/* Index of an interface in the caller's namespace, or -ENODEV with a fault. */
int netif_index(const char *name, struct fault *fault);

/* Fills the channel members. */
int netif_read_channels(const char *name, struct netif *netif, struct fault *fault);

/* Fills `driver`, unless the driver does not tell it. */
void netif_read_driver(const char *name, struct netif *netif);

/* Fills address and prefix; 0 if there is none. */
int netif_read_address(struct netif *netif, struct fault *fault);

#endif
