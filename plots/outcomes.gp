# What became of the tasks? A bar for each design, its whole length all its tasks.
#
# Solid is ok; each kind of failure has a hatching of its own, so grey print keeps it.
load 'plots/style.gp'

array hatch = [3, 4, 5, 1, 6, 7, 2]
set lmargin at screen 0.20
set rmargin at screen 0.70
set tmargin at screen plot_top + 0.035
set bmargin at screen 0.18
set xrange [0:100]
set yrange [y_low:0]
set border 1
unset ytics
unset grid
set xtics 0,25,100 format '%g %%'

do for [i = 1:bars] {
    set label bar_name[i] at graph -0.015,first bar_y[i] right \
        offset screen 0,name_up font bold(22) tc rgb letter[bar_series[i]]
    set label bar_variant[i] at graph -0.015,first bar_y[i] right \
        offset screen 0,-0.021 font plain(18) tc rgb muted
    set label bar_words[i] at graph 1.015,first bar_y[i] font plain(22) tc rgb ink
}
set label 'share of the tasks' at screen 0.45,0.094 center font plain(21) tc rgb ink
do for [i = 1:groups] {
    set label group_words[i] at screen 0.02,first group_y[i] font plain(22) tc rgb muted
}
# What the fillings mean, below the axis.
do for [i = 1:kinds] {
    set object i rectangle \
        from screen kind_x[i],0.027 to screen kind_x[i] + 0.03,0.057 \
        fillstyle pattern hatch[kind_index[i]] border lc rgb ink \
        fillcolor rgb muted lw wide(1)
    set label kind_words[i] at screen kind_x[i] + 0.037,0.041 font plain(21) tc rgb ink
}

part(s, kind) = column('series') == s && column('outcome') == kind \
    ? column('middle') : NaN
plot for [i = 1:fills] \
    data using (part(fill_series[i], fill_kind[i])):'y':'from':'to':'top':'bottom' \
    with boxxyerror fillstyle pattern hatch[fill_kind[i]] border \
    lw wide(1.2) lc rgb colour[fill_series[i]]
