"""Module 六: targets and plans, whether what was done worked, and inspection that mends."""

from balancelib.progress.sampling import (
    DESIGNS,
    draw_by_design,
    estimate_share,
    planned_margins,
    repeat_draws,
    school_fitness,
    schools_needed,
)
from balancelib.progress.survey import (
    Reminded,
    answers_by_wave,
    passes,
    plain_share,
    seen_share,
    share_bounds,
    share_if_silent,
    shown_answers,
    silent_needed,
    survey_answers,
    survey_cells,
    weighted_share,
)

__all__ = [
    "DESIGNS",
    "Reminded",
    "answers_by_wave",
    "draw_by_design",
    "estimate_share",
    "passes",
    "plain_share",
    "planned_margins",
    "repeat_draws",
    "school_fitness",
    "schools_needed",
    "seen_share",
    "share_bounds",
    "share_if_silent",
    "shown_answers",
    "silent_needed",
    "survey_answers",
    "survey_cells",
    "weighted_share",
]
