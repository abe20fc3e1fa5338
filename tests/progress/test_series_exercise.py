"""The exercise of one series: the answer counted in another way, and each usual mistake."""

import numpy as np
import pytest
from samples import sample_county

from balancelib.county import County, Lacking
from balancelib.course.exercises import judge, session
from balancelib.course.exercises.progress.series import EXERCISES

EXERCISE = EXERCISES["3"]


@pytest.fixture(scope="module", params=[7])
def county(request):
    return sample_county(request.param)


def test_before_after_is_counted_from_the_table_and_parts_add_up(county):
    months = county.tables["absences"].set_index("month")["absent"]
    claimed = np.mean(months[months.index >= "2022-09"]) - np.mean(months[months.index < "2022-09"])
    answer = EXERCISE.answer(county)
    assert answer["前后"] == pytest.approx(claimed)
    assert answer["作用"] + answer["本来就会变的"] == pytest.approx(claimed)
    assert answer["作用"] == pytest.approx(-5.35, abs=2)


def test_every_mistake_is_another_answer_and_is_told(county, monkeypatch):
    monkeypatch.setattr(session, "_SESSIONS", {"progress": session.Session(county, "")})
    right = EXERCISE.answer(county)
    for words, wrong in EXERCISE.mistakes.items():
        given = wrong(county, right)
        assert given != pytest.approx(right, abs=EXERCISE.tolerance)
        assert words in repr(judge("progress.3", given))
    assert judge("progress.3", right).outcome == "right"


def test_a_county_whose_months_begin_later_is_told(county):
    months = county.tables["absences"]
    with pytest.raises(Lacking, match="2022-09以前有4个月"):
        EXERCISE.answer(County(county.tables | {"absences": months[months["month"] >= "2022-03"]}))
