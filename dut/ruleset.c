// SPDX-License-Identifier: BSD-2-Clause
#include "dut/ruleset.h"

#include <arpa/inet.h>
#include <errno.h>

#include "dut/planes.h"

/* The upper half of the network whose lower half are the clients by default. */
#define CLUSTER_NETWORK "198.19.128.0/17"
static const uint32_t cluster_first = 0xc6138001; /* 198.19.128.1, host byte order */

/* The port of a service at its cluster IP. */
enum { CLUSTER_PORT = 80 };

/* Names of the chains of one service, or of one of its endpoints. */
struct names {
	char service[64], external[64], endpoint[96];
};

/*
 * Everything that does not depend on services, in the order of kube-proxy: sets and maps, base
 * chains, chains, rules. Ports without endpoints and load balancer source ranges do not occur here,
 * but a packet passes the look-ups all the same.
 */
static const char *const base[] = {
	"table ip kube-proxy { comment \"rules for kube-proxy\" ; }",
	"set ip kube-proxy cluster-ips { type ipv4_addr ; comment \"Active ClusterIPs\" ; }",
	"set ip kube-proxy nodeport-ips { type ipv4_addr ; comment \"IPs that accept NodePort traffic\" ; }",
	"map ip kube-proxy firewall-ips { type ipv4_addr . inet_proto . inet_service : verdict ; }",
	"map ip kube-proxy no-endpoint-nodeports { type inet_proto . inet_service : verdict ; }",
	"map ip kube-proxy no-endpoint-services { type ipv4_addr . inet_proto . inet_service : verdict ; }",
	"map ip kube-proxy service-ips { type ipv4_addr . inet_proto . inet_service : verdict ; }",
	"map ip kube-proxy service-nodeports { type inet_proto . inet_service : verdict ; }",
	"chain ip kube-proxy filter-prerouting-pre-dnat { type filter hook prerouting priority -110 ; }",
	"chain ip kube-proxy filter-output-pre-dnat { type filter hook output priority -110 ; }",
	"chain ip kube-proxy filter-forward { type filter hook forward priority 0 ; }",
	"chain ip kube-proxy filter-input { type filter hook input priority 0 ; }",
	"chain ip kube-proxy filter-output { type filter hook output priority 0 ; }",
	"chain ip kube-proxy nat-output { type nat hook output priority -100 ; }",
	"chain ip kube-proxy nat-postrouting { type nat hook postrouting priority 100 ; }",
	"chain ip kube-proxy nat-prerouting { type nat hook prerouting priority -100 ; }",
	"chain ip kube-proxy cluster-ips-check",
	"chain ip kube-proxy firewall-check",
	"chain ip kube-proxy mark-for-masquerade",
	"chain ip kube-proxy masquerading",
	"chain ip kube-proxy nodeport-endpoints-check",
	"chain ip kube-proxy reject-chain",
	"chain ip kube-proxy services",
	"chain ip kube-proxy service-endpoints-check",
	"rule ip kube-proxy cluster-ips-check ip daddr @cluster-ips reject",
	"rule ip kube-proxy cluster-ips-check ip daddr { " CLUSTER_NETWORK " } drop",
	"rule ip kube-proxy filter-prerouting-pre-dnat ct state new jump firewall-check",
	"rule ip kube-proxy filter-forward ct state new jump service-endpoints-check",
	"rule ip kube-proxy filter-forward ct state new jump cluster-ips-check",
	"rule ip kube-proxy filter-input ct state new jump nodeport-endpoints-check",
	"rule ip kube-proxy filter-input ct state new jump service-endpoints-check",
	"rule ip kube-proxy filter-output ct state new jump service-endpoints-check",
	"rule ip kube-proxy filter-output ct state new jump cluster-ips-check",
	"rule ip kube-proxy filter-output-pre-dnat ct state new jump firewall-check",
	"rule ip kube-proxy firewall-check ip daddr . meta l4proto . th dport vmap @firewall-ips",
	"rule ip kube-proxy mark-for-masquerade mark set mark or 0x4000",
	"rule ip kube-proxy masquerading mark and 0x4000 == 0 return",
	"rule ip kube-proxy masquerading mark set mark xor 0x4000",
	"rule ip kube-proxy masquerading masquerade fully-random",
	"rule ip kube-proxy nat-output jump services",
	"rule ip kube-proxy nat-postrouting jump masquerading",
	"rule ip kube-proxy nat-prerouting jump services",
	"rule ip kube-proxy nodeport-endpoints-check ip daddr @nodeport-ips meta l4proto . th dport "
	"vmap @no-endpoint-nodeports",
	"rule ip kube-proxy reject-chain reject",
	"rule ip kube-proxy service-endpoints-check ip daddr . meta l4proto . th dport "
	"vmap @no-endpoint-services",
	"rule ip kube-proxy services ip daddr . meta l4proto . th dport vmap @service-ips",
	"rule ip kube-proxy services ip daddr @nodeport-ips meta l4proto . th dport "
	"vmap @service-nodeports",
};

