"""Measures of inequality on every engine: those of `balancelib.measures`, to ten digits."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from engines import LOCAL
from hypothesis import given, settings
from hypothesis import strategies as st

from balancelib import measures as ours
from balancelib.county.lacking import Lacking
from balancelib.national import spread

NAMES = list(spread.MEASURES)


def country(rng=None, schools=400):
    """Schools of unequal counties, with ties, zeros, blanks, weights of 0 and a county that has nothing."""
    rng = rng or np.random.default_rng(3)
    county = rng.choice(["a", "b", "c", "d", None], schools, p=[0.5, 0.3, 0.1, 0.05, 0.05])
    books = np.round(rng.lognormal(3, 0.8, schools), 1)
    books[:8] = [0, 0, np.nan, 5, 5, 5, np.nan, 7]
    books[county == "d"] = 0
    pupils = rng.integers(1, 900, schools).astype(float)
    pupils[[3, 20]], pupils[21] = 0, np.nan
    town = rng.choice(["x", "y", "z"], schools)
    return pd.DataFrame({"county_id": county, "town": town, "books": books, "pupils": pupils})


def rows(engine, result, *keys):
    """What came back, in order."""
    return (
        engine.table(result)
        .replace_schema_metadata()
        .to_pandas()
        .sort_values(list(keys), na_position="last", ignore_index=True)
    )


def arrow(frame):
    return pa.Table.from_pandas(frame, preserve_index=False)


def assert_same(found, right, names):
    for name in names:
        np.testing.assert_allclose(
            found[name].to_numpy(float), right[name].to_numpy(float), 1e-10, 1e-14, err_msg=name
        )


def test_each_engine_finds_what_measures_find(engine):
    frame = country()
    result = spread.summarise(engine.make(arrow(frame)), "books", "pupils", measures=NAMES)
    found = rows(engine, result, "county_id")
    known = frame.assign(county_id=frame["county_id"].fillna("zz"))
    right = ours.summarise(known, "books", "pupils", "county_id", NAMES, nan_policy="omit")
    right = right.sort_values("county_id", ignore_index=True)
    assert list(found.columns) == list(right.columns)
    assert found["county_id"].fillna("zz").tolist() == right["county_id"].tolist()
    assert_same(found, right, ["n", "omitted", *NAMES])
    assert found["theil_l"].isin([np.inf]).any()


@pytest.mark.parametrize("name", LOCAL)
def test_several_columns_without_groups(name):
    frame = country().drop(columns="county_id").dropna()
    found = spread.summarise(
        LOCAL[name].make(arrow(frame)), ["books", "pupils"], "pupils", by=[], measures=NAMES
    )
    assert_same(
        rows(LOCAL[name], found, "column"),
        ours.summarise(frame, ["books", "pupils"], "pupils", measures=NAMES),
        NAMES,
    )


@pytest.mark.parametrize("measure", ["theil_t", "theil_l", "cv"])
def test_each_engine_takes_apart_as_measures_do(engine, measure):
    frame = country().query("county_id != 'd' and books > 0 and pupils > 0").dropna()
    result = spread.decompose(
        engine.make(arrow(frame)), "books", ["county_id", "town"], "pupils", measure=measure
    )
    found = engine.table(result).to_pylist()
    groups = {name: frame[name].to_numpy() for name in ("county_id", "town")}
    right = ours.decompose(frame["books"].to_numpy(), groups, frame["pupils"].to_numpy(), measure)
    parts = {f"between_{name}": part for name, part in right.levels.items()}
    whole = {
        "n": len(frame),
        "omitted": 0,
        "total": right.total,
        "within": right.within,
        "between": right.between,
    }
    assert found == [pytest.approx(whole | parts, rel=1e-10)]


def test_what_came_lazy_goes_lazy(engine):
    result = spread.summarise(engine.make(arrow(country())), "books")
    assert type(result) is type(engine.make(arrow(country())))


VALUES, WEIGHTS = st.just(0.0) | st.floats(1e-3, 1e6), st.sampled_from([0.0, 1.0, 2.5, 400.0])
COUNTIES = st.lists(st.tuples(st.sampled_from("ab"), VALUES, WEIGHTS), min_size=1)


@settings(max_examples=25)
@given(COUNTIES)
def test_any_numbers(given_rows):
    frame = pd.DataFrame(given_rows, columns=["county_id", "books", "pupils"])
    if not frame["pupils"].any():
        return
    right = ours.summarise(frame, "books", "pupils", "county_id", NAMES).sort_values(
        "county_id", ignore_index=True
    )
    for name in ("pandas", "polars-lazy", "duckdb"):
        engine = LOCAL[name]
        result = spread.summarise(engine.make(arrow(frame)), "books", "pupils", measures=NAMES)
        assert_same(rows(engine, result, "county_id"), right, ["n", "omitted", *NAMES])


WHOLE = st.lists(st.tuples(st.integers(-5, 40), st.integers(0, 5)), min_size=1, max_size=12)


def in_fractions(pairs):
    """Gini's coefficient and Hoover's as they are defined: of all differences, and of what is above the mean."""
    total, weight = sum(x * w for x, w in pairs), sum(w for _, w in pairs)
    if total <= 0:
        return [None, None]
    mean = Fraction(total, weight)
    apart = sum(v * w * abs(x - y) for x, v in pairs for y, w in pairs)
    above = sum(w * max(x - mean, 0) for x, w in pairs)
    return [
        pytest.approx(float(part), rel=1e-12, abs=1e-14)
        for part in (apart / (2 * weight**2 * mean), above / total)
    ]


@settings(max_examples=20)
@given(st.lists(WHOLE, min_size=8, max_size=8))
def test_differences_of_all_pairs(counties):
    flat = [(n, x, w) for n, pairs in enumerate(counties) for x, w in pairs]
    table = pa.Table.from_pandas(pd.DataFrame(flat, columns=["at", "x", "w"]))
    for name in ("pandas", "polars"):
        found = spread.summarise(LOCAL[name].make(table), "x", "w", by="at", measures=["gini", "hoover"])
        for row in LOCAL[name].table(found).to_pylist():
            assert [row["gini"], row["hoover"]] == in_fractions(counties[row["at"]])


@pytest.mark.parametrize("name", LOCAL)
def test_rows_in_another_order(name):
    """Ties, and rows of a county that do not lie together, in any order."""
    tables = [arrow(country().sample(frac=1, random_state=seed)) for seed in range(2)]
    one, other = (
        rows(
            LOCAL[name], spread.summarise(LOCAL[name].make(t), "books", "pupils", measures=NAMES), "county_id"
        )
        for t in tables
    )
    assert_same(one, other, ["n", "omitted", *NAMES])


@pytest.mark.parametrize("name", ["polars-lazy", "duckdb"])
def test_nearly_equal_values_keep_their_digits(name):
    near = 1000 * (1 + 1e-7 * np.random.default_rng(3).uniform(-1, 1, 200))
    frame = pd.DataFrame({"books": near, "half": np.arange(200) % 2})
    made = LOCAL[name].make(arrow(frame))
    found = LOCAL[name].table(spread.summarise(made, "books", by=(), measures=NAMES)).to_pylist()[0]
    assert "county_id" not in found
    for measure in NAMES:
        assert found[measure] == pytest.approx(getattr(ours, measure)(near), rel=1e-7)
    parts = LOCAL[name].table(spread.decompose(made, "books", "half")).to_pylist()[0]
    assert parts["within"] + parts["between"] == pytest.approx(parts["total"], rel=1e-7)


def test_what_has_no_meaning_is_blank():
    frame = pd.DataFrame(
        {"county_id": ["minus", "minus", "light", "light"], "x": [-1, 1, 1, 2], "w": [1, 1, -1, 3]}
    )
    found = spread.summarise(frame, "x", "w", measures=NAMES)
    assert found[NAMES].isna().all(axis=None)
    assert (
        spread.decompose(frame, "x", "county_id", "w")[["total", "within", "between"]].isna().all(axis=None)
    )


def test_by_hand():
    frame = pd.DataFrame({"county_id": ["a"] * 5, "x": [0, 0, 0, 0, 10]})
    found = spread.summarise(frame, "x", measures=NAMES)
    assert found[NAMES].iloc[0].tolist() == pytest.approx([2, 0.8, 0.8, np.log(5), np.inf])


def test_unknown_names_are_said():
    frame = pd.DataFrame({"x": [1.0]})
    with pytest.raises(ValueError, match="没有名为palma的度量；有cv、hoover、gini、theil_t、theil_l"):
        spread.summarise(frame, "x", measures=["palma"])
    with pytest.raises(ValueError, match="没有名为gini的度量"):
        spread.decompose(frame, "x", "x", measure="gini")
    with pytest.raises(Lacking, match="没有这些列：y"):
        spread.summarise(frame, "y")
