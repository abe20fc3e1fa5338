"""Enrolment of disabled children: ways to count, registers that a rate is made of, and what the county reports."""

import numpy as np
import pandas as pd
import pytest
from samples import sample_county

from balancelib.assess import assess
from balancelib.county import County, Lacking, MissingTable
from balancelib.groups.enrolled import (
    beside_items,
    enrolment_rates,
    migrant_places,
    placements,
    register_rates,
)


@pytest.fixture(scope="module")
def county():
    return sample_county(7)


def test_each_way_by_hand():
    counts = pd.Series(
        {"regular": 60, "regular_class": 10, "special": 20, "home": 5, "deferred": 3, "out": 2}
    )
    found = enrolment_rates(counts)
    assert found["enrolled"].tolist() == [95, 95, 90, 90]
    assert found["of"].tolist() == [100, 97, 100, 97]
    assert found["meets"].tolist() == [True, True, False, False]
    assert found["meets_plan"].tolist() == [False, True, False, False]


def test_a_county_without_a_disabled_child_has_no_rate():
    found = enrolment_rates(pd.Series(dtype=float))
    assert found["rate"].isna().all()
    assert found["meets"].tolist() == [None] * 4


def test_placements_add_up_to_the_table(county):
    counts = placements(county)
    assert list(counts.index) == ["regular", "regular_class", "special", "home", "deferred", "out"]
    assert counts.sum() == county.tables["disabled_children"]["children"].sum()
    blank = county.tables["disabled_children"].assign(children=np.nan)
    with pytest.raises(Lacking, match="空着就不知道"):
        placements(County({"disabled_children": blank}))
    with pytest.raises(MissingTable, match="残疾儿童安置"):
        placements(County({}))


REGISTERS = pd.DataFrame(
    [("甲镇", "federation", "disabled", 20.0), ("甲镇", "school", "disabled", 24.0), ("乙乡", "federation", "disabled", 3.0),
     ("乙乡", "school", "disabled", 2.0)],
    columns=["township", "office", "group", "children"],
)  # fmt: skip
PAIRS = pd.DataFrame(
    [("甲镇", "disabled", "federation", "school", 17.0), ("乙乡", "disabled", "federation", "school", 2.0)],
    columns=["township", "group", "first", "second", "both"],
)


def test_a_rate_above_one_hundred_is_of_two_different_sets():
    found = register_rates(County({"registers": REGISTERS, "register_pairs": PAIRS}))
    assert found.loc["divided", "least"] == pytest.approx(26 / 23)
    # Of the 23 with a certificate 17 + 2 are on the roll; in any register are 20 + 24 − 17 + 3 + 2 − 2 = 30.
    assert found.loc["holders"].tolist() == pytest.approx([23, 23, 4, 4, 19 / 23, 19 / 23])
    assert found.loc["known"].tolist() == pytest.approx([30, 30, 4, 4, 26 / 30, 26 / 30])


def test_without_comparing_the_rate_may_be_nearly_anything():
    found = register_rates(County({"registers": REGISTERS}))
    assert found.loc["holders", ["least", "greatest"]].tolist() == pytest.approx([0, 22 / 23])
    assert found.loc["known", ["of_least", "of_greatest"]].tolist() == [27, 49]
    with pytest.raises(Lacking, match="没有残联的残疾儿童名册"):
        register_rates(County({"registers": REGISTERS[REGISTERS["office"] == "school"]}))
    nobody = REGISTERS.assign(children=REGISTERS["children"].where(REGISTERS["office"] == "school", 0))
    with pytest.raises(Lacking, match="谈不上入学率"):
        register_rates(County({"registers": nobody}))


def test_in_the_sample_the_quotient_passes_one_hundred_and_the_bounds_do_not(county):
    found = register_rates(county)
    assert found.loc["divided", "greatest"] > 1.1
    assert found.loc[["holders", "known"], "greatest"].max() <= 1
    rate = enrolment_rates(placements(county))["rate"].iloc[0]
    assert found.loc["known", "least"] <= rate <= found.loc["known", "greatest"]


def test_what_is_reported_is_judged_as_by_the_verdict(county):
    found = beside_items(county)
    verdict = assess(county, "quality-2017")
    judged = {item.item.key: test for part in verdict.parts.values() if part for item in part.items for test in item.tests if test.value is not None}  # fmt: skip
    for key in ("retention", "disabled_enrolment"):
        assert found.loc[key, "reported"] == pytest.approx(judged[key].value)
        assert found.loc[key, "meets"] == judged[key].meets
    assert found.loc["disabled_enrolment", ["meets", "meets_recounted"]].tolist() == [True, False]
    placed = migrant_places(county)
    assert found.loc["left_behind_and_migrant", "recounted"] == pytest.approx(placed["placed"] / placed["of"])
    assert found.loc["left_behind_and_migrant", "reported_of"] == placed["of"]


def test_what_no_table_gives_is_said_and_not_made_up(county):
    found = beside_items(County({name: county.tables[name] for name in ("schools", "county_items")}))
    assert found["recounted"].isna().all()
    assert found["meets_recounted"].tolist() == [None] * 3
    assert "初中届别" in found.loc["retention", "lacks"]


def test_bought_places_count_and_other_private_ones_do_not():
    schools = pd.DataFrame({"school_id": ["1", "2"], "operator": ["public", "private"]})
    pupils = pd.DataFrame(
        [
            (2025, "1", "migrant", 50.0, np.nan),
            (2025, "2", "migrant", 20.0, 12.0),
            (2024, "1", "migrant", 9.0, np.nan),
        ],
        columns=["year", "school_id", "group", "pupils", "purchased"],
    )
    county = County({"schools": schools, "group_pupils": pupils})
    assert migrant_places(county).tolist() == [70, 62]
    assert migrant_places(county, 2024).tolist() == [9, 9]
