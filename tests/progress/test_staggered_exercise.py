"""The exercise of what began in different years: the answer counted from the tables in another way, and each usual mistake."""

import pytest
from samples import sample_county
from trainee import every_mistake_is_told

from balancelib.county import County, Lacking
from balancelib.course.exercises.progress.staggered import EXERCISES
from balancelib.progress import event_study, programme_panel

EXERCISE = EXERCISES["4"]


@pytest.fixture(scope="module", params=[7, 12])
def county(request):
    return sample_county(request.param)


def test_answer_is_counted_from_the_tables(county):
    scores = county.tables["school_results"].set_index(["school_id", "stage", "year"])["score"].unstack()
    mentored = (
        county.tables["programmes"]
        .query("programme == 'mentoring'")
        .set_index(["school_id", "stage"])["began"]
    )
    gain = scores[2025] - scores[[2018, 2019]].mean(axis=1)
    own = gain[mentored.index[mentored == 2021]].mean()
    others = gain.drop(mentored.index).mean()
    assert EXERCISE.answer(county) == pytest.approx({"自己比": own, "作用": own - others})


def test_answer_is_a_cell_of_the_event_study(county):
    panel = programme_panel(county, "mentoring")
    assert EXERCISE.answer(county)["作用"] == pytest.approx(event_study(panel, clean=True).at[4, "value"])


def test_every_mistake_is_another_answer_and_is_told(county, monkeypatch):
    every_mistake_is_told("progress", "4", county, monkeypatch)


def test_without_two_years_before_the_choice_that_is_said(county):
    results = county.tables["school_results"]
    late = County(county.tables | {"school_results": results[results["year"] >= 2019]})
    with pytest.raises(Lacking, match="第一批2021年开始"):
        EXERCISE.answer(late)
