"""Reliability against published values and plain loops."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import fdtri

from balancelib.measures.reliability import (
    alpha_without,
    cronbach_alpha,
    discrimination,
    item_rest_correlation,
    measurement_error,
    tails,
)

# KR-20 of real-statistics.com's example, .738, in the tests of facebookresearch's leaderboard (test_kuder_richardson).
REAL_STATISTICS = [
    "11111111111",
    "11111111010",
    "10111111100",
    "11101101100",
    "11111000100",
    "01101111000",
    "11110010000",
    "11111000000",
    "01011000010",
    "10010100000",
    "11100000000",
    "10010000000",
]
# LSAT, section VI (Bock and Lieberman 1970): how many of 1000 gave each pattern, 00000 to 11111.
LSAT = [3, 6, 2, 11, 1, 1, 3, 4, 1, 8, 0, 16, 0, 3, 2, 15, 10, 29, 14, 81, 3, 28, 15, 80, 16, 56, 21, 173, 11, 61, 28, 298]  # fmt: skip
TESTS = st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=3, max_size=12).filter(
    lambda rows: len({sum(row) for row in rows}) > 1
)


def digits(rows):
    return np.array([[int(d) for d in row] for row in rows])


def test_kr20_of_real_statistics():
    """Its KR-20 takes both variances by n; the other alike by n − 1 is the same."""
    assert cronbach_alpha(digits(REAL_STATISTICS)).value == pytest.approx(0.738, abs=5e-4)


def lsat():
    return np.repeat([[int(d) for d in f"{i:05b}"] for i in range(32)], LSAT, axis=0)


def test_lsat():
    """924, 709, 553, 763 and 870 of 1000 right; α by hand from the variances of the table."""
    x = lsat()
    assert x.sum(axis=0).tolist() == [924, 709, 553, 763, 870]
    p = x.mean(axis=0)
    by_hand = 5 / 4 * (1 - (p * (1 - p)).sum() / x.sum(axis=1).var())
    assert cronbach_alpha(x).value == pytest.approx(by_hand)
    assert round(by_hand, 3) == 0.295


def test_feldts_interval():
    """The report in R's QME (zief0002/QME, ctt_template.md): 10 questions, 30 persons, α .57, interval .30 to .77, deviation 2.05, error 1.34."""
    assert feldt(0.57, 30, 10) == pytest.approx((0.30, 0.77), abs=0.011)
    assert 2.05 * np.sqrt(1 - 0.57) == pytest.approx(1.34, abs=0.011)


def feldt(alpha, pupils, questions):
    freedom = pupils - 1, (pupils - 1) * (questions - 1)
    return tuple(1 - (1 - alpha) * fdtri(*freedom, part) for part in (0.975, 0.025))


@settings(max_examples=40, deadline=None)
@given(TESTS)
def test_measures_are_what_their_definitions_say(rows):
    x = np.array(rows, dtype=float)
    found = cronbach_alpha(x)
    assert (found.low, found.high) == pytest.approx(feldt(found.value, *x.shape))
    error = x.sum(axis=1).std(ddof=1) * np.sqrt(1 - found.value)
    assert measurement_error(x) == pytest.approx(error)
    for j in range(4):
        rest = np.delete(x, j, axis=1)
        total = rest.sum(axis=1)
        if x[:, j].std() > 0 and total.std() > 0:
            assert item_rest_correlation(x)[j] == pytest.approx(np.corrcoef(x[:, j], total)[0, 1])
        else:
            assert np.isnan(item_rest_correlation(x)[j])
        if total.std() > 0:
            assert alpha_without(x)[j] == pytest.approx(cronbach_alpha(rest).value)


@settings(max_examples=40, deadline=None)
@given(TESTS, st.randoms(use_true_random=False))
def test_the_order_of_pupils_does_not_matter(rows, order):
    x = np.array(rows, dtype=float)
    turned = x[order.sample(range(len(x)), len(x))]
    most = np.full(4, 3)
    assert discrimination(turned, most) == pytest.approx(discrimination(x, most))
    high, low = tails(x.sum(axis=1))
    assert high.sum() == pytest.approx(0.27 * len(x)) == low.sum()
    assert (high + low <= 1 + 1e-12).all()


def test_discrimination_by_hand():
    """Of 100 pupils with totals all different the 27 highest and lowest: 18 and 9 right of 27."""
    one = np.r_[np.repeat([1, 0], [9, 18]), np.zeros(46), np.repeat([1, 0], [18, 9])]
    x = np.column_stack([one, np.arange(100) * 10])
    assert discrimination(x, [1, 990])[0] == pytest.approx((18 - 9) / 27)


def test_a_test_of_two_questions_has_no_alpha_without_one():
    assert np.isnan(alpha_without([[1, 0], [0, 1], [1, 1]])).all()


def test_without_a_question_the_rest_may_be_the_same_for_all():
    """Decimals that add up to the same leave something of the last digit: it is no spread."""
    rest = [[0.1, 0.2, 0.0], [0.0, 0.1, 0.2], [0.3, 0.0, 0.0], [0.2, 0.1, 0.0]]
    found = alpha_without(np.column_stack([rest, [1, 2, 3, 4]]))
    assert np.isnan(found[3])
    assert np.isfinite(found[:3]).all()


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        ([[1, np.nan], [0, 1]], "不能空着"),
        ([[1], [0]], "至少要两道题"),
        ([[1, 0]], "两名学生"),
        ([[1, 0], [0, 1]], "总分一样"),
        ([[0.1, 0.2, 0.0], [0.0, 0.1, 0.2], [0.3, 0.0, 0.0], [0.2, 0.1, 0.0]], "总分一样"),
    ],
)
def test_what_cannot_be_measured_is_refused(scores, said):
    with pytest.raises(ValueError, match=said):
        cronbach_alpha(scores)


def test_a_tail_is_at_most_a_half():
    with pytest.raises(ValueError, match="不超过一半"):
        tails([1, 2, 3], 0.6)
