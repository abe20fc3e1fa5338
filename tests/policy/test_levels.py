"""Gaps and shortages by level: worked by hand, published, and the same by other routes."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from provinces import province
from samples import sample_county

from balancelib.county import Lacking, indicators, sample_province
from balancelib.measures import cv, theil_t
from balancelib.policy import shortages_by_level, whose_to_mend

# Two counties of two townships of two schools, 1,000 pupils each. The townships bear the same names in both counties.
PLACES = [(county, town, 1000) for county in "甲乙" for town in "东西" for _ in range(2)]
AREA = np.array([2, 4, 6, 8, 10, 12, 14, 16.0])  # m² per pupil


def row(table, indicator, stage="primary"):
    return table[(table["indicator"] == indicator) & (table["stage"] == stage)].iloc[0]


def of_area(rows, area, measure="theil_t"):
    pupils = np.array([pupils for *_, pupils in rows])
    return row(whose_to_mend(province(rows, teaching_area=pupils * area), measure), "teaching_area")


def test_squared_cv_by_hand():
    """Each school is 1 from its township's mean, each township 2 from its county's, each county 4 from 9."""
    found = of_area(PLACES, AREA, "cv")
    np.testing.assert_allclose(
        found[["total", "within", "township", "county"]].astype(float), np.array([21, 1, 4, 16]) / 81
    )
    shares = found[["within_share", "township_share", "county_share"]].astype(float)
    np.testing.assert_allclose(shares, np.array([1, 4, 16]) / 21)


def test_theil_by_hand():
    """T = Σ share of the pupils × x/M × ln(x/m) with the mean m of the level above."""
    town, county, mean = np.repeat([3, 7, 11, 15], 2), np.repeat([5, 13], 4), 9
    found = of_area(PLACES, AREA)
    assert found["within"] == pytest.approx(np.mean(AREA / mean * np.log(AREA / town)))
    assert found["township"] == pytest.approx(np.mean(AREA / mean * np.log(town / county)))
    assert found["county"] == pytest.approx(np.mean(AREA / mean * np.log(county / mean)))
    assert found["total"] == pytest.approx(np.mean(AREA / mean * np.log(AREA / mean)))


def test_published_nested_analysis_of_variance():
    """Sums of squares of a two-level nested ANOVA: wing lengths of mosquitoes, 2 of each of 4 females in each of 3 cages.

    Source: Sokal and Rohlf, Biometry, box 10.1: 665.6759 among cages, 1720.6775 among females within cages, 15.6200 within. The squared
    coefficient of variation is the sum of squares over n times the squared mean.
    """
    lengths = [58.5, 59.5, 77.8, 80.9, 84.0, 83.6, 70.1, 68.3, 69.8, 69.8, 56.0, 54.5, 50.7, 49.3, 63.8, 65.8,
               56.6, 57.5, 77.8, 79.2, 69.9, 69.2, 62.1, 64.5]  # fmt: skip
    rows = [(cage, f"{cage}{female}", 100) for cage in "甲乙丙" for female in range(4) for _ in range(2)]
    found = of_area(rows, np.array(lengths), "cv")
    squares = found[["county", "township", "within"]].astype(float) * len(lengths) * np.mean(lengths) ** 2
    np.testing.assert_allclose(squares, [665.6759, 1720.6775, 15.62], atol=5e-5)


def test_published_theil_of_mexican_regions():
    """Income a head of the 32 states in 1940 by Hanson's regions, as PySAL's inequality has them (BSD-3, test_theil.py): every state counts once."""
    regions = [
        [22361, 8578, 8537, 9073, 6399, 7508],
        [10384, 9573, 12132, 4836, 4372, 4840, 3734],
        [6909, 4359, 4414, 5309, 3327, 6936, 3569, 11016, 3605, 5203],
        [17816, 3408],
        [3758, 2934, 2181, 1892, 21965, 2459, 7990],
    ]  # fmt: skip
    rows = [(f"r{place}", "东", 1000) for place, region in enumerate(regions) for _ in region]
    found = of_area(rows, np.concatenate(regions))
    assert found["total"] == pytest.approx(0.20894344, abs=2e-7)
    assert found["county"] == pytest.approx(0.0345889, abs=2e-7)
    assert found["within"] + found["township"] == pytest.approx(0.17435454, abs=2e-7)


def test_a_step_is_what_evening_out_takes_away():
    """By the other route: put each school's county mean in its place, and see what is left."""
    some = sample_province(3, counties=4)
    table = whose_to_mend(some)
    sections = indicators(some)
    for stage, group in sections.groupby("stage"):
        pupils, value = group["pupils"], group["equipment_value"]
        held = (pupils * value).groupby(group["county_id"]).transform("sum")
        mean = held / pupils.groupby(group["county_id"]).transform("sum")
        found = row(table, "equipment_value", stage)
        assert found["county"] == pytest.approx(theil_t(mean, pupils))
        assert found["total"] == pytest.approx(theil_t(value, pupils))


def test_shares_add_up_for_every_indicator():
    table = whose_to_mend(sample_province(5, counties=3), "cv")
    assert len(table) == 14
    np.testing.assert_allclose(table[["within_share", "township_share", "county_share"]].sum(axis=1), 1)


