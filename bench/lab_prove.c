// SPDX-License-Identifier: BSD-2-Clause
/*
 * Where does the DUT receive? With TSO left on at the tester's end of a veth pair its kernel runs
 * the DUT's work inside the generator's own send call: there is no loss then and no second CPU, and
 * every figure is the generator's. So: send a burst, and look whose CPU time grew.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/lab.h"
#include "gen/frame.h"
#include "lib/clock.h"
#include "lib/counters.h"
#include "lib/cpu.h"
#include "lib/netif.h"
#include "lib/netns.h"

enum {
	BURST_PACKETS = 20000,
	BURST_BATCH = 64,     /* of a ring of 256 */
	BURST_PAUSE_US = 100, /* between batches, so that the ring drains */
	BURST_SETTLE_MS = 20, /* no packet for this long: the burst is over */
	BURST_PATIENCE_MS = 3000,
	BURST_FRAME_BYTES = 60,
	DISCARD_PORT = 9,
	PACKET_MIN_NS = 50, /* no kernel receives a packet in less */
	CPUS_MAX = 1024,
};

struct burst_frame {
	struct ether_header ethernet;
	struct iphdr ip;
	struct udphdr udp;
	uint8_t payload[BURST_FRAME_BYTES - FRAME_PROBE_OFFSET];
} __attribute__((packed));

struct reading {
	struct snap snap;
	uint64_t napi_cpu_ns;
	uint64_t tester_cpu, dut_cpu; /* softnet `processed` */
};

bool lab_is_separate(const struct lab_proof *proof)
{
	return proof->packets && proof->dut_cpu >= proof->packets - proof->packets / 10 &&
	       proof->dut_napi_cpu_ns >= proof->packets * PACKET_MIN_NS;
}

