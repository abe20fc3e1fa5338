"""Exercises of module 六, a file a lesson."""

from types import ModuleType

from balancelib.course.exercises.progress import plan, rectify, series, staggered, synthetic, targets

LESSONS: tuple[ModuleType, ...] = (plan, rectify, series, staggered, synthetic, targets)
EXERCISES = {number: exercise for lesson in LESSONS for number, exercise in lesson.EXERCISES.items()}
