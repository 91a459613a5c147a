# Is there a best pool size? Wall time against workers.
#
# W workers appear one every c seconds and then do N / W tasks each. Below W* the rounds
# rule, beyond it the creation of threads.
load 'plots/style.gp'

set logscale xy
set xrange [x_low:x_high]
set yrange [y_low:y_high]
set label 'wall time (log scale)' at screen 0.02,y_name_y font plain(21) tc rgb ink
set label 'workers W (log scale)' at screen 0.43,x_name_y center \
    font plain(21) tc rgb ink

best = sqrt(2 * tasks * service_s / create_s)
whole(W) = W <= best ? tasks * service_s / W + W * create_s / 2 : W * create_s
if (theory) {
    set label rounds_words at rounds_x,tasks * service_s / rounds_x \
        offset screen 0.012,0.022 font plain(20) tc rgb letter[2]
    set label creating_words at creating_x,0.19 * creating_x * create_s right \
        font plain(20) tc rgb muted
}
do for [i = 1:notes] {
    set label note_words[i] at note_x[i],note_y[i] center offset screen 0,note_up[i] \
        font bold(22) tc rgb letter[note_series[i]] front
}

plot for [k = 1:theory] whole(x) with lines lw wide(9) lc rgb pale(2, 0xc0), \
     for [k = 1:theory] tasks * service_s / x \
         with lines lw wide(2) dt (7, 6) lc rgb colour[2], \
     for [k = 1:theory] x * create_s with lines lw wide(2) dt (7, 6) lc rgb muted, \
     data using 'workers':'median_s':'bar_low_s':'bar_high_s':\
         (colour[column('series')]) with yerrorbars pt 0 lw wide(3) lc rgb variable, \
     data using 'workers':'median_s':(shape[column('series')]):\
         (colour[column('series')]) with points ps mark(2.6) pt variable lc rgb variable
