"""Mobility: published tables and models, other solvers, hand-worked tables, properties."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import sample_county
from scipy.optimize import minimize
from scipy.stats import linregress, rankdata
from scipy.stats.contingency import odds_ratio

from balancelib.county import County, Lacking, MissingTable
from balancelib.policy import (
    if_schooling,
    mobility_counts,
    mobility_rates,
    odds_ratios,
    rank_slope,
    same_tie,
    tie_of_levels,
    transition_matrix,
    with_margins,
)

# Hauser (1980), Table 1: father's occupation and son's first one, United States 1973, as printed in the documentation of R's vcdExtra
# (Hauser79), which also prints what is fitted to it below.
HAUSER = np.array([
    [1414, 521, 302, 643, 40],
    [724, 524, 254, 703, 48],
    [798, 648, 856, 1676, 108],
    [756, 914, 771, 3325, 237],
    [409, 357, 441, 1611, 1832],
])  # fmt: skip
tables = st.lists(st.lists(st.integers(1, 60), min_size=3, max_size=3), min_size=3, max_size=3).map(
    lambda rows: np.array(rows, dtype=float)
)


def people(table):
    """Every adult's level: the parents', the child's."""
    pairs = [(i, j) for (i, j), n in np.ndenumerate(table) for _ in range(int(n))]
    return np.array(pairs).T


# Published


def test_uniform_association_as_vcdextra_prints_it():
    found = tie_of_levels(HAUSER)
    assert found.deviance == pytest.approx(2280.7, abs=0.05)
    assert found.freedom == 15


def test_uniform_association_of_those_who_moved_as_vcdextra_prints_it():
    found = tie_of_levels(HAUSER, diagonal=True)
    assert found.deviance == pytest.approx(73.007, abs=0.0005)
    assert found.freedom == 10
    assert found.p == pytest.approx(1.161e-11, rel=0.0005)
    assert np.log(found.ratio) == pytest.approx(0.1584003, abs=5e-8)


# Other solvers


def test_odds_ratio_and_woolfs_interval_as_scipy_has_them():
    found = odds_ratios(HAUSER, reach=0, instead=3).loc[2]
    theirs = odds_ratio(np.array([[798, 1676], [1414, 643]]), kind="sample")
    interval = theirs.confidence_interval(0.95)
    assert found["ratio"] == pytest.approx(theirs.statistic)
    assert (found["low"], found["high"]) == pytest.approx((interval.low, interval.high))


@given(tables)
@settings(max_examples=30, deadline=None)
def test_rank_slope_is_the_regression_on_ranks_of_everybody(table):
    parents, children = (rankdata(levels) for levels in people(table))
    assert rank_slope(table).value == pytest.approx(linregress(parents, children).slope)


def test_jackknife_interval_is_as_wide_as_the_bootstraps():
    table, rng = np.array([[60, 30, 10], [25, 50, 25], [8, 27, 65]]), np.random.default_rng(1)
    drawn = rng.multinomial(table.sum(), table.ravel() / table.sum(), size=4000).reshape(-1, 3, 3)
    slopes = [_slope_only(one) for one in drawn]
    found = rank_slope(table)
    assert (found.high - found.low) / 2 / 1.96 == pytest.approx(np.std(slopes), rel=0.05)


def _slope_only(table):
    middles = [np.cumsum(m) - m / 2 for m in (table.sum(axis=1), table.sum(axis=0))]
    row, column = (m - table.sum() / 2 for m in middles)
    return row @ table @ column / (table.sum(axis=1) @ row**2)


