/* SPDX-License-Identifier: BSD-2-Clause */
/* Data planes under test, behind one set of operations. Each is a file; a new one is a row. */
#ifndef PORTGAUGE_PLANE_H
#define PORTGAUGE_PLANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/fault.h"
#include "lib/model.h"

struct plane_job {
	struct path path;
	struct service service;
	uint32_t flows; /* at most this many connections at once */
};

struct plane_session; /* what a plane keeps while it is up; each defines its own */

/* The addresses of one probe, as sent and as it came out of the DUT; network byte order. */
struct plane_tuple {
	uint32_t source, dest;
	uint16_t source_port, dest_port;
};

struct plane_ops {
	const char *name;
	bool connections; /* keeps state of each connection, which its first packet opens */
	/* Treats a connection's packets otherwise once the backend answered; it then translates the
	 * answer back. */
	bool replies;
	/* Connections that SNAT ports carry for one backend; 0: no limit. */
	uint32_t flows_per_backend;
	/* Sets the plane up on this host, so that `down` (or the death of the process and
	 * `portgauge restore`) leaves no trace. */
	int (*up)(const struct plane_job *job, struct plane_session **ret_session,
		  struct fault *fault);
	/* Judges one probe that came out: -EPROTO and a fault that says what is wrong with it. */
	int (*prove)(const struct plane_job *job, const struct plane_tuple *sent,
		     const struct plane_tuple *got, struct fault *fault);
	int (*counters)(struct plane_session *session, struct dut_counters *ret_counters,
			struct fault *fault);
	/* Accepts NULL. First -errno if something stays; `portgauge restore` then has it. */
	int (*down)(struct plane_session *session, struct fault *fault);
};

/* The operations of an enum plane. */
const struct plane_ops *plane_ops(uint32_t plane);

/* Connections that a plane carries for this service: UINT64_MAX without a limit. With more than
 * one backend it is less than all their ports, since flows do not fall on them evenly. */
uint64_t plane_capacity(uint32_t plane, const struct service *service);

/* "198.18.0.2:32768 > 198.18.1.1:8080". Returns `buffer`; PLANE_TUPLE_TEXT bytes are enough. */
enum { PLANE_TUPLE_TEXT = 48 };
const char *plane_print_tuple(const struct plane_tuple *tuple, char *buffer, size_t size);

#endif
