"""Exercises of module 一: the two schemes' rules, who falls behind, five ideas of equity, mobility, and whose a gap is to mend."""

from balancelib.course.exercises.policy import coordination, equity, strategy

EXERCISES = strategy.EXERCISES | equity.EXERCISES | coordination.EXERCISES
