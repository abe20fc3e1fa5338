"""Synthetic control: California's tobacco as others' software has it, a grid of all weights, what can be met exactly, what must not matter."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from balancelib.measures.synthetic import (
    Synthetic,
    leave_one_out,
    placebo_p,
    placebos,
    simplex_weights,
    synthetic_control,
)

# Packs of cigarettes sold per head in 39 states, 1970 to 2000: The Tax Burden on Tobacco, as Abadie, Diamond and Hainmueller (2010) have it and
# the R package synthdid ships it, rounded back to the one decimal of the source.
STATES = pd.read_csv(ROOT / "tests" / "measures" / "prop99.csv", index_col="Year")
CALIFORNIA, DONORS = STATES["California"], STATES.drop(columns="California")
FIRST = 19  # 1989


@pytest.fixture(scope="module")
def california():
    return synthetic_control(CALIFORNIA, DONORS, FIRST)


def test_california_as_other_software_has_it(california):
    """R's augsynth and SciPy's SLSQP: −19.513630 and 1.656400; mlsynth 1.0: Utah 0.393908, squares of 52.129571."""
    assert california.gap[FIRST:].mean() == pytest.approx(-19.513630, abs=3e-6)
    assert california.pre == pytest.approx(1.656400, abs=1e-6)
    assert FIRST * california.pre**2 == pytest.approx(52.129571, abs=2e-5)
    assert california.weights[DONORS.columns.get_loc("Utah")] == pytest.approx(0.393908, abs=1e-6)


def test_california_fits_better_than_weights_that_are_published(california):
    """Abadie, Diamond and Hainmueller's table 2, with predictors beside the outcomes: the same states bear the weight, the fit is a little worse."""
    published = {"Utah": 0.334, "Nevada": 0.234, "Montana": 0.199, "Colorado": 0.164, "Connecticut": 0.069}
    theirs = CALIFORNIA - DONORS[list(published)] @ pd.Series(published)
    assert california.pre < np.sqrt((theirs.iloc[:FIRST] ** 2).mean()) < 1.1 * california.pre
    bearing = set(DONORS.columns[california.weights > 1e-6])
    assert bearing == {*published, "New Hampshire"}
    # Their figure 3: about 26 packs less by 2000.
    assert california.gap[-1] == pytest.approx(-26, abs=1)


def test_california_placebos():
    """mlsynth's outcome-only run: third of 39 by the ratio. With their predictors Abadie, Diamond and Hainmueller have it first."""
    found = placebos(STATES[["California", *DONORS.columns]], FIRST)
    assert len(found) == 39
    assert placebo_p([one.ratio for one in found]) == pytest.approx(3 / 39)
    assert all(one.weights.size == 37 for one in found[1:])  # California is no donor


def test_placebos_may_have_the_treated_one_anywhere():
    moved = placebos(STATES, FIRST, treated=STATES.columns.get_loc("California"))
    there = STATES.columns.get_loc("California")
    assert placebo_p([one.ratio for one in moved], there) == pytest.approx(3 / 39)


@pytest.mark.parametrize("seed", range(6))
def test_no_weights_on_a_fine_grid_come_nearer(seed):
    rng = np.random.default_rng(seed)
    target, donors = rng.normal(size=5), rng.normal(size=(5, 3)) + rng.normal(size=3)
    grid = np.array([(a, b, 100 - a - b) for a, b in product(range(101), repeat=2) if a + b <= 100]) / 100
    misses = ((target[:, None] - donors @ grid.T) ** 2).sum(axis=0)
    found = simplex_weights(target, donors)
    assert ((target - donors @ found) ** 2).sum() <= misses.min() + 1e-9
    assert found == pytest.approx(grid[misses.argmin()], abs=0.02)


def test_weights_that_are_there_are_found():
    rng = np.random.default_rng(3)
    donors, true = rng.normal(size=(12, 8)), np.array([0.5, 0, 0.3, 0, 0, 0.2, 0, 0])
    assert simplex_weights(donors @ true, donors) == pytest.approx(true, abs=1e-6)
    effect = np.r_[np.zeros(12), -1, -2, -3]
    later = np.vstack([donors, rng.normal(size=(3, 8))])
    found = synthetic_control(later @ true + effect, later, 12)
    assert found.gap == pytest.approx(effect, abs=1e-5)
    assert found.pre == 0
    assert found.post == pytest.approx(np.sqrt(14 / 3), abs=1e-5)
    assert np.isposinf(found.ratio)


def test_a_target_beyond_all_donors_is_met_by_the_nearest():
    assert simplex_weights([5.0, 5.0], [[1.0, 2.0, 0.0], [1.0, 2.0, 0.0]]) == pytest.approx(
        [0, 1, 0], abs=1e-9
    )


def test_equally_good_donors_share():
    """Two that are the same, and none that is anything: no solver's whim decides."""
    assert simplex_weights([1.0, 2.0], [[0.0, 2.0, 2.0], [1.0, 3.0, 3.0]]) == pytest.approx(
        [0.5, 0.25, 0.25], abs=1e-6
    )
    assert simplex_weights([1.0, 1.0], np.ones((2, 4))) == pytest.approx([0.25] * 4)


