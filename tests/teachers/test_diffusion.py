"""How a practice passes on: against every course that is possible, and against sums done by hand."""

from itertools import product

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balancelib.teachers import spread

DRAWS = 40_000


def all_courses(graph, hosts, chance, terms):
    """Expected number of schools by term: the chance of every set of schools, one term after the other."""
    now, means = {frozenset(hosts): 1.0}, []
    for _ in range(terms + 1):
        means.append(sum(len(uses) * p for uses, p in now.items()))
        after = {}
        for uses, p in now.items():
            others = [place for place in graph if place not in uses]
            taken = [
                1 - (1 - chance) ** (sum(graph[o][u]["joint"] for u in graph[o] if u in uses) / 2)
                for o in others
            ]
            for course in product([False, True], repeat=len(others)):
                new = uses | {o for o, yes in zip(others, course, strict=True) if yes}
                q = np.prod([t if yes else 1 - t for t, yes in zip(taken, course, strict=True)])
                after[new] = after.get(new, 0) + p * q
        now = after
    return means


def small(edges):
    return nx.Graph([(a, b, {"joint": joint}) for a, b, joint in edges])


@pytest.mark.parametrize(
    "edges",
    [
        [("a", "b", 2), ("b", "c", 4)],
        [("a", "b", 1), ("b", "c", 2), ("a", "c", 6), ("c", "d", 2)],
        [("a", "b", 2), ("a", "c", 2), ("a", "d", 2), ("a", "e", 2)],
        [("a", "b", 3), ("b", "c", 3), ("c", "d", 3), ("d", "a", 3), ("x", "y", 4)],
    ],
)
def test_every_course_weighed(edges):
    graph = small(edges)
    exact = all_courses(graph, ["a"], 0.3, 4)
    found = spread(graph, ["a"], chance=0.3, terms=4, draws=DRAWS).counts["mean"]
    # Schools differ by at most 5: five standard errors of a mean are under 0.06.
    assert found.to_numpy() == pytest.approx(exact, abs=0.06)


def test_by_hand_along_a_road():
    # Two meetings a year, one a term, chance 0.5. The second school: 1 − 0.5ᵗ. The third needs two successes in turn, the second at the
    # earliest in term 2: 1 − 0.5ᵗ − t 0.5ᵗ.
    found = spread(small([("a", "b", 2), ("b", "c", 2)]), ["a"], chance=0.5, terms=4, draws=DRAWS).schools
    t = np.arange(5)
    assert found["b"].to_numpy() == pytest.approx(1 - 0.5**t, abs=0.013)
    assert found["c"].to_numpy() == pytest.approx(1 - 0.5**t * (1 + t), abs=0.013)
    assert (found["a"] == 1).all()


def test_certain_and_impossible():
    graph = small([("a", "b", 2), ("b", "c", 2), ("x", "y", 2)])
    sure = spread(graph, ["a"], chance=1, terms=3, draws=10).counts
    assert sure["mean"].tolist() == sure["low"].tolist() == sure["high"].tolist() == [1, 2, 3, 3]
    assert spread(graph, ["a"], chance=0, terms=3, draws=10).counts["high"].tolist() == [1, 1, 1, 1]
    assert spread(graph, [], chance=1, terms=2, draws=10).counts["high"].tolist() == [0, 0, 0]


def test_nine_of_ten_lie_between():
    graph = small([("a", name, 2) for name in "bcdefghijk"])
    found = spread(graph, ["a"], chance=0.5, terms=1, draws=DRAWS).counts.loc[1]
    # Ten tosses: at most 1 with a chance of 1.1 %, at most 2 with 5.5 %, at most 7 with 94.5 %, at most 8 with 98.9 %.
    assert (found["low"], found["high"]) == (1 + 2, 1 + 8)
    assert found["mean"] == pytest.approx(6, abs=0.05)


@given(st.integers(1, 50), st.sets(st.integers(0, 11), max_size=4), st.integers(0, 11))
def test_more_hosts_never_reach_fewer_under_the_same_luck(seed, hosts, one_more):
    graph = nx.gnp_random_graph(12, 0.25, seed=seed)
    nx.set_edge_attributes(graph, 2.0, "joint")
    few = spread(graph, hosts, chance=0.2, draws=40, seed=seed)
    many = spread(graph, hosts | {one_more}, chance=0.2, draws=40, seed=seed)
    assert (many.schools >= few.schools).all(axis=None)
    assert (few.schools.diff().dropna() >= 0).all(axis=None)
    assert few.counts["mean"].to_numpy() == pytest.approx(few.schools.sum(axis=1).to_numpy())


def test_the_same_seed_gives_the_same():
    graph = small([("a", "b", 2), ("b", "c", 2)])
    once, again = (spread(graph, ["a"], chance=0.4).counts for _ in range(2))
    assert once.equals(again)
    assert not once.equals(spread(graph, ["a"], chance=0.4, seed=8).counts)


def test_what_has_no_sense_is_refused():
    graph = small([("a", "b", 2)])
    with pytest.raises(ValueError, match="没有这些学校：z"):
        spread(graph, ["z"], chance=0.5)
    with pytest.raises(ValueError, match="机会"):
        spread(graph, ["a"], chance=1.2)
