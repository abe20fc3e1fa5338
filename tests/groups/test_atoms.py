"""Bounds from counts: hand-worked, all ways to fill the atoms tried, and real sets of children."""

from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balancelib.groups.atoms import Range, bounds

NAMES = ("a", "b", "c")
ATOMS = [set(s) for size in (1, 2, 3) for s in combinations(NAMES, size)]


def counted(children):
    """Sizes of the registers and of all pairs, of children given by the registers that they stand in."""
    sizes = {name: sum(name in child for child in children) for name in NAMES}
    both = {pair: sum(set(pair) <= child for child in children) for pair in combinations(NAMES, 2)}
    return sizes, both


def by_trying_all(sizes, both, inside, outside):
    """Fill the seven atoms in every way that the counts allow."""
    found = []
    for filled in product(range(max(sizes.values()) + 1), repeat=len(ATOMS)):
        children = list(zip(filled, ATOMS, strict=True))
        given_counts = [({name}, n) for name, n in sizes.items()] + [
            (set(pair), n) for pair, n in both.items()
        ]
        if all(sum(n for n, atom in children if wanted <= atom) == count for wanted, count in given_counts):
            found.append(sum(n for n, atom in children if atom & set(inside) and not atom & set(outside)))
    return Range(min(found), max(found))


@pytest.mark.parametrize(
    ("inside", "outside"), [(NAMES, ()), (("a", "b"), ("c",)), (("c",), ("a", "b")), (("a",), ())]
)
@pytest.mark.parametrize("known", [(), (("a", "b"),), (("a", "b"), ("a", "c"), ("b", "c"))])
def test_the_bounds_are_the_ends_of_all_that_is_possible(inside, outside, known):
    sizes, both = counted([{"a"}, {"a", "b"}, {"b", "c"}, {"a", "b", "c"}])
    both = {pair: both[pair] for pair in known}
    assert bounds(sizes, both, None, inside, outside) == by_trying_all(sizes, both, inside, outside)


@given(st.lists(st.sampled_from(ATOMS), max_size=40), st.sets(st.sampled_from(list(combinations(NAMES, 2)))))
@settings(max_examples=15, deadline=None)
def test_the_truth_lies_within_and_each_pair_only_narrows(children, known):
    sizes, both = counted(children)
    some = bounds(sizes, {pair: both[pair] for pair in known})
    assert some.least <= len(children) <= some.greatest
    assert bounds(sizes).least <= some.least <= some.greatest <= bounds(sizes).greatest
    missing = bounds(sizes, both, outside=["c"])
    assert missing.least <= sum("c" not in child for child in children) <= missing.greatest


@given(
    st.lists(st.sampled_from(ATOMS), min_size=1, max_size=40),
    st.lists(st.sets(st.sampled_from(NAMES)), max_size=8),
)
@settings(max_examples=15, deadline=None)
def test_of_registers_with_wrong_entries_the_true_children_are_bounded(children, gone):
    sizes, both = counted(children + gone)
    wrong = {name: sum(name in one for one in gone) for name in NAMES}
    found = bounds(sizes, both, wrong)
    assert found.least <= len(children) <= found.greatest
    assert found.greatest <= bounds(sizes, both).greatest


def test_a_child_written_twice_needs_room():
    """One register has a child twice: 3 entries, 2 children, both of whom the other has."""
    with pytest.raises(ValueError, match="互相矛盾"):
        bounds({"a": 3, "b": 2, "c": 3}, {("a", "b"): 2, ("a", "c"): 0, ("b", "c"): 1})
    assert bounds({"a": 3, "b": 2}, {("a", "b"): 2}, {"a": 1}) == (2, 3)


def test_frechet_and_bonferroni():
    """Without pairs: the largest, and the sum (Fréchet). With all: the sum less all pairs is not beaten (Bonferroni)."""
    sizes = {"a": 30, "b": 20, "c": 25}
    assert bounds(sizes) == (30, 75)
    assert bounds(sizes, {("a", "b"): 10, ("a", "c"): 10, ("b", "c"): 10}) == (45, 55)
    assert bounds(sizes).width == 45


def test_with_two_registers_one_pair_says_all():
    assert bounds({"a": 60, "b": 50}, {("b", "a"): 45}, None, ["b"], ["a"]) == (5, 5)
    assert bounds({"a": 0, "b": 0}) == (0, 0)
    assert bounds({"a": 7}, outside=["a"]) == (0, 0)


@pytest.mark.parametrize(
    ("sizes", "both", "word"),
    [
        ({"a": 3, "b": 4}, {("a", "b"): 4}, "比小的一册还多"),
        ({"a": 10, "b": 10, "c": 10}, {("a", "b"): 10, ("b", "c"): 10, ("a", "c"): 0}, "互相矛盾"),
        ({"a": float("nan")}, {}, "空着的不当作0"),
        ({"a": -1}, {}, "正的整数"),
        ({"a": 2.5}, {}, "正的整数"),
        ({"a": 2}, {("a", "b"): 1}, "没有b的登记人数"),
        ({}, {}, "1到10册"),
    ],
)
def test_counts_that_cannot_be_are_said(sizes, both, word):
    with pytest.raises(ValueError, match=word):
        bounds(sizes, both)
