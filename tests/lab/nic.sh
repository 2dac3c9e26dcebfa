#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# MTU and channels are set, told, and put back, however the lease ends; snap, pin and env of the
# same interface.
set -uo pipefail
PORTGAUGE=${PORTGAUGE:-build/portgauge}

[ "$(id -u)" -eq 0 ] || { echo "needs root"; exit 77; }
for tool in ip python3; do
	command -v "$tool" >/dev/null || { echo "needs $tool"; exit 77; }
done

name=nict$$ number=0
near=$name-near far=$name-far
work=$(mktemp -d)
export PORTGAUGE_RUN_DIR=$work/journals
pid='' far_nic='' far_sink=''

clean() {
	for child in $pid $far_nic $far_sink; do kill -9 "$child" 2>/dev/null; done
	ip netns del "$near" 2>/dev/null
	ip netns del "$far" 2>/dev/null
	rm -rf "$work"
}
trap clean EXIT

# IPv6 sends of its own accord, and would be counted.
quiet() {
	ip netns exec "$1" sh -c 'echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6' 2>/dev/null || :
}
{ ip netns add "$near" && ip netns add "$far" &&
	ip link add pg0 netns "$near" numrxqueues 4 numtxqueues 4 type veth \
		peer name pg0 netns "$far" numrxqueues 4 numtxqueues 4 &&
	quiet "$near" && quiet "$far" &&
	ip -n "$near" link set pg0 up && ip -n "$far" link set pg0 up; } ||
	{ echo "cannot make namespaces and veth here"; exit 77; }

# check NAME COMMAND...: one case, passed if the command succeeds.
check() {
	number=$((number + 1))
	if "${@:2}"; then echo "ok $number - $1"; else echo "not ok $number - $1"; fi
}

is() {
	[ "$1" = "$2" ] && return
	echo "# '$1' is not '$2'"
	return 1
}

has() {
	grep -qF -- "$2" "$1" && return
	echo "# no '$2' in:"
	sed 's/^/#   /' "$1"
	return 1
}

# member FILE PATH: a member of the JSON record in a file.
member() {
	python3 -c 'import json, sys
value = json.load(open(sys.argv[1]))
for word in sys.argv[2].split("."):
    value = value[word]
print(json.dumps(value) if isinstance(value, (bool, list)) else value)' "$1" "$2"
}

near() { ip netns exec "$near" "$@"; }

# MTU, RX and TX queues as the kernel tells, not the tool.
settings() {
	near sh -c 'cat /sys/class/net/pg0/mtu; ls /sys/class/net/pg0/queues | grep -c rx
		ls /sys/class/net/pg0/queues | grep -c tx' | xargs
}

# held OPTION...: nic in the background, ready; its pid in $pid, its record in $work/ready.
held() {
	: >"$work/ready"
	ip netns exec "$near" "$PORTGAUGE" nic --nic pg0 --hold 60s "$@" >"$work/ready" 2>"$work/err" &
	pid=$!
	for _ in $(seq 100); do
		[ -s "$work/ready" ] && return
		[ -d "/proc/$pid" ] || break
		sleep 0.1
	done
	sed 's/^/# /' "$work/err"
	return 1
}

# ended CODE SIGNAL
ended() {
	local code

	kill "-$2" "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	code=$?
	pid=
	is "$code" "$1"
}

# --- set and restore --------------------------------------------------------------------------
check "MTU and channels" held --mtu 3498 --channels 2
check "the kernel did it" is "$(settings)" "3498 2 2"
check "ready: what was" is "$(member "$work/ready" before.mtu) $(member "$work/ready" before.rx_channels)" \
	"1500 4"
check "ready: what is" is \
	"$(member "$work/ready" now.mtu) $(member "$work/ready" now.rx_channels) $(member "$work/ready" now.tx_channels)" \
	"3498 2 2"
check "ready: driver" is "$(member "$work/ready" driver)" veth
check "SIGTERM: exit code" ended 0 TERM
check "SIGTERM: put back" is "$(settings)" "1500 4 4"

near timeout 20 "$PORTGAUGE" nic --nic pg0 </dev/null >"$work/ready"
check "nothing asked for: exit code" is $? 0
check "nothing asked for: nothing changed" is "$(member "$work/ready" now.mtu)" 1500

near timeout 20 "$PORTGAUGE" nic --nic pg0 --mtu 1400 </dev/null >"$work/ready"
check "end of standard input: put back" is "$(settings)" "1500 4 4"

printf '["nic","--nic","pg0","--mtu","2000"]\n["nic","--nic","pg0","--mtu","3000"]\n["pop"]\n["snap"]\n' |
	near timeout 20 "$PORTGAUGE" hold >"$work/out" 2>"$work/err"
