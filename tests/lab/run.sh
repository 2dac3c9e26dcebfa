#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# portgauge run from end to end in a lab of its own: records, ledger, exit codes, nothing left.
# shellcheck source-path=SCRIPTDIR source=kit
. "$(dirname "$0")/kit"
needs root python3 ip timeout

lab=$name-run

# run FOLDER ARGUMENT...: with its own lab and a time limit; gives its exit code.
run() {
	local folder=$1
	shift
	timeout -k 40 120 "$PORTGAUGE" run scenarios/smoke.yaml --set lab.name="$lab" -o "$work/$folder" \
		"$@" >"$work/$folder.out" 2>"$work/$folder.err"
}

# code WANTED COMMAND...
code() {
	local wanted=$1 got
	shift
	"$@"
	got=$?
	[ "$got" -eq "$wanted" ] && return
	echo "exit code $got, not $wanted; it said:"
	tail -n 5 "$work"/*.err
	return 1
}

# of FOLDER EXPRESSION: a Python expression over run (run.json) and trials (a list).
of() {
	python3 - "$work/$1" "$2" <<'PYTHON'
import json, sys
folder, expression = sys.argv[1:]
run = json.load(open(folder + "/run.json"))
trials = [json.loads(line) for line in open(folder + "/trials.jsonl")]
balanced = lambda t: t["ledger"]["unexplained"] == 0 and \
    t["ledger"]["offered"] == t["ledger"]["unsent"] + t["ledger"]["sent"]
if not eval("(" + expression + ")"):
    print("not so:", expression)
    for t in trials:
        print("  ", t["id"], t["measure"], t["plane"], json.dumps(t["ledger"]),
              t["verdict"]["reasons"])
    sys.exit(1)
PYTHON
}

exact_at_1k() { of first 'all(t["sink"]["received"] == t["gen"]["sent"] == 2000
	and t["sink"]["duplicate"] == t["sink"]["reordered"] == 0
	and 0 < t["sink"]["latency_ns"]["min"] <= t["sink"]["latency_ns"]["p50"] for t in trials)'; }

check "smoke at 1 kpps for 2 s ends with exit code 0" \
	code 0 run first --set load.rate=1000 --set load.duration=2s --set measure=rate
check "it has a trial for each plane" of first 'sorted(t["plane"] for t in trials) == ["nftables", "xdp"]'
check "every probe sent arrives once, in order, timed" exact_at_1k
check "every trial is trusted and its ledger balances" \
	of first 'all(t["verdict"]["trusted"] and balanced(t) for t in trials)'
check "each says the XDP mode of its plane, null of one without" \
	of first '{t["plane"]: t["dut"]["mode"] for t in trials} == {"xdp": "native", "nftables": None}'
check "and MTU and channels obtained, where the MTU was kept" \
	of first 'all(t["nic"] == {"mtu": 1500, "channels": 1} for t in trials)'
check "run.json says complete and how it came about" of first \
	'run["status"] == "complete" and run["trials_finished"] == run["trials_planned"] == 2
	and len(run["overrides"]) == 4 and run["scenario"].startswith("# Question")
	and set(run["environment"]) == {"tester", "dut"} and run["build_id"] and run["boot_id"]'
check "the same folder is refused before anything is touched" code 2 run first --set measure=rate
check "the line says why" has "$work/first.err" "holds a run already"
check "nothing is left" nothing_left "$lab"

export PORTGAUGE_NO_IO_URING=1
check "peak runs without io_uring too" \
	code 0 run second --set measure=peak --set nic.channels=keep --set nic.mtu=3000 --no-report
unset PORTGAUGE_NO_IO_URING
check "the loop that was used is recorded" of second 'run["loop"] == "poll"'
check "at full load the ledgers of the trusted trials balance" \
	of second 'len(trials) == 6 and all(balanced(t) for t in trials if t["verdict"]["trusted"])'
check "the MTU that was set and the lab's channels are recorded" \
	of second 'all(t["nic"] == {"mtu": 3000, "channels": 2} for t in trials)'
check "at full load no latency is reported" \
	of second 'all(t["sink"]["latency_ns"] is None for t in trials)'
check "each finished trial is a line on stderr" has "$work/second.err" "trial 6 of 6"
check "nothing is left" nothing_left "$lab"

check "a rate that cannot be sent ends with exit code 3" \
	code 3 run fast --set measure=rate --set load.rate=100M --set load.duration=200ms
check "the line says how many trials are not trusted" has "$work/fast.err" "2 of 2 trials are not trusted"
check "each of them says why" of fast \
	'all("could not offer the rate" in t["verdict"]["reasons"][0] for t in trials)'
check "the run itself is complete" of fast 'run["status"] == "complete"'
check "nothing is left" nothing_left "$lab"

# A lab that is up already: one line, and it stays as it is.
ip netns add "$lab-dut"
check "a lab whose name is taken is refused" code 1 run third --set measure=rate
check "the line names it" has "$work/third.err" "$lab-dut"
check "without a trial there is no folder" test ! -e "$work/third"
check "what was there before stays" test -e "/run/netns/$lab-dut"
ip netns del "$lab-dut"
check "nothing is left" nothing_left "$lab"
check "the next try may have the folder" \
	code 0 run third --set measure=rate --set load.duration=100ms --no-report

# hosts TESTER: a scenario without a lab.
hosts() {
	printf 'hosts: {tester: {via: %s, nic: lo}, dut: {via: local, nic: none0}}\n' "$1" \
		>"$work/hosts.yaml"
	timeout 20 "$PORTGAUGE" run "$work/hosts.yaml" -o "$work/hosts/a" >"$work/hosts.out" \
		2>"$work/hosts.err"
}
check "a namespace that is not there is refused" code 1 hosts netns:"$lab-none"
check "the line names it" has "$work/hosts.err" "tester: no network namespace '$lab-none': ip netns list"
check "nothing is there to restore" test -z "$(grep restore "$work/hosts.err")"
check "an interface that is not there is refused" code 1 hosts local
check "the line names it" has "$work/hosts.err" "none0"
check "neither leaves a folder" test ! -e "$work/hosts"

touch "$work/file"
check "a folder that cannot be made is refused" code 1 run file
check "the line says which and why" has "$work/file.err" "make folder '$work/file': Not a directory"
check "nothing is left" nothing_left "$lab"

check "an invalid scenario is exit code 2 and leaves no folder" \
	code 2 run fourth --set load.frame=20
check "no folder was made" test ! -e "$work/fourth"

dry_run() {
	"$PORTGAUGE" run scenarios/smoke.yaml --dry-run --set lab.name="$lab" --set measure=rate \
		--set dut.plane=xdp >"$work/dry.sh" && sh -n "$work/dry.sh"
}

by_hand() {
	timeout 60 sh "$work/dry.sh" >"$work/dry.out" 2>"$work/dry.err" && python3 - "$work/dry.out" <<'PYTHON'
import json, sys
records = [json.loads(line) for line in open(sys.argv[1])]
gen = [r for r in records if r["record"] == "gen"]
sink = [r for r in records if r["record"] == "sink"]
sys.exit(not (len(gen) == len(sink) == 1 and gen[0]["sent"] == sink[0]["received"] == 500))
PYTHON
}

check "a dry run is a valid shell script" dry_run
check "it says what latency_ns is at maximum load" has "$work/dry.sh" "At maximum load latency_ns"
check "run by hand it measures the same" by_hand
check "nothing is left" nothing_left "$lab"
finish
