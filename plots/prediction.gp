# A lesson: the class's guesses, theory, and what came out, on one axis; or the votes.
load 'plots/style.gp'

eval rows_only
eval x_named(0.5)
if (votes) {
    set lmargin at screen 0.06
    set rmargin at screen 0.95
    set yrange [rows + 0.6:0.2]
    do for [i = 1:rows] {
        set label row_name[i] at screen 0.03,first i font bold(30) tc rgb ink
        set label row_more[i] at first 0,i offset screen 0.008,0.055 font plain(22) \
            tc rgb ink
        set label answer_vote[i] at first row_count[i],i offset screen 0.012,0 \
            font bold(22) tc rgb ink
    }
    set datafile nocolumnheaders
    plot row_count using (row_count[$1] / 2.0):1:(0):(row_count[$1]):($1 - 0.2): \
        ($1 + 0.2):(row_right[$1] ? colour[2] : tint[6]) with boxxyerror \
        fillstyle solid noborder lc rgb variable
    exit gnuplot
}
set lmargin at screen 0.09
set rmargin at screen 0.96
set yrange [0:12]
set label answer_claim[1] at first sqrt(claim_low * claim_high),graph 1 center \
    offset screen 0,0.018 font plain(19) tc rgb muted
do for [i = 1:guess_x_n] {
    set label guess_words[i] at first guess_x[i],guess_y[i] center \
        offset screen 0,0.038 font bold(20) tc rgb letter[4] \
        point pt 7 ps mark(3.2) lc rgb colour[4] front
}
set label 'guesses' at screen 0.02,first 1 font plain(19) tc rgb letter[4]
# Theory's name stands on that side of its line where the measurement's line is not.
do for [i = 1:point_x_n] {
    beside = measured_x > point_x[i] ? -1 : 1
    if (beside < 0) { set label 100 + i right } else { set label 100 + i left }
    set label 100 + i point_words[i] at first point_x[i],8.8 \
        offset screen 0.006 * beside,0 font bold(22) tc rgb muted front
}
if (measured_x > 0) {
    set label answer_measured[1] at first measured_x,10.6 center offset screen 0,0.036 \
        font bold(24) tc rgb letter[2] front
}
set datafile nocolumnheaders
array where[1] = [1]
plot for [i = 1:point_x_n] where using (point_x[i]):(0):(0):(9.1) with vectors nohead \
         lw wide(3) dt (10, 5) lc rgb muted, \
     where using (claim_low):(6):(claim_low):(claim_high):(0):(12) with boxxyerror \
         fillstyle transparent solid 0.6 noborder lc rgb shade, \
     for [k = 1:measured_x > 0] where using (measured_x):(0):(0):(10.6) with vectors \
         nohead lw wide(2.5) lc rgb tint[2], \
     for [k = 1:measured_low > 0] where using (measured_x):(10.6):(measured_low): \
         (measured_high) with xerrorbars pt 0 lw wide(7) lc rgb colour[2], \
     for [k = 1:measured_x > 0] where using (measured_x):(10.6) with points pt 7 \
         ps mark(3.6) lc rgb colour[2]