static uint16_t header_check(const struct iphdr *ip)
{
	const uint8_t *bytes = (const uint8_t *)ip;
	uint32_t sum = 0;

	for (size_t i = 0; i < sizeof(*ip); i += 2)
		sum += (uint32_t)bytes[i] << 8 | bytes[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

/* A UDP frame from the interface's address to the DUT's discard port; checksum 0 means none. */
static int fill_frame(struct burst_frame *frame, struct fault *fault)
{
	struct netif netif;
	struct iphdr ip = {.version = 4,
			   .ihl = 5,
			   .tot_len = htons(BURST_FRAME_BYTES - FRAME_IP_OFFSET),
			   .ttl = 64,
			   .protocol = IPPROTO_UDP,
			   .daddr = inet_addr(LAB_DUT)};
	int err = netif_get(LAB_NIC, &netif, fault);

	memset(frame, 0, sizeof(*frame));
	if (!err)
		err = netif_next_hop(LAB_NIC, ip.daddr, frame->ethernet.ether_dhost, fault);
	if (err)
		return err;
	ip.saddr = netif.address;
	memcpy(frame->ethernet.ether_shost, netif.mac, sizeof(netif.mac));
	frame->ethernet.ether_type = htons(ETHERTYPE_IP);
	ip.check = header_check(&ip);
	frame->ip = ip;
	frame->udp.source = frame->udp.dest = htons(DISCARD_PORT);
	frame->udp.len = htons(BURST_FRAME_BYTES - FRAME_UDP_OFFSET);
	return 0;
}

static int send_frames(int fd, const struct sockaddr_ll *to, struct burst_frame *frame)
{
	struct iovec piece = {.iov_base = frame, .iov_len = sizeof(*frame)};
	struct mmsghdr messages[BURST_BATCH];

	for (int i = 0; i < BURST_BATCH; i++)
		messages[i].msg_hdr = (struct msghdr){.msg_name = (void *)to,
						      .msg_namelen = sizeof(*to),
						      .msg_iov = &piece,
						      .msg_iovlen = 1};
	for (int sent = 0; sent < BURST_PACKETS; sent += BURST_BATCH) {
		int left = BURST_PACKETS - sent;

		/* A full ring refuses: what matters is what the DUT gets. */
		if (sendmmsg(fd, messages, (unsigned)(left < BURST_BATCH ? left : BURST_BATCH), 0) <
			    0 &&
		    errno != ENOBUFS && errno != EAGAIN && errno != EBUSY)
			return -errno;
		clock_sleep_until(clock_now_ns() + BURST_PAUSE_US * NS_PER_US);
	}
	return 0;
}

/* In a process of its own: it changes namespace and affinity. */
static int send_burst(const struct lab_session *session, struct fault *fault)
{
	struct sockaddr_ll to = {.sll_family = AF_PACKET};
	struct burst_frame frame;
	cpu_set_t cpus;
	int home = netns_visit(session->tester, fault);
	int fd, err = home < 0 ? home : fill_frame(&frame, fault);

	if (err)
		return err;
	CPU_ZERO(&cpus);
	CPU_SET(session->tester_cpu, &cpus);
	err = cpu_pin(0, &cpus);
	if (err)
		return err;
	to.sll_ifindex = (int)if_nametoindex(LAB_NIC);
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	return send_frames(fd, &to, &frame);
}

static int run_burst(const struct lab_session *session, struct fault *fault)
{
	int status = 0, err;
	pid_t child = fork();

	if (child < 0)
		return fault_errno(fault, -errno, "lab: burst");
	if (!child)
		_exit(-send_burst(session, NULL) & 0xff);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	err = WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
	return err ? fault_errno(fault, err, "lab: burst of packets to the DUT") : 0;
}

static int read_softnet(const struct lab_session *session, struct reading *reading,
			struct fault *fault)
{
	struct softnet *rows = calloc(CPUS_MAX, sizeof(*rows));
	int nr = rows ? counters_softnet(rows, CPUS_MAX, fault) : -ENOMEM;

	for (int i = 0; i < nr; i++) {
		if ((int)rows[i].cpu == session->tester_cpu)
			reading->tester_cpu = rows[i].processed;
		if ((int)rows[i].cpu == session->dut_cpu)
			reading->dut_cpu = rows[i].processed;
	}
	free(rows);
	return nr < 0 ? nr : 0;
}

static int read_dut(const struct lab_session *session, struct reading *ret_reading,
		    struct fault *fault)
{
	struct reading reading = {0};
	int home = netns_visit(session->dut, fault);
	int err, back;

	if (home < 0)
		return home;
	err = netif_stats(LAB_NIC, &reading.snap, fault);
	if (!err)
		err = counters_napi_cpu(LAB_NIC, &reading.napi_cpu_ns, fault);
	if (!err)
		err = read_softnet(session, &reading, fault);
	back = netns_return(home, fault);
	if (!err && !back)
		*ret_reading = reading;
	return err ? err : back;
}

/* Until the DUT's threads have emptied the ring. */
static int read_settled(const struct lab_session *session, struct reading *ret_reading,
			struct fault *fault)
{
	uint64_t until_ns = clock_now_ns() + BURST_PATIENCE_MS * NS_PER_MS;
	uint64_t packets;
	int err = read_dut(session, ret_reading, fault);

	do {
		packets = ret_reading->snap.rx_packets;
		clock_sleep_until(clock_now_ns() + BURST_SETTLE_MS * NS_PER_MS);
		if (!err)
			err = read_dut(session, ret_reading, fault);
	} while (!err && packets != ret_reading->snap.rx_packets && clock_now_ns() < until_ns);
	return err;
}

int lab_prove(const struct lab_session *session, struct lab_proof *ret_proof, struct fault *fault)
{
	struct reading before, after;
	int err = read_dut(session, &before, fault);

	if (!err)
		err = run_burst(session, fault);
	if (!err)
		err = read_settled(session, &after, fault);
	if (err)
		return err;
	*ret_proof = (struct lab_proof){
		.packets = after.snap.rx_packets - before.snap.rx_packets,
		/* softnet counts in 32 bits */
		.dut_cpu = (uint32_t)(after.dut_cpu - before.dut_cpu),
		.tester_cpu = (uint32_t)(after.tester_cpu - before.tester_cpu),
		.dut_napi_cpu_ns = after.napi_cpu_ns - before.napi_cpu_ns,
	};
	ret_proof->separate = session->tester_cpu != session->dut_cpu && lab_is_separate(ret_proof);
	return 0;
}
