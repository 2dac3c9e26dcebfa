// SPDX-License-Identifier: BSD-2-Clause
#include "dut/planes.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

uint32_t planes_backend(const struct plane_job *job, uint32_t i)
{
	return htonl(ntohl(job->path.backends) + i);
}

int planes_check(uint32_t plane, const struct plane_job *job, struct fault *fault)
{
	const struct service *service = &job->service;
	uint64_t capacity = plane_capacity(plane, service);

	if (service->node_port + service->services - 1 > UINT16_MAX)
		return fault_set(fault, -ERANGE, EXIT_USAGE,
				 "services: '%u' from port %u on go beyond 65535",
				 service->services, service->node_port);
	if (job->flows <= capacity)
		return 0;
	return fault_set(fault, -ERANGE, EXIT_USAGE,
			 "flows: '%u' is out of range: %s with %u backend%s carries %" PRIu64,
			 job->flows, plane_words[plane], service->backends,
			 service->backends == 1 ? "" : "s", capacity);
}

const char *plane_print_tuple(const struct plane_tuple *tuple, char *buffer, size_t size)
{
	char source[INET_ADDRSTRLEN], dest[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &tuple->source, source, sizeof(source));
	inet_ntop(AF_INET, &tuple->dest, dest, sizeof(dest));
	snprintf(buffer, size, "%s:%u > %s:%u", source, ntohs(tuple->source_port), dest,
		 ntohs(tuple->dest_port));
	return buffer;
}

int planes_prove_nat(const struct plane_job *job, const struct plane_tuple *got,
		     uint16_t first_port, struct fault *fault)
{
	uint32_t backend = ntohl(got->dest) - ntohl(job->path.backends);
	char tuple[PLANE_TUPLE_TEXT];

	plane_print_tuple(got, tuple, sizeof(tuple));
	if (backend >= job->service.backends)
		return fault_set(fault, -EPROTO, EXIT_FAILED,
				 "translated probe: '%s': goes to none of the %u backends", tuple,
				 job->service.backends);
	if (ntohs(got->dest_port) != job->service.backend_port)
		return fault_set(fault, -EPROTO, EXIT_FAILED,
				 "translated probe: '%s': the backends' port is %u", tuple,
				 job->service.backend_port);
	if (got->source != job->path.node)
		return fault_set(fault, -EPROTO, EXIT_FAILED,
				 "translated probe: '%s': does not come from the node", tuple);
	if (ntohs(got->source_port) < first_port)
		return fault_set(fault, -EPROTO, EXIT_FAILED,
				 "translated probe: '%s': source ports are %u and above", tuple,
				 first_port);
	return 0;
}
