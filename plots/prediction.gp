# What did the class predict, and what came out? Ticks, a line of theory, and a mark;
# or, where letters were to be chosen, the votes for each.
load 'plots/style.gp'

if (choices > 0) {
    unset border
    unset tics
    unset grid
    set lmargin at screen 0.05
    set rmargin at screen 0.94
    set bmargin at screen 0.05
    set xrange [0:most_votes * 1.1]
    set yrange [choices + 0.6:0.4]
    do for [i = 1:choices] {
        set label choice_words[i] at first 0,first i - 0.18 left front \
            font (choice_right[i] ? bold(26) : plain(26)) \
            tc rgb (choice_right[i] ? ink : muted)
        if (choice_votes[i] > 0) {
            set label sprintf('%d', choice_votes[i]) \
                at first choice_votes[i],first i + 0.2 offset screen 0.008,0 left \
                font plain(24) tc rgb muted front
        }
    }
    is_right(k) = column('right') == k ? column('row') + 0.2 : NaN
    plot data using (column('votes') / 2):(is_right(1)):(column('votes') / 2):(0.14) \
             with boxxyerror fillstyle solid noborder lc rgb ink, \
         data using (column('votes') / 2):(is_right(0)):(column('votes') / 2):(0.14) \
             with boxxyerror fillstyle solid noborder lc rgb faint
    exit gnuplot
}

set rmargin at screen 0.94
set logscale x
set xrange [x_low:x_high]
set yrange [0:1]
unset ytics
set border 1
set label 'predicted' at graph -0.01,0.20 right font plain(21) tc rgb ink
set label 'measured' at graph -0.01,0.62 right font plain(21) tc rgb ink

# Words go from their mark to the left (-1), to the right (1), or lie centred on it.
if (measured_side < 0) {
    set label measured_words at first measured_at,graph 0.62 right \
        offset screen -0.015,0 font bold(30) tc rgb ink front
} else {
    set label measured_words at first measured_at,graph 0.62 left \
        offset screen 0.015,0 font bold(30) tc rgb ink front
}
if (predicted == 0) {
    set label 'nothing' at graph 0.02,0.20 font plain(21) tc rgb muted
}
if (theory > 0) {
    set arrow from first theory,graph 0 to first theory,graph 0.88 nohead \
        lw wide(10) lc rgb faint back
    if (theory_side < 0) {
        set label theory_words at first theory,graph 0.93 right font plain(21) \
            tc rgb muted front
    }
    if (theory_side == 0) {
        set label theory_words at first theory,graph 0.93 center font plain(21) \
            tc rgb muted front
    }
    if (theory_side > 0) {
        set label theory_words at first theory,graph 0.93 left font plain(21) \
            tc rgb muted front
    }
}

height(votes) = 0.12 + 0.22 * votes / most_votes
kind_is(k) = column('kind') == k ? column('value') : NaN
plot data using (kind_is(1)):(0.04):(0):(height(column('votes'))) \
         with vectors nohead lw wide(5) lc rgb muted, \
     data using (kind_is(2)):(0.62):'low':'high' \
         with xerrorbars lw wide(4) pt 7 ps mark(4) lc rgb ink
