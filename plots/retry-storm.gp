# Do we recover? Useful answers per second, before, during and after an outage.
load 'plots/style.gp'

set yrange [0:y_high]
eval 'set ytics '.y_tics
eval x_named(0.42)
set multiplot layout panels,1 margins screen 0.085,0.745,0.125,top - 0.02 \
    spacing screen 0.075
here(p, i) = column('row') == label_row[i] ? column('ok_per_s') : NaN
do for [p = 1:panels] {
    if (p == panels) { eval 'set xtics '.x_tics }
    if (p > 1) { unset label; unset arrow }
    set label 100 panel_words[p] at graph -0.105,1 \
        offset screen 0,0.024 font bold(21) tc rgb ink front
    set object 1 rectangle from first outage_from[p],graph 0 to first outage_to[p],graph 1 \
        behind fillstyle solid noborder fillcolor rgb shade
    set label 101 'API out' at first (outage_from[p] + outage_to[p]) / 2,graph 0.93 center \
        font plain(19) tc rgb muted front
    if (arrivals_per_s[p] > 0) {
        set arrow 1 from graph 0,first arrivals_per_s[p] \
            to first (arrivals_to < x_high ? arrivals_to : x_high),arrivals_per_s[p] \
            nohead lw wide(3) dt (2, 5) lc rgb ink
    }
    if (arrivals_to < x_high) {
        set arrow 2 from first arrivals_to,graph 0 to first arrivals_to,graph 1 \
            nohead lw wide(2) lc rgb muted
        set label 102 'no more arrivals' at first arrivals_to,graph 1 right \
            offset screen 0,0.014 font plain(19) tc rgb muted front
    }
    first_line = 1
    lines = 0
    do for [i = 1:row_name_n] { if (label_panel[i] == p) {
        if (lines == 0) { first_line = i }
        lines = lines + 1
        eval labelled(200 + 3 * i, 'row_name', i, label_y[i])
    } }
    plot for [i = first_line:first_line + lines - 1] table('rates') \
        using 'time_s':(here(p, i)) with steps ls dash(label_look[i]) lw wide(3.5) \
        lc rgb colour[label_look[i]]
}
unset multiplot
