"""The workbooks that a county hands in: the numbers by hand, the verdicts as they are, hostile names, missing data, paper."""

import hashlib
import io
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import date

import numpy as np
import openpyxl
import pandas as pd
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import sample_county

from balancelib.assess import assess
from balancelib.county import County, read_county
from balancelib.county.schema import schema
from balancelib.report import forms
from balancelib.report.forms import forms_workbook, rectification, school_plans, self_assessments
from balancelib.sheets import Entry, Page, new_book, packed, sheet_names

sys.path.insert(0, str(ROOT / "tests" / "resources"))
from small import county as small_county
from small import school

ALL = {name: getattr(forms, name) for name in forms.__all__}
STANDARDS = ["quality-2017", "basic-2012"]
SHEETS = ["封面", "Ⅰ县域基本情况", "Ⅱ-1达标学校数", "Ⅱ-2小学", "Ⅱ-2初中", "Ⅲ校际均衡", "Ⅳ政府保障程度", "Ⅴ教育质量", "Ⅵ社会认可度", "附 一票否决、前提条件"]  # fmt: skip
HOSTILE = "=1+1小学"


def opened(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def rows_of(sheet, first):
    """Rows of values after the first header that begins with ``first``; a merged cell counts once."""
    rows = [
        [cell.value for cell in row if not isinstance(cell, openpyxl.cell.cell.MergedCell)]
        for row in sheet.rows
    ]
    start = next(i for i, row in enumerate(rows) if row and row[0] == first and len(row) > 1) + 1
    return rows[start:]


def cell_of(sheet, value):
    return next(cell for row in sheet.rows for cell in row if cell.value == value)


@pytest.fixture(scope="module")
def county():
    return read_county(ROOT / "data" / "county" / "county.xlsx")


@pytest.fixture(scope="module")
def official(county):
    return opened(forms_workbook(county, assess(county)))


# Table by table, by hand


def by_hand():
    """Two primary schools and a nine-year one, with all numbers worked out in the tests."""
    return small_county(
        # 9 PE teachers of 1,000 pupils are exactly 0.9; 4,496.3 m² are 4.4963, on the form 4.50; 22 of 23 rooms.
        school(1, primary=1000, pe_arts_primary=9, teaching_area=4496.3, multimedia_rooms=22),
        # 26.75 a hundred: on the form a half away from zero, whatever the last bit: 2.675 is 2.68.
        school(2, primary=4000, backbone_primary=107, classes_primary=90),
        # Weights 1 and 1.1: 200 of 420 and 220 of 420. 1,029 m² of sports ground: 490 and 539 m², 2.45 and 2.695 a pupil.
        school(3, primary=200, junior=200, sports_ground_area=1029.0, indoor_sports_area=0.0),
    )


def test_section_values_are_rounded_away_from_zero_and_judged_in_full():
    county = by_hand()
    book = opened(forms_workbook(county, assess(county)))
    sheet = book["Ⅱ-2小学"]
    _, first, second, third = rows_of(sheet, "序号")[:4]
    # 序号 学校 类型 举办者 学生 年级 班 | 高学历 骨干 体艺 教学用房 场馆 设备 多媒体 | 达标项数 是否达到 备注
    assert first[:7] == [1, "学校1", "小学", "公办", 1000, "缺数", 12]
    assert first[7:] == [10, 3, 0.9, 4.5, 14, 3500, 2.2, 5, "未达到", "临界"]
    assert second[8] == 2.68
    assert third[11] == 2.45
    assert third[14:] == [6, "未达到", "低于底线85%：体育运动场馆"]
    junior = rows_of(book["Ⅱ-2初中"], "序号")[1]
    assert junior[11] == 2.7  # 2.695


def test_what_is_below_is_shaded_and_has_a_sign_that_survives_grey():
    county = by_hand()
    sheet = opened(forms_workbook(county, assess(county)))["Ⅱ-2小学"]
    area = next(cell for cell in sheet["K"] if cell.value == 4.5 and cell.row > 4)
    assert (area.style, area.number_format) == ("未达到", '#,##0.00"▼"')
    ground = next(cell for cell in sheet["L"] if cell.value == 2.45)
    assert (ground.style, ground.number_format) == ("未达到", '#,##0.00"▼▼"')
    exactly = next(cell for cell in sheet["J"] if cell.value == 0.9 and cell.row > 4)
    assert (exactly.style, exactly.number_format) == ("居中", "#,##0.00")
    assert area.fill.fgColor.rgb[2:] == "F4B9A7"


def test_how_many_sections_meet_each_indicator():
    county = by_hand()
    sheet = opened(forms_workbook(county, assess(county)))["Ⅱ-1达标学校数"]
    rows = {row[1]: row[2:] for row in rows_of(sheet, "序号") if len(row) > 2}
    assert rows["每百名学生拥有高于规定学历教师数"] == [3, 3, 100, 1, 1, 100]
    assert rows["生均教学及辅助用房面积"] == [2, 3, 66.7, 1, 1, 100]
    assert rows["生均体育运动场馆面积"] == [2, 3, 66.7, 0, 1, 0]
    # School 1 meets 5 of 7; school 2 all; of school 3 both sections are below the floor.
    assert rows["学段部分达到要求"] == [1, 3, 33.3, 0, 1, 0]


def test_means_and_coefficients_by_hand():
    """Two schools of 100 and 300 pupils with 2 and 12 backbone teachers: x = 2, 4; mean 14/4 = 3.5.

    S² = ¼ · 1.5² + ¾ · 0.5² = 0.75, S = 0.866025…, CV = 0.247435… → 0.247.
    """
    county = small_county(
        school(1, primary=100, backbone_primary=2), school(2, primary=300, backbone_primary=12)
    )
    sheet = opened(forms_workbook(county, assess(county)))["Ⅲ校际均衡"]
    row = next(row for row in rows_of(sheet, "序号") if row[1] == "每百名学生拥有县级以上骨干教师数")
    assert row[2:] == ["人", 3.5, 0.247, 0.5, "达到"]


def test_a_coefficient_above_its_limit_is_shaded(official, county):
    value = assess(county).stages["primary"].cv["backbone_teachers"]
    cell = cell_of(official["Ⅲ校际均衡"], 0.55)
    assert value > 0.5
    assert (cell.style, cell.number_format) == ("未达到", '#,##0.000"▲"')


def test_government_items_show_percent_bound_and_division(official):
    """Exchange: 126 of 1,141 eligible are 11.04… %; 23 backbone of 126 moved are 18.25… %, below 20 %."""
    rows = [row for row in rows_of(official["Ⅳ政府保障程度"], "序号") if any(row)]
    moved = next(row for row in rows if "交流的占符合条件的" in row)
    assert moved[3:6] == [11, "不低于10%", "交流轮岗教师数126 ÷ 符合交流条件教师数1141"]
    backbone = next(row for row in rows if "骨干教师占交流的" in row)
    assert backbone[1:4] == [18.3, "不低于20%", "交流的骨干教师数23 ÷ 交流轮岗教师数126"]
    cell = cell_of(official["Ⅳ政府保障程度"], 18.3)
    assert (cell.style, cell.number_format) == ("未达到", '#,##0.0"%"')
    assert {row[0] for row in rows if isinstance(row[0], int)} == set(range(1, 16))


def test_what_was_not_supplied_is_said_and_never_zero(official):
    missing = [cell for row in official["Ⅴ教育质量"].rows for cell in row if cell.value == "缺数"]
    assert len(missing) == 2  # the two numbers of national monitoring
    bare = small_county(school(1, primary=100))
    book = opened(forms_workbook(bare, assess(bare)))
    for title in ("Ⅰ县域基本情况", "Ⅵ社会认可度"):
        numbers = [
            cell.value for row in book[title].rows for cell in row if isinstance(cell.value, int | float)
        ]
        assert "缺数" in [cell.value for row in book[title].rows for cell in row]
        if title.startswith("Ⅵ"):
            assert set(numbers) == {1}  # the item's number


def test_satisfaction_has_parents_apart(official):
    """1,600 of 1,680 came back, 95.2 %; 1,432 of them satisfied, 89.5 %; of the parents 866 of 960, 90.2 %."""
    everyone, parents = rows_of(official["Ⅵ社会认可度"], "调查对象")[:2]
    assert everyone == ["全部", 1680, 1600, 95.2, 1432, 89.5]
    assert parents == ["其中：家长", 1000, 960, 96, 866, 90.2]


def test_basics_add_up_the_schools(official, county):
    """Against the CSV beside the workbook, added up without the library."""
    raw = pd.read_csv(ROOT / "data" / "county" / "schools.csv", encoding="utf-8-sig")
    attended = raw[raw[["pupils_primary", "pupils_junior"]].fillna(0).sum(axis=1) > 0]
    values = [cell.value for row in official["Ⅰ县域基本情况"].rows for cell in row]
    for expected in (
        len(attended), int(attended["pupils_primary"].sum()), int(attended["pupils_junior"].sum()),
        int(attended["books"].sum()), round(float(attended["teaching_area"].sum()), 2), 38.62, 386000,
    ):  # fmt: skip
        assert expected in values


def test_the_sheets_are_those_of_the_form(official):
    assert official.sheetnames == SHEETS


def test_basic_balance_has_its_own_parts_and_tests_the_composite(county):
    one = assess(county, "basic-2012")
    book = opened(forms_workbook(county, one))
    assert book.sheetnames[-3:] == ["Ⅳ县级政府推进工作", "Ⅴ公众满意度", "附 办学基本标准"]
    composite = next(
        row for row in rows_of(book["Ⅲ校际均衡"], "序号") if row[1] == "综合差异系数（各项的平均数）"
    )
    assert composite[3:7] == ["—", round(one.stages["primary"].composite_cv, 3), 0.65, "达到"]
    assert "没有省定办学基本标准" in str([cell.value for row in book["Ⅱ-1达标学校数"].rows for cell in row])
    assert "▼" not in str([cell.number_format for row in book["Ⅱ-2小学"].rows for cell in row])


# Each school's sheet and plan


def test_a_school_sees_its_values_its_threshold_and_what_they_mean():
    county = by_hand()
    book = opened(self_assessments(county, assess(county)))
    assert book.sheetnames == ["目录", "学校1", "学校2", "学校3"]
    rows = {row[0]: row[1:] for row in rows_of(book["学校1"], "指标")}
    assert rows["生均教学及辅助用房面积"] == ["平方米", 4.5, 4.5, 99.9, "否"]
    assert rows["每百名学生拥有体育、艺术（美术、音乐）专任教师数"] == ["人", 0.9, 0.9, 100, "是"]
    text = "".join(str(cell.value) for row in book["学校1"].rows for cell in row)
    assert "7项指标达标5项，少于6项" in text
    assert "临界：按申报表保留2位小数后，结论会变" in text
    assert "校长（签字）：" in text
    assert len([row for row in book["学校3"].rows if row[0].value == "指标"]) == 2  # a table for each section


def test_what_is_asked_of_a_school_whose_classes_are_blank_is_said_in_words(county):
    schools = county.schools.assign(classes_primary=np.nan, classes_junior=np.nan)
    data = replace(county, tables=county.tables | {"schools": schools})
    book = opened(self_assessments(data, assess(data)))
    texts = {str(cell.value) for sheet in book for row in sheet.rows for cell in row}
    assert not [text for text in texts if "nan" in text]
    assert "每12班1间" in texts


def test_a_school_sees_the_items_asked_of_it():
    """School 2 has 4,000 pupils, 2,000 too many; 90 classes need ⌈90 / 12⌉ = 8 rooms of each; nothing else was supplied."""
    county = by_hand()
    items = pd.DataFrame(
        {"school_id": ["S2"], "music_room_areas": [(96.0, 95.9, 97.0)], "largest_class_primary": [46.0]}
    )
    items = items.reindex(columns=schema().table("school_items").names)
    county.tables["school_items"] = items
    rows = {
        row[1]: row[2:]
        for row in rows_of(opened(self_assessments(county, assess(county)))["学校2"], "项目")
        if len(row) > 2
    }
    assert rows["音乐教室"] == ["2间", "不低于8间", "否"]
    assert rows["美术教室"] == ["没有填", "不低于8间", "缺数"]
    assert rows["小学、初中：义务教育阶段学生数"] == ["4,000人", "不超过2000人", "否"]
    assert rows["小学最大班额"] == ["46人", "不超过45人", "否"]


def test_a_plan_says_how_many_people_metres_and_rooms():
    """School 1: 4,500 − 4,496.3 → 4 m² for 16,000 元, one room for 40,000; any one of the two is enough, 6 of 7.

    School 3: primary 7.5 · 200 · 420/200 = 3,150 m²; junior 10.2 · 200 · 420/220 = 3,894.5 m² → 3,895 − 1,029 = 2,866 m² of 500 元; the
    floor 0.85 · 3,894.5… = 3,310.36… → 2,282 m².
    """
    county = by_hand()
    book = opened(school_plans(county, assess(county), date(2026, 12, 31)))
    first = {row[1]: row[2:] for row in rows_of(book["学校1"], "序号") if len(row) > 5}
    assert first["教学及辅助用房"][3:8] == ["平方米", 4, 0, 16_000, "选补"]
    assert first["教学及辅助用房"][1:3] == ["生均4.496平方米", "生均4.5平方米"]  # not 4.50 below 4.5
    assert first["网络多媒体教室"][3:8] == ["间", 1, 0, 40_000, "选补"]
    assert first["网络多媒体教室"][10] == "2026-12-31"
    third = {row[1]: row[2:] for row in rows_of(book["学校3"], "序号") if len(row) > 5}
    assert third["体育运动场馆"][0] == "小学、初中"
    assert third["体育运动场馆"][3:8] == ["平方米", 2866, 2282, 1_433_000, "必须"]
    second = {row[1]: row[2:] for row in rows_of(book["学校2"], "序号") if len(row) > 5}
    assert [what for what in second if what] == ["第4项：小学、初中：义务教育阶段学生数"]
    assert second["第4项：小学、初中：义务教育阶段学生数"][1:8] == [
        "4,000人",
        "不超过2000人",
        "人",
        2000,
        "—",
        "—",
        "必须",
    ]
    summary = {row[1]: row[2:] for row in rows_of(book["汇总"], "序号") if len(row) > 5}
    assert summary["全县合计：补到标准"] == ["—", "—", "—", 4, 2866, "—", 1, 1, 16_000 + 40_000 + 1_433_000]
    text = "".join(str(cell.value) for row in book["汇总"].rows for cell in row)
    assert "示例单价是编程序的人假设的" in text


@pytest.mark.parametrize(("make", "sheet"), [(school_plans, "学校1"), (rectification, "整改台账")])
@pytest.mark.parametrize("deadline", [None, "", date(2026, 12, 31), "2026-12-31"])
def test_a_deadline_is_the_given_one_and_never_invented(make, sheet, deadline):
    county = by_hand()
    page = opened(make(county, assess(county), deadline))[sheet]
    head = cell_of(page, "完成时限")
    given = [
        page.cell(row, head.column).value
        for row in range(head.row + 1, page.max_row)
        if isinstance(page.cell(row, 1).value, int)
    ]
    assert given
    assert set(given) == {"2026-12-31" if deadline else None}


def test_a_school_that_meets_the_standard_may_still_be_a_little_short():
    county = small_county(school(1, primary=1000, multimedia_rooms=22))
    book = opened(school_plans(county, assess(county)))
    row = next(row for row in rows_of(book["学校1"], "序号") if row[1] == "网络多媒体教室")
    assert row[9] == "可以"
    problems = "".join(
        str(c.value) for r in opened(rectification(county, assess(county)))["整改台账"].rows for c in r
    )
    assert "学校1" not in problems


def test_teachers_are_asked_for_by_stage():
    """200 junior pupils ask for 10.6 → 11 qualified teachers; 8 there are 3 short, 8.4 primary → 9, 7 there are 2 short."""
    county = small_county(school(1, primary=200, junior=200, qualified_primary=7, qualified_junior=8))
    rows = [
        row for row in rows_of(opened(school_plans(county, assess(county)))["学校1"], "序号") if len(row) > 5
    ]
    assert [(row[1], row[2], row[6]) for row in rows if row[1] == "高于规定学历教师"] == [
        ("高于规定学历教师", "小学", 2), ("高于规定学历教师", "初中", 3),
    ]  # fmt: skip


# The list of problems


def test_every_item_not_met_is_listed_once_with_its_evidence(county):
    one = assess(county)
    sheet = opened(rectification(county, one))["整改台账"]
    rows = [row for row in rows_of(sheet, "序号") if len(row) > 5]
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    named = [(row[2], row[4]) for row in rows if row[1] == "没有达到"]
    assert len(set(named)) == len(named)
    failing = set(one.sections["name"][one.sections["meets"] == False])  # noqa: E712
    assert failing <= {unit for unit, _ in named}
    evidence = {(row[2], row[4]): row[5] for row in rows}
    assert evidence["云岭县（合成）（县级）", "小学县级以上骨干教师差异系数"] == "0.550，上限0.5"
    assert evidence["城关镇第三小学", "第5项：小学最大班额"] == "47人，应不超过45人；超出2人"
    assert {row[4] for row in rows if row[1] == "缺数"} == {
        "“县级项目”表：监测学业水平最低科目的等级", "“县级项目”表：监测校际差异率",
    }  # fmt: skip
    assert {row[2] for row in rows if row[1] == "临界"} == set(
        one.sections["name"][one.sections["knife_edge"]]
    )


def test_the_states_are_a_list_to_choose_from(county):
    sheet = opened(rectification(county, assess(county)))["整改台账"]
    (rule,) = sheet.data_validations.dataValidation
    assert rule.formula1 == '"未开始,整改中,已完成,已核验"'
    column = str(rule.sqref).partition(":")[0]
    assert sheet[column].value == "未开始"


def test_a_veto_that_happened_stands_first(county):
    items = county.tables["county_items"].assign(veto_key_schools=1.0)
    worse = replace(county, tables=county.tables | {"county_items": items})
    rows = rows_of(opened(rectification(worse, assess(worse)))["整改台账"], "序号")
    assert rows[0][3:6] == ["一票否决", "第3项：设重点学校或重点班", "“有重点学校或重点班”填的是“是”"]


def test_nothing_to_mend_is_said():
    fine = small_county(school(1, primary=500), school(2, primary=500))
    text = str([c.value for r in opened(school_plans(fine, assess(fine)))["汇总"].rows for c in r])
    assert "没有查出缺什么的学校" in text


# Any county


@pytest.mark.parametrize("standard", STANDARDS)
@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
def test_hostile_names_stay_text_and_every_sheet_prints_on_a4(make, standard):
    county = by_hand()
    names = [HOSTILE, "@SUM(A1)[a]:*?/\\'", "很长的名字" * 30]
    county.tables["schools"] = county.schools.assign(name=names)
    content = make(county, assess(county, standard))
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert not any(b"<f>" in archive.read(name) for name in archive.namelist())
    for sheet in opened(content):
        assert len(sheet.title) <= 31
        assert sheet.page_setup.paperSize == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert all(cell.data_type != "f" for row in sheet.rows for cell in row)


def test_schools_of_one_name_have_sheets_of_their_own():
    county = by_hand()
    county.tables["schools"] = county.schools.assign(name="同名小学")
    assert opened(self_assessments(county, assess(county))).sheetnames == [
        "目录",
        "同名小学",
        "同名小学(2)",
        "同名小学(3)",
    ]


def digests():
    """Of all four workbooks of one county."""
    county = sample_county(3, 20)
    verdict = assess(county)
    return [hashlib.sha256(make(county, verdict)).hexdigest() for make in ALL.values()]


def test_the_same_county_gives_the_same_bytes_in_another_process():
    code = "import test_forms; print(*test_forms.digests())"
    paths = os.pathsep.join(map(str, (ROOT, ROOT / "tests", ROOT / "tests" / "report")))
    environment = os.environ | {"PYTHONPATH": paths, "PYTHONHASHSEED": "5"}
    assert (
        subprocess.check_output([sys.executable, "-c", code], text=True, env=environment).split() == digests()
    )


def of_two_counties():
    """Two counties in one file, each school's name and number led by its county's letter."""
    frames = []
    for code in "AB":
        schools = by_hand().schools
        led = {name: code + schools[name] for name in ("school_id", "name")}
        frames.append(schools.assign(**led, county_id=code, county=f"{code}县"))
    items = [
        sample_county(3, 20).tables["county_items"].assign(county_id=code, population=n)
        for code, n in (("A", 11.5), ("B", 22.5))
    ]
    tables = {
        "schools": pd.concat(frames, ignore_index=True),
        "county_items": pd.concat(items, ignore_index=True),
    }
    return County(tables)


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
def test_of_several_counties_only_the_one_asked_for(make):
    both = of_two_counties()
    _, verdict = assess(both)
    text = "".join(
        str(cell.value) for sheet in opened(make(both, verdict)) for row in sheet.rows for cell in row
    )
    assert "B县" in text
    assert "A学校" not in text
    assert "11.5" not in text
    assert ("22.5" in text) == (make is forms_workbook)


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
@pytest.mark.parametrize("standard", STANDARDS)
def test_a_county_of_every_kind_with_its_schools_alone_is_filled_as_far_as_it_goes(make, standard):
    county = sample_county(3, 20)
    bare = County({"schools": county.schools})
    book = openpyxl.load_workbook(io.BytesIO(make(bare, assess(bare, standard))), read_only=True)
    assert len(book.sheetnames) >= (20 if make is self_assessments else 1)


def test_a_provincial_standard_without_prices_says_that_the_cost_is_not_whole(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(PROVINCIAL, encoding="utf-8")
    county = small_county(school(1, primary=100, books=500.0, teaching_area=200.0))
    summary = {
        row[1]: row[2:]
        for row in rows_of(opened(school_plans(county, assess(county, str(path))))["汇总"], "序号")
        if len(row) > 5
    }
    assert (
        "（不全）"
        in cell_of(
            opened(school_plans(county, assess(county, str(path))))["汇总"], summary["学校1"][-1]
        ).number_format
    )


def test_a_number_that_was_not_supplied_is_counted_apart(tmp_path):
    """An own standard of a column that may be blank: one of two schools did not fill it in."""
    path = tmp_path / "own.toml"
    path.write_text(PROVINCIAL + OPTIONAL, encoding="utf-8")
    county = small_county(school(1, primary=100), school(2, primary=100))
    items = pd.DataFrame({"school_id": ["S1"], "leased_sports_area": [400.0]})
    county.tables["school_items"] = items.reindex(columns=schema().table("school_items").names)
    verdict = assess(county, str(path))
    book = opened(forms_workbook(county, verdict))
    rows = {row[1]: row[2:] for row in rows_of(book["Ⅱ-1达标学校数"], "序号") if len(row) > 2}
    assert rows["租用场地"] == [1, 2, "1个缺数", "—", "—", "—"]
    second = rows_of(book["Ⅱ-2小学"], "序号")[2]
    assert second[-4] == "缺数"
    assert second[-1] == "缺数：租用场地"
    assert "没有填，算不出差多少" in str(
        [c.value for r in opened(school_plans(county, verdict))["汇总"].rows for c in r]
    )
    assert "要用的数没有填" in str(
        [c.value for r in opened(self_assessments(county, verdict))["学校2"].rows for c in r]
    )


OPTIONAL = """
[[indicators]]
key = "leased"
label = "租用场地"
short_label = "租用场地"
unit = "平方米"
split = true
sum = { primary = ["leased_sports_area"], junior = ["leased_sports_area"] }
thresholds = { primary = 3.0, junior = 3.0 }
source = "own"
"""
PROVINCIAL = """
extends = "basic-2012"
key = "own"
label = "某省基本标准"
[school_rule]
met_at_least = 2
source = "own"
[[documents]]
id = "own"
title = "某省基本标准"
number = "某教〔2020〕1号"
issuer = "某省教育厅"
year = 2020
[[indicators]]
key = "books"
thresholds = { primary = 15.0, junior = 25.0 }
source = "own"
[[indicators]]
key = "teaching_area"
thresholds = { primary = 3.0, junior = 4.0 }
source = "own"
"""


# The page


@given(st.lists(st.text(max_size=60), max_size=30))
@settings(max_examples=60)
def test_sheet_names_are_allowed_and_different(names):
    made = sheet_names(names, ["汇总"])
    assert len({name.lower() for name in (*made, "汇总")}) == len(names) + 1
    for name in made:
        assert 0 < len(name) <= 31
        assert not set("[]:*?/\\'") & set(name)


def test_a_table_merges_spans_and_rows_and_styles_every_cell():
    book = new_book()
    page = Page(book, "一", (10, 10, 10))
    page.table(["甲", "乙"], [[Entry("两行", down=2), 1], [None, 2.5]], (1, 2))
    sheet = opened(packed(book))["一"]
    assert sorted(map(str, sheet.merged_cells.ranges)) == ["A2:A3", "B1:C1", "B2:C2", "B3:C3"]
    assert sheet["B3"].value == 2.5
    assert all(
        sheet.cell(row, column).border.bottom.style == "thin" for row in (1, 2, 3) for column in (1, 2, 3)
    )


def test_a_blank_number_is_missing_and_not_zero():
    from balancelib.report.forms.case import MISSING, number  # noqa: PLC0415

    assert number(None) is MISSING
    assert number(np.nan, 2) is MISSING
    assert number(0).value == 0
