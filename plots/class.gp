# How do the machines of a class compare? The pool's time over the threads', a row each.
load 'plots/style.gp'

set logscale x
set xrange [x_low:x_high]
set yrange [rows + 0.7:0.3]
set border 1
unset ytics
set grid noytics xtics lt 1 lc rgb faint lw wide(0.8) dashtype (2, 4)
set xtics @ratio_tics
set label x_words at screen 0.61,x_name_y center font plain(21) tc rgb ink
do for [i = 1:rows] {
    set label 100 + i row_words[i] at screen 0.02,first i font plain(row_px) tc rgb ink
}
wide_each = 0.72 / panels
set multiplot
do for [p = 1:panels] {
    set lmargin at screen 0.255 + (p - 1) * wide_each
    set rmargin at screen 0.255 + p * wide_each - 0.03
    if (p == 2) { unset label }
    set label 10 panel_words[p] at graph 0.5,1.04 center font bold(22) tc rgb ink
    set arrow 1 from 1,graph 0 to 1,graph 1 nohead lw wide(2) lc rgb ink
    mine(name) = column('panel') == p ? column(name) : NaN
    plot data using (mine('ratio')):'machine':'bar_low':'bar_high' \
             with xerrorbars pt 0 lw wide(3) lc rgb colour[look], \
         data using (mine('ratio')):'machine' \
             with points pt shape[look] ps mark(2.2) lc rgb colour[look]
}
unset multiplot
