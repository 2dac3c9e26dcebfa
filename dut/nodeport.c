// SPDX-License-Identifier: BSD-2-Clause
#include "dut/nodeport.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#include "dut/maglev.h"
#include "dut/planes.h"
#include "lib/cpu.h"
#include "nodeport.skel.h"

_Static_assert(MODEL_MAX_BACKENDS <= NODEPORT_MAX_BACKENDS, "a row for every backend");
_Static_assert(MODEL_MAX_SERVICES <= NODEPORT_MAX_SERVICES, "a row for every service");

/*
 * An LRU map evicts as soon as its common list of free elements cannot fill a CPU's own, which holds
 * up to 128: room for two of those a CPU, so that nothing is evicted below the flows of the job.
 */
enum { LRU_SLACK_A_CPU = 256 };

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
			 const struct nodeport_macs *macs, uint64_t *ret_names, struct fault *fault)
{
	for (uint32_t i = 0; i < job->service.backends; i++) {
		struct nodeport_backend backend = {
			.address = planes_backend(job, i),
			.port = htons((uint16_t)job->service.backend_port),
		};

		memcpy(backend.mac, macs->backends[i], sizeof(backend.mac));
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

static int load(struct nodeport *nodeport, const struct plane_job *job,
		const struct nodeport_macs *macs, struct fault *fault)
{
	struct nodeport_bpf *bpf = nodeport_bpf__open();
	int err;

	nodeport->bpf = bpf;
	if (!bpf)
		return fault_errno(fault, -errno, "open the BPF object 'nodeport'");
	bpf->rodata->cfg_node = job->path.node;
	memcpy(bpf->rodata->cfg_mac, macs->own, sizeof(macs->own));
	err = size_maps(bpf, job, fault);
	if (err)
		return err;
	err = nodeport_bpf__load(bpf);
	if (err)
		return fault_errno(fault, err, "load the BPF object 'nodeport'");
	return percpu_open(bpf->maps.nodeport_counters, &nodeport->counters, fault);
}

int nodeport_open(const struct plane_job *job, const struct nodeport_macs *macs,
		  struct nodeport *ret_nodeport, struct fault *fault)
{
	struct nodeport nodeport = {0};
	uint64_t names[NODEPORT_MAX_BACKENDS];
	int err = load(&nodeport, job, macs, fault);

	if (!err)
		err = fill_services(nodeport.bpf, job, fault);
	if (!err)
		err = fill_backends(nodeport.bpf, job, macs, names, fault);
	if (!err)
		err = fill_maglev(nodeport.bpf, names, job->service.backends, fault);
	if (err)
		nodeport_close(&nodeport);
	else
		*ret_nodeport = nodeport;
	return err;
}

int nodeport_fd(const struct nodeport *nodeport)
{
	return bpf_program__fd(nodeport->bpf->progs.nodeport_xdp);
}

void nodeport_read(const struct nodeport *nodeport, struct nodeport_counters *ret_counters)
{
	percpu_sum(&nodeport->counters, ret_counters);
}

void nodeport_close(struct nodeport *nodeport)
{
	percpu_close(&nodeport->counters);
	nodeport_bpf__destroy(nodeport->bpf);
	nodeport->bpf = NULL;
}
