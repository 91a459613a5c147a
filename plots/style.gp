# The look that all charts share. Every script begins with: load 'plots/style.gp'
#
# From the command line (gnuplot -d -e "data='F.csv'; output='F.svg'" plots/NAME.gp):
#   data     the marks; beside it lies F.settings, which holds the words and scales
#   output   its suffix chooses the terminal: svg, png or pdf
#   theme    'light' (when not given) or 'dark'
#
# Sizes are pixels of a sheet of 1600 x 900, whatever the terminal.

set encoding utf8
set format '%g' # gnuplot's own leaves room for a sign
set decimalsign '.'
set datafile separator comma
set datafile columnheaders

load data[1:strlen(data) - 4].'.settings'
if (!exists('theme')) theme = 'light'
dark = theme eq 'dark'

paper = dark ? '#16181c' : '#ffffff'
ink = dark ? '#f2f2f2' : '#1c1c1c'
muted = dark ? '#b4b4b4' : '#5a5a5a'
faint = dark ? '#4a4d55' : '#b8b8b8'
shade = dark ? '#26292f' : '#ebebeb'
shade_rgb = dark ? 0x26292f : 0xebebeb # the same, for colours that vary

# One colour and one shape for each design, in every chart: 1 is thread-per-task, 2 the
# pool of 50, 3 the pool of 5, the rest other pools. Okabe and Ito's palette; lettering
# needs a darker tone of some to be readable. In grey print the shapes tell them apart.
array colour = [0xD55E00, 0x0072B2, 0x009E73, 0xCC79A7, 0x56B4E9, 0x6B6B6B]
array letter = [0xC25500, 0x0072B2, 0x00795A, 0x9A3B72, 0x1B6C9C, 0x4A4A4A]
array shape = [5, 7, 9, 13, 11, 15]
if (dark) {
    array colour = [0xE8743B, 0x4AA3DF, 0x2FBF95, 0xCC79A7, 0x8CCBF2, 0xA0A0A0]
    array letter = [0xF08A55, 0x6DB9EC, 0x4ED3AC, 0xE0A0C4, 0x8CCBF2, 0xC0C0C0]
}

# A paler tone of a design's colour: alpha from 0 (opaque) to 0xff (unseen).
pale(series, alpha) = colour[series] + (alpha << 24)

# A light tone of it for large areas that carry words: four parts in ten of the colour.
part(rgb, shift) = int(0.4 * ((rgb >> shift) & 255) + 0.6 * (dark ? 30 : 255)) << shift
tint(series) = part(colour[series], 16) + part(colour[series], 8) \
    + part(colour[series], 0)

# The same sheet from three terminals: each has its own idea of a point.
kind = output[strlen(output) - 2:]
to_font = kind eq 'svg' ? 1.0 : kind eq 'png' ? 0.75 : 0.425
to_line = kind eq 'svg' ? 1.0 : kind eq 'png' ? 1.0 : 0.6
to_point = kind eq 'svg' ? 0.33 : kind eq 'png' ? 1.0 : 0.6
plain(px) = sprintf('DejaVu Sans,%.2f', px * to_font)
bold(px) = sprintf('DejaVu Sans Bold,%.2f', px * to_font)
wide(px) = px * to_line
mark(px) = px * to_point
if (kind eq 'svg') {
    set terminal svg size 1600,900 dynamic noenhanced font plain(24) background paper
}
if (kind eq 'png') {
    set terminal pngcairo size 1600,900 noenhanced font plain(24) background paper
}
if (kind eq 'pdf') {
    # 24 x 13.5 cm: a landscape page, with lettering of 10 points.
    set terminal pdfcairo size 24cm,13.5cm noenhanced font plain(24) background paper
}
set output output

# Heading: the conclusion, then what was run, both from the top down.
heading_y = 0.955
do for [i = 1:|title|] {
    set label title[i] at screen 0.02,heading_y font bold(title_px) tc rgb ink front
    heading_y = heading_y - title_px * 1.36 / 900
}
heading_y = heading_y + 0.004
do for [i = 1:|subtitle|] {
    set label subtitle[i] at screen 0.02,heading_y font plain(21) tc rgb muted front
    heading_y = heading_y - 0.034
}

# Names of the axes: horizontal, where nothing can cut them off. A long heading pushes
# the plot down.
x_name_y = 0.045
y_name_y = heading_y - 0.005 < 0.805 ? heading_y - 0.005 : 0.805
plot_top = y_name_y - 0.03

# Frame: two quiet axes and horizontal grid lines; margins of the sheet, not of letters.
set border 3 lc rgb faint lw wide(1.5)
set tics nomirror out scale 0.6 textcolor rgb ink
set grid ytics lt 1 lc rgb faint lw wide(1.2) dashtype (3, 4)

# In grey print a colour is no help: a curve of each design has its own dashes, too.
set style line 1 dashtype solid
set style line 2 dashtype (14, 5)
set style line 3 dashtype (4, 4)
set style line 4 dashtype (14, 5, 3, 5)
set style line 5 dashtype (8, 4)
set style line 6 dashtype (2, 5)
unset key
set errorbars 0
set lmargin at screen 0.085
set rmargin at screen 0.775
set tmargin at screen plot_top
set bmargin at screen 0.135
set samples 2000

# Labels beside the right-hand ends: name, value and a remark, in the design's colour.
# The settings place them (graph height) so that none covers another.
do for [i = 1:labels] {
    set label label_name[i] at graph 1.025,label_y[i] font bold(24) \
        tc rgb letter[label_series[i]] front
    set label label_value[i] at graph 1.025,label_y[i] offset screen 0,-0.036 \
        font plain(21) tc rgb letter[label_series[i]] front
    set label label_note[i] at graph 1.025,label_y[i] offset screen 0,-0.069 \
        font plain(21) tc rgb muted front
}

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
