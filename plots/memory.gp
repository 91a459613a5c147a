# What do the threads weigh? Peak memory, and most threads alive at once, against tasks.
load 'plots/style.gp'

set logscale xy
set xrange [x_low:x_high]

set multiplot

# Left: peak resident memory. The line is the memory of the least run plus the measured
# slope for each further task.
set rmargin at screen 0.40
set yrange [rss_low:rss_high]
set ytics @rss_tics
set label 'peak RSS (log scale)' at screen 0.02,y_name_y font plain(21) tc rgb ink
set label 'tasks N (log scale)' at screen 0.24,x_name_y center font plain(21) tc rgb ink
do for [i = 1:values] {
    set label value_words[i] at screen 0.41,graph value_y[i] font plain(21) \
        tc rgb letter[value_series[i]] front
}
plot for [k = 1:slopes] base_bytes + slope_bytes * x \
         with lines lw wide(3) lc rgb pale(1, 0x99), \
     data using 'x':'rss_bytes':'bar_low':'bar_high':(colour[column('series')]) \
         with yerrorbars pt 0 lw wide(3) lc rgb variable, \
     data using 'x':'rss_bytes':(shape[column('series')]):(colour[column('series')]) \
         with points ps mark(2.6) pt variable lc rgb variable

# Right: threads counted alive. The line is a thread for every task.
unset label
set lmargin at screen 0.62
set rmargin at screen 0.80
set yrange [threads_low:threads_high]
set ytics @threads_tics
set label 'threads alive at once (log scale; dashed: one a task)' \
    at screen 0.56,y_name_y font plain(21) tc rgb ink
set label 'tasks N (log scale)' at screen 0.71,x_name_y center font plain(21) tc rgb ink
do for [i = 1:names] {
    set label name_words[i] at graph 1.05,name_y[i] font bold(22) \
        tc rgb letter[name_series[i]] front
    set label name_value[i] at graph 1.05,name_y[i] offset screen 0,-0.036 \
        font plain(20) tc rgb letter[name_series[i]] front
}
plot x with lines lw wide(2) dt (6, 5) lc rgb muted, \
     data using 'x':'threads':'threads_low':'threads_high':(colour[column('series')]) \
         with yerrorbars pt 0 lw wide(3) lc rgb variable, \
     data using 'x':'threads':(shape[column('series')]):(colour[column('series')]) \
         with points ps mark(2.6) pt variable lc rgb variable
unset multiplot
