"""Measures against values that others published, and their properties."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from balancelib.measures import cv

INEQ = [541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261]
HEALTH = [61, 74, 58, 59, 72, 75, 74, 68, 75, 67, 73, 63, 66, 62, 60, 66, 71, 73, 71, 61, 74, 84, 55, 69, 60]
PEOPLE = [
    832, 931, 1468, 1021, 1039, 1515, 1138, 620, 794, 866, 1367, 1108, 1120, 1033, 833, 1536, 1149, 410, 1210,
    858, 680, 935, 692, 781, 812,
]  # fmt: skip
# Lengths of every real school figure lie between these; the properties hold beyond, but not in the last digits.
VALUES = arrays(float, st.integers(2, 30), elements=st.floats(0.01, 1e6))


@pytest.mark.parametrize(
    ("ddof", "published"),
    [(0, 0.916958182882324), (1, 0.966558792345788)],
    ids=["population", "sample"],
)
def test_unweighted_as_in_r(ddof, published):
    """The example vector of R's package ineq 0.2-13."""
    assert cv(INEQ, ddof=ddof) == pytest.approx(published, rel=1e-9)


def test_weighted_as_at_the_who():
    """Between-group variance 46.198326, from the tests of the WHO's package healthequal: its root over the mean."""
    expected = np.sqrt(46.198326) / np.average(HEALTH, weights=PEOPLE)
    assert cv(HEALTH, weights=PEOPLE) == pytest.approx(expected, rel=1e-6)


@given(VALUES, st.floats(0.001, 1000))
def test_neither_unit_of_values_nor_of_weights_matters(x, unit):
    weights = np.arange(1, len(x) + 1)
    assert cv(x * unit, weights=weights * unit) == pytest.approx(cv(x, weights=weights), rel=1e-9, abs=1e-12)


@given(VALUES)
def test_a_weight_counts_as_so_many_values(x):
    weights = np.arange(len(x)) % 3 + 1
    assert cv(x, weights=weights) == pytest.approx(cv(np.repeat(x, weights)), rel=1e-9, abs=1e-12)


@given(VALUES)
def test_a_value_with_no_weight_is_absent(x):
    weights = np.ones(len(x) + 1)
    weights[0] = 0
    assert cv(np.r_[1e9, x], weights=weights) == pytest.approx(cv(x), rel=1e-9, abs=1e-12)


@given(st.floats(0.01, 1e6), st.integers(1, 20))
def test_equal_values_have_exactly_none(x, n):
    assert cv(np.full(n, x), weights=np.linspace(0.1, 3, n)) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([],), "没有数据"),
        (([1, 2], [1]), "同样长"),
        (([1, np.nan],), "空值"),
        (([1, np.inf],), "无穷大"),
        (([1, 2], [1, -1]), "负数"),
        (([1, 2], [0, 0]), "全是"),
        (([0, 0],), "没有意义"),
        (([1, -1],), "没有意义"),
        (([1, 2], [1, 1], 1), "不加权"),
        (([1], None, 1), "至少"),
    ],
)
def test_undefined_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        cv(*arguments)
