/* SPDX-License-Identifier: BSD-2-Clause */
/* What tells a run's probes from those of another. */
#ifndef PORTGAUGE_COOKIE_H
#define PORTGAUGE_COOKIE_H

#include <stdint.h>

#include "lib/fault.h"

/* Replaces 0 by a random cookie, 1 to 65535; another value stays. 0 or -errno. */
int cookie_choose(uint32_t *cookie, struct fault *fault);

#endif
