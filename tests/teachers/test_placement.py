"""Where to place k studios: every choice tried, the worst case of the literature, and published degrees."""

from itertools import combinations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from balancelib.county import Lacking
from balancelib.teachers import greedy_share, place_exact, place_greedy, placement_levels, within_steps

# Degrees of Zachary's karate club as the gallery of networkx 2.5 prints them.
DEGREES = [
    16, 9, 10, 6, 3, 4, 4, 4, 5, 2, 3, 1, 2, 5, 2, 2, 2, 2, 2, 3, 2, 2, 2, 5, 3, 3, 2, 4, 3, 4, 4, 6, 12, 17,
]  # fmt: skip


@st.composite
def cases(draw):
    """Up to 6 hosts, 8 schools, whole weights and a k."""
    hosts, schools = draw(st.integers(1, 6)), draw(st.integers(1, 8))
    covers = pd.DataFrame(draw(arrays(bool, (hosts, schools)))).rename(index=str, columns=str)
    weights = pd.Series(draw(arrays(int, schools, elements=st.integers(0, 9))), index=covers.columns)
    return covers, weights, draw(st.integers(1, hosts))


def tried(covers, weights, k):
    """The most that any k hosts reach, all of them tried."""
    choices = combinations(covers.index, min(k, len(covers)))
    return max(weights[covers.loc[list(choice)].any()].sum() for choice in choices)


@given(cases())
def test_the_best_is_the_best_of_all(case):
    covers, weights, k = case
    best, found = tried(*case), place_exact(*case)
    assert found.weight == pytest.approx(best)
    assert found.proven
    assert weights[list(found.reached)].sum() == pytest.approx(best)
    assert set(found.reached) == set(covers.columns[covers.loc[list(found.hosts)].any()])
    assert len(found.hosts) <= k
    if found.hosts:  # and no fewer would do
        assert len(found.hosts) == 1 or tried(covers, weights, len(found.hosts) - 1) < best


@given(cases())
def test_one_after_the_other_keeps_its_guarantee(case):
    best, found = tried(*case), place_greedy(*case)
    assert greedy_share(case[2]) * best - 1e-9 <= found.weight <= best
    assert best <= found.bound + 1e-9
    assert found.bound <= found.weight / greedy_share(case[2]) + 1e-9


@given(cases())
def test_the_order_of_rows_and_columns_changes_nothing(case):
    covers, weights, k = case
    turned = covers.iloc[::-1, ::-1]
    for place in (place_greedy, place_exact):
        ours, theirs = place(covers, weights, k), place(turned, weights.iloc[::-1], k)
        assert ours.weight == pytest.approx(theirs.weight)
    assert place_greedy(covers, weights, k).hosts == place_greedy(turned, weights.iloc[::-1], k).hosts
    tenths = weights / 10
    assert place_greedy(covers, tenths, k).hosts == place_greedy(turned, tenths.iloc[::-1], k).hosts


def test_of_hosts_that_reach_the_same_tenths_the_first_code_is_taken():
    """0.1 + 0.2 + 0.3 and 0.3 + 0.2 + 0.1 differ in the last bit."""
    covers = (
        pd.DataFrame([[1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]], index=["a", "b"], columns=list("123456")) == 1
    )
    for weights in ([0.3, 0.2, 0.1, 0.1, 0.2, 0.3], [0.1, 0.2, 0.3, 0.3, 0.2, 0.1]):
        assert place_greedy(covers, pd.Series(weights, index=covers.columns), 1).hosts == ("a",)


def test_the_worst_case_for_two():
    # Nemhauser, Wolsey & Fisher: no better promise than 3/4 can be given for k = 2. Two rows of a 2 × 2 square are the best choice; the
    # first column, worth as much as a row, is taken first by its code, and then each row adds only a half.
    cells = ["11", "12", "21", "22"]
    covers = pd.DataFrame(
        [[1, 0, 1, 0], [1, 1, 0, 0], [0, 0, 1, 1]], index=["column", "row1", "row2"], columns=cells
    ).astype(bool)
    weights = pd.Series(1.0, index=cells)
    greedy, best = place_greedy(covers, weights, 2), place_exact(covers, weights, 2)
    assert (greedy.hosts, greedy.weight) == (("column", "row1"), 3)
    assert (best.hosts, best.weight) == (("row1", "row2"), 4)
    assert greedy.weight / best.weight == greedy_share(2) == 0.75
    assert greedy.bound == 4
    assert not greedy.proven
    assert best.proven


def test_the_guarantee_falls_to_one_less_one_over_e():
    assert greedy_share(1) == 1
    assert greedy_share(10_000) == pytest.approx(1 - np.exp(-1), abs=1e-4)


