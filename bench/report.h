/* SPDX-License-Identifier: BSD-2-Clause */
/* From a results folder to points.csv, tables for a person, and plots. Partial runs too. */
#ifndef PORTGAUGE_REPORT_H
#define PORTGAUGE_REPORT_H

#include <stdint.h>
#include <stdio.h>

#include "lib/fault.h"

/* Writes FOLDER/points.csv, then the answer and the tables to `out`. 0 or -errno. */
int report_write(const char *folder, FILE *out, struct fault *fault);

/* Points of the run whose figures are not to be used, see points_doubtful. */
int report_doubtful(const char *folder, uint32_t *ret_doubtful, struct fault *fault);

/* As report_write, but the points as JSON records, one a line, in place of the tables. */
int report_write_json(const char *folder, FILE *out, struct fault *fault);

/*
 * Draws FOLDER/plots/{peak,latency}.{svg,png} from FOLDER/points.csv by gnuplot, with the scripts
 * of $PORTGAUGE_SHARE/plot or else of the source tree. A measure that was not taken has no plot.
 * Without gnuplot: -ENOENT and a fault of EXIT_CANNOT, which is no reason to distrust the numbers.
 */
int report_plots(const char *folder, struct fault *fault);

/* For a command's end: says so on standard error, and returns EXIT_UNTRUSTED, if any point's figures
 * are not to be used. An exit code. */
int report_trust(const char *command, const char *folder);

#endif
