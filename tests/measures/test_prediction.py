"""Predictions and lists: published examples, identities, and counting pair by pair."""

from itertools import permutations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from balancelib.measures.decisions import (
    alarms,
    group_rates,
    implied_false,
    list_cost,
    net_benefit,
    on_list,
    rate_gap,
)
from balancelib.measures.prediction import auc, brier, calibration, recalibration
from balancelib.measures.proportions import newcombe, wilson

units = st.lists(
    st.tuples(st.sampled_from([0.05, 0.1, 0.3, 0.3, 0.7]), st.booleans()), min_size=6, max_size=30
).map(lambda rows: (np.array([p for p, _ in rows]), np.array([y for _, y in rows], dtype=float)))


# Published


def test_brier_score_and_auc_as_scikit_learn_prints_them():
    assert brier([0.1, 0.9, 0.8, 0.3], [0, 1, 1, 0]).score == pytest.approx(0.0375)
    assert auc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]).value == 0.75


@pytest.mark.parametrize(
    ("percent", "published"),
    [(3, 0.278), (5, 0.263), (8, 0.239), (10, 0.222), (20, 0.125), (30, 0), (40, -0.167), (50, -0.4), (60, -0.75), (90, -6)],
)  # fmt: skip
def test_net_benefit_of_going_to_all_as_published(percent, published):
    """Table 4 of PMC6993280, liver cancer, three of ten ill: "intervention to all patients"."""
    assert net_benefit(np.ones(10), [1] * 3 + [0] * 7, percent / 100) == pytest.approx(published, abs=6e-4)


def test_compas_rates_as_propublica_counted_them():
    """Larson et al. (2016): black defendants 990, 805, 532, 1369; white ones 1139, 349, 461, 505."""
    counts = {"black": (990, 805, 532, 1369), "white": (1139, 349, 461, 505)}
    cells = [(name, on, y) for name in counts for y, on in product((0, 1), repeat=2)]
    rows = pd.DataFrame(cells, columns=["group", "on", "y"]).loc[
        np.repeat(range(8), [n for each in counts.values() for n in each])
    ]
    found = group_rates(rows["on"], rows["y"], rows["group"])
    value = found["value"].unstack()
    assert (100 * value["false"]).tolist() == pytest.approx([44.85, 23.45], abs=0.005)
    assert (100 * value["missed"]).tolist() == pytest.approx([27.99, 47.72], abs=0.005)
    assert value["precision"].round(2).tolist() == [0.63, 0.59]
    for name, one in value.iterrows():
        implied = implied_false(one["happened"], one["precision"], one["missed"])
        assert implied == pytest.approx(value.loc[name, "false"])
    gap = rate_gap(found, "missed", "white", "black")
    assert gap == newcombe(461, 966, 532, 1901)
    assert tuple(found.loc[("white", "missed"), ["value", "low", "high"]]) == wilson(461, 966)


# By counting


@given(units)
@settings(max_examples=40, deadline=None)
def test_auc_pair_by_pair_and_its_error_by_placements(rows):
    p, y = rows
    ill, well = p[y == 1], p[y == 0]
    if min(len(ill), len(well)) < 2:
        with pytest.raises(ValueError, match="至少两个"):
            auc(p, y)
        return
    wins = (ill[:, None] > well) + 0.5 * (ill[:, None] == well)
    error = np.sqrt(wins.mean(axis=1).var(ddof=1) / len(ill) + wins.mean(axis=0).var(ddof=1) / len(well))
    found = auc(p, y)
    assert found.value == pytest.approx(wins.mean())
    assert found.high == pytest.approx(min(1, wins.mean() + 1.959964 * error), abs=1e-6)


def test_auc_interval_holds_the_truth_about_as_often_as_said():
    rng, truth = np.random.default_rng(8), norm.cdf(1 / np.sqrt(2))
    found = [auc(np.r_[rng.normal(1, 1, 25), rng.normal(0, 1, 60)], np.repeat([1, 0], [25, 60])) for _ in range(400)]  # fmt: skip
    assert 0.91 < np.mean([one.low <= truth <= one.high for one in found]) < 0.98


@given(units, st.sampled_from([None, 1, 2, 3, 10]))
@settings(max_examples=60, deadline=None)
def test_briers_parts_add_up_and_equal_chances_leave_nothing_within(rows, bins):
    p, y = rows
    found = brier(p, y, bins)
    whole = found.reliability - found.resolution + found.uncertainty + found.within
    assert found.score == pytest.approx(np.mean((p - y) ** 2))
    assert whole == pytest.approx(found.score)
    if bins is None:
        by_chance = [(len(y[p == c]), c, y[p == c].mean()) for c in set(p)]
        assert found.reliability == pytest.approx(sum(n * (c - s) ** 2 for n, c, s in by_chance) / len(y))
        assert found.within == pytest.approx(0, abs=1e-12)


