// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <stdio.h>

#include "bench/place.h"

int place_vfault(struct fault *fault, const char *file, const struct place *place,
		 const char *format, va_list args)
{
	char message[sizeof(fault->text)], where[256];

	vsnprintf(message, sizeof(message), format, args);
	if (place->set)
		snprintf(where, sizeof(where), "--set %.160s", place->set);
	else if (place->line)
		snprintf(where, sizeof(where), "%.200s:%u:%u", file, place->line, place->column);
	else
		snprintf(where, sizeof(where), "%.200s", file);
	return fault_set(fault, -EINVAL, EXIT_USAGE, "%s: %s", where, message);
}

int place_fault(struct fault *fault, const char *file, const struct place *place,
		const char *format, ...)
{
	va_list args;
	int err;

	va_start(args, format);
	err = place_vfault(fault, file, place, format, args);
	va_end(args);
	return err;
}
