/* SPDX-License-Identifier: BSD-2-Clause */
/* Text tables for a person: aligned columns, the unit under the name, no lines, no colours. */
#ifndef PORTGAUGE_TABLE_H
#define PORTGAUGE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { TABLE_MAX_COLUMNS = 24 };

enum table_align { TABLE_RIGHT, TABLE_LEFT };

struct table_column {
	char name[32], unit[16]; /* unit may be empty */
	enum table_align align;
};

/* Zero it to begin. Lack of memory is kept and told by table_print. */
struct table {
	size_t nr_columns;
	struct table_column columns[TABLE_MAX_COLUMNS];
	size_t nr_cells, room;
	char **cells; /* row by row */
	bool failed;
};

/* All columns come before the first cell. More than TABLE_MAX_COLUMNS: the table fails. */
void table_column(struct table *table, enum table_align align, const char *name, const char *unit);

/* The next cell; after the last column the next row begins. */
void table_cell(struct table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Every line indented by two; a row that was not finished is filled up. 0 or -ENOMEM. */
int table_print(const struct table *table, FILE *out);

void table_done(struct table *table);

#endif
