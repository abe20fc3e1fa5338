"""Module 一: the national strategy, what equity means, and who coordinates."""

from balancelib.policy.funnel import Funnel, funnel
from balancelib.policy.glance import digital_reach, glance
from balancelib.policy.history import history_by_year, indicator_history
from balancelib.policy.monitoring import causes, control_limits, run_rules, signals, xmr

__all__ = [
    "Funnel", "causes", "control_limits", "digital_reach", "funnel", "glance", "history_by_year", "indicator_history", "run_rules", "signals",
    "xmr",
]  # fmt: skip
