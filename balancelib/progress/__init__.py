"""Module 六: targets and plans, whether what was done worked, and inspection that mends."""

from balancelib.progress.annual import AnnualPlan, Orders, annual_plan, when_held
from balancelib.progress.board import board, board_sentence, load_board_rules
from balancelib.progress.checklist import CheckItem, asked_of, check_items, draw_schools, reported
from balancelib.progress.checklist_form import checklist_workbook
from balancelib.progress.checklist_read import read_checklist
from balancelib.progress.effects import (
    Parts,
    before_after,
    before_after_parts,
    two_stage,
    two_way,
    two_way_weights,
)
from balancelib.progress.event_study import event_mean, event_study
from balancelib.progress.ledger import (
    STATUS,
    Claim,
    judge_ledger,
    ledger_claim,
    ledger_counts,
    ledger_of,
    new_actions,
    overdue_list,
)
from balancelib.progress.ledger_read import is_ledger, read_ledger
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
from balancelib.progress.synthetic import (
    Placebos,
    SyntheticCounty,
    naive_claims,
    placebo_counties,
    placebo_year,
    synthetic_county,
    without_each,
)
from balancelib.progress.year import Step, year_steps, year_table

__all__ = [
    "METHODS",
    "STATES",
    "STATUS",
    "AnnualPlan",
    "CheckItem",
    "Claim",
    "Orders",
    "Parts",
    "Peers",
    "Placebos",
    "Plan",
    "Step",
    "SyntheticCounty",
    "annual_plan",
    "asked_of",
    "before_after",
    "before_after_parts",
    "before_choice",
    "board",
    "board_sentence",
    "by_method",
    "check_items",
    "check_plan",
    "checklist_workbook",
    "draw_schools",
    "effort",
    "event_mean",
    "event_study",
    "fake_start",
    "holding_years",
    "is_ledger",
    "judge_ledger",
    "ledger_claim",
    "ledger_counts",
    "ledger_of",
    "load_board_rules",
    "load_measures",
    "logistic_path",
    "make_plan",
    "meeting_years",
    "method_responses",
    "naive_claims",
    "new_actions",
    "overdue_list",
    "pace",
    "peer_outcomes",
    "placebo_counties",
    "placebo_year",
    "plan_levels",
    "private_costs",
    "programme_panel",
    "read_checklist",
    "read_ledger",
    "reported",
    "smallest_found",
    "synthetic_county",
    "target_paths",
    "two_stage",
    "two_way",
    "two_way_weights",
    "when_held",
    "without_each",
    "year_steps",
    "year_table",
]  # fmt: skip
