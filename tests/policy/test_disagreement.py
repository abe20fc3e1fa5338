"""Lorenz curves that cross, and measures that then disagree."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from balancelib.measures import lorenz
from balancelib.policy import compare_measures, lorenz_crossings

VALUES = st.lists(st.integers(1, 30), min_size=2, max_size=7)


def test_by_hand():
    """Shares of thirds 1/9, 5/9 and 2/9, 4/9: at a half both hold a third."""
    assert lorenz_crossings([1, 4, 4], [2, 2, 5]) == pytest.approx([0.5])


def test_measures_of_the_same_by_hand():
    table = compare_measures([1, 4, 4], [2, 2, 5])
    both = table[["x", "y"]].to_dict("index")
    assert both["差异系数"] == pytest.approx({"x": np.sqrt(2) / 3, "y": np.sqrt(2) / 3})
    assert both["基尼系数"] == pytest.approx({"x": 2 / 9, "y": 2 / 9})
    assert both["泰尔指数（T）"] == pytest.approx(
        {"x": (np.log(1 / 3) + 8 * np.log(4 / 3)) / 9, "y": (4 * np.log(2 / 3) + 5 * np.log(5 / 3)) / 9}
    )
    assert both["平均对数离差（L）"] == pytest.approx(
        {"x": np.log(3) - np.log(16) / 3, "y": np.log(3) - np.log(20) / 3}
    )
    assert both["帕尔马比值"] == pytest.approx({"x": (4 / 30) / (1 / 5), "y": (5 / 30) / (4 / 15)})
    assert both["最高一成的份额"] == pytest.approx({"x": 4 / 30, "y": 5 / 30})
    assert table["less_equal"].tolist() == ["", "", "x", "x", "x", "y"]


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([1, 2, 3], [10, 20, 30]),  # the same curve
        ([1, 1, 1], [1, 2, 3]),  # the diagonal is above every other
        ([1, 3], [1, 1, 3, 3]),  # each one twice
        ([1, 4, 5], [2, 3, 5]),  # a transfer from the second to the first: together from there on
    ],
)
def test_curves_that_do_not_cross(x, y):
    assert lorenz_crossings(x, y).size == 0


def test_curves_that_run_together_cross_where_they_meet():
    """Of 15, the first hold 2, 4, 7, 10 and 1, 4, 7, 11: together from two fifths to three."""
    assert lorenz_crossings([2, 2, 3, 3, 5], [1, 3, 3, 4, 4]) == pytest.approx([0.4])


def test_weights_are_pupils():
    """A school of two pupils is two schools of one."""
    assert lorenz_crossings([1, 4], [2, 5], [1, 2], [2, 1]) == pytest.approx([0.5])


@given(VALUES, VALUES)
def test_without_a_crossing_no_measure_contradicts_another(x, y):
    """Atkinson's theorem; a crossing found means that a measure can disagree, none found that none does."""
    assume(lorenz_crossings(x, y).size == 0)
    assert len(set(compare_measures(x, y)["less_equal"]) - {""}) <= 1


@given(VALUES, VALUES)
def test_crossings_are_where_the_curves_change_sides(x, y):
    """Between two crossings one curve is nowhere below the other, and the sides alternate."""
    one, other = lorenz(x), lorenz(y)
    edges = np.concatenate([[0], lorenz_crossings(x, y), [1]])
    sides = []
    for a, b in pairwise(edges):
        p = np.linspace(a, b, 301)
        gap = np.interp(p, one.p, one.L) - np.interp(p, other.p, other.L)
        assert gap.min() >= -1e-9 or gap.max() <= 1e-9
        sides.append(np.sign(gap[np.argmax(np.abs(gap))]))
    if len(sides) > 1:
        assert all(a == -b for a, b in pairwise(sides))
