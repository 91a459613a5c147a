# Do we recover? Useful answers a second, before, during and after an outage.
load 'plots/style.gp'

# A dash for each design beside its colour: where two lines coincide, both are seen.
set linetype 101 dashtype solid
set linetype 102 dashtype (14, 7)
set linetype 103 dashtype (6, 5)
set linetype 104 dashtype (20, 6, 4, 6)
set linetype 105 dashtype (3, 5)
set linetype 106 dashtype (10, 4)
set rmargin at screen 0.745
set xrange [0:x_high]
set yrange [0:y_high]
set label 'time since the start' at screen 0.415,0.032 center font plain(21) tc rgb ink

height = (plot_top - 0.06) / panels
top(p) = plot_top - (p - 1) * height
set multiplot
do for [p = 1:panels] {
    set tmargin at screen top(p)
    set bmargin at screen top(p + 1) + 0.075
    if (p < panels) { set xtics format '' } else { set xtics format '%g s' }
    if (p == 2) { unset label }
    set label 10 panel_words[p].': tasks ok per second' at screen 0.02,top(p) + 0.03 \
        font bold(22) tc rgb ink front
    if (outage_to > 0) {
        set object 1 rectangle from first outage_from,graph 0 \
            to first outage_to,graph 1 behind \
            fillstyle solid noborder fillcolor rgb shade
        set label 11 'API out' at first (outage_from + outage_to) / 2,graph 0.93 \
            center font plain(20) tc rgb muted front
    }
    if (arrivals_per_s > 0) {
        set arrow 1 from graph 0,first arrivals_per_s \
            to first (arrivals_to < x_high ? arrivals_to : x_high),arrivals_per_s \
            nohead lw wide(3) dt (2, 5) lc rgb ink
    }
    if (arrivals_to < x_high) {
        set arrow 2 from first arrivals_to,graph 0 to first arrivals_to,graph 1 \
            nohead lw wide(2) lc rgb muted
        if (arrivals_to > 0.75 * x_high) {
            set label 12 'no more arrivals' at first arrivals_to,graph 0.93 right \
                offset screen -0.006,0 font plain(20) tc rgb muted front
        } else {
            set label 12 'no more arrivals' at first arrivals_to,graph 0.93 left \
                offset screen 0.006,0 font plain(20) tc rgb muted front
        }
    }
    do for [i = 1:names] {
        if (name_panel[i] == p) {
            set label 20 + i name_words[i] at graph 1.03,name_y[i] font bold(22) \
                tc rgb letter[name_series[i]]
            set label 40 + i name_ok[i] at graph 1.03,name_y[i] \
                offset screen 0,-0.034 font plain(20) tc rgb letter[name_series[i]]
            set label 60 + i name_note[i] at graph 1.03,name_y[i] \
                offset screen 0,-0.066 font plain(20) tc rgb muted
        }
    }
    mine(s) = column('panel') == p && column('series') == s ? column('per_s') : NaN
    plot for [i = 1:designs] data using 'time_s':(mine(design_series[i])) \
        with steps lt 100 + design_series[i] lw wide(3.5) \
        lc rgb colour[design_series[i]]
    do for [i = 1:names] { unset label 20 + i; unset label 40 + i; unset label 60 + i }
}
unset multiplot
