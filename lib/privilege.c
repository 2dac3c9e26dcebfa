// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/privilege.h"

static const char *name_of(int capability)
{
	switch (capability) {
	case CAP_NET_ADMIN:
		return "CAP_NET_ADMIN";
	case CAP_NET_RAW:
		return "CAP_NET_RAW";
	case CAP_SYS_ADMIN:
		return "CAP_SYS_ADMIN";
	case CAP_SYS_NICE:
		return "CAP_SYS_NICE";
	default:
		return "a capability";
	}
}

int privilege_need(int capability, const char *purpose, struct fault *fault)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {0};

	if (syscall(SYS_capget, &header, data))
		return fault_errno(fault, -errno, "own capabilities");
	if (data[CAP_TO_INDEX(capability)].effective & CAP_TO_MASK(capability))
		return 0;
	return fault_set(fault, -EPERM, EXIT_CANNOT, "%s is needed (%s): run as root",
			 name_of(capability), purpose);
}
