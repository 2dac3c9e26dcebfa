/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Counters of the wire plane, one row a CPU, written by that CPU alone. */
#ifndef PORTGAUGE_MIRROR_H
#define PORTGAUGE_MIRROR_H

#include <linux/types.h>

struct mirror_counters {
	__u64 forwarded;
	__u64 passed;
	__u64 zero[6]; /* a whole cache line */
};

_Static_assert(sizeof(struct mirror_counters) == 64, "a cache line a CPU");

#endif
