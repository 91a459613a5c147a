# A plan: what a pool, a semaphore and no bound do, over the number of workers.
load 'plots/style.gp'

# The words stand where there is no panel, at the lower right.
columns = panel_name_n < 4 ? 2 : 3
words_x = columns == 2 ? 0.62 : 0.76
eval x_named(columns == 2 ? 0.29 : 0.43)
do for [i = 1:design_name_n] {
    set label 950 + i design_name[i] at screen words_x,0.4 - 0.06 * i font bold(24) \
        tc rgb letter[design_look[i]] point pt shape[design_look[i]] ps mark(2) \
        lc rgb colour[design_look[i]] offset 1,0
}
do for [i = 1:point_x_n] {
    set label 960 + i point_words[i] at screen words_x - 0.01,0.19 - 0.04 * i font plain(19) \
        tc rgb ink
}
set datafile nocolumnheaders
set multiplot layout 2,columns margins screen 0.07,0.985,0.12,top - 0.05 \
    spacing screen 0.07,screen 0.1
inside(p, i) = mark_panel[i] == p && mark_x[i] > 0
x_of(p, i, second) = inside(p, i) && mark_second[i] == second ? mark_x[i] : NaN
across(p, i) = mark_panel[i] == p && mark_x[i] == 0 ? x_low : NaN # of no bound
array band[1] = [1]
# A semaphore and a pool often stand on each other: the one is seen behind the other.
size(i) = mark(mark_look[i] == 4 ? 2.9 : 1.4)
do for [p = 1:panel_name_n] {
    if (panel_log[p]) { set logscale y } else { unset logscale y }
    set yrange [panel_low[p]:panel_high[p]]
    eval 'set ytics '.panel_tics[p]
    set label 902 panel_name[p] at graph 0,1 offset screen 0,0.022 font bold(18) \
        tc rgb ink
    high = panel_high[p] - panel_low[p]
    unset arrow
    do for [i = 1:limit_y_n] {
        unset label 970 + i
        if (limit_panel[i] == p) {
            set arrow i from graph 0,first limit_y[i] to graph 1,first limit_y[i] \
                nohead lw wide(2.5) dt (3, 4) lc rgb ink
            set label 970 + i limit_words[i] at graph 1,first limit_y[i] right \
                offset screen -0.002,0.013 font plain(15) tc rgb ink
        }
    }
    plot line_x using (line_panel_n > 0 && line_panel[$1] == p && line_second[$1] == 0 \
             ? line_x[$1] : NaN):(line_y[$1]) with lines lw wide(4) lc rgb pale(2, 0x90), \
         line_x using (line_panel_n > 0 && line_panel[$1] == p && line_second[$1] == 1 \
             ? line_x[$1] : NaN):(line_y[$1]) with lines lw wide(3) dt 2 \
             lc rgb pale(2, 0x70), \
         point_x using (point_x_n > 0 ? point_x[$1] : NaN):(panel_low[p]):(0):(high) \
             with vectors nohead lw wide(1.5) dt (12, 5, 3, 5) lc rgb ink, \
         for [k = 1:band_low > 0] band using (band_low):(panel_low[p]): \
             (band_low / 1.01):(band_high * 1.01):(panel_low[p]):(panel_high[p]) \
             with boxxyerror fillstyle transparent solid 0.08 noborder lc rgb ink, \
         mark_x using (across(p, $1)):(mark_y[$1]):(x_high - x_low):(0) \
             with vectors nohead lw wide(2) dt (10, 6) lc rgb colour[1], \
         mark_x using (x_of(p, $1, 1)):(mark_y[$1]):(size($1)):(shape[mark_look[$1]] - 1): \
             (colour[mark_look[$1]]) \
             with points ps variable lw wide(2) pt variable lc rgb variable, \
         mark_x using (x_of(p, $1, 0)):(mark_y[$1]):(size($1)):(shape[mark_look[$1]]): \
             (colour[mark_look[$1]]) \
             with points ps variable pt variable lc rgb variable
    if (p == 1) { unset label }
}
unset multiplot
