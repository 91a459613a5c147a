array tasks_first[1]
array tasks_last[1]
array changes_first[1]
array changes_last[1]
