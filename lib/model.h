/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The vocabulary: every struct that travels between commands, files and plots. Plain data.
 * Each has a field table (lib/model.c), which is the only definition of its knobs or metrics.
 */
#ifndef PORTGAUGE_MODEL_H
#define PORTGAUGE_MODEL_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/field.h"

#define MODEL_MAX_QUEUES   64
#define MODEL_MAX_REASONS  8
#define MODEL_MAX_SERVICES 256
#define MODEL_MAX_BACKENDS 64

/* ---- knobs ------------------------------------------------------------------------------- */

enum protocol { PROTOCOL_UDP };
enum engine { ENGINE_AFXDP, ENGINE_NULL };
enum plane { PLANE_WIRE, PLANE_XDP, PLANE_NFTABLES };
enum xdp_mode { XDP_MODE_NATIVE, XDP_MODE_GENERIC };
enum afxdp_mode { AFXDP_NONE, AFXDP_COPY, AFXDP_ZEROCOPY };
enum measure { MEASURE_RATE, MEASURE_PEAK };

/* The Kubernetes Service under test. Service i listens on node_port + i. */
struct service {
	uint32_t protocol; /* enum protocol */
	uint32_t node_port;
	uint32_t services;
	uint32_t backends;
	uint32_t backend_port;
};

struct load {
	uint32_t engine;      /* enum engine */
	uint32_t frame_bytes; /* RFC 2544 size, with FCS */
	uint32_t flows;
	uint64_t rate_pps; /* 0: as fast as possible */
	uint64_t duration_ns;
	uint64_t seed;
	uint32_t queues; /* 0: as many as the interface has channels */
	uint32_t threads;
	uint32_t batch; /* most packets handed to the kernel at once */
	bool prefill;   /* open every connection before the first trial of a point */
};

/* Both ends of the path on a veth pair, the DUT's interface on hardware. 0 keeps what is. */
struct nic {
	uint32_t mtu;
	uint32_t channels;
};

struct dut {
	uint32_t plane; /* enum plane */
};

/* How `peak` measures: FRMOL of RFC 2285, in short trials. */
struct peak {
	uint32_t trials;
	uint64_t duration_ns;
};

struct sink {
	uint32_t mode; /* enum xdp_mode that is asked for */
};

/* Everything that a sweep may vary. */
struct config {
	struct service service;
	struct load load;
	struct nic nic;
	struct dut dut;
	struct peak peak;
	struct sink sink;
};

/* Local lab: namespaces NAME-tester and NAME-dut, a veth pair, pg0 at both ends. */
struct lab {
	char name[32];
	uint32_t channels; /* most that a point may use */
};

struct host {
	char via[128]; /* local | netns:NAME */
	char nic[IFNAMSIZ];
	uint32_t address;    /* of the interface; 0: the interface's own */
	struct cidr clients; /* source addresses of the flows (tester) */
	uint32_t backends;   /* first backend, the others follow it (tester) */
	char cpus[64];       /* generator's, or the CPUs of the interface's NAPI threads (DUT) */
};

/* What one end must know of the path. Filled by the runner from the hosts, or by hand. */
struct path {
	char nic[IFNAMSIZ];
	uint32_t node; /* address that clients send to: the DUT's */
	struct cidr clients;
	uint32_t backends; /* first backend address */
	uint32_t cookie;   /* 0: random */
};

/* ---- metrics ----------------------------------------------------------------------------- */

/* FIELD_ABSENT where there are too few samples to tell. */
struct percentiles {
	uint64_t samples;
	uint64_t min, p50, p90, p99, p999, p9999, max;
};

struct gen_result {
	uint32_t engine;      /* enum engine */
	uint32_t mode;        /* enum afxdp_mode, read back from the kernel */
	bool need_wakeup;     /* obtained */
	uint32_t send_budget; /* XDP_MAX_TX_SKB_BUDGET obtained; 0: the kernel has none */
	uint32_t queues;
	uint32_t threads;
	uint64_t elapsed_ns; /* first scheduled departure to the end of the trial */
	uint64_t offered;   /* packets that the schedule called for; at rate max: put to the ring */
	uint64_t sent;      /* consumed by the kernel */
	uint64_t unsent;    /* offered - sent */
	uint64_t ring_full; /* times that a batch was due and the ring or the pool had no room */
	double offered_pps;
	double sent_pps;
	struct percentiles late_ns; /* handed to the kernel, minus schedule; none at rate max */
};

