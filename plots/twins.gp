# A family: simulated over measured, a row for each pair, a panel for each figure.
load 'plots/style.gp'

set yrange [rows + 1:0]
eval rows_only
eval x_named(0.465)
panels = 3
left = 0.195
right = 0.735
set multiplot layout 1,panels margins screen left,right,0.135,top - 0.03 \
    spacing screen 0.02
do for [i = 1:theme_name_n] {
    set label 100 + i theme_name[i] at screen 0.02,first theme_row[i] \
        offset screen 0,0.014 font bold(21) tc rgb ink
    set label 200 + i theme_why[i] at screen 0.02,first theme_row[i] \
        offset screen 0,-0.016 font plain(16) tc rgb muted
}
do for [i = 1:note_words_n] {
    set label 300 + i note_words[i] at screen right + 0.008,first note_row[i] \
        font plain(14) tc rgb letter[note_look[i]]
}
set datafile nocolumnheaders
set object 1 rectangle from 1 - close,graph 0 to 1 + close,graph 1 behind \
    fillstyle solid noborder fillcolor rgb shade
set arrow 1 from 1,graph 0 to 1,graph 1 nohead lw wide(1.5) lc rgb ink
do for [p = 1:panels] {
    set label 902 panel_name[p] at graph 0.5,1 center offset screen 0,0.02 font bold(21) \
        tc rgb ink
    plot mark_x using (mark_panel[$1] == p ? mark_x[$1] : NaN):(mark_row[$1]): \
             (mark_low[$1]):(mark_high[$1]):(colour[mark_look[$1]]) \
             with xerrorbars pt 0 lw wide(2.5) lc rgb variable, \
         mark_x using (mark_panel[$1] == p ? mark_x[$1] : NaN):(mark_row[$1]): \
             (shape[mark_look[$1]] - mark_beyond[$1]):(colour[mark_look[$1]]) \
             with points ps mark(1.7) lw wide(2) pt variable lc rgb variable
    if (p == 1) { unset label }
}
unset multiplot
