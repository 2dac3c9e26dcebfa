/* SPDX-License-Identifier: BSD-2-Clause */
/* The counters of a host that packets can be lost in. The parsers take the text of a /proc file, so
 * that they are tested without one. 0 or -errno; -EBADMSG: not the text that is expected. */
#ifndef PORTGAUGE_COUNTERS_H
#define PORTGAUGE_COUNTERS_H

#include <stdint.h>
#include <sys/types.h>

#include "lib/fault.h"
#include "lib/model.h"

/* One CPU of /proc/net/softnet_stat. */
struct softnet {
	uint32_t cpu;
	uint64_t processed, dropped, squeezed;
};

/* Rows of /proc/net/softnet_stat; returns their number (offline CPUs have none) or -errno. */
int counters_parse_softnet(const char *text, struct softnet *rows, int max);

/* The "Ip:" pair of lines of /proc/net/snmp into the ip_ members. */
int counters_parse_snmp(const char *text, struct snap *snap);

/* /proc/net/stat/nf_conntrack, hexadecimal, a line a CPU, into the sums of the conntrack_ members. */
int counters_parse_conntrack(const char *text, struct snap *snap);

/* Run time of a task by its schedstat. */
int counters_parse_schedstat(const char *text, uint64_t *ret_ns);

/* Steal of the first line of /proc/stat. */
int counters_parse_steal(const char *text, uint64_t ticks_per_s, uint64_t *ret_ns);

/* The machine's softnet rows now. Returns their number or -errno. */
int counters_softnet(struct softnet *rows, int max, struct fault *fault);

/* Run time of the interface's NAPI threads; 0 if it is not threaded. */
int counters_napi_cpu(const char *nic, uint64_t *ret_ns, struct fault *fault);

/* Everything of struct snap, for the caller's network namespace. Takes about a millisecond. */
int counters_read(const char *nic, struct snap *ret_snap, struct fault *fault);

#endif
