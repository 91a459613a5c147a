# A family: marks over a number, a panel for each setting or figure, theory pale behind.
#
# Nothing was measured between two marks, so no line joins them: theory does.
load 'plots/style.gp'

eval x_named((left + right) / 2)
high = top - (panels > 1 ? 0.075 : 0.03)
set multiplot layout 1,panels margins screen left,right,0.145,high spacing screen apart

# Of the tables: the rows of this panel, and the values of its figure.
here(panel, p) = panel == p || panel == 0
x_of(p) = here(cell_panel[column('row')], p) ? cell_x[column('row')] : NaN
look(p) = cell_look[column('row')]
# An interval is a vector: of error bars, gnuplot 5 wipes out what a hollow mark shows.
reach(y, drawn) = end(y.'_high', drawn) - end(y.'_low', drawn)
firm(p, known) = ((column('n') >= 6) == known) ? x_of(p) : NaN
# gnuplot reads once even what it is to draw no times: without a curve, a 1 for each row.
curve_x(i, p) = i > curve_look_n ? 1 : curve_panel[i] == p ? column('x') : NaN
curve_y(i) = i > curve_look_n ? 1 : column('y') * curve_scale[i]
theory = table(curve_look_n > 0 ? 'theory' : 'cells')

do for [p = 1:panels] {
    y = panel_figure[p]
    if (panel_log[p]) { set logscale y } else { unset logscale y }
    set yrange [panel_low[p]:panel_high[p]]
    eval 'set ytics '.panel_tics[p]
    if (p > 1) { unset label }
    set label 900 panel_name[p] at graph -0.13,1 offset screen 0,0.036 \
        font bold(22) tc rgb ink
    if (panels == 1) { unset label 900 }
    # Where panels are told apart by a setting, they are of one figure, on one scale.
    if (panels == 1 || (p == 1 && panel_name[1] ne panel_axis[1])) {
        set label 901 panel_axis[p] at screen 0.02,top font plain(21) tc rgb ink
    }
    do for [i = 1:label_name_n] { if (label_panel[i] == p) {
        eval labelled(200 + 3 * i, 'label_name', i, label_y[i])
    } }
    do for [i = 1:note_words_n] { if (note_panel[i] == p) {
        set label 500 + i note_words[i] at first note_x[i],first note_y[i] center \
            offset screen 0,-0.045 font plain(19) tc rgb letter[note_look[i]] front
    } }
    # Beside the head of its line, where there is more room.
    do for [i = 1:point_x_n] { if (point_panel[i] == p) {
        middle = log_x ? sqrt(x_low * x_high) : (x_low + x_high) / 2
        if (point_x[i] > middle) { set label 700 + i right } else { set label 700 + i left }
        set label 700 + i point_words[i] at point_x[i],graph 0.97 \
            offset screen (point_x[i] > middle ? -0.006 : 0.006),0 font plain(19) tc rgb ink
    } }
    do for [i = 1:guess_x_n] { # of a class, in a lesson
        set label 800 + i guess_words[i] at first guess_x[i],graph guess_y[i] center \
            offset screen 0,0.03 font bold(20) tc rgb letter[4] \
            point pt 7 ps mark(3) lc rgb colour[4] front
    }
    ends = panel_firm[p] || panel_loose[p]
    plot for [i = 1:curve_look_n] theory every ::curve_at(i)::curve_to(i) \
             using (curve_x(i, p)):(curve_y(i)) with lines \
             lw wide(curve_wide[i]) dt curve_dash[i] \
             lc rgb (curve_dash[i] > 1 ? pale(curve_look[i], 0x50) : tint[curve_look[i]]), \
         for [i = 1:point_x_n] '+' \
             using (point_panel[i] == p ? point_x[i] : NaN):(panel_low[p]):(0): \
             (panel_high[p] - panel_low[p]) every ::0::0 with vectors nohead \
             lw wide(2.5) dt (3, 4) lc rgb muted, \
         for [k = 1:panel_firm[p]] table('cells') \
             using (firm(p, 1)):(end(y.'_low', ends)):(0):(reach(y, ends)): \
             (colour[look(p)]) with vectors nohead lw wide(3) lc rgb variable, \
         for [k = 1:panel_loose[p]] table('cells') \
             using (firm(p, 0)):(end(y.'_low', ends)):(0):(reach(y, ends)): \
             (colour[look(p)]) with vectors nohead lw wide(2) dt (3, 3) lc rgb variable, \
         table('cells') using (x_of(p)):(column(y)): \
             (shape[look(p)] - cell_hollow[column('row')]):(colour[look(p)]) \
             with points ps mark(2.6) lw wide(3) pt variable lc rgb variable
}
unset multiplot
