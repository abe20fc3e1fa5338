"""The county at a glance: four fronts, lines and verdicts of the standard, and what is unknown."""

import numpy as np
import pandas as pd
import pytest
from samples import sample_county

from balancelib.assess import assess
from balancelib.county import County, Lacking, MissingTable
from balancelib.county.schema import schema
from balancelib.policy import digital_reach, glance


@pytest.fixture(scope="module")
def sample():
    return sample_county(7)


def changed(county, **items):
    """The county with other items."""
    table = county.tables["county_items"].assign(**items)
    return County(county.tables | {"county_items": table})


def of(frame, item):
    return frame.set_index("item").loc[item]


def test_the_four_fronts_in_the_decks_order(sample):
    fronts = glance(sample)["front"].drop_duplicates().tolist()
    assert fronts == ["资源配置优化", "特殊群体保障", "质量监测与评估", "信息化赋能"]


def test_sections_and_coefficients_are_those_of_the_verdict(sample):
    verdict, frame = assess(sample), glance(sample)
    for stage, label in (("primary", "小学"), ("junior", "初中")):
        here = verdict.sections[verdict.sections["stage"] == stage]["meets"]
        row = of(frame, f"{label}：达到要求的学段部分")
        assert row["value"] == f"{(here == True).sum()}/{len(here)}"  # noqa: E712
        assert row["meets"] is False
        cvs = verdict.stages[stage].cv_meets
        row = of(frame, f"{label}：差异系数在上限之内的指标")
        assert row["value"] == f"{sum(cvs.values())}/7"
        assert row["meets"] is all(cvs.values())
    assert "县级以上骨干教师0.550" in of(frame, "小学：差异系数在上限之内的指标")["note"]


@pytest.mark.parametrize(
    ("item", "given", "value", "line", "meets"),
    [
        ("交流的教师占符合条件的", {"exchange_eligible": 1000.0, "exchange_moved": 100.0}, "10.0%", "不低于10%", True),
        ("交流的教师占符合条件的", {"exchange_eligible": 1000.0, "exchange_moved": 99.0}, "9.9%", "不低于10%", False),
        ("骨干教师占交流的教师", {"exchange_moved": 100.0, "exchange_moved_backbone": 20.0}, "20.0%", "不低于20%", True),
        ("随迁子女在公办和购买服务学校就读", {"migrant_children_eligible": 2000.0, "migrant_children_placed": 1699.0}, "84.95%", "不低于85%", False),
        ("留守儿童关爱体系健全", {"left_behind_care": 0.0}, "否", "是", False),
        ("特殊教育生均公用经费", {"special_running_cost": 7000.0}, "7,000元", "不低于8,000元", False),
        ("监测学业水平最低的科目", {"monitoring_level": 3.0}, "Ⅲ级", "不低于Ⅲ级", True),
        ("监测学业水平最低的科目", {"monitoring_level": 2.0}, "Ⅱ级", "不低于Ⅲ级", False),
        ("监测校际差异率", {"monitoring_between_share": 0.15}, "0.150", "低于0.15", False),
        ("监测校际差异率", {"monitoring_between_share": 0.149}, "0.149", "低于0.15", True),
        ("社会认可度", {"survey_valid": 1000.0, "survey_satisfied": 850.0}, "85.0%", "不低于85%", True),
    ],
)  # fmt: skip
def test_a_figure_beside_its_line(sample, item, given, value, line, meets):
    """84.95 % would read 85.0 % with one decimal: it is written on its side of the line."""
    row = of(glance(changed(sample, **given)), item)
    assert (row["value"], row["line"], row["meets"]) == (value, line, meets)


def test_what_was_not_supplied_is_unknown_and_said(sample):
    frame = glance(County({"schools": sample.schools}))
    row = of(frame, "随迁子女在公办和购买服务学校就读")
    assert (row["value"], row["meets"]) == ("不知道", None)
    assert row["note"] == "还缺：在公办和购买服务学校就读的随迁子女数、符合条件的随迁子女数"
    assert row["verdict"] == "还不能判定"
    row = of(frame, "在带宽100Mbps以上的学校的学生")
    assert (row["value"], row["note"]) == ("不知道", "还缺：“数字化”表")
    assert frame["meets"].map(type).isin([bool, type(None)]).all()


def test_one_indicator_of_seven_has_no_verdict(sample):
    row = of(glance(sample), "小学：网络多媒体教室达标的学段部分")
    assert (row["meets"], row["verdict"]) == (None, "不单独判定")
    assert "7项里6项" in row["note"]


