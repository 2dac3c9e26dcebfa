#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Each data plane in a lab: it comes up, forwards right, goes down and leaves nothing.
# shellcheck source-path=SCRIPTDIR source=kit
. "$(dirname "$0")/kit"
needs root

tester=$name-tester dut=$name-dut

# dut_once ARGUMENT...: to its end; what it says goes to files; gives its exit code.
dut_once() {
	on "$dut" "$PORTGAUGE" dut "$@" --hold 10ms >"$work/out" 2>"$work/err"
}

# up ARGUMENT...: a plane in the background, ready; its pid in $pid.
up() {
	hold "$work/held" ip netns exec "$dut" "$PORTGAUGE" dut "$@" --hold 60s
}

prove() {
	on "$tester" "$PORTGAUGE" prove "$@" >"$work/out" 2>"$work/err"
}

has_rules() { on "$dut" nft list table ip kube-proxy >"$work/table"; }

program() { ip -n "$1" -d link show pg0 | grep -oE 'prog/xdp id [0-9]+' | head -n 1; }

# What a plane may change on the DUT, and must put back.
state() {
	on "$dut" nft list ruleset
	program "$dut"
	on "$dut" sysctl -a 2>/dev/null | grep -E '^net\.(ipv4|netfilter)' |
		grep -vE 'nf_conntrack_(count|buckets)|neigh\.default|route\.|\.tcp_|fib_multipath_hash'
	echo "connections: $(on "$dut" cat /proc/sys/net/netfilter/nf_conntrack_count)"
}

# same_state: the DUT is as it was, a moment after a program went.
same_state() {
	sleep 0.2
	state >"$work/state.now"
	diff "$work/state" "$work/state.now"
}

hold "$work/lab" "$PORTGAUGE" lab --name "$name" --channels 2 --hold 300s >/dev/null ||
	skip_all "cannot build a lab here: $(cat "$work/lab.err")"
state >"$work/state"
service=(--services 3 --backends 2 --flows 1024)

# --- up, proof, down ----------------------------------------------------------------------------

# The XDP mode of the DUT's interface, as a record tells it.
mode() {
	case $(ip -n "$dut" -d link show pg0 | grep -oE '\bxdp(generic|offload)? ' | head -n 1) in
	"xdp ") echo '"native"' ;;
	"") echo null ;;
	*) echo '"generic"' ;;
	esac
}

# forwards PLANE: the same for all.
forwards() {
	local plane=$1 mode ready dump

	check "$plane comes up" up "$plane" "${service[@]}"
	check "$plane says that it is ready" has "$work/held" "\"dut\":\"$plane\",\"nic\":\"pg0\""
	mode=$(mode)
	ready=",\"mode\":$mode}"
	[ "$mode" != null ] || ready="}"
	check "$plane says the XDP mode that it has, if any" has "$work/held" "\"nic\":\"pg0\"$ready"
	ip netns exec "$tester" timeout 20 tcpdump -nvvi pg0 -Q in -c 24 udp \
		>"$work/dump" 2>"$work/dump.err" &
	dump=$!
	until_has "$work/dump.err" "listening on"
	check "$plane forwards right" prove --plane "$plane" "${service[@]}" --frame 594
	check "$plane: three sizes of eight flows came out" \
		has "$work/out" "\"plane\":\"$plane\",\"sent\":24,\"received\":24,"
	wait "$dump"
	check "$plane: tcpdump finds the UDP checksums right" \
		is "$(grep -c 'udp sum ok' "$work/dump")" 24
	check "$plane: tcpdump finds no checksum wrong" lacks "$work/dump" "bad"
	check "$plane: a proof can be had again" prove --plane "$plane" "${service[@]}"
	release
	check "$plane tells its counters at the end" \
		has "$work/held" "{\"record\":\"dut\",\"mode\":$mode,\"forwarded\":"
	check "$plane leaves nothing" same_state
}

forwards wire
check "wire sent back all" grep -qE '"forwarded":40,"dropped":0' "$work/held"
check "wire: addresses change places, ports stay" \
	grep -qE '198\.18\.0\.2\.[0-9]+ > 198\.19\.[0-9.]+\.30401:' "$work/dump"

forwards xdp
check "xdp counts" grep -qE '"forwarded":40,"dropped":0,.*"new_flows":8,"no_port":0' "$work/held"
check "xdp translates to the backends" \
	grep -qE '198\.18\.0\.2\.(3[2-9]|[4-6][0-9])[0-9]{3} > 198\.18\.1\.[12]\.8080:' "$work/dump"
