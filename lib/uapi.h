/* SPDX-License-Identifier: BSD-2-Clause */
/* What the kernel headers of Debian 12 (6.1) lack; each with the kernel that brought it. */
#ifndef PORTGAUGE_UAPI_H
#define PORTGAUGE_UAPI_H

#ifndef NETDEV_FAMILY_NAME /* linux/netdev.h, 6.3; napi-get, 6.8 */
#define NETDEV_FAMILY_NAME    "netdev"
#define NETDEV_CMD_NAPI_GET   11
#define NETDEV_A_NAPI_IFINDEX 1
#define NETDEV_A_NAPI_ID      2
#define NETDEV_A_NAPI_PID     4
#endif

#ifndef XDP_MAX_TX_SKB_BUDGET /* linux/if_xdp.h, 6.17 */
#define XDP_MAX_TX_SKB_BUDGET 9
#endif

#endif
