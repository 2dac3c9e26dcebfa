/* SPDX-License-Identifier: BSD-2-Clause */
/* What a point's trials share: interface settings, data plane, sink. */
#ifndef PORTGAUGE_LEASE_POINT_H
#define PORTGAUGE_LEASE_POINT_H

#include "bench/run.h"

/* Sets a point up and proves that its data plane forwards. What was done before a failure stays on
 * the holders' stacks. */
int lease_point_up(struct run *run, const struct config *config, struct fault *fault);

/* Undoes it: sink, data plane, interfaces. */
int lease_point_down(struct run *run, struct fault *fault);

#endif
