// SPDX-License-Identifier: BSD-2-Clause
/* Loads sink_xdp for one run and maps its counters into this process. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/cpu.h"
#include "sink.skel.h"
#include "sink/session.h"

enum { LOG_BYTES = 256 * 1024 };

static int check_job(const struct sink_job *job, struct fault *fault)
{
	if (!job->path.cookie || job->path.cookie > UINT16_MAX)
		return fault_set(fault, -EINVAL, EXIT_USAGE,
				 "cookie %u is out of range: allowed are 1 to 65535",
				 job->path.cookie);
	if (job->service.node_port + job->service.services - 1 > UINT16_MAX)
		return fault_set(fault, -EINVAL, EXIT_USAGE,
				 "%u services from node_port %u on go beyond port 65535",
				 job->service.services, job->service.node_port);
	if (!job->flows)
		return fault_set(fault, -EINVAL, EXIT_USAGE, "flows must be at least 1");
	return 0;
}

/* What the verifier objected to: the line before its last one, which counts instructions. */
static const char *verifier_line(char *log)
{
	char *line = strstr(log, "\nprocessed ");

	if (!line)
		return "";
	*line = '\0';
	line = strrchr(log, '\n');
	return line ? line + 1 : log;
}

static int load_failed(int err, char *log, struct fault *fault)
{
	const char *line = verifier_line(log);

	if (err == -EPERM)
		return fault_set(fault, err, EXIT_CANNOT,
				 "load the sink: BPF is not permitted: needs root, or CAP_BPF, "
				 "CAP_PERFMON and CAP_NET_ADMIN");
	return fault_errno(fault, err, "load the sink%s%.200s", *line ? ": verifier: " : "", line);
}

static int load_program(const struct sink_job *job, uint32_t nr_cpus, struct sink_bpf **ret_skel,
			struct fault *fault)
{
	char *log = calloc(1, LOG_BYTES);
	LIBBPF_OPTS(bpf_object_open_opts, opts, .kernel_log_buf = log,
		    .kernel_log_size = LOG_BYTES);
	struct sink_bpf *skel;
	int err;

	if (!log)
		return fault_errno(fault, -ENOMEM, "load the sink");
	skel = sink_bpf__open_opts(&opts);
	if (!skel) {
		err = fault_errno(fault, -errno, "open the sink");
		goto out_log;
	}
	skel->rodata->cfg_node_port = job->service.node_port;
	skel->rodata->cfg_services = job->service.services;
	skel->rodata->cfg_backend_port = job->service.backend_port;
	skel->rodata->cfg_cookie = (uint16_t)job->path.cookie;
	bpf_map__set_max_entries(skel->maps.sink_cpus, nr_cpus);
	bpf_map__set_max_entries(skel->maps.sink_flows, job->flows);
	err = sink_bpf__load(skel);
	if (err) {
		err = load_failed(err, log, fault);
		sink_bpf__destroy(skel);
		goto out_log;
	}
	*ret_skel = skel;
out_log:
	free(log);
	return err;
}

static size_t map_bytes(const struct bpf_map *map)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t bytes = (size_t)bpf_map__max_entries(map) * bpf_map__value_size(map);

	return (bytes + page - 1) / page * page;
}

static int map_rows(const struct bpf_map *map, void **ret_rows, struct fault *fault)
{
	void *rows =
		mmap(NULL, map_bytes(map), PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);

	if (rows == MAP_FAILED)
		return fault_errno(fault, -errno, "map the sink's counters: '%s'",
				   bpf_map__name(map));
	*ret_rows = rows;
	return 0;
}

static int load_rows(const struct sink_job *job, struct sink_session *session, struct fault *fault)
{
	void *rows;
	int err = load_program(job, session->nr_cpus, &session->skel, fault);

	if (err)
		return err;
	err = map_rows(session->skel->maps.sink_cpus, &rows, fault);
	if (err)
		return err;
	session->cpus = rows;
	err = map_rows(session->skel->maps.sink_flows, &rows, fault);
	if (err)
		return err;
	session->flows = rows;
	return 0;
}

int session_load(const struct sink_job *job, struct sink_session **ret_session, struct fault *fault)
{
	struct sink_session *session;
	libbpf_print_fn_t print;
	int err = check_job(job, fault);

	if (err)
		return err;
	session = calloc(1, sizeof(*session));
	if (!session)
		return fault_errno(fault, -ENOMEM, "load the sink");
	session->attachment.link_fd = -1;
	session->nr_cpus = (uint32_t)cpu_possible();
	session->nr_flows = job->flows;
	/* What went wrong is told by the fault, not by libbpf on stderr. */
	print = libbpf_set_print(NULL);
	err = load_rows(job, session, fault);
	libbpf_set_print(print);
	if (err) {
		session_free(session);
		return err;
	}
	sink_reset(session);
	*ret_session = session;
	return 0;
}

int session_prog_fd(const struct sink_session *session)
{
	return bpf_program__fd(session->skel->progs.sink_xdp);
}

void session_free(struct sink_session *session)
{
	if (!session)
		return;
	if (session->cpus)
		munmap(session->cpus, map_bytes(session->skel->maps.sink_cpus));
	if (session->flows)
		munmap(session->flows, map_bytes(session->skel->maps.sink_flows));
	sink_bpf__destroy(session->skel);
	free(session);
}
