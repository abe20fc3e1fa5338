"""Schools that differ: published estimates, the likelihood by its definition, and what a peer finds."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vectors import SHARED

from balancelib import measures as m
from balancelib.measures.ranks import normal_draws, overlap_factor, rank_intervals

here = pytest.mark.skipif(not SHARED.exists(), reason="the folder of others' data is not here")


def _data(name):
    return pd.read_csv(SHARED / "data" / name, dtype={"school": str})


# Published


@here
def test_london_schools():
    """MLwiN user's guide: null .169 / .848, -2LL 11010.65; with the reading test .563 (.0125), .092 / .566, 9357.2."""
    exam = _data("mlmRev_Exam.csv")
    null = m.random_intercept(exam["normexam"], exam["school"], method="ml")
    assert (null.between, null.within) == (pytest.approx(0.169, abs=5e-4), pytest.approx(0.848, abs=5e-4))
    assert null.deviance == pytest.approx(11010.65, abs=5e-3)
    fit = m.random_intercept(exam["normexam"], exam["school"], exam["standLRT"], method="ml")
    assert fit.coefficients[1] == pytest.approx(0.563, abs=5e-4)
    assert np.sqrt(fit.covariance[1, 1]) == pytest.approx(0.0125, abs=5e-5)
    assert (fit.between, fit.within) == (pytest.approx(0.092, abs=5e-4), pytest.approx(0.566, abs=5e-4))
    assert fit.deviance == pytest.approx(9357.2, abs=0.05)


@here
def test_london_schools_change_places():
    """Rank correlation of 65 raw means and value added: .875."""
    exam = _data("mlmRev_Exam.csv")
    fit = m.random_intercept(exam["normexam"], exam["school"], exam["standLRT"], method="ml")
    raw = exam.groupby("school")["normexam"].mean().loc[fit.groups]
    assert raw.size == 65
    assert raw.rank().corr(pd.Series(fit.effects, raw.index).rank()) == pytest.approx(0.875, abs=5e-4)


@here
def test_high_school_and_beyond():
    """Raudenbush and Bryk (2002), tables 4.2 and 4.3: 12.64 (.24), 8.61, 39.15, .18; with the school's mean SES 5.86 (.36), 2.64, 39.16."""
    hsb = _data("mlmRev_Hsb82.csv")
    null = m.random_intercept(hsb["mAch"], hsb["school"])
    assert null.coefficients[0] == pytest.approx(12.637, abs=5e-4)
    assert np.sqrt(null.covariance[0, 0]) == pytest.approx(0.244, abs=5e-4)
    assert (null.between, null.within) == (pytest.approx(8.614, abs=5e-3), pytest.approx(39.148, abs=5e-3))
    assert null.share == pytest.approx(0.18, abs=5e-3)
    fit = m.random_intercept(hsb["mAch"], hsb["school"], hsb["meanses"])
    assert fit.coefficients[1] == pytest.approx(5.863, abs=2e-3)
    assert (fit.between, fit.within) == (pytest.approx(2.64, abs=5e-3), pytest.approx(39.16, abs=5e-3))


def test_balanced_reml_by_hand():
    """MS between 11.24, within 6.26 of Shrout and Fleiss (1979), table 3; with equal sizes REML is ANOVA."""
    ratings = [9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7]
    fit = m.random_intercept(ratings, np.repeat(range(6), 4))
    assert fit.within == pytest.approx(112.75 / 18, rel=1e-9)
    assert fit.between == pytest.approx((56.2083333 / 5 - 112.75 / 18) / 4, rel=1e-6)


# By definition


def _case(seed, covariates=1):
    rng = np.random.default_rng(seed)
    groups = rng.permutation(np.repeat(range(6), [1, 2, 3, 5, 4, 6]))
    x = rng.normal(50, 9, size=(21, covariates))
    y = 500 + x.sum(axis=1) + 8 * rng.normal(size=21) + rng.choice([0, 4, 12]) * rng.normal(size=6)[groups]
    return y, groups, x


