#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The lab comes up as it says, proves where the DUT receives, and leaves nothing, however it ends.
set -uo pipefail
PORTGAUGE=${PORTGAUGE:-build/portgauge}

[ "$(id -u)" -eq 0 ] || { echo "needs root"; exit 77; }
for tool in ip python3 setpriv; do
	command -v "$tool" >/dev/null || { echo "needs $tool"; exit 77; }
done

a=labt$$a b=labt$$b number=0
work=$(mktemp -d)
export PORTGAUGE_RUN_DIR=$work/journals
children=()

clean() {
	[ ${#children[@]} -eq 0 ] || kill -9 "${children[@]}" 2>/dev/null
	for name in "$a" "$b"; do
		for end in tester dut; do ip netns del "$name-$end" 2>/dev/null; done
	done
	rm -rf "$work"
}
trap clean EXIT

# check NAME COMMAND...: one case, passed if the command succeeds.
check() {
	number=$((number + 1))
	if "${@:2}"; then echo "ok $number - $1"; else echo "not ok $number - $1"; fi
}

# skip NAME REASON
skip() {
	number=$((number + 1))
	echo "ok $number - $1 # SKIP $2"
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
print(json.dumps(value) if isinstance(value, bool) else value)' "$1" "$2"
}

# up NAME OPTION...: a lab in the background, ready; its pid in $pid, its record in $work/NAME.
up() {
	: >"$work/$1"
	"$PORTGAUGE" lab --hold 60s --name "$@" >"$work/$1" 2>"$work/$1.err" &
	pid=$!
	children+=("$pid")
	for _ in $(seq 100); do
		[ -s "$work/$1" ] && return
		[ -d "/proc/$pid" ] || break
		sleep 0.1
	done
	sed 's/^/# /' "$work/$1.err"
	return 1
}

# ended PID CODE SIGNAL
ended() {
	local code pid_left rest=()

	kill "-$3" "$1" 2>/dev/null
	wait "$1" 2>/dev/null
	code=$?
	for pid_left in "${children[@]}"; do [ "$pid_left" = "$1" ] || rest+=("$pid_left"); done
	children=("${rest[@]}")
	is "$code" "$2"
}

# left NAME: what there still is of a lab, and of the journals.
left() {
	ip netns list | grep -E "^$1-"
	ls "$PORTGAUGE_RUN_DIR" 2>/dev/null
}

nothing_left() {
	is "$(left "$1")" ""
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
check "SIGTERM ends the second" ended "$second" 0 TERM
check "the first one is not its affair" reaches tester 198.18.0.2
check "SIGINT ends the first" ended "$first" 0 INT
check "nothing is left of the first" nothing_left "$a"
check "nothing is left of the second" nothing_left "$b"

# --- other ends -------------------------------------------------------------------------------
timeout 20 "$PORTGAUGE" lab --name "$a" </dev/null >"$work/out" 2>"$work/err"
check "end of standard input: exit code" is $? 0
check "end of standard input: nothing is left" nothing_left "$a"

up "$a"
ended "$pid" 137 KILL
check "kill -9 leaves the lab to restore" test -e "/run/netns/$a-dut"
"$PORTGAUGE" restore >"$work/out" 2>"$work/err"
check "restore: exit code" is $? 0
check "restore: tells what" has "$work/out" "\"what\":\"lab $a\",\"undone\":true"
check "restore: nothing is left" nothing_left "$a"
check "restore again: nothing to do" is "$("$PORTGAUGE" restore)" '{"record":"restore","leases":[]}'

# A killed lab, cleaned up by hand and made anew: its journal must leave the new one alone.
up "$a"
ended "$pid" 137 KILL
ip netns del "$a-tester"
ip netns del "$a-dut"
up "$a"
"$PORTGAUGE" restore >"$work/out" 2>"$work/err"
check "a stale journal leaves a later lab of the name alone" reaches tester 198.18.0.2
ended "$pid" 0 TERM
check "and that one ends as ever" nothing_left "$a"

# --- hold -------------------------------------------------------------------------------------
printf '["lab","--name","%s"]\n["lab","--name","%s"]\n["pop"]\n' "$a" "$a" |
	timeout 20 "$PORTGAUGE" hold >"$work/out" 2>"$work/err"
check "hold: exit code" is $? 0
check "hold: ready, fault, popped" is "$(grep -o '"record":"[a-z]*"' "$work/out" | xargs)" \
	"record:ready record:fault record:popped"
check "hold: nothing is left" nothing_left "$a"

# --- refusals ---------------------------------------------------------------------------------
# refused NAME CODE TEXT COMMAND...
refused() {
	timeout 20 "${@:4}" </dev/null >"$work/out" 2>"$work/err"
	check "$1: exit code $2" is $? "$2"
	check "$1: one line that says why" has "$work/err" "$3"
	check "$1: one line only" is "$(wc -l <"$work/err")" 1
}
refused "channels 0" 2 "allowed are 1 to 64" "$PORTGAUGE" lab --name "$a" --channels 0
refused "name with a slash" 2 "a name has no '/'" "$PORTGAUGE" lab --name a/b
refused "unknown option" 2 "--chanels" "$PORTGAUGE" lab --chanels 2
cp "$PORTGAUGE" "$work/portgauge" && chmod 755 "$work" "$work/portgauge"
refused "not root" 77 "CAP_SYS_ADMIN" setpriv --reuid 65534 --regid 65534 --clear-groups \
	"$work/portgauge" lab --name "$a"
check "refusals leave nothing" nothing_left "$a"
