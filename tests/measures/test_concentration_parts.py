"""Parts of a concentration index and its bounds: others' values, identities, every order tried, errors against a bootstrap."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vectors import SHARED

from balancelib import measures as m
from balancelib.measures.concentration_parts import concentration_bounds, concentration_parts

KINDS = {"standard": None, "generalised": None, "erreygers": (0, 1), "wagstaff": (0, 1)}
here = pytest.mark.skipif(not SHARED.exists(), reason="the folder of others' data is not here")


def _made(n=300, seed=3):
    rng = np.random.default_rng(seed)
    income = rng.lognormal(9, 0.5, n)
    years = 9 + np.log(income / 8000) + rng.normal(size=n)
    town = np.where(rng.random(n) + income / 40000 > 0.8, "town", np.where(rng.random(n) > 0.5, "a", "b"))
    y = (rng.random(n) < 1 / (1 + np.exp(years - 9 - (town == "a")))).astype(float)
    return y, {"years": years, "town": town}, income


@pytest.mark.parametrize("kind", list(KINDS))
def test_parts_add_up_to_the_index(kind):
    y, variables, income = _made()
    found = concentration_parts(y, variables, income, kind=kind, limits=KINDS[kind])
    index = m.concentration_index(y, income, kind=kind, limits=KINDS[kind])
    assert found.index.value == pytest.approx(index)
    added = sum(part.contribution.value for part in found.parts.values()) + found.rest.value
    assert added == pytest.approx(index)


def test_contributions_are_elasticities_times_indices():
    """As Wagstaff, van Doorslaer and Watanabe write it, worked out apart with least squares and the covariance form of the index."""
    y, variables, income = _made()
    z = np.column_stack([variables["years"], variables["town"] == "a", variables["town"] == "b"]).astype(
        float
    )
    design = np.column_stack([np.ones(len(y)), z])
    beta = np.linalg.lstsq(design, y, rcond=None)[0]
    rank = (np.argsort(np.argsort(income)) + 0.5) / len(y)
    index = lambda column: 2 * np.cov(column, rank, bias=True)[0, 1] / column.mean()  # noqa: E731
    each = [beta[j + 1] * z[:, j].mean() / y.mean() * index(z[:, j]) for j in range(3)]
    found = concentration_parts(y, variables, income)
    assert found.parts["years"].contribution.value == pytest.approx(each[0])
    assert found.parts["town"].contribution.value == pytest.approx(each[1] + each[2])
    residual = y - design @ beta
    assert found.rest.value == pytest.approx(2 * np.cov(residual, rank, bias=True)[0, 1] / y.mean())
    years = found.parts["years"]
    assert years.effect * years.concentration / y.mean() == pytest.approx(years.contribution.value)


def test_the_error_of_the_index_is_that_of_estimate():
    y, variables, income = _made()
    school = np.arange(len(y)) % 30
    for kind, limits in KINDS.items():
        found = concentration_parts(y, variables, income, cluster=school, kind=kind, limits=limits).index
        options = {"limits": limits} if limits else {}
        theirs = m.estimate(m.concentration_index, y, cluster=school, rank=income, kind=kind, **options)
        assert (found.value, found.se) == pytest.approx((theirs.value, theirs.se))


@here
def test_index_of_others_with_parts():
    """conindex on rineq's housing data, as in ../shared/vectors."""
    data = pd.read_csv(SHARED / "data" / "rineq_housing.csv")
    found = concentration_parts(
        data["high.bmi"].astype(float), data[["age", "tenure", "place"]], data["income"],
        kind="wagstaff", limits=(0, 1),
    )  # fmt: skip
    assert found.index.value == pytest.approx(0.69060816, abs=5e-9)


def test_all_comes_with_what_is_the_outcome_itself():
    y, _, income = _made(80)
    found = concentration_parts(3 * y + 1, {"y": y}, income)
    assert found.rest.value == pytest.approx(0, abs=1e-12)
    assert found.parts["y"].effect == pytest.approx(3)