def _by_matrix(y, groups, x, between, within, restricted):
    """-2 log likelihood, coefficients and their covariance, with the whole covariance matrix of the rows."""
    x = np.column_stack([np.ones(len(y)), x])
    v = within * np.eye(len(y)) + between * (groups[:, None] == groups)
    inverse = np.linalg.inv(v)
    covariance = np.linalg.inv(x.T @ inverse @ x)
    beta = covariance @ x.T @ inverse @ y
    rest = y - x @ beta
    rows = len(y) - restricted * x.shape[1]
    extra = -np.linalg.slogdet(covariance)[1] if restricted else 0
    value = rows * np.log(2 * np.pi) + np.linalg.slogdet(v)[1] + rest @ inverse @ rest + extra
    return value, beta, covariance


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["ml", "reml"]))
def test_fit_is_the_highest_likelihood(seed, method):
    y, groups, x = _case(seed)
    fit = m.random_intercept(y, groups, x, method)
    restricted = method == "reml"
    value, beta, covariance = _by_matrix(y, groups, x, fit.between, fit.within, restricted)
    assert fit.deviance == pytest.approx(value, rel=1e-9)
    assert fit.coefficients == pytest.approx(beta, rel=1e-6)
    assert fit.covariance == pytest.approx(covariance, rel=1e-5, abs=1e-9)
    for share in np.linspace(0, 0.95, 20):
        for total in (fit.between + fit.within) * np.array([0.6, 0.9, 1, 1.1, 1.6]):
            assert _by_matrix(y, groups, x, share * total, (1 - share) * total, restricted)[0] >= value - 1e-7


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_effects_and_errors_by_henderson(seed):
    """Prediction and its errors from the mixed-model equations, written out in full."""
    y, groups, x = _case(seed)
    fit = m.random_intercept(y, groups, x)
    if fit.between < 1e-6:
        assert (fit.effects == 0).all()
        return
    whole = np.column_stack([np.ones(21), x, groups[:, None] == np.arange(6)])
    penalty = np.diag([0, 0] + [fit.within / fit.between] * 6)
    inverse = np.linalg.inv(whole.T @ whole + penalty)
    assert fit.effects == pytest.approx((inverse @ whole.T @ y)[2:], rel=1e-5, abs=1e-7)
    errors = np.sqrt(fit.within * np.diag(inverse)[2:])
    assert fit.comparative_errors == pytest.approx(errors, rel=1e-5)
    assert fit.comparative_errors**2 + fit.diagnostic_errors**2 == pytest.approx(fit.between, rel=1e-6)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.floats(-900, 900), st.floats(0.01, 100))
def test_unit_zero_and_order_do_not_matter(seed, shift, scale):
    y, groups, x = _case(seed, 2)
    fit = m.random_intercept(y, groups, x)
    order = np.random.default_rng(seed).permutation(21)
    names = np.array(list("abcdef"))
    moved = m.random_intercept(
        shift + scale * y[order], names[groups[order]], x[order] * [1000, 0.01] + [7, -3]
    )
    assert moved.share == pytest.approx(fit.share, rel=1e-6, abs=1e-9)
    assert moved.effects == pytest.approx(scale * fit.effects, rel=1e-5, abs=1e-6 * scale)
    assert moved.coefficients[1:] * [1000, 0.01] == pytest.approx(scale * fit.coefficients[1:], rel=1e-6)
    assert moved.groups.tolist() == list("abcdef")


# Intervals


def test_exact_interval_of_equal_groups_is_searles():
    """(F / F_u - 1) / (n + F / F_u - 1), with F = 11.2417 / 6.2639 and F(5, 18): 3.3820 and 0.1577 from tables of F and 1 / 6.3406."""
    ratings = [9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7]
    f = 56.2083333 / 5 / (112.75 / 18)
    found = m.share_interval(ratings, np.repeat(range(6), 4))
    assert found.low == 0
    many = f * 6.3406  # F(18, 5) at 97.5 %
    assert found.high == pytest.approx((many - 1) / (many + 3), abs=1e-3)


def test_exact_interval_holds_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(4)
    groups = np.repeat(range(8), [2, 3, 4, 5, 6, 9, 14, 20])
    ratio, held = 0.5, 0
    for _ in range(300):
        y = rng.normal(size=63) + np.sqrt(ratio) * rng.normal(size=8)[groups]
        found = m.share_interval(y, groups, level=0.8)
        held += found.low <= ratio / (1 + ratio) <= found.high
    assert 0.8 * 300 - 22 < held < 0.8 * 300 + 22  # three standard errors


def test_the_naive_share_has_no_interval():
    """It was given that of maximum likelihood, about another number."""
    y, groups, _ = _case(8)
    with pytest.raises(ValueError, match="η²没有这样的区间"):
        m.share_interval(y, groups, "eta2")


@pytest.mark.parametrize("method", ["ml", "reml"])
def test_profile_ends_are_as_unlikely_as_they_should_be(method):
    y, groups, _ = _case(8)
    fit, found = m.random_intercept(y, groups, method=method), m.share_interval(y, groups, method)
    assert found.low <= found.value <= found.high
    assert found.value == pytest.approx(fit.share)
    for share in {found.low, found.high} - {0.0}:
        totals = np.linspace(0.2, 5, 4001) * (fit.between + fit.within)
        near = [_quick(y, groups, share * t, (1 - share) * t, method == "reml") for t in totals[::40]]
        assert min(near) == pytest.approx(fit.deviance + 3.841459, abs=0.02)


