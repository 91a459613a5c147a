# Do we recover? Useful answers a second, before, during and after an outage.
load 'plots/style.gp'

set rmargin at screen 0.745
set xrange [0:x_high]
set yrange [0:y_high]
set ytics y_step
set label 'tasks ok per second' at screen 0.02,y_name_y font plain(21) tc rgb ink
set label 'time since the start' at screen 0.415,0.032 center font plain(21) tc rgb ink

height = (plot_top - 0.115) / panels
set multiplot
do for [p = 1:panels] {
    set tmargin at screen plot_top - (p - 1) * height
    set bmargin at screen plot_top - p * height + 0.05
    if (p < panels) { set xtics format '' } else { set xtics format '%g s' }
    if (p == 2) { unset label }
    set label 10 panel_words[p] at graph 0.01,0.92 font bold(22) tc rgb ink front
    if (outage_to > 0) {
        set object 1 rectangle from first outage_from,graph 0 \
            to first outage_to,graph 1 behind \
            fillstyle solid noborder fillcolor rgb shade
        set label 11 'API out' at first (outage_from + outage_to) / 2,graph 0.92 \
            center font plain(20) tc rgb muted front
    }
    if (arrivals_per_s > 0) {
        set arrow 1 from graph 0,first arrivals_per_s to graph 1,first arrivals_per_s \
            nohead lw wide(2.5) dt (8, 5) lc rgb ink
    }
    do for [i = 1:names] {
        if (name_panel[i] == p) {
            set label 20 + i name_words[i] at graph 1.02,name_y[i] font bold(22) \
                tc rgb letter[name_series[i]]
            set label 40 + i name_note[i] at graph 1.02,name_y[i] \
                offset screen 0,-0.034 font plain(20) tc rgb muted
        }
    }
    mine(s) = column('panel') == p && column('series') == s ? column('per_s') : NaN
    plot for [i = 1:designs] data using 'time_s':(mine(design_series[i])) \
        with steps lw wide(3.5) lc rgb colour[design_series[i]]
    do for [i = 1:names] { unset label 20 + i; unset label 40 + i }
}
unset multiplot
