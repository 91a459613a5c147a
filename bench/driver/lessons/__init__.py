"""Lessons: a class predicts, then it is measured. See lesson.py, and teach.py to begin.

    lesson     the noun, and lesson.json, what came of it
    syllabus   the lessons there are: bench/lessons
    guess      what a class may say
    answer     from runs to what is right, and whether the claim is borne out
    choices    questions with given answers, which a program decides
    teach      at the terminal: bench/run lesson
"""