def test_tie_is_where_the_likelihood_is_highest():
    table = np.array([[30, 12, 5], [14, 22, 9], [3, 0, 17]])

    def loss(theta, tie):
        log = tie * np.outer(range(3), range(3)) + theta[:3, None] + np.r_[0, theta[3:]]
        return np.sum(np.exp(log) - table * log)

    profile = lambda tie: minimize(loss, np.ones(5), (tie,), options={"gtol": 1e-8}).fun  # noqa: E731
    found = tie_of_levels(table)
    best, step = np.log(found.ratio), 0.02
    lower, here, upper = (profile(best + move) for move in (-step, 0, step))
    assert here < min(lower, upper)
    assert lower == pytest.approx(upper, abs=1e-3)
    curvature = (lower + upper - 2 * here) / step**2
    assert np.log(found.high / found.ratio) == pytest.approx(1.959964 / np.sqrt(curvature), rel=0.002)


def test_tie_of_two_levels_is_the_odds_ratio():
    found, plain = tie_of_levels([[40, 10], [15, 35]]), odds_ratios([[40, 10], [15, 35]]).loc[1]
    assert found[:3] == pytest.approx(tuple(plain[["ratio", "low", "high"]]))
    assert (found.deviance, found.freedom) == (pytest.approx(0, abs=1e-9), 0)
    assert np.isnan(found.p)


# By hand


def test_rates_by_hand():
    # Parents 60, 40; children 30, 70: 30 of 100 must move; 35 go up, 5 down, so 10 in exchange.
    found = mobility_rates([[25, 35], [5, 35]])
    assert found == pytest.approx((100, 0.35, 0.60, 0.05, 0.30, 0.10, 2 - (25 / 60 + 35 / 40)))


def test_shorrocks_at_its_ends():
    assert mobility_rates(np.diag([5, 6, 7])).shorrocks == 0
    assert mobility_rates(np.outer([2, 3, 5], [1, 1, 2])).shorrocks == pytest.approx(1)
    assert mobility_rates([[0, 9], [4, 0]]).shorrocks == 2
    assert np.isnan(mobility_rates([[3, 4], [0, 0]]).shorrocks)


def test_rank_slope_by_hand():
    # Both generations half and half; ranks ±1/4; 40 − 10 of 50 on each side keep their place.
    assert rank_slope([[40, 10], [10, 40]]).value == pytest.approx(0.6)
    # Parents 20/80: ranks −0.4, 0.1; children half and half: ±0.25.
    # Σ = 20·(−0.4)(−0.25) + 30·0.1·(−0.25) + 50·0.1·0.25 = 2.5; spread = 20·0.16 + 80·0.01 = 4.
    assert rank_slope([[20, 0], [30, 50]]).value == pytest.approx(0.625)
    assert np.isnan(rank_slope([[5, 5], [0, 0]]).value)


@pytest.mark.parametrize(
    ("table", "slope", "error"),
    [
        ([[40, 10], [10, 40]], 0.6, np.sqrt(0.8 * 0.2 / 50 + 0.2 * 0.8 / 50)),
        ([[20, 0], [30, 50]], 0.625, np.sqrt(0.625 * 0.375 / 80)),
        ([[0.4, 0.1], [0.1, 0.4]], 0.6, np.sqrt(0.8 * 0.2 / 0.5 + 0.2 * 0.8 / 0.5)),
        ([[1, 0], [0, 50]], 1.0, 0.0),
    ],
)
def test_with_two_levels_the_interval_is_that_of_a_difference_of_shares(table, slope, error):
    expected = (slope, slope - 1.959964 * error, slope + 1.959964 * error)
    assert rank_slope(table) == pytest.approx(expected, rel=1e-6)


def test_an_empty_cell_is_corrected_and_said():
    # (5.5 · 10.5) / (0.5 · 20.5)
    found = odds_ratios([[10, 20], [0, 5]]).loc[1]
    assert found["ratio"] == pytest.approx(5.5 * 10.5 / (0.5 * 20.5))
    assert found["corrected"]
    assert found["smallest"] == 0
    assert not odds_ratios([[10, 20], [1, 5]])["corrected"].any()


def test_with_nobody_there_is_no_ratio():
    found = odds_ratios([[10, 5, 10], [0, 8, 0], [4, 1, 9]])
    assert found["ratio"].isna().tolist() == [False, True, False]


