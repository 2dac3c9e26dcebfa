/* SPDX-License-Identifier: BSD-2-Clause */
/* The generator as a process of the runner. */
#ifndef PORTGAUGE_LOAD_RUN_H
#define PORTGAUGE_LOAD_RUN_H

#include "bench/run.h"

/* Runs the load of the trial to its end and fills trial->gen. -EINTR: the run was interrupted, and
 * the generator has been stopped. */
int load_run(struct run *run, struct trial *trial, struct fault *fault);

#endif
