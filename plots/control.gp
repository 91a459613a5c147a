# Is the ruler straight? One cell against itself, block by block.
load 'plots/style.gp'

set xrange [0.4:last_block + 0.6]
set yrange [y_low:y_high]
set logscale y
set ytics @ratio_tics
set xtics 1
set label 'ratio of two runs of one cell (log scale)' at screen 0.02,y_name_y \
    font plain(21) tc rgb ink
set label 'block' at screen 0.43,x_name_y center font plain(21) tc rgb ink

# Within 2 % of 1, dotted, nothing is called different; the band is the interval.
if (interval_high > 0) {
    set object 1 rectangle from graph 0,first interval_low \
        to graph 1,first interval_high behind \
        fillstyle solid noborder fillcolor rgb tint(series)
}
set label 'dotted, 0.98 to 1.02:' at graph 1.02,first 1.0 font plain(20) tc rgb muted
set label 'called no difference' at graph 1.02,first 1.0 offset screen 0,-0.034 \
    font plain(20) tc rgb muted

set arrow from graph 0,first 0.98 to graph 1,first 0.98 nohead lw wide(2) \
    dt (2, 5) lc rgb muted
set arrow from graph 0,first 1.02 to graph 1,first 1.02 nohead lw wide(2) \
    dt (2, 5) lc rgb muted
plot 1 with lines lw wide(2) lc rgb ink, \
     median with lines lw wide(3) dt (8, 5) lc rgb colour[series], \
     data using 'block':'ratio' \
         with points pt shape[series] ps mark(2.6) lc rgb colour[series]
