"""Module 六: targets and plans, whether what was done worked, and inspection that mends."""

from balancelib.progress.annual import AnnualPlan, Orders, annual_plan, when_held
from balancelib.progress.board import board, board_sentence, load_board_rules
from balancelib.progress.effects import (
    Parts,
    before_after,
    before_after_parts,
    two_stage,
    two_way,
    two_way_weights,
)
from balancelib.progress.event_study import event_mean, event_study
from balancelib.progress.methods import METHODS, by_method, method_responses, planted_effects, smallest_found
from balancelib.progress.panels import before_choice, fake_start, programme_panel
from balancelib.progress.paths import (
    STATES,
    effort,
    holding_years,
    logistic_path,
    meeting_years,
    pace,
    target_paths,
)
from balancelib.progress.peers import Peers, peer_outcomes
from balancelib.progress.plan import Plan, check_plan, load_measures, make_plan, plan_levels, private_costs
from balancelib.progress.rebound import came_back
from balancelib.progress.series import (
    find_break,
    monthly_absence,
    placebo_dates,
    series_claims,
    series_coverage,
)
from balancelib.progress.synthetic import (
    Placebos,
    SyntheticCounty,
    naive_claims,
    placebo_counties,
    placebo_year,
    synthetic_county,
    without_each,
)

__all__ = [
    "METHODS",
    "STATES",
    "AnnualPlan",
    "Orders",
    "Parts",
    "Peers",
    "Placebos",
    "Plan",
    "SyntheticCounty",
    "annual_plan",
    "before_after",
    "before_after_parts",
    "before_choice",
    "board",
    "board_sentence",
    "by_method",
    "came_back",
    "check_plan",
    "effort",
    "event_mean",
    "event_study",
    "fake_start",
    "find_break",
    "holding_years",
    "load_board_rules",
    "load_measures",
    "logistic_path",
    "make_plan",
    "meeting_years",
    "method_responses",
    "monthly_absence",
    "naive_claims",
    "pace",
    "peer_outcomes",
    "placebo_counties",
    "placebo_dates",
    "placebo_year",
    "plan_levels",
    "planted_effects",
    "private_costs",
    "programme_panel",
    "series_claims",
    "series_coverage",
    "smallest_found",
    "synthetic_county",
    "target_paths",
    "two_stage",
    "two_way",
    "two_way_weights",
    "when_held",
    "without_each",
]  # fmt: skip
