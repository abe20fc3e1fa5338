"""Exercises of module 四: what is taught, who reviews it, what a composite, a log and a test can bear, how schools differ, which are mended."""

from balancelib.course.exercises.quality import dimensions, mending, standards

EXERCISES = standards.EXERCISES | dimensions.EXERCISES | mending.EXERCISES
