// SPDX-License-Identifier: BSD-2-Clause
#include "lib/model.h"

const char *const protocol_words[] = {"udp", NULL};
const char *const engine_words[] = {"afxdp", "null", NULL};
const char *const plane_words[] = {"wire", "xdp", "nftables", NULL};
const char *const xdp_mode_words[] = {"native", "generic", NULL};
const char *const afxdp_mode_words[] = {"none", "copy", "zerocopy", NULL};
const char *const measure_words[] = {"rate", "peak", NULL};
const char *const limit_words[] = {"none", "dut", "tester_tx", "tester_rx", "platform", NULL};

static const struct field service_fields[] = {
	field_row(struct service, protocol, FIELD_ENUM, .words = protocol_words, .standard = "udp",
		  .help = "transport protocol of the service"),
	field_row(struct service, node_port, FIELD_U32, .min = 1, .max = 65535, .standard = "30401",
		  .help = "NodePort of the first service; service i listens on node_port + i"),
	field_row(struct service, services, FIELD_U32, .min = 1, .max = MODEL_MAX_SERVICES,
		  .standard = "1", .help = "number of services; flows are spread over them"),
	field_row(struct service, backends, FIELD_U32, .min = 1, .max = MODEL_MAX_BACKENDS,
		  .standard = "1", .help = "backends of each service"),
	field_row(struct service, backend_port, FIELD_U32, .min = 1, .max = 65535,
		  .standard = "8080", .help = "port that the backends listen on"),
};
const struct field_table service_table = field_table_of("service", struct service, service_fields,
							"The Kubernetes Service under test.");

static const struct field load_fields[] = {
	field_row(struct load, engine, FIELD_ENUM, .words = engine_words, .standard = "afxdp",
		  .help = "how packets are sent; null runs the same loop without a kernel"),
	field_row_unit(
		struct load, frame, bytes, FIELD_U32, .min = 64, .max = 3502, .standard = "64",
		.help = "Ethernet frame size as in RFC 2544, with FCS (memory holds 4 less)"),
	field_row(struct load, flows, FIELD_U32, .min = 1, .max = 4194304, .standard = "1024",
		  .help = "distinct client address and port pairs"),
	field_row_unit(struct load, rate, pps, FIELD_RATE, .max = 1e9, .standard = "max",
		       .zero = "max", .help = "offered load, packets a second"),
	field_row_unit(struct load, duration, ns, FIELD_DURATION, .min = 1e6, .max = 864e11,
		       .standard = "1s", .help = "length of a trial"),
	field_row(struct load, seed, FIELD_U64, .standard = "42",
		  .help = "of the flows' addresses and ports, and of the order of the trials"),
	field_row(struct load, queues, FIELD_U32, .max = MODEL_MAX_QUEUES, .standard = "auto",
		  .zero = "auto", .help = "AF_XDP sockets, one a queue; auto follows the channels"),
	field_row(struct load, threads, FIELD_U32, .min = 1, .max = MODEL_MAX_QUEUES,
		  .standard = "1", .help = "threads that serve the queues; fewer than cores"),
	field_row(struct load, batch, FIELD_U32, .min = 1, .max = 256, .standard = "64",
		  .help = "most packets handed to the kernel at once"),
	field_row(struct load, prefill, FIELD_BOOL, .standard = "true",
		  .help = "open every connection once, and answer it, before the first trial (RFC "
			  "9693, phase 1)"),
};
const struct field_table load_table =
	field_table_of("load", struct load, load_fields, "What the generator sends.");

static const struct field nic_fields[] = {
	field_row(struct nic, mtu, FIELD_U32, .min = 68, .max = 9216, .standard = "keep",
		  .zero = "keep", .help = "MTU of both ends"),
	field_row(struct nic, channels, FIELD_U32, .min = 1, .max = MODEL_MAX_QUEUES,
		  .standard = "keep", .zero = "keep",
		  .help = "channels (RX and TX queues) of the DUT, on veth of both ends"),
};
const struct field_table nic_table =
	field_table_of("nic", struct nic, nic_fields, "Settings of the interface under test.");

static const struct field nic_obtained_fields[] = {
	field_row(struct nic, mtu, FIELD_U32, .help = "MTU"),
	field_row(struct nic, channels, FIELD_U32, .help = "channels (RX queues)"),
};
const struct field_table nic_obtained_table =
	field_table_of("nic", struct nic, nic_obtained_fields,
		       "Settings of the DUT's interface that the trial had, read back.");

