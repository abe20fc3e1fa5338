"""Interrupted series: a published example, the formula summed by hand, the likelihood of contrasts, and what intervals hold."""

import numpy as np
import pytest
from scipy.linalg import null_space
from scipy.optimize import minimize
from scipy.stats import multivariate_normal

from balancelib.measures.interrupted import (
    autoregressive,
    common_lag,
    interval_coverage,
    newey_west,
    segmented_design,
)

# Packs of cigarettes per head in California, 1970 to 2000 (Abadie, Diamond and Hainmueller 2010).
CALIFORNIA = [
    123.0, 121.0, 123.5, 124.4, 126.7, 127.1, 128.0, 126.4, 126.1, 121.9, 120.2, 118.6, 115.4, 110.8, 104.8, 102.8,
    99.7, 97.5, 90.1, 82.4, 77.8, 68.7, 67.5, 63.4, 58.6, 56.4, 54.5, 53.8, 52.3, 47.2, 41.6,
]  # fmt: skip


def months(n=64, seed=1, rho=0.5):
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=n)
    for i in range(1, n):
        noise[i] = rho * noise[i - 1] + np.sqrt(1 - rho**2) * noise[i]
    time = np.arange(n)
    design = segmented_design(time, n // 2, time % 4)
    return 20 - 0.1 * time - 3 * (time >= n // 2) + np.array([0, 1, 2, -1])[time % 4] + noise, design


# Published


def test_california_as_itsa_prints_it():
    """Linden (2015), Stata Journal 15, 480–500: itsa cigsale, single trperiod(1989) lag(1)."""
    years = np.arange(1970, 2001)
    fit = newey_west(CALIFORNIA, segmented_design(years - 1969, 1989 - 1969), lag=1)
    assert fit.coefficients[["trend", "level", "slope"]].to_numpy() == pytest.approx(
        [-1.779474, -20.0581, -1.494652], abs=6e-6
    )
    assert fit.coefficients["intercept"] == pytest.approx(134.0053, abs=6e-5)
    errors = np.sqrt(np.diag(fit.covariance))
    assert errors[:3] == pytest.approx([0.3834188, 4.724395, 0.4368201], rel=2e-6)
    level = fit.estimate({"level": 1})
    assert (level.low, level.high) == pytest.approx((-29.75175, -10.36444), abs=6e-5)
    after = fit.estimate({"trend": 1, "slope": 1})  # lincom: the trend since
    assert after.value == pytest.approx(-3.2741, abs=6e-5)


def test_common_lag_of_newey_and_wests_rule():
    assert [common_lag(n) for n in (20, 64, 100, 500)] == [2, 3, 4, 5]


# The formulas in another way


def test_errors_are_the_sum_over_lags():
    y, design = months()
    x, n = design.to_numpy(), len(y)
    left = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    middle = sum(left[t] ** 2 * np.outer(x[t], x[t]) for t in range(n))
    for lag in range(1, 6):
        weight = 1 - lag / 6
        for t in range(lag, n):
            both = left[t] * left[t - lag] * np.outer(x[t], x[t - lag])
            middle = middle + weight * (both + both.T)
    bread = np.linalg.inv(x.T @ x)
    fit = newey_west(y, design, lag=5)
    assert fit.covariance.to_numpy() == pytest.approx(n / (n - x.shape[1]) * bread @ middle @ bread)
    assert fit.correlation == pytest.approx((left[1:] * left[:-1]).sum() / (left @ left))


def test_a_missing_month_leaves_its_neighbours_two_apart():
    y, design = months(40)
    kept = np.arange(40) != 17
    fit = newey_west(y[kept], design[kept], np.arange(40)[kept], lag=1)
    x, left = design[kept].to_numpy(), (y[kept] - design[kept].to_numpy() @ fit.coefficients.to_numpy())
    pushes = np.zeros((40, x.shape[1]))
    pushes[kept] = x * left[:, None]  # the missing month pushes nowhere
    across = pushes[1:].T @ pushes[:-1]
    middle = pushes.T @ pushes + 0.5 * (across + across.T)
    bread = np.linalg.inv(x.T @ x)
    assert fit.covariance.to_numpy() == pytest.approx(39 / (39 - x.shape[1]) * bread @ middle @ bread)


@pytest.mark.parametrize("missing", [None, 11])
def test_autoregressive_is_where_the_likelihood_of_contrasts_is_highest(missing):
    """Restricted likelihood is that of what no line of the design can say: numbers from the design's null space."""
    y, design = months(32, seed=4)
    kept = np.arange(32) != missing
    y, design, time = y[kept], design[kept], np.arange(32)[kept]
    contrasts = null_space(design.to_numpy().T).T
    apart = np.abs(time[:, None] - time)

    def loss(p):
        return -multivariate_normal.logpdf(
            contrasts @ y, cov=contrasts @ (np.exp(p[1]) * p[0] ** apart) @ contrasts.T
        )

    best = minimize(loss, [0.3, 0.0], method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-10}).x
    fit = autoregressive(y, design, time)
    assert fit.correlation == pytest.approx(best[0], abs=1e-5)
    assert fit.spread**2 == pytest.approx(np.exp(best[1]), rel=1e-4)
    x, inverse = design.to_numpy(), np.linalg.inv(best[0] ** apart)
    bread = np.linalg.inv(x.T @ inverse @ x)
    assert fit.coefficients.to_numpy() == pytest.approx(bread @ x.T @ inverse @ y, abs=1e-5)
    assert fit.covariance.to_numpy() == pytest.approx(np.exp(best[1]) * bread, rel=1e-3, abs=1e-6)


# What intervals hold


def test_intervals_of_short_series_are_too_narrow_and_autoregressive_ones_nearly_wide_enough():
    y, design = months()
    truth = autoregressive(y, design)._replace(correlation=0.5)
    ways = {"newey_west": newey_west, "autoregressive": autoregressive}
    found = interval_coverage(truth, design, {"level": 1}, ways, draws=200)
    assert found["newey_west"] < 0.88
    assert 0.88 < found["autoregressive"] < 0.98


def test_coverage_of_independent_months_is_what_is_promised():
    y, design = months(120, rho=0)
    truth = newey_west(y, design)._replace(correlation=0.0)
    found = interval_coverage(
        truth, design, {"level": 1, "slope": 10}, {"plain": lambda y, d: newey_west(y, d, lag=0)}, 300
    )
    assert found["plain"] == pytest.approx(0.95, abs=0.03)


# By hand, and what is refused


def test_without_other_terms_the_level_is_the_difference_of_means():
    design = segmented_design(range(6), 3, terms=["level"])
    fit = newey_west([5, 6, 7, 1, 2, 3], design)
    assert fit.coefficients.to_dict() == pytest.approx({"level": -4, "intercept": 6})


def test_design_by_hand():
    design = segmented_design([5, 6, 7, 8], 7, [9, 10, 9, 10])
    assert list(design.columns) == ["trend", "level", "slope", "season 9", "season 10"]
    assert design.to_numpy().tolist() == [
        [5, 0, 0, 1, 0], [6, 0, 0, 0, 1], [7, 1, 0, 1, 0], [8, 1, 1, 0, 1],
    ]  # fmt: skip


def test_what_cannot_be_fitted_is_refused():
    y, design = months(40)
    for fit in (newey_west, autoregressive):
        with pytest.raises(ValueError, match="空着"):
            fit(np.where(np.arange(40) == 3, np.nan, y), design)
        with pytest.raises(ValueError, match="要一样多"):
            fit(y[:-1], design)
        with pytest.raises(ValueError, match="每个月都是同一个数"):
            fit(np.full(40, 20.0), design)
        with pytest.raises(ValueError, match="比要估的数多"):
            fit(y[:7], design[:7])
        with pytest.raises(ValueError, match="分不开"):
            fit(y, design.assign(again=design["trend"]))
        with pytest.raises(ValueError, match="分不开"):
            fit(y[:30], segmented_design(range(30), 29))
        for time in ([0, 0, *range(2, 40)], [1, 0, *range(2, 40)]):
            with pytest.raises(ValueError, match="从早到晚"):
                fit(y, design, time)
        with pytest.raises(ValueError, match="空着"):
            fit(y, design, [np.nan, *range(1, 40)])
    with pytest.raises(ValueError, match="要从0起"):
        newey_west(y, design, lag=-1)


def test_a_design_of_what_is_missing_is_refused():
    with pytest.raises(ValueError, match="空着"):
        segmented_design([0, np.nan, 2], 1)
    with pytest.raises(ValueError, match="空着"):
        segmented_design([0, 1, 2], np.nan)
    with pytest.raises(ValueError, match="season里有空值"):
        segmented_design([0, 1, 2], 1, [3, None, 5])
    with pytest.raises(ValueError, match="season应和数据一样长"):
        segmented_design([0, 1, 2], 1, [3, 4])
    with pytest.raises(ValueError, match="没有levle这一项"):
        segmented_design([0, 1, 2], 1, terms=["levle"])


def test_a_name_that_the_model_does_not_have_is_no_effect_of_0():
    fit = newey_west(*months())
    with pytest.raises(ValueError, match="模型里没有levle"):
        fit.estimate({"levle": 1})
    with pytest.raises(ValueError, match="把握是95"):
        fit.estimate({"level": 1}, level=95)
