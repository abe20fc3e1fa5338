"""The change of segregation taken apart: what others published, brute force over orders, and properties."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from vectors import SHARED

from balancelib import measures as m

counts = arrays(float, (5, 2), elements=st.integers(1, 60))
PARTS = ("closed", "opened", "groups", "schools", "structure")


def mutual_information(*groups):
    """M is H times the entropy of the groups: https://elbersb.github.io/segregation."""
    share = np.array([group.sum() for group in groups])
    share = share / share.sum()
    return m.theil_h(*groups) * -(share @ np.log(share))


@pytest.mark.skipif(not SHARED.exists(), reason="the folder of others' data is not here")
def test_as_the_r_package_printed_it():
    """README of elbersb/segregation of 2019 (method "shapley"): its fitting stops at a thousandth, so that the last digit may differ.

    Later READMEs print the same M1, M2, additions and removals, and other parts of the rest, which the later code, not at hand, would explain.
    """
    years = [pd.read_csv(SHARED / "data" / f"segregation_schools{year}.csv") for year in ("00", "05")]
    tables = [t.pivot_table(index="school", columns="race", values="n", aggfunc="sum") for t in years]
    schools = tables[0].index.union(tables[1].index)
    found = m.segregation_change(
        *(t.reindex(schools).fillna(0).to_numpy() for t in tables), mutual_information
    )
    printed = {"before": 0.42554, "after": 0.41339, "closed": -0.01141, "opened": -0.00341}
    assert {name: getattr(found, name) for name in printed} == pytest.approx(printed, abs=5e-6)
    printed = {"groups": 0.01623, "schools": -0.01674, "structure": 0.00318}
    assert {name: getattr(found, name) for name in printed} == pytest.approx(printed, abs=4e-5)


def test_fitted_margins_by_the_closed_form_of_two_by_two():
    """The odds ratio fixes the first cell: x (N − r − c + x) = θ (r − x) (c − x)."""
    table, rows, columns = np.array([[13, 4], [5, 21.0]]), np.array([30, 70.0]), np.array([45, 55.0])
    odds = 13 * 21 / (4 * 5)
    r, c, n = rows[0], columns[0], rows.sum()
    roots = np.roots([1 - odds, n - r - c + odds * (r + c), -odds * r * c])
    x = next(root for root in roots if 0 <= root <= min(r, c))
    assert m.fit_margins(table, rows, columns)[0] == pytest.approx([x, r - x])


@given(counts, counts)
@settings(max_examples=25, deadline=None)
def test_fitted_margins_keep_every_odds_ratio(table, other):
    fitted = m.fit_margins(table, other.sum(axis=1), other.sum(axis=0))
    assert fitted.sum(axis=0) == pytest.approx(other.sum(axis=0))
    assert fitted.sum(axis=1) == pytest.approx(other.sum(axis=1))
    odds = [t[:, 0] / t[:, 1] for t in (table, fitted)]
    assert odds[1] / odds[1][0] == pytest.approx(odds[0] / odds[0][0])


def by_orders(before, after, index):
    """Shapley by hand: every order of structure and composition, and of the two compositions inside it."""
    totals = dict.fromkeys(("structure", "schools", "groups"), 0.0)
    orders = [order for order in permutations(totals) if order.index("structure") != 1]
    for order in orders:
        at, value = dict.fromkeys(totals, 0), index(*before.T)
        for name in order:
            at[name] = 1
            seed, rows, columns = ((before, after)[at[part]] for part in ("structure", "schools", "groups"))
            new = index(*m.fit_margins(seed, rows.sum(axis=1), columns.sum(axis=0)).T)
            totals[name] += (new - value) / len(orders)
            value = new
    return totals