static const struct field dut_fields[] = {
	field_row(
		struct dut, plane, FIELD_ENUM, .words = plane_words, .standard = "xdp",
		.help = "data plane: wire sends back unchanged (the tester's ceiling), xdp is the "
			"reference NodePort forwarder in BPF, nftables is kube-proxy's rule shape"),
};
const struct field_table dut_table =
	field_table_of("dut", struct dut, dut_fields, "The node under test.");

static const struct field peak_fields[] = {
	field_row(struct peak, trials, FIELD_U32, .min = 1, .max = 1000, .standard = "10",
		  .help = "trials at maximum offered load"),
	field_row_unit(struct peak, duration, ns, FIELD_DURATION, .min = 1e6, .max = 36e11,
		       .standard = "200ms", .help = "length of each"),
};
const struct field_table peak_table =
	field_table_of("peak", struct peak, peak_fields, "How the measure `peak` is taken.");

static const struct field sink_fields[] = {
	field_row(struct sink, mode, FIELD_ENUM, .words = xdp_mode_words, .standard = "native",
		  .help = "XDP mode of the sink; generic only when asked for"),
};
const struct field_table sink_table =
	field_table_of("sink", struct sink, sink_fields, "The counting end.");

static const struct field config_fields[] = {
	field_row(struct config, service, FIELD_GROUP, .group = &service_table),
	field_row(struct config, load, FIELD_GROUP, .group = &load_table),
	field_row(struct config, nic, FIELD_GROUP, .group = &nic_table),
	field_row(struct config, dut, FIELD_GROUP, .group = &dut_table),
	field_row(struct config, peak, FIELD_GROUP, .group = &peak_table),
	field_row(struct config, sink, FIELD_GROUP, .group = &sink_table),
};
const struct field_table config_table =
	field_table_of("config", struct config, config_fields, "Everything that a sweep may vary.");

static const struct field lab_fields[] = {
	field_row(struct lab, name, FIELD_TEXT, .standard = "pg",
		  .help = "the namespaces are NAME-tester and NAME-dut"),
	field_row(struct lab, channels, FIELD_U32, .min = 1, .max = MODEL_MAX_QUEUES,
		  .standard = "4",
		  .help = "queues of the veth pair: the most that a point may use"),
};
const struct field_table lab_table =
	field_table_of("lab", struct lab, lab_fields, "A local lab of network namespaces.");

static const struct field host_fields[] = {
	field_row(struct host, via, FIELD_TEXT, .standard = "local",
		  .help = "how to reach the host: local, netns:NAME"),
	field_row(struct host, nic, FIELD_TEXT, .standard = "pg0", .help = "interface under test"),
	field_row(struct host, address, FIELD_IPV4, .zero = "auto", .standard = "auto",
		  .help = "address of that interface; auto: its first"),
	field_row(struct host, clients, FIELD_CIDR, .standard = "198.19.0.0/17",
		  .help = "tester: source addresses of the flows"),
	field_row(struct host, backends, FIELD_IPV4, .standard = "198.18.1.1",
		  .help = "tester: address of the first backend; the others follow it"),
	field_row(
		struct host, cpus, FIELD_TEXT, .standard = "",
		.help = "tester: CPUs of the generator; DUT: CPUs of the interface's NAPI threads; "
			"empty: the first CPU, and the last"),
};
const struct field_table host_table = field_table_of(
	"host", struct host, host_fields, "One end of the path: hosts.tester, hosts.dut.");

static const struct field path_fields[] = {
	field_row(struct path, nic, FIELD_TEXT, .standard = "pg0", .help = "interface under test"),
	field_row(struct path, node, FIELD_IPV4, .standard = "198.18.0.2",
		  .help = "address of the node: the DUT's"),
	field_row(struct path, clients, FIELD_CIDR, .standard = "198.19.0.0/17",
		  .help = "source addresses of the flows"),
	/* --backends is the service's number of them */
	{.name = "backend",
	 .type = FIELD_IPV4,
	 .offset = offsetof(struct path, backends),
	 .size = sizeof(((struct path *)0)->backends),
	 .standard = "198.18.1.1",
	 .help = "address of the first backend; the others follow it"},
	field_row(struct path, cookie, FIELD_U32, .max = 65535, .standard = "random",
		  .zero = "random", .help = "marks the probes of one run"),
};
const struct field_table path_table =
	field_table_of("path", struct path, path_fields, "Where packets go.");

