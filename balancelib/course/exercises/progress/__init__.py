"""Exercises of module 六, a file a lesson."""

from balancelib.course.exercises.progress import (
    capstone,
    plan,
    rectify,
    series,
    staggered,
    synthetic,
    targets,
)

LESSONS = (targets, plan, series, staggered, synthetic, rectify, capstone)
EXERCISES = {number: exercise for lesson in LESSONS for number, exercise in lesson.EXERCISES.items()}
