"""bench/run plan: how many workers does this service need?

A stage of its own after the others, as it ties them together like a lesson does: it asks
(asked.py), plays in virtual time (play.py), finds (find.py) and tells (tell.py).
"""
