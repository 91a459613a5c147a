# Which design is faster where? Tasks against task time; each field has its ratio.
load 'plots/style.gp'

set lmargin at screen 0.13
set rmargin at screen 0.83
set xrange [0.5:columns + 0.5]
set yrange [0.5:rows + 0.5]
set border 0
unset grid
set xtics scale 0 @task_tics
set ytics scale 0 @time_tics
set label 'task time d' at screen 0.02,y_name_y font plain(21) tc rgb ink
set label 'tasks N' at screen 0.495,x_name_y center font plain(21) tc rgb ink
do for [i = 1:kinds] {
    set object i rectangle from screen key_x[i],y_name_y - 0.015 \
        to screen key_x[i] + 0.03,y_name_y + 0.015 fillstyle solid border lc rgb faint \
        fillcolor rgb (kind_series[i] > 0 ? tint(kind_series[i]) : shade_rgb)
    set label key_words[i] at screen key_x[i] + 0.037,y_name_y font plain(20) tc rgb ink
}
# Where theory has both alike, column by column; broken where a field has its words.
above(y) = y - floor(y + 0.5)
crosses(y) = abs(above(y)) < 0.12 || abs(above(y) + 0.26) < 0.1
do for [i = 1:steps] {
    inner = crosses(step_y[i]) ? 0.2 : 0
    do for [side = -1:1:2] {
        set arrow from first step_x[i] + side * 0.5,step_y[i] \
            to first step_x[i] + side * inner,step_y[i] \
            nohead lw wide(3) dt (8, 5) lc rgb ink front
    }
}
if (steps > 0) {
    set label step_words at graph 1.01,first step_y[steps] font plain(18) tc rgb ink
}

mine(v) = column('verdict') == v ? column('x') : NaN
plot for [i = 1:kinds] data using (mine(field_kind[i])):'y':(0.48):(0.46) \
         with boxxyerror fillstyle solid noborder \
         lc rgb (kind_series[i] > 0 ? tint(kind_series[i]) : shade_rgb), \
     data using 'x':'y':'words' with labels font bold(25) tc rgb ink, \
     data using 'x':(column('y') - 0.26):'limits' with labels font plain(18) tc rgb ink