#define COUNT(type_, member_, help_) field_row(type_, member_, FIELD_U64, .help = help_)

static const struct field percentiles_fields[] = {
	COUNT(struct percentiles, samples, "values counted"),
	COUNT(struct percentiles, min, "smallest"),
	COUNT(struct percentiles, p50, "median"),
	COUNT(struct percentiles, p90, "90th percentile; null with fewer than 100 samples"),
	COUNT(struct percentiles, p99, "99th percentile; null with fewer than 1000 samples"),
	COUNT(struct percentiles, p999, "99.9th percentile; null with fewer than 10 000 samples"),
	COUNT(struct percentiles, p9999,
	      "99.99th percentile; null with fewer than 100 000 samples"),
	COUNT(struct percentiles, max, "largest"),
};
const struct field_table percentiles_table =
	field_table_of("percentiles", struct percentiles, percentiles_fields, "A distribution.");

static const struct field gen_result_fields[] = {
	field_row(struct gen_result, engine, FIELD_ENUM, .words = engine_words,
		  .help = "engine used"),
	field_row(struct gen_result, mode, FIELD_ENUM, .words = afxdp_mode_words,
		  .help = "AF_XDP mode that the kernel granted"),
	field_row(struct gen_result, need_wakeup, FIELD_BOOL, .help = "need_wakeup granted"),
	field_row(struct gen_result, send_budget, FIELD_U32,
		  .help = "packets a send call may take (XDP_MAX_TX_SKB_BUDGET); 0: not settable"),
	field_row(struct gen_result, queues, FIELD_U32, .help = "sockets"),
	field_row(struct gen_result, threads, FIELD_U32, .help = "threads"),
	field_row_unit(struct gen_result, elapsed, ns, FIELD_U64,
		       .help = "first scheduled departure to the end of sending"),
	COUNT(struct gen_result, offered, "packets that the schedule called for"),
	COUNT(struct gen_result, sent, "packets that the kernel took"),
	COUNT(struct gen_result, unsent, "offered - sent"),
	COUNT(struct gen_result, ring_full, "batches that were due and found no room"),
	field_row_unit(struct gen_result, offered, pps, FIELD_DOUBLE, .help = "offered / elapsed"),
	field_row_unit(struct gen_result, sent, pps, FIELD_DOUBLE, .help = "sent / elapsed"),
	field_row_unit(struct gen_result, late, ns, FIELD_GROUP, .group = &percentiles_table,
		       .sparse = true, .help = "departure minus schedule; null at rate max"),
};
const struct field_table gen_result_table =
	field_table_of("gen", struct gen_result, gen_result_fields, "What the generator did.");

static const struct field sink_result_fields[] = {
	field_row(struct sink_result, mode, FIELD_ENUM, .words = xdp_mode_words,
		  .help = "XDP mode obtained"),
	COUNT(struct sink_result, received, "probes of this run, duplicates not counted"),
	COUNT(struct sink_result, duplicate, "probes seen before"),
	COUNT(struct sink_result, reordered, "received after a later one of the same flow"),
	COUNT(struct sink_result, too_late, "of the reordered: behind the 64-wide window"),
	COUNT(struct sink_result, unknown_flow, "of the received: flow number above the table"),
	COUNT(struct sink_result, foreign, "probes of another run"),
	COUNT(struct sink_result, malformed, "to a service's port, but no probe; passed on"),
	COUNT(struct sink_result, passed, "other packets, given to the kernel"),
	COUNT(struct sink_result, bytes, "of the received, without FCS"),
	COUNT(struct sink_result, negative, "arrived before their departure"),
	COUNT(struct sink_result, overflow, "latency of 68 s or more"),
	field_row_unit(struct sink_result, span, ns, FIELD_U64, .help = "first to last arrival"),
	field_series(struct sink_result, queues, nr_queues, .help = "received by RX queue"),
	field_row_unit(struct sink_result, latency, ns, FIELD_GROUP, .group = &percentiles_table,
		       .sparse = true, .help = "scheduled departure to sink; null at rate max"),
};
const struct field_table sink_result_table =
	field_table_of("sink", struct sink_result, sink_result_fields, "What arrived.");

