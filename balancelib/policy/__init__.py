"""Module 一, policy: what the schemes ask, what equity means, and who mends what."""

from balancelib.policy.cliffs import CLIFFS, cliff_edges, money_by_pupils, smoothed
from balancelib.policy.compensation import Compensation, compensated, simulate, tables_ahead

__all__ = [
    "CLIFFS", "Compensation", "cliff_edges", "compensated", "money_by_pupils", "simulate", "smoothed", "tables_ahead",
]  # fmt: skip