def panels():
    number = st.integers(-50, 50).map(lambda k: k / 10)
    shape = st.tuples(st.integers(2, 6), st.integers(2, 5))
    return shape.flatmap(
        lambda n: st.tuples(
            st.lists(number, min_size=n[0], max_size=n[0]),
            st.lists(st.lists(number, min_size=n[1], max_size=n[1]), min_size=n[0], max_size=n[0]),
        )
    )


@given(panels())
@settings(max_examples=150, deadline=None)
def test_weights_are_on_the_simplex_and_nothing_is_better_nearby(panel):
    """Moving weight to any one donor does not help: the condition of Karush, Kuhn and Tucker."""
    y, x = map(np.array, panel)
    w = simplex_weights(y, x)
    assert w.min() >= 0
    assert w.sum() == pytest.approx(1)
    miss = x @ w - y
    towards = (x - (x @ w)[:, None]).T @ miss
    assert towards.min() >= -1e-6 * (1 + np.abs(x - y[:, None]).max() ** 2)


@given(panels(), st.randoms(use_true_random=False), st.sampled_from([0.001, 3.0, 1000.0]), st.integers(-9, 9))
@settings(max_examples=100, deadline=None)
def test_order_unit_and_level_do_not_matter(panel, random, unit, level):
    y, x = map(np.array, panel)
    order = list(range(x.shape[1]))
    random.shuffle(order)
    base = simplex_weights(y, x)
    assert simplex_weights(y, x[:, order]) == pytest.approx(base[order], abs=1e-4)
    assert simplex_weights(unit * (y + level), unit * (x + level)) == pytest.approx(base, abs=1e-4)


def test_what_comes_after_does_not_make_the_weights(california):
    changed = STATES.copy()
    changed.iloc[FIRST:] += np.arange(39) ** 2
    again = synthetic_control(changed["California"], changed.drop(columns="California"), FIRST)
    assert again.weights.tolist() == california.weights.tolist()
    assert again.pre == california.pre


def test_leave_one_out_is_as_if_the_donor_had_never_been_there(california):
    found = leave_one_out(CALIFORNIA, DONORS, FIRST)
    assert sorted(found) == np.flatnonzero(california.weights > 1e-6).tolist()
    for j, one in found.items():
        again = synthetic_control(CALIFORNIA, DONORS.drop(columns=DONORS.columns[j]), FIRST)
        assert one.gap.tolist() == again.gap.tolist()
        assert one.pre >= california.pre


def test_p_counts_the_treated_one_and_its_equals():
    assert placebo_p([3.0, 1.0, 2.0, 3.0]) == 0.5
    assert placebo_p([3.0, 1.0, 2.0, 4.0], treated=3) == 0.25
    assert placebo_p([3.0, np.inf]) == 1.0
    assert placebo_p([3.0, np.nan]) == 1.0  # what cannot be told is no evidence for us
    assert np.isnan(placebo_p([np.nan, 1.0]))


def test_ratio_where_nothing_is_missed():
    one = np.zeros(1)
    assert np.isnan(Synthetic(one, one, one, 0.0, 0.0).ratio)
    assert np.isposinf(Synthetic(one, one, one, 0.0, 0.1).ratio)
    assert Synthetic(one, one, one, 0.2, 0.1).ratio == 0.5


@pytest.mark.parametrize(
    ("treated", "donors", "first", "said"),
    [
        ([1.0, 2.0], [[1.0], [np.nan]], 1, "空着"),
        ([1.0, np.inf], [[1.0], [2.0]], 1, "不是数"),
        ([1.0, 2.0, 3.0], [[1.0], [2.0]], 1, "一行一期"),
        ([1.0, 2.0], [1.0, 2.0], 1, "一行一期"),
        ([1.0, 2.0], np.empty((2, 0)), 1, "一列一个单位"),
        ([1.0, 2.0], [[1.0], [2.0]], 0, "之前和做之后"),
        ([1.0, 2.0], [[1.0], [2.0]], 2, "之前和做之后"),
    ],
)
def test_what_is_wrong_is_said(treated, donors, first, said):
    with pytest.raises(ValueError, match=said):
        synthetic_control(treated, donors, first)


def test_placebos_need_others():
    with pytest.raises(ValueError, match="三个单位"):
        placebos(np.ones((4, 2)), 2)
    with pytest.raises(ValueError, match="一列一个单位"):
        leave_one_out([1.0, 2.0], [[1.0], [2.0]], 1)


@pytest.mark.parametrize("treated", [-1, 4])
def test_a_unit_that_is_not_there_is_not_the_treated_one(treated):
    """−1 would have left the treated one among the donors."""
    with pytest.raises(ValueError, match="一共4列"):
        placebos(np.eye(4), 2, treated)
    with pytest.raises(ValueError, match="一共0个"):
        placebo_p([], treated)
