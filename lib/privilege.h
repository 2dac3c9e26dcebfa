/* SPDX-License-Identifier: BSD-2-Clause */
/* Says which right is missing before anything is touched. */
#ifndef PORTGAUGE_PRIVILEGE_H
#define PORTGAUGE_PRIVILEGE_H

#include <linux/capability.h>

#include "lib/fault.h"

/* -EPERM (EXIT_CANNOT) with the name of the capability and what it is needed for, if the process
 * does not have it in force. */
int privilege_need(int capability, const char *purpose, struct fault *fault);

#endif
