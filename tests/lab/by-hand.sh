#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Commands typed by hand and wrong: help, exit codes, one line that says why. Prints TAP.
# shellcheck source-path=SCRIPTDIR source=kit
. "$(dirname "$0")/kit"

# helps COMMAND
helps() {
	exits 0 "" "$PORTGAUGE" "$1" --help || return
	grep -q "^usage: portgauge $1" "$work/out" || { echo "no usage line"; return 1; }
	! grep ' $' "$work/out" || { echo "a line ends in a space"; return 1; }
	case $1 in
	sink | dut | nic | lab) has "$work/out" --hold ;;
	esac
}

for command in run plan report gen sink dut prove prefill nic pin lab hold snap env restore reference; do
	check "$command --help" helps "$command"
done

# tells COMMAND TEXT...: its help has every text; one after ! it has not.
tells() {
	local text

	exits 0 "" "$PORTGAUGE" "$1" --help || return
	for text in "${@:2}"; do
		case $text in
		!*) lacks "$work/out" "${text#!}" ;;
		*) has "$work/out" "$text" ;;
		esac || return
	done
}
check "sink --help says what latency_ns is at maximum load" tells sink "no latency of the node"
check "prove has no option without effect" tells prove --flows --frame --seed \
	!--rate !--duration !--queues !--threads !--batch !--engine !--prefill
check "nor has prefill" tells prefill --flows --seed !--frame !--rate !--duration !--batch !--prefill

# same WORDS WORDS: both command lines say the same on standard output, and end well.
same() {
	# shellcheck disable=SC2086 # words of a command
	exits 0 "" "$PORTGAUGE" $1 && cp "$work/out" "$work/first" && exits 0 "" "$PORTGAUGE" $2 &&
		diff "$work/first" "$work/out"
}
check "help is --help" same help --help
check "version is --version" same version --version
check "help COMMAND is COMMAND --help" same "help gen" "gen --help"

# refused CODE TEXT COMMAND...
refused() {
	local words=("${@:3}")

	check "${words[*]##*/}: $1" refuses "$@"
}
refused 2 "'frobnicate' is no command" "$PORTGAUGE" frobnicate
refused 2 "'frobnicate' is no command" "$PORTGAUGE" help frobnicate
refused 2 "which scenario?" "$PORTGAUGE" run
refused 2 "which plane?" "$PORTGAUGE" dut
refused 2 "plane: 'ebpf' is not valid: allowed are wire, xdp, nftables" "$PORTGAUGE" dut ebpf
refused 2 "--hold: 'soon' is no duration" "$PORTGAUGE" sink --hold soon

if [ "$(id -u)" = 0 ]; then
	for command in gen sink "dut wire" "dut xdp" "dut nftables" nic snap env; do
		# shellcheck disable=SC2086 # words of a command
		refused 1 "interface 'pg-none': there is none" "$PORTGAUGE" $command --nic pg-none
	done
	cp "$PORTGAUGE" "$work/portgauge"
	chmod 755 "$work" "$work/portgauge"
	printf 'lab: {}\n' >"$work/any.yaml"
	for command in "run $work/any.yaml" "gen --nic lo" "sink --nic lo" "dut wire" "dut xdp" "dut nftables" prove nic lab; do
		# shellcheck disable=SC2086
		refused 77 root "$(command -v setpriv)" --reuid 65534 --regid 65534 --clear-groups \
			"$work/portgauge" $command
	done
fi
finish
