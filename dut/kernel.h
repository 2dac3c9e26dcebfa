/* SPDX-License-Identifier: BSD-2-Clause */
/* What kernel planes read and set below /proc, in the caller's network namespace. */
#ifndef PORTGAUGE_DUT_KERNEL_H
#define PORTGAUGE_DUT_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#include "lib/fault.h"
#include "lib/lease.h"

/* "net/ipv4/conf/NIC/rp_filter" from a format with one %s or none. */
void kernel_knob_path(const char *format, const char *nic, char *ret_path, size_t size);

/* A number below /proc/sys. */
int kernel_read_knob(const char *path, uint64_t *ret_value, struct fault *fault);

/*
 * Journals the text of a file below /proc/sys and replaces it. One that has the value already is left
 * alone. NULL: only journaled, since another change will change this one too.
 */
int kernel_set_knob(struct lease *lease, const char *path, const char *value, struct fault *fault);

/* IPv4 packets forwarded: ForwDatagrams of /proc/net/snmp. */
int kernel_forwarded(uint64_t *ret_forwarded, struct fault *fault);

#endif
