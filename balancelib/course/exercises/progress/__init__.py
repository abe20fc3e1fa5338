"""Exercises of module 六, a file a lesson."""

from balancelib.course.exercises.progress import (
    capstone,
    plan,
    rectify,
    sampling,
    series,
    staggered,
    survey,
    synthetic,
    targets,
)

LESSONS = (targets, plan, series, staggered, synthetic, sampling, survey, rectify, capstone)
EXERCISES = {number: exercise for lesson in LESSONS for number, exercise in lesson.EXERCISES.items()}
