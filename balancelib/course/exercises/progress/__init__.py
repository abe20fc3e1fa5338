"""Exercises of module 六, a file a lesson."""

from types import ModuleType

from balancelib.course.exercises.progress import plan, rectify, series, staggered, synthetic, targets

__all__ = [
    "ModuleType", "plan", "rectify", "series", "staggered", "synthetic", "targets",
]  # fmt: skip
