"""Lessons at the terminal: predict first, then measure. bench/run lesson [NUMBER].

The lessons are loaded by ask/lesson.py, their answers reckoned by reckon/answer.py.
"""
