# Who does what, when? Every task a box, both designs on one clock.
load 'plots/style.gp'

set lmargin at screen 0.155
set rmargin at screen 0.965
set tmargin at screen plot_top + 0.045
set bmargin at screen 0.125
set xrange [0:x_high]
set yrange [y_low:0]
set border 1
unset ytics
set grid noytics xtics lt 1 lc rgb faint lw wide(0.8) dashtype (2, 4)
set label 'time since the start' at screen 0.56,x_name_y - 0.012 center \
    font plain(21) tc rgb ink

do for [i = 1:lanes] {
    set label lane_name[i] at screen 0.02,first lane_y[i] font bold(22) \
        tc rgb letter[lane_series[i]]
    set label lane_words[i] at screen 0.02,first lane_y[i] offset screen 0,-0.036 \
        font plain(20) tc rgb muted
    set label lane_note[i] at screen 0.02,first lane_y[i] offset screen 0,-0.068 \
        font plain(20) tc rgb muted
    set arrow from lane_end[i],first lane_top[i] to lane_end[i],first lane_bottom[i] \
        nohead lw wide(3) lc rgb ink front
    set label end_words[i] at lane_end[i],first end_y[i] offset screen 0.008,0 \
        font bold(21) tc rgb ink front
}
do for [i = 1:bounds] {
    set arrow from bound_x[i],first bound_top[i] to bound_x[i],first bound_bottom[i] \
        nohead lw wide(3) dt (6, 5) lc rgb muted front
}
do for [i = 1:notes] {
    set label note_words[i] at graph 0.004,first note_y[i] font plain(20) tc rgb muted
}

# Pale and solid is ok, hatched is lost.
box(s, bad) = column('series') == s && column('failed') == bad ? column('middle') : NaN
plot for [i = 1:fills] \
         data using (box(fill_series[i], fill_failed[i])):'y':\
             'from':'to':'top':'bottom' \
         with boxxyerror fillstyle pattern (fill_failed[i] ? 4 : 3) \
         border rgb fill_failed[i] ? sprintf('#%06x', colour[fill_series[i]]) : paper \
         lw wide(1.5) lc rgb fill_failed[i] ? colour[fill_series[i]] \
                                            : tint(fill_series[i]), \
     for [k = 1:numbers] \
         data using (column('number') < 0 ? NaN : column('middle')):'y':\
             (sprintf('%d', column('number'))) \
         with labels font plain(18) tc rgb ink
