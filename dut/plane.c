// SPDX-License-Identifier: BSD-2-Clause
#include "dut/plane.h"

#include "dut/planes.h"

static const struct plane_ops *const planes[] = {
	[PLANE_WIRE] = &wire_ops,
	[PLANE_XDP] = &xdp_ops,
	[PLANE_NFTABLES] = &nftables_ops,
};

const struct plane_ops *plane_ops(uint32_t plane)
{
	return plane < sizeof(planes) / sizeof(planes[0]) ? planes[plane] : NULL;
}

static uint32_t square_root(uint32_t value)
{
	uint32_t root = 0;

	while ((root + 1) * (root + 1) <= value)
		root++;
	return root;
}

/*
 * Flows fall on backends by a hash or at random, so that with more than one backend some get more
 * than their share: six standard deviations, and 1/128 for the unequal slots of a Maglev table,
 * stay free.
 */
uint64_t plane_capacity(uint32_t plane, const struct service *service)
{
	uint32_t flows = planes[plane]->flows_per_backend;

	if (!flows)
		return UINT64_MAX;
	if (service->backends > 1)
		flows -= 6 * square_root(flows) + flows / 128;
	return (uint64_t)flows * service->backends;
}
