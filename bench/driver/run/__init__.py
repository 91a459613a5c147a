"""Doing it: a plan, a session of runs, and the folder that keeps them."""