struct sink_result {
	uint32_t mode;     /* enum xdp_mode obtained */
	uint64_t received; /* probes of this run, each sequence number once */
	uint64_t duplicate;
	uint64_t reordered; /* received after a later one of the same flow */
	uint64_t
		too_late; /* of the reordered: older than the window, so a duplicate cannot be told */
	uint64_t unknown_flow; /* of the received: flow number above the table, no sequence kept */
	uint64_t foreign;      /* probes of another run */
	uint64_t malformed;    /* to a service's port, but not a probe */
	uint64_t passed;       /* everything else, given to the kernel */
	uint64_t bytes;        /* of the received, in memory (without FCS) */
	uint64_t negative;     /* arrived before its departure: a clock went backwards */
	uint64_t overflow;     /* latency above the histogram's range */
	uint64_t span_ns;      /* first to last arrival */
	uint32_t nr_queues;
	uint64_t queues[MODEL_MAX_QUEUES]; /* received by RX queue */
	struct percentiles latency_ns;     /* scheduled departure to sink; none at rate max */
};

/* The data plane's own counters, delta over a trial. */
struct dut_counters {
	uint32_t mode; /* enum xdp_mode obtained; FIELD_NO_WORD: of a plane without XDP */
	uint64_t forwarded;
	uint64_t dropped;     /* by the data plane, for any reason of its own */
	uint64_t not_service; /* passed on to the kernel */
	uint64_t new_flows;
	uint64_t no_port; /* of the dropped: no SNAT port was free */
};

/* One host's counters; all monotonic, but for *_count. Read by `snap`. */
struct snap {
	uint64_t rx_packets, tx_packets, rx_bytes, tx_bytes;
	uint64_t rx_dropped, tx_dropped, rx_errors, tx_errors, rx_missed;
	uint64_t ip_forwarded, ip_in_discards, ip_out_discards, ip_in_hdr_errors, ip_no_routes;
	uint64_t conntrack_drop, conntrack_early_drop, conntrack_insert_failed, conntrack_invalid;
	uint64_t softnet_dropped, softnet_squeezed;
	uint64_t napi_cpu_ns; /* run time of the interface's NAPI threads */
	uint64_t steal_ns;    /* whole machine */
};

/* sent = received + dut_rx_overrun + dut_dropped + tester_rx_overrun + unexplained. */
struct ledger {
	uint64_t offered, unsent, sent, received;
	uint64_t dut_rx_overrun;    /* no room in the DUT's receive ring */
	uint64_t dut_dropped;       /* by the data plane */
	uint64_t tester_rx_overrun; /* forwarded, but no room in the tester's receive ring */
	int64_t unexplained;
};

enum limit { LIMIT_NONE, LIMIT_DUT, LIMIT_TESTER_TX, LIMIT_TESTER_RX, LIMIT_PLATFORM };

struct verdict {
	bool trusted;
	uint32_t limit; /* enum limit: what kept the figure from being higher */
	uint32_t nr_reasons;
	char reasons[MODEL_MAX_REASONS][160];
};

/* What a trial says, derived from the rest of its record. */
struct outcome {
	double forwarding_pps; /* RFC 2285's forwarding rate: received / elapsed, at rate max by arrivals */
	double loss_ratio; /* (sent - received) / sent */
};

extern const char *const protocol_words[],
	*const engine_words[], *const plane_words[], *const xdp_mode_words[],
							     *const afxdp_mode_words[],
								     *const measure_words[],
									     *const limit_words[];

extern const struct field_table service_table, load_table, nic_table, dut_table, peak_table,
	sink_table, config_table, lab_table, host_table, path_table;
extern const struct field_table percentiles_table, nic_obtained_table, gen_result_table,
	sink_result_table, dut_counters_table, snap_table, ledger_table, verdict_table,
	outcome_table;

#endif
