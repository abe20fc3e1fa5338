"""Exercises of module 三: who goes and what is left, whom to share, how many are lacking, who learns, what a studio does."""

from balancelib.course.exercises.teachers import mobility, rural, studios

EXERCISES = mobility.EXERCISES | rural.EXERCISES | studios.EXERCISES
