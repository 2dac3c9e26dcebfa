// SPDX-License-Identifier: BSD-2-Clause
/* The xdp plane: the reference NodePort forwarder of bpf/nodeport.bpf.c on the interface. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dut/nodeport.h"
#include "dut/planes.h"
#include "lib/netif.h"
#include "lib/xdp.h"

struct plane_session {
	struct nodeport nodeport;
	struct xdp_attachment attachment;
};

static int xdp_down(struct plane_session *session, struct fault *fault)
{
	if (!session)
		return 0;
	xdp_detach(&session->attachment);
	nodeport_close(&session->nodeport);
	free(session);
	return 0;
}

static int resolve(const struct plane_job *job, struct nodeport_macs *ret_macs, struct fault *fault)
{
	struct netif netif;
	int err = netif_get(job->path.nic, &netif, fault);

	if (err)
		return err;
	memcpy(ret_macs->own, netif.mac, sizeof(ret_macs->own));
	for (uint32_t i = 0; !err && i < job->service.backends; i++)
		err = netif_next_hop(job->path.nic, planes_backend(job, i), ret_macs->backends[i],
				     fault);
	return err;
}

static int xdp_up(const struct plane_job *job, struct plane_session **ret_session,
		  struct fault *fault)
{
	struct nodeport_macs macs = {0};
	struct plane_session *session;
	int err = planes_check(PLANE_XDP, job, fault);

	if (!err)
		err = resolve(job, &macs, fault);
	if (err)
		return err;
	session = calloc(1, sizeof(*session));
	if (!session)
		return fault_errno(fault, -ENOMEM, "xdp");
	session->attachment.link_fd = -1;
	libbpf_set_print(NULL);
	err = nodeport_open(job, &macs, &session->nodeport, fault);
	if (!err)
		err = xdp_attach(nodeport_fd(&session->nodeport), job->path.nic, XDP_MODE_NATIVE,
				 &session->attachment, fault);
	if (err) {
		xdp_down(session, NULL);
		return err;
	}
	*ret_session = session;
	return 0;
}

static int xdp_prove(const struct plane_job *job, const struct plane_tuple *sent,
		     const struct plane_tuple *got, struct fault *fault)
{
	return planes_prove_nat(job, got, NODEPORT_PORT_FIRST, fault);
}

static int xdp_counters(struct plane_session *session, struct dut_counters *ret_counters,
			struct fault *fault)
{
	struct nodeport_counters sum;

	nodeport_read(&session->nodeport, &sum);
	*ret_counters = (struct dut_counters){
		.mode = session->attachment.mode,
		.forwarded = sum.forwarded,
		.dropped = sum.dropped,
		.not_service =
			sum.not_service + sum.fragment + sum.options + sum.ttl + sum.malformed,
		.new_flows = sum.new_flows,
		.no_port = sum.no_port,
	};
	return 0;
}

const struct plane_ops xdp_ops = {
	.name = "xdp",
	.connections = true,
	.flows_per_backend = NODEPORT_PORTS,
	.up = xdp_up,
	.prove = xdp_prove,
	.counters = xdp_counters,
	.down = xdp_down,
};
