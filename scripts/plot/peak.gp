# SPDX-License-Identifier: BSD-2-Clause
# gnuplot -c peak.gp points.csv OUTBASE [DETAIL]: forwarding rate at maximum offered load, a bar a
# plane in every group, whiskers: the interval of the median. Writes OUTBASE.svg and OUTBASE.png.
CSV = ARG1
OUT = ARG2
DETAIL = ARG3 eq "" ? "" : "\n" . ARG3
MEASURE = "peak"
VALUE = "forwarding_pps"
load ARG0[1:strlen(ARG0) - strlen("peak.gp")] . "common.gp"
if (words(groups) == 0) { exit status 0 }

set title "Forwarding rate at maximum offered load" . DETAIL noenhanced
set ylabel "forwarding rate, million packets a second"
set yrange [0:*]
set errorbars 0.7 front lw 1.5 lc rgb "#202020"

# Far left of the picture: only its line in the legend is seen.
$whisker << END
x,y,error
-9,0,0
END

do for [ending in "svg png"] {
	if (ending eq "svg") {
		set terminal svg size WIDTH,520 font "sans-serif,14" background "white"
	} else {
		set terminal pngcairo size WIDTH,520 font "sans,11" background "white"
	}
	set output OUT . "." . ending
	plot for [p in planes] CSV using (mine(p) ? at(p) : NaN):(column(VALUE) / 1e6): \
			(column("forwarding_low_pps") / 1e6):(column("forwarding_high_pps") / 1e6): \
			(0.9 * SLOT) with boxerrorbars lc rgb colour(p) title name(p), \
		$whisker using 1:2:3 with yerrorbars ps 0 lw 1.5 lc rgb "#202020" title "interval of median"
	unset output
}
