# A family: a bar for each cell, from zero: one figure a panel, or parts on each other.
#
# Solid is the first part, as a rule what went well; each other has its own hatching, so
# that grey print keeps it.
load 'plots/style.gp'

low_edge = stacked ? 0.17 : 0.1
high = top + (shares ? 0.005 : -0.035)
set yrange [depth:-0.15]
eval rows_only
if (shares) { set grid noxtics }
# As large as a row has room for; where that is less than two lines, both are on one.
row_px = 900 * (high - low_edge) / depth
size(px) = px < 0.85 * row_px ? px : 0.85 * row_px
two_lines = row_px > 38
joined(i) = row_name[i].(row_more[i] eq '' || two_lines ? '' : ' · '.row_more[i])
do for [i = 1:row_name_n] {
    set label joined(i) at screen left - 0.012,first row_y[i] right \
        offset screen 0,(row_more[i] eq '' || !two_lines ? 0 : 0.013) \
        font bold(row_more[i] eq '' || two_lines ? 21 : 16) tc rgb letter[row_look[i]]
    if (two_lines) {
        set label row_more[i] at screen left - 0.012,first row_y[i] right \
            offset screen 0,-0.02 font plain(17) tc rgb muted
    }
}
strokes = strokes_firm || strokes_loose
mixed = strokes_firm && strokes_loose  # else all are of one kind
firm(known) = mixed ? (column('n') >= 6) == known ? column(figure) : NaN : column(figure)
do for [i = 1:heading_words_n] {
    set label heading_words[i] at screen 0.02,first heading_at[i] font plain(size(22)) \
        tc rgb muted
}
do for [i = 1:(stacked ? answer_kind_words_n : 0)] {
    set label answer_kind_words[i] at screen answer_kind_x[i] + 0.037,0.044 \
        font plain(20) tc rgb ink
}
set multiplot layout 1,panels margins screen left,right,low_edge,high \
    spacing screen apart

amount(k) = column(word(kinds, k)) == column(word(kinds, k)) ? column(word(kinds, k)) : 0
before(k) = k < 2 ? 0 : sum [j = 1:k - 1] amount(j)
part(v) = shares ? 100.0 * v / cell_tasks[column('row')] : v
y_of(i) = cell_y[column('row')]
mine(look, x) = cell_look[column('row')] == look ? x : NaN
above(i) = y_of(i) - 0.5
below(i) = y_of(i) + 0.5

do for [p = 1:panels] {
    if (p > 1) { unset label } # what stands on the sheet is drawn with the first
    set xrange [0:panel_high[p]]
    eval 'set xtics '.panel_tics[p]
    set label 900 panel_words[p] at graph 0,1 offset screen 0,0.022 font bold(21) \
        tc rgb ink
    do for [i = 1:row_name_n] {
        k = (p - 1) * row_name_n + i
        set label 300 + i row_value[k] at first row_end[k],row_y[i] \
            offset screen 0.009,0 font plain(20) tc rgb ink
    }
    figure = panel_figure[p]
    # A bar may be as dark as the ink of its stroke, so that has an edge of paper.
    plot for [k = 1:(stacked ? answer_kind_index_n : 0)] for [l = 1:look_here_n] \
             table(rows_table) using \
             (mine(look_here[l], part(before(answer_kind_index[k])))):(y_of(1)): \
             (part(before(answer_kind_index[k]))): \
             (part(before(answer_kind_index[k]) + amount(answer_kind_index[k]))): \
             (above(1)):(below(1)) with boxxyerror fillstyle pattern \
             hatch[answer_kind_index[k]] border lw wide(1.2) lc rgb colour[look_here[l]], \
         for [k = 1:1 - stacked] table(rows_table) using \
             (0):(y_of(1)):(0):(column(figure)):(above(1)):(below(1)): \
             (colour[cell_look[column('row')]]) with boxxyerror fillstyle solid \
             noborder lc rgb variable, \
         for [k = 1:strokes] table(rows_table) using \
             (column(figure)):(y_of(1)):(end(figure.'_low', strokes)): \
             (end(figure.'_high', strokes)) with xerrorbars pt 0 lw wide(5) lc rgb paper, \
         for [k = 1:strokes_firm] table(rows_table) using \
             (firm(1)):(y_of(1)):(end(figure.'_low', strokes)): \
             (end(figure.'_high', strokes)) with xerrorbars pt 0 lw wide(2) lc rgb ink, \
         for [k = 1:strokes_loose] table(rows_table) using \
             (firm(0)):(y_of(1)):(end(figure.'_low', strokes)): \
             (end(figure.'_high', strokes)) with xerrorbars pt 0 lw wide(2) dt (3, 3) \
             lc rgb ink
}
# What the fillings mean, below the axis. It tells what came out, and an object could not
# be hidden with it: so these are plotted.
if (stacked) {
    unset label
    unset tics
    unset border
    set lmargin at screen 0
    set rmargin at screen 1
    set bmargin at screen 0.03
    set tmargin at screen 0.06
    set xrange [0:1]
    set yrange [0:1]
    plot for [i = 1:answer_kind_words_n] '+' using (answer_kind_x[i] + 0.015):(0.5): \
        (answer_kind_x[i]):(answer_kind_x[i] + 0.03):(0):(1) every ::0::0 \
        with boxxyerror fillstyle pattern hatch[answer_kind_index[i]] border \
        lw wide(1.2) lc rgb muted
}
unset multiplot
