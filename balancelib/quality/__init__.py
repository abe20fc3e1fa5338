"""Module 四: how much schools differ, what they add to their pupils' scores, which need help, and whether help helped."""

from balancelib.quality.added import COVARIATES, ValueAdded, value_added
from balancelib.quality.between import LIMIT, school_means, school_shares, scored
from balancelib.quality.funnel import level_funnel
from balancelib.quality.mending import KINDS, VERDICTS, lessons, school_changes, weak_schools

__all__ = [
    "COVARIATES", "KINDS", "LIMIT", "VERDICTS", "ValueAdded", "lessons", "level_funnel", "school_changes", "school_means",
    "school_shares", "scored", "value_added", "weak_schools",
]  # fmt: skip