check "xdp takes one from the TTL" is "$(grep -c 'ttl 63' "$work/dump")" 24

forwards nftables
check "nftables counts connections" has "$work/held" '"dropped":0,"not_service":0,"new_flows":8,'
check "nftables translates to the backends" \
	grep -qE '198\.18\.0\.2\.[0-9]+ > 198\.18\.1\.[12]\.8080:' "$work/dump"
check "nftables takes one from the TTL" is "$(grep -c 'ttl 63' "$work/dump")" 24

# --- what a proof finds -------------------------------------------------------------------------

prove --plane xdp "${service[@]}"
check "without a plane nothing is proven" is $? 1
check "and the fault says so" has "$work/err" "of 8 frames of 64 bytes, one a flow, 0 came out"
check "in one line" is "$(wc -l <"$work/err")" 1

up wire "${service[@]}"
prove --plane xdp "${service[@]}"
check "another plane's packets prove nothing" is $? 1
check "and the fault says what came" has "$work/err" "goes to none of the 2 backends"
release

up xdp "${service[@]}" --backend-port 8081
prove --plane xdp "${service[@]}"
check "a wrong port is found" has "$work/err" "the backends' port is 8080"
release

hold "$work/held" ip netns exec "$tester" "$PORTGAUGE" sink --hold 20s
prove --plane xdp "${service[@]}"
check "no proof behind a sink" has "$work/err" "has the XDP program 'sink_xdp'"
release

# --- refusals -----------------------------------------------------------------------------------

dut_once ipvs
check "refuses a plane that it does not have" is $? 2
check "and names those it has" has "$work/err" "wire, xdp, nftables"
dut_once
check "refuses no plane" is $? 2
dut_once xdp --flows 32769
check "refuses more flows than ports" is $? 2
check "and says how many fit" has "$work/err" "32768"
dut_once nftables --flows 64513
check "nftables too" is $? 2
dut_once xdp --nic none0
check "refuses an interface that is not there" is $? 1
for plane in wire xdp nftables; do
	dut_once $plane --node-port 65535 --services 2
	check "$plane refuses services beyond the last port" is $? 2
done
dut_once xdp --backend 203.0.113.1
check "refuses backends that no route leads to" is $? 1
check "by address" has "$work/err" "203.0.113.1"

up wire
dut_once xdp
check "refuses an occupied interface" is $? 1
check "by the name of what is on it" has "$work/err" "already has the program 'mirror_xdp'"
check "and leaves it there" prove --plane wire
release

on "$dut" nft add table ip kube-proxy
dut_once nftables
check "refuses a table that exists" is $? 1
check "by its name" has "$work/err" "the table 'ip kube-proxy' exists"
check "and leaves it there" has_rules
on "$dut" nft delete table ip kube-proxy

# shellcheck disable=SC2016 # the inner shell expands it
unshare -m sh -c 'mount -t tmpfs none /usr/sbin && exec nsenter --net="$1" "$2" dut nftables --hold 10ms' \
	- "/run/netns/$dut" "$PORTGAUGE" >"$work/out" 2>"$work/err"
check "cannot run without nft" is $? 77
check "and says so" has "$work/err" "'nft'"
check "refusals changed nothing" same_state

# --- killed -------------------------------------------------------------------------------------

up nftables "${service[@]}"
prove --plane nftables "${service[@]}"
release KILL
check "killed, nftables leaves its rules" has_rules
dut_once nftables
check "a second one hints at restore" has "$work/err" "portgauge restore"
"$PORTGAUGE" restore >"$work/out" 2>"$work/err"
check "which takes them away" is $? 0
up nftables "${service[@]}"
check "connections of the killed run are forgotten" prove --plane nftables "${service[@]}"
release
check "and all is as before" same_state

for plane in wire xdp; do
	up "$plane" "${service[@]}"
	release KILL
	check "killed, $plane leaves nothing" same_state
done

# --- in a holder --------------------------------------------------------------------------------

printf '%s\n' '["dut","xdp","--flows","64"]' '["tell","counters"]' '["tell","more"]' '["pop"]' |
	on "$dut" "$PORTGAUGE" hold >"$work/out" 2>"$work/err"
check "is held" is "$(wc -l <"$work/out")" 4
check "tells counters" has <(sed -n 2p "$work/out") '{"record":"dut","mode":"native","forwarded":0,'
check "knows no other word" has <(sed -n 3p "$work/out") "the word is counters"
check "gives the last counters" has <(sed -n 4p "$work/out") '{"record":"dut",'
check "and is gone" same_state
finish
