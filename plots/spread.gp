# A family: the share of all tasks that is done by each time.
#
# A curve that ends below 100 % belongs to a design that left tasks unanswered.
load 'plots/style.gp'

set yrange [0:103]
set ytics ('0' 0, '25 %%' 25, 'half' 50, '75 %%' 75, '90 %%' 90, 'all' 100)
set label y_words at screen 0.02,top font plain(21) tc rgb ink
eval x_named(0.43)
do for [i = 1:row_name_n] { eval labelled(200 + 3 * i, 'row_name', i, label_y[i]) }
# gnuplot reads once even what it is to draw no times: without a curve, a 1 for each row.
theory_x(i) = i > curve_look_n ? 1 : column('x')
mine(i) = column('row') == label_row[i] && strcol('curve') eq what \
    ? column('time_s') : NaN
theory_y(i) = i > curve_look_n ? 1 : 100 * column('y') / column('tasks')
plot for [i = 1:curve_look_n] table(curve_look_n > 0 ? 'theory' : 'answers') \
         every ::curve_at(i)::curve_to(i) using (theory_x(i)):(theory_y(i)) \
         with steps lw wide(11) lc rgb pale(curve_look[i], 0xcc), \
     for [i = 1:row_name_n] table('answers') using (mine(i)):(100 * column('share')) \
         with steps ls dash(label_look[i]) lw wide(3.5) lc rgb colour[label_look[i]]
