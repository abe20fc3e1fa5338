"""The exercise of one series: the answer counted in another way, and each usual mistake."""

import numpy as np
import pandas as pd
import pytest
from trainee import every_mistake_is_told

from balancelib.county import County, Lacking
from balancelib.county.sample.absences import draw_absences
from balancelib.course.exercises.progress.series import EXERCISES

EXERCISE = EXERCISES["3"]


@pytest.fixture(scope="module")
def county():
    """A county of whose later months the luck does not come to nothing, as the sample's nearly does."""
    enrolment = pd.DataFrame({"school_id": "甲", "year": range(2018, 2026), "pupils": 1000})
    return County({"absences": draw_absences(np.random.default_rng(0), enrolment)})


def test_before_after_is_counted_from_the_table_and_parts_add_up(county):
    months = county.tables["absences"].set_index("month")["absent"]
    claimed = np.mean(months[months.index >= "2022-09"]) - np.mean(months[months.index < "2022-09"])
    answer = EXERCISE.answer(county)
    assert answer["前后"] == pytest.approx(claimed)
    assert answer["作用"] + answer["本来就会变的"] == pytest.approx(claimed)
    assert answer["作用"] == pytest.approx(-5.35, abs=2)


def test_every_mistake_is_another_answer_and_is_told(county, monkeypatch):
    every_mistake_is_told("progress", "3", county, monkeypatch)


def test_a_county_whose_months_begin_later_is_told(county):
    months = county.tables["absences"]
    with pytest.raises(Lacking, match="2022-09以前有4个月"):
        EXERCISE.answer(County(county.tables | {"absences": months[months["month"] >= "2022-03"]}))