def test_steps_on_the_karate_club():
    club = nx.karate_club_graph()
    assert within_steps(club, 1).sum(axis=1).tolist() == [degree + 1 for degree in DEGREES]
    assert within_steps(club, 0).to_numpy().sum() == 34
    # Radius 3 and diameter 5: within 3 steps some reach all, within 4 not yet all do, within 5 all.
    assert within_steps(club, 2).all(axis=1).sum() == 0
    assert within_steps(club, 3).all(axis=1).sum() == len(nx.center(club))
    assert not within_steps(club, 4).all(axis=None)
    assert within_steps(club, 5).all(axis=None)


def test_two_leaders_reach_most_of_the_karate_club():
    club = nx.karate_club_graph()
    covers, weights = within_steps(club, 1), pd.Series(1.0, index=list(club))
    # 0 and 33 have 16 and 17 neighbours, are none themselves, and share four: 8, 13, 19 and 31.
    assert sorted(nx.common_neighbors(club, 0, 33)) == [8, 13, 19, 31]
    found = place_exact(covers, weights, 2)
    assert (found.hosts, found.weight) == ((0, 33), 17 + 18 - 4)
    assert place_greedy(covers, weights, 2).hosts == (33, 0)
    assert tried(covers, weights, 3) == place_exact(covers, weights, 3).weight


def test_a_further_studio_that_adds_nothing_is_not_placed():
    covers = pd.DataFrame(True, index=list("ab"), columns=["x", "y"])
    weights = pd.Series([2.0, 0], index=["x", "y"])
    assert place_greedy(covers, weights, 2).hosts == ("a",)
    assert len(place_exact(covers, weights, 2).hosts) == 1
    assert place_greedy(covers, weights * 0, 2).hosts == place_exact(covers, weights * 0, 2).hosts == ()


def test_what_is_reached_already_counts_no_more():
    road = nx.path_graph(list("abcdefg"))
    covers = within_steps(road, 1)
    weights = pd.Series(1.0, index=covers.columns)
    assert place_exact(covers, weights, 1).weight == 3
    left = weights.where(~covers.loc["b"], 0)  # b reaches a, b and c
    second = place_exact(covers, left, 1)
    assert second.weight == 3
    assert second.hosts[0] in "ef"


def test_levels_by_hand():
    road = nx.path_graph(list("abcdefg"))
    weights = pd.Series(1.0, index=list(road))
    weights["g"] = 0
    found = placement_levels(road, weights, list("bdf"), (0, 1), (1, 2)).set_index(["steps", "k"])
    assert found["weight"].to_dict() == {(0, 1): 1, (0, 2): 2, (1, 1): 3, (1, 2): 5}
    assert found.loc[(1, 2), "schools"] == 5
    # b reaches a, b, c; d reaches c, d, e; f reaches e, f and the worthless g: the first taken is b, then two more.
    assert found.loc[(1, 2), "greedy"] == 5
    assert found.loc[(1, 2), "ceiling"] == 6  # 5 / 0.75 is more than all
    assert found.loc[(0, 2), "ceiling"] == pytest.approx(2 / 0.75)
    assert (found["weight"] == found["bound"]).all()


def test_what_has_no_sense_is_refused():
    covers = pd.DataFrame([[True, False]], index=["a"], columns=["x", "y"])
    weights = pd.Series([1.0, 2], index=["x", "y"])
    with pytest.raises(ValueError, match="至少要放1个"):
        place_exact(covers, weights, 0)
    with pytest.raises(ValueError, match="权重"):
        place_greedy(covers, weights.drop("y"), 1)
    with pytest.raises(ValueError, match="权重"):
        place_greedy(covers, -weights, 1)
    with pytest.raises(Lacking, match="主持人要从县外请"):
        place_exact(covers.iloc[:0], weights, 1)


def test_eighty_schools_are_placed_at_once():
    graph = nx.random_geometric_graph(80, 0.18, seed=3)
    weights = pd.Series(np.random.default_rng(5).integers(30, 900, 80), index=list(graph), dtype=float)
    found = place_exact(within_steps(graph, 1), weights, 6)
    assert found.proven
    assert found.weight >= place_greedy(within_steps(graph, 1), weights, 6).weight


def test_equal_tenths_are_equal_in_whatever_order_they_are_added():
    """Both hosts reach 0.1 + 0.2 + 0.3, each in schools of its own: a is taken, whatever the order of the columns."""
    weights = pd.Series([0.1, 0.2, 0.3, 0.3, 0.2, 0.1], index=list("123456"))
    covers = (
        pd.DataFrame([[1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]], index=["a", "b"], columns=list("123456")) == 1
    )
    for seed in range(40):
        order = np.random.default_rng(seed).permutation(list("123456"))
        assert place_greedy(covers[list(order)], weights, 1).hosts == ("a",)


def test_no_studio_has_no_share():
    with pytest.raises(ValueError, match="至少要放1个"):
        greedy_share(0)
