"""Module 一: the national strategy, what equity means, and who coordinates."""

from balancelib.policy.funnel import Funnel, funnel
from balancelib.policy.glance import digital_reach, glance
from balancelib.policy.history import history_by_year, indicator_history
from balancelib.policy.monitoring import causes, control_limits, run_rules, signals, xmr

__all__ = [
    "Funnel", "causes", "control_limits", "digital_reach", "funnel", "glance", "history_by_year", "indicator_history", "run_rules", "signals",
    "xmr",
"""Module 一, policy and its ideas: national strategy, what equity means, who has to mend what."""

from balancelib.policy.disagreement import compare_measures, lorenz_crossings
from balancelib.policy.faces import three_faces
from balancelib.policy.ideas import IDEAS, equity_table, five_ideas, five_ideas_by_indicator, means_by_area
from balancelib.policy.learning import level_shares, levels_by_area
from balancelib.policy.provinces import provinces_2005

__all__ = [
    "IDEAS", "compare_measures", "equity_table", "five_ideas", "five_ideas_by_indicator", "level_shares", "levels_by_area",
    "lorenz_crossings", "means_by_area", "provinces_2005", "three_faces",
"""Module 一, policy background and core ideas: monitoring, equity, mobility between generations, coordination."""

from balancelib.policy.mobility import (
    Rates,
    Slope,
    if_schooling,
    mobility_counts,
    mobility_rates,
    odds_ratios,
    rank_slope,
    transition_matrix,
    with_margins,
)
from balancelib.policy.tie import Tie, same_tie, tie_of_levels

__all__ = [
    "Rates", "Slope", "Tie", "if_schooling", "mobility_counts", "mobility_rates", "odds_ratios",
    "rank_slope", "same_tie", "tie_of_levels", "transition_matrix", "with_margins",
]  # fmt: skip
"""Module 一, 政策背景与核心理念: whose the gaps are, and who mends them."""

from balancelib.policy.levels import shortages_by_level, whose_to_mend
from balancelib.policy.responsibility import WHOSE, county_verdicts, judge_counties, narrow_gaps

__all__ = ["WHOSE", "county_verdicts", "judge_counties", "narrow_gaps", "shortages_by_level", "whose_to_mend"]
"""Module 一, policy: what the schemes ask, what equity means, and who mends what."""

from balancelib.policy.cliffs import CLIFFS, cliff_edges, money_by_pupils, smoothed
from balancelib.policy.compensation import Compensation, compensated, simulate, tables_ahead

__all__ = [
    "CLIFFS", "Compensation", "cliff_edges", "compensated", "money_by_pupils", "simulate", "smoothed", "tables_ahead",
"""Module 一, policy and its ideas: what equity asks for, and how schools, counties and provinces act together."""

from balancelib.policy.alliances import SENT, alliance_roles
from balancelib.policy.pairing import Pairing, nearest_first, pair_schools, pairing_levels
from balancelib.policy.reasons import explain_left, explain_pairs

__all__ = [
    "SENT", "Pairing", "alliance_roles", "explain_left", "explain_pairs", "nearest_first", "pair_schools", "pairing_levels",
"""Module 一, policy background and core ideas: who is drawn to be checked, and what that tells."""

from balancelib.policy.field import (
    FieldCheck,
    FieldChecksError,
    Planted,
    PlantedFault,
    doctor_remarks,
    field_check,
    load_checks,
    load_faults,
    plant_faults,
    visit_list,
    what_finds_what,
    write_visit_list,
    wrong_schools,
)
from balancelib.policy.verification import (
    ErrorRate,
    allocate,
    chance_by_share,
    chance_to_find,
    draw_sample,
    error_rate,
    most_faulty,
    sample_for,
    stratum_names,
    ticket,
)

__all__ = [
    "ErrorRate", "FieldCheck", "FieldChecksError", "Planted", "PlantedFault", "allocate", "chance_by_share", "chance_to_find",
    "doctor_remarks", "draw_sample", "error_rate", "field_check", "load_checks", "load_faults", "most_faulty", "plant_faults",
    "sample_for", "stratum_names", "ticket", "visit_list", "what_finds_what", "write_visit_list", "wrong_schools",
]  # fmt: skip
