# How soon does it stop? Each mark is a run: from being told until its last thread ends.
load 'plots/style.gp'

set lmargin at screen 0.30
set rmargin at screen 0.73
set logscale x
set xrange [x_low:x_high]
set yrange [rows + 0.6:0.4]
set border 1
unset ytics
set grid noytics xtics lt 1 lc rgb faint lw wide(0.8) dashtype (2, 4)
set label 'from being told to stop until the last thread has ended (log scale)' \
    at screen 0.52,x_name_y center font plain(21) tc rgb ink
if (service_s > 0) {
    set arrow from service_s,graph 0 to service_s,graph 1 nohead \
        lw wide(2.5) dt (8, 5) lc rgb ink
    set label service_words at service_s,graph 1 offset screen 0.006,0.014 \
        font plain(20) tc rgb ink
}
do for [i = 1:rows] {
    set label row_name[i] at screen 0.02,first i font bold(22) \
        tc rgb letter[row_series[i]]
    set label row_words[i] at screen 0.02,first i offset screen 0,-0.036 \
        font plain(20) tc rgb muted
    set label row_value[i] at graph 1.03,first i font bold(22) \
        tc rgb letter[row_series[i]]
    set label row_note[i] at graph 1.03,first i offset screen 0,-0.036 \
        font plain(20) tc rgb muted
}
do for [i = 1:rows] {
    set arrow from row_median[i],first i - 0.3 to row_median[i],first i + 0.3 nohead \
        lw wide(3.5) lc rgb letter[row_series[i]] front
}
# Theory of a pool that listens between tasks, from where it leaves the ground.
home(x, W) = x <= service_s ? (x / service_s) ** W : 0
plot for [k = 1:theories] (home(x, theory_workers[k]) > 0.002 \
         ? theory_row[k] + climb / 2 - climb * home(x, theory_workers[k]) : NaN) \
         with lines lw wide(9) lc rgb pale(2, 0xb0), \
     data using 'stop_s':'y':(shape[column('series')]):(colour[column('series')]) \
    with points ps mark(1.5) pt variable lc rgb variable
