#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The AF_XDP generator on a veth pair of its own: what it says it sent is what is on the wire.
set -u

portgauge=$(realpath "${PORTGAUGE:-build/portgauge}")
tester=pgtest-gen-a-$$ receiver=pgtest-gen-b-$$
work=$(mktemp -d)
queues=2
[ "$(nproc)" -gt 2 ] && queues=$(nproc)
[ "$queues" -gt 16 ] && queues=16
number=0

clean_up() {
	local pid

	for pid in $(jobs -p); do kill "$pid" 2>/dev/null; done
	wait
	ip netns del "$tester" 2>/dev/null
	ip netns del "$receiver" 2>/dev/null
	rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' INT TERM

# report NAME STATUS [NOTE...]: one case.
report() {
	local name=$1 status=$2
	shift 2

	number=$((number + 1))
	if [ "$status" -eq 0 ]; then
		echo "ok $number - $name"
	else
		echo "not ok $number - $name"
		[ $# -eq 0 ] || printf '# %s\n' "$*"
	fi
}

# equal NAME WANTED GOT
equal() {
	[ "$2" = "$3" ]
	report "$1" $? "wanted '$2', got '$3'"
}

skip_all() {
	echo "ok 1 - gen # SKIP $1"
	exit 0
}

gen() {
	timeout 30 ip netns exec "$tester" "$portgauge" gen "$@" </dev/null
}

# member NAME: a number of the last record of the output.
member() {
	tail -n 1 "$work/out" | grep -oE "\"$1\":[0-9.]+" | head -n 1 | cut -d: -f2
}

build_pair() {
	local mac

	ip netns add "$tester" && ip netns add "$receiver" || return 1
	# No neighbour or router solicitation may disturb the counting.
	ip netns exec "$tester" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 \
		net.ipv6.conf.default.disable_ipv6=1
	ip netns exec "$receiver" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 \
		net.ipv6.conf.default.disable_ipv6=1
	ip link add pg0 netns "$tester" numtxqueues "$queues" numrxqueues "$queues" type veth \
		peer name pg0 netns "$receiver" numtxqueues "$queues" numrxqueues "$queues" || return 1
	ip netns exec "$tester" ethtool -K pg0 tso off >/dev/null
	ip netns exec "$receiver" ethtool -K pg0 gro on tso off >/dev/null
	ip -n "$tester" address add 198.18.0.1/24 dev pg0
	ip -n "$receiver" address add 198.18.0.2/24 dev pg0
	ip -n "$tester" link set pg0 up
	ip -n "$receiver" link set pg0 up
	mac=$(ip -n "$receiver" link show pg0 | awk '/link\/ether/ { print $2 }')
	ip -n "$tester" neighbour replace 198.18.0.2 lladdr "$mac" dev pg0 nud permanent
}

# capture ARGUMENT...: runs gen with a capture at the receiver; text of it in $work/text.
capture() {
	local pid i

	: >"$work/tcpdump"
	ip netns exec "$receiver" tcpdump -i pg0 -p -n -s 0 -B 16384 --immediate-mode -w "$work/pcap" \
		udp 2>"$work/tcpdump" &
	pid=$!
	for ((i = 0; i < 100; i++)); do
		grep -q listening "$work/tcpdump" && break
		sleep 0.05
	done
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
	equal "$frame bytes: gen ends well" 0 "$status"
	equal "$frame bytes: sent" 2000 "$(member sent)"
	equal "$frame bytes: unsent" 0 "$(member unsent)"
	equal "$frame bytes: arrived with a valid UDP checksum" 2000 "$(grep -c 'udp sum ok' "$work/text")"
	equal "$frame bytes: no checksum is bad" 0 "$(grep -c 'bad.*cksum' "$work/text")"
	equal "$frame bytes: length of every packet" 2000 \
		"$(grep -c "UDP (17), length $((frame - 18)))" "$work/text")"
	equal "$frame bytes: client tuples" 64 \
		"$(grep -oE '198\.19\.[0-9.]+ >' "$work/text" | sort -u | wc -l)"
	equal "$frame bytes: NodePorts take turns" "1000 1000" \
		"$(grep -c '198.18.0.2.30401:' "$work/text") $(grep -c '198.18.0.2.30402:' "$work/text")"
}

# refused NAME CODE WORD ARGUMENT...
refused() {
	local name=$1 code=$2 word=$3
	shift 3

	gen "$@" >"$work/out" 2>"$work/err"
	equal "$name: exit code" "$code" $?
	grep -q -- "$word" "$work/err"
	report "$name: says so" $? "$(cat "$work/err")"
}

counted() {
	ip -n "$tester" -s link show pg0 | awk '/TX:/ { getline; print $2 + $4 }'
}

check_overload() {
	local before

	before=$(counted)
	gen --duration 300ms >"$work/out" 2>"$work/err"
	equal "rate max: sent is what the interface counted" "$(($(counted) - before))" "$(member sent)"
	equal "rate max: offered = sent + unsent" "$(member offered)" \
		"$(($(member sent) + $(member unsent)))"
	grep -q '"mode":"copy"' "$work/out"
	report "rate max: the mode obtained is copy" $? "$(cat "$work/out")"
}

check_stopping() {
	local pid

	# `ip netns exec` becomes the command, so this is the generator's own process id.
	ip netns exec "$tester" "$portgauge" gen --duration 20s --rate 1000 --live </dev/null \
		>"$work/out" 2>"$work/err" &
	pid=$!
	sleep 1
	kill -TERM "$pid"
	wait "$pid"
	equal "SIGTERM: exit code" 3 $?
	[ "$(grep -c '"record":"live"' "$work/out")" -ge 2 ]
	report "SIGTERM: there were live records" $? "$(cat "$work/out")"
	[ "$(member sent)" -gt 200 ] && [ "$(member sent)" -lt 10000 ]
	report "SIGTERM: the last record tells what was sent" $? "$(tail -n 1 "$work/out")"

	sleep 0.7 | timeout 10 ip netns exec "$tester" "$portgauge" gen --duration 20s --rate 1000 \
		>"$work/out" 2>"$work/err"
	equal "end of a piped stdin: exit code" 3 "${PIPESTATUS[1]}"
	[ "$(member sent)" -gt 200 ] && [ "$(member sent)" -lt 10000 ]
	report "end of a piped stdin: what was sent is told" $? "$(cat "$work/out")"
}

check_link_down() {
	(
		sleep 0.6
		ip -n "$tester" link set pg0 down
	) &
	gen --duration 10s --rate 1000 >"$work/out" 2>"$work/err"
	equal "interface goes down: exit code" 1 $?
	grep -qE 'after [0-9]+ packets: Network is down' "$work/err"
	report "interface goes down: says how far it came" $? "$(cat "$work/err")"
	wait
}

[ "$(id -u)" -eq 0 ] || skip_all "needs root"
build_pair || skip_all "no network namespaces or veth here"

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
echo "1..$number"
