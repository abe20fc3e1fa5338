"""Module 一, 政策背景与核心理念: the national strategy, what equity means, and how school, county and province act together."""

from balancelib.assess.history import history_by_year, indicator_history
from balancelib.policy.alliances import SENT, alliance_roles
from balancelib.policy.chances import chance_by_share, chance_to_find, most_faulty, sample_for
from balancelib.policy.cliffs import CLIFFS, cliff_edges, money_by_pupils, smoothed
from balancelib.policy.compensation import Compensation, compensated, simulate, tables_ahead
from balancelib.policy.disagreement import compare_measures, lorenz_crossings
from balancelib.policy.faces import three_faces
from balancelib.policy.field import (
    FieldCheck,
    FieldChecksError,
    field_check,
    load_checks,
    visit_list,
    write_visit_list,
    wrong_schools,
)
from balancelib.policy.funnel import Funnel, funnel
from balancelib.policy.glance import digital_reach, glance
from balancelib.policy.ideas import IDEAS, equity_table, five_ideas, five_ideas_by_indicator, means_by_area
from balancelib.policy.learning import level_shares, levels_by_area
from balancelib.policy.levels import shortages_by_level, whose_to_mend
from balancelib.policy.mobility import (
    Rates,
    Slope,
    mobility_counts,
    mobility_rates,
    odds_ratios,
    rank_slope,
    transition_matrix,
)
from balancelib.policy.monitoring import causes, control_limits, run_rules, signals, xmr
from balancelib.policy.pairing import Pairing, nearest_first, pair_schools, pairing_levels
from balancelib.policy.planted import (
    Planted,
    PlantedFault,
    doctor_remarks,
    load_faults,
    plant_faults,
    what_finds_what,
)
from balancelib.policy.provinces import provinces_2005
from balancelib.policy.reasons import explain_left, explain_pairs, sending_conditions
from balancelib.policy.responsibility import WHOSE, county_verdicts, judge_counties, narrow_gaps
from balancelib.policy.tie import Tie, same_tie, tie_of_levels
from balancelib.policy.verification import ErrorRate, allocate, draw_sample, error_rate, stratum_names, ticket
from balancelib.policy.what_if import if_schooling, with_margins

__all__ = [
    "CLIFFS", "IDEAS", "SENT", "WHOSE", "Compensation", "ErrorRate", "FieldCheck", "FieldChecksError",
    "Funnel", "Pairing", "Planted", "PlantedFault", "Rates", "Slope", "Tie", "alliance_roles", "allocate",
    "causes", "chance_by_share", "chance_to_find", "cliff_edges", "compare_measures", "compensated",
    "control_limits", "county_verdicts", "digital_reach", "doctor_remarks", "draw_sample", "equity_table",
    "error_rate", "explain_left", "explain_pairs", "field_check", "five_ideas", "five_ideas_by_indicator",
    "funnel", "glance", "history_by_year", "if_schooling", "indicator_history", "judge_counties",
    "level_shares", "levels_by_area", "load_checks", "load_faults", "lorenz_crossings", "means_by_area",
    "mobility_counts", "mobility_rates", "money_by_pupils", "most_faulty", "narrow_gaps", "nearest_first",
    "odds_ratios", "pair_schools", "pairing_levels", "plant_faults", "provinces_2005", "rank_slope",
    "run_rules", "same_tie", "sample_for", "sending_conditions", "shortages_by_level", "signals", "simulate", "smoothed",
    "stratum_names", "tables_ahead", "three_faces", "ticket", "tie_of_levels", "transition_matrix",
    "visit_list", "what_finds_what", "whose_to_mend", "with_margins", "write_visit_list", "wrong_schools",
    "xmr",
]  # fmt: skip
