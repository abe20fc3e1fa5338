"""Exercises of module 六, a file a lesson."""

from types import ModuleType

from balancelib.course.exercises.progress import capstone, staggered

LESSONS: tuple[ModuleType, ...] = (staggered, capstone)
EXERCISES = {number: exercise for lesson in LESSONS for number, exercise in lesson.EXERCISES.items()}
