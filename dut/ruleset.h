/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rules that kube-proxy's nftables mode writes for the services of a job, as text for `nft -f`.
 * What Kubernetes would choose is made up: cluster IPs, name hashes, the pods' network.
 */
#ifndef PORTGAUGE_DUT_RULESET_H
#define PORTGAUGE_DUT_RULESET_H

#include <stdio.h>

#include "dut/plane.h"

/* The table, as undo and `nft list table` name it. */
#define RULESET_TABLE "ip kube-proxy"

/* 0 or -EIO. */
int ruleset_write(FILE *out, const struct plane_job *job);

#endif
