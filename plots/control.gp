# Is this ruler straight? The ratio of a program to itself, block by block.
load 'plots/style.gp'

set lmargin at screen 0.085
set rmargin at screen 0.93
set tmargin at screen top + 0.01
set yrange [blocks + 0.7:-1.2]
eval rows_only
eval x_named(0.51)
set object 1 rectangle from 0.98,graph 0 to 1.02,graph 1 behind fillstyle solid noborder \
    fillcolor rgb shade
set arrow 1 from 1,graph 0 to 1,graph 1 nohead lw wide(2) lc rgb ink
set label 'block' at screen 0.02,first 0 font plain(19) tc rgb muted
do for [i = 1:ratio_n] {
    set label sprintf('%d', ratio_block[i]) at screen 0.06,first ratio_block[i] right \
        font plain(19) tc rgb muted
}
if (low > 0) {
    set object 2 rectangle from low,-0.75 to high,-0.25 fillstyle solid noborder \
        fillcolor rgb colour[look] front
}
set datafile nocolumnheaders
plot ratio using (ratio[$1]):(ratio_block[$1]) with points pt shape[look] ps mark(2.4) \
    lc rgb colour[look]
