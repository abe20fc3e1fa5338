"""Exact where a balanced county is: near equality, against fifty digits; and whatever the way numbers are put in order."""

from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from balancelib import measures as m
from balancelib.measures import order as ordering
from balancelib.measures.grouped import Grouping
from balancelib.measures.order import counted, order

DIGITS = 50


def exact(x, weights):
    """CV, Gini, GE for alpha -1 to 2, Atkinson and Hoover, in fifty digits."""
    with localcontext() as context:
        context.prec = DIGITS + 20
        x, w = [Decimal(float(v)) for v in x], [Decimal(float(v)) for v in weights]
        total = sum(w)
        mean = sum(a * b for a, b in zip(w, x, strict=True)) / total
        r = [v / mean for v in x]

        def average(values):
            return sum(a * b for a, b in zip(w, values, strict=True)) / total

        gini, below = Decimal(0), Decimal(0)
        for v, weight in sorted(zip(r, w, strict=True)):
            gini += weight * v * (2 * below + weight - total)
            below += weight
        variance = average([(v - 1) ** 2 for v in r])
        return {
            "cv": variance.sqrt(),
            "gini": gini / total**2,
            "hoover": average([abs(v - 1) for v in r]) / 2,
            "ge_-1": (average([1 / v for v in r]) - 1) / 2,
            "ge_0": -average([v.ln() for v in r]),
            "ge_0.5": (average([v.sqrt() for v in r]) - 1) * -4,
            "ge_1": average([v * v.ln() for v in r]),
            "ge_2": variance / 2,
            "atkinson_1": 1 - average([v.ln() for v in r]).exp(),
            "atkinson_2": 1 - 1 / average([1 / v for v in r]),
        }


def ours(x, weights):
    ge = {f"ge_{alpha:g}": m.generalised_entropy(x, alpha, weights) for alpha in (-1, 0, 0.5, 1, 2)}
    atkinson = {f"atkinson_{epsilon}": m.atkinson(x, epsilon, weights) for epsilon in (1, 2)}
    return (
        {"cv": m.cv(x, weights), "gini": m.gini(x, weights), "hoover": m.hoover(x, weights)} | ge | atkinson
    )


@pytest.mark.parametrize("spread", [1e-7, 1e-5, 1e-3, 0.009, 0.011, 0.3])
def test_fifty_digits(spread):
    rng = np.random.default_rng(3)
    x, weights = 1234.5 * (1 + spread * rng.uniform(-1, 1, 200)), rng.uniform(1, 900, 200)
    expected, found = exact(x, weights), ours(x, weights)
    assert 0.3 * spread < found["cv"] < spread
    for name, value in expected.items():
        assert float(abs(Decimal(found[name]) - value) / value) < 1e-9, name


def test_fifty_digits_of_many_groups():
    """A group near equality stays exact beside one that is not."""
    rng = np.random.default_rng(4)
    near, far = 10 * (1 + 1e-7 * rng.uniform(-1, 1, 50)), rng.lognormal(size=50)
    frame = {"town": ["near"] * 50 + ["far"] * 50, "x": np.r_[near, far]}
    import pandas as pd  # noqa: PLC0415  only here

    table = m.summarise(
        pd.DataFrame(frame), "x", by="town", measures=["cv", "gini", "hoover", "theil_t", "theil_l"]
    )
    expected = exact(near, np.ones(50))
    names = {"cv": "cv", "gini": "gini", "hoover": "hoover", "theil_t": "ge_1", "theil_l": "ge_0"}
    for name, of in names.items():
        assert table[name][0] == pytest.approx(float(expected[of]), rel=1e-9), name


@pytest.mark.parametrize("scale", [1e-300, 1e-100, 1e100, 1e150])
def test_very_small_and_very_large_numbers(scale):
    x = np.array([1.0, 2, 3, 7])
    for measure in (m.gini, m.theil_t, m.hoover, m.mcloone):
        assert measure(x * scale) == pytest.approx(measure(x), rel=1e-12)


def test_aversion_without_end():
    """Powers overflow; the index does not: it goes to what the lowest lacks."""
    assert m.atkinson([3, 6], 3000) == pytest.approx(1 - 0.5 ** (1 / -2999) / 1.5, rel=1e-12)
    assert m.atkinson([1, 2, 4], 1200, [3, 1, 1]) == pytest.approx(1 - 0.6 ** (1 / -1199) / 1.8, rel=1e-12)
    assert m.atkinson([0, 1], 3000) == 1


# Ordering


@given(arrays(float, st.integers(2, 60), elements=st.floats(-1e3, 1e3)))
def test_order_is_ascending(x):
    positions, ordered = order(x)
    assert (np.diff(ordered) >= 0).all() and (x[positions] == ordered).all()


