# How long does it take? Wall time against tasks, with theory behind the marks.
#
# Nothing was measured between the marks, so no line joins them: theory does.
load 'plots/style.gp'

set logscale xy
set xrange [x_low:x_high]
set yrange [y_low:y_high]
set label 'wall time (log scale)' at screen 0.02,y_name_y font plain(21) tc rgb ink
set label 'tasks N (log scale)' at screen 0.43,x_name_y center font plain(21) tc rgb ink

# A pool of W serves N equal tasks in rounds; threads are created one after another.
rounds(N, W) = ceil(N / W) * service_s
creating(N) = service_s + N * create_s

do for [i = 1:theories] {
    set label theory_words[i] at theory_x[i],theory_y[i] offset screen 0,0.018 \
        font plain(19) tc rgb letter[theory_series[i]] rotate by theory_angle[i] right
}

plot for [i = 1:theories] \
         (theory_workers[i] > 0 ? rounds(x, theory_workers[i]) : creating(x)) \
         with lines lw wide(3) lc rgb pale(theory_series[i], 0x99), \
     data using (column('x') * 0.93):'theory_s':(column('x') * 0.14):(0):\
         (pale(column('series'), 0x80)) with vectors nohead lw wide(8) lc rgb variable, \
     data using 'x':'median_s':'bar_low_s':'bar_high_s':(colour[column('series')]) \
         with yerrorbars pt 0 lw wide(3) lc rgb variable, \
     data using 'x':'median_s':(shape[column('series')]):(colour[column('series')]) \
         with points ps mark(2.6) pt variable lc rgb variable
