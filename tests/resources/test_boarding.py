"""The checklist of boarding schools, against cases solved by hand."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import sample_county

from balancelib.county import County
from balancelib.county.schema import schema
from balancelib.resources import (
    CHECKLIST,
    boarding_checklist,
    boarding_shortages,
    boarding_table,
    load_checklist,
)
from balancelib.resources.boarding import CERTAINTY, STATUS, ChecklistError

ASKED = [item.key for item in CHECKLIST.items if item.asks]
ENOUGH = {  # for 121 boarders of 601 pupils
    "beds": 121.0, "dormitory_area": 363.0, "toilet_places": 11.0, "bath_places": 9.0, "health_staff": 2.0, "dormitory_staff": 1.0,
    "safe_water": 1.0, "hot_water": 1.0, "fire_passed": 1.0, "night_duty": 1.0,
}  # fmt: skip


def county(boarders=(np.nan, 121.0), pupils=(np.nan, 601.0), **columns):
    schools = pd.DataFrame(
        {
            "school_id": ["1"],
            "name": ["甲校"],
            "pupils_primary": pupils[0],
            "pupils_junior": pupils[1],
            "pupils_senior": np.nan,
        }
    )
    frame = pd.DataFrame(
        {"school_id": ["1"], "boarders_primary": boarders[0], "boarders_junior": boarders[1]}
        | ENOUGH
        | columns
    )
    return County({"schools": schools, "boarding": frame})


def found(*args, **columns):
    return boarding_checklist(county(*args, **columns)).set_index("item")


def test_just_enough_meets_everything():
    # 121 beds; 121 × 3 = 363 m²; 121 / 12 = 10.08 → 11 toilets; 121 / 15 = 8.07 → 9 baths; 601 / 600 = 1.002 → 2 nurses.
    result = found().loc[ASKED]
    assert result["need"].tolist() == [121, 363, 11, 9, 2, 1, 1, 1, 1, 1]
    assert (result["status"] == "met").all()
    assert (result["short"] == 0).all()


@pytest.mark.parametrize(
    ("item", "have", "short"),
    [
        ("beds", 120, 1), ("dormitory_area", 362.9, 1), ("dormitory_area", 300, 63), ("toilet_places", 10, 1), ("bath_places", 0, 9),
        ("health_staff", 1, 1), ("dormitory_staff", 0, 1), ("safe_water", 0, 1), ("fire_passed", 0, 1),
    ],
)  # fmt: skip
def test_shortages_are_whole_units(item, have, short):
    row = found(**{item: float(have)}).loc[item]
    assert (row["status"], row["short"]) == ("not_met", short)


def test_counts_that_divide_evenly_ask_for_no_more():
    # 120 boarders: 120 / 12 = 10, 120 / 15 = 8; 600 pupils: one nurse.
    result = found((np.nan, 120.0), (np.nan, 600.0))
    assert result.loc[["toilet_places", "bath_places", "health_staff"], "need"].tolist() == [10, 8, 1]


def test_small_boarding_school_needs_a_nurse_all_the_same():
    assert found((20.0, np.nan), (90.0, np.nan), health_staff=0.0).loc["health_staff", "status"] == "not_met"


def test_boarders_of_both_stages_are_added():
    assert found((40.0, 60.0), (300.0, 300.0)).loc["beds", "need"] == 100


@pytest.mark.parametrize("item", ASKED)
def test_missing_is_never_met(item):
    row = found(**{item: np.nan}).loc[item]
    assert row["status"] == "missing"
    assert np.isnan(row["short"])
    label = next(i.label for i in CHECKLIST.items if i.key == item)
    assert label in row["todo"]


def test_unknown_boarders_leave_all_that_is_counted_by_them_open():
    result = found((np.nan, np.nan))
    counted = [item.key for item in CHECKLIST.items if item.count == "boarders"]
    assert (result.loc[counted, "status"] == "missing").all()
    assert result.loc["safe_water", "status"] == "met"
    # A stage with pupils whose boarders are blank is unknown, one that the school does not have is not.
    assert found((np.nan, 60.0), (300.0, 300.0)).loc["beds", "status"] == "missing"
    assert found((np.nan, 60.0), (np.nan, 300.0)).loc["beds", "status"] == "met"


def test_school_without_boarders_is_not_asked():
    assert boarding_checklist(county((0.0, 0.0), (300.0, 300.0))).empty


def test_item_without_a_standard_is_not_judged():
    result = found(canteen_area=5.0, canteen_seats=1.0)
    for item in ("canteen_area", "canteen_seats"):
        assert result.loc[item, "status"] == "no_standard"
        assert np.isnan(result.loc[item, "need"])


amounts = st.one_of(st.none(), st.integers(0, 800))


@given(st.fixed_dictionaries(dict.fromkeys(ASKED, amounts)), st.integers(1, 700))
def test_status_says_no_more_than_the_numbers(values, boarders):
    columns = {key: np.nan if value is None else float(value) for key, value in values.items()}
    result = found((np.nan, float(boarders)), (np.nan, 700.0), **columns)
    for key, value in values.items():
        row = result.loc[key]
        assert (row["status"] == "missing") == (value is None)
        if value is not None:
            assert (row["status"] == "met") == (value >= row["need"])
            assert value + row["short"] >= row["need"]  # what is asked for suffices,
            assert row["short"] == 0 or value + row["short"] - 1 < row["need"]  # and one unit less does not


def test_table_and_shortages_by_hand():
    result = boarding_checklist(county(beds=119.0, safe_water=0.0, night_duty=np.nan))
    row = boarding_table(result).loc["甲校"]
    assert (row["床位"], row["饮用水合格"], row["夜间值班"], row["餐位"]) == (
        "差2床",
        "没达到",
        "缺数，不能判定",
        "没有标准数",
    )
    short = boarding_shortages(result).set_index("label")
    assert short.loc["床位", ["met", "not_met", "missing", "short"]].tolist() == [0, 1, 0, 2]
    assert short.loc["夜间值班", ["met", "not_met", "missing"]].tolist() == [0, 0, 1]
    assert "餐位" not in short.index


def test_todo_names_the_units():
    assert found(beds=119.0).loc["beds", "todo"] == "添2床"
    assert found().loc["beds", "todo"] == ""


def test_sample_schools_are_all_asked():
    sample = sample_county(7)
    result = boarding_checklist(sample)
    assert len(result) == len(sample.tables["boarding"]) * len(CHECKLIST.items)
    assert result["school_id"].unique().tolist() == sample.tables["boarding"]["school_id"].tolist()
    assert set(result["status"]) <= set(STATUS)
    assert len(boarding_table(result)) == len(sample.tables["boarding"])


# The list itself


def test_every_requirement_names_its_source_and_certainty():
    table = CHECKLIST.table()
    for item, source in zip(CHECKLIST.items, table["出处"], strict=True):
        assert item.certainty in CERTAINTY
        assert (source != "—") == item.asks, item.key
        assert item.note, item.key


def test_numbers_in_the_words_are_the_numbers_computed_with():
    for item in CHECKLIST.items:
        if item.count:
            said = {float(n) for n in re.findall(r"\d+(?:\.\d+)?", item.requirement)}
            assert {item.each, item.amount} - {1.0} <= said, item.key


def test_items_are_columns_of_the_table():
    known = set(schema().table("boarding").names)
    assert {item.key for item in CHECKLIST.items} <= known


OWN = """
[[documents]]
id = "own"
title = "本县标准"
number = "某文件"
year = 2025

[[items]]
key = "dormitory_staff"
label = "宿舍管理人员"
unit = "人"
requirement = "每50名寄宿生1人"
count = "boarders"
each = 50
source = "own"
certainty = "read"
"""


def test_own_checklist(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(OWN, encoding="utf-8")
    result = boarding_checklist(county(), load_checklist(path))
    assert result["need"].tolist() == [3]  # 121 / 50 = 2.42


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('key = "dormitory_staff"', 'key = "nurses"', "没有nurses这一列"),
        ('source = "own"', 'source = "other"', "出处要在documents里"),
        ('count = "boarders"\neach = 50', "answer = true", "填是、否的列用answer"),
        ("each = 50", "each = 0", "数值应"),
        ('certainty = "read"', 'certainty = "sure"', "不认识的值"),
    ],
)
def test_malformed_checklist_is_refused(tmp_path, old, new, reason):
    assert old in OWN
    path = tmp_path / "own.toml"
    path.write_text(OWN.replace(old, new), encoding="utf-8")
    with pytest.raises(ChecklistError, match=reason):
        load_checklist(path)


def test_county_without_the_table_is_told():
    with pytest.raises(ValueError, match="没有“寄宿条件”表"):
        boarding_checklist(County({"schools": county().schools}))
