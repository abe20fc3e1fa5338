"""Logit: published coefficients, closed forms, another optimiser, and what cannot be fitted."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from balancelib.measures.logistic import INTERCEPT, logistic

# The shuttle's 23 launches before Challenger: °F, and how many of the six O-rings were damaged.
DAMAGED = {53: [5], 57: [1], 58: [1], 63: [1], 66: [0], 67: [0, 0, 0], 68: [0], 69: [0], 70: [1, 0, 1, 0], 72: [0], 73: [0], 75: [0, 1], 76: [0, 0], 78: [0], 79: [0], 81: [0]}  # fmt: skip
LAUNCHES = pd.DataFrame([(t, n) for t, each in DAMAGED.items() for n in each], columns=["temp", "rings"])


# Published


def test_challenger_as_r_prints_it():
    """Brigham Young University's Statistics Notebook: glm(Fail > 0 ~ Temp); one launch had two rings eroded or blown by, here damaged one."""
    launches = LAUNCHES.assign(failed=LAUNCHES["rings"] > 0)
    fit = logistic(launches[["temp"]], launches["failed"])
    assert fit.coefficients.tolist() == pytest.approx([15.0429, -0.2322], abs=5e-5)
    assert fit.se.tolist() == pytest.approx([7.3786, 0.1082], abs=5e-5)
    assert (-2 * fit.null, -2 * fit.loglik) == pytest.approx((28.267, 20.315), abs=5e-4)


def test_challengers_rings_as_openintro_prints_them():
    """Introductory Statistics with Randomization and Simulation, exercise 6.16: each of six rings of a launch."""
    rows = [(one.temp, ring < one.rings) for one in LAUNCHES.itertuples() for ring in range(6)]
    rings = pd.DataFrame(rows, columns=["temp", "damaged"])
    fit = logistic(rings[["temp"]], rings["damaged"])
    assert fit.coefficients.tolist() == pytest.approx([11.6630, -0.2162], abs=5e-5)
    assert fit.se.tolist() == pytest.approx([3.2963, 0.0532], abs=5e-5)
    assert fit.predict(pd.DataFrame({"temp": [51]}))[0] == pytest.approx(0.654, abs=5e-4)


# Closed forms and another optimiser


def test_a_yes_or_no_gives_the_odds_ratio_and_woolfs_error():
    x = pd.DataFrame({"often": np.repeat([0, 0, 1, 1], [90, 10, 45, 30])})
    fit = logistic(x, np.repeat([0, 1, 0, 1], [90, 10, 45, 30]))
    assert np.exp(fit.coefficients["often"]) == pytest.approx(30 * 90 / (45 * 10))
    assert fit.se["often"] == pytest.approx(np.sqrt(1 / 90 + 1 / 10 + 1 / 45 + 1 / 30))
    found = fit.table().loc["often"]
    assert found["ratio_high"] / found["ratio"] == pytest.approx(np.exp(1.959964 * fit.se["often"]), rel=1e-6)


def test_without_variables_it_is_the_share():
    fit = logistic(pd.DataFrame(index=range(8)), [1, 0, 0, 0, 0, 0, 0, 1])
    assert fit.coefficients[INTERCEPT] == pytest.approx(np.log(2 / 6))
    assert fit.loglik == pytest.approx(fit.null)


@pytest.mark.parametrize(("ridge", "seed"), [(0.0, 1), (2.5, 2), (40.0, 3)])
def test_nothing_is_likelier(ridge, seed):
    rng = np.random.default_rng(seed)
    x = pd.DataFrame(rng.normal([0, 500], [1, 80], size=(120, 2)), columns=["a", "b"])
    offset = rng.normal(size=120)
    y = rng.random(120) < 1 / (1 + np.exp(1 - x["a"] + (x["b"] - 500) / 90 - offset))
    fit = logistic(x, y, ridge, offset)

    def loss(free):
        eta = free[0] + free[1] * x["a"] + free[2] / 80 * (x["b"] - 500) + offset
        drawn = (x.std(ddof=0).to_numpy() * [free[1], free[2] / 80]) ** 2
        return np.logaddexp(0, eta).sum() - eta[y].sum() + ridge / 2 * drawn.sum()

    best = minimize(loss, np.zeros(3), options={"gtol": 1e-7}).x
    found = fit.coefficients
    assert (found["a"], 80 * found["b"]) == pytest.approx(tuple(best[1:]), abs=1e-4)
    assert found[INTERCEPT] + 500 * found["b"] == pytest.approx(best[0], abs=1e-4)


