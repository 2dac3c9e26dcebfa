/* SPDX-License-Identifier: BSD-2-Clause */
/* An XDP program on an interface by bpf_link: the kernel detaches it when its holder dies. */
#ifndef PORTGAUGE_XDP_H
#define PORTGAUGE_XDP_H

#include <stdint.h>

#include "lib/fault.h"
#include "lib/model.h"

struct xdp_attachment {
	int link_fd;
	uint32_t mode; /* enum xdp_mode, as the kernel tells */
};

/*
 * Attaches in exactly the mode asked for (enum xdp_mode). An interface that has a program already
 * is refused with that program's name (-EBUSY); a driver's refusal carries the driver's own words.
 */
int xdp_attach(int prog_fd, const char *nic, uint32_t mode, struct xdp_attachment *ret_attachment,
	       struct fault *fault);

/* Accepts one that was never attached, if its link_fd is -1. */
void xdp_detach(struct xdp_attachment *attachment);

#endif