@given(
    arrays(float, st.integers(2, 60), elements=st.floats(-1e3, 1e3)), st.integers(1, 6), st.integers(0, 10)
)
def test_order_inside_groups(x, groups, seed):
    codes = np.random.default_rng(seed).integers(0, groups, len(x))
    positions, _ = order(x, codes)
    assert positions.tolist() != [] and sorted(positions.tolist()) == list(range(len(x)))
    assert (np.lexsort((x[positions], codes[positions])) == np.arange(len(x))).all() or (
        np.diff(codes[positions]) >= 0
    ).all()
    for code in range(groups):
        assert (np.diff(x[positions][codes[positions] == code]) >= 0).all()
    assert (np.diff(codes[positions]) >= 0).all()


@pytest.mark.parametrize(
    "make",
    [
        lambda rng, n: 1 + 1e-9 * rng.normal(size=n),
        lambda rng, n: rng.lognormal(0, 8, n),
        lambda rng, n: np.r_[1e300, rng.uniform(size=n - 1)],
        lambda rng, n: np.r_[-1.7e308, 1.7e308, rng.uniform(size=n - 2)],
        lambda rng, n: np.full(n, 3.0),
        lambda rng, n: rng.integers(0, 3, n) + 1e-13 * rng.integers(0, 9, n),
        lambda rng, n: np.sort(rng.normal(size=n)),
    ],
    ids=["near", "long tail", "one far", "too wide", "equal", "clumps", "sorted"],
)
def test_order_of_difficult_columns(make):
    rng = np.random.default_rng(5)
    x = make(rng, 50_000)
    positions, ordered = order(x)
    assert (np.diff(ordered) >= 0).all() and (x[positions] == ordered).all()
    codes = rng.integers(0, 200, len(x))
    positions, ordered = order(x, codes)
    assert (x[positions] == ordered).all()
    assert (np.lexsort((x, codes)).shape == positions.shape) and (np.diff(codes[positions]) >= 0).all()
    assert (x[positions] == x[np.lexsort((x, codes))]).all()
    assert np.bincount(positions, minlength=len(x)).max() == 1


def test_neighbours_that_the_key_cannot_tell_apart_are_exchanged(monkeypatch):
    """Pairs and threes that differ by less than the key holds are put right without another sort."""
    monkeypatch.setattr(ordering, "_lexsort", None)
    x = np.arange(40_000.0)
    x[101:3000:101] = x[102:3001:101] + 1e-9  # at even and at odd places
    x[5000] += 3e-9
    x[5001], x[5002] = x[5000] - 1e-9, x[5000] - 2e-9
    positions, ordered = order(x)
    assert (np.diff(ordered) >= 0).all() and (x[positions] == ordered).all()


def test_groups_in_order_are_the_same_groups():
    rng = np.random.default_rng(8)
    codes, x, w = rng.integers(0, 7, 300), rng.normal(size=300), rng.uniform(1, 9, 300)
    for weights in (w, None):
        groups = Grouping(codes, weights).sample(x)
        ordered = groups.in_order
        for name in ("smallest", "largest", "average", "weight"):
            assert getattr(ordered, name) == pytest.approx(getattr(groups, name)), name
        assert ordered.total(ordered.x**2) == pytest.approx(groups.total(x**2))
        assert ordered.mean_of(lambda rows, g=ordered: np.abs(g.deviations(rows))) == pytest.approx(
            groups.mean_of(lambda rows, g=groups: np.abs(g.deviations(rows)))
        )


@pytest.mark.parametrize("dtype", [np.int64, np.uint8, np.int16, float])
def test_counting_whole_numbers(dtype):
    rng = np.random.default_rng(6)
    x, weights = rng.integers(0, 101, 70_000).astype(dtype), rng.uniform(1, 9, 70_000)
    values, totals = counted(x, weights)
    assert (values == np.arange(101)).all()
    assert totals == pytest.approx(np.bincount(x.astype(int), weights))
    shuffled = x.astype(float) + np.where(
        np.arange(len(x)) == 9, 1e-9, 0
    )  # one that is not whole: all are sorted
    assert counted(shuffled, None) is None
    for measure in (m.gini, m.mcloone, m.palma):
        assert measure(x, weights) == pytest.approx(measure(shuffled, weights), rel=1e-8)


def test_counting_gives_up_where_sorting_is_better():
    rng = np.random.default_rng(7)
    assert counted(np.arange(100), None) is None  # too few
    assert counted(rng.integers(0, 10**9, 70_000), None) is None  # too far apart
    late = np.r_[np.zeros(60_000), 10.0**6]
    assert counted(late, None) is None
    assert counted(np.r_[np.zeros(60_000), 0.5], None) is None
    below = np.r_[np.full(60_000, -5), np.full(10_000, 7)]
    assert [a.tolist() for a in counted(below, None)] == [[-5.0, 7.0], [60_000.0, 10_000.0]]
    assert counted(np.full(70_000, 1e20), None) is None  # whole, but beyond what an integer holds
