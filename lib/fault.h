/* SPDX-License-Identifier: BSD-2-Clause */
/* What went wrong, in one line for a person. Libraries fill it, the commands print it, once. */
#ifndef PORTGAUGE_FAULT_H
#define PORTGAUGE_FAULT_H

/* Exit codes of every command. */
enum exit_code {
	EXIT_OK = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,      /* usage or invalid input; nothing was touched */
	EXIT_UNTRUSTED = 3,  /* ran, but a result is not trustworthy */
	EXIT_REGRESSION = 4, /* `compare` found one */
	EXIT_CANNOT = 77,    /* missing privilege or kernel feature */
};

struct fault {
	int code;       /* enum exit_code that the command should end with */
	char text[512]; /* one line: "what failed: 'object': reason" */
};

/*
 * Describes a failure and returns `err` (a -errno), so that a caller can write
 * `return fault_set(fault, -EINVAL, EXIT_USAGE, "...")`. The first description stays: an
 * unwinding caller does not overwrite the cause. `fault` may be NULL.
 */
int fault_set(struct fault *fault, int err, int code, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/*
 * As fault_set, with ": <reason of err>" appended; the code follows from err: EPERM, EACCES,
 * ENOSYS, EOPNOTSUPP and EAFNOSUPPORT are EXIT_CANNOT, everything else EXIT_FAILED.
 */
int fault_errno(struct fault *fault, int err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
