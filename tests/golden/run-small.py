#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Writes tests/golden/run-small, a made-up run in the record format (bench/store.c).

Run from the root: python3 tests/golden/run-small.py. Only for regenerating; no test needs it.
What it holds on purpose: points out of order, one untrusted trial, a point without a trusted one,
percentiles with too few samples, a figure at the tester's ceiling, a torn last line.
"""
import json
import random

FOLDER = "tests/golden/run-small/"
PEAK_MPPS = {"wire": 1.20, "xdp": 1.05, "nftables": 0.42}
P50_US = {"wire": 31, "xdp": 35, "nftables": 44}
S = 10**9
random.seed(7)
trials = []


def started(i):
    return "2025-11-23T01:%02d:%02d.000000000Z" % (i // 60, i % 60)


def add(measure, plane, mtu, sample, load, gen, sink, tester_dropped, limit, reasons):
    sent, received = gen["sent"], sink["received"]
    trials.append({
        "record": "trial", "id": len(trials) + 1, "measure": measure,
        "point": {"dut.plane": plane, "nic.mtu": str(mtu)},
        "repeat": 1, "order": 1, "sample": sample, "started": started(len(trials)),
        "plane": plane, "nic": {"mtu": mtu, "channels": 4}, "load": load, "gen": gen, "sink": sink,
        "dut": {"mode": None if plane == "nftables" else "native", "forwarded": received},
        "tester_nic": {"tx_dropped": tester_dropped}, "dut_nic": {},
        "ledger": {"offered": gen["offered"], "unsent": gen["unsent"], "sent": sent,
                   "received": received, "dut_rx_overrun": tester_dropped,
                   "unexplained": sent - received - tester_dropped},
        "outcome": {"forwarding_pps": received * S / gen["elapsed_ns"],
                    "loss_ratio": (sent - received) / sent},
        "verdict": {"trusted": not reasons, "limit": limit, "reasons": reasons}})


def peak(plane, mtu, sample):
    elapsed = 200_000_000
    best = PEAK_MPPS["wire"] * 0.99 if (plane, mtu) == ("xdp", 3498) else PEAK_MPPS[plane]
    received = round(best * 1e6 * random.uniform(0.96, 1.04) * 0.2)
    sent = round(received * (1 if plane == "wire" and mtu == 1500 else 1.3))
    reasons = []
    foreign = 0
    if (plane, mtu, sample) == ("nftables", 1500, 4):
        foreign = 12
        reasons = ["the sink saw 12 foreign probes: another run sends to the same ports"]
    add("peak", plane, mtu, sample,
        {"frame_bytes": 64, "flows": 1024, "rate_pps": 0, "duration_ns": elapsed},
        {"elapsed_ns": elapsed, "offered": sent + 64, "sent": sent, "unsent": 64,
         "offered_pps": (sent + 64) * 5.0, "sent_pps": sent * 5.0, "late_ns": None},
        {"received": received, "foreign": foreign, "latency_ns": None},
        sent - received, "tester_tx" if sent == received else "dut", reasons)


def rate(plane, mtu, sample):
    lost = 3 if plane == "nftables" else 0
    sent, reasons = 5000, []
    received = sent - lost
    if (plane, mtu) == ("xdp", 1500):
        received -= 1
        reasons = ["the ledger does not balance: 1 of 5000 packets sent are unexplained"]
    p50 = round(P50_US[plane] * 1000 * random.uniform(0.95, 1.05))
    add("rate", plane, mtu, sample,
        {"frame_bytes": 64, "flows": 1024, "rate_pps": 10000, "duration_ns": 500_000_000},
        {"elapsed_ns": 500_000_000, "offered": sent, "sent": sent, "unsent": 0,
         "offered_pps": 10000.0, "sent_pps": 10000.0,
         "late_ns": {"samples": sent, "min": 40, "p50": 90, "p90": 200, "p99": 900, "p999": None,
                     "p9999": None, "max": 30000}},
        {"received": received,
         "latency_ns": {"samples": received, "min": p50 // 3, "p50": p50, "p90": p50 * 14 // 10,
                        "p99": p50 * 29 // 10, "p999": None, "p9999": None, "max": p50 * 21}},
        lost, "dut" if lost else "none", reasons)


points = [(plane, mtu) for plane in ("nftables", "wire", "xdp") for mtu in (3498, 1500)]
random.shuffle(points)
for point in points:
    for sample in (1, 2):
        rate(*point, sample)
    for sample in range(1, 8):
        peak(*point, sample)

with open(FOLDER + "trials.jsonl", "w") as out:
    for trial in trials:
        out.write(json.dumps(trial, separators=(",", ":")) + "\n")
    out.write('{"record":"trial","id":%d,"measure":"pe' % (len(trials) + 1))
with open(FOLDER + "run.json", "w") as out:
    json.dump({"format": 1, "name": "small", "question": "a made-up run", "status": "partial",
               "reason": "stopped by SIGINT", "started": started(0), "ended": started(60),
               "trials_planned": 60, "trials_finished": len(trials),
               "axes": ["dut.plane", "nic.mtu"], "measures": ["rate", "peak"], "repeat": 1,
               "seed": 42, "environment": {}}, out, indent=2)
    out.write("\n")
