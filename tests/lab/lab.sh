#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The lab comes up as it says, proves where the DUT receives, and leaves nothing, however it ends.
# shellcheck source-path=SCRIPTDIR source=kit
. "$(dirname "$0")/kit"
needs root ip python3 setpriv

a=$name-a b=$name-b

# up NAME OPTION...: a lab in the background, ready; its pid in $pid, its record in $work/NAME.
up() {
	hold "$work/$1" "$PORTGAUGE" lab --hold 60s --name "$@"
}

# reaches END ADDRESS: something answers there; a refusal is an answer.
reaches() {
	ip netns exec "$a-$1" python3 -c 'import socket, sys
try:
    socket.create_connection((sys.argv[1], 9), 2)
except ConnectionRefusedError:
    pass' "$2"
}

in_tester() { ip netns exec "$a-tester" "$@"; }
in_dut() { ip netns exec "$a-dut" "$@"; }

no_tso() {
	for end in tester dut; do
		ip netns exec "$a-$end" "$PORTGAUGE" env --nic pg0 >"$work/env" &&
			is "$(member "$work/env" nic.offloads.tx-tcp-segmentation)" false &&
			is "$(member "$work/env" nic.offloads.rx-gro)" true &&
			is "$(member "$work/env" nic.threaded_napi)" true || return
	done
}

# pinned NAMESPACE CPU: all NAPI threads of pg0 may run on that CPU only.
pinned() {
	# `pin` would move them; their pids come from its record, the truth from /proc.
	local pids

	pids=$(ip netns exec "$1" "$PORTGAUGE" pin --nic pg0 --cpus "$2" |
		python3 -c 'import json, sys
for thread in json.load(sys.stdin)["threads"]: print(thread["pid"])')
	[ "$(wc -w <<<"$pids")" -eq 3 ] || return
	for pid_of_thread in $pids; do
		is "$(awk '/^Cpus_allowed_list/ {print $2}' "/proc/$pid_of_thread/status")" "$2" ||
			return
	done
}

no_ipv6() {
	is "$(in_tester ip -6 -o address)" "" && is "$(in_dut ip -6 -o address)" ""
}

# --- up ---------------------------------------------------------------------------------------
check "comes up" up "$a" --channels 3
first=$pid
check "ready record" is "$(member "$work/$a" record)" ready
check "names its namespaces" is "$(member "$work/$a" tester) $(member "$work/$a" dut)" \
	"$a-tester $a-dut"
check "channels as asked" is "$(in_dut ls /sys/class/net/pg0/queues | sort | xargs)" \
	"rx-0 rx-1 rx-2 tx-0 tx-1 tx-2"
check "the DUT received the burst" test "$(member "$work/$a" proof.packets)" -gt 10000
if [ "$(nproc)" -ge 2 ]; then
	check "proof: separate" is "$(member "$work/$a" proof.separate)" true
	check "pin puts the DUT's threads" pinned "$a-dut" 0
	check "pin puts the tester's threads" pinned "$a-tester" "$(member "$work/$a" dut_cpu)"
else
	skip "proof: separate" "one CPU"
fi
in_dut "$PORTGAUGE" pin --nic pg0 --cpus 1000 >"$work/out" 2>"$work/err"
check "pin to a CPU that is none: exit code" is $? 1
check "pin to a CPU that is none: says which" has "$work/err" "on CPU 1000"
check "TSO off, GRO on, threaded NAPI at both ends" no_tso
check "no IPv6 address at either end" no_ipv6
check "the tester reaches the DUT" reaches tester 198.18.0.2
check "the DUT reaches a backend" reaches dut 198.18.1.7
check "the DUT reaches a client" reaches dut 198.19.127.9
check "MAC of the tester" is "$(in_tester cat /sys/class/net/pg0/address)" 02:70:67:00:00:01
check "MAC of the DUT" is "$(in_dut cat /sys/class/net/pg0/address)" 02:70:67:00:00:02
check "forwarding is left to the data plane" is "$(in_dut cat /proc/sys/net/ipv4/ip_forward)" 0

# --- names ------------------------------------------------------------------------------------
before=$(ip netns list | sort | md5sum)
timeout 20 "$PORTGAUGE" lab --name "$a" </dev/null >"$work/out" 2>"$work/err"
check "a second lab of the name: exit code" is $? 1
check "a second lab of the name: one line" is "$(wc -l <"$work/err")" 1
check "a second lab of the name: says which" has "$work/err" "'$a-tester' is there already"
check "a second lab of the name: nothing on stdout" is "$(wc -c <"$work/out")" 0
check "a second lab of the name: nothing touched" is "$(ip netns list | sort | md5sum)" "$before"
check "the first one still works" reaches tester 198.18.0.2
check "another lab beside it" up "$b" --channels 1
second=$pid
check "SIGTERM ends the second" ended 0 TERM "$second"
check "the first one is not its affair" reaches tester 198.18.0.2
check "SIGINT ends the first" ended 0 INT "$first"
check "nothing is left of the first" nothing_left "$a"
check "nothing is left of the second" nothing_left "$b"

# --- other ends -------------------------------------------------------------------------------
timeout 20 "$PORTGAUGE" lab --name "$a" </dev/null >"$work/out" 2>"$work/err"
check "end of standard input: exit code" is $? 0
check "end of standard input: nothing is left" nothing_left "$a"

up "$a"
release KILL
check "kill -9 leaves the lab to restore" test -e "/run/netns/$a-dut"
"$PORTGAUGE" restore >"$work/out" 2>"$work/err"
check "restore: exit code" is $? 0
check "restore: tells what" has "$work/out" "\"what\":\"lab $a\",\"undone\":true"
check "restore: nothing is left" nothing_left "$a"
check "restore again: nothing to do" is "$("$PORTGAUGE" restore)" '{"record":"restore","leases":[]}'

# A killed lab, cleaned up by hand and made anew: its journal must leave the new one alone.
up "$a"
release KILL
ip netns del "$a-tester"
ip netns del "$a-dut"
up "$a"
"$PORTGAUGE" restore >"$work/out" 2>"$work/err"
check "a stale journal leaves a later lab of the name alone" reaches tester 198.18.0.2
release TERM
check "and that one ends as ever" nothing_left "$a"

# --- hold -------------------------------------------------------------------------------------
printf '["lab","--name","%s"]\n["lab","--name","%s"]\n["pop"]\n' "$a" "$a" |
	timeout 20 "$PORTGAUGE" hold >"$work/out" 2>"$work/err"
check "hold: exit code" is $? 0
check "hold: ready, fault, popped" is "$(grep -o '"record":"[a-z]*"' "$work/out" | xargs)" \
	"record:ready record:fault record:popped"
check "hold: nothing is left" nothing_left "$a"

# --- refusals ---------------------------------------------------------------------------------
check_refusal "channels 0" 2 "allowed are 1 to 64" "$PORTGAUGE" lab --name "$a" --channels 0
check_refusal "name with a slash" 2 "a name has no '/'" "$PORTGAUGE" lab --name a/b
check_refusal "unknown option" 2 "--chanels" "$PORTGAUGE" lab --chanels 2
cp "$PORTGAUGE" "$work/portgauge" && chmod 755 "$work" "$work/portgauge"
check_refusal "not root" 77 "CAP_SYS_ADMIN" setpriv --reuid 65534 --regid 65534 --clear-groups \
	"$work/portgauge" lab --name "$a"
check "refusals leave nothing" nothing_left "$a"
finish
