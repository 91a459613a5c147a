# Every recorded task a tile, all to one scale: equal work is an equal area.
load 'plots/style.gp'

set lmargin at screen 0
set rmargin at screen 1
set tmargin at screen top + 0.02
set bmargin at screen 0.02
unset border
unset tics
unset grid
set xrange [0:1600]
set yrange [900 * (top + 0.0):0]
do for [i = 1:label_name_n] {
    set label label_name[i] at first label_x[i],label_y[i] + 14 font bold(24) \
        tc rgb letter[label_look[i]]
    set label label_value[i] at first label_x[i],label_y[i] + 44 font plain(22) tc rgb ink
}
left(i) = cell_x[column('row')] + column('started_s') / unit_s * tile
right(i) = cell_x[column('row')] + column('finished_s') / unit_s * tile
upper(i) = cell_y[column('row')] + column('lane') * tile
plot table('tasks') using (left(1)):(upper(1)):(left(1)):(right(1) - 0.12 * tile): \
    (upper(1)):(upper(1) + 0.88 * tile):(colour[cell_look[column('row')]]) \
    with boxxyerror fillstyle solid noborder lc rgb variable
