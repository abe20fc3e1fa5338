"""Exercises 2 and 3 of groups: answers counted child by child, and every mistake is told apart from the answer."""

import math

import pytest
from samples import sample_county

from balancelib.course.exercises.groups import support, warning

EXERCISES = warning.EXERCISES | support.EXERCISES


@pytest.fixture(scope="module")
def county():
    return sample_county(12)


def test_a_list_counted_child_by_child(county):
    found = false = missed = 0
    for one in county.tables["children"].query("year == 2024").itertuples():
        fallen = one.earlier - one.score
        points = (
            (one.absent >= 5)
            + 2 * (one.absent >= 10)
            + (fallen >= 50 or math.isnan(fallen))
            + (one.moves >= 1)
        )
        found += points >= 3 and one.left == 1
        false += points >= 3 and one.left == 0
        missed += points < 3 and one.left == 1
    expected = {
        "查准率": 100 * found / (found + false),
        "查全率": 100 * found / (found + missed),
        "代价": false + 20 * missed,
    }
    assert EXERCISES["2"].answer(county) == pytest.approx(expected)


def test_routes_township_by_township(county):
    schools = county.schools.set_index("school_id")["township"]
    alone: dict[str, float] = {}
    for one in county.tables["care"].itertuples():
        alone[schools[one.school_id]] = alone.get(schools[one.school_id], 0) + one.left_behind_alone
    routes = sum(-(-n // 6) for n in alone.values())
    found = EXERCISES["3"].answer(county)
    assert (found["路线"], found["走访"]) == pytest.approx((routes, routes * 0.24))
    care = county.tables["care"]
    meals = (care["nutrition_pupils"] - care["nutrition_fed"]).sum() * 1000
    rest = found["该给的"] * 10_000 - meals
    boards, day = care["poor_boarders"].sum(), care["poor_day"].sum()
    assert 0.25 * (1250 * boards + 625 * day) <= rest <= 0.25 * (1500 * boards + 750 * day)


@pytest.mark.parametrize("number", EXERCISES)
def test_mistakes_are_not_the_answer(county, number):
    exercise = EXERCISES[number]
    right = exercise.answer(county)
    for words, mistake in exercise.mistakes.items():
        wrong = mistake(county, right)
        assert set(wrong) == set(right), words
        assert any(abs(wrong[name] - right[name]) > exercise.tolerance[name] for name in right), words
