# Equal work, other shape: calls in flight over time, one panel for each pool.
load 'plots/style.gp'

set rmargin at screen 0.70
set xrange [0:x_high]
set yrange [0:y_high]
set ytics 0,y_step
set label 'calls in flight' at screen 0.02,y_name_y font plain(21) tc rgb ink
set label 'time since the start' at screen 0.39,0.032 center font plain(21) tc rgb ink

height = (plot_top - 0.115) / panels
set multiplot
do for [p = 1:panels] {
    set tmargin at screen plot_top - (p - 1) * height
    set bmargin at screen plot_top - p * height + 0.03
    set xtics ('' 0)
    do for [i = 1:ticks] {
        set xtics add ((p < panels ? '' : tick_words[i]) tick_at[i])
    }
    if (p == 2) { unset label }
    set label 10 panel_name[p] at graph 1.03,0.75 font bold(24) tc rgb letter[look]
    set label 11 panel_words[p] at graph 1.03,0.75 offset screen 0,-0.04 \
        font plain(20) tc rgb muted
    mine(name) = column('series') == p ? column(name) : NaN
    plot data using (mine('time_ms')):(mine('total')) \
             with filledcurves y1=0 fillstyle solid 0.55 noborder lc rgb colour[look], \
         data using (mine('time_ms')):(mine('total')) \
             with lines lw wide(3) lc rgb colour[look]
}
unset multiplot
