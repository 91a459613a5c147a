"""Doing it: which runs in which order, each one timed, and all that can go wrong."""