def test_weights_are_as_many_rows_and_the_base_does_not_matter():
    y, variables, income = _made(60)
    w = np.arange(60) % 3 + 1
    rows = np.repeat(np.arange(60), w)
    one = concentration_parts(y, variables, income, w, kind="erreygers", limits=(0, 1))
    again = {name: column[rows] for name, column in variables.items()}
    again["town"] = np.where(again["town"] == "a", "zzz", again["town"])
    other = concentration_parts(y[rows], again, income[rows], cluster=rows, kind="erreygers", limits=(0, 1))
    for name, part in one.parts.items():
        theirs = other.parts[name].contribution
        assert (part.contribution.value, part.contribution.se) == pytest.approx((theirs.value, theirs.se))


@pytest.mark.parametrize("kind", ["standard", "wagstaff"])
def test_errors_are_those_of_a_bootstrap(kind):
    y, variables, income = _made()
    found = concentration_parts(y, variables, income, kind=kind, limits=KINDS[kind])
    rng, drawn = np.random.default_rng(8), []
    for _ in range(250):
        rows = rng.integers(0, len(y), len(y))
        sampled = {name: column[rows] for name, column in variables.items()}
        again = concentration_parts(y[rows], sampled, income[rows], kind=kind, limits=KINDS[kind])
        drawn.append(
            [*(p.contribution.value for p in again.parts.values()), again.rest.value, again.index.value]
        )
    ours = [*(p.contribution.se for p in found.parts.values()), found.rest.se, found.index.se]
    assert ours == pytest.approx(np.std(drawn, axis=0, ddof=1), rel=0.2)


# Bounds


@given(
    st.lists(st.integers(0, 4), min_size=3, max_size=5),
    st.lists(st.integers(1, 3), min_size=3, max_size=5),
    st.integers(1, 2),
)
@settings(max_examples=60, deadline=None)
def test_bounds_against_every_place(x, ranks, unknown):
    """Every rank that an unknown can have: below, between, beside and above the known and each other."""
    n = min(len(x), len(ranks))
    x, rank = np.array(x[:n], dtype=float) + 0.5, np.array(ranks[:n], dtype=float)
    rank[:unknown] = np.nan
    places = np.arange(0, 4, 0.25)
    tried = []
    for chosen in itertools.product(places, repeat=unknown):
        full = rank.copy()
        full[:unknown] = chosen
        tried.append(m.concentration_index(x, full))
    assert concentration_bounds(x, rank) == pytest.approx((min(tried), max(tried)))


def test_bounds_meet_where_all_is_known_and_hold_the_truth():
    y, _, income = _made()
    index = m.concentration_index(y, income, kind="erreygers", limits=(0, 1))
    assert concentration_bounds(y, income, kind="erreygers", limits=(0, 1)) == pytest.approx((index, index))
    widths = []
    for lack in (10, 40):
        some = income.copy()
        some[:lack] = np.nan
        low, high = concentration_bounds(y, some, kind="erreygers", limits=(0, 1))
        assert low <= index <= high
        widths.append(high - low)
    assert widths[0] < widths[1]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda y, v, r: concentration_parts(y, v, r, kind="wagstaff"), "limits"),
        (lambda y, v, r: concentration_parts(y, v, r * np.nan), "空值"),
        (lambda y, v, r: concentration_parts(y, v, r, np.r_[0, np.ones(299)]), "权重是0"),
        (lambda y, v, r: concentration_parts(y[:9], v, r[:9]), "一样长"),
        (lambda y, v, r: concentration_parts(y, v | {"again": 2 * v["years"]}, r), "同一件事"),
        (lambda y, v, r: concentration_parts(0 * y, v, r), "有意义"),
        (lambda y, v, r: concentration_bounds(y, r * np.nan), "谁的名次都不知道"),
        (lambda y, v, r: concentration_bounds(y, r[:9]), "要一样多"),
    ],
)
def test_what_cannot_be_had_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call(*_made())
