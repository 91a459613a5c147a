# The comparison on one slide: served and lost as areas, and what it took from zero.
load 'plots/style.gp'

set lmargin at screen 0
set rmargin at screen 1
set tmargin at screen 1
set bmargin at screen 0
unset border
unset tics
unset grid
set xrange [0:1600]
set yrange [0:900]
ceiling_y = 900 * (top - 0.03) - 60 < 690 ? 900 * (top - 0.03) - 60 : 690
# Three bars and a line of words have room below the squares, however long the title is.
side = side < ceiling_y - 300 ? side : ceiling_y - 300
floor_y = ceiling_y - side  # the lower edge of the squares
bar_y(f) = floor_y - 55 - 68 * f
n = column_x_n
# Where the squares and bars will stand is seen before they do.
do for [i = 1:n] {
    x = column_x[i]
    set object i rectangle from x,floor_y to x + side,ceiling_y behind \
        fillstyle empty border lc rgb faint lw wide(1.5)
    set arrow 100 + i from x,bar_y(1) + 30 to x,bar_y(bar_words_n) - 30 nohead \
        lc rgb faint lw wide(1.5)
    set label row_name[i] at x,ceiling_y + 62 font bold(named) \
        tc rgb letter[column_look[i]]
    set label answer_lost[i] at x,ceiling_y + 22 font bold(25 * small) tc rgb ink
    set label answer_served[i] at x,floor_y - 26 font bold(25 * small) \
        tc rgb letter[column_look[i]]
    do for [f = 1:bar_words_n] {
        k = (f - 1) * n + i
        set label answer_bar[k] at x + bar * bar_value[k] / bar_most[f] + 10,bar_y(f) \
            font plain(21 * small) tc rgb ink
    }
}
do for [f = 1:bar_words_n] {
    set label bar_words[f] at 195,bar_y(f) right font plain(22) tc rgb ink
}
x_of(i) = column('row') == column_row[i] ? column_x[i] : NaN
served(i) = floor_y + side * column('ok') / column('tasks')
long(f) = bar * column(word(figures, f)) / bar_most[f]
plot for [i = 1:n] table('cells') using (x_of(i)):(floor_y):(x_of(i)):(x_of(i) + side): \
         (served(i)):(ceiling_y) with boxxyerror fillstyle pattern 4 border \
         lw wide(1.5) lc rgb colour[column_look[i]], \
     for [i = 1:n] table('cells') using (x_of(i)):(floor_y):(x_of(i)):(x_of(i) + side): \
         (floor_y):(served(i)) with boxxyerror fillstyle solid noborder \
         lc rgb colour[column_look[i]], \
     for [f = 1:bar_words_n] for [i = 1:n] table('cells') \
         using (x_of(i)):(bar_y(f)):(x_of(i)):(x_of(i) + long(f)):(bar_y(f) - 19): \
         (bar_y(f) + 19) with boxxyerror \
         fillstyle pattern (column_lossy[i] && f == 1 ? 4 : 3) \
         border lw wide(1.2) lc rgb colour[column_look[i]]
