"""Local resources: what counts, where it reaches, and the placing held against every placing there is."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from balancelib.county import County, Lacking, MissingTable
from balancelib.standards.staffing import load_curriculum
from balancelib.teachers import local_coverage, local_resources, local_room, place_resources


def county(*rows):
    """Resources: subject, first and last grade, periods, and whether reviewed."""
    columns = ["subject", "grade_from", "grade_to", "periods", "reviewed"]
    frame = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[1:], float))
    ids = [f"L{i}" for i in range(len(rows))]
    return County(
        {
            "schools": pd.DataFrame({"school_id": ["1"]}),
            "local_resources": frame.assign(resource_id=ids, label=ids),
        }
    )


def test_what_is_not_reviewed_or_not_filled_in_does_not_count():
    found = local_resources(
        county(
            ("music", 1, 2, 4, 1),
            ("music", 1, 2, 4, 0),
            ("music", 1, 2, 4, np.nan),
            ("music", 1, np.nan, 4, 1),
            (None, 1, 2, 4, 0),
        )
    )
    assert found["state"].tolist() == ["counted", "waiting", "unknown", "unknown", "unknown"]


def test_coverage_knows_which_grades_have_the_subject():
    coverage = local_coverage(
        county(("music", 1, 3, 4, 1), ("music", 3, 3, 4, 1), ("music", 4, 9, 4, 0), ("physics", 7, 9, 4, 1))
    )
    assert coverage.loc["music"].tolist() == [1, 1, 2, 0, 0, 0, 0, 0, 0]
    assert coverage.loc["physics"].isna().tolist() == [True] * 7 + [False] * 2  # taught in grades 8 and 9
    assert coverage.loc["physics", [8, 9]].tolist() == [1, 1]
    assert coverage.index.tolist() == [subject.key for subject in load_curriculum().subjects]


def test_room_is_the_plan_s():
    """14 and 18 % of 9,522; our split: 3+3+6+6+6+5+6+3 periods in 35 weeks and 5 in 33."""
    room = local_room()
    assert room[["total", "least", "most"]].tolist() == pytest.approx([9522, 1333.08, 1713.96])
    assert room["assumed"] == 38 * 35 + 5 * 33
    assert room["least"] <= room["assumed"] <= room["most"]


def test_a_resource_is_taught_in_one_grade_where_it_is_wanted():
    """Six periods for grades 1 and 2, ten for grade 1 alone: grade 1 has its ten, so the six go to grade 2."""
    plan = place_resources(county(("art", 1, 2, 6, 1), ("music", 1, 1, 10, 1)), 10)
    assert plan.placed["grade"].tolist() == [2, 1]
    assert plan.by_grade.loc[[1, 2, 3], "short"].tolist() == [0, 4, 10]
    assert (plan.short, plan.proven) == (74, True)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(0, 2), st.integers(1, 9)), min_size=1, max_size=4),
    st.integers(1, 12),
)
@example([(2, 1, 3), (1, 1, 2), (1, 1, 3), (4, 0, 3)], 3)  # HiGHS's presolve alone ends it in an error
@example([(1, 0, 3), (1, 2, 2), (1, 2, 3), (3, 1, 3)], 3)  # its bound is a millionth below
def test_no_placing_is_better(resources, target):
    rows = [("music", low, low + more, periods, 1) for low, more, periods in resources]
    plan = place_resources(county(*rows), target)
    best = min(
        _reached(grades, resources, target)
        for grades in product(*(range(a, a + b + 1) for a, b, _ in resources))
    )
    assert (plan.short, plan.by_grade["periods"].max()) == pytest.approx(best)
    assert plan.proven
    assert plan.placed["grade"].between([r[1] for r in rows], [r[2] for r in rows]).all()


def _reached(grades, resources, target):
    taught = [
        sum(p for g, (_, _, p) in zip(grades, resources, strict=True) if g == grade) for grade in range(1, 10)
    ]
    return sum(max(0, target - t) for t in taught), max(taught)


def test_what_cannot_be_placed_is_said():
    with pytest.raises(MissingTable, match="乡土"):
        local_resources(County({}))
    with pytest.raises(Lacking, match="先审，再排课"):
        place_resources(county(("music", 1, 2, 4, 0)), 10)
    with pytest.raises(Lacking, match=r"起止年级不对.*L0"):
        place_resources(county(("music", 3, 2, 4, 1), ("music", 1, 2, 4, 1)), 10)
    with pytest.raises(ValueError, match="要大于0"):
        place_resources(county(("music", 1, 2, 4, 1)), 0)
