# How long is the wait near full? Mean wait against load, and Erlang's formula behind it.
load 'plots/style.gp'

set rmargin at screen 0.94
set xrange [0.42:1.0]
set yrange [0:y_high]
set label 'mean wait in the queue, ms' at screen 0.02,y_name_y font plain(21) tc rgb ink
set label 'load ρ: arrivals · service time / workers' at screen 0.5,x_name_y center \
    font plain(21) tc rgb ink

do for [i = 1:notes] {
    set label note_words[i] at first note_x[i],first note_y[i] right \
        offset screen -0.006,0.02 font bold(24) tc rgb letter[2] front
}
kind_is(k) = column('kind') == k ? column('wait') : NaN
plot data using 'load':(kind_is(1)) with lines lw wide(9) lc rgb pale(2, 0xb0), \
     data using 'load':(kind_is(2)):'low':'high' \
         with yerrorbars lw wide(3.5) pt shape[2] ps mark(3) lc rgb colour[2]
