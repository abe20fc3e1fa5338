"""Exercises 5 and 7 of groups: answers against numbers counted in another way, and every mistake is told apart from the answer."""

import numpy as np
import pytest
from samples import sample_county

from balancelib.course.exercises.groups import migrants, resource_rooms
from balancelib.groups import mixing_table, room_tables

EXERCISES = resource_rooms.EXERCISES | migrants.EXERCISES


@pytest.fixture(scope="module", params=[7, 12])
def county(request):
    return sample_county(request.param)


def test_nearest_room_by_going_from_school_to_school(county):
    rooms = room_tables(county)
    free, placed = rooms.places.to_dict(), 0
    for school, children in rooms.need.items():
        road = rooms.km.loc[school, list(free)]
        if road.min() <= 8:
            here = min(children, free[road.idxmin()])
            free[road.idxmin()] -= here
            placed += here
    found = EXERCISES["5"].answer(county)
    assert found["最近"] == placed
    assert placed <= found["统筹"] <= min(rooms.need.sum(), rooms.places.sum())


def test_dissimilarity_is_the_widest_gap_of_the_segregation_curve(county):
    table = mixing_table(county, "primary", 2025)
    order = np.argsort(table["group"] / (table["group"] + table["others"]))
    a, b = (np.cumsum(table[name].to_numpy()[order]) / table[name].sum() for name in ("group", "others"))
    found = EXERCISES["7"].answer(county)
    assert found["差异指数"] == pytest.approx(100 * np.max(b - a))
    assert 0 < found["扣掉碰运气"] < found["差异指数"]


@pytest.mark.parametrize("number", EXERCISES)
def test_mistakes_are_not_the_answer(county, number):
    exercise = EXERCISES[number]
    right = exercise.answer(county)
    for words, mistake in exercise.mistakes.items():
        wrong = mistake(county, right)
        assert set(wrong) == set(right), words
        assert any(abs(wrong[name] - right[name]) > exercise.tolerance for name in right), words
