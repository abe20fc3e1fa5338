"""Controlled rounding, and coding of the ends."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balancelib.disclosure import TOTAL, Refused, coded, rounded

TABLES = st.tuples(st.integers(1, 4), st.integers(1, 4)).flatmap(
    lambda shape: st.lists(
        st.lists(st.integers(0, 40), min_size=shape[1], max_size=shape[1]),
        min_size=shape[0],
        max_size=shape[0],
    )
)


@settings(max_examples=60, deadline=None)
@given(TABLES, st.integers(2, 10), st.integers(0, 3))
def test_rounding_adds_up_and_goes_to_a_multiple_beside(table, base, seed):
    # Cox and Ernst (1982): of a table of two dimensions there always is one.
    found, counts = rounded(np.array(table), base, seed).to_numpy(), np.array(table)
    inner = found[:-1, :-1]
    assert (found % base == 0).all()
    assert (inner.sum(0) == found[-1, :-1]).all()
    assert (inner.sum(1) == found[:-1, -1]).all()
    assert inner.sum() == found[-1, -1]
    whole = np.vstack([np.column_stack([counts, counts.sum(1)]), np.append(counts.sum(0), counts.sum())])
    assert (np.abs(found - whole) < base).all()
    assert (found == whole)[whole % base == 0].all()


def distance(inner, counts):
    parts = [
        (inner, counts),
        (inner.sum(0), counts.sum(0)),
        (inner.sum(1), counts.sum(1)),
        (inner.sum(), counts.sum()),
    ]
    return sum(float(np.abs(np.asarray(a) - b).sum()) for a, b in parts)


@pytest.mark.parametrize("counts", [[[1, 4], [7, 3]], [[2, 2], [2, 2]], [[9, 0, 1], [3, 3, 3]]], ids=str)
def test_no_rounding_is_nearer(counts):
    counts, base = np.array(counts), 5
    found = rounded(counts, base).to_numpy()[:-1, :-1]
    best = np.inf
    for ups in product((0, 1), repeat=counts.size):
        inner = counts // base * base + base * np.reshape(ups, counts.shape)
        totals = [(inner.sum(k), counts.sum(k)) for k in (0, 1, None)]
        if (np.abs(inner - counts) < base).all() and all((np.abs(a - b) < base).all() for a, b in totals):
            best = min(best, distance(inner, counts))
    assert distance(found, counts) == best


def test_rounding_keeps_names_and_refuses_what_it_cannot_round():
    frame = pd.DataFrame({"男": [3, 8], "女": [4, 6]}, index=["甲", "乙"])
    assert list(rounded(frame).index) == ["甲", "乙", TOTAL]
    assert list(rounded(frame).columns) == ["男", "女", TOTAL]
    assert rounded(frame, seed=1).equals(rounded(frame, seed=1))
    for wrong in ([[np.nan]], [[-1]], [[1.5]]):
        with pytest.raises(Refused, match="不明不等于0"):
            rounded(np.array(wrong))
    with pytest.raises(Refused, match="合计"):
        rounded(frame.rename(index={"甲": TOTAL}))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=60), st.integers(1, 8))
def test_ends_have_enough_children_and_the_middle_stays(values, least):
    try:
        found = coded(pd.Series(values), least=least)
    except Refused:
        ordered = sorted(values)  # only where there are too few, or the ends meet
        assert len(values) < 2 * least or ordered[least - 1] >= ordered[-least]
        return
    given_ = np.array(values)
    assert (given_ <= found.bottom).sum() >= least
    assert (given_ >= found.top).sum() >= least
    middle = (given_ > found.bottom) & (given_ < found.top)
    assert (found.values[middle] == given_[middle]).all()
    assert found.values.between(found.bottom, found.top).all()
    assert found.text[middle].tolist() == [f"{v:g}" for v in given_[middle]]


def test_coding_keeps_what_is_missing_and_refuses_thin_ends():
    km = pd.Series([0.2, 0.4, 0.5, 1, 2, 3, 4, 8, 9, 15, np.nan])
    found = coded(km, bottom=0.5, top=8, least=3)
    assert found.text.tolist() == ["≤0.5"] * 3 + ["1", "2", "3", "4"] + ["≥8"] * 3 + [""]
    assert np.isnan(found.values.iloc[-1])
    with pytest.raises(Refused, match="上端只有2名"):
        coded(km, bottom=0.5, top=9, least=3)
    with pytest.raises(Refused, match="无穷大"):
        coded(pd.Series([1.0, np.inf]), least=1)
    with pytest.raises(Refused, match="不够"):
        coded(km, least=6)


def test_coded_values_keep_all_their_digits():
    yuan = pd.Series([1_234_567.0, 2_234_567, 3_234_567.5, 9_234_568, 9_934_568])
    assert coded(yuan, least=2).text.tolist() == ["≤2234567"] * 2 + ["3234567.5"] + ["≥9234568"] * 2
