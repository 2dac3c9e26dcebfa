/* SPDX-License-Identifier: BSD-2-Clause */
/* The nft program: runs it without a shell, and keeps what it says. */
#ifndef PORTGAUGE_DUT_NFTOOL_H
#define PORTGAUGE_DUT_NFTOOL_H

#include "lib/fault.h"

/*
 * True: a table ("ip kube-proxy") exists. 0, 1 or -errno; -ENOENT with a fault (EXIT_CANNOT) if there
 * is no nft program.
 */
int nftool_has_table(const char *table, struct fault *fault);

/* Loads the file that `fd` is open for, from its start, as one transaction. */
int nftool_load(int fd, struct fault *fault);

#endif
