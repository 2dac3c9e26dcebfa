// SPDX-License-Identifier: BSD-2-Clause
#include "bench/cookie.h"

#include <errno.h>
#include <sys/random.h>

int cookie_choose(uint32_t *cookie, struct fault *fault)
{
	uint16_t drawn;

	while (!*cookie) {
		if (getrandom(&drawn, sizeof(drawn), 0) != sizeof(drawn))
			return fault_errno(fault, -errno, "choose a cookie");
		*cookie = drawn;
	}
	return 0;
}
