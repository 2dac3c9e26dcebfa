/* SPDX-License-Identifier: BSD-2-Clause */
/* A run as a shell script: the commands that do the same measurement by hand. */
#ifndef PORTGAUGE_DRY_RUN_H
#define PORTGAUGE_DRY_RUN_H

#include <stdio.h>

#include "bench/plan.h"
#include "lib/fault.h"

/* Writes the script. `cookie` marks its probes. 0 or -errno. */
int dry_run(const struct plan *plan, uint16_t cookie, FILE *out, struct fault *fault);

#endif
