"""Target paths and the year of holding: what INEP and R published, other solvers, hand-worked series, properties."""

import numpy as np
import pandas as pd
import pytest
from samples import sample_county
from scipy.stats import t as student

from balancelib.assess import indicator_history
from balancelib.county import Lacking
from balancelib.progress import (
    STATES,
    effort,
    holding_years,
    logistic_path,
    meeting_years,
    pace,
    target_paths,
)
from balancelib.progress.paths import NEAR

# IDEB observed in 2005 and target of 2021, and the country's targets in between, as INEP published them: all, public, federal, state, municipal, private.
IDEB = {
    "initial": ([3.8, 3.6, 6.4, 3.9, 3.4, 5.9], [6.0, 5.8, 7.8, 6.1, 5.7, 7.5]),
    "final": ([3.5, 3.2, 6.3, 3.3, 3.1, 5.8], [5.5, 5.2, 7.6, 5.3, 5.1, 7.3]),
    "upper": ([3.4, 3.1, 5.6, 3.0, 2.9, 5.6], [5.2, 4.9, 7.0, 4.9, 4.8, 7.0]),
}
BETWEEN = {
    "initial": {2011: 4.6, 2013: 4.9, 2015: 5.2, 2017: 5.5, 2019: 5.7, 2021: 6.0},
    "final": {2015: 4.7, 2017: 5.0, 2019: 5.2, 2021: 5.5},
    "upper": {2017: 4.7, 2019: 5.0, 2021: 5.2},
}
BEGUN = {"initial": {2007: 3.9, 2009: 4.2}, "final": {2007: 3.5, 2009: 3.7}, "upper": {2007: 3.4, 2009: 3.5}}
# R's data set cars, and predict(lm(dist ~ speed), interval = "prediction") as printed in many a course.
SPEED = [4, 4, 7, 7, 8, 9, 10, 10, 10, 11, 11, 12, 12, 12, 12, 13, 13, 13, 13, 14, 14, 14, 14, 15, 15, 15, 16, 16, 17, 17, 17, 18, 18, 18, 18, 19, 19, 19, 20, 20, 20, 20, 20, 22, 23, 24, 24, 24, 24, 25]  # fmt: skip
DIST = [2, 10, 4, 22, 16, 10, 18, 26, 34, 17, 28, 14, 20, 24, 28, 26, 34, 34, 46, 26, 36, 60, 80, 20, 26, 54, 32, 40, 32, 40, 50, 42, 56, 76, 84, 36, 46, 68, 32, 48, 52, 56, 64, 66, 54, 70, 92, 93, 120, 85]  # fmt: skip


def series(ratios, first=2018, school="1", indicator="books", threshold=2.0):
    years = range(first, first + len(ratios))
    ratios = np.array(ratios, dtype=float)
    return pd.DataFrame({
        "year": years, "school_id": school, "name": f"学校{school}", "stage": "primary", "pupils": 200, "indicator": indicator,
        "value": ratios * threshold, "ratio": ratios, "threshold": threshold,
    })  # fmt: skip


# Published


@pytest.mark.parametrize("stage", IDEB)
def test_brazils_targets_in_between_are_inep_s(stage):
    now, goal = IDEB[stage][0][0], IDEB[stage][1][0]
    step = effort(now, goal, 16)
    for year, published in BETWEEN[stage].items():
        # The index of 2005 is published with one decimal: any that rounds to it.
        low, high = (
            logistic_path(now + shift, effort(now + shift, goal, 16), year - 2005) for shift in (-0.05, 0.05)
        )
        assert low - 0.05 <= published <= high + 0.05
        assert float(logistic_path(now, step, year - 2005)) == pytest.approx(published, abs=0.05)


def test_the_first_two_of_inep_s_targets_ask_for_less_than_the_curve():
    for stage, targets in BEGUN.items():
        now, goal = IDEB[stage][0][0], IDEB[stage][1][0]
        for year, published in targets.items():
            assert published < logistic_path(now, effort(now, goal, 16), year - 2005)


@pytest.mark.parametrize("stage", IDEB)
def test_each_network_s_target_follows_from_the_year_in_which_all_meet(stage):
    begun, targets = IDEB[stage]
    meet = round(meeting_years(begun[0], float(effort(begun[0], targets[0], 16))))
    for now, published in zip(begun[1:], targets[1:], strict=True):
        low, high = (
            logistic_path(now + shift, effort(now + shift, NEAR, meet), 16) for shift in (-0.05, 0.05)
        )
        assert low - 0.05 <= published <= high + 0.05


