/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Maglev consistent hashing (Eisenbud et al., NSDI 2016, section 3.4): a table of backends in
 * which all have the same share, and which hardly changes when one comes or goes.
 */
#ifndef PORTGAUGE_MAGLEV_H
#define PORTGAUGE_MAGLEV_H

#include <stdint.h>

#include "bpf/nodeport.h"

/*
 * Fills the table with numbers of backends, 0 to nr - 1. A name is what a backend is known by
 * (address and port): the same name prefers the same slots in every table. 1 <= nr <=
 * NODEPORT_MAX_BACKENDS; names differ.
 */
void maglev_fill(const uint64_t *names, uint32_t nr, uint32_t ret_table[NODEPORT_MAGLEV_SIZE]);

#endif
