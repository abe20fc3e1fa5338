"""How a group is spread: small counties by hand, others' formulas, and what if."""

import numpy as np
import pandas as pd
import pytest

from balancelib.county import County, Lacking, MissingTable
from balancelib.groups import (
    between_within,
    if_moved,
    mixing_change,
    mixing_indices,
    mixing_table,
    mixing_years,
    school_effects,
)
from balancelib.measures import dissimilarity, theil_h

SCHOOLS = pd.DataFrame({
    "school_id": list("abcd"), "name": ["甲校", "乙校", "丙校", "丁校"], "area": ["urban", "urban", "town", "rural"],
    "operator": ["public", "private", "public", "public"],
})  # fmt: skip


def county(counts):
    """A county of (year, school, group, pupils), all primary."""
    rows = pd.DataFrame(counts, columns=["year", "school_id", "group", "pupils"]).assign(
        stage="primary", purchased=np.nan
    )
    return County({"schools": SCHOOLS, "group_pupils": rows})


def year_of(year, migrants, pupils):
    return [
        (year, school, group, n)
        for school, pair in zip("abcd", zip(migrants, pupils, strict=True), strict=True)
        for group, n in zip(("migrant", "all"), pair, strict=True)
    ]


TWO = county(year_of(2023, [10, 30, 10, 0], [100, 60, 100, 50]) + year_of(2025, [12, 60, 12, 0], [100, 90, 100, 50]))  # fmt: skip


@pytest.fixture
def tables():
    return {year: mixing_table(TWO, "primary", year) for year in mixing_years(TWO)}


def test_table_has_the_group_and_all_others(tables):
    table = tables[2025]
    assert table["group"].tolist() == [12, 60, 12, 0]
    assert table["others"].tolist() == [88, 30, 88, 50]
    assert table.loc["b", ["name", "operator"]].tolist() == ["乙校", "private"]


def test_a_school_without_pupils_is_not_there():
    found = mixing_table(county(year_of(2025, [5, 5, 0, 0], [50, 50, 0, 40])), "primary", 2025)
    assert found.index.tolist() == ["a", "b", "d"]


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        (year_of(2025, [5, 5, 0, 0], [50, 50, 9, 40])[1:], "1所学校只填了一半"),
        (year_of(2024, [5, 5, 0, 0], [50, 50, 9, 40]), "没有2025年小学的随迁子女的全体"),
        (year_of(2025, [5, 60, 0, 0], [50, 50, 9, 40]), "比全体还多"),
        (year_of(2025, [0, 0, 0, 0], [50, 50, 9, 40]), "一个人也没有"),
        ([(2025, "a", "all", 40)], "只填了一半"),
    ],
)
def test_what_is_missing_is_not_zero(rows, word):
    with pytest.raises(Lacking, match=word):
        mixing_table(county(rows), "primary", 2025)


def test_a_county_without_the_table_says_so():
    with pytest.raises(MissingTable, match="各类学生"):
        mixing_table(County({"schools": SCHOOLS}), "primary", 2025)


def test_indices_stand_beside_chance(tables):
    found = mixing_indices(tables, draws=200)
    assert found.loc[2025, "dissimilarity"] == pytest.approx(dissimilarity([12, 60, 12, 0], [88, 30, 88, 50]))
    assert found.loc[2025, "share"] == pytest.approx(84 / 340)
    assert (found["low"] < found["expected"]).all()
    assert (found["high"] < found["dissimilarity"]).all()
    assert found.equals(mixing_indices(tables, draws=200))


def test_one_school_alone_is_not_segregated():
    found = mixing_indices({"x": pd.DataFrame({"group": [5.0], "others": [20.0]})}, draws=50).loc["x"]
    assert found[["dissimilarity", "expected", "systematic", "theil_h"]].tolist() == [0, 0, 0, 0]


def test_change_adds_up(tables):
    found = mixing_change(tables[2023], tables[2025], dissimilarity)
    parts = found.closed + found.opened + found.composition + found.structure
    assert parts == pytest.approx(found.after - found.before)
    assert found.structure > 0


def test_the_school_that_took_them_in_has_the_largest_effect(tables):
    found = school_effects(tables[2023], tables[2025])
    assert found.index[0] == "b"
    assert found.loc["b", "effect"] > 0
    assert found.loc["b", "as_before"] < found.loc["b", "after"]


def test_nobody_moved_nobody_had_an_effect(tables):
    found = school_effects(tables[2023], tables[2023])
    assert found["effect"].to_numpy() == pytest.approx(0, abs=1e-9)
    assert found["as_before"].to_numpy() == pytest.approx(found["before"].to_numpy())


def test_a_school_back_at_its_old_place_leaves_the_others_alike():
    """All were alike; one took what the two others lost by halves: its effect is the whole index."""
    old = pd.DataFrame({"group": [20, 20, 20.0], "others": [80, 80, 80.0]}, index=list("abc"))
    new = pd.DataFrame({"group": [10, 10, 40.0], "others": [90, 90, 60.0]}, index=list("abc"))
    both = [table.assign(name=list("abc")) for table in (old, new)]
    found = school_effects(*both, index=dissimilarity).loc["c", "effect"]
    assert found == pytest.approx(dissimilarity(new["group"], new["others"]), abs=1e-4)


def test_parts_of_the_county_add_up(tables):
    found = between_within(tables[2025])
    assert found["part"].sum() == pytest.approx(theil_h([12, 60, 12, 0], [88, 30, 88, 50]))
    assert found["percent"].sum() == pytest.approx(100)
    assert found.loc["rural", "part"] == 0  # one school, nobody of the group
    assert np.isnan(found.loc["rural", "theil_h"])
    joined = theil_h([72, 12, 0], [118, 88, 50])
    assert found.loc["between", "part"] == pytest.approx(joined)


def test_places_moved_are_neither_lost_nor_made(tables):
    moved = if_moved(tables[2025], "b", 30, ["a", "c", "b"])
    assert moved["group"].tolist() == pytest.approx([27, 30, 27, 0])
    assert moved["others"].equals(tables[2025]["others"])
    assert dissimilarity(moved["group"], moved["others"]) < dissimilarity([12, 60, 12, 0], [88, 30, 88, 50])


@pytest.mark.parametrize(("children", "hosts", "word"), [(61, ["a"], "挪不出61名"), (-1, ["a"], "挪不出"), (1, ["b"], "没有学校接收")])  # fmt: skip
def test_what_cannot_be_moved(tables, children, hosts, word):
    with pytest.raises(ValueError, match=word):
        if_moved(tables[2025], "b", children, hosts)
