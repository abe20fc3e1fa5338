"""Gaps to the standard in whole units: by hand, and against the verdict of `assess`."""

import msgspec
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import sample_county
from small import STANDARD, county, school

from balancelib.assess import assess
from balancelib.county import County
from balancelib.resources import UNIT_COSTS, gaps, gaps_table, load_unit_costs, with_prices
from balancelib.resources.unit_costs import UnitCostError

COLUMN = {
    "qualified_teachers": "qualified", "backbone_teachers": "backbone", "pe_arts_teachers": "pe_arts", "teaching_area": "teaching_area",
    "sports_area": "sports_ground_area", "equipment_value": "equipment_value", "multimedia_rooms": "multimedia_rooms",
}  # fmt: skip


def found(frame):
    return {
        row["indicator"]: (row["to_threshold"], row["to_floor"], row["cost_threshold"])
        for row in frame.to_dict("records")
    }


def test_a_primary_of_1000_pupils_by_hand():
    """9 PE teachers are exactly 0.9; rooms 4,600 − 200 indoor = 4,400 of 4,500 m²; 1,999,950 of 2,000,000 元; 17 of 23 rooms."""
    one = school(
        1, primary=1000, pe_arts_primary=9, teaching_area=4600, indoor_sports_area=200, sports_ground_area=5000,
        equipment_value=199.995, multimedia_rooms=17,
    )  # fmt: skip
    assert found(gaps(county(one))) == {
        "teaching_area": (100, 0, 100 * 4000),
        # 7,500 − 5,200; the floor is at 6,375.
        "sports_area": (2300, 1175, 2300 * 500),
        # 50 元 are half a unit of 100 元.
        "equipment_value": (0.01, 0, 100),
        # 23 are asked, at the floor 19.55, that is 20.
        "multimedia_rooms": (6, 3, 6 * 40_000),
    }


def test_more_qualified_teachers_than_there_are_teachers_are_recruited():
    """40 teachers, 30 of them qualified, 42 asked: ten learn for 20,000 each, two are recruited for 3 × 100,000 each."""
    few = county(
        school(
            1, primary=1000, teachers_primary=40, qualified_primary=30, backbone_primary=10, pe_arts_primary=9
        )
    )
    frame = gaps(few)
    # The floor is at 35.7: six of them learn.
    assert found(frame) == {"qualified_teachers": (12, 6, 10 * 20_000 + 2 * 300_000)}
    assert frame["cost_floor"].tolist() == [6 * 20_000]
    learning = [action for action in UNIT_COSTS if action.key == "upgrade"]
    assert np.isnan(gaps(few, actions=learning)["cost_threshold"]).all()


def test_more_backbone_teachers_than_there_are_teachers_are_recruited_and_trained():
    """7 teachers, 5 of them backbone, 10 asked: five are trained for 20,000, three of them first recruited for 300,000."""
    few = county(
        school(
            1, primary=1000, teachers_primary=7, qualified_primary=7, backbone_primary=5, pe_arts_primary=7
        )
    )
    assert found(gaps(few))["backbone_teachers"] == (5, 4, 5 * 20_000 + 3 * 300_000)


def test_one_teacher_less_than_the_threshold_is_one_missing():
    frame = gaps(county(school(1, primary=1000, pe_arts_primary=8)), years=2)
    assert found(frame) == {"pe_arts_teachers": (1, 0, 2 * 100_000)}


def test_a_nine_year_school_needs_the_larger_of_what_its_sections_ask():
    """166 and 210 pupils weigh 166 and 231 of 397.

    Rooms: primary 2.3 % of 166 = 3.818, so 3.818 × 397 / 166 = 9.13 in all; junior 2.4 % of 210 = 5.04, so 5.04 × 397 / 231 = 8.66.
    """
    schools = county(
        school(1, primary=166, junior=210, multimedia_rooms=8, backbone_primary=0, backbone_junior=1)
    )
    sections = gaps(schools)
    rooms = sections[sections["indicator"] == "multimedia_rooms"].set_index("stage")
    assert rooms["to_threshold"].to_dict() == {"primary": 2, "junior": 1}
    assert rooms["have"].to_dict() == pytest.approx({"primary": 8 * 166 / 397, "junior": 8 * 231 / 397})
    # Two backbone teachers for 166 pupils and three for 210, of which one is there: they are kept by stage and add up.
    of_school = gaps(schools, by="school").set_index("indicator")
    assert of_school["to_threshold"].to_dict() == {"backbone_teachers": 4, "multimedia_rooms": 2}
    assert of_school["have"].to_dict() == pytest.approx({"backbone_teachers": 1, "multimedia_rooms": 8})


