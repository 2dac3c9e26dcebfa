/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's connection tracking in the caller's network namespace, through ctnetlink. */
#ifndef PORTGAUGE_DUT_CONNTRACK_H
#define PORTGAUGE_DUT_CONNTRACK_H

#include <stdint.h>

#include "dut/plane.h"

/*
 * Forgets the connections that clients opened to the job's services: what remains would translate
 * the same clients' next packets, whatever rules there are by then. Others are left alone.
 */
int conntrack_forget(const struct plane_job *job, struct fault *fault);

/*
 * Packets that connection tracking dropped: the 32-bit counters of all CPUs, summed modulo 2^32.
 *
 * A packet counts in exactly one of `drop` (no room for another entry; an entry of the same tuple
 * that could not be reconciled, as when no source port is free) and `chaintoolong` (its hash bucket
 * is full). `insert_failed` counts most of both again, and `early_drop` counts entries that made
 * room, not packets. (net/netfilter/nf_conntrack_core.c: nf_conntrack_in, nf_ct_resolve_clash,
 * __nf_conntrack_confirm.)
 */
int conntrack_dropped(uint32_t *ret_dropped, struct fault *fault);

#endif
