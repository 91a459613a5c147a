# What does a load near 100 % do? The wait on the left, the tasks lost on the right.
load 'plots/style.gp'

set xrange [0.44:1.0]
set label 'load ρ: arrivals · service time / places, %' at screen 0.5,x_name_y center \
    font plain(21) tc rgb ink
set label panel_words[1] at screen 0.02,y_name_y font plain(21) tc rgb ink
set label panel_words[2] at screen 0.52,y_name_y font plain(21) tc rgb ink
do for [i = 1:names] {
    set label ' ' at screen 0.105,plot_top - 0.03 - 0.05 * (i - 1) \
        point pt shape[name_series[i]] ps mark(2.4) lc rgb colour[name_series[i]] front
    set label name_words[i] at screen 0.12,plot_top - 0.03 - 0.05 * (i - 1) \
        font bold(24) tc rgb letter[name_series[i]] front
}

is(p, k, c) = column('panel') == p && column('kind') == k ? column(c) : NaN
set multiplot
do for [p = 1:2] {
    set lmargin at screen p == 1 ? 0.085 : 0.585
    set rmargin at screen p == 1 ? 0.48 : 0.98
    set yrange [0:p == 1 ? wait_high : lost_high]
    if (p == 1) { set ytics format '%g' } else { set ytics format '%g %%' }
    if (p == 2) { unset label }
    plot data using 'load':(is(p, 1, 'value')):(pale(column('series'), 0xb0)) \
             with lines lw wide(9) lc rgb variable, \
         data using 'load':(is(p, 2, 'value')):(colour[column('series')]) \
             with lines lw wide(3) dt (3, 5) lc rgb variable, \
         data using 'load':(is(p, 0, 'value')):'low':'high':\
             (colour[column('series')]) \
             with yerrorbars pt 0 lw wide(3.5) lc rgb variable, \
         data using 'load':(is(p, 0, 'value')):(shape[column('series')]):\
             (colour[column('series')]) \
             with points ps mark(2.8) pt variable lc rgb variable
}
unset multiplot
