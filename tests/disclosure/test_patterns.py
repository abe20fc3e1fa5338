"""Patterns of hidden cells, against all tables that agree with what is published, listed one by one."""

from itertools import chain, combinations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balancelib.disclosure import HIDDEN, TOTAL, Confidential, Policy, Release, audit
from balancelib.disclosure.layout import Cell

PLAIN = Policy(least=3, width=2, noise=0.0, decoys=0, seconds=20.0, rounds=100)
MOST = 18  # a crossing's count in the tables that are listed: more than any that the tables here bound


def tidy(table):
    rows, columns = np.indices(table.shape)
    return pd.DataFrame({"row": rows.ravel(), "column": columns.ravel(), "children": table.ravel()})


def release(table, policy=PLAIN):
    return Confidential(tidy(np.array(table))).publish([("row", "column")], policy)


def sums(tables):
    """All cells of tables with their totals, by what they are called; a table more than two dimensions has."""
    n, m = tables.shape[-2:]
    places = product([*range(n), None], [*range(m), None])
    return {
        (None if r is None else str(r), None if c is None else str(c)): tables[
            ..., slice(None) if r is None else slice(r, r + 1), slice(None) if c is None else slice(c, c + 1)
        ].sum((-2, -1))
        for r, c in places
    }


def shown(found):
    return {
        (None if r == TOTAL else r, None if c == TOTAL else c): text
        for (r, c), text in found.table("row", "column").stack().items()
    }


EVERY = sums(np.stack(np.meshgrid(*[np.arange(MOST + 1)] * 4, indexing="ij"), -1).reshape(-1, 2, 2))


def agreeing(known, floor):
    """All 2×2 tables up to MOST a crossing with the counts that are shown, and at least the floor where hidden."""
    fits = np.ones(len(EVERY[None, None]), bool)
    for key, text in known.items():
        fits &= EVERY[key] >= floor if text == HIDDEN else EVERY[key] == int(text)
    return {key: counts[fits] for key, counts in EVERY.items()}


def name(key):
    margin = [(d, v) for d, v in zip(("column", "row"), (key[1], key[0]), strict=True) if v is not None]
    return str(Cell(tuple(d for d, _ in margin), tuple(v for _, v in margin)))


SMALL = [
    [[1, 3], [4, 5]],
    [[2, 0], [3, 4]],
    [[1, 1], [1, 1]],
    [[0, 0], [0, 0]],
    [[3, 4], [5, 3]],
]


@pytest.mark.parametrize("zeros", ["free", "shown", "hidden"])
@pytest.mark.parametrize("table", SMALL, ids=str)
def test_attack_finds_the_range_that_all_agreeing_tables_have(table, zeros):
    found = release(table, PLAIN._replace(zeros=zeros))
    known = shown(found)
    tables = agreeing(known, int(zeros == "shown"))
    attack = found.attack().set_index("cell")
    assert len(attack) == sum(v == HIDDEN for v in known.values())
    for key, text in known.items():
        if text == HIDDEN:
            line, values = attack.loc[name(key)], tables[key]
            assert line["exact"]
            assert line["least"] == min(values)
            if np.isfinite(line["greatest"]):  # otherwise nothing bounds it but where our list ends
                assert line["greatest"] == max(values)
            else:
                assert max(values) >= MOST
            assert line["greatest"] - line["least"] >= PLAIN.width


def holds(table, hidden, policy):
    """Whether a pattern leaves each hidden cell open, by listing."""
    truth = sums(table)
    floor = int(policy.zeros == "shown")
    known = {k: HIDDEN if k in hidden else str(v) for k, v in truth.items()}
    tables = agreeing(known, floor)
    return all(np.ptp(tables[k]) >= policy.width for k in hidden)


@pytest.mark.parametrize("zeros", ["free", "shown"])
@pytest.mark.parametrize("table", [SMALL[0], SMALL[1], SMALL[4]], ids=str)
def test_no_pattern_is_cheaper(table, zeros):
    policy, table = PLAIN._replace(zeros=zeros), np.array(table)
    truth = sums(table)
    small = {k for k, v in truth.items() if 0 < v < policy.least}
    others = [k for k, v in truth.items() if k not in small and (v or zeros == "free")]
    cost = {k: max(truth[k], 1) for k in others}
    patterns = chain.from_iterable(combinations(others, n) for n in range(len(others) + 1))
    cheapest = min(
        (sum(cost[k] for k in more), n)
        for n, more in enumerate(patterns)
        if holds(table, small | set(more), policy)
    )[0]
    found = release(table, policy)
    assert found.proven
    assert found.cost == found.bound == cheapest


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.integers(0, 9), min_size=12, max_size=12),
    st.sampled_from(["free", "shown", "hidden"]),
    st.integers(1, 6),
)
def test_whatever_the_counts_the_release_holds(counts, zeros, width):
    rows = pd.DataFrame(list(product("甲乙丙", "xy", "12")), columns=["a", "b", "c"]).assign(children=counts)
    policy = Policy(width=width, zeros=zeros, rounds=2, seconds=5.0)
    found = Confidential(rows).publish([("a", "b"), ("b", "c")], policy)
    assert audit([found], policy).empty
    attack = found.attack()
    assert (attack["greatest"] - attack["least"] >= width).all()
    assert found.bound <= found.cost + 1e-9
    truth = rows.groupby(["a", "b"])["children"].sum()
    for (a, b), count in truth.items():
        text = found.text(a=a, b=b)
        assert text in (str(count), HIDDEN)
        assert text == HIDDEN or count == 0 or count >= 5


def test_singletons_that_add_up_are_not_left_alone():
    # Lønø's example in the vignette "The problem of singletons and zeros" of the R package easySdcTable (Langsrud 2018), data1a: hiding only the small cells and
    # their simplest complements tells both of r1 to be 1, since hidden cells are not 0 and add up to 2. Ours must not.
    counts = {"r1": [0, 1, 7, 1, 0], "r2": [2, 0, 0, 2, 8]}
    frame = pd.DataFrame(counts, index=list("ABHMW")).rename_axis("column").reset_index()
    frame = frame.melt("column", var_name="row", value_name="children")
    policy = Policy(zeros="shown", width=1, least=3, noise=0, decoys=0)
    found = Confidential(frame).publish([("row", "column")], policy)
    assert audit([found], policy).empty
    assert (found.attack()["greatest"] > found.attack()["least"]).all()
    assert sum(text == HIDDEN for text in shown(found).values()) > 7  # as many as that pattern has


def test_the_classic_attack():
    # Fischetti and Salazar-González (2001), Figure 1: investment by activity (I–III) and region (A–C). With four cells hidden, the attacker finds that
    # activity II has 5 to 30 in region C, where entries are not negative.
    table = np.array([[20, 50, 10], [8, 19, 22], [17, 32, 12]])
    hidden = {("1", "0"), ("1", "2"), ("2", "0"), ("2", "2")}
    known = [None if key in hidden else int(n) for key, n in sums(table).items()]
    whole = release(table)
    keys = [
        (dict(zip(*cell, strict=True)).get("row"), dict(zip(*cell, strict=True)).get("column"))
        for cell in whole.layout.cells
    ]
    texts = dict(zip(sums(table), known, strict=True))
    figure = Release(whole.layout, tuple(texts[key] for key in keys), PLAIN)
    attack = figure.attack().set_index("cell")
    assert attack.loc["column=2、row=1", ["least", "greatest"]].tolist() == [5, 30]
    # By hand: the four can only shift together, by 17 down to 8 up.
    assert attack["greatest"].sub(attack["least"]).tolist() == [25] * 4