def _quick(*arguments):
    y, groups, *rest = arguments
    return _by_matrix(y, groups, np.empty((len(y), 0)), *rest)[0]


def test_chance_at_the_ends_of_the_interval():
    y, groups, _ = _case(3)
    found = m.share_interval(y, groups)
    assert m.chance_if(found.high, y, groups) == pytest.approx(0.025, abs=1e-6)


def test_what_few_pupils_show():
    """Against simulated counties of 12 schools of 5."""
    rng = np.random.default_rng(1)
    groups = np.repeat(range(12), 5)
    scores = rng.normal(size=(1500, 60)) + 0.5 * rng.normal(size=(1500, 12))[:, groups]
    seen = np.array([m.intraclass(row, groups) for row in scores])
    assert np.mean(seen < 0.15) == pytest.approx(m.seen_below(0.15, 0.2, 12, 5), abs=0.04)
    low, high = m.seen_range(0.2, 12, 5)
    assert np.mean((seen > low) & (seen < high)) == pytest.approx(0.95, abs=0.02)
    naive = np.mean([m.intraclass(row, groups, "eta2") for row in scores[:400]])
    assert naive == pytest.approx(m.expected_eta2(0.2, 12, 5), abs=0.015)


def test_naive_share_is_mostly_but_not_always_the_larger():
    """With equal sizes it is the smaller where n > J and F > J (n - 1) / (n - J): here 2 schools of 6, from F = 2.5 on."""
    within = np.array([-1, 1, -1, 1, -1, 1])  # MS 1.2; F = 2.5 d² for means d apart: 2.45 and 2.55
    for apart, larger in ((0.99, True), (1.01, False)):
        y, groups = np.r_[within, within + apart], np.repeat([0, 1], 6)
        assert (m.intraclass(y, groups, "eta2") > m.intraclass(y, groups)) == larger


# Nothing to estimate


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 2, 3], ["a", "a", "a"]), "至少要有两个组"),
        (([1, 2, 3], ["a", "b", "c"]), "每组都只有一个数"),
        (([5, 5, 5, 5], list("aabb")), "没有方差"),
        (([1, 1, 3, 3], list("aabb")), "一点差别也没有"),
        (([1, np.nan, 3, 4], list("aabb")), "空值"),
        (([1, 2, 3, 4], ["a", "a", None, "b"]), "空值"),
        (([1, 2, 3], list("aabb")), "一样长"),
        (([1, 2, 3, 4], list("aabb"), [7, 7, 7, 7]), "人人一样"),
        (([1, 2, 4, 3, 9], list("aabbb"), [[1, 2], [2, 4], [5, 10], [3, 6], [0, 0]]), "同一件事"),
        (([1, 2, 3, 4], list("aabb"), None, "anova"), "method"),
    ],
)
def test_no_fit_without_groups_or_variance(arguments, message):
    with pytest.raises(ValueError, match=message):
        m.random_intercept(*arguments)


def test_schools_closer_than_by_chance():
    fit = m.random_intercept([1, 5, 2, 4, 3, 3], list("aabbcc"))
    assert (fit.between, fit.share) == (0, 0)
    assert (fit.effects == 0).all()
    found = m.share_interval([1, 5, 2, 4, 3, 3], list("aabbcc"))
    assert found.value < 0 == found.low


def test_schools_without_any_spread_within_but_rounding():
    """An interval at the largest share that is looked at, not an error of the search."""
    groups = np.repeat(range(4), 3)
    found = m.share_interval(groups + np.tile([0, 1e-8, -1e-8], 4), groups)
    assert found.low == found.high == pytest.approx(1)


# Comparing


def test_bars_of_equal_errors():
    """Goldstein and Healy (1995): 1.39 standard errors at 5 %."""
    assert overlap_factor(np.full(65, 0.1)) == pytest.approx(1.959964 / np.sqrt(2), abs=1e-6)
    assert 1.39 < overlap_factor([0.05, 0.1, 0.2]) < 1.96


def test_ranks_have_intervals_that_hold_them():
    rng = np.random.default_rng(0)
    values = rng.normal(size=30)
    found = rank_intervals(normal_draws(values, np.full(30, 0.3)))
    rank = (-values).argsort().argsort() + 1
    assert ((found.low <= rank) & (rank <= found.high)).mean() > 0.9
    sure = rank_intervals(normal_draws(values, np.full(30, 1e-9)))
    assert (sure.low == rank).all()
    assert (sure.high == rank).all()
