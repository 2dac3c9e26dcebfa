// SPDX-License-Identifier: BSD-2-Clause
/* portgauge lab: a tester and a DUT on this machine, for as long as the lease lasts. */
#include <errno.h>

#include "bench/command.h"
#include "bench/lab.h"
#include "lib/opt.h"
#include "lib/record.h"

static void lab_help(void)
{
	struct lab lab;
	const struct opt_group groups[] = {{&lab_table, &lab, NULL}, {0}};

	opt_help(stdout, groups);
	puts("Both ends of the veth pair are called " LAB_NIC ". `ready` comes after a proof that "
	     "the DUT\nreceives on another CPU (the last) than the generator sends from (the "
	     "first).");
}

static json_t *pack_ready(const struct lab_session *session)
{
	const struct lab_proof *proof = &session->proof;
	json_t *ready = json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:I, s:i, s:i, s:{s:I, s:I, s:I, s:I, s:b}}", "record",
		"ready", "lab", session->lab.name, "tester", session->tester, "dut", session->dut,
		"nic", LAB_NIC, "channels", (json_int_t)session->lab.channels, "tester_cpu",
		session->tester_cpu, "dut_cpu", session->dut_cpu, "proof", "packets",
		(json_int_t)proof->packets, "processed_on_dut_cpu", (json_int_t)proof->dut_cpu,
		"processed_on_tester_cpu", (json_int_t)proof->tester_cpu, "dut_napi_cpu_ns",
		(json_int_t)proof->dut_napi_cpu_ns, "separate", proof->separate);

	if (ready && session->tester_cpu == session->dut_cpu)
		json_object_set_new(ready, "note",
				    json_string("one CPU: generator and DUT cannot be kept "
						"apart, figures are of both"));
	return ready;
}

static int lab_begin(int argc, char **argv, void **ret_state, json_t **ret_ready,
		     struct fault *fault)
{
	struct lab_session *session;
	struct lab lab;
	const struct opt_group groups[] = {{&lab_table, &lab, NULL}, {0}};
	int err = opt_parse(argc, argv, groups, NULL, 0, fault);

	if (err < 0)
		return err;
	err = lab_open(&lab, &session, fault);
	if (err)
		return err;
	*ret_ready = pack_ready(session);
	if (!*ret_ready) {
		lab_close(session, fault);
		return fault_errno(fault, -ENOMEM, "lab");
	}
	*ret_state = session;
	return 0;
}

static int lab_end(void *state, json_t **ret_record, struct fault *fault)
{
	return lab_close(state, fault);
}

const struct command lab_command = {
	.name = "lab",
	.summary = "network namespaces and a veth pair for local runs (leased)",
	.help = lab_help,
	.begin = lab_begin,
	.end = lab_end,
};
