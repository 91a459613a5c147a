# Did it drift? Every run as a field: how far it is off the median of its cell.
load 'plots/style.gp'

set lmargin at screen 0.275
set rmargin at screen 0.985
set tmargin at screen top + 0.02
set bmargin at screen 0.115
unset border
unset grid
set tics scale 0
unset ytics
set xrange [first - 0.6:columns + 0.6]
set yrange [rows + 0.5:0.5]
set label 'block' at screen 0.63,0.035 center font plain(21) tc rgb ink
small = 21 * (11.0 / (columns + 2) < 1 ? 11.0 / (columns + 2) : 1)
small = small < 12 ? 12 : small
do for [i = 1:rows] {
    set label row_name[i] at screen 0.265,first i right \
        font bold(rows > 12 ? 15 : 18) tc rgb letter[row_look[i]]
}
shown(i) = (strcol('role') eq 'measure' || strcol('role') eq 'warm-up') \
    && strcol('problem') eq '' ? cell_y[column('row')] : NaN
# A run without a time is not drawn; but gnuplot 6 asks for its tone, and shifts no NaN.
ratio(i) = column(clock) / cell_median[column('row')] - 1
off(i) = ratio(1) == ratio(1) ? ratio(1) : 0
# No stronger than ink is read on, with a contrast of 4.5 on a light page and a dark one.
full = 0.65
strong(i) = abs(off(1)) > most ? full : full * abs(off(1)) / most
tone(i) = (int(255 * (1 - strong(1))) << 24) + colour[off(1) > 0 ? 1 : 2]
told(v) = (v < -0.05 ? '−' : '+') \
    .sprintf(abs(v) < 9.95 ? '%.1f' : '%.0f', abs(v) < 0.05 ? 0 : abs(v))
plot table('runs') using 'block':(shown(1)):(column('block') - 0.47): \
         (column('block') + 0.47):(shown(1) - 0.45):(shown(1) + 0.45):(tone(1)) \
         with boxxyerror fillstyle solid noborder lc rgb variable, \
     table('runs') using 'block':(shown(1)):(told(100 * off(1))) with labels \
         font plain(small) tc rgb ink