def test_planted_coefficients_are_inside_their_intervals_about_as_often_as_said():
    rng, inside = np.random.default_rng(5), 0
    for _ in range(120):
        x = pd.DataFrame({"a": rng.normal(size=250)})
        y = rng.random(250) < 1 / (1 + np.exp(1.5 - 0.8 * x["a"]))
        found = logistic(x, y).table(0.9).loc["a"]
        inside += found["low"] <= 0.8 <= found["high"]
    assert 0.83 < inside / 120 < 0.97


def test_a_ridge_draws_to_zero_and_units_do_not_matter():
    x = LAUNCHES[["temp"]].astype(float)
    y = LAUNCHES["rings"] > 0
    free, drawn, harder = (logistic(x, y, ridge).coefficients["temp"] for ridge in (0, 1, 100))
    assert free < drawn < harder < 0
    celsius = logistic((x - 32) / 1.8, y, 1.0).coefficients["temp"]
    assert celsius == pytest.approx(1.8 * drawn)


# What cannot be fitted


def test_separation_is_said_by_name_and_a_ridge_fits_it():
    x = pd.DataFrame({"缺勤": [1, 2, 3, 4, 10, 11, 12, 13], "女": [0, 1, 0, 1, 0, 1, 0, 1]})
    y = [0, 0, 0, 0, 1, 1, 1, 1]
    with pytest.raises(ValueError, match="“缺勤”把发生的和没有发生的分开了"):
        logistic(x, y)
    assert 0 < logistic(x, y, ridge=1.0).coefficients["缺勤"] < 1


def test_a_small_group_with_none_is_separation_too():
    x = pd.DataFrame({"转学": [0] * 8 + [1] * 3, "女": [0, 1] * 5 + [0]})
    with pytest.raises(ValueError, match="转学"):
        logistic(x, [0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0])


@pytest.mark.parametrize(
    ("x", "y", "said"),
    [
        ({"a": [1, 2, np.nan]}, [0, 1, 0], "空着的数（a）"),
        ({"a": [1, 2, 3]}, [0, 1, np.nan], "空着的数（结果）"),
        ({"a": [1, 2, 3]}, [0, 1, 2], "只能是0"),
        ({"a": [1, 2, 3]}, [0, 0, 0], "一个也没有发生"),
        ({"a": [1, 2, 3]}, [0, 1], "一样多"),
        ({"a": [1, 2, 3, 4], "b": [2, 4, 6, 8]}, [0, 1, 0, 1], "分不开"),
        ({"a": [1, 1, 1, 1]}, [0, 1, 0, 1], "分不开"),
    ],
)
def test_what_cannot_be_fitted_is_said(x, y, said):
    with pytest.raises(ValueError, match=said):
        logistic(pd.DataFrame(x), y)


@pytest.mark.parametrize("ridge", [-5, np.nan])
def test_a_ridge_below_nought_is_refused(ridge):
    """It drew coefficients away from 0 without end, and 0 came out."""
    with pytest.raises(ValueError, match="0或更大"):
        logistic(LAUNCHES[["temp"]], LAUNCHES["rings"] > 0, ridge=ridge)


def test_a_row_with_a_blank_has_no_chance():
    fit = logistic(LAUNCHES[["temp"]], LAUNCHES["rings"] > 0)
    found = fit.predict(pd.DataFrame({"temp": [60, np.nan]}))
    assert np.isnan(found[1])
    assert 0 < found[0] < 1
