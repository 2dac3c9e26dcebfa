# SPDX-License-Identifier: BSD-2-Clause
# gnuplot -c latency.gp points.csv OUTBASE [DETAIL]: one-way latency at a fixed rate, a ladder of
# percentiles a plane in every group. Writes OUTBASE.svg and OUTBASE.png.
CSV = ARG1
OUT = ARG2
DETAIL = ARG3 eq "" ? "" : "\n" . ARG3
MEASURE = "rate"
VALUE = "latency_ns_p50"
load ARG0[1:strlen(ARG0) - strlen("latency.gp")] . "common.gp"
if (words(groups) == 0) { exit status 0 }

set title "One-way latency at a fixed offered load" . DETAIL noenhanced
set ylabel "latency, µs (scheduled departure to sink)"
set logscale y
set format y "%g"

# Marks of the rungs; a percentile with too few samples has none.
columns = "latency_ns_p50 latency_ns_p90 latency_ns_p99 latency_ns_p999 latency_ns_max"
names = "median p90 p99 p99.9 max"
marks = "7 6 9 8 2"
us(name) = column(name) / 1e3

do for [ending in "svg png"] {
	if (ending eq "svg") {
		set terminal svg size WIDTH,560 font "sans-serif,14" background "white"
	} else {
		set terminal pngcairo size WIDTH,560 font "sans,11" background "white"
	}
	set output OUT . "." . ending
	plot for [p in planes] CSV using (mine(p) ? at(p) : NaN):(us(VALUE)):(0): \
			(us("latency_ns_max") - us(VALUE)) with vectors nohead lw 2 lc rgb colour(p) \
			title name(p), \
		for [i = 1:words(columns)] for [p in planes] CSV \
			using (mine(p) ? at(p) : NaN):(us(word(columns, i))) \
			with points pt int(word(marks, i)) ps 1.1 lw 1.5 lc rgb colour(p) notitle, \
		for [i = 1:words(columns)] NaN with points pt int(word(marks, i)) ps 1.1 lw 1.5 \
			lc rgb "#404040" title word(names, i)
	unset output
}
