/* SPDX-License-Identifier: BSD-2-Clause */
/* What store.c writes and store_load.c reads, and reference_*.c describes, in one place. */
#ifndef PORTGAUGE_STORE_NAMES_H
#define PORTGAUGE_STORE_NAMES_H

#include "bench/store.h"

enum { STORE_TIME_SIZE = 40, STORE_NR_PARTS = 10 };

/* A member of a trial record that is a struct of struct trial. */
struct store_part {
	const char *name;
	const struct field_table *table;
	size_t offset;
};
extern const struct store_part store_parts[STORE_NR_PARTS];

const char *store_print_time(uint64_t time_ns, char buffer[STORE_TIME_SIZE]);

/* -EINVAL if the text is not of store_print_time. */
int store_parse_time(const char *text, uint64_t *ret_time_ns);

#endif
