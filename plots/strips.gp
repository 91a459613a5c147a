# A family: a row for each cell, with a mark for each run, or two figures joined.
load 'plots/style.gp'

set lmargin at screen 0.27
set rmargin at screen 0.755
set tmargin at screen top + (line_at > 0 ? -0.03 : 0.0)
set yrange [rows + 0.7:0.3]
eval rows_only
eval x_named(0.51)
if (line_at > 0) {
    set arrow from line_at,graph 0 to line_at,graph 1 nohead lw wide(2.5) dt (8, 5) \
        lc rgb ink
    set label line_words at line_at,graph 1 center offset screen 0,0.016 \
        font plain(20) tc rgb ink
}
# Many rows have less room each.
small = rows > 8 ? 8.0 / rows : 1
do for [i = 1:rows] {
    up = row_more[i] eq '' ? 0 : 0.016 * small
    set label row_name[i] at screen 0.02,first i offset screen 0,up font bold(21 * small) \
        tc rgb letter[row_look[i]]
    set label row_more[i] at screen 0.02,first i offset screen 0,-0.016 * small font plain(19 * small) \
        tc rgb muted
    up = row_note[i] eq '' ? 0 : 0.016 * small
    set label row_value[i] at graph 1.02,first i offset screen 0,up font bold(21 * small) \
        tc rgb letter[row_look[i]]
    set label row_note[i] at graph 1.02,first i offset screen 0,-0.016 * small font plain(19 * small) \
        tc rgb muted
}
# Beside two joined marks, what they are.
do for [i = 1:answer_low_n] {
    set label answer_low[i] at first answer_low_x[i],i right offset screen -0.014,0 \
        font plain(19) tc rgb ink front
    set label answer_high[i] at first answer_high_x[i],i offset screen 0.014,0 \
        font plain(19) tc rgb ink front
}
y_of(i) = cell_y[column('row')]
counted(i) = column('counts') == 1 ? y_of(i) : NaN
look(i) = cell_look[column('row')]
plot for [k = 1:1 - joined] table('runs') using (column(figure)):(counted(1)): \
         (shape[look(1)]):(pale(look(1), 0x60)) \
         with points ps mark(1.9) pt variable lc rgb variable, \
     for [k = 1:1 - joined] table('cells') using (column(figure)):(y_of(1) - 0.3): \
         (0):(0.6) with vectors nohead lw wide(4) lc rgb ink, \
     for [k = 1:joined] table('cells') using (column(other)):(y_of(1)): \
         (column(figure) - column(other)):(0) with vectors nohead lw wide(9) \
         lc rgb alarm, \
     for [k = 1:joined] table('cells') using (column(figure)):(y_of(1)): \
         (shape[look(1)] - 1):(colour[look(1)]) \
         with points ps mark(3) lw wide(3) pt variable lc rgb variable, \
     for [k = 1:joined] table('cells') using (column(other)):(y_of(1)): \
         (shape[look(1)]):(colour[look(1)]) \
         with points ps mark(3) pt variable lc rgb variable
