"""Holes in the contacts of schools and what would close them: drawn by hand, and every choice tried."""

from itertools import combinations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balancelib.teachers import contact_gaps, joining_contacts

#  a - b - c - d     f - g     h
#      |   |
#      e - +
DRAWN = nx.Graph(["ab", "bc", "cd", "be", "ec", "fg"])
DRAWN.add_node("h")


def test_parts_and_what_hangs_on_one_school():
    found = contact_gaps(DRAWN)
    assert found["contacts"].to_dict() == {"a": 1, "b": 3, "c": 3, "d": 1, "e": 2, "f": 1, "g": 1, "h": 0}
    assert found["part"].to_dict() == {"a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 2, "g": 2, "h": 3}
    # Without b only a is lost, without c only d; e can fall out. Of f and g none hangs on the other one.
    assert found["cut_off"].to_dict() == {"a": 0, "b": 1, "c": 1, "d": 0, "e": 0, "f": 0, "g": 0, "h": 0}


def test_the_middle_of_a_star_holds_all():
    found = contact_gaps(nx.star_graph(5))
    assert found["cut_off"].tolist() == [4, 0, 0, 0, 0, 0]


def test_a_county_without_contacts():
    alone = nx.Graph()
    alone.add_nodes_from("ba")
    assert contact_gaps(alone)["part"].to_dict() == {"b": 2, "a": 1}


def roads(points):
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    names = [str(i) for i in range(len(points))]
    return pd.DataFrame(apart, index=names, columns=names)


@given(st.integers(2, 6), st.integers(0, 99), st.floats(0, 0.6))
def test_the_fewest_kilometres_of_all_ways_to_join(schools, seed, density):
    km = roads(np.random.default_rng(seed).uniform(0, 30, (schools, 2)))
    graph = nx.relabel_nodes(nx.gnp_random_graph(schools, density, seed=seed), str)
    found = joining_contacts(graph, km)
    missing = nx.number_connected_components(graph) - 1
    tried = []
    for new in combinations(combinations(graph, 2), missing):
        joined = graph.copy()
        joined.add_edges_from(new)
        if nx.is_connected(joined):
            tried.append(sum(km.at[i, j] for i, j in new))
    assert len(found) == missing
    assert found["km"].sum() == pytest.approx(min(tried))
    graph.add_edges_from(found[["school_id", "other_id"]].itertuples(index=False))
    assert nx.is_connected(graph)
    assert found["km"].is_monotonic_increasing


def test_schools_at_one_place_and_schools_that_no_road_reaches():
    km = pd.DataFrame(0.0, index=list("abc"), columns=list("abc"))
    km.loc["c", ["a", "b"]] = km.loc[["a", "b"], "c"] = np.inf
    graph = nx.Graph()
    graph.add_nodes_from("abc")
    assert joining_contacts(graph, km).to_numpy().tolist() == [["a", "b", 0.0]]
    graph.add_edge("a", "c")  # a contact holds where no distance is known
    assert len(joining_contacts(graph, km)) == 1
