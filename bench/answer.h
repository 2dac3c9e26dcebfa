/* SPDX-License-Identifier: BSD-2-Clause */
/* What a run's points say in sentences: who is faster, what limited. */
#ifndef PORTGAUGE_ANSWER_H
#define PORTGAUGE_ANSWER_H

#include <stdbool.h>
#include <stdio.h>

#include "bench/points.h"

/* At or above this share of the wire plane's figure a figure is the tester's, not the DUT's. */
#define ANSWER_CEILING 0.95

/* One paragraph; nothing where the points have no answer. */
void answer_print(const struct points *points, FILE *out);

/* Forwarding rate at peak divided by the wire plane's at the same other axes; NAN: there is none.
 */
double answer_ceiling(const struct points *points, const struct point_row *row);

#endif
