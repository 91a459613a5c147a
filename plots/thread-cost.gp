# What does one more thread cost? Its kinds of memory, one bar for each variant.
load 'plots/style.gp'

array hatch = [3, 4, 5, 2, 6, 7]
set lmargin at screen 0.30
set rmargin at screen 0.88
set xrange [0:x_high]
set yrange [bars + 0.6:0.4]
set border 1
unset ytics
set grid noytics xtics lt 1 lc rgb faint lw wide(0.8) dashtype (2, 4)
set xtics format '%g kB'
set label 'kilobytes for each further thread alive' at screen 0.59,x_name_y center \
    font plain(21) tc rgb ink
do for [i = 1:bars] {
    set label bar_words[i] at screen 0.02,first i font bold(22) tc rgb letter[1]
    set label bar_total[i] at bar_end[i],first i offset screen 0.008,0 \
        font bold(22) tc rgb ink
    if (ghost[i]) {
        set object 100 + i rectangle from first ghost_from[i],first i - 0.32 \
            to first bar_end[i],first i + 0.32 fillstyle empty border lc rgb muted \
            dashtype (6, 5) lw wide(2)
        set label ghost_words[i] at first (ghost_from[i] + bar_end[i]) / 2,first i \
            center offset screen 0,0.018 font plain(20) tc rgb muted
        set label 'not measured' at first (ghost_from[i] + bar_end[i]) / 2,first i \
            center offset screen 0,-0.018 font plain(20) tc rgb muted
    }
}
do for [i = 1:parts] {
    set label part_words[i] at part_x[i],first part_y[i] center front \
        font plain(20) tc rgb ink
}
do for [i = 1:kinds] {
    set object i rectangle from screen kind_x[i],plot_top + 0.02 \
        to screen kind_x[i] + 0.03,plot_top + 0.05 \
        fillstyle pattern hatch[i] border lc rgb ink fillcolor rgb colour[1]
    set label kind_words[i] at screen kind_x[i] + 0.036,plot_top + 0.035 \
        font plain(20) tc rgb ink
}
part(k) = column('kind') == k ? column('middle') : NaN
plot for [i = 1:kinds] data using (part(i)):'y':'from':'to':'top':'bottom' \
    with boxxyerror fillstyle pattern hatch[i] border lw wide(1.2) lc rgb colour[1]
