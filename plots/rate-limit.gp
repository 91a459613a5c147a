# How many workers are safe? The share of calls that a rate limit lets through.
load 'plots/style.gp'

set rmargin at screen 0.94
set logscale x
set xrange [x_low:x_high]
set yrange [0:106]
small = plain(20)
set xtics font small
set ytics 0,25,100 format '%g %%'
set label 'tasks ok' at screen 0.02,y_name_y font plain(21) tc rgb ink
set label 'calls at once: workers W, or the most that threads had (log scale)' \
    at screen 0.5,x_name_y center font plain(21) tc rgb ink

# The safe side, up to rate times task time.
set object 1 rectangle from graph 0,graph 0 to first knee,graph 1 behind \
    fillstyle solid noborder fillcolor rgb shade
set arrow from knee,graph 0 to knee,graph 1 nohead lw wide(2.5) dt (8, 5) lc rgb ink
set label 'safe' at graph 0.012,graph 0.1 font plain(20) tc rgb ink
set label knee_words at knee,graph 0.1 right offset screen -0.008,0 \
    font plain(20) tc rgb ink

do for [i = 1:notes] {
    set label note_words[i] at note_x[i],note_y[i] offset screen 0.018,0.018 \
        font plain(20) tc rgb letter[note_series[i]] front
}

# Busy time adds up: W T = A d + (N - A) e, where A = b + r T calls are accepted.
busy(W) = (burst * service_s + (tasks - burst) * reject_s) \
    / (W - rate * (service_s - reject_s))
accepted(W) = W <= rate * (service_s - reject_s) ? tasks \
    : (burst + rate * busy(W) < tasks ? burst + rate * busy(W) : tasks)
do for [i = 1:crowds] {
    set label ' ' at crowd_x[i],crowd_y[i] point pt shape[1] ps mark(4.5) \
        lc rgb pale(1, 0xb0)
}
plot for [k = 1:theory] 100 * accepted(x) / tasks \
         with lines lw wide(9) lc rgb pale(2, 0xc0), \
     data using 'workers':'percent':'bar_low':'bar_high':(colour[column('series')]) \
         with yerrorbars pt 0 lw wide(3) lc rgb variable, \
     data using 'workers':'percent':(shape[column('series')]):\
         (colour[column('series')]) with points ps mark(2.6) pt variable lc rgb variable
