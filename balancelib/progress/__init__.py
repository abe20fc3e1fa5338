"""Module 六: targets and plans, whether what was done worked, and inspection that mends."""

from balancelib.progress.rebound import came_back
from balancelib.progress.series import (
    claims,
    find_break,
    monthly_absence,
    placebo_dates,
    series_coverage,
)

__all__ = ["came_back", "claims", "find_break", "monthly_absence", "placebo_dates", "series_coverage"]
