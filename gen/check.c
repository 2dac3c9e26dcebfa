// SPDX-License-Identifier: BSD-2-Clause
#include "gen/check.h"

#include <errno.h>
#include <inttypes.h>

#include "gen/flow.h"
#include "gen/txq.h"
#include "lib/cpu.h"

static int check_frame(const struct load *load, struct fault *fault)
{
	if (load->frame_bytes < WIRE_MIN_FRAME_BYTES ||
	    load->frame_bytes > TXQ_LARGE_CHUNK_BYTES + WIRE_FCS_BYTES)
		return fault_set(fault, -EINVAL, EXIT_USAGE,
				 "load.frame: '%u' is out of range: allowed are %u to %u",
				 load->frame_bytes, WIRE_MIN_FRAME_BYTES,
				 TXQ_LARGE_CHUNK_BYTES + WIRE_FCS_BYTES);
	return 0;
}

static int check_schedule(const struct load *load, struct fault *fault)
{
	if (!load->duration_ns || load->batch < 1 || load->batch > TXQ_RING_SIZE)
		return fault_set(fault, -EINVAL, EXIT_USAGE,
				 "load: duration must not be 0, and batch be 1 to %u",
				 TXQ_RING_SIZE);
	if (load->rate_pps && !pace_total(load->rate_pps, load->duration_ns))
		return fault_set(fault, -EINVAL, EXIT_USAGE,
				 "load.rate: %" PRIu64 " pps for %" PRIu64 " ns is not one packet",
				 load->rate_pps, load->duration_ns);
	return 0;
}

static int check_cpus(const struct gen_job *job, struct fault *fault)
{
	cpu_set_t set;

	if (cpu_list_parse(job->cpus, &set))
		return fault_set(fault, -EINVAL, EXIT_USAGE,
				 "cpus: '%s' is no list of CPUs; allowed: such as 0,2-3",
				 job->cpus);
	/* Two busy pollers on one CPU keep neither's schedule. */
	if (CPU_COUNT(&set) && job->load.threads > (uint32_t)CPU_COUNT(&set))
		return fault_set(fault, -EINVAL, EXIT_USAGE,
				 "cpus: '%s' has fewer CPUs than the %u threads", job->cpus,
				 job->load.threads);
	return 0;
}

static int check_flows(const struct gen_job *job, struct fault *fault)
{
	const uint64_t capacity = flow_capacity(&job->path);

	if (!job->service.services)
		return fault_set(fault, -EINVAL, EXIT_USAGE, "service.services: must not be 0");
	if (job->service.node_port + job->service.services > 65536)
		return fault_set(fault, -EINVAL, EXIT_USAGE,
				 "service: %u services from port %u on end above port 65535",
				 job->service.services, job->service.node_port);
	if (!job->load.flows || job->load.flows > capacity)
		return fault_set(
			fault, -EINVAL, EXIT_USAGE,
			"load.flows: '%u': the client range /%u has room for 1 to %" PRIu64,
			job->load.flows, job->path.clients.prefix, capacity);
	return 0;
}

static int check_netif(const struct gen_job *job, const struct netif *netif, struct fault *fault)
{
	/* The MTU does not count the Ethernet header, the frame size does and the FCS too. */
	const uint32_t mtu = job->load.frame_bytes - WIRE_FCS_BYTES - FRAME_IP_OFFSET;

	if (!netif->up)
		return fault_set(fault, -ENETDOWN, EXIT_FAILED, "'%s' is down", job->path.nic);
	if (mtu > netif->mtu)
		return fault_set(fault, -EINVAL, EXIT_USAGE,
				 "load.frame: '%u' needs an MTU of at least %u, '%s' has %u",
				 job->load.frame_bytes, mtu, job->path.nic, netif->mtu);
	if (job->load.queues > netif->tx_channels)
		return fault_set(fault, -EINVAL, EXIT_USAGE,
				 "load.queues: '%u': '%s' has %u TX channels", job->load.queues,
				 job->path.nic, netif->tx_channels);
	return 0;
}

/* `auto`: the interface's TX channels, as far as flows and tables reach. */
static uint32_t auto_queues(const struct load *load, const struct netif *netif)
{
	uint32_t queues = load->engine == ENGINE_NULL ? 1 : netif->tx_channels;

	if (queues > MODEL_MAX_QUEUES)
		queues = MODEL_MAX_QUEUES;
	return queues > load->flows ? load->flows : queues;
}

static int check_threads(const struct load *load, uint32_t queues, struct fault *fault)
{
	const uint32_t cores = (uint32_t)cpu_count();

	if (!queues || queues > MODEL_MAX_QUEUES)
		return fault_set(fault, -EINVAL, EXIT_USAGE,
				 "load.queues: '%u' is out of range: allowed are 1 to %u", queues,
				 MODEL_MAX_QUEUES);
	if (load->flows < queues)
		return fault_set(fault, -EINVAL, EXIT_USAGE,
				 "load.flows: '%u' is fewer than the %u queues", load->flows,
				 queues);
	if (!load->threads || load->threads > queues)
		return fault_set(fault, -EINVAL, EXIT_USAGE,
				 "load.threads: '%u': with %u queues allowed are 1 to %u",
				 load->threads, queues, queues);
	/* Busy pollers on every core keep each other, and the receiver, from running. */
	if (load->engine != ENGINE_NULL && cores > 1 && load->threads >= cores)
		return fault_set(fault, -EINVAL, EXIT_USAGE,
				 "load.threads: '%u': must be fewer than the %u cores",
				 load->threads, cores);
	return 0;
}

int check_job(const struct gen_job *job, struct netif *ret_netif, uint32_t *ret_queues,
	      struct fault *fault)
{
	const struct load *const load = &job->load;
	struct netif netif = {0};
	uint32_t queues;
	int err;

	err = check_frame(load, fault);
	if (!err)
		err = check_schedule(load, fault);
	if (!err)
		err = check_flows(job, fault);
	if (!err)
		err = check_cpus(job, fault);
	if (!err && load->engine != ENGINE_NULL) {
		err = netif_get(job->path.nic, &netif, fault);
		if (!err)
			err = check_netif(job, &netif, fault);
	}
	if (err)
		return err;
	queues = load->queues ? load->queues : auto_queues(load, &netif);
	err = check_threads(load, queues, fault);
	if (err)
		return err;
	*ret_netif = netif;
	*ret_queues = queues;
	return 0;
}

int gen_check(const struct gen_job *job, struct fault *fault)
{
	struct netif netif;
	uint32_t queues;

	return check_job(job, &netif, &queues, fault);
}