static const struct field dut_counters_fields[] = {
	field_row(struct dut_counters, mode, FIELD_ENUM, .words = xdp_mode_words, .sparse = true,
		  .help = "XDP mode obtained, null of a plane without XDP"),
	COUNT(struct dut_counters, forwarded, "packets that the plane forwarded"),
	COUNT(struct dut_counters, dropped, "packets that the plane dropped"),
	COUNT(struct dut_counters, not_service, "packets passed on to the kernel"),
	COUNT(struct dut_counters, new_flows, "connections created"),
	COUNT(struct dut_counters, no_port, "of the dropped: no SNAT port was free"),
};
const struct field_table dut_counters_table = field_table_of(
	"dut", struct dut_counters, dut_counters_fields, "The data plane's counters.");

static const struct field snap_fields[] = {
	COUNT(struct snap, rx_packets, "interface"),
	COUNT(struct snap, tx_packets, "interface"),
	COUNT(struct snap, rx_bytes, "interface"),
	COUNT(struct snap, tx_bytes, "interface"),
	COUNT(struct snap, rx_dropped, "interface"),
	COUNT(struct snap, tx_dropped, "interface; on veth: the peer's ring was full"),
	COUNT(struct snap, rx_errors, "interface"),
	COUNT(struct snap, tx_errors, "interface"),
	COUNT(struct snap, rx_missed, "interface"),
	COUNT(struct snap, ip_forwarded, "/proc/net/snmp ForwDatagrams"),
	COUNT(struct snap, ip_in_discards, "/proc/net/snmp InDiscards"),
	COUNT(struct snap, ip_out_discards, "/proc/net/snmp OutDiscards"),
	COUNT(struct snap, ip_in_hdr_errors, "/proc/net/snmp InHdrErrors"),
	COUNT(struct snap, ip_no_routes, "/proc/net/snmp OutNoRoutes"),
	COUNT(struct snap, conntrack_drop, "/proc/net/stat/nf_conntrack"),
	COUNT(struct snap, conntrack_early_drop, "/proc/net/stat/nf_conntrack"),
	COUNT(struct snap, conntrack_insert_failed, "/proc/net/stat/nf_conntrack"),
	COUNT(struct snap, conntrack_invalid, "/proc/net/stat/nf_conntrack"),
	COUNT(struct snap, softnet_dropped, "/proc/net/softnet_stat, whole machine"),
	COUNT(struct snap, softnet_squeezed, "/proc/net/softnet_stat, whole machine"),
	field_row_unit(struct snap, napi_cpu, ns, FIELD_U64,
		       .help = "run time of the interface's NAPI threads"),
	field_row_unit(struct snap, steal, ns, FIELD_U64, .help = "/proc/stat, whole machine"),
};
const struct field_table snap_table =
	field_table_of("snap", struct snap, snap_fields, "Counters of one host.");

static const struct field ledger_fields[] = {
	COUNT(struct ledger, offered, "unsent + sent"),
	COUNT(struct ledger, unsent, "packets that the kernel did not take in time"),
	COUNT(struct ledger, sent, "packets that the kernel took"),
	COUNT(struct ledger, received, "probes that the sink counted"),
	COUNT(struct ledger, dut_rx_overrun, "no room in the DUT's receive ring"),
	COUNT(struct ledger, dut_dropped, "dropped by the data plane"),
	COUNT(struct ledger, tester_rx_overrun, "forwarded, no room in the tester's receive ring"),
	field_row(struct ledger, unexplained, FIELD_I64,
		  .help = "sent - received - all of the above losses"),
};
const struct field_table ledger_table =
	field_table_of("ledger", struct ledger, ledger_fields, "Where every packet went.");

static const struct field verdict_fields[] = {
	field_row(struct verdict, trusted, FIELD_BOOL, .help = "the figure may be used"),
	field_row(struct verdict, limit, FIELD_ENUM, .words = limit_words,
		  .help = "what kept the figure from being higher"),
	field_texts(struct verdict, reasons, nr_reasons, .help = "why it is not trusted"),
};
const struct field_table verdict_table =
	field_table_of("verdict", struct verdict, verdict_fields, "Whether to believe it.");

static const struct field outcome_fields[] = {
	field_row_unit(struct outcome, forwarding, pps, FIELD_DOUBLE,
		       .help = "received / elapsed; at rate max the rate of arrivals at the sink"),
	field_row(struct outcome, loss_ratio, FIELD_DOUBLE, .help = "(sent - received) / sent"),
};
const struct field_table outcome_table =
	field_table_of("outcome", struct outcome, outcome_fields, "What the trial says.");
