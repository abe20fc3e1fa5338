"""Intervals of shares and of their differences: Newcombe's published tables, SciPy, and how often they hold the truth."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from balancelib.measures import newcombe, wilson

counts = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_newcombes_table_of_single_shares(successes, trials, low, high):
    """Newcombe (1998), Statistics in Medicine 17, 857–872, table I, method 3."""
    found = wilson(successes, trials)
    assert found.value == successes / trials
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("a", "b", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_newcombes_table_of_differences(a, b, low, high):
    """Newcombe (1998), Statistics in Medicine 17, 873–890, table II, method 10."""
    found = newcombe(*a, *b)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


@given(counts, st.sampled_from([0.8, 0.95, 0.99]))
def test_as_scipy(count, confidence):
    theirs = binomtest(*count).proportion_ci(confidence, method="wilson")
    assert wilson(*count, confidence)[1:] == pytest.approx((theirs.low, theirs.high), abs=1e-12)


@given(counts, counts)
def test_a_difference_turned_round_is_the_other_way_round(a, b):
    found = newcombe(*a, *b)
    assert newcombe(*b, *a) == pytest.approx((-found.value, -found.high, -found.low), abs=1e-12)
    assert -1 <= found.low <= found.value <= found.high <= 1


def test_it_holds_the_truth_about_as_often_as_it_says():
    """A share of 95 % among 40 children: all outcomes, each with its chance."""
    held = sum(binom.pmf(x, 40, 0.95) for x in range(41) if wilson(x, 40).low <= 0.95 <= wilson(x, 40).high)
    assert 0.92 < held < 0.98


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ((0, 0), "一个孩子也没有"),
        ((1, math.nan), "一个孩子也没有"),
        ((1, math.inf), "一个孩子也没有"),
        ((41, 40), "分母以外的孩子"),
        ((-1, 40), "0和总人数"),
        ((math.nan, 40), "0和总人数"),
        ((1, 2, 1.0), "例如0.95"),
    ],
)
def test_what_is_no_share_is_said(arguments, word):
    with pytest.raises(ValueError, match=word):
        wilson(*arguments)
