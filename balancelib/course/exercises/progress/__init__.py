"""Exercises of module 六, a file a lesson."""

from types import ModuleType

LESSONS: tuple[ModuleType, ...] = ()
EXERCISES = {number: exercise for lesson in LESSONS for number, exercise in lesson.EXERCISES.items()}
