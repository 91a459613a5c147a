# How hard is the API pressed? Calls outstanding over time, a panel for each design.
#
# Solid is being served; hatched is being turned away, above what the API can serve.
load 'plots/style.gp'

set yrange [0:y_high]
eval 'set ytics '.y_tics
set label 'calls in flight' at screen 0.02,top font plain(21) tc rgb ink
eval x_named(0.42)
set multiplot layout panels,1 margins screen 0.085,0.755,0.125,top - 0.03 \
    spacing screen 0.035
do for [p = 1:panels] {
    if (p == panels) { eval 'set xtics '.x_tics }
    if (p == 2) { unset label }
    eval labelled(200, 'row_name', p, 0.86)
    if (panels > 6) { unset label 202 }
    if (capacity > 0) {
        set arrow 1 from graph 0,first capacity to graph 1,first capacity nohead \
            lw wide(2.5) dt (8, 5) lc rgb ink front
        set label 203 'the API serves '.capacity.' at once' at graph 0.995,first capacity \
            right offset screen 0,0.016 font plain(18) tc rgb ink front
    }
    first = changes_first[panel_cell[p]]
    last = changes_last[panel_cell[p]]
    plot table('changes') every ::first::last using 'time_s':'in_flight':'served' \
             with filledcurves fillstyle pattern 4 lc rgb colour[label_look[p]], \
         table('changes') every ::first::last using 'time_s':'served' \
             with filledcurves y1=0 fillstyle solid 0.55 noborder \
             lc rgb colour[label_look[p]], \
         table('changes') every ::first::last using 'time_s':'in_flight' \
             with lines lw wide(2.5) lc rgb colour[label_look[p]]
}
unset multiplot