check "stacked leases: exit code" is $? 0
check "stacked leases: put back in order" is "$(settings)" "1500 4 4"
check "stacked leases: four answers" is "$(wc -l <"$work/out")" 4

# --- killed -----------------------------------------------------------------------------------
check "held again" held --mtu 1300 --channels 1
check "kill -9" ended 137 KILL
check "kill -9 leaves the change" is "$(settings)" "1300 1 1"
# From elsewhere: the journal knows the namespace.
"$PORTGAUGE" restore >"$work/out" 2>"$work/err"
check "restore: exit code" is $? 0
check "restore: put back" is "$(settings)" "1500 4 4"
check "restore: tells what" has "$work/out" '"what":"nic","undone":true'
check "restore: no journal is left" is "$(ls "$PORTGAUGE_RUN_DIR")" ""

# The interface is deleted while its settings are held: nothing is left to undo.
ip -n "$near" link add pg1 type veth peer name pg2
ip netns exec "$near" "$PORTGAUGE" nic --nic pg1 --mtu 1400 --hold 60s >"$work/ready" 2>"$work/err" &
pid=$!
for _ in $(seq 100); do [ -s "$work/ready" ] && break; sleep 0.1; done
ip -n "$near" link del pg1
check "an interface that went away is undone" ended 0 TERM
check "and leaves no journal" is "$(ls "$PORTGAUGE_RUN_DIR")" ""

# --- the other end has an XDP program: channels wait for it ------------------------------------
# Two more leases: the far end's own channels, and a program on it.
ip netns exec "$far" "$PORTGAUGE" nic --nic pg0 --channels 1 --hold 60s >"$work/far" 2>&1 &
far_nic=$!
held --channels 1
for _ in $(seq 100); do [ -s "$work/far" ] && break; sleep 0.1; done
ip netns exec "$far" "$PORTGAUGE" sink --nic pg0 --cookie 1 --hold 60s >"$work/sink" 2>&1 &
far_sink=$!
for _ in $(seq 100); do [ -s "$work/sink" ] && break; sleep 0.1; done
check "one channel at both ends, XDP at the far one" has "$work/sink" ready
kill -TERM "$pid"
for _ in $(seq 10); do [ "$(settings)" = "1500 4 1" ] && break; sleep 0.05; done
check "raising them is refused while XDP is there" is "$(settings)" "1500 4 1"
kill -TERM "$far_sink"
wait "$far_sink"
check "and done as soon as it is gone" ended 0 TERM
check "all as it was" is "$(settings)" "1500 4 4"
kill -TERM "$far_nic"
wait "$far_nic"
check "at the far end too" is $? 0
far_nic='' far_sink=''

# --- refusals ---------------------------------------------------------------------------------
# refused NAME CODE TEXT COMMAND...
refused() {
	near timeout 20 "$PORTGAUGE" "${@:4}" </dev/null >"$work/out" 2>"$work/err"
	check "$1: exit code $2" is $? "$2"
	check "$1: says why" has "$work/err" "$3"
	check "$1: one line" is "$(wc -l <"$work/err")" 1
}
refused "too many channels" 2 "allowed are 1 to 4" nic --nic pg0 --channels 8
refused "no such interface" 1 "there is none" nic --nic nosuch0 --mtu 1500
refused "MTU out of range" 2 "allowed are" nic --nic pg0 --mtu 20
refused "snap of no interface" 1 "'nosuch0': there is none" snap --nic nosuch0
refused "pin without CPUs" 2 "--cpus" pin --nic pg0
refused "pin to words" 2 "'one' is no list of CPUs" pin --nic pg0 --cpus one
check "refusals change nothing" is "$(settings)" "1500 4 4"
check "refusals leave no journal" is "$(ls "$PORTGAUGE_RUN_DIR")" ""

# --- pin, snap, env ---------------------------------------------------------------------------
near "$PORTGAUGE" pin --nic pg0 --cpus 0 >"$work/pin"
check "not threaded: said, no error" is "$(member "$work/pin" threaded) $(member "$work/pin" threads)" \
	"false []"
near "$PORTGAUGE" snap --nic pg0 >"$work/before"
near python3 -c 'import socket
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("pg0", 0))
for _ in range(100): s.send(bytes(12) + b"\x88\xb5" + bytes(46))'
near "$PORTGAUGE" snap --nic pg0 >"$work/after"
check "snap counts what was sent" is \
	$(($(member "$work/after" tx_packets) - $(member "$work/before" tx_packets))) 100
near "$PORTGAUGE" env --nic pg0 >"$work/env"
check "env: interface" is "$(member "$work/env" nic.driver) $(member "$work/env" nic.max_rx_channels)" \
	"veth 4"
check "env: namespace" is "$(member "$work/env" net.netns)" "$near"
check "env: kernel" is "$(member "$work/env" kernel.release)" "$(uname -r)"
