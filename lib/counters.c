// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/counters.h"
#include "lib/cpu.h"
#include "lib/netif.h"

enum { COUNTERS_TEXT_BYTES = 262144 };

/* A whole file of /proc as text on the heap; NULL with errno. */
static char *read_text(const char *path)
{
	char *text = malloc(COUNTERS_TEXT_BYTES);
	int fd = text ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	size_t used = 0;
	ssize_t got = -1;

	while (fd >= 0 && (got = read(fd, text + used, COUNTERS_TEXT_BYTES - 1 - used)) > 0)
		used += (size_t)got;
	if (got < 0) {
		int err = errno;

		free(text);
		text = NULL;
		errno = err;
	} else {
		text[used] = '\0';
	}
	if (fd >= 0)
		close(fd);
	return text;
}

int counters_softnet(struct softnet *rows, int max, struct fault *fault)
{
	char *text = read_text("/proc/thread-self/net/softnet_stat");
	int nr = text ? counters_parse_softnet(text, rows, max) : -errno;

	free(text);
	return nr < 0 ? fault_errno(fault, nr, "/proc/net/softnet_stat") : nr;
}

static int read_softnet(struct snap *snap, struct fault *fault)
{
	int max = cpu_possible();
	struct softnet *rows = calloc((size_t)max, sizeof(*rows));
	int nr = rows ? counters_softnet(rows, max, fault) : -ENOMEM;

	for (int i = 0; i < nr; i++) {
		snap->softnet_dropped += rows[i].dropped;
		snap->softnet_squeezed += rows[i].squeezed;
	}
	free(rows);
	return nr < 0 ? fault_errno(fault, nr, "softnet") : 0;
}

static int read_snmp(struct snap *snap, struct fault *fault)
{
	char *text = read_text("/proc/thread-self/net/snmp");
	int err = text ? counters_parse_snmp(text, snap) : -errno;

	free(text);
	return err ? fault_errno(fault, err, "/proc/net/snmp") : 0;
}

/* A kernel without connection tracking has nothing to count. */
static int read_conntrack(struct snap *snap, struct fault *fault)
{
	char *text = read_text("/proc/thread-self/net/stat/nf_conntrack");
	int err = text ? counters_parse_conntrack(text, snap) : -errno;

	free(text);
	if (err == -ENOENT)
		return 0;
	return err ? fault_errno(fault, err, "/proc/net/stat/nf_conntrack") : 0;
}

static int read_steal(struct snap *snap, struct fault *fault)
{
	char *text = read_text("/proc/stat");
	int err = text ? counters_parse_steal(text, (uint64_t)sysconf(_SC_CLK_TCK), &snap->steal_ns)
		       : -errno;

	free(text);
	return err ? fault_errno(fault, err, "/proc/stat") : 0;
}

int counters_napi_cpu(const char *nic, uint64_t *ret_ns, struct fault *fault)
{
	struct netif_napi napis[MODEL_MAX_QUEUES];
	int nr = netif_napis(nic, napis, MODEL_MAX_QUEUES, fault);
	uint64_t sum = 0, ns;

	for (int i = 0; i < nr; i++) {
		char path[64], *text;
		int err;

		if (!napis[i].pid)
			continue;
		snprintf(path, sizeof(path), "/proc/%d/schedstat", napis[i].pid);
		text = read_text(path);
		err = text ? counters_parse_schedstat(text, &ns) : -errno;
		free(text);
		if (err == -ENOENT || err == -ESRCH) /* ended between the two looks */
			continue;
		if (err)
			return fault_errno(fault, err, "'%s'", path);
		sum += ns;
	}
	if (nr < 0)
		return nr;
	*ret_ns = sum;
	return 0;
}

int counters_read(const char *nic, struct snap *ret_snap, struct fault *fault)
{
	struct snap snap = {0};
	int err = netif_stats(nic, &snap, fault);

	if (!err)
		err = read_snmp(&snap, fault);
	if (!err)
		err = read_conntrack(&snap, fault);
	if (!err)
		err = read_softnet(&snap, fault);
	if (!err)
		err = counters_napi_cpu(nic, &snap.napi_cpu_ns, fault);
	if (!err)
		err = read_steal(&snap, fault);
	if (!err)
		*ret_snap = snap;
	return err;
}