def test_prediction_intervals_are_those_that_r_prints():
    found = pace(SPEED, DIST, [12, 19, 24], confidence=0.95)
    assert found["line"].tolist() == pytest.approx([29.60981, 57.13667, 76.79872], abs=1e-5)
    assert found["low"].tolist() == pytest.approx([-1.75, 25.76, 44.75], abs=0.005)
    assert found["high"].tolist() == pytest.approx([61.0, 88.5, 108.8], abs=0.05)


# By matrices


def band_of(x, y, ahead, confidence):
    """Line and ends by the normal equations: x0' (X'X)⁻¹ x0, as in any text on regression."""
    x_matrix, ahead_matrix = (
        np.column_stack([np.ones(len(z)), np.asarray(z, dtype=float) - 2018]) for z in (x, ahead)
    )
    inverse = np.linalg.inv(x_matrix.T @ x_matrix)
    beta = inverse @ x_matrix.T @ y
    rest = y - x_matrix @ beta
    leverage = np.einsum("ij,jk,ik->i", ahead_matrix, inverse, ahead_matrix)
    wide = student.ppf((1 + confidence) / 2, len(y) - 2) * np.sqrt(
        rest @ rest / (len(y) - 2) * (1 + leverage)
    )
    return {
        "line": ahead_matrix @ beta,
        "low": ahead_matrix @ beta - wide,
        "high": ahead_matrix @ beta + wide,
    }


def test_pace_is_that_of_the_normal_equations():
    rng = np.random.default_rng(3)
    x, y, ahead = np.arange(2018, 2026), rng.normal(0.8, 0.05, 8), np.arange(2026, 2036)
    found = pace(x, y, ahead)
    for name, expected in band_of(x, y, ahead, 0.8).items():
        assert found[name].to_numpy() == pytest.approx(expected)


def test_four_later_years_in_five_lie_in_the_interval():
    rng = np.random.default_rng(4)
    years = np.arange(8)
    inside = 0
    for _ in range(2000):
        drawn = 0.5 + 0.03 * np.arange(11) + rng.normal(0, 0.04, 11)
        band = pace(years, drawn[:8], [10]).iloc[0]
        inside += band["low"] <= drawn[10] <= band["high"]
    assert inside / 2000 == pytest.approx(0.8, abs=0.03)


def test_years_of_holding_are_where_the_band_crosses():
    rng = np.random.default_rng(5)
    ahead = np.arange(2026, 2036)
    for _ in range(12):
        ratios = 0.6 + rng.uniform(0.005, 0.06) * np.arange(8) + rng.normal(0, 0.02, 8)
        ratios[-1] = min(ratios[-1], 0.98)
        row = holding_years(series(ratios)).iloc[0]
        band = band_of(range(2018, 2026), ratios, ahead, 0.8)
        for name, column in (("expected", "line"), ("earliest", "high"), ("latest", "low")):
            there = ahead[band[column] >= 1]
            assert row[name] == there[0] if len(there) else row[name] is pd.NA


# By hand


def test_a_straight_line_holds_where_it_crosses():
    row = holding_years(series([0.5, 0.6, 0.7, 0.8])).iloc[0]
    assert row["state"] == "coming"
    assert (row["expected"], row["earliest"], row["latest"]) == (2023, 2023, 2023)
    assert row["slope"] == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("ratios", "state"),
    [
        ([0.9, 0.9, 0.9, 0.9], "never"),
        ([0.99, 0.97, 0.95, 0.93], "never"),
        ([0.5, 0.51, 0.5, 0.52, 0.53], "never"),  # in a hundred years
        ([0.9, 1.0, 1.1, 1.2], "held"),
        ([1.2, 1.2, 1.2, 1.2], "held"),
        ([1.3, 1.2, 1.1, 1.05], "slipping"),
        ([0.8, 0.9, 0.95], "unknown"),
        ([np.nan, np.nan, 0.8, 0.9, 0.95], "unknown"),
    ],
)
def test_what_does_not_come_is_said_so(ratios, state):
    row = holding_years(series(ratios)).iloc[0]
    assert row["state"] == state
    assert (row["expected"] is pd.NA) == (state != "slipping")
    assert set(STATES) >= {state}


