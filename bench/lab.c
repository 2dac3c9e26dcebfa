// SPDX-License-Identifier: BSD-2-Clause
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/lab.h"
#include "lib/cpu.h"
#include "lib/lease.h"
#include "lib/netif.h"
#include "lib/netns.h"
#include "lib/privilege.h"

#define LAB_PREFIX   24
#define LAB_CLIENTS  "198.19.0.0/17"
#define LAB_BACKENDS "198.18.1.0/24"

static const uint8_t tester_mac[6] = {0x02, 0x70, 0x67, 0x00, 0x00, 0x01};
static const uint8_t dut_mac[6] = {0x02, 0x70, 0x67, 0x00, 0x00, 0x02};

/* Every kind of TSO: with one of them left on, the sender's CPU does the receiver's work. */
static const char *const segmentation[] = {
	"tx-tcp-segmentation",
	"tx-tcp-ecn-segmentation",
	"tx-tcp-mangleid-segmentation",
	"tx-tcp6-segmentation",
};

static struct cidr cidr_of(const char *text)
{
	struct cidr cidr = {0};

	field_parse_cidr(text, &cidr);
	return cidr;
}

static int check_free(const char *netns, const char *name, struct fault *fault)
{
	int fd = netns_open(netns, NULL);

	if (fd == -ENOENT)
		return 0;
	if (fd >= 0)
		close(fd);
	return fault_set(fault, -EEXIST, EXIT_FAILED,
			 "namespace '%s' is there already: a lab '%s' is up, or was killed "
			 "(portgauge restore); --name makes another",
			 netns, name);
}

static int check_name(const char *name, struct fault *fault)
{
	if (*name && *name != '.' && !strpbrk(name, "/ \t\n"))
		return 0;
	return fault_set(fault, -EINVAL, EXIT_USAGE,
			 "--name: '%s': a name has no '/' or space and does not begin with '.'",
			 name);
}

static int check(const struct lab_session *session, struct fault *fault)
{
	int err = check_name(session->lab.name, fault);

	if (!err)
		err = privilege_need(CAP_SYS_ADMIN, "to make network namespaces", fault);
	if (!err)
		err = privilege_need(CAP_NET_ADMIN, "to make interfaces", fault);
	if (!err)
		err = privilege_need(CAP_NET_RAW, "to prove where packets are received", fault);
	if (!err)
		err = check_free(session->tester, session->lab.name, fault);
	return err ? err : check_free(session->dut, session->lab.name, fault);
}

/* The cookie is journaled, so that only this very namespace is deleted in the end. */
static int make_netns(struct lease *lease, const char *name, struct fault *fault)
{
	int fd = netns_make(fault);
	uint64_t cookie;
	char text[24];
	int err;

	if (fd < 0)
		return fd;
	err = netns_cookie(fd, &cookie);
	if (err) {
		fault_errno(fault, err, "cookie of namespace '%s'", name);
		goto out_netns;
	}
	snprintf(text, sizeof(text), "%" PRIu64, cookie);
	err = lease_add(lease, UNDO_NETNS, name, NULL, cookie ? text : NULL, fault);
	if (!err)
		err = netns_bind(fd, name, fault);
out_netns:
	close(fd);
	return err;
}

/* The kernel's own packets (router solicitations) would spoil exact ledgers. A kernel without IPv6
 * has none. Before the interface comes: it takes the defaults. */
static int disable_ipv6(struct fault *fault)
{
	static const char *const paths[] = {
		"/proc/sys/net/ipv6/conf/all/disable_ipv6",
		"/proc/sys/net/ipv6/conf/default/disable_ipv6",
	};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		int fd = open(paths[i], O_WRONLY | O_CLOEXEC);
		ssize_t written = fd < 0 ? -1 : write(fd, "1", 1);

		if (fd < 0 && errno == ENOENT)
			return 0;
		if (written != 1) {
			int err = fault_errno(fault, -errno, "'%s'", paths[i]);

			if (fd >= 0)
				close(fd);
			return err;
		}
		close(fd);
	}
	return 0;
}

static int make_pair(struct lab_session *session, struct fault *fault)
{
	int dut = netns_open(session->dut, fault);
	int err = dut < 0 ? dut : lease_add(session->lease, UNDO_LINK, LAB_NIC, NULL, NULL, fault);

	if (!err)
		err = netif_create_veth(LAB_NIC, tester_mac, session->lab.channels, LAB_NIC,
					dut_mac, dut, fault);
	if (dut >= 0)
		close(dut);
	return err;
}

static int make_tester(struct lab_session *session, struct fault *fault)
{
	int err = disable_ipv6(fault);

	if (!err)
		err = netif_set_up("lo", fault);
	if (!err)
		err = make_pair(session, fault);
	if (!err)
		err = netif_set_up(LAB_NIC, fault);
	if (!err)
		err = netif_add_address(LAB_NIC, inet_addr(LAB_TESTER), LAB_PREFIX, fault);
	if (!err)
		err = netif_add_neighbour(LAB_NIC, inet_addr(LAB_DUT), dut_mac, fault);
	if (!err)
		err = netif_add_route("lo", cidr_of(LAB_BACKENDS), 0, true, fault);
	if (!err)
		err = netif_add_route("lo", cidr_of(LAB_CLIENTS), 0, true, fault);
	return err;
}

static int prepare_dut(struct lab_session *session, struct fault *fault)
{
	int err = disable_ipv6(fault);

	return err ? err : netif_set_up("lo", fault);
}

