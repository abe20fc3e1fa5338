"""Registers of the county: counts as given, bounds that hold the truth where entries are right, estimates that do not."""

import pandas as pd
import pytest
from samples import sample_county

from balancelib.county import County, Lacking, MissingTable
from balancelib.county.sample import true_groups
from balancelib.groups.recapture import chapman
from balancelib.groups.registers import (
    if_independent,
    register_bounds,
    register_pairs,
    register_sizes,
)

REGISTERS = pd.DataFrame(
    [
        ("甲镇", "civil", "left_behind", 50.0),
        ("甲镇", "school", "left_behind", 60.0),
        ("甲镇", "village", "left_behind", 40.0),
        ("乙乡", "school", "left_behind", 20.0),
        ("乙乡", "village", "left_behind", 0.0),
        ("乙乡", "school", "disabled", 3.0),
    ],
    columns=["township", "office", "group", "children"],
)
PAIRS = pd.DataFrame(
    [
        ("甲镇", "left_behind", "school", "civil", 45.0),
        ("甲镇", "left_behind", "civil", "village", 30.0),
        ("乙乡", "disabled", "school", "civil", 0.0),
    ],
    columns=["township", "group", "first", "second", "both"],
)


def small(**tables):
    return County({"registers": REGISTERS, "register_pairs": PAIRS} | tables)


def test_an_office_without_a_register_is_not_one_with_nobody():
    sizes = register_sizes(small(), "left_behind")
    assert list(sizes.columns) == ["school", "civil", "village"]
    assert pd.isna(sizes.loc["乙乡", "civil"])
    assert sizes.loc["乙乡", "village"] == 0
    found = register_bounds(small(), "left_behind").loc["乙乡"]
    assert found[["registers", "least", "greatest"]].tolist() == [2, 20, 20]


def test_a_share_of_wrong_entries_is_not_more_for_the_last_bit():
    """7 % of 100 are 7; as doubles the product is a little more."""
    one = REGISTERS.iloc[:1].assign(children=100.0)
    alone = small(registers=one, register_pairs=PAIRS.iloc[:0])
    assert register_bounds(alone, "left_behind", wrong=0.07)["least"].tolist() == [93]


def test_bounds_by_hand_and_the_widest_first():
    found = register_bounds(small(), "left_behind")
    assert list(found.index) == ["甲镇", "乙乡"]
    # 60 + 50 − 45 = 65 in the first two; of the 40 of the village 30 are civil's, 10 may be the school's alone or new.
    assert found.loc["甲镇"].tolist() == [3, 2, 60, 150, 65, 75, 10]
    unknown = register_bounds(small(), "left_behind", outside=["school"]).loc["甲镇"]
    assert unknown[["least", "greatest"]].tolist() == [5, 15]
    only = register_bounds(small(), "left_behind", inside=["civil"], outside=["school"]).loc["甲镇"]
    assert only[["least", "greatest"]].tolist() == [5, 5]
    assert register_bounds(small(), "left_behind", wrong=0.1)["width"].sum() > found["width"].sum()


def test_a_county_that_compared_nothing_has_the_sizes_alone():
    county = County({"registers": REGISTERS})
    found = register_bounds(county, "left_behind")
    assert (found["least"] == found["alone_least"]).all()
    assert found["pairs"].sum() == 0
    assert register_pairs(county, "left_behind") == {}
    with pytest.raises(Lacking, match="还没有两个部门比对过"):
        if_independent(county, "left_behind")


def test_what_cannot_be_is_said_with_the_township():
    wrong = PAIRS.assign(both=PAIRS["both"].where(PAIRS.index != 0, 51.0))
    with pytest.raises(Lacking, match=r"甲镇：教育（学籍）60人，民政50人.*核对有误"):
        register_bounds(small(register_pairs=wrong), "left_behind")
    with pytest.raises(Lacking, match="没有民政的登记人数"):
        register_bounds(small(), "disabled")
    blank = REGISTERS.assign(children=REGISTERS["children"].where(REGISTERS.index != 5))
    with pytest.raises(Lacking, match="空着的不当作0"):
        register_bounds(County({"registers": blank}), "disabled")
    with pytest.raises(Lacking, match="随迁子女"):
        register_sizes(small(), "migrant")
    with pytest.raises(MissingTable, match="各部门名册"):
        register_sizes(County({}), "migrant")


def test_townships_of_two_counties_that_have_one_name_stay_apart():
    both = pd.concat([REGISTERS.assign(county_id="1"), REGISTERS.assign(county_id="2")], ignore_index=True)
    sizes = register_sizes(County({"registers": both}), "left_behind")
    assert set(sizes.index) == {"1·甲镇", "1·乙乡", "2·甲镇", "2·乙乡"}


def test_pairs_are_added_up_over_the_townships_that_compared():
    more = pd.concat([PAIRS, PAIRS.iloc[[0]].assign(township="乙乡", both=10.0)], ignore_index=True)
    registers = pd.concat(
        [REGISTERS, REGISTERS.iloc[[0]].assign(township="乙乡", children=15.0)], ignore_index=True
    )
    county = small(register_pairs=more, registers=registers)
    found = if_independent(county, "left_behind").loc["school", "civil"]
    assert found[["townships", "n_first", "n_second", "both"]].tolist() == [2, 80, 65, 55]
    assert found["estimate"] == pytest.approx(81 * 66 / 56 - 1)
    apart = if_independent(county, "left_behind", by_township=True).loc["school", "civil", "甲镇"]
    assert apart["estimate"] == pytest.approx(chapman(60, 50, 45).value)


@pytest.fixture(scope="module")
def county():
    return sample_county(7)


@pytest.mark.parametrize("group", ["left_behind", "disabled"])
def test_in_the_sample_bounds_hold_the_truth_once_wrong_entries_are_allowed_for(county, group):
    truth = true_groups(7).query("group == @group").set_index("township")["children"]
    right, allowed = (register_bounds(county, group, wrong=wrong) for wrong in (0.0, 0.1))
    held = [truth.reindex(t.index).between(t["least"], t["greatest"]) for t in (right, allowed)]
    assert held[1].all()
    if (
        group == "left_behind"
    ):  # a tenth of those registered are gone, so that the registers' own union is too long
        assert held[0].mean() < 0.5
    assert (right["width"] <= right["alone_greatest"] - right["alone_least"]).all()
    assert (allowed["least"].reindex(right.index) <= right["least"]).all()


def test_in_the_sample_intervals_of_independent_registers_hold_the_truth_far_too_seldom(county):
    truth = true_groups(7).query("group == 'left_behind'").set_index("township")["children"]
    found = if_independent(county, "left_behind", by_township=True).reset_index()
    true = found["township"].map(truth)
    assert ((found["low"] <= true) & (true <= found["high"])).mean() < 0.7