def test_margins_by_hand():
    # x/(50−x) · (30+x)/(20−x) = 16, from x² terms: 15 x² − 1150 x + 16 000 = 0.
    x = (1150 - np.sqrt(1150**2 - 4 * 15 * 16_000)) / 30
    found = with_margins([[40, 10], [10, 40]], [1, 1], [0.2, 0.8]).to_numpy()
    assert found == pytest.approx(np.array([[x, 50 - x], [20 - x, 30 + x]]))


# Properties


@given(tables, st.floats(0, 1), st.floats(0.1, 1.5))
@settings(max_examples=40, deadline=None)
def test_more_schooling_leaves_every_odds_ratio_and_a_looser_tie_its_power(table, more, tie):
    found = if_schooling(table, more, tie).to_numpy()
    local = lambda t: t[:-1, :-1] * t[1:, 1:] / (t[:-1, 1:] * t[1:, :-1])  # noqa: E731
    if (found > 1e-9).all():  # all may go up
        assert local(found) == pytest.approx(local(table) ** tie, rel=1e-6)
    assert found.sum(axis=1) == pytest.approx(table.sum(axis=1))
    assert found.sum(axis=0)[0] == pytest.approx(table.sum(axis=0)[0] * (1 - more))


@given(tables, tables)
@settings(max_examples=40, deadline=None)
def test_margins_are_those_asked_for(table, other):
    found = with_margins(table, other.sum(axis=1), other.sum(axis=0)).to_numpy()
    scale = table.sum() / other.sum()
    assert found.sum(axis=1) == pytest.approx(other.sum(axis=1) * scale)
    assert found.sum(axis=0) == pytest.approx(other.sum(axis=0) * scale)


@given(tables)
@settings(max_examples=40, deadline=None)
def test_rates_add_up(table):
    found = mobility_rates(table)
    assert found.up + found.same + found.down == pytest.approx(1)
    assert found.structural + found.exchange == pytest.approx(found.up + found.down)
    assert found.exchange >= -1e-12
    assert transition_matrix(table).sum(axis=1).to_numpy() == pytest.approx(np.ones(3))


def test_same_tie_is_found_where_planted_and_not_elsewhere():
    level = np.outer(range(4), range(4))
    table = lambda tie, rows, columns: 900 * np.exp(tie * level) * np.outer(rows, columns)  # noqa: E731
    one = table(0.5, [1, 2, 3, 1], [2, 1, 1, 1])
    same = same_tie({"a": one, "b": table(0.5, [4, 2, 1, 1], [1, 1, 3, 2])})
    assert same.ratio == pytest.approx(np.exp(0.5))
    assert same.deviance == pytest.approx(0, abs=1e-6)
    assert same.freedom == 1
    assert same_tie({"a": one, "b": table(0.8, [4, 2, 1, 1], [1, 1, 3, 2])}).p < 1e-6
    with pytest.raises(ValueError, match="两张表"):
        same_tie({"a": one})


# What is refused


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ([[1, 2, 3], [4, 5, 6]], "同样的几级"),
        ([[1, np.nan], [2, 3]], "不能空"),
        ([[1, -1], [2, 3]], "不能是负数"),
        ([[0, 0], [0, 0]], "不能全是0"),
    ],
)
def test_what_is_no_table_is_refused(table, said):
    for measure in (mobility_rates, odds_ratios, rank_slope, tie_of_levels):
        with pytest.raises(ValueError, match=said):
            measure(table)


def test_what_cannot_be_had_is_said():
    with pytest.raises(ValueError, match="只有一级"):
        tie_of_levels([[3, 4], [0, 0]])
    with pytest.raises(ValueError, match="一级没有人"):
        with_margins([[3, 4], [0, 0]], [1, 1], [1, 1])
    with pytest.raises(ValueError, match="一个人也没有"):
        with_margins([[5, 0], [0, 5]], [1, 1], [1, 2])
    with pytest.raises(Lacking, match="并成一级"):
        if_schooling([[3, 4], [0, 0]])
    for more in (-0.5, 1.5, np.nan):
        with pytest.raises(ValueError, match="0和1之间"):
            if_schooling([[3, 4], [2, 5]], more)


