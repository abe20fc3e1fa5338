"""Exercises of module 二: money, buildings and equipment, digital resources."""

import pandas as pd

from balancelib.county import County
from balancelib.course.exercises.model import Exercise
from balancelib.resources import RUNNING_COSTS, Formula, formula_need

STAGES = ["pupils_primary", "pupils_junior"]


def _schools(county: County) -> pd.DataFrame:
    """Schools with compulsory pupils, their names as index, blanks as 0."""
    schools = county.schools.set_index("name")
    pupils = schools[STAGES].fillna(0)
    return pupils.assign(boarders=0)[pupils.sum(axis=1) > 0]


EXERCISES = {
    "1": Exercise(
        answer=lambda county: formula_need(_schools(county), RUNNING_COSTS)["total"].sum() / 10_000,
        hints=("一。", "二。", "三。"),
        mistakes={
            "没有把不足100人的学校按100人算。": lambda county: (
                formula_need(_schools(county), Formula(RUNNING_COSTS.per_pupil, RUNNING_COSTS.supplements))[
                    "total"
                ].sum()
                / 10_000
            )
        },
        unit="万元",
        tolerance=0.01,
    ),
}
