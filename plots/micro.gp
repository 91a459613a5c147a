# What does one hand-off cost? Ours in colour, the peers hatched; bars start at zero.
load 'plots/style.gp'

set lmargin at screen 0.27
set rmargin at screen 0.80
set xrange [0:x_high]
set yrange [y_low:0.2]
set border 1
unset ytics
set grid noytics xtics lt 1 lc rgb faint lw wide(0.8) dashtype (2, 4)
set xtics format '%g'
set label 'nanoseconds an operation' at screen 0.535,x_name_y center \
    font plain(21) tc rgb ink
do for [i = 1:groups] {
    set label group_words[i] at screen 0.02,first group_y[i] font plain(21) tc rgb muted
}
do for [i = 1:bars] {
    set label bar_name[i] at graph -0.015,first bar_y[i] right font bold(21) \
        tc rgb (bar_ours[i] ? letter[2] : letter[6])
    set label bar_value[i] at bar_end[i],first bar_y[i] offset screen 0.008,0 \
        font plain(20) tc rgb ink
}
if (floor_ns > 0) {
    set arrow from first floor_ns,first bar_y[1] + 0.45 to first floor_ns,graph 1.03 nohead \
        lw wide(2.5) dt (7, 6) lc rgb ink front
    set label floor_words at first floor_ns,graph 1.03 offset screen 0.006,0.004 \
        font plain(20) tc rgb ink
}
whose(ours) = column('ours') == ours ? column('middle') : NaN
plot for [k = 1:any_ours] data using (whose(1)):'y':'from':'to':'top':'bottom' \
         with boxxyerror fillstyle solid border lw wide(1.2) lc rgb colour[2], \
     for [k = 1:any_peer] data using (whose(0)):'y':'from':'to':'top':'bottom' \
         with boxxyerror fillstyle pattern 4 border lw wide(1.2) lc rgb colour[6], \
     data using 'to':'y':'low':'high' with xerrorbars pt 0 lw wide(2.5) lc rgb ink
