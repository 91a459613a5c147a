# A family: every recorded task a box in the row of its thread, all on one clock.
#
# Pale is ok, hatched is lost (dark, where rows are too fine for that), dark took much
# longer than is usual: it hung, or its call was drawn long.
load 'plots/style.gp'

set lmargin at screen 0.165
set rmargin at screen 0.81
set tmargin at screen top + 0.01
set bmargin at screen 0.125
set yrange [panels:0]
eval rows_only
eval x_named(0.5)
height = 0.86
do for [p = 1:panels] {
    y = p - 1 + height / 2
    set label panel_name[p] at screen 0.02,first y offset screen 0,0.033 font bold(21) \
        tc rgb letter[panel_look[p]]
    set label panel_more[p] at screen 0.02,first y font plain(19) tc rgb muted
    set label panel_setting[p] at screen 0.02,first y offset screen 0,-0.032 \
        font plain(19) tc rgb muted
    set label answer_end[p] at graph 1.015,first y offset screen 0,0.018 font bold(21) \
        tc rgb ink
    set label answer_lost[p] at graph 1.015,first y offset screen 0,-0.018 \
        font plain(19) tc rgb muted
}
do for [p = 1:point_words_n] {
    set label point_words[p] at graph 1.015,first p - 1 + height / 2 \
        offset screen 0,-0.018 font plain(19) tc rgb muted
}
thick(p) = height / panel_lanes[p]
top_of(p) = p - 1 + column('lane') * thick(p)
took(i) = column('finished_s') - column('started_s')
hung(i) = took(1) > cell_long[column('row')]
here(p, bad, dark) = (strcol('outcome') ne 'ok') == bad && (bad || hung(1) == dark) \
    ? column('started_s') + took(1) / 2 : NaN
first(p) = tasks_first[panel_cell[p]]
last(p) = tasks_last[panel_cell[p]]
# A number whose box is cut off at the right would stand over the frame.
inside(p) = here(p, 0, 0) < 0.985 * x_high ? here(p, 0, 0) : NaN
lower(p) = top_of(p) + 0.06 * thick(p)
upper(p) = top_of(p) + 0.94 * thick(p)
middle(p) = top_of(p) + thick(p) / 2
# Low rows have no room for an edge, which some viewers draw a whole pixel wide; lower
# ones none for a gap, and the lowest none for hatching.
edged(p) = panels * panel_lanes[p] <= 100
gap(p) = panels * panel_lanes[p] <= 200 ? 0.15 * thick(p) : 0
# Of a run that leaves the picture its label tells the end.
ends(p) = panel_end[p] <= x_high ? panel_end[p] : NaN
plot for [p = 1:panels] for [k = 1:panel_good[p] * edged(p)] table('tasks') \
         every ::first(p)::last(p) using \
         (here(p, 0, 0)):(middle(p)):'started_s':'finished_s':(lower(p)):(upper(p)) \
         with boxxyerror fillstyle solid border rgb paper lw wide(1) \
         lc rgb tint[panel_look[p]], \
     for [p = 1:panels] for [k = 1:panel_good[p] * !edged(p)] table('tasks') \
         every ::first(p)::last(p) using \
         (here(p, 0, 0)):(middle(p)):'started_s':'finished_s':(top_of(p) + gap(p)): \
         (top_of(p) + thick(p) - gap(p)) with boxxyerror fillstyle solid noborder \
         lc rgb tint[panel_look[p]], \
     for [p = 1:panels] for [k = 1:panel_dark[p]] table('tasks') \
         every ::first(p)::last(p) using \
         (here(p, 0, 1)):(middle(p)):'started_s':'finished_s':(lower(p)):(upper(p)) \
         with boxxyerror fillstyle solid noborder lc rgb letter[panel_look[p]], \
     for [p = 1:panels] for [k = 1:panel_lost[p] * (1 - panel_fine[p])] table('tasks') \
         every ::first(p)::last(p) using \
         (here(p, 1, 0)):(middle(p)):'started_s':'finished_s':(lower(p)):(upper(p)) \
         with boxxyerror fillstyle pattern 4 border lw wide(1) \
         lc rgb colour[panel_look[p]], \
     for [p = 1:panels] for [k = 1:panel_lost[p] * panel_fine[p]] table('tasks') \
         every ::first(p)::last(p) using \
         (here(p, 1, 0)):(middle(p)):'started_s':'finished_s':(top_of(p)): \
         (top_of(p) + thick(p)) with boxxyerror fillstyle solid noborder \
         lc rgb letter[panel_look[p]], \
     for [p = 1:panels] for [k = 1:panel_numbered[p]] table('tasks') \
         every ::first(p)::last(p) using \
         (inside(p)):(middle(p)):(strcol('index')) with labels font plain(17) \
         tc rgb ink, \
     for [p = 1:panels] '+' using (ends(p)):(p - 1):(0):(height) every ::0::0 \
         with vectors nohead lw wide(3) lc rgb ink, \
     for [i = 1:bound_at_n] '+' using (bound_at[i]):(bound_panel[i] - 1.02):(0): \
         (height + 0.02) every ::0::0 with vectors nohead lw wide(2.5) dt (6, 5) \
         lc rgb muted
