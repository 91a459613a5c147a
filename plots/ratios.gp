# A family: ratios around 1, a row for each thing and a panel for each cell or figure.
#
# A stroke holds the median; a hollow mark has none, or lies beyond the edge.
load 'plots/style.gp'

set yrange [depth + 0.7:0.3]
eval rows_only
eval x_named((left + right) / 2)
do for [i = 1:row_name_n] {
    set label row_name[i] at screen 0.02,first row_y[i] font bold(row_px) tc rgb ink \
        offset screen 0,(row_more[i] eq '' ? 0 : 0.014)
    set label row_more[i] at screen 0.02,first row_y[i] offset screen 0,-0.016 \
        font plain(16) tc rgb muted
}
do for [i = 1:note_words_n] {
    set label note_words[i] at screen right + 0.008,first note_y[i] font plain(14) \
        tc rgb letter[note_look[i]]
}
set object 1 rectangle from 1 - near,graph 0 to 1 + near,graph 1 behind \
    fillstyle solid noborder fillcolor rgb shade
set arrow 1 from 1,graph 0 to 1,graph 1 nohead lw wide(2) lc rgb ink
set datafile nocolumnheaders
set multiplot layout 1,panel_words_n margins screen left,right,0.125,top - 0.03 \
    spacing screen 0.025
x_of(i, p) = mark_panel[i] == p ? mark_x[i] : NaN
do for [p = 1:panel_words_n] {
    set label 900 panel_words[p] at graph 0.5,1 center offset screen 0,0.02 \
        font bold(panel_words_n > 3 ? 15 : 19) tc rgb ink
    plot mark_x using (x_of($1, p)):(mark_y[$1]):(mark_low[$1]):(mark_high[$1]): \
             (colour[mark_look[$1]]) with xerrorbars pt 0 lw wide(2.5) lc rgb variable, \
         mark_x using (x_of($1, p)):(mark_y[$1]):(shape[mark_look[$1]] - mark_hollow[$1]): \
             (colour[mark_look[$1]]) with points ps mark(mark_px) lw wide(2) pt variable \
             lc rgb variable
    unset label
}
unset multiplot
