#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# portgauge report on the made-up run tests/golden/run-small. Prints TAP; needs no root.
# REGENERATE=1 writes the golden files anew: read the diff before you commit it.
# shellcheck source-path=SCRIPTDIR source=kit
. "$(dirname "$0")/kit"
golden=tests/golden

# Two lines: no plots, and a point that is not to be used.
without_gnuplot() {
	PATH=/nonexistent "$PORTGAUGE" report "$work/run" >"$work/out" 2>"$work/err"
	[ $? = 3 ] && [ "$(wc -l <"$work/err")" = 2 ] && grep -q "gnuplot is not installed" "$work/err"
}
is_image() {
	[ "$(head -c 4 "$1.png" | tail -c 3)" = PNG ] && grep -q '</svg>' "$1.svg"
}
run_copy() {
	rm -rf "$work/run"
	cp -r "$golden/run-small" "$work/run"
}

run_copy
"$PORTGAUGE" report "$work/run" --no-plots >"$work/small.txt" 2>"$work/small.err"
status=$?
if [ "${REGENERATE:-}" ]; then
	cp "$work/small.txt" "$golden/run-small.txt"
	cp "$work/run/points.csv" "$golden/run-small.csv"
fi
check "exit code 3: a point has no trusted trial" [ $status = 3 ]
check "... and says so" grep -q "at 1 point no more than half of the trials are trusted" "$work/small.err"
check "tables are the golden ones" diff -u "$golden/run-small.txt" "$work/small.txt"
check "points.csv is the golden one" diff -u "$golden/run-small.csv" "$work/run/points.csv"
check "no plots when not wanted" [ ! -e "$work/run/plots" ]
check "no line is wider than 100 columns" [ "$(wc -L <"$work/small.txt")" -le 100 ]

"$PORTGAUGE" report "$work/run" --no-plots --json >"$work/small.json" 2>"$work/err"
check "JSON has a record a point" [ "$(grep -c '^{"record":"point".*}$' "$work/small.json")" = 12 ]

sed -i 's/"partial"/"complete"/' "$work/run/run.json"
"$PORTGAUGE" report "$work/run" --no-plots >"$work/complete.txt" 2>"$work/err"
check "a complete run is not called partial" [ "$(head -1 "$work/complete.txt" | grep -c PARTIAL)" = 0 ]

: >"$work/run/trials.jsonl"
check "a run without a trial" exits 0 "" "$PORTGAUGE" report "$work/run" --no-plots
check "... says so" grep -q "No trial has ended" "$work/out"
check "... and does not call it trusted" [ "$(grep -c trusted "$work/out")" = 0 ]

if command -v gnuplot >/dev/null; then
	run_copy
	check "draws" exits 3 "no more than half" "$PORTGAUGE" report "$work/run"
	check "peak.png and peak.svg" is_image "$work/run/plots/peak"
	check "latency.png and latency.svg" is_image "$work/run/plots/latency"

	run_copy
	sed -i '/"measure":"rate"/d' "$work/run/trials.jsonl"
	check "a run without the measure rate" exits 0 "" "$PORTGAUGE" report "$work/run"
	check "... has no latency plot" [ ! -e "$work/run/plots/latency.png" ]

	mkdir -p "$work/share/plot"
	echo 'no such command' >"$work/share/plot/peak.gp"
	check "a broken script is told in a line" exits 1 "gnuplot failed on" \
		env PORTGAUGE_SHARE="$work/share" "$PORTGAUGE" report "$work/run"
else
	skip "draws" "gnuplot is not installed"
fi
run_copy
check "without gnuplot the numbers are there" without_gnuplot
check "... all of them" diff -u "$golden/run-small.txt" "$work/out"
check "a missing script is named" exits 1 "/nonexistent/plot/peak.gp" \
	env PORTGAUGE_SHARE=/nonexistent "$PORTGAUGE" report "$work/run"

# Root may write everywhere.
chmod 755 "$work"
install -m 755 "$PORTGAUGE" "$work/portgauge"
chmod 555 "$work/run"
nobody=()
[ "$(id -u)" != 0 ] || nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)
for option in --no-plots --json; do
	check "a folder that may not be written: $option" exits 1 "$work/run/" \
		"${nobody[@]}" "$work/portgauge" report "$work/run" $option
done
chmod 755 "$work/run"

check "no run named" exits 2 "which run?" "$PORTGAUGE" report
check "a folder without a run" exits 2 "no run is there" "$PORTGAUGE" report "$work"
check "an unknown option" exits 2 "--plots" "$PORTGAUGE" report "$work/run" --plots
echo 'not a record' >"$work/run/trials.jsonl"
check "a broken record" exits 2 "trials.jsonl:1:" "$PORTGAUGE" report "$work/run"
finish
