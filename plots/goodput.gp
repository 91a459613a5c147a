# How much useful work a second? Tasks that went well, per second, against tasks.
load 'plots/style.gp'

set logscale xy
set xrange [x_low:x_high]
set yrange [y_low:y_high]
set label 'tasks ok per second (log scale)' at screen 0.02,y_name_y \
    font plain(21) tc rgb ink
set label 'tasks N (log scale)' at screen 0.43,x_name_y center font plain(21) tc rgb ink

# No more than the API serves: capacity over task time.
if (ceiling > 0) {
    set arrow from graph 0,first ceiling to graph 1,first ceiling nohead \
        lw wide(3) dt (8, 5) lc rgb ink
    set label ceiling_words at graph 0.01,first ceiling offset screen 0,0.02 \
        font plain(19) tc rgb ink
}

# A pool in rounds: N tasks in the time of theory.
rate(N, W) = N / (ceil(N / W) * service_s)
plot for [i = 1:theories] rate(x, theory_workers[i]) \
         with lines lw wide(3) lc rgb pale(theory_series[i], 0x99), \
     data using (column('x') * 0.93):'theory_per_s':(column('x') * 0.14):(0):\
         (pale(column('series'), 0x80)) with vectors nohead lw wide(8) lc rgb variable, \
     data using 'x':'per_s':'bar_low':'bar_high':(colour[column('series')]) \
         with yerrorbars pt 0 lw wide(3) lc rgb variable, \
     data using 'x':'per_s':(shape[column('series')]):(colour[column('series')]) \
         with points ps mark(2.6) pt variable lc rgb variable
