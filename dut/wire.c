// SPDX-License-Identifier: BSD-2-Clause
/* The wire plane: what the tester and the path can do without a data plane. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>

#include "bpf/mirror.h"
#include "dut/percpu.h"
#include "dut/planes.h"
#include "lib/xdp.h"
#include "mirror.skel.h"

struct plane_session {
	struct mirror_bpf *bpf;
	struct percpu counters;
	struct xdp_attachment attachment;
};

static int wire_down(struct plane_session *session, struct fault *fault)
{
	if (!session)
		return 0;
	xdp_detach(&session->attachment);
	percpu_close(&session->counters);
	mirror_bpf__destroy(session->bpf);
	free(session);
	return 0;
}

static int load(struct plane_session *session, const struct plane_job *job, struct fault *fault)
{
	int err;

	session->bpf = mirror_bpf__open();
	if (!session->bpf)
		return fault_errno(fault, -errno, "open the BPF object 'mirror'");
	session->bpf->rodata->cfg_first_port = job->service.node_port;
	session->bpf->rodata->cfg_ports = job->service.services;
	err = percpu_size(session->bpf->maps.mirror_counters, fault);
	if (err)
		return err;
	err = mirror_bpf__load(session->bpf);
	if (err)
		return fault_errno(fault, err, "load the BPF object 'mirror'");
	return percpu_open(session->bpf->maps.mirror_counters, &session->counters, fault);
}

static int wire_up(const struct plane_job *job, struct plane_session **ret_session,
		   struct fault *fault)
{
	struct plane_session *session;
	int err = planes_check(PLANE_WIRE, job, fault);

	if (err)
		return err;
	session = calloc(1, sizeof(*session));
	if (!session)
		return fault_errno(fault, -ENOMEM, "wire");
	session->attachment.link_fd = -1;
	libbpf_set_print(NULL);
	err = load(session, job, fault);
	if (!err)
		err = xdp_attach(bpf_program__fd(session->bpf->progs.mirror_xdp), job->path.nic,
				 XDP_MODE_NATIVE, &session->attachment, fault);
	if (err) {
		wire_down(session, NULL);
		return err;
	}
	*ret_session = session;
	return 0;
}

static int wire_prove(const struct plane_job *job, const struct plane_tuple *sent,
		      const struct plane_tuple *got, struct fault *fault)
{
	char sent_text[PLANE_TUPLE_TEXT], got_text[PLANE_TUPLE_TEXT];

	if (got->source == sent->dest && got->dest == sent->source &&
	    got->source_port == sent->source_port && got->dest_port == sent->dest_port)
		return 0;
	return fault_set(
		fault, -EPROTO, EXIT_FAILED,
		"mirrored probe: '%s' came back as '%s': addresses change places, ports stay",
		plane_print_tuple(sent, sent_text, sizeof(sent_text)),
		plane_print_tuple(got, got_text, sizeof(got_text)));
}

static int wire_counters(struct plane_session *session, struct dut_counters *ret_counters,
			 struct fault *fault)
{
	struct mirror_counters sum;

	percpu_sum(&session->counters, &sum);
	*ret_counters = (struct dut_counters){.mode = session->attachment.mode,
					      .forwarded = sum.forwarded,
					      .not_service = sum.passed};
	return 0;
}

const struct plane_ops wire_ops = {
	.name = "wire",
	.up = wire_up,
	.prove = wire_prove,
	.counters = wire_counters,
	.down = wire_down,
};
