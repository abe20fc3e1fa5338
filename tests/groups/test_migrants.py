"""The 85 % rule: numerators and denominators by hand, bounds by every way in which sets can overlap."""

import numpy as np
import pandas as pd
import pytest

from balancelib.county import County, Lacking
from balancelib.groups import if_places, known_anywhere, migrant_registers, placed_pupils

SCHOOLS = pd.DataFrame({"school_id": list("abc"), "operator": ["public", "private", "private"]})


def county(purchased=(np.nan, 20, np.nan), pupils=(100, 50, 10)):
    rows = pd.DataFrame({
        "year": 2025, "school_id": list("abc"), "stage": ["primary", "primary", "junior"], "group": "migrant",
        "pupils": pupils, "purchased": purchased,
    }).astype({"pupils": float})  # fmt: skip
    return County({"schools": SCHOOLS, "group_pupils": rows})


def test_a_blank_number_bought_is_between_none_and_all():
    found = placed_pupils(county(), 2025)
    assert found.loc["total", ["public", "purchased", "unknown", "private"]].tolist() == [100, 20, 10, 30]
    assert found.loc["total", ["low", "high"]].tolist() == pytest.approx([120 / 160, 130 / 160])
    assert found.loc["primary", "low"] == found.loc["primary", "high"] == 120 / 150
    assert found.loc["total", "public_rate"] == 100 / 160


def test_what_a_public_school_writes_as_bought_does_not_count_twice():
    found = placed_pupils(county(purchased=(7, 20, 0)), 2025)
    assert found.loc["total", ["public", "purchased"]].tolist() == [100, 20]


def test_where_nobody_wrote_how_many_were_bought_none_is_known():
    whole = county()
    found = placed_pupils(
        County({**whole.tables, "group_pupils": whole.tables["group_pupils"].drop(columns="purchased")}), 2025
    )
    assert found.loc["total", ["public", "purchased", "unknown"]].tolist() == [100, 0, 60]


def test_a_county_without_migrants_has_no_rate():
    with pytest.raises(Lacking, match="没有分母"):
        placed_pupils(county(pupils=(0, 0, 0)), 2025)
    with pytest.raises(Lacking, match="没有分母"):
        placed_pupils(county(), 2019)


def registered(pairs, offices=("school", "security")):
    rows = [
        (town, office, "migrant", n)
        for town, counts in (("甲乡", (30, 40)), ("乙乡", (10, 5)))
        for office, n in zip(offices, counts, strict=True)
    ]
    names = ["township", "office", "group", "children"]
    columns = ["township", "group", "first", "second", "both"]
    return County({
        "registers": pd.DataFrame(rows, columns=names),
        "register_pairs": pd.DataFrame(pairs, columns=columns),
    })  # fmt: skip


def test_on_one_register_or_the_other():
    """In 甲乡 25 are on both; in 乙乡 nobody compared: from 0 to 5."""
    found = known_anywhere(registered([("甲乡", "migrant", "security", "school", 25)]))
    assert found == (30 + 40 - 25 + 10, 30 + 40 - 25 + 15)


def test_pairs_of_others_say_nothing():
    pairs = [("甲乡", "disabled", "school", "security", 25), ("甲乡", "migrant", "school", "village", 25)]
    assert known_anywhere(registered(pairs)) == (40 + 10, 70 + 15)
    assert known_anywhere(registered([])) == (40 + 10, 70 + 15)


def test_a_register_that_is_not_whole_is_blank():
    found = migrant_registers(registered([]))
    assert found.to_dict() == {"school": 40, "security": 45}
    whole = registered([])
    part = County({**whole.tables, "registers": whole.tables["registers"].iloc[:3]})
    assert np.isnan(migrant_registers(part)["security"])
    with pytest.raises(Lacking, match="公安"):
        known_anywhere(part)


def two_schools():
    rows = [
        (2025, "a", "migrant", 100, np.nan), (2025, "a", "all", 400, np.nan), (2025, "b", "migrant", 50, 20), (2025, "b", "all", 100, 20),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["year", "school_id", "group", "pupils", "purchased"])
    schools = SCHOOLS.assign(name=["甲校", "乙校", "丙校"], area="urban")
    return County({"schools": schools, "group_pupils": table.assign(stage="primary")})


def test_buying_lifts_the_rate_and_leaves_the_spread():
    found = if_places(two_schools(), "primary", 2025, "b")
    now, bought, moved, grown = found(0, 0, 0), found(30, 0, 0), found(0, 30, 0), found(0, 0, 20)
    assert now["rate"] == pytest.approx(120 / 150)
    assert bought["rate"] == moved["rate"] == 1
    assert bought["dissimilarity"] == now["dissimilarity"] == pytest.approx((100 / 150 - 300 / 350) / -1)
    assert moved["dissimilarity"] < now["dissimilarity"]
    assert (grown["rate"], grown["dissimilarity"]) == pytest.approx((now["rate"], now["dissimilarity"]))
    assert grown["isolation"] > now["isolation"]


def test_more_places_than_children_change_nothing_more():
    found = if_places(two_schools(), "primary", 2025, "b")
    assert found(30, 0, 0) == found(99, 0, 0)
    assert found(0, 50, 0) == found(0, 99, 0)