static int make_dut(struct lab_session *session, struct fault *fault)
{
	uint32_t tester = inet_addr(LAB_TESTER);
	int err = netif_set_up(LAB_NIC, fault);

	if (!err)
		err = netif_add_address(LAB_NIC, inet_addr(LAB_DUT), LAB_PREFIX, fault);
	if (!err)
		err = netif_add_neighbour(LAB_NIC, tester, tester_mac, fault);
	if (!err)
		err = netif_add_route(LAB_NIC, cidr_of(LAB_BACKENDS), tester, false, fault);
	if (!err)
		err = netif_add_route(LAB_NIC, cidr_of(LAB_CLIENTS), tester, false, fault);
	return err;
}

static int segmentation_off(struct lab_session *session, struct fault *fault)
{
	int err = 0;

	for (size_t i = 0; !err && i < sizeof(segmentation) / sizeof(segmentation[0]); i++)
		err = netif_set_feature(LAB_NIC, segmentation[i], false, fault);
	return err;
}

/* GRO gives a veth its NAPI, without which there is nothing to thread. */
static int threads_on(struct lab_session *session, struct fault *fault)
{
	int err = netif_set_feature(LAB_NIC, "rx-gro", true, fault);

	return err ? err : netif_set_threaded(LAB_NIC, true, fault);
}

static int pin_threads(int cpu, struct fault *fault)
{
	struct netif_napi napis[MODEL_MAX_QUEUES];
	int nr = netif_napis(LAB_NIC, napis, MODEL_MAX_QUEUES, fault);
	cpu_set_t cpus;
	int err = nr < 0 ? nr : 0;

	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	for (int i = 0; !err && i < nr; i++) {
		err = napis[i].pid ? cpu_pin(napis[i].pid, &cpus) : 0;
		if (err)
			fault_errno(fault, err, "NAPI thread %d on CPU %d", napis[i].pid, cpu);
	}
	return err;
}

static int pin_tester(struct lab_session *session, struct fault *fault)
{
	return pin_threads(session->sink_cpu, fault);
}

static int pin_dut(struct lab_session *session, struct fault *fault)
{
	return pin_threads(session->dut_cpu, fault);
}

static int visit(const char *netns, struct lab_session *session,
		 int (*step)(struct lab_session *session, struct fault *fault), struct fault *fault)
{
	int home = netns_visit(netns, fault);
	int err, back;

	if (home < 0)
		return home;
	err = step(session, fault);
	back = netns_return(home, fault);
	return err ? err : back;
}

static int visit_both(struct lab_session *session,
		      int (*step)(struct lab_session *session, struct fault *fault),
		      struct fault *fault)
{
	int err = visit(session->tester, session, step, fault);

	return err ? err : visit(session->dut, session, step, fault);
}

static int build(struct lab_session *session, struct fault *fault)
{
	int err = make_netns(session->lease, session->tester, fault);

	if (!err)
		err = make_netns(session->lease, session->dut, fault);
	if (!err)
		err = visit(session->dut, session, prepare_dut, fault);
	if (!err)
		err = visit(session->tester, session, make_tester, fault);
	if (!err)
		err = visit(session->dut, session, make_dut, fault);
	/* This order: both senders first, see lab_is_separate. */
	if (!err)
		err = visit_both(session, segmentation_off, fault);
	if (!err)
		err = visit_both(session, threads_on, fault);
	if (err || session->tester_cpu == session->dut_cpu)
		return err;
	err = visit(session->tester, session, pin_tester, fault);
	if (!err)
		err = visit(session->dut, session, pin_dut, fault);
	return err;
}

static int choose_cpus(struct lab_session *session, struct fault *fault)
{
	cpu_set_t allowed, dut;

	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		return fault_errno(fault, -errno, "own CPU affinity");
	session->tester_cpu = cpu_nth(&allowed, 0);
	session->dut_cpu = cpu_of_dut(&allowed);
	CPU_ZERO(&dut);
	CPU_SET(session->dut_cpu, &dut);
	session->sink_cpu = cpu_of_sink(&allowed, &dut);
	return 0;
}

static int prove(struct lab_session *session, struct fault *fault)
{
	struct lab_proof *proof = &session->proof;
	int err = lab_prove(session, proof, fault);

	if (err || proof->separate || session->tester_cpu == session->dut_cpu)
		return err;
	return fault_set(fault, -EPROTO, EXIT_FAILED,
			 "lab '%s': the DUT does not receive on its own CPU %d: of %" PRIu64
			 " packets %" PRIu64 " were processed there, its threads ran %" PRIu64
			 " ns, and CPU %d (the generator's) processed %" PRIu64
			 ": every figure would be the generator's",
			 session->lab.name, session->dut_cpu, proof->packets, proof->dut_cpu,
			 proof->dut_napi_cpu_ns, session->tester_cpu, proof->tester_cpu);
}

int lab_open(const struct lab *lab, struct lab_session **ret_session, struct fault *fault)
{
	struct lab_session *session = calloc(1, sizeof(*session));
	char what[48];
	int err;

	if (!session)
		return fault_errno(fault, -ENOMEM, "lab");
	snprintf(what, sizeof(what), "lab %s", lab->name);
	session->lab = *lab;
	snprintf(session->tester, sizeof(session->tester), "%s-tester", lab->name);
	snprintf(session->dut, sizeof(session->dut), "%s-dut", lab->name);
	err = check(session, fault);
	if (!err)
		err = choose_cpus(session, fault);
	if (!err)
		err = lease_open(&session->lease, what, fault);
	if (!err)
		err = build(session, fault);
	if (!err)
		err = prove(session, fault);
	if (err) {
		lab_close(session, fault);
		return err;
	}
	*ret_session = session;
	return 0;
}

int lab_close(struct lab_session *session, struct fault *fault)
{
	int err;

	if (!session)
		return 0;
	err = lease_close(session->lease, fault);
	free(session);
	return err;
}
