#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The sink on one end of a veth pair; bash sends it probes from the other.
# shellcheck source-path=SCRIPTDIR source=kit
. "$(dirname "$0")/kit"
needs root

near=$name-near far=$name-far nic=sink0
pair "$near" "$far" "$nic" 2

near() { on "$near" "$@"; }

# sink ARGUMENT...: runs to its end; what it says goes to files; gives its exit code.
sink() {
	near "$PORTGAUGE" sink --nic "$nic" "$@" >"$work/out" 2>"$work/err"
}

# held ARGUMENT...: a sink in the background, ready; its pid in $pid.
held() {
	hold "$work/held" ip netns exec "$near" "$PORTGAUGE" sink --nic "$nic" --hold 60s "$@"
}

# The mode that an XDP program of the interface is in, empty if there is none.
attached() { ip -n "$near" -d link show "$nic" | grep -oE '\bxdp(generic|offload)? ' | head -n 1; }

# ends_free: within a second no program is left.
ends_free() {
	for _ in $(seq 10); do
		[ -z "$(attached)" ] && return
		sleep 0.1
	done
	return 1
}

# send PORT COOKIE SEQ: a probe of flow 0 that says it left at time 0.
send() {
	local fix=$((0x5047 - $2 - $3)) text

	text=$(printf '\\x%02x' $(($2 & 255)) $(($2 >> 8)) $((fix & 255)) $((fix >> 8)) \
		0 0 0 0 "$3" 0 0 0 0 0 0 0 0 0)
	# shellcheck disable=SC2016
	ip netns exec "$far" bash -c 'printf "$1" >/dev/udp/198.18.0.1/$2' - "$text" "$1"
}

# ask WORD: tells the sink of the coprocess a word; its answer in $work/answer.
ask() {
	[ -z "$1" ] || echo "$1" >&"$to"
	timeout 20 head -n 1 <&"$from" >"$work/answer"
}

# --- counting -----------------------------------------------------------------------------------

coproc asked { exec ip netns exec "$near" "$PORTGAUGE" sink --nic "$nic" --cookie 1 --flows 16 2>"$work/asked.err"; }
asked_pid=$!
from=${asked[0]} to=${asked[1]}
ask ""
check "is ready in native mode with the cookie it was given" \
	has "$work/answer" '"record":"ready","sink":"'$nic'","mode":"native","cookie":1}'
check "is attached natively" is "$(attached)" "xdp "
ask read
check "starts from nothing" has "$work/answer" '{"record":"live","received":0}'
for seq in 0 1 3 2 3; do send 30401 1 $seq; done
send 8080 1 4
send 30401 2 0
ip netns exec "$far" bash -c 'echo hello >/dev/udp/198.18.0.1/30401'
ip -n "$far" neighbour show 198.18.0.1 >"$work/neighbour"
check "passes ARP" has "$work/neighbour" "lladdr"
ask drain
check "counts each probe once" has "$work/answer" '"received":5,"duplicate":1,"reordered":1,'
check "tells another run and garbage apart" has "$work/answer" '"foreign":1,"malformed":1,'
check "counts bytes in memory" has "$work/answer" '"bytes":300,'
check "says that it drained" has "$work/answer" '"drained":true'
queues=$(grep -oE '"queues":\[[0-9,]*\]' "$work/answer" | tr -c '0-9\n' ' ')
check "has a counter for each RX queue" is "$(wc -w <<<"$queues")" 2
# shellcheck disable=SC2086
check "whose sum is what it received" is "$(($(printf '%s+' $queues)0))" 5
ask hist
check "gives the histogram" has "$work/answer" '{"record":"hist","samples":5,'
ask reset
check "takes reset" has "$work/answer" '{"record":"reset"}'
ask read
check "which zeroes" has "$work/answer" '"received":0}'
echo nonsense >&"$to"
send 30401 1 3
ask drain
check "outlives a word it does not know" has "$work/answer" '"received":1,"duplicate":0,'
check "and says which it knows" has "$work/asked.err" "the words are reset, read, hist and drain"
exec {to}>&-
ask ""
check "gives a last record when its input ends" has "$work/answer" '"record":"sink"'
wait "$asked_pid"
check "and ends well" is $? 0
check "with its program gone" is "$(attached)" ""

# --- attaching ----------------------------------------------------------------------------------

check "holds an interface" held --cookie 7
sink --hold 10ms
check "refuses an occupied interface" is $? 1
check "by the name of what is on it" has "$work/err" "already has the program 'sink_xdp'"
sink --hold 10ms --mode generic
check "in the other mode too" is $? 1
check "and leaves it alone" is "$(attached)" "xdp "
release KILL
check "kill -9 leaves no program" ends_free

sink --hold 10ms
check "chooses a cookie when none is given" grep -qE '"cookie":[1-9][0-9]*' "$work/out"

check "takes generic mode when asked" held --mode generic
check "and says so" has "$work/held" '"mode":"generic"'
check "and is attached so" is "$(attached)" "xdpgeneric "
release
check "undoes on SIGTERM" ends_free

ip -n "$far" link set "$nic" mtu 9000
sink --hold 10ms
check "does not fall back to generic mode by itself" is $? 1
check "but gives the driver's words" has "$work/err" "Peer MTU is too large to set XDP"
check "and a way out" has "$work/err" "--mode generic"
check "and leaves no program" is "$(attached)" ""
sink --hold 10ms --mode generic
check "which works" is $? 0
ip -n "$far" link set "$nic" mtu 1500

# --- refusals -----------------------------------------------------------------------------------

near "$PORTGAUGE" sink --nic none0 --hold 10ms >"$work/out" 2>"$work/err"
check "refuses an interface that is not there" is $? 1
check "by its name" has "$work/err" "none0"
sink --node-port 65535 --services 2 --hold 10ms
check "refuses services beyond the last port" is $? 2
sink --flow 3 --hold 10ms
check "refuses an option that it does not have" is $? 2
near setpriv --bounding-set=-all --inh-caps=-all "$PORTGAUGE" sink --nic "$nic" --hold 10ms \
	>"$work/out" 2>"$work/err"
check "cannot run without privilege" is $? 77
check "and says which" has "$work/err" "CAP_BPF"
check "prints one line a fault" is "$(wc -l <"$work/err")" 1

# --- in a holder --------------------------------------------------------------------------------

printf '%s\n' '["sink","--nic","'$nic'","--cookie","9"]' '["tell","read"]' '["tell","drain"]' \
	'["pop"]' | near "$PORTGAUGE" hold >"$work/out" 2>"$work/err"
check "is held" is $? 0
check "answers a line each" is "$(wc -l <"$work/out")" 4
check "the last with its result" has <(tail -n 1 "$work/out") '{"record":"sink","mode":"native",'
check "and is gone" is "$(attached)" ""
finish
