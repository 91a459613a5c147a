# How long until an answer? The share of all tasks answered by each time.
#
# A curve that ends below 100 % belongs to a design that left tasks unanswered.
load 'plots/style.gp'

set logscale x
set xrange [x_low:x_high]
set yrange [0:103]
set ytics ('0' 0, 'p25' 25, 'p50' 50, 'p75' 75, 'p90' 90, '100 %%' 100)
if (with_p99) { set ytics add ('p99' 99, '' 100) }
set label y_words at screen 0.02,y_name_y font plain(21) tc rgb ink
set label x_words at screen 0.43,x_name_y center font plain(21) tc rgb ink

mine(s) = column('series') == s ? column('time_s') : NaN
plot for [i = 1:theories] data using (mine(-theory_series[i])):'percent' \
         with steps lw wide(11) lc rgb pale(theory_series[i], 0xcc), \
     for [i = 1:curves] data using (mine(curve_series[i])):'percent' \
         with steps ls curve_series[i] lw wide(3.5) lc rgb colour[curve_series[i]]
