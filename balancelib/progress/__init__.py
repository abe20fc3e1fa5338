"""Module 六: targets and plans, whether what was done worked, and inspection that mends."""

from balancelib.progress.annual import AnnualPlan, Orders, annual_plan, when_held
from balancelib.progress.board import board, board_sentence, load_board_rules
from balancelib.progress.paths import (
    STATES,
    effort,
    holding_years,
    logistic_path,
    meeting_years,
    pace,
    target_paths,
)
from balancelib.progress.plan import (
    Plan,
    check_plan,
    load_measures,
    make_plan,
    plan_levels,
    private_costs,
)

__all__ = [
    "STATES",
    "AnnualPlan",
    "Orders",
    "Plan",
    "annual_plan",
    "board",
    "board_sentence",
    "check_plan",
    "effort",
    "holding_years",
    "load_board_rules",
    "load_measures",
    "logistic_path",
    "make_plan",
    "meeting_years",
    "pace",
    "plan_levels",
    "private_costs",
    "target_paths",
    "when_held",
]
