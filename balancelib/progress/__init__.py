"""Module 六: targets and plans, whether what was done worked, and inspection that mends."""

from balancelib.progress.annual import (
    AnnualPlan,
    Orders,
    annual_plan,
    count_by,
    lowest_section,
    pace_sentence,
    when_held,
)
from balancelib.progress.asides import Aside, placebo_programme, placebo_year_said, rebound_aside
from balancelib.progress.board import board, board_sentence, load_board_rules, off_track
from balancelib.progress.checklist import CheckItem, asked_of, check_items, draw_schools, reported
from balancelib.progress.checklist_form import checklist_workbook
from balancelib.progress.checklist_read import read_checklist
from balancelib.progress.coverage import years_coverage
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
from balancelib.progress.plan import Plan, check_plan, make_plan, plan_levels
from balancelib.progress.planted import planted_change, planted_effects, planted_reform, reform_found
from balancelib.progress.prices import load_measures, private_costs
from balancelib.progress.rebound import Rebound, came_back
from balancelib.progress.rubric import Graded, grade_report, rubric_table
from balancelib.progress.rubric_sheet import rubric_sheet
from balancelib.progress.sample_size import planned_margins, schools_needed
from balancelib.progress.sampling import (
    DESIGNS,
    designs_for,
    draw_by_design,
    estimate_share,
    repeat_draws,
    school_fitness,
)
from balancelib.progress.satisfaction import (
    passes,
    plain_share,
    quota_weights,
    share_by_school,
    weighted_share,
)
from balancelib.progress.series import (
    find_break,
    monthly_absence,
    placebo_dates,
    series_claims,
    series_coverage,
)
from balancelib.progress.silent import (
    Reminded,
    answers_by_wave,
    seen_share,
    share_bounds,
    share_if_silent,
    silent_needed,
)
from balancelib.progress.survey import shown_answers, survey_answers, survey_cells, survey_people
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
from balancelib.progress.year import Step, year_steps, year_table

__all__ = [
    "DESIGNS",
    "METHODS",
    "SLIPS",
    "STATES",
    "STATUS",
    "AnnualPlan",
    "Aside",
    "CheckItem",
    "Claim",
    "Graded",
    "Orders",
    "Parts",
    "Peers",
    "Placebos",
    "Plan",
    "Rebound",
    "Reminded",
    "ReportError",
    "Step",
    "SyntheticCounty",
    "annual_plan",
    "answers_by_wave",
    "asked_of",
    "before_after",
    "before_after_parts",
    "before_choice",
    "board",
    "board_sentence",
    "by_method",
    "came_back",
    "check_items",
    "check_plan",
    "checklist_workbook",
    "count_by",
    "designs_for",
    "draw_by_design",
    "draw_schools",
    "effort",
    "estimate_share",
    "event_mean",
    "event_study",
    "fake_start",
    "find_break",
    "grade_report",
    "holding_years",
    "is_ledger",
    "judge_ledger",
    "ledger_claim",
    "ledger_counts",
    "ledger_of",
    "load_board_rules",
    "load_measures",
    "logistic_path",
    "lowest_section",
    "make_plan",
    "meeting_years",
    "method_responses",
    "monthly_absence",
    "naive_claims",
    "new_actions",
    "off_track",
    "outline_table",
    "overdue_list",
    "pace",
    "pace_sentence",
    "passes",
    "peer_outcomes",
    "placebo_counties",
    "placebo_dates",
    "placebo_programme",
    "placebo_year",
    "placebo_year_said",
    "plain_share",
    "plan_levels",
    "planned_margins",
    "planted_change",
    "planted_effects",
    "planted_reform",
    "private_costs",
    "programme_panel",
    "quota_weights",
    "read_checklist",
    "read_ledger",
    "read_report",
    "rebound_aside",
    "reform_found",
    "repeat_draws",
    "reported",
    "rubric_sheet",
    "rubric_table",
    "school_fitness",
    "schools_needed",
    "seen_share",
    "series_claims",
    "series_coverage",
    "share_bounds",
    "share_by_school",
    "share_if_silent",
    "shown_answers",
    "silent_needed",
    "smallest_found",
    "survey_answers",
    "survey_cells",
    "survey_people",
    "synthetic_county",
    "target_paths",
    "two_stage",
    "two_way",
    "two_way_weights",
    "weighted_share",
    "when_held",
    "without_each",
    "write_draft",
    "year_steps",
    "year_table",
    "years_coverage",
]  # fmt: skip
