# The look that all charts share. Every script begins with: load 'plots/style.gp'
#
# From the command line (gnuplot -d -e "charts='DIR'; name='N'; output='F.svg'" plots/N.gp):
#   charts   the folder: NAME.settings has the chart's words and scales, data/ the tables
#   output   its suffix chooses the terminal: svg, png or pdf
#   theme    'light' (when not given) or 'dark'
#
# A setting that is a list is an array, and NAME_n its length. Arrays that begin with
# cell_ have a value for each row number of the tables. Sizes are pixels of a sheet of
# 1600 x 900, whatever the terminal.

set encoding utf8
set format '%g' # gnuplot's own leaves room for a sign
set decimalsign '.'
set datafile separator comma
set datafile columnheaders

dark = exists('theme') && theme eq 'dark'
load charts.'/data/looks.gp'
load charts.'/'.name.'.settings'
load charts.'/data/places.gp'
table(name) = charts.'/data/'.name.'.csv'
# The cell that a panel shows.
if (exists('cell_panel_n')) {
    array panel_cell[panels]
    do for [row = 1:cell_panel_n] {
        if (cell_panel[row] >= 1) { panel_cell[cell_panel[row]] = row }
    }
}
# Of theory: from which row to which a curve goes. gnuplot skips rows thirty times as fast
# as it reads them.
curve_at(i) = i > curve_look_n ? 0 : curve_first[i]
curve_to(i) = i > curve_look_n ? 0 : curve_last[i]
# Single runs have no interval. None is drawn then, but gnuplot reads once even what it
# is to draw no times, and wants a number: an empty field is none in any expression.
end(name, drawn) = drawn ? column(name) : 1

# A paler tone of a look's colour: alpha from 0 (opaque) to 0xff (unseen).
pale(look, alpha) = colour[look] + (alpha << 24)

# The same sheet from three terminals: each has its own idea of a point.
kind = output[strlen(output) - 2:]
to_font = kind eq 'svg' ? 1.0 : kind eq 'png' ? 0.75 : 0.425
to_line = kind eq 'pdf' ? 0.6 : 1.0
to_point = kind eq 'svg' ? 0.33 : kind eq 'png' ? 1.0 : 0.6
plain(px) = sprintf('DejaVu Sans,%.2f', px * to_font)
bold(px) = sprintf('DejaVu Sans Bold,%.2f', px * to_font)
wide(px) = px * to_line
mark(px) = px * to_point
if (kind eq 'svg') {
    set terminal svg size 1600,900 dynamic noenhanced font plain(22) background paper
}
if (kind eq 'png') {
    set terminal pngcairo size 1600,900 noenhanced font plain(22) background paper
}
if (kind eq 'pdf') {
    # 24 x 13.5 cm: a landscape page, with lettering of 10 points.
    set terminal pdfcairo size 24cm,13.5cm noenhanced font plain(22) background paper
}
set output output

# Heading: the conclusion, then what was run, both from the top down.
heading_y = 0.955
do for [i = 1:title_n] {
    set label title[i] at screen 0.02,heading_y font bold(title_px) tc rgb ink front
    heading_y = heading_y - title_px * 1.36 / 900
}
heading_y = heading_y + 0.004
do for [i = 1:subtitle_n] {
    set label subtitle[i] at screen 0.02,heading_y font plain(21) tc rgb muted front
    heading_y = heading_y - 0.034
}
# Names of the axes stand level, where nothing can cut them off; the plot is below.
top = heading_y - 0.022 < 0.82 ? heading_y - 0.022 : 0.82

# Frame: two quiet axes and horizontal grid lines; margins of the sheet, not of letters.
set border 3 lc rgb faint lw wide(1.5)
set tics nomirror out scale 0.6 textcolor rgb ink
set grid ytics lt 1 lc rgb faint lw wide(1.2) dashtype (3, 4)
unset key
set errorbars 0
# The same of a chart whose y axis is rows with names: its grid lines stand.
rows_only = 'set border 1; unset ytics; set grid noytics xtics lt 1 lc rgb faint ' \
    .'lw wide(0.8) dashtype (2, 4)'
set lmargin at screen 0.085
set rmargin at screen 0.775
set tmargin at screen top - 0.03
set bmargin at screen 0.135

# The x axis, where the settings have one; to be evaluated: its name, centred at x.
if (exists('x_low')) { set xrange [x_low:x_high] }
if (exists('log_x')) { if (log_x) { set logscale x } }
x_named(x) = sprintf("set label 990 x_words at screen %f,0.03 center font '%s' tc rgb ink", \
    x, plain(21))

# Beside the frame, y of it high: a name, below it its value, and a note, of the i-th row
# of these arrays. To be evaluated.
one_line(tag, words, i, y, down, face, tone) = sprintf( \
    "set label %d %s[%d] at graph 1.025,%f offset screen 0,%f font '%s' tc rgb %s front;", \
    tag, words, i, y, down, face, tone)
labelled(tag, name, i, y) = \
    one_line(tag, name, i, y, 0, bold(label_px), sprintf('letter[label_look[%d]]', i)) \
    .one_line(tag + 1, 'label_value', i, y, -0.035, plain(19), \
              sprintf('letter[label_look[%d]]', i)) \
    .one_line(tag + 2, 'label_note', i, y, -0.067, plain(19), 'muted')
if (!exists("label_px")) { label_px = 22 }

# In grey print a colour is no help: a curve of each look has its own dashes, too.
set style line 1 dashtype solid
set style line 2 dashtype (14, 5)
set style line 3 dashtype (4, 4)
set style line 4 dashtype (14, 5, 3, 5)
set style line 5 dashtype (8, 4)
set style line 6 dashtype (2, 5)
dash(look) = 1 + (look - 1) % 6
# Of the ways in which a task can end: the last, shed, is an empty frame.
array hatch = [3, 4, 5, 1, 6, 7, 2, 0]

# Nothing to draw is drawn too: words in an empty frame, never a blank picture.
if (nothing ne '') {
    set label nothing at screen 0.5,0.45 center font plain(30) tc rgb muted
    unset border
    unset tics
    set xrange [0:1]
    set yrange [0:1]
    plot 2 with lines
    exit gnuplot
}
