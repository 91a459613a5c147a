# What did the class predict, and what came out? Ticks, a line of theory, and a mark.
load 'plots/style.gp'

set rmargin at screen 0.94
set logscale x
set xrange [x_low:x_high]
set yrange [0:1]
unset ytics
set border 1
set label 'predicted' at graph -0.01,0.20 right font plain(21) tc rgb ink
set label 'measured' at graph -0.01,0.62 right font plain(21) tc rgb ink
set label measured_words at first measured,graph 0.62 offset screen 0.02,0 \
    font bold(30) tc rgb ink front
if (predicted == 0) {
    set label 'nothing' at graph 0.02,0.20 font plain(21) tc rgb muted
}
if (theory > 0) {
    set arrow from first theory,graph 0 to first theory,graph 0.88 nohead \
        lw wide(10) lc rgb faint back
    set label theory_words at first theory,graph 0.93 center font plain(21) \
        tc rgb muted front
}

height(votes) = 0.12 + 0.22 * votes / most_votes
kind_is(k) = column('kind') == k ? column('value') : NaN
plot data using (kind_is(1)):(0.04):(0):(height(column('votes'))) \
         with vectors nohead lw wide(5) lc rgb muted, \
     data using (kind_is(2)):(0.62):'low':'high' \
         with xerrorbars lw wide(4) pt 7 ps mark(4) lc rgb ink
