/* SPDX-License-Identifier: BSD-2-Clause */
/* What a job comes to on this machine, once it has passed gen_check. */
#ifndef PORTGAUGE_GEN_CHECK_H
#define PORTGAUGE_GEN_CHECK_H

#include "gen/gen.h"
#include "lib/netif.h"

/* As gen_check; also tells the interface (zeroed for the null engine) and the number of queues. */
int check_job(const struct gen_job *job, struct netif *ret_netif, uint32_t *ret_queues,
	      struct fault *fault);

#endif
