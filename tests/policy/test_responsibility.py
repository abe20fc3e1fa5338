"""Who can mend what: verdicts by hand and as `assess` gives them; gaps narrowed by a share."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from provinces import province
from samples import sample_county

from balancelib.assess import assess
from balancelib.county import indicators, sample_province
from balancelib.measures import cv
from balancelib.policy import WHOSE, county_verdicts, judge_counties, narrow_gaps

KEYS = [
    "qualified_teachers", "backbone_teachers", "pe_arts_teachers", "teaching_area", "sports_area", "equipment_value", "multimedia_rooms",
]  # fmt: skip
SAMPLE = sample_province(3, counties=6)
SECTIONS = indicators(SAMPLE)

FOUR = [("甲", "东", 1000), ("甲", "西", 1000), ("乙", "东", 1000), ("乙", "西", 1000)]


def verdicts(**columns):
    return county_verdicts(province(FOUR, **columns)).set_index("county_id")


def test_plenty_everywhere_meets():
    table = verdicts()
    assert list(table["whose"]) == ["none", "none"]
    assert table["enough"].all()
    assert list(table["sections_met"]) == [2, 2]


def test_what_lies_in_the_wrong_place_is_the_countys_and_what_is_not_there_is_not():
    """Backbone teachers, 10 asked for: 甲 has 2 and 18, a mean of 10; 乙 has 2 and 8, a mean of 5.

    Grounds of 7 m² fall short in all, so that 甲's means meet six of seven, 乙's five.
    """
    table = verdicts(backbone_primary=[2.0, 18.0, 2.0, 8.0], sports_ground_area=[7000.0] * 4)
    assert table.loc["甲", "whose"] == "county"  # 10 ÷ 10 meets, the grounds are 93 % of 7.5 m²: six of seven
    assert table.loc["甲", "short"] == ["sports_area"]
    assert table.loc["甲", "cv_failed"] == ["backbone_teachers"]  # 8 ÷ 10 = 0.8
    assert table.loc["乙", "whose"] == "above"
    assert table.loc["乙", "short"] == ["backbone_teachers", "sports_area"]
    assert table.loc["乙", "cv_failed"] == ["backbone_teachers"]  # 3 ÷ 5 = 0.6
    assert not table["meets"].any()


def test_a_poor_county_that_is_even_passes_every_coefficient_and_needs_help():
    table = verdicts(
        equipment_value=[160.0, 160.0, 350.0, 350.0]
    )  # 1,600元 a pupil: 80 % of 2,000, under the floor
    assert table.loc["甲", "cv_failed"] == []
    assert table.loc["甲", "short"] == ["equipment_value"]
    assert table.loc["甲", "whose"] == "above"
    assert table.loc["乙", "whose"] == "none"


def test_one_indicator_at_86_percent_is_no_need_for_help():
    assert list(verdicts(equipment_value=172.0)["whose"]) == ["none", "none"]


def test_nine_pe_and_arts_teachers_for_1000_pupils_are_not_short():
    table = verdicts(pe_arts_primary=9.0)
    assert list(table["short"]) == [[], []]


def test_a_gap_too_wide_is_the_countys_although_all_schools_are_above_the_threshold():
    table = verdicts(multimedia_rooms=[30.0, 150.0, 30.0, 60.0])  # 甲: 60 ÷ 90; 乙: 15 ÷ 45
    assert table.loc["甲", "cv_failed"] == ["multimedia_rooms"]
    assert list(table["whose"]) == ["county", "none"]


def test_verdicts_are_those_of_assess():
    table = county_verdicts(SAMPLE).set_index(["county_id", "stage"])
    assert len(table) == 12
    for one in assess(SAMPLE):
        for stage, verdict in one.stages.items():
            found = table.loc[(one.county_id, stage)]
            assert found["meets"] == verdict.meets
            assert found["cv_failed"] == [key for key, meets in verdict.cv_meets.items() if not meets]
            assert set(found["short"]) == {
                i.key for i in one.standard.indicators if verdict.mean[i.key] < i.thresholds[stage]
            }
    assert set(table["whose"]) <= set(WHOSE)


def test_a_county_without_a_code_has_its_verdict():
    table = county_verdicts(sample_county(7))
    assert list(table["stage"]) == ["primary", "junior"]
    assert table["county_id"].isna().all()
    assert set(table["whose"]) == {"county"}


def test_as_it_is_sections_are_judged_as_assess_judges():
    judged = judge_counties(narrow_gaps(SECTIONS, 0, 0)).set_index(["county_id", "stage"])
    for one in assess(SAMPLE):
        for stage, verdict in one.stages.items():
            found = judged.loc[(one.county_id, stage)]
            assert found["meets"] == verdict.meets
            assert found["cv_meet"] == all(verdict.cv_meets.values())
            assert found["schools_meet"] == one.sections.loc[one.sections["stage"] == stage, "meets"].all()


def test_equal_inside_agrees_with_enough():
    """Two routes: every section at its county's mean, judged; and the county's mean, judged."""
    judged = judge_counties(narrow_gaps(SECTIONS, 1, 0)).set_index(["county_id", "stage"])
    table = county_verdicts(SAMPLE).set_index(["county_id", "stage"])
    assert judged["meets"].to_dict() == table["enough"].to_dict()
    assert judged["cv_meet"].all()


@given(inside=st.floats(0, 1), between=st.floats(0, 1))
def test_gaps_become_narrower_by_just_that_share(inside, between):
    moved = narrow_gaps(SECTIONS, inside, between)
    assert (moved[KEYS] >= 0).all(axis=None)
    for stage, before in SECTIONS.groupby("stage"):
        after, pupils = moved.loc[before.index], before["pupils"]
        for key in ("backbone_teachers", "equipment_value"):
            assert np.average(after[key], weights=pupils) == pytest.approx(
                np.average(before[key], weights=pupils)
            )
            one = before["county_id"] == "990002"
            gap, left = (cv(x.loc[one, key], pupils[one]) for x in (before, after))
            assert left == pytest.approx((1 - inside) * gap, abs=1e-9), stage
            gap, left = (cv(*_county_means(x, key)) for x in (before, after))
            assert left == pytest.approx((1 - between) * gap, abs=1e-9), stage


def _county_means(sections, key):
    held = (sections[key] * sections["pupils"]).groupby(sections["county_id"]).sum()
    pupils = sections["pupils"].groupby(sections["county_id"]).sum()
    return held / pupils, pupils


def test_a_county_that_has_none_stays_at_the_county_goal():
    """甲 has no rooms; with no gap between counties every section of both has the mean of 30."""
    sections = indicators(province(FOUR, multimedia_rooms=[0.0, 0.0, 60.0, 60.0]))
    np.testing.assert_allclose(narrow_gaps(sections, 0, 1)["multimedia_rooms"], 3.0)
    np.testing.assert_allclose(narrow_gaps(sections, 0, 0.5)["multimedia_rooms"], [1.5, 1.5, 4.5, 4.5])


def test_a_blank_is_unknown_unless_the_rest_decides():
    """Six of seven are asked for: a blank may be under the floor of 85 %, and leaves the coefficient open; 甲 fails by another school."""
    sections = indicators(province(FOUR, backbone_primary=[5.0, 30.0, 30.0, 30.0]))
    sections.loc[[1, 3], "multimedia_rooms"] = np.nan
    found = judge_counties(sections).set_index("county_id")
    assert found.loc["甲", ["schools_meet", "cv_meet", "meets"]].tolist() == [False, False, False]
    assert found.loc["乙", ["schools_meet", "cv_meet", "meets"]].tolist() == [None, None, None]


def test_only_special_schools_have_no_verdict_but_a_table():
    some = province(FOUR)
    some.schools["kind"] = "special"
    found = county_verdicts(some)
    assert found.empty
    assert list(found) == list(county_verdicts(province(FOUR)))


@pytest.mark.parametrize(("inside", "between"), [(-0.1, 0), (0, 1.1), (float("nan"), 0)])
def test_shares_out_of_range_are_refused(inside, between):
    with pytest.raises(ValueError, match="0到1之间"):
        narrow_gaps(SECTIONS, inside, between)


def test_a_standard_without_thresholds_cannot_say():
    with pytest.raises(ValueError, match="没有逐校的标准"):
        county_verdicts(SAMPLE, "basic-2012")


def test_rows_may_come_in_any_order():
    shuffled = type(SAMPLE)({"schools": SAMPLE.schools.sample(frac=1, random_state=1)})
    one, other = (
        county_verdicts(county).sort_values(["county_id", "stage"], ignore_index=True)
        for county in (SAMPLE, shuffled)
    )
    pd.testing.assert_frame_equal(one, other)