static void print_address(uint32_t host_order, char *buffer)
{
	uint32_t address = htonl(host_order);

	inet_ntop(AF_INET, &address, buffer, INET_ADDRSTRLEN);
}

/* Eight letters in place of kube-proxy's base32 SHA-256: FNV-1a, five bits a letter. */
static void print_hash(uint32_t service, uint32_t backend, char buffer[9])
{
	const uint32_t words[] = {service, backend};
	uint64_t hash = 0xcbf29ce484222325ULL;

	for (size_t i = 0; i < sizeof(words); i++)
		hash = (hash ^ ((const uint8_t *)words)[i]) * 0x100000001b3ULL;
	for (int i = 0; i < 8; i++, hash >>= 5)
		buffer[i] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[hash & 31];
	buffer[8] = '\0';
}

static void name_service(uint32_t service, struct names *names)
{
	char hash[9];

	print_hash(service, UINT32_MAX, hash);
	snprintf(names->service, sizeof(names->service), "service-%s-portgauge/svc%u/udp/probe",
		 hash, service);
	snprintf(names->external, sizeof(names->external), "external-%s-portgauge/svc%u/udp/probe",
		 hash, service);
}

static void name_endpoint(const struct plane_job *job, uint32_t service, uint32_t backend,
			  struct names *names)
{
	char hash[9], address[INET_ADDRSTRLEN];

	print_hash(service, backend, hash);
	print_address(ntohl(planes_backend(job, backend)), address);
	snprintf(names->endpoint, sizeof(names->endpoint),
		 "endpoint-%s-portgauge/svc%u/udp/probe__%s/%u", hash, service, address,
		 job->service.backend_port);
}

static void write_endpoints(FILE *out, const struct plane_job *job, uint32_t service,
			    struct names *names)
{
	char address[INET_ADDRSTRLEN];

	for (uint32_t i = 0; i < job->service.backends; i++) {
		name_endpoint(job, service, i, names);
		print_address(ntohl(planes_backend(job, i)), address);
		fprintf(out, "add chain ip kube-proxy %s\n", names->endpoint);
		fprintf(out, "add rule ip kube-proxy %s ip saddr %s jump mark-for-masquerade\n",
			names->endpoint, address);
		fprintf(out, "add rule ip kube-proxy %s meta l4proto udp dnat to %s:%u\n",
			names->endpoint, address, job->service.backend_port);
	}
}

/* Endpoint chains first: a verdict map may only name chains that exist. */
static void write_service(FILE *out, const struct plane_job *job, uint32_t service)
{
	char cluster[INET_ADDRSTRLEN], pods[INET_ADDRSTRLEN];
	struct names names = {0};

	name_service(service, &names);
	print_address(cluster_first + service, cluster);
	print_address(ntohl(job->path.backends) & 0xffffff00, pods);
	write_endpoints(out, job, service, &names);
	fprintf(out, "add chain ip kube-proxy %s\n", names.service);
	fprintf(out,
		"add rule ip kube-proxy %s ip daddr %s ip saddr != %s/24 jump mark-for-masquerade\n",
		names.service, cluster, pods);
	fprintf(out, "add rule ip kube-proxy %s numgen random mod %u vmap {", names.service,
		job->service.backends);
	for (uint32_t i = 0; i < job->service.backends; i++) {
		name_endpoint(job, service, i, &names);
		fprintf(out, "%s %u : goto %s", i ? " ," : "", i, names.endpoint);
	}
	fprintf(out, " }\n");
	fprintf(out, "add chain ip kube-proxy %s\n", names.external);
	fprintf(out, "add rule ip kube-proxy %s jump mark-for-masquerade\n", names.external);
	fprintf(out, "add rule ip kube-proxy %s goto %s\n", names.external, names.service);
	fprintf(out, "add element ip kube-proxy cluster-ips { %s }\n", cluster);
	fprintf(out, "add element ip kube-proxy service-ips { %s . udp . %d : goto %s }\n", cluster,
		CLUSTER_PORT, names.service);
	fprintf(out, "add element ip kube-proxy service-nodeports { udp . %u : goto %s }\n",
		job->service.node_port + service, names.external);
}

int ruleset_write(FILE *out, const struct plane_job *job)
{
	char node[INET_ADDRSTRLEN];

	for (size_t i = 0; i < sizeof(base) / sizeof(base[0]); i++)
		fprintf(out, "add %s\n", base[i]);
	print_address(ntohl(job->path.node), node);
	fprintf(out, "add element ip kube-proxy nodeport-ips { %s }\n", node);
	for (uint32_t i = 0; i < job->service.services; i++)
		write_service(out, job, i);
	return fflush(out) || ferror(out) ? -EIO : 0;
}