def test_what_jumped_once_comes_by_its_line_and_goes_down_lately():
    row = holding_years(series([0.60, 0.60, 0.60, 0.60, 0.95, 0.93, np.nan, 0.91, 0.89])).iloc[0]
    assert row["state"] == "coming"
    # The last four known: years 0, 1, 3 and 4; mean 0.92; (−2·0.03 − 0.01 − 0.01 − 2·0.03) ÷ 10 = −0.014.
    t, y = np.array([0, 1, 3, 4]), np.array([0.95, 0.93, 0.91, 0.89])
    assert row["recent"] == pytest.approx(((t - 2) * (y - y.mean())).sum() / ((t - 2) ** 2).sum())
    assert row["recent"] == pytest.approx(-0.014)
    assert row["slope"] > 0
    assert np.isnan(holding_years(series([0.8, 0.9, 0.95])).iloc[0]["recent"])


def test_a_year_without_a_value_is_left_out_and_not_nought():
    whole, gap = [0.5, 0.6, 0.7, 0.8, 0.9], [0.5, 0.6, np.nan, 0.8, 0.9]
    found = [holding_years(series(ratios)).iloc[0] for ratios in (whole, gap)]
    assert found[0]["expected"] == found[1]["expected"] == 2023
    assert found[1]["years"] == 4
    assert holding_years(series([0.5, 0.6, 0.7, np.nan])).empty


def test_a_series_that_ends_before_the_last_year_says_nothing_of_today():
    both = pd.concat([series([0.5, 0.6, 0.7, 0.8]), series([0.5, 0.6, 0.7, 0.8, 0.9], school="2")])
    assert holding_years(both)["school_id"].tolist() == ["2"]


def test_a_path_begins_today_and_ends_at_the_threshold_with_the_same_step_every_year():
    found = target_paths(series([0.5, 0.6]), 2024)
    assert found["year"].tolist() == [2019, 2020, 2021, 2022, 2023, 2024]
    assert found["target"].iloc[0] == pytest.approx(1.2)
    assert found["target"].iloc[-1] == 2.0
    odds = np.log(6 * found["share"] / (10 - 6 * found["share"]))
    assert np.diff(odds) == pytest.approx(np.full(5, np.diff(odds)[0]))
    # 0.6 of the threshold is 3.6 of 10: log-odds −0.5754 and 0.4055; the first of five steps of 0.19617 leads to 4.0632.
    assert found["share"].iloc[1] == pytest.approx(4.0632 / 6, abs=1e-5)


def test_from_nought_the_path_begins_a_little_above_and_says_so():
    found = target_paths(series([0.0]), 2020)
    assert found["raised"].all()
    assert found["begin"].tolist() == [0.0, 0.0, 0.0]
    assert found["share"].tolist() == pytest.approx([0.05, float(logistic_path(0.3, effort(0.3, 6, 2), 1)) / 6, 1.0])  # fmt: skip


def test_who_holds_or_is_not_known_has_no_path():
    assert target_paths(series([1.0]), 2020).empty
    assert target_paths(series([1 - 1e-13]), 2020).empty
    assert target_paths(series([np.nan]), 2020).empty


# What is refused


def test_what_no_curve_can_have_is_refused():
    for now, goal in ((0, 6), (3, 10), (12, 6), (3, 0)):
        with pytest.raises(ValueError, match="之间"):
            effort(now, goal, 5)
    with pytest.raises(ValueError, match="一年"):
        effort(3, 6, 0)
    assert meeting_years(3.8, 0.0) == meeting_years(3.8, -0.1) == float("inf")
    with pytest.raises(ValueError, match="三年"):
        pace([1, 2], [1, 2], [3])
    with pytest.raises(ValueError, match="以后"):
        target_paths(series([0.5]), 2018)
    with pytest.raises(Lacking, match="没有2030年"):
        target_paths(series([0.5]), 2035, start=2030)


# The county


def test_every_path_of_a_county_rises_to_its_threshold():
    history = indicator_history(sample_county(7, schools=20))
    found = target_paths(history, 2030)
    below = history[(history["year"] == 2025) & (history["ratio"] < 1 - 1e-12)]
    assert len(found) == 6 * len(below)
    grown = found.groupby(["school_id", "stage", "indicator"])["target"]
    assert (grown.diff().dropna() > 0).all()
    assert (grown.last() == found.groupby(["school_id", "stage", "indicator"])["threshold"].last()).all()
    states = holding_years(history)
    assert len(states) == history[history["year"] == 2025]["ratio"].notna().sum()
    held = states["state"].isin(["held", "slipping"])
    assert (held == (states["ratio"] >= 1 - 1e-12)).all()
    known = states.dropna(subset=["latest"])
    assert (known["earliest"] <= known["expected"]).all()
    assert (known["expected"] <= known["latest"]).all()
