/* SPDX-License-Identifier: BSD-2-Clause */
/* Counters of a BPF program: an mmapable array with one row of 64-bit counters a CPU. */
#ifndef PORTGAUGE_DUT_PERCPU_H
#define PORTGAUGE_DUT_PERCPU_H

#include <stddef.h>
#include <stdint.h>

#include "lib/fault.h"

struct bpf_map;

struct percpu {
	uint64_t *rows; /* NULL: not open */
	size_t length;  /* of the mapping */
	uint32_t nr_rows;
	uint32_t nr_counters; /* of a row */
};

/* Gives the map its number of rows: before the object is loaded. */
int percpu_size(struct bpf_map *map, struct fault *fault);

/* Maps it: after. */
int percpu_open(const struct bpf_map *map, struct percpu *ret_percpu, struct fault *fault);

/* Sums the rows, counter by counter. `ret_sum` is a row. */
void percpu_sum(const struct percpu *percpu, void *ret_sum);

void percpu_close(struct percpu *percpu);

#endif
