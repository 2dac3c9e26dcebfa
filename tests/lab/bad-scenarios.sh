#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Scenarios that are refused: exit code 2, nothing on standard output, one line on standard error
# with file, line and column. Prints TAP; needs no root, for nothing may be touched.
# shellcheck source-path=SCRIPTDIR source=kit
. "$(dirname "$0")/kit"
cd "$work" || exit 1

says_exactly() {
	refuses 2 "$1" "${@:2}" && is "$(cat "$work/err")" "$1"
}

# refuse COMMAND NAME EXPECTED [ARGUMENT...]: the scenario comes from standard input.
refuse() {
	cat >bad.yaml
	check "$1: $2" says_exactly "portgauge $1: $3" "$PORTGAUGE" "$1" bad.yaml "${@:4}"
}

every_refusal() {
	local command=$1

	refuse "$command" "unknown key" "bad.yaml:2:1: unknown key 'lode' (did you mean 'load'?); allowed: name, hosts, lab, service, load, nic, dut, peak, sink, sweep, measure, repeat" <<-'EOF'
		lab: {}
		lode: {frame: 64}
	EOF
	refuse "$command" "wrong type" "bad.yaml:2:7: load: expected a mapping, found a list" <<-'EOF'
		lab: {}
		load: [64]
	EOF
	refuse "$command" "out of range" "bad.yaml:3:10: load.frame: '63' is out of range: allowed are 64 to 3502" <<-'EOF'
		lab: {}
		load:
		  frame: 63
	EOF
	refuse "$command" "unknown plane" "bad.yaml:2:26: sweep.dut.plane: 'ipvs' is not valid: allowed are wire, xdp, nftables" <<-'EOF'
		lab: {}
		sweep: {dut.plane: [xdp, ipvs]}
	EOF
	refuse "$command" "frame larger than the MTU" "bad.yaml:2:15: load.frame: 1519 does not fit an MTU of 1500: allowed are 64 to 1518, or nic.mtu from 1501" <<-'EOF'
		lab: {}
		load: {frame: 1519}
		sweep: {nic.mtu: [3498, 1500]}
	EOF
	refuse "$command" "zero flows" "bad.yaml:2:15: load.flows: '0' is out of range: allowed are 1 to 4194304" <<-'EOF'
		lab: {}
		load: {flows: 0}
	EOF
	refuse "$command" "sweep over a field that does not exist" "bad.yaml:3:3: sweep.nic: unknown key 'mtuu' (did you mean 'mtu'?); allowed: mtu, channels" <<-'EOF'
		lab: {}
		sweep:
		  nic.mtuu: [1500]
	EOF
	refuse "$command" "more channels than the lab has" "bad.yaml:2:30: nic.channels: 4 are more than the lab has: allowed are 1 to 2 (lab.channels)" <<-'EOF'
		lab: {channels: 2}
		sweep: {nic.channels: [1, 2, 4]}
	EOF
	refuse "$command" "more flows than SNAT ports" "bad.yaml:3:15: load.flows: 40000 are more than the SNAT ports of the plane xdp carry with 1 backend: allowed are 1 to 32768" <<-'EOF'
		lab: {}
		sweep: {dut.plane: [wire, nftables, xdp]}
		load: {flows: 40000}
	EOF
	refuse "$command" "not YAML" "bad.yaml:2:1: not valid YAML: flow sequence without a closing bracket" <<-'EOF'
		lab: [
	EOF
	refuse "$command" "empty" "bad.yaml: there is nothing in it" </dev/null
	refuse "$command" "override" "--set load.rate=x: load.rate: 'x' is not valid: allowed are max, a rate such as 1000, 10k or 1.5M, up to 1G" --set load.rate=x <<-'EOF'
		lab: {}
	EOF
}

every_refusal plan
if "$PORTGAUGE" --help | grep -q '^  run '; then
	every_refusal run
fi
finish