@settings(max_examples=6)
@given(st.integers(0, 10_000))
def test_the_gap_is_what_assess_lacks_and_not_one_unit_more(seed):
    before = sample_county(seed, 20)
    sections, schools = gaps(before), gaps(before, by="school")
    staged = ~sections["indicator"].map(lambda k: STANDARD.indicator(k).split)
    added = sections[staged].groupby(["school_id", "indicator"])["to_threshold"].sum()
    pd.testing.assert_series_equal(
        added,
        schools.set_index(["school_id", "indicator"])["to_threshold"].loc[added.index],
        check_index=False,
    )
    asked = pd.concat(
        [sections[staged], schools[~schools["indicator"].isin(sections.loc[staged, "indicator"])]]
    )
    size = asked["indicator"].map({"equipment_value": 0.01}).fillna(1)
    full = assess(_raised(before, asked, asked["to_threshold"]))
    short = assess(_raised(before, asked, asked["to_threshold"] - size))
    assert (full.ratios >= 1 - 1e-12).to_numpy().all()
    failing = {
        (short.sections["school_id"][s], short.ratios.columns[k])
        for s, k in np.argwhere(short.ratios < 1 - 1e-12)
    }
    assert failing == set(asked[["school_id", "indicator"]].itertuples(index=False, name=None))


def _raised(before, asked, amounts):
    frame = before.schools.set_index("school_id", drop=False).copy()
    for row, amount in zip(asked.itertuples(), amounts, strict=True):
        column = COLUMN[row.indicator]
        frame.loc[row.school_id, f"{column}_{row.stage}" if row.stage else column] += amount
    return County(before.tables | {"schools": frame.reset_index(drop=True)})


def test_the_table_is_in_chinese():
    table = gaps_table(gaps(county(school(1, primary=1000, multimedia_rooms=17))))
    assert table.to_dict("records") == [
        {"学校": "学校1", "学段": "小学", "指标": "网络多媒体教室", "单位": "间", "差到标准": 6, "差到底线（85%）": 3,
         "补到标准要多少元": 240_000}
    ]  # fmt: skip


def test_other_prices():
    one = county(school(1, primary=1000, multimedia_rooms=17))
    dear = with_prices(UNIT_COSTS, {"multimedia": 50_000})
    assert gaps(one, actions=dear)["cost_threshold"].tolist() == [300_000]
    nothing = [action for action in UNIT_COSTS if action.key != "multimedia"]
    assert np.isnan(gaps(one, actions=nothing)["cost_threshold"]).all()
    with pytest.raises(KeyError, match="rockets"):
        with_prices(UNIT_COSTS, {"rockets": 1})


@pytest.mark.parametrize(
    ("schools", "standard", "said"),
    [
        (county(school(1, primary=10)), "basic-2012", "没有逐校的标准"),
        (county(school(1, primary=10, multimedia_rooms=None)), "quality-2017", "没有填.*学校1"),
        (county(school(1, primary=10, kind="special")), "quality-2017", "没有.*要看的学校"),
        (
            county(school(1, primary=10, county_id="a"), school(2, primary=10, county_id="b")),
            "quality-2017",
            "几个县",
        ),
    ],
)
def test_what_cannot_be_worked_out_is_refused(schools, standard, said):
    with pytest.raises(ValueError, match=said):
        gaps(schools, standard)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('adds = ["rockets"]', "学校表里没有rockets"),
        ('adds = ["qualified_{stage}", "books"]', "不能写在一条里"),
        ('adds = ["books"]\nmoves = true', "只有按学段登记的教师"),
        ('adds = ["books"]\nonce = -1', "数值应"),
        ('adds = ["books"]\nprice = 1', "不认识的键price"),
    ],
)
def test_a_file_of_unit_costs_with_a_fault_is_refused(tmp_path, line, said):
    path = tmp_path / "own.toml"
    path.write_text(f'[[actions]]\nkey = "a"\nlabel = "甲"\nunit = "个"\n{line}\n', encoding="utf-8")
    with pytest.raises(UnitCostError, match=said):
        load_unit_costs(path)


def test_own_unit_costs_are_read(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(
        '[[actions]]\nkey = "a"\nlabel = "甲"\nunit = "个"\nadds = ["books"]\nonce = 3\nyearly = 2\n',
        encoding="utf-8",
    )
    (action,) = load_unit_costs(path)
    assert action.cost(4) == 3 + 4 * 2
    assert msgspec.structs.asdict(action)["adds"] == ("books",)
