# A class's machines: the ratio of each one, a panel for each cell.
load 'plots/style.gp'

left = row_name_n > 0 ? 0.25 : 0.06
set yrange [machines + 0.7:0.3]
eval rows_only
do for [i = 1:row_name_n] {
    set label row_name[i] at screen 0.02,first i font plain(row_px) tc rgb ink
}
eval x_named(0.6)
set arrow 1 from 1,graph 0 to 1,graph 1 nohead lw wide(2) lc rgb ink
set multiplot layout 1,panels margins screen left,0.975,0.115,top - 0.05 \
    spacing screen 0.03
here(p, is) = column('panel') == p && column('known') == is ? column('ratio') : NaN
do for [p = 1:panels] {
    if (p == 2) { unset label }
    set label 900 panel_words[p] at graph 0,1 offset screen 0,0.022 font bold(panels > 2 ? 15 : 19) \
        tc rgb ink
    plot table('class') using (here(p, 1)):'machine':'low':'high' with xerrorbars pt 0 \
             lw wide(3) lc rgb colour[look], \
         table('class') using (here(p, 1)):'machine' with points pt shape[look] \
             ps mark(machines > 30 ? 1.2 : 2.2) lc rgb colour[look], \
         for [k = 1:unknown] table('class') using (here(p, 0)):'machine' with points \
             pt shape[look] - 1 ps mark(machines > 30 ? 1.2 : 2.2) lc rgb colour[look]
}
unset multiplot
