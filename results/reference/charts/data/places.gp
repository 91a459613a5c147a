array tasks_first[10]
tasks_first[2] = 0
tasks_first[5] = 500
tasks_first[10] = 1000
tasks_first[9] = 1500
array tasks_last[10]
tasks_last[2] = 499
tasks_last[5] = 999
tasks_last[10] = 1499
tasks_last[9] = 1999
array changes_first[10]
changes_first[2] = 0
changes_first[5] = 2002
changes_first[10] = 4004
changes_first[9] = 6006
array changes_last[10]
changes_last[2] = 2001
changes_last[5] = 4003
changes_last[10] = 6005
changes_last[9] = 8007
