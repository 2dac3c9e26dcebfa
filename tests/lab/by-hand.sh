#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Commands typed by hand and wrong: help, exit codes, one line that says why. Prints TAP.
set -u
portgauge=$(realpath "${PORTGAUGE:-build/portgauge}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
number=0

# report NAME PROBLEM: one case, passed if the problem is empty.
report() {
	number=$((number + 1))
	if [ -z "$2" ]; then
		echo "ok $number - $1"
	else
		echo "not ok $number - $1"
		awk '{ print "# " $0 }' <<<"$2" "$work/err"
	fi
}

# refused CODE TEXT COMMAND...: it ends so, with one line that has the text.
refused() {
	local code=$1 text=$2 status problem=
	shift 2
	timeout 20 "$@" </dev/null >"$work/out" 2>"$work/err"
	status=$?
	[ $status = "$code" ] || problem="exit code $status, not $code"
	[ ! -s "$work/out" ] || problem="something on standard output"
	[ "$(wc -l <"$work/err")" = 1 ] || problem="not one line on standard error"
	grep -qF -- "$text" "$work/err" || problem="no '$text'"
	report "${*##*/}: $code" "$problem"
}

for command in run plan report gen sink dut prove prefill nic pin lab hold snap env restore reference; do
	problem=
	"$portgauge" $command --help >"$work/out" 2>"$work/err" || problem="exit code $?"
	grep -q "^usage: portgauge $command" "$work/out" || problem="no usage line"
	! grep -q ' $' "$work/out" || problem="a line ends in a space"
	case $command in
	sink | dut | nic | lab) grep -q -- --hold "$work/out" || problem="--hold is not told" ;;
	esac
	report "$command --help" "$problem"
done

# tells NAME COMMAND TEXT...: its help has every text; one after ! it has not.
tells() {
	local name=$1 command=$2 problem='' text
	shift 2
	"$portgauge" "$command" --help >"$work/out" 2>"$work/err" || problem="exit code $?"
	for text; do
		case $text in
		!*) ! grep -qF -e "${text#!}" "$work/out" || problem="has '${text#!}'" ;;
		*) grep -qF -e "$text" "$work/out" || problem="no '$text'" ;;
		esac
	done
	report "$name" "$problem"
}
tells "sink --help says what latency_ns is at maximum load" sink "no latency of the node"
tells "prove has no option without effect" prove --flows --frame --seed \
	!--rate !--duration !--queues !--threads !--batch !--engine !--prefill
tells "nor has prefill" prefill --flows --seed !--frame !--rate !--duration !--batch !--prefill

# same NAME WORDS WORDS: both command lines say the same on standard output, and end well.
same() {
	local problem=
	: >"$work/err"
	# shellcheck disable=SC2086 # words of a command
	cmp <("$portgauge" $2 && echo ok) <("$portgauge" $3 && echo ok) >"$work/err" 2>&1 ||
		problem="another output"
	# shellcheck disable=SC2086
	"$portgauge" $2 >"$work/out" || problem="exit code $?"
	report "$1" "$problem"
}
same "help is --help" help --help
same "version is --version" version --version
same "help COMMAND is COMMAND --help" "help gen" "gen --help"

refused 2 "'frobnicate' is no command" "$portgauge" frobnicate
refused 2 "'frobnicate' is no command" "$portgauge" help frobnicate
refused 2 "which scenario?" "$portgauge" run
refused 2 "which plane?" "$portgauge" dut
refused 2 "plane: 'ebpf' is not valid: allowed are wire, xdp, nftables" "$portgauge" dut ebpf
refused 2 "--hold: 'soon' is no duration" "$portgauge" sink --hold soon

if [ "$(id -u)" = 0 ]; then
	for command in gen sink "dut wire" "dut xdp" "dut nftables" nic snap env; do
		# shellcheck disable=SC2086 # words of a command
		refused 1 "interface 'pg-none': there is none" "$portgauge" $command --nic pg-none
	done
	cp "$portgauge" "$work/portgauge"
	chmod 755 "$work" "$work/portgauge"
	printf 'lab: {}\n' >"$work/any.yaml"
	for command in "run $work/any.yaml" "gen --nic lo" "sink --nic lo" "dut wire" "dut xdp" "dut nftables" prove nic lab; do
		# shellcheck disable=SC2086
		refused 77 root "$(command -v setpriv)" --reuid 65534 --regid 65534 --clear-groups \
			"$work/portgauge" $command
	done
fi
echo "1..$number"
