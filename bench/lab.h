/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A tester and a DUT as two network namespaces and a veth pair, set up so that the DUT's receive
 * work runs on another CPU than the generator, as on two machines, and proved to be so.
 *
 *	tester pg0 198.18.0.1, owns 198.18.1.0/24 and 198.19.0.0/17  --  pg0 198.18.0.2 DUT
 */
#ifndef PORTGAUGE_LAB_H
#define PORTGAUGE_LAB_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/fault.h"
#include "lib/model.h"

#define LAB_NIC    "pg0" /* at both ends */
#define LAB_TESTER "198.18.0.1"
#define LAB_DUT    "198.18.0.2"

/* Where the DUT's receive work of a burst ran. */
struct lab_proof {
	uint64_t packets; /* that the DUT received */
	uint64_t dut_cpu; /* softnet `processed` of the CPU meanwhile, whole machine */
	uint64_t tester_cpu;
	uint64_t dut_napi_cpu_ns; /* run time of the DUT's NAPI threads */
	bool separate;
};

struct lab_session {
	struct lab lab;
	char tester[48], dut[48]; /* namespaces */
	int tester_cpu, dut_cpu;  /* the same if there is one only */
	int sink_cpu;             /* of what the tester receives */
	struct lab_proof proof;
	struct lease *lease;
};

/* Refuses a name that is in use without touching anything. The caller's namespace and affinity stay
 * what they are. */
int lab_open(const struct lab *lab, struct lab_session **ret_session, struct fault *fault);

/* Deletes links and namespaces. Accepts NULL. */
int lab_close(struct lab_session *session, struct fault *fault);

/* Sends a burst from the tester's CPU and tells where the DUT received it. Used by lab_open. */
int lab_prove(const struct lab_session *session, struct lab_proof *ret_proof, struct fault *fault);

/* The verdict of a proof whose counts are filled. Pure. */
bool lab_is_separate(const struct lab_proof *proof);

#endif