@pytest.mark.parametrize("table", [[[10, 0], [0, 10]], np.diag([10, 10, 10]), [[10, 1], [0, 10]]])
def test_a_tie_without_bound_is_not_given(table):
    with pytest.raises(ValueError, match="人数太少"):
        tie_of_levels(table)
    with pytest.raises(ValueError, match="人数太少"):
        same_tie({"a": table, "b": np.full_like(np.array(table), 5)})


# The county


@pytest.fixture(scope="module")
def county():
    return sample_county(7, schools=20)


def test_counts_are_ordered_named_and_add_up(county):
    table = county.tables["mobility"]
    counts = mobility_counts(county)
    assert list(counts.index) == list(counts.columns) == ["小学及以下", "初中", "高中", "大专及以上"]
    assert counts.to_numpy().sum() == table["adults"].sum() == 4800
    rural = mobility_counts(county, "rural", "earlier")
    here = table.query("area == 'rural' and cohort == 'earlier' and parent_education == 'senior'")
    assert rural.loc["高中"].tolist() == here["adults"].tolist()
    parts = [mobility_counts(county, a, c) for a in ("urban", "town", "rural") for c in ("earlier", "later")]
    pd.testing.assert_frame_equal(sum(parts), counts)


def test_a_missing_combination_is_not_nobody(county):
    table = county.tables["mobility"]
    for broken in (table.drop(index=3), table.assign(adults=table["adults"].where(table.index != 3))):
        with pytest.raises(Lacking, match=r"城区.*组合不全"):
            mobility_counts(County({"mobility": broken}), "urban")
        assert mobility_counts(County({"mobility": broken}), "rural").to_numpy().sum() == 1800
    with pytest.raises(Lacking):
        mobility_counts(County({"mobility": table[table["area"] == "rural"]}), "urban")
    with pytest.raises(MissingTable, match="教育流动"):
        mobility_counts(County({}))


def test_a_missing_group_is_not_nobody(county):
    table = county.tables["mobility"]
    group = (table["area"] == "rural") & (table["cohort"] == "later")
    blank = table.assign(area=table["area"].where(~group))
    twice = pd.concat([table, table.iloc[[0]]], ignore_index=True)
    for broken in (table[~group], blank, twice):
        with pytest.raises(Lacking, match="组合不全"):
            mobility_counts(County({"mobility": broken}))
    town = mobility_counts(County({"mobility": table[~group]}), "town")
    pd.testing.assert_frame_equal(town, mobility_counts(county, "town"))


def test_each_of_two_counties_has_every_combination(county):
    table = county.tables["mobility"]
    both = pd.concat([table, table.assign(county_id="990001")], ignore_index=True)
    counts = mobility_counts(County({"mobility": both}))
    pd.testing.assert_frame_equal(counts, 2 * mobility_counts(county))
    for broken in (both.drop(index=0), both.drop(index=[0, 1, len(both) - 1])):
        with pytest.raises(Lacking, match="组合不全"):
            mobility_counts(County({"mobility": broken}))


@pytest.mark.parametrize("seed", [7, 11, 12])
def test_what_is_planted_is_found(seed):
    """Schooling rises and so does absolute mobility; the tie of each area does not change, and is tighter in the country."""
    county = sample_county(seed, schools=20)
    cohorts = {c: mobility_counts(county, cohort=c) for c in ("earlier", "later")}
    earlier, later = (mobility_rates(table).up for table in cohorts.values())
    assert later - earlier > 0.15
    ties = {}
    for area in ("urban", "rural"):
        ties[area] = same_tie({c: mobility_counts(county, area, c) for c in cohorts})
        assert ties[area].p > 0.01
    assert ties["urban"].high < ties["rural"].low
