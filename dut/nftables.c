// SPDX-License-Identifier: BSD-2-Clause
/* The nftables plane: the kernel forwards by the rules of kube-proxy's nftables mode. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dut/conntrack.h"
#include "dut/kernel.h"
#include "dut/nftool.h"
#include "dut/planes.h"
#include "dut/ruleset.h"
#include "lib/lease.h"

/*
 * What masquerade fully-random takes source ports from: 1024 to 65535. It tries no more than a few
 * hundred at random, so that near the end some first packets find none and are dropped: 38 of 60480
 * connections to one backend, 694 of 64512 (kernel 6.18).
 */
enum { FIRST_PORT = 1024, NR_PORTS = 64512 };

struct plane_session {
	struct plane_job job;
	struct lease *lease;
	uint64_t dropped;
	uint32_t last_dropped; /* the kernel's, modulo 2^32 */
	uint64_t connections;  /* when the plane came up */
	uint64_t new_flows;
};

/*
 * What forwarding back out of the interface needs. accept_redirects comes first, to be undone
 * last: writing ip_forward changes it. Redirects would tell clients of a shorter way that is an
 * artefact of the hairpin. Reverse path filtering refuses clients that are not routed back here.
 */
static int set_sysctls(struct plane_session *session, struct fault *fault)
{
	static const struct {
		const char *path, *value;
	} knobs[] = {
		{"net/ipv4/conf/all/accept_redirects", NULL},
		{"net/ipv4/ip_forward", "1"},
		{"net/ipv4/conf/all/rp_filter", "0"},
		{"net/ipv4/conf/%s/rp_filter", "0"},
		{"net/ipv4/conf/all/send_redirects", "0"},
		{"net/ipv4/conf/%s/send_redirects", "0"},
		/* Connections outlive a run, however few packets each gets. */
		{"net/netfilter/nf_conntrack_udp_timeout", "3600"},
		{"net/netfilter/nf_conntrack_udp_timeout_stream", "3600"},
	};
	char path[96];

	for (size_t i = 0; i < sizeof(knobs) / sizeof(knobs[0]); i++) {
		int err;

		kernel_knob_path(knobs[i].path, session->job.path.nic, path, sizeof(path));
		err = kernel_set_knob(session->lease, path, knobs[i].value, fault);
		if (err)
			return err;
	}
	return 0;
}

static int load_rules(struct plane_session *session, struct fault *fault)
{
	int fd = memfd_create("rules", MFD_CLOEXEC);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
	int err = -errno;

	if (out)
		err = ruleset_write(out, &session->job);
	if (err)
		fault_errno(fault, err, "write the nftables rules");
	if (!err)
		err = lease_add(session->lease, UNDO_NFT, RULESET_TABLE, "", "", fault);
	if (!err)
		err = nftool_load(fd, fault);
	if (out)
		fclose(out);
	else if (fd >= 0)
		close(fd);
	return err;
}

/* Everything that can be refused before anything is touched. */
static int check(const struct plane_job *job, struct fault *fault)
{
	uint32_t dropped;
	uint64_t room;
	int err = planes_check(PLANE_NFTABLES, job, fault);

	if (err)
		return err;
	err = nftool_has_table(RULESET_TABLE, fault);
	if (err < 0)
		return err;
	if (err)
		return fault_set(
			fault, -EEXIST, EXIT_FAILED,
			"nftables: the table '%s' exists: kube-proxy runs here, or `portgauge "
			"restore` is due",
			RULESET_TABLE);
	/* Asking it loads connection tracking, where that is a module and its knobs not there yet. */
	err = conntrack_dropped(&dropped, fault);
	if (!err)
		err = kernel_read_knob("net/netfilter/nf_conntrack_max", &room, fault);
	if (err)
		return err;
	if (room && job->flows > room)
		return fault_set(
			fault, -ERANGE, EXIT_CANNOT,
			"nftables: '%u' flows do not fit into nf_conntrack_max, which is %llu",
			job->flows, (unsigned long long)room);
	return 0;
}

static int nftables_down(struct plane_session *session, struct fault *fault)
{
	int err, forget_err;

	if (!session)
		return 0;
	/* Rules first: no packet shall open a connection behind the back of the clean-up. */
	err = lease_close(session->lease, fault);
	forget_err = conntrack_forget(&session->job, fault);
	free(session);
	return err ? err : forget_err;
}

static int bring_up(struct plane_session *session, struct fault *fault)
{
	int err = lease_open(&session->lease, "dut nftables", fault);

	if (err)
		return err;
	err = conntrack_forget(&session->job, fault);
	if (!err)
		err = load_rules(session, fault);
	if (!err)
		err = set_sysctls(session, fault);
	if (!err)
		err = conntrack_dropped(&session->last_dropped, fault);
	if (!err)
		err = kernel_read_knob("net/netfilter/nf_conntrack_count", &session->connections,
				       fault);
	return err;
}

static int nftables_up(const struct plane_job *job, struct plane_session **ret_session,
		       struct fault *fault)
{
	struct plane_session *session = NULL;
	int err = check(job, fault);

	if (err)
		return err;
	session = calloc(1, sizeof(*session));
	if (!session)
		return fault_errno(fault, -ENOMEM, "nftables");
	session->job = *job;
	err = bring_up(session, fault);
	if (err) {
		nftables_down(session, NULL);
		return err;
	}
	*ret_session = session;
	return 0;
}

static int nftables_prove(const struct plane_job *job, const struct plane_tuple *sent,
			  const struct plane_tuple *got, struct fault *fault)
{
	return planes_prove_nat(job, got, FIRST_PORT, fault);
}

/*
 * The kernel counts no opened connections, only those there are: with timeouts longer than a run
 * their highest number is what was opened. A connection that is dropped when it is confirmed, after
 * the routing, counts as forwarded too.
 */
static int nftables_counters(struct plane_session *session, struct dut_counters *ret_counters,
			     struct fault *fault)
{
	uint64_t forwarded, connections;
	uint32_t dropped;
	int err = kernel_forwarded(&forwarded, fault);

	if (!err)
		err = conntrack_dropped(&dropped, fault);
	if (!err)
		err = kernel_read_knob("net/netfilter/nf_conntrack_count", &connections, fault);
	if (err)
		return err;
	session->dropped += dropped - session->last_dropped;
	session->last_dropped = dropped;
	if (connections > session->connections + session->new_flows)
		session->new_flows = connections - session->connections;
	*ret_counters = (struct dut_counters){.mode = FIELD_NO_WORD,
					      .forwarded = forwarded,
					      .dropped = session->dropped,
					      .new_flows = session->new_flows};
	return 0;
}

const struct plane_ops nftables_ops = {
	.name = "nftables",
	.connections = true,
	.replies = true, /* no longer `ct state new` */
	.flows_per_backend = NR_PORTS,
	.up = nftables_up,
	.prove = nftables_prove,
	.counters = nftables_counters,
	.down = nftables_down,
};
