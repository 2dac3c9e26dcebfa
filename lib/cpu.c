// SPDX-License-Identifier: BSD-2-Clause
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/cpu.h"

static int scan_cpu(const char **text, unsigned *ret_cpu)
{
	unsigned cpu = 0;

	if (!isdigit((unsigned char)**text))
		return -EINVAL;
	for (; isdigit((unsigned char)**text); (*text)++) {
		cpu = cpu * 10 + (unsigned)(**text - '0');
		if (cpu >= CPU_SETSIZE)
			return -EINVAL;
	}
	*ret_cpu = cpu;
	return 0;
}

int cpu_list_parse(const char *text, cpu_set_t *ret_set)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	while (*text) {
		unsigned first, last;

		if (scan_cpu(&text, &first))
			return -EINVAL;
		last = first;
		if (*text == '-') {
			text++;
			if (scan_cpu(&text, &last) || last < first)
				return -EINVAL;
		}
		for (unsigned cpu = first; cpu <= last; cpu++)
			CPU_SET(cpu, &set);
		if (*text && (*text++ != ',' || !*text))
			return -EINVAL;
	}
	*ret_set = set;
	return 0;
}

int cpu_pin(pid_t tid, const cpu_set_t *set)
{
	return sched_setaffinity(tid, sizeof(*set), set) ? -errno : 0;
}

int cpu_count(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set))
		return (int)sysconf(_SC_NPROCESSORS_ONLN);
	return CPU_COUNT(&set);
}

int cpu_possible(void)
{
	FILE *file = fopen("/sys/devices/system/cpu/possible", "re");
	char line[256] = "";
	cpu_set_t set;

	if (file) {
		if (!fgets(line, sizeof(line), file))
			line[0] = '\0';
		fclose(file);
	}
	line[strcspn(line, "\n")] = '\0';
	if (!line[0] || cpu_list_parse(line, &set))
		return (int)sysconf(_SC_NPROCESSORS_CONF);
	return cpu_nth(&set, -1) + 1;
}

int cpu_nth(const cpu_set_t *set, int n)
{
	int count = CPU_COUNT(set), wanted;

	if (!count)
		return -1;
	wanted = (n % count + count) % count;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, set) && !wanted--)
			return cpu;
	return -1;
}

int cpu_of_dut(const cpu_set_t *allowed)
{
	return cpu_nth(allowed, -1);
}

int cpu_of_sink(const cpu_set_t *allowed, const cpu_set_t *dut)
{
	for (int n = CPU_COUNT(allowed) - 1; n > 0; n--)
		if (!CPU_ISSET(cpu_nth(allowed, n), dut))
			return cpu_nth(allowed, n);
	return cpu_nth(dut, -1);
}
