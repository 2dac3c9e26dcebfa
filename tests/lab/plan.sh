#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# portgauge plan on the shipped scenarios. Prints TAP; needs no root.
# REGENERATE=1 writes the golden file anew: read the diff before you commit it.
# shellcheck source-path=SCRIPTDIR source=kit
. "$(dirname "$0")/kit"
golden=tests/golden/plan-quickstart.txt

# One trial a line: POINT REPEAT, from the records.
points_of() {
	sed -E 's/.*"point":(\{[^}]*\}).*"repeat":([0-9]+).*/\2 \1/' "$1"
}
# In each repeat every point is one run of neighbours.
adjacent() {
	[ "$(points_of "$1" | uniq | sort | uniq -d | wc -l)" = 0 ]
}

"$PORTGAUGE" plan scenarios/quickstart.yaml >"$work/quickstart.txt" 2>"$work/err"
status=$?
[ "${REGENERATE:-}" ] && cp "$work/quickstart.txt" "$golden"
check "exit code 0" [ $status = 0 ]
check "nothing on standard error" [ ! -s "$work/err" ]
check "the plan of quickstart.yaml is the golden one" diff -u "$golden" "$work/quickstart.txt"
check "no line is wider than 100 columns" [ "$(wc -L <"$golden")" -le 100 ]
check "quickstart is planned to take less than a minute" \
	grep -qE '12 points, 2 times each: 144 trials, about [1-5]?[0-9] s$' "$work/quickstart.txt"

"$PORTGAUGE" plan scenarios/mtu-channels.yaml --json >"$work/full.json" 2>"$work/err"
check "JSON has a record a trial" \
	[ "$(grep -c '^{"record":"planned","id":[0-9]*,.*}$' "$work/full.json")" = 1188 ]
check "a point's trials are neighbours" adjacent "$work/full.json"
check "a swept value is in the load" \
	[ "$(grep '"load.frame":"1518"' "$work/full.json" | grep -vc '"frame_bytes":1518')" = 0 ]

"$PORTGAUGE" plan --set=repeat=2 --set dut.plane=xdp scenarios/smoke.yaml >"$work/set.txt"
check "--set changes the plan" grep -qF '1 point, 2 times each: 8 trials' "$work/set.txt"

unshare --user true 2>/dev/null && drop=(unshare --user) || drop=()
check "needs no root" "${drop[@]}" "$PORTGAUGE" plan scenarios/smoke.yaml
finish
