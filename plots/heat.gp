# A family: a map of fields, each with who is faster there and by how much.
load 'plots/style.gp'

unset border
unset grid
set tics scale 0
set xrange [0.5:columns + 0.5]
set yrange [0.5:rows + 0.5]
eval 'set xtics '.x_tics
eval 'set ytics '.y_tics
set label 'tasks N' at screen (left + right) / 2,0.04 center font plain(21) tc rgb ink
set label 'time of one task' at screen 0.02,top font plain(21) tc rgb ink
set multiplot layout 1,panels margins screen left,right,0.125,top - 0.05 \
    spacing screen apart
here(p) = cell_panel[column('row')] == p && strcol('figure') eq figure \
    && strcol('baseline_design') eq base ? 1 : NaN
x_of(p) = here(p) * cell_x[column('row')]
y_of(p) = cell_y[column('row')]
pool(p) = strcol('verdict') eq 'less' || strcol('verdict') eq 'perhaps less'
threads(p) = strcol('verdict') eq 'more' || strcol('verdict') eq 'perhaps more'
fill(p) = pool(p) ? tint[cell_look[column('row')]] : threads(p) ? tint[base_look] \
    : int('0x'.shade[2:])
who(p) = pool(p) ? cell_name[column('row')] : threads(p) ? base_name \
    : strcol('verdict') eq 'same' ? 'the same' : 'cannot tell'
v(p) = column('median') > 1 ? column('median') : 1 / column('median')
times(p) = pool(p) || threads(p) ? sprintf(v(p) < 9.995 ? '%.2f×' : '%.1f×', v(p)) : ''
# Theory's border leaves the middle of a field to its words.
border_x(p, i, off) = line_panel[i] == p ? line_x[i] + off : NaN
do for [p = 1:panels] {
    if (p == 2) { unset label }
    set label 900 panel_words[p] at graph 0,1 offset screen 0,0.024 font bold(21) \
        tc rgb ink
    plot table('ratios') using (x_of(p)):(y_of(p)):(x_of(p) - 0.48):(x_of(p) + 0.48): \
             (y_of(p) - 0.47):(y_of(p) + 0.47):(fill(p)) with boxxyerror \
             fillstyle solid noborder lc rgb variable, \
         table('ratios') using (x_of(p)):(y_of(p) + 0.1):(who(p)) with labels \
             font bold(21) tc rgb ink, \
         table('ratios') using (x_of(p)):(y_of(p) - 0.14):(times(p)) with labels \
             font plain(24) tc rgb ink, \
         for [i = 1:line_x_n] for [off in '0 0.78'] '+' using (border_x(p, i, off)): \
             (line_y[i]):(0.22):(0) every ::0::0 with vectors nohead lw wide(4) \
             dt (8, 5) lc rgb ink
}
unset multiplot
