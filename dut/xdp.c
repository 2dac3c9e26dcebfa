// SPDX-License-Identifier: BSD-2-Clause
/* The xdp plane: the reference NodePort forwarder of bpf/nodeport.bpf.c. */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/nodeport.h"
#include "dut/maglev.h"
#include "dut/percpu.h"
#include "dut/planes.h"
#include "lib/cpu.h"
#include "lib/netif.h"
#include "lib/xdp.h"
#include "nodeport.skel.h"

struct plane_session {
	struct nodeport_bpf *bpf;
	struct percpu counters;
	struct xdp_attachment attachment;
};

/*
 * An LRU map evicts as soon as its common list of free elements cannot fill a CPU's own, which
 * holds up to 128: room for two of those a CPU, so that nothing is evicted below the flows of the
 * job.
 */
enum { LRU_SLACK_A_CPU = 256 };

static int xdp_down(struct plane_session *session, struct fault *fault)
{
	if (!session)
		return 0;
	xdp_detach(&session->attachment);
	percpu_close(&session->counters);
	nodeport_bpf__destroy(session->bpf);
	free(session);
	return 0;
}

static int fill_services(const struct nodeport_bpf *bpf, const struct plane_job *job,
			 struct fault *fault)
{
	/* All services have the same backends, so they share one Maglev table. */
	struct nodeport_service service = {.maglev = 0};
	int fd = bpf_map__fd(bpf->maps.nodeport_services);

	for (uint32_t i = 0; i < job->service.services; i++) {
		struct nodeport_service_key key = {
			.address = job->path.node,
			.port = htons((uint16_t)(job->service.node_port + i)),
			.protocol = IPPROTO_UDP,
		};

		if (bpf_map_update_elem(fd, &key, &service, BPF_NOEXIST))
			return fault_errno(fault, -errno, "add the service at port '%u'",
					   ntohs(key.port));
	}
	return 0;
}

static int fill_backends(const struct nodeport_bpf *bpf, const struct plane_job *job,
			 uint64_t *ret_names, struct fault *fault)
{
	for (uint32_t i = 0; i < job->service.backends; i++) {
		struct nodeport_backend backend = {
			.address = planes_backend(job, i),
			.port = htons((uint16_t)job->service.backend_port),
		};
		int err = netif_next_hop(job->path.nic, backend.address, backend.mac, fault);

		if (err)
			return err;
		if (bpf_map_update_elem(bpf_map__fd(bpf->maps.nodeport_backends), &i, &backend,
					BPF_ANY))
			return fault_errno(fault, -errno, "add the backend number '%u'", i);
		ret_names[i] = (uint64_t)ntohl(backend.address) << 16 | ntohs(backend.port);
	}
	return 0;
}

static int fill_maglev(const struct nodeport_bpf *bpf, const uint64_t *names, uint32_t nr,
		       struct fault *fault)
{
	uint32_t table[NODEPORT_MAGLEV_SIZE];

	maglev_fill(names, nr, table);
	for (uint32_t slot = 0; slot < NODEPORT_MAGLEV_SIZE; slot++)
		if (bpf_map_update_elem(bpf_map__fd(bpf->maps.nodeport_maglev), &slot, &table[slot],
					BPF_ANY))
			return fault_errno(fault, -errno, "fill the Maglev table");
	return 0;
}

static int size_maps(const struct nodeport_bpf *bpf, const struct plane_job *job,
		     struct fault *fault)
{
	uint32_t entries = job->flows + LRU_SLACK_A_CPU * (uint32_t)cpu_possible();
	int err = bpf_map__set_max_entries(bpf->maps.nodeport_connections, entries);

	if (!err)
		err = bpf_map__set_max_entries(bpf->maps.nodeport_reverse, entries);
	if (err)
		return fault_errno(fault, err, "size of the maps for '%u' flows", job->flows);
	return percpu_size(bpf->maps.nodeport_counters, fault);
}

static int load(struct plane_session *session, const struct plane_job *job, struct fault *fault)
{
	struct netif netif;
	int err = netif_get(job->path.nic, &netif, fault);

	if (err)
		return err;
	session->bpf = nodeport_bpf__open();
	if (!session->bpf)
		return fault_errno(fault, -errno, "open the BPF object 'nodeport'");
	session->bpf->rodata->cfg_node = job->path.node;
	memcpy((void *)session->bpf->rodata->cfg_mac, netif.mac, sizeof(netif.mac));
	err = size_maps(session->bpf, job, fault);
	if (err)
		return err;
	err = nodeport_bpf__load(session->bpf);
	if (err)
		return fault_errno(fault, err, "load the BPF object 'nodeport'");
	return percpu_open(session->bpf->maps.nodeport_counters, &session->counters, fault);
}

static int fill(const struct nodeport_bpf *bpf, const struct plane_job *job, struct fault *fault)
{
	uint64_t names[MODEL_MAX_BACKENDS];
	int err = fill_services(bpf, job, fault);

	if (!err)
		err = fill_backends(bpf, job, names, fault);
	if (!err)
		err = fill_maglev(bpf, names, job->service.backends, fault);
	return err;
}

static int xdp_up(const struct plane_job *job, struct plane_session **ret_session,
		  struct fault *fault)
{
	struct plane_session *session = NULL;
	int err = planes_check(PLANE_XDP, job, fault);

	if (err)
		return err;
	session = calloc(1, sizeof(*session));
	if (!session)
		return fault_errno(fault, -ENOMEM, "xdp");
	session->attachment.link_fd = -1;
	libbpf_set_print(NULL);
	err = load(session, job, fault);
	if (!err)
		err = fill(session->bpf, job, fault);
	if (!err)
		err = xdp_attach(bpf_program__fd(session->bpf->progs.nodeport_xdp), job->path.nic,
				 XDP_MODE_NATIVE, &session->attachment, fault);
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

	percpu_sum(&session->counters, &sum);
	*ret_counters = (struct dut_counters){
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
	.flows_per_backend = NODEPORT_PORTS,
	.up = xdp_up,
	.prove = xdp_prove,
	.counters = xdp_counters,
	.down = xdp_down,
};
