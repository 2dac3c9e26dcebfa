#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# MTU and channels are set, told, and put back, however the lease ends; snap, pin and env of the
# same interface.
# shellcheck source-path=SCRIPTDIR source=kit
. "$(dirname "$0")/kit"
needs root ip python3

near=$name-near far=$name-far
pair "$near" "$far" pg0 4

near() { on "$near" "$@"; }

# MTU, RX and TX queues as the kernel tells, not the tool.
settings() {
	near sh -c 'cat /sys/class/net/pg0/mtu; ls /sys/class/net/pg0/queues | grep -c rx
		ls /sys/class/net/pg0/queues | grep -c tx' | xargs
}

# held OPTION...: nic in the background, ready; its pid in $pid, its record in $work/ready.
held() {
	hold "$work/ready" ip netns exec "$near" "$PORTGAUGE" nic --nic pg0 --hold 60s "$@"
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

near "$PORTGAUGE" nic --nic pg0 </dev/null >"$work/ready"
check "nothing asked for: exit code" is $? 0
check "nothing asked for: nothing changed" is "$(member "$work/ready" now.mtu)" 1500

near "$PORTGAUGE" nic --nic pg0 --mtu 1400 </dev/null >"$work/ready"
check "end of standard input: put back" is "$(settings)" "1500 4 4"

printf '["nic","--nic","pg0","--mtu","2000"]\n["nic","--nic","pg0","--mtu","3000"]\n["pop"]\n["snap"]\n' |
	near "$PORTGAUGE" hold >"$work/out" 2>"$work/err"
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
hold "$work/ready" ip netns exec "$near" "$PORTGAUGE" nic --nic pg1 --mtu 1400 --hold 60s
ip -n "$near" link del pg1
check "an interface that went away is undone" ended 0 TERM
check "and leaves no journal" is "$(ls "$PORTGAUGE_RUN_DIR")" ""

# --- the other end has an XDP program: channels wait for it ------------------------------------
# Two more leases: the far end's own channels, and a program on it.
hold "$work/far" ip netns exec "$far" "$PORTGAUGE" nic --nic pg0 --channels 1 --hold 60s
far_nic=$pid
held --channels 1
near_nic=$pid
hold "$work/sink" ip netns exec "$far" "$PORTGAUGE" sink --nic pg0 --cookie 1 --hold 60s
check "one channel at both ends, XDP at the far one" has "$work/sink" ready
kill -TERM "$near_nic"
for _ in $(seq 10); do [ "$(settings)" = "1500 4 1" ] && break; sleep 0.05; done
check "raising them is refused while XDP is there" is "$(settings)" "1500 4 1"
release
check "and done as soon as it is gone" ended 0 TERM "$near_nic"
check "all as it was" is "$(settings)" "1500 4 4"
check "at the far end too" ended 0 TERM "$far_nic"

# --- refusals ---------------------------------------------------------------------------------
# refused NAME CODE TEXT ARGUMENT...
refused() {
	check_refusal "$1" "$2" "$3" ip netns exec "$near" "$PORTGAUGE" "${@:4}"
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
finish
