/* SPDX-License-Identifier: BSD-2-Clause */
/* CPU lists ("0,2-3") and pinning. */
#ifndef PORTGAUGE_CPU_H
#define PORTGAUGE_CPU_H

#include <sched.h>
#include <stdint.h>
#include <sys/types.h>

/* 0 or -EINVAL. An empty text is an empty set. */
int cpu_list_parse(const char *text, cpu_set_t *ret_set);

/* Pins a thread (0: the caller). 0 or -errno. */
int cpu_pin(pid_t tid, const cpu_set_t *set);

/* CPUs that this process may run on. */
int cpu_count(void);

/* One above the highest CPU that the kernel can ever have: the rows of a table by CPU number. */
int cpu_possible(void);

/*
 * Who works where, when nobody says: generator threads on the first CPUs, the DUT on the last, and
 * what the tester receives on the last that is neither, so that the sink slows down none of them. With
 * two CPUs it shares the DUT's, because the generator has to keep its schedule.
 */
int cpu_of_dut(const cpu_set_t *allowed);
/* `dut`: those of the DUT, the last of which is shared where there is no other. */
int cpu_of_sink(const cpu_set_t *allowed, const cpu_set_t *dut);

/* The n-th CPU of a set, modulo its size; -1 for an empty set. */
int cpu_nth(const cpu_set_t *set, int n);

#endif
