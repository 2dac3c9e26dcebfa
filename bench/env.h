/* SPDX-License-Identifier: BSD-2-Clause */
/* What a result cannot be understood without: the machine, its kernel and the interface. */
#ifndef PORTGAUGE_ENV_H
#define PORTGAUGE_ENV_H

#include <jansson.h>

#include "lib/fault.h"

/*
 * The environment of this host as a record; "n/a" where the machine has no such thing, which is no
 * error: an EC2 instance has no governor. `nic` NULL: without an interface. New reference, NULL
 * with a fault.
 */
json_t *env_pack(const char *nic, struct fault *fault);

/* Value of `key` in a text of "key : value" lines (/proc/cpuinfo), NULL if there is none. Heap. */
char *env_find_value(const char *text, const char *key);

#endif
