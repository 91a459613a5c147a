# Did the machine hold still? Every run in its order, against its cell's median.
#
# Hollow is the warm-up, which is not counted; a panel for each number of tasks.
load 'plots/style.gp'

set rmargin at screen 0.80
set xrange [-0.6:last_block + 0.6]
set xtics ceil((last_block + 1) / 16.0)
set yrange [y_low:y_high]
set ytics @percent_tics
set label 'off the median of its cell' at screen 0.02,y_name_y font plain(21) tc rgb ink
set label 'block (0 is the warm-up)' at screen 0.44,0.032 center \
    font plain(21) tc rgb ink

do for [i = 1:names] {
    set label name_words[i] at screen 0.835,plot_top - 0.02 - 0.05 * (i - 1) \
        font bold(22) tc rgb letter[name_series[i]]
    set label ' ' at screen 0.822,plot_top - 0.02 - 0.05 * (i - 1) \
        point pt shape[name_series[i]] ps mark(2) lc rgb colour[name_series[i]]
}
top = plot_top - 0.03
height = (top - 0.095) / panels
set multiplot
do for [p = 1:panels] {
    set tmargin at screen top - (p - 1) * height
    set bmargin at screen top - p * height + 0.045
    if (p < panels) { set xtics format '' } else { set xtics format '%g' }
    if (p == 2) { unset label }
    set label 50 panel_words[p] at graph 0.005,1 offset screen 0,0.016 font bold(21) tc rgb ink
    set label 51 panel_notes[p] at graph 0.12,1 offset screen 0,0.016 font plain(19) tc rgb muted
    do for [i = 1:noisy] {
        set object i rectangle from first noisy_block[i] - 0.5,graph 0 \
            to first noisy_block[i] + 0.5,graph 1 behind \
            fillstyle solid noborder fillcolor rgb shade
    }
    mine(warm) = column('panel') == p && column('warm_up') == warm \
        ? column('drawn') : NaN
    plot 0 with lines lw wide(1.5) lc rgb ink, \
         for [k = 1:warm_ups] data using 'x':(mine(1)):\
             (shape[column('series')] - 1):(colour[column('series')]) \
             with points ps mark(2) lw wide(2) pt variable lc rgb variable, \
         data using 'x':(mine(0)):(shape[column('series')]):(colour[column('series')]) \
             with points ps mark(2) pt variable lc rgb variable
}
unset multiplot
