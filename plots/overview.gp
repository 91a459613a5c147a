# The comparison on one slide: time, memory, outcomes, and pressure on the API.
load 'plots/style.gp'

parts(name) = data[1:strlen(data) - 4].'-'.name.'.csv'
left_1 = 0.075
left_2 = 0.585
wide_1 = 0.315
# Two rows share what the heading leaves; each has a title above and ticks below.
row = (y_name_y + 0.035 - 0.01) / 2
high = row - 0.15
bottom_2 = 0.075
bottom_1 = bottom_2 + row

set multiplot
do for [i = 1:4] {
    set label 20 + i panel_title[i] \
        at screen (i % 2 ? 0.02 : 0.53),(i < 3 ? bottom_1 : bottom_2) + high + 0.045 \
        font bold(25) tc rgb ink
}
small = plain(19)
set xtics font small
set ytics font small

# Time.
set lmargin at screen left_1
set rmargin at screen left_1 + wide_1
set bmargin at screen bottom_1
set tmargin at screen bottom_1 + high
set logscale xy
set xrange [x_low:x_high]
set yrange [time_low:time_high]
set xtics @task_tics
set ytics @time_tics
rounds(N, W) = ceil(N / W) * service_s
creating(N) = service_s + N * create_s
do for [i = 1:names] {
    set label 30 + i name_words[i] at graph 1.04,name_y[i] font bold(20) \
        tc rgb letter[name_series[i]]
}
plot for [i = 1:theories] \
         (theory_workers[i] > 0 ? rounds(x, theory_workers[i]) : creating(x)) \
         with lines lw wide(3) lc rgb pale(theory_series[i], 0x99), \
     data using 'x':'median_s':(shape[column('series')]):(colour[column('series')]) \
         with points ps mark(2.2) pt variable lc rgb variable

# Memory.
unset label
set lmargin at screen left_2
set rmargin at screen left_2 + wide_1
set yrange [rss_low:rss_high]
set ytics @rss_tics
do for [i = 1:values] {
    set label 30 + i value_words[i] at graph 1.04,value_y[i] font bold(20) \
        tc rgb letter[value_series[i]]
}
plot for [k = 1:slopes] base_bytes + slope_bytes * x \
         with lines lw wide(3) lc rgb pale(1, 0x99), \
     parts('memory') using 'x':'rss_bytes':(shape[column('series')]):\
         (colour[column('series')]) \
         with points ps mark(2.2) pt variable lc rgb variable

# Outcomes.
unset label
unset logscale
array hatch = [3, 4, 5, 1, 6, 7, 2]
set lmargin at screen left_1 + 0.04
set rmargin at screen left_1 + wide_1
set bmargin at screen bottom_2
set tmargin at screen bottom_2 + high
set xrange [0:100]
set yrange [outcome_depth:0]
set border 1
unset ytics
unset grid
set xtics 0,50,100 format '%g %%'
do for [i = 1:bars] {
    set label 30 + i bar_words[i] at graph 1.04,first bar_y[i] font plain(19) \
        tc rgb letter[bar_series[i]]
}
do for [i = 1:groups] {
    set label 60 + i group_words[i] at graph -0.03,first group_y[i] right \
        font plain(19) tc rgb ink
}
part(s, kind) = column('series') == s && column('outcome') == kind \
    ? column('middle') : NaN
plot for [i = 1:fills] parts('outcomes') \
    using (part(fill_series[i], fill_kind[i])):'y':'from':'to':'top':'bottom' \
    with boxxyerror fillstyle pattern hatch[fill_kind[i]] border \
    lw wide(1.2) lc rgb colour[fill_series[i]]

# Pressure: calls in flight over time, and what the API can serve.
unset label
set lmargin at screen left_2
set rmargin at screen left_2 + wide_1
set border 3
set grid ytics lt 1 lc rgb faint lw wide(1.2) dashtype (3, 4)
set xrange [0:clock_ms]
set yrange [0:calls_high]
set xtics autofreq format '%g ms'
set ytics nomirror out scale 0.6 font small textcolor rgb ink
set ytics @call_tics
do for [i = 1:panels] {
    set label 30 + i panel_words[i] at graph 1.04,panel_y[i] font bold(20) \
        tc rgb letter[panel_series[i]]
}
if (capacity > 0) {
    set arrow 1 from graph 0,first capacity to graph 1,first capacity nohead \
        lw wide(3) dt (8, 5) lc rgb ink front
}
mine(i) = column('series') == panel_series[i] ? column('total') : NaN
plot for [i = 1:panels] parts('in-flight') using 'time_ms':(mine(i)) \
    with lines ls panel_series[i] lw wide(3) lc rgb colour[panel_series[i]]
unset multiplot
