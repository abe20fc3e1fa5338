"""Module 六: targets and plans, whether what was done worked, and inspection that mends."""

from balancelib.progress.annual import AnnualPlan, Orders, annual_plan, when_held
from balancelib.progress.board import board, board_sentence, load_board_rules
from balancelib.progress.draft import SLIPS, outline_table, write_draft
from balancelib.progress.effects import (
    Parts,
    before_after,
    before_after_parts,
    two_stage,
    two_way,
    two_way_weights,
)
from balancelib.progress.event_study import event_mean, event_study
from balancelib.progress.methods import METHODS, by_method, method_responses, smallest_found
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
from balancelib.progress.rubric import Graded, grade_report, rubric_table
from balancelib.progress.rubric_sheet import rubric_sheet
from balancelib.progress.synthetic import (
    Placebos,
    SyntheticCounty,
    naive_claims,
    placebo_counties,
    placebo_year,
    synthetic_county,
    without_each,
)
from balancelib.progress.written import ReportError, read_report

__all__ = [
    "METHODS",
    "SLIPS",
    "STATES",
    "AnnualPlan",
    "Graded",
    "Orders",
    "Parts",
    "Peers",
    "Placebos",
    "Plan",
    "ReportError",
    "SyntheticCounty",
    "annual_plan",
    "before_after",
    "before_after_parts",
    "before_choice",
    "board",
    "board_sentence",
    "by_method",
    "check_plan",
    "effort",
    "event_mean",
    "event_study",
    "fake_start",
    "grade_report",
    "holding_years",
    "load_board_rules",
    "load_measures",
    "logistic_path",
    "make_plan",
    "meeting_years",
    "method_responses",
    "naive_claims",
    "outline_table",
    "pace",
    "peer_outcomes",
    "placebo_counties",
    "placebo_year",
    "plan_levels",
    "private_costs",
    "programme_panel",
    "read_report",
    "rubric_sheet",
    "rubric_table",
    "smallest_found",
    "synthetic_county",
    "target_paths",
    "two_stage",
    "two_way",
    "two_way_weights",
    "when_held",
    "without_each",
    "write_draft",
]  # fmt: skip
