/* SPDX-License-Identifier: BSD-2-Clause */
/* One trial, from reset to stored record. */
#ifndef PORTGAUGE_TRIAL_H
#define PORTGAUGE_TRIAL_H

#include "bench/run.h"

/* The trial's point is up. On failure nothing is stored. */
int trial_run(struct run *run, struct trial *trial, struct fault *fault);

#endif