def test_where_no_national_line_is_nothing_waits_for_a_verdict(sample):
    row = of(glance(sample), "在带宽100Mbps以上的学校的学生")
    assert row["value"].endswith("%")
    assert (row["meets"], row["verdict"], row["line"]) == (None, "没有全国的线", "县里自己定")


def test_the_verdict_stands_right_after_the_item(sample):
    frame = glance(sample)
    assert frame.columns[:3].tolist() == ["front", "item", "verdict"]
    said = frame.loc[frame["meets"].notna(), ["meets", "verdict"]].drop_duplicates().to_numpy().tolist()
    assert sorted(said) == [[False, "未达到"], [True, "达到"]]


def test_a_county_without_junior_schools(sample):
    primary = sample.schools[sample.schools["kind"] == "primary"].reset_index(drop=True)
    frame = glance(County({"schools": primary}))
    of_juniors = frame[frame["item"].str.startswith("初中：")]
    assert of_juniors["verdict"].tolist() == ["没有这个学段"] * 3
    assert of_juniors["meets"].tolist() == [None] * 3


def reached():
    """Three schools of 100, 300 and 600 pupils, of which the second's line is not known and the third's is 50 Mbps."""
    schools = pd.DataFrame({
        "school_id": ["a", "b", "c"], "name": list("甲乙丙"), "kind": "primary", "operator": "public", "area": ["rural", "rural", "urban"],
        "pupils_primary": [100, 300, 600], "teachers_primary": [10, 20, 30], "multimedia_rooms": [6, 12, 11],
    }).reindex(columns=schema().table("schools").names)  # fmt: skip
    digital = pd.DataFrame({
        "school_id": ["a", "b", "c"], "classrooms": [6, 10, 12], "bandwidth": [100, np.nan, 50], "pupil_terminals": [10, 29, 60],
        "recording_rooms": [0, 1, 1], "platform_teachers": [5, 9, 30],
    }).reindex(columns=schema().table("digital").names)  # fmt: skip
    return County({"schools": schools, "digital": digital})


def test_reach_by_hand():
    """Bandwidth is known of 700 pupils, 100 of whom have it; rooms of 400 of 1,000; terminals of 100 and 600."""
    reach = digital_reach(reached())
    assert reach.loc["bandwidth", ["rural", "urban", "all", "unknown"]].tolist() == pytest.approx(
        [100, 0, 100 / 7, 30]
    )
    assert reach["all"].drop("bandwidth").to_dict() == pytest.approx(
        {"rooms": 40, "terminals": 70, "recording": 90, "platform": 70}
    )
    assert np.isnan(reach.loc["rooms", "town"])
    assert of(glance(reached()), "在带宽100Mbps以上的学校的学生")["note"].endswith("30.0%的学生不知道")


def test_of_no_teachers_and_no_classrooms_nothing_is_known():
    county = reached()
    none = County({
        "schools": county.schools.assign(teachers_primary=[0, 20, 30]),
        "digital": county.tables["digital"].assign(platform_teachers=[0, 9, 30], classrooms=[6, 10, 0]),
    })  # fmt: skip
    reach = digital_reach(none)
    assert reach.loc["platform", ["all", "unknown"]].tolist() == pytest.approx([100 * 600 / 900, 10])
    assert reach.loc["rooms", ["all", "unknown"]].tolist() == pytest.approx([100, 60])


def test_several_counties_are_refused(sample):
    both = pd.concat([sample.schools.assign(county_id="990001"), sample.schools.assign(county_id="990002")])
    both["school_id"] = [f"{n:010d}" for n in range(len(both))]
    with pytest.raises(Lacking, match="几个县"):
        glance(County({"schools": both.reset_index(drop=True)}))


def test_reach_without_the_table(sample):
    with pytest.raises(MissingTable, match="数字化"):
        digital_reach(County({"schools": sample.schools}))


def test_a_school_that_is_not_in_the_table_is_unknown(sample):
    fewer = County(sample.tables | {"digital": sample.tables["digital"].iloc[1:]})
    first = sample.schools.set_index("school_id").loc[sample.tables["digital"]["school_id"].iloc[0]]
    pupils = np.nansum(sample.schools[["pupils_primary", "pupils_junior"]].to_numpy())
    share = 100 * np.nansum([first["pupils_primary"], first["pupils_junior"]]) / pupils
    assert digital_reach(fewer)["unknown"].tolist() == pytest.approx([share] * 5)
