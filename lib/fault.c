// SPDX-License-Identifier: BSD-2-Clause
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/fault.h"

static int code_of(int err)
{
	switch (err) {
	case -EPERM:
	case -EACCES:
	case -ENOSYS:
	case -EOPNOTSUPP:
	case -EAFNOSUPPORT:
		return EXIT_CANNOT;
	default:
		return EXIT_FAILED;
	}
}

/* What is quoted in a fault may come from a file or argv: it must not break the line. */
static void keep_one_line(char *text)
{
	for (; *text; text++)
		if (iscntrl((unsigned char)*text))
			*text = ' ';
}

static bool is_set(const struct fault *fault)
{
	return !fault || fault->text[0];
}

int fault_set(struct fault *fault, int err, int code, const char *format, ...)
{
	va_list args;

	if (is_set(fault))
		return err;
	va_start(args, format);
	vsnprintf(fault->text, sizeof(fault->text), format, args);
	va_end(args);
	keep_one_line(fault->text);
	fault->code = code;
	return err;
}

int fault_errno(struct fault *fault, int err, const char *format, ...)
{
	va_list args;
	size_t used;

	if (is_set(fault))
		return err;
	va_start(args, format);
	vsnprintf(fault->text, sizeof(fault->text), format, args);
	va_end(args);
	used = strlen(fault->text);
	snprintf(fault->text + used, sizeof(fault->text) - used, ": %s", strerror(-err));
	keep_one_line(fault->text);
	fault->code = code_of(err);
	return err;
}
