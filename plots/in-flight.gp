# How hard is the API pressed? Calls outstanding over time, a panel for each design.
#
# Solid is being served; hatched is being turned away, above what the API can serve.
load 'plots/style.gp'

set rmargin at screen 0.745
set xrange [0:x_high]
set yrange [0:y_high]
set border 3
set ytics @call_tics
set label 'calls in flight' at screen 0.02,y_name_y font plain(21) tc rgb ink
set label 'time since the start' at screen 0.415,0.032 center font plain(21) tc rgb ink

height = (plot_top - 0.115) / panels
set multiplot
do for [p = 1:panels] {
    set tmargin at screen plot_top - (p - 1) * height
    set bmargin at screen plot_top - p * height + 0.045
    if (p < panels) { set xtics format '' } else { set xtics format '%g ms' }
    if (p == 2) { unset label }
    set label 10 panel_name[p] at graph 1.02,0.86 font bold(24) \
        tc rgb letter[panel_series[p]]
    set label 11 panel_words[p] at graph 1.02,0.86 offset screen 0,-0.038 \
        font plain(20) tc rgb letter[panel_series[p]]
    set label 12 panel_note[p] at graph 1.02,0.86 offset screen 0,-0.072 \
        font plain(20) tc rgb muted
    if (capacity > 0) {
        set arrow 1 from graph 0,first capacity to graph 1,first capacity nohead \
            lw wide(3) dt (8, 5) lc rgb ink front
    }
    mine(name) = column('series') == panel_series[p] ? column(name) : NaN
    plot data using (mine('time_ms')):(mine('total')):(mine('served')) \
             with filledcurves fillstyle pattern 4 lc rgb colour[panel_series[p]], \
         data using (mine('time_ms')):(mine('served')) \
             with filledcurves y1=0 fillstyle solid 0.55 noborder \
             lc rgb colour[panel_series[p]], \
         data using (mine('time_ms')):(mine('total')) \
             with lines lw wide(3) lc rgb colour[panel_series[p]]
}
unset multiplot