@pytest.mark.parametrize("index", [m.theil_h, m.dissimilarity, m.isolation, m.segregation_gini])
def test_parts_are_the_mean_over_all_orders(index):
    before = np.array([[4, 96], [20, 60], [9, 30], [2, 48.0]])
    after = np.array([[10, 90], [45, 45], [9, 21], [1, 60.0]])
    found = m.segregation_change(before, after, index)
    expected = by_orders(before, after, index)
    assert {name: getattr(found, name) for name in expected} == pytest.approx(expected)
    assert found.composition == pytest.approx(expected["schools"] + expected["groups"])


@given(counts, counts, st.sets(st.integers(0, 4), max_size=2), st.sets(st.integers(0, 4), max_size=2))
@settings(max_examples=40, deadline=None)
def test_parts_add_up_also_with_schools_that_open_and_close(before, after, opened, closed):
    before[list(opened)], after[list(closed)] = 0, 0
    found = m.segregation_change(before, after)
    assert sum(getattr(found, part) for part in PARTS) == pytest.approx(found.after - found.before)
    back = m.segregation_change(after, before)
    assert (back.structure, back.groups) == pytest.approx((-found.structure, -found.groups), abs=1e-9)


@given(counts, st.floats(0.2, 5), arrays(float, 5, elements=st.floats(0.2, 5)))
@settings(max_examples=25, deadline=None)
def test_sizes_alone_are_composition_and_never_structure(table, share, sizes):
    assert m.segregation_change(table, table * [share, 1]).structure == pytest.approx(0, abs=1e-7)
    assert m.segregation_change(table, table * sizes[:, None]).structure == pytest.approx(0, abs=1e-7)


def test_dissimilarity_does_not_mind_the_share_of_the_group():
    """Where every school has the same multiple of the group, D stays, and isolation does not."""
    before, after = np.array([[5, 95], [20, 80.0]]), np.array([[15, 95], [60, 80.0]])
    assert m.segregation_change(before, after, m.dissimilarity).composition == pytest.approx(0, abs=1e-12)
    assert m.segregation_change(before, after, m.isolation).composition > 0.2


def test_a_school_that_only_opens_is_all_of_the_change():
    before, after = np.array([[10, 90], [10, 90], [0, 0]]), np.array([[10, 90], [10, 90], [50, 0]])
    found = m.segregation_change(before, after, m.dissimilarity)
    assert found.opened == pytest.approx(found.after)
    assert [getattr(found, part) for part in PARTS if part != "opened"] == pytest.approx([0] * 4, abs=1e-12)


def test_a_cell_that_fills_later_can_be_fitted():
    found = m.segregation_change([[0, 50], [10, 40]], [[5, 45], [10, 40]], m.dissimilarity)
    assert sum(getattr(found, part) for part in PARTS) == pytest.approx(found.after - found.before)
    assert found.structure < 0


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        ([[1, 2]], [[1, 2], [3, 4]], "同样的学校"),
        ([[1, 2], [0, 0]], [[0, 0], [3, 4]], "两年都在"),
        ([[1, np.nan]], [[1, 2]], "空值"),
        ([[1, -2]], [[1, 2]], "负数"),
        ([[0, 2], [0, 3]], [[1, 2], [1, 3]], "一个人也没有"),
    ],
)
def test_what_cannot_be_split(before, after, word):
    with pytest.raises(ValueError, match=word):
        m.segregation_change(before, after)


def test_margins_that_empty_cells_do_not_allow():
    with pytest.raises(ValueError, match="没有"):
        m.fit_margins([[0, 5], [5, 5]], [10, 10], [18, 2])
    with pytest.raises(ValueError, match="3行2列"):
        m.fit_margins([[1, 5], [5, 5]], [10, 10, 3], [18, 5])


@pytest.mark.parametrize(
    ("rows", "columns"), [([-1, 3], [1, 1]), ([np.nan, 3], [1, 1]), ([1, 1], [1, -1]), ([1, 1], [0, 0])]
)
def test_margins_that_are_no_counts(rows, columns):
    """They would be fitted by less than nobody, or looked for in vain."""
    with pytest.raises(ValueError, match="要配成的合计"):
        m.fit_margins([[1, 1], [1, 1]], rows, columns)
