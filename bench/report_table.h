/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables of a report, one a measure. */
#ifndef PORTGAUGE_REPORT_TABLE_H
#define PORTGAUGE_REPORT_TABLE_H

#include <stdio.h>

#include "bench/points.h"

/* "64-byte frames, 1024 flows", as far as all trials of the measure agree; else "". Returns `buffer`. */
const char *report_load(const struct run_record *record, uint32_t measure, char *buffer,
			size_t size);

/* Prints the measure's table and its notes; nothing when the run has none of it. 0 or -ENOMEM. */
int report_table_peak(const struct points *points, FILE *out);
int report_table_rate(const struct points *points, FILE *out);

#endif
