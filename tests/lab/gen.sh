#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The AF_XDP generator on a veth pair of its own: what it says it sent is what is on the wire.
# shellcheck source-path=SCRIPTDIR source=kit
. "$(dirname "$0")/kit"
needs root ethtool tcpdump

tester=$name-a receiver=$name-b
queues=2
[ "$(nproc)" -gt 2 ] && queues=$(nproc)
[ "$queues" -gt 16 ] && queues=16

gen() {
	on "$tester" "$PORTGAUGE" gen "$@" </dev/null
}

# told NAME: a number of the last record of the output.
told() {
	tail -n 1 "$work/out" | grep -oE "\"$1\":[0-9.]+" | head -n 1 | cut -d: -f2
}

# The receiver answers no ARP while it counts.
build_pair() {
	pair "$tester" "$receiver" pg0 "$queues"
	on "$tester" ethtool -K pg0 tso off >/dev/null
	on "$receiver" ethtool -K pg0 gro on tso off >/dev/null
	ip -n "$tester" neighbour replace 198.18.0.2 dev pg0 nud permanent \
		lladdr "$(on "$receiver" cat /sys/class/net/pg0/address)"
}

# capture ARGUMENT...: runs gen with a capture at the receiver; text of it in $work/text.
capture() {
	local pid

	: >"$work/tcpdump"
	ip netns exec "$receiver" tcpdump -i pg0 -p -n -s 0 -B 16384 --immediate-mode -w "$work/pcap" \
		udp 2>"$work/tcpdump" &
	pid=$!
	until_has "$work/tcpdump" listening
	gen --json "$@" >"$work/out" 2>"$work/err"
	status=$?
	sleep 0.5
	kill -INT "$pid"
	wait "$pid"
	tcpdump -r "$work/pcap" -n -vv 2>/dev/null >"$work/text"
}

# Every packet of two seconds at 1000 pps arrives, with checksums that hold.
check_capture() {
	local frame=$1

	capture --frame "$frame" --rate 1000 --duration 2s --flows 64 --services 2
	check "$frame bytes: gen ends well" is "$status" 0
	check "$frame bytes: sent" is "$(told sent)" 2000
	check "$frame bytes: unsent" is "$(told unsent)" 0
	check "$frame bytes: arrived with a valid UDP checksum" is "$(grep -c 'udp sum ok' "$work/text")" 2000
	check "$frame bytes: no checksum is bad" is "$(grep -c 'bad.*cksum' "$work/text")" 0
	check "$frame bytes: length of every packet" is \
		"$(grep -c "UDP (17), length $((frame - 18)))" "$work/text")" 2000
	check "$frame bytes: client tuples" is \
		"$(grep -oE '198\.19\.[0-9.]+ >' "$work/text" | sort -u | wc -l)" 64
	check "$frame bytes: NodePorts take turns" is \
		"$(grep -c '198.18.0.2.30401:' "$work/text") $(grep -c '198.18.0.2.30402:' "$work/text")" "1000 1000"
}

# refused NAME CODE TEXT ARGUMENT...
refused() {
	gen "${@:4}" >"$work/out" 2>"$work/err"
	check "$1: exit code" is $? "$2"
	check "$1: says so" has "$work/err" "$3"
}

counted() {
	ip -n "$tester" -s link show pg0 | awk '/TX:/ { getline; print $2 + $4 }'
}

check_overload() {
	local before

	before=$(counted)
	gen --duration 300ms >"$work/out" 2>"$work/err"
	check "rate max: sent is what the interface counted" \
		is "$(told sent)" "$(($(counted) - before))"
	check "rate max: offered = sent + unsent" \
		is "$(($(told sent) + $(told unsent)))" "$(told offered)"
	check "rate max: the mode obtained is copy" has "$work/out" '"mode":"copy"'
}

# told_part: of 20 seconds some are told.
told_part() {
	[ "$(told sent)" -gt 200 ] && [ "$(told sent)" -lt 10000 ] && return
	cat "$work/out"
	return 1
}

check_stopping() {
	local pid

	# `ip netns exec` becomes the command, so this is the generator's own process id.
	ip netns exec "$tester" "$PORTGAUGE" gen --duration 20s --rate 1000 --live </dev/null \
		>"$work/out" 2>"$work/err" &
	pid=$!
	sleep 1
	kill -TERM "$pid"
	wait "$pid"
	check "SIGTERM: exit code" is $? 3
	check "SIGTERM: there were live records" \
		[ "$(grep -c '"record":"live"' "$work/out")" -ge 2 ]
	check "SIGTERM: the last record tells what was sent" told_part

	sleep 0.7 | timeout 10 ip netns exec "$tester" "$PORTGAUGE" gen --duration 20s --rate 1000 \
		>"$work/out" 2>"$work/err"
	check "end of a piped stdin: exit code" is "${PIPESTATUS[1]}" 3
	check "end of a piped stdin: what was sent is told" told_part
}

check_link_down() {
	(
		sleep 0.6
		ip -n "$tester" link set pg0 down
	) &
	gen --duration 10s --rate 1000 >"$work/out" 2>"$work/err"
	check "interface goes down: exit code" is $? 1
	check "interface goes down: says how far it came" \
		grep -E 'after [0-9]+ packets: Network is down' "$work/err"
	wait
}

build_pair
check_capture 64
check_capture 1518
refused "frame above the MTU" 2 "MTU of at least 1501" --frame 1519 --rate 1000
refused "more queues than channels" 2 "TX channels" --queues $((queues + 1))
refused "no such interface" 1 "pg9" --nic pg9
if [ "$(nproc)" -ge 2 ] && [ "$(nproc)" -le "$queues" ]; then
	refused "a thread on every core" 2 "fewer than" --queues "$queues" --threads "$(nproc)"
fi
ip -n "$tester" link set pg0 mtu 3484
ip -n "$receiver" link set pg0 mtu 3484
check_capture 3502
check_overload
check_stopping
check_link_down
finish
