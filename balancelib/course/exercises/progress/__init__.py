"""Exercises of module 六, a file a lesson."""

from types import ModuleType

from balancelib.course.exercises.progress import series, staggered, synthetic

__all__ = [
    "ModuleType", "series", "staggered", "synthetic",
]  # fmt: skip