@given(units, st.integers(1, 12))
@settings(max_examples=20, deadline=None)
def test_calibration_loses_nobody_and_parts_no_equals(rows, bins):
    p, y = rows
    found = calibration(p, y, bins)
    assert len(found) <= bins
    assert (found["n"].sum(), found["events"].sum()) == (len(p), y.sum())
    assert found["n"] @ found["chance"] == pytest.approx(p.sum())
    assert found["chance"].is_monotonic_increasing
    edges = set(np.cumsum(found["n"]).astype(int))
    ordered = np.sort(p)
    assert all(ordered[i - 1] < ordered[i] for i in edges - {len(p)})


def test_calibration_groups_are_of_a_size_where_all_chances_differ():
    found = calibration(np.arange(100) / 100, np.arange(100) % 2, 10)
    assert found["n"].tolist() == [10] * 10
    assert tuple(found.loc[3, ["share", "low", "high"]]) == wilson(5, 10)


def test_recalibration_finds_what_was_done_to_the_odds():
    rng = np.random.default_rng(4)
    true = rng.normal(-2, 1, 10_000)
    y = rng.random(true.size) < 1 / (1 + np.exp(-true))
    chance = 1 / (1 + np.exp(-(2 * true + 1)))  # spread twice as far, and raised
    found = recalibration(chance, y)
    assert found.slope.low < 0.5 < found.slope.high
    assert found.slope.high - found.slope.low < 0.1
    assert recalibration(1 / (1 + np.exp(-true)), y).intercept.low < 0 < recalibration(1 / (1 + np.exp(-true)), y).intercept.high  # fmt: skip
    large = found.intercept.value  # there the raised odds give as many as happened
    assert (1 / (1 + np.exp(-(2 * true + 1 + large)))).sum() == pytest.approx(y.sum())


@given(st.lists(st.integers(0, 3), min_size=2, max_size=6), st.integers(0, 7), st.integers(0, 63))
@settings(max_examples=60, deadline=None)
def test_a_list_is_the_mean_over_all_ways_to_break_ties(score, k, which):
    score, y = np.array(score), np.array([which >> i & 1 for i in range(len(score))], dtype=float)
    ways = [sorted(range(len(score)), key=lambda i: (-score[i], way[i]))[:k] for way in permutations(range(len(score)))]  # fmt: skip
    on = on_list(score, k)
    each = np.array([[i in way for i in range(len(score))] for way in ways])
    assert on == pytest.approx(each.mean(axis=0))
    found = alarms(on, y)
    assert (found.found, found.false, found.missed) == pytest.approx(
        (np.mean(each @ y), np.mean(each @ (1 - y)), np.mean((~each) @ y))
    )
    assert list_cost(found, 2, 30) == pytest.approx(2 * found.false + 30 * found.missed)


def test_errors_cost_least_at_the_threshold_of_the_costs():
    rng = np.random.default_rng(2)
    p = rng.beta(1, 12, 60_000)
    y = (rng.random(p.size) < p).astype(float)
    cuts = np.arange(0.01, 0.3, 0.01)
    costs = [list_cost(alarms(p >= cut, y), 1, 9) for cut in cuts]
    assert cuts[np.argmin(costs)] == pytest.approx(0.1, abs=0.021)
    benefit = net_benefit(p, y, 0.1)  # the same order as the costs at the odds of the threshold
    assert benefit == pytest.approx((9 * y.sum() - list_cost(alarms(p >= 0.1, y), 1, 9)) / 9 / p.size)


# What there is nothing to count of, and what is refused


def test_among_nobody_there_is_no_rate():
    found = group_rates([1, 0, 0, 0], [1, 0, 0, 0], ["a", "a", "b", "b"])
    assert np.isnan(found.loc[("b", "missed"), "value"])
    assert np.isnan(found.loc[("b", "precision"), "high"])
    assert all(np.isnan(rate_gap(found, "missed", "a", "b")))
    assert np.isnan(alarms([0, 0], [0, 1]).precision)
    assert np.isnan(alarms([0, 1], [0, 0]).recall)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: auc([0.1, np.nan], [0, 1]), "不能有空着的"),
        (lambda: brier([0.1, 1.2], [0, 1]), "在0和1之间"),
        (lambda: brier([0.1], [0, 1]), "一样多"),
        (lambda: brier([0.1, 0.2], [0, 2]), "只能是0"),
        (lambda: recalibration([0.0, 0.5, 1.0], [0, 1, 0]), "没有尽头"),
        (lambda: on_list([1, 2], -1), "负数"),
        (lambda: group_rates([1, 0, 1], [1, 1, 0], ["a", "a", None]), "分组里有空值"),
        (lambda: group_rates([1, 0, 1], [1, 1, 0], ["a", "a"]), "一样长"),
        (lambda: net_benefit([0.1, 0.2], [0, 1], 1), "门槛"),
        (lambda: list_cost(alarms([0, 1], [0, 1]), -1, 1), "代价"),
    ],
)
def test_what_makes_no_sense_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()
