/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a word of a scenario came from, and faults that say so. */
#ifndef PORTGAUGE_PLACE_H
#define PORTGAUGE_PLACE_H

#include <stdarg.h>
#include <stdint.h>

#include "lib/fault.h"

struct place {
	uint32_t line, column; /* 1..; 0: nowhere, a default */
	const char *set;       /* the override that gave it, or NULL; owned by the caller */
};

/*
 * "FILE:LINE:COLUMN: ...", "FILE: ..." for a default, "--set KEY=VALUE: ..." for an override, in
 * one line whatever the file holds. Code EXIT_USAGE. Returns -EINVAL.
 */
int place_fault(struct fault *fault, const char *file, const struct place *place,
		const char *format, ...) __attribute__((format(printf, 4, 5)));

int place_vfault(struct fault *fault, const char *file, const struct place *place,
		 const char *format, va_list args) __attribute__((format(printf, 4, 0)));

#endif