def test_one_county_has_no_part_between_counties():
    county = sample_county(7)
    table = whose_to_mend(county)
    assert table[["county", "county_share"]].isna().all(axis=None)
    np.testing.assert_allclose(table["within_share"] + table["township_share"], 1)
    coded = county.schools.assign(county_id="990001")
    pd.testing.assert_frame_equal(table, whose_to_mend(type(county)({"schools": coded})))


def test_the_total_is_the_official_coefficient():
    county = sample_county(7)
    sections = indicators(county)
    junior = sections[sections["stage"] == "junior"]
    found = row(whose_to_mend(county, "cv"), "sports_area", "junior")
    assert found["total"] == pytest.approx(cv(junior["sports_area"], junior["pupils"]) ** 2)


def test_equal_schools_have_nothing_to_share_out():
    found = of_area(PLACES, np.full(8, 5.0))
    assert found["total"] == 0
    assert found[["within_share", "township_share", "county_share"]].isna().all()


def test_without_townships_the_counties_are_the_finest():
    found = of_area([(county, None, 1000) for county, *_ in PLACES], AREA, "cv")
    assert np.isnan(found["township"])
    np.testing.assert_allclose(found[["within", "county"]].astype(float), np.array([5, 16]) / 81)


def test_a_school_that_has_none_makes_theil_l_infinite_but_not_theil_t():
    area = np.array([0, 4, 6, 8, 10, 12, 14, 16.0])
    assert np.isinf(of_area(PLACES, area, "theil_l")["total"])
    assert 0 < of_area(PLACES, area)["within_share"] < 1


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([(None, None, 100)] * 2, "没有“乡镇（街道）”，也没有几个县的“县区代码”"),
        ([("甲", None, 100)] * 2, "没有“乡镇（街道）”，也没有几个县的“县区代码”"),
        ([("甲", "东", 100), ("甲", None, 100)], "1所学校没有填“乡镇（街道）”：学校S1"),
        ([("甲", "东", 100), (None, "东", 100)], "1所学校没有填“县区代码”：学校S1"),
    ],
)
def test_what_is_lacking_is_said(rows, said):
    for function in (whose_to_mend, shortages_by_level):
        with pytest.raises(Lacking, match=said):
            function(province(rows))


def test_only_special_schools_have_nothing_to_take_apart():
    some = province(PLACES)
    some.schools["kind"] = "special"
    for function in (whose_to_mend, shortages_by_level):
        with pytest.raises(Lacking, match="没有一所学校有要判定的"):
            function(some)


# ---- shortages


ROOMS = [20, 28, 13, 23, 20, 20, 24, 23, 35]  # 23 are asked for 1,000 pupils: 3, −5, 10, 0; 3, 3, −1, 0; −12
WITH_A_RICH_ONE = [*PLACES, ("丙", "东", 1000)]
PIECES = ["total", "within", "township", "county", "absent"]


def test_shortages_by_hand():
    """Schools lack 3 + 10 + 3 + 3 = 19; townships 10 + 6 = 16; counties 8 + 5 = 13; the rich county has 12 of these; 1 is nowhere."""
    found = row(shortages_by_level(province(WITH_A_RICH_ONE, multimedia_rooms=ROOMS)), "multimedia_rooms")
    np.testing.assert_allclose(found[PIECES].astype(float), [19, 3, 3, 12, 1], atol=1e-9)
    assert found["unit"] == "间"


def test_shortages_of_one_county_end_at_its_bound():
    """The first four schools: 13 in all, 10 after the townships, 8 after the county."""
    table = shortages_by_level(province(PLACES[:4], multimedia_rooms=ROOMS[:4]))
    found = row(table, "multimedia_rooms")
    np.testing.assert_allclose(found[["total", "within", "township", "absent"]].astype(float), [13, 3, 2, 8])
    assert np.isnan(found["county"])


def test_plenty_lacks_nothing_and_money_is_in_yuan():
    table = shortages_by_level(province(PLACES)).set_index("indicator")
    assert (table[PIECES] == 0).all(axis=None)
    poor = [(county, town, 1000) for county, town in [("甲", "东"), ("甲", "西"), ("乙", "东")]]
    made = province(poor, equipment_value=[150.0, 260.0, 150.0])  # 万元; 2,000元 a pupil are 200万元
    found = row(shortages_by_level(made), "equipment_value")
    np.testing.assert_allclose(found[PIECES].astype(float), [1e6, 0, 5e5, 1e5, 4e5])


@given(rooms=st.lists(st.integers(0, 60), min_size=9, max_size=9))
def test_parts_of_shortages_are_never_negative_and_add_up(rooms):
    table = shortages_by_level(province(WITH_A_RICH_ONE, multimedia_rooms=rooms))
    found = row(table, "multimedia_rooms")[PIECES].astype(float)
    assert (found >= -1e-9).all()
    assert found["total"] == pytest.approx(sum(max(23 - n, 0) for n in rooms), abs=1e-9)
    assert found[PIECES[1:]].sum() == pytest.approx(found["total"], abs=1e-9)


def test_a_standard_without_thresholds_has_no_shortages():
    with pytest.raises(ValueError, match="没有逐校的标准"):
        shortages_by_level(province(PLACES), "basic-2012")
