"""Exercise 6 of groups: subtraction done by hand, and every usual mistake gives another answer in every sample."""

import pytest
from samples import sample_county

from balancelib.course.exercises.groups.publish import EXERCISES

EXERCISE = EXERCISES["6"]


def by_hand(county):
    """Count blanks, those alone in a line, and those filled in the end, cell by cell."""
    counts = {}
    for one in county.tables["disabled_children"].itertuples():
        if one.placement in ("special", "home"):
            cell = (one.placement, one.age_group), one.level
            counts[cell] = counts.get(cell, 0) + one.children
    blank = {cell for cell, n in counts.items() if 1 <= n <= 4}

    def lonely(left):
        return {
            cell for cell in left for side in (0, 1) if sum(other[side] == cell[side] for other in left) == 1
        }

    left = set(blank)
    while filled := lonely(left):
        left -= filled
    return {"挖空": len(blank), "一减就出来": len(lonely(blank)), "反复减": len(blank - left)}


@pytest.mark.parametrize("seed", [7, 8, 9])
def test_by_hand(seed):
    assert EXERCISE.answer(sample_county(seed)) == by_hand(sample_county(seed))


@pytest.mark.parametrize("seed", [7, 8, 9])
def test_each_mistake_is_told_apart_from_the_answer_and_from_the_others(seed):
    county = sample_county(seed)
    right = EXERCISE.answer(county)
    wrong = [tuple(mistake(county, right).values()) for mistake in EXERCISE.mistakes.values()]
    assert len({tuple(right.values()), *wrong}) == len(wrong) + 1 == 6
