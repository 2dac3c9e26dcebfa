# SPDX-License-Identifier: BSD-2-Clause
# Loaded by the plots. Reads which planes and which groups (combinations of the other axes' values)
# points.csv has for the measure MEASURE, and lays out one slot a plane in every group.
#
# in:  CSV MEASURE VALUE (the column without which a row is not drawn)
# out: planes groups (lists of words)  mine(p) at(p) colour(p) name(p)  SLOT WIDTH

set datafile separator ","
set datafile columnheaders

# The axes are the columns between "measure" and "trials".
axes = ""
read_axis(n) = columnhead(n) eq "trials" ? 0 : (axes = axes . " " . columnhead(n), read_axis(n + 1))
stats CSV every ::0::0 using (read_axis(2)) nooutput

others = ""
do for [a in axes] { if (a ne "dut.plane") { others = others . " " . a } }
swept(axis) = strstrt(axes . " ", " " . axis . " ") > 0

# A list is of words without blanks, so a group is its values joined by "|".
join(n) = n > words(others) ? "" : (n > 1 ? "|" : "") . strcol(word(others, n)) . join(n + 1)
group(unused) = words(others) ? join(1) : "all"
plane(unused) = swept("dut.plane") ? strcol("dut.plane") : "all"
index_of(list, text) = sum [i = 1:words(list)] (word(list, i) eq text ? i : 0)
spread_out(text) = strstrt(text, "|") ? text[1:strstrt(text, "|") - 1] . " / " . \
	spread_out(text[strstrt(text, "|") + 1:*]) : text

planes = ""
groups = ""
add_plane(p) = index_of(planes, p) ? 0 : (planes = planes . " " . p, 0)
add_group(g) = index_of(groups, g) ? 0 : (groups = groups . " " . g, 0)
drawn(unused) = strcol("measure") eq MEASURE && strcol(VALUE) ne ""
stats CSV using (drawn(0) ? (add_plane(plane(0)), add_group(group(0))) : 0) nooutput

mine(p) = drawn(0) && plane(0) eq p
# One group alone would have bars as wide as the picture.
SLOT = words(planes) > 2 ? 0.84 / words(planes) : 0.28
at(p) = index_of(groups, group(0)) + (index_of(planes, p) - 0.5 * (words(planes) + 1)) * SLOT

# Okabe and Ito's colours; wire is grey, because it is the tester's ceiling and not a contender.
spare = "#009E73 #CC79A7 #56B4E9 #E69F00"
colour(p) = p eq "wire" ? "#8c8c8c" : p eq "xdp" ? "#0072B2" : p eq "nftables" ? "#D55E00" : \
	p eq "all" ? "#0072B2" : word(spare, (index_of(planes, p) - 1) % words(spare) + 1)
name(p) = p eq "all" ? "" : p

# Room for a label of so many characters under every group, or the labels are turned.
label_width = 0
do for [g in groups] {
	label_width = strlen(spread_out(g)) > label_width ? strlen(spread_out(g)) : label_width
}
nr_slots = words(groups) * (words(planes) + 1)
WIDTH = 300 + (nr_slots * 22 > 660 ? nr_slots * 22 : 660)
turned = words(groups) * label_width * 9 > WIDTH - 300

set xrange [0.4:words(groups) + 0.6]
set xtics () scale 0 nomirror
do for [i = 1:words(groups)] {
	set xtics add (word(groups, i) eq "all" ? "" : spread_out(word(groups, i)) i)
}
if (turned) { set xtics rotate by 90 right }
xlabel = ""
do for [a in others] { xlabel = xlabel . (xlabel eq "" ? "" : " / ") . a }
if (xlabel ne "") { set xlabel xlabel noenhanced }

set grid ytics lt 1 lw 1 dt 1 lc rgb "#d0d0d0"
set border 3 lc rgb "#404040"
set ytics nomirror
set key outside right center vertical Left reverse samplen 1.5 spacing 1.3 noenhanced
set style fill solid 1 noborder
