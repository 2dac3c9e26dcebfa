#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Connections are opened once, and answered where the plane tracks that, before trials run.
# shellcheck source-path=SCRIPTDIR source=kit
. "$(dirname "$0")/kit"
needs root

tester=$name-tester dut=$name-dut

# up ARGUMENT...: a plane in the background, ready; its pid in $pid.
up() {
	hold "$work/held" ip netns exec "$dut" "$PORTGAUGE" dut "$@" --hold 60s
}

prefill() {
	timeout 60 ip netns exec "$tester" "$PORTGAUGE" prefill "$@" >"$work/out" 2>"$work/err"
}

# filled PLANE FLOWS ANSWERED: what the record says.
filled() {
	has "$work/out" "{\"record\":\"prefill\",\"plane\":\"$1\",\"flows\":$2,\"opened\":$2,\"answered\":$3,"
}

# The service's connections; those without an answer.
nr_connections() { ip netns exec "$dut" grep -c 'dport=304' /proc/net/nf_conntrack; }
nr_unreplied() { ip netns exec "$dut" grep -c 'dport=304.*UNREPLIED' /proc/net/nf_conntrack; }

program() { ip -n "$tester" -d link show pg0 | grep -c prog/xdp; }

hold "$work/lab" "$PORTGAUGE" lab --name "$name" --channels 2 --hold 300s >/dev/null ||
	skip_all "cannot build a lab here: $(cat "$work/lab.err")"
service=(--services 3 --backends 2)

# --- each plane ---------------------------------------------------------------------------------

up nftables "${service[@]}" --flows 1024
check "nftables" prefill --plane nftables "${service[@]}" --flows 1024
check "nftables: every connection is opened and answered" filled nftables 1024 1024
if [ -r /proc/net/nf_conntrack ]; then
	check "nftables: so many connections are tracked" is "$(nr_connections)" 1024
	check "nftables: none of them is without an answer" is "$(nr_unreplied)" 0
else
	skip "nftables: connections as the kernel lists them" "no /proc/net/nf_conntrack"
fi
check "nftables: again" prefill --plane nftables "${service[@]}" --flows 1024
check "nftables: opens no more" is \
	"$(ip netns exec "$dut" cat /proc/sys/net/netfilter/nf_conntrack_count)" 1024
check "leaves no program at the tester" is "$(program)" 0
release

up xdp "${service[@]}" --flows 1024
check "xdp" prefill --plane xdp "${service[@]}" --flows 1024
check "xdp: every connection is opened, none answered" filled xdp 1024 0
release
check "xdp: counts them as new" has "$work/held" '"forwarded":1024,"dropped":0'
check "xdp: and each once" has "$work/held" '"new_flows":1024,"no_port":0'

for plane in nftables xdp; do
	up "$plane" --flows 32768
	check "$plane: 32768 connections" prefill --plane "$plane" --flows 32768
	check "$plane: all of them are opened" \
		has "$work/out" '"flows":32768,"opened":32768,'
	release
done

check "wire has nothing to open" prefill --plane wire --flows 1024
check "and says so" has "$work/out" '"plane":"wire","flows":1024,"opened":0,"answered":0'

# --- what it finds ------------------------------------------------------------------------------

for plane in nftables xdp; do
	prefill --plane $plane "${service[@]}"
	check "$plane: fails without the plane" is $? 1
	check "$plane: the fault says how many are missing" \
		has "$work/err" "$plane: of 1024 connections 0 were opened and 0 answered"
done
check "in one line" is "$(wc -l <"$work/err")" 1

# Connections are opened, but nobody translates an answer back.
up xdp "${service[@]}"
prefill --plane nftables "${service[@]}" --flows 100
check "no answer comes back from another plane" is $? 1
check "and the fault counts" grep -qE 'of 100 connections [1-9][0-9]* were opened and 0 answered' \
	"$work/err"
release

up wire
prefill --plane xdp
check "a wrong translation is found" is $? 1
check "and said" has "$work/err" "goes to none of the"
release

hold "$work/sink" ip netns exec "$tester" "$PORTGAUGE" sink --hold 20s
prefill --plane xdp
check "refuses an interface with a program" has "$work/err" "has the XDP program 'sink_xdp'"
release

# --- in a run -----------------------------------------------------------------------------------

# run FOLDER ARGUMENT...: in the run's own lab.
run() {
	timeout -k 40 120 "$PORTGAUGE" run scenarios/smoke.yaml --set lab.name="$name-r" --no-report \
		-o "$work/$1" "${@:2}" >"$work/run.out" 2>"$work/run.err"
}

# trusted FOLDER COUNT: so many trials, all of them.
trusted() {
	is "$(grep -c '"trusted":true' "$work/$1/trials.jsonl")" "$2" &&
		lacks "$work/$1/trials.jsonl" '"trusted":false'
}

# new_flows FOLDER: of all trials together.
new_flows() {
	grep -o '"new_flows":[0-9]*' "$work/$1/trials.jsonl" | awk -F: '{ sum += $2 } END { print sum }'
}

check "smoke runs" run filled --set measure=rate
check "smoke stays trusted" trusted filled 2
check "its trials open no connection" is "$(new_flows filled)" 0
check "smoke runs without" run fresh --set measure=rate --set load.prefill=false
check "and stays trusted" trusted fresh 2

# steps ARGUMENT...: how many points prefill, when run by hand.
steps() {
	"$PORTGAUGE" run scenarios/smoke.yaml --set sweep.dut.plane=wire,xdp,nftables --dry-run "$@" |
		grep -cE '/portgauge prefill --'
}

check "a dry run has it, but for wire" is "$(steps)" 2
check "a dry run without has none" is "$(steps --set load.prefill=false)" 0
finish
