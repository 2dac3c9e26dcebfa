// SPDX-License-Identifier: BSD-2-Clause
#include "bench/probe_socket.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/clock.h"

static int open_packet(struct probe_socket *sock, int receive_bytes, struct fault *fault)
{
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = sock->netif.index,
	};

	sock->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (sock->fd < 0)
		return fault_errno(fault, -errno, "open a packet socket");
	setsockopt(sock->fd, SOL_SOCKET, SO_RCVBUFFORCE, &receive_bytes, sizeof(receive_bytes));
	/* Protocol and interface at once: nothing of another interface is ever queued. */
	if (bind(sock->fd, (struct sockaddr *)&address, sizeof(address)))
		return fault_errno(fault, -errno, "bind a packet socket: '%s'", sock->nic);
	return 0;
}

/*
 * On veth, what the DUT sends by XDP_TX stays in the ring until something wakes this end, unless there
 * is an XDP program here too, as there is when the sink is (drivers/net/veth.c: veth_xdp_flush). One
 * that passes everything makes the socket see what the sink will.
 */
static int attach_pass(struct probe_socket *sock, struct fault *fault)
{
	const struct bpf_insn pass[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = XDP_PASS},
		{.code = BPF_JMP | BPF_EXIT},
	};
	int fd, err;

	if (strcmp(sock->netif.driver, "veth"))
		return 0;
	fd = bpf_prog_load(BPF_PROG_TYPE_XDP, "probe_pass", "Dual BSD/GPL", pass,
			   sizeof(pass) / sizeof(pass[0]), NULL);
	if (fd < 0)
		return fault_errno(fault, fd, "load the BPF program 'probe_pass'");
	err = xdp_attach(fd, sock->nic, XDP_MODE_NATIVE, &sock->pass, fault);
	close(fd);
	return err;
}

int probe_socket_open(const struct path *path, int receive_bytes, struct probe_socket *ret_socket,
		      struct fault *fault)
{
	struct probe_socket sock = {.fd = -1, .pass.link_fd = -1};
	int err = netif_get(path->nic, &sock.netif, fault);

	if (err)
		return err;
	memcpy(sock.nic, path->nic, sizeof(sock.nic));
	if (sock.netif.xdp_id)
		return fault_set(fault, -EBUSY, EXIT_FAILED,
				 "'%s' has the XDP program '%s', which may take the probes",
				 path->nic, sock.netif.xdp_name);
	err = netif_next_hop(path->nic, path->node, sock.node_mac, fault);
	if (!err)
		err = attach_pass(&sock, fault);
	if (!err)
		err = open_packet(&sock, receive_bytes, fault);
	if (err) {
		probe_socket_close(&sock);
		return err;
	}
	*ret_socket = sock;
	return 0;
}

int probe_socket_receive(struct probe_socket *socket, void *frame, size_t size, uint64_t until_ns,
			 struct fault *fault)
{
	struct pollfd ready = {.fd = socket->fd, .events = POLLIN};
	uint64_t now_ns;

	while ((now_ns = clock_now_ns()) < until_ns) {
		ssize_t length = recv(socket->fd, frame, size, MSG_TRUNC);

		if (length > 0)
			return (int)length;
		if (length < 0 && errno == EAGAIN)
			poll(&ready, 1, (int)((until_ns - now_ns) / NS_PER_MS) + 1);
		else if (length < 0 && errno != EINTR)
			return fault_errno(fault, -errno, "receive probes: '%s'", socket->nic);
	}
	return 0;
}

void probe_socket_close(struct probe_socket *socket)
{
	if (socket->fd >= 0)
		close(socket->fd);
	xdp_detach(&socket->pass);
}
