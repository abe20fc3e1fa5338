"""The workbook of numbers: each step agrees with the official rules worked out once more in fractions."""

import io
import math
import zipfile
from dataclasses import replace

import by_hand
import openpyxl
import pandas as pd
import pytest
from conftest import ROOT

from balancelib.assess import assess
from balancelib.county import County, read_county
from balancelib.report import FORMATS, Material

SAMPLE = ROOT / "data" / "county"
STAGES = {"primary": "小学", "junior": "初中"}


@pytest.fixture(scope="module")
def county():
    return read_county(SAMPLE / "county.xlsx")


def book_of(county, *arguments, **options):
    content = FORMATS[".xlsx"].made(Material(county, assess(county, *arguments, **options)))
    return openpyxl.load_workbook(io.BytesIO(content)), content


@pytest.fixture(scope="module")
def book(county):
    return book_of(county)[0]


def frame(book, name):
    """A sheet's rows below its heads, which stand in the second row."""
    _, heads, *rows = book[name].iter_rows(values_only=True)
    return pd.DataFrame(rows, columns=heads)


@pytest.fixture(scope="module")
def labels(county):
    return {i.key: i.short_label for i in assess(county).standard.indicators}


@pytest.mark.parametrize("stage", STAGES)
def test_every_step_agrees_with_fractions(book, labels, stage):
    rows = frame(book, f"{STAGES[stage]}逐校")
    schools = by_hand.read_schools(SAMPLE)
    mine = [s for s in by_hand.sections(schools, "quality-2017") if s[0] == stage]
    pupils = [s[2] for s in mine]
    means = frame(book, "差异系数").set_index(["学段", "指标"])
    for key, label in labels.items():
        block = rows[rows["指标"] == label].set_index("学校标识码")
        assert list(block.index) == [s[1] for s in mine]
        values = [s[3][key] for s in mine]
        assert list(block["校值x"]) == pytest.approx([float(v) for v in values], rel=1e-12)
        threshold = by_hand.QUALITY[key][stage == "junior"]
        assert list(block["达标"]) == ["达到" if v >= threshold else "未达到" for v in values]
        assert list(block["与标准之比"]) == pytest.approx([float(v / threshold) for v in values], rel=1e-12)
        mean, square, shares = by_hand.squared_cv(pupils, values)
        assert list(block["在S²中的占比"]) == pytest.approx([float(s) for s in shares], abs=1e-12)
        county = means.loc[(STAGES[stage], label)]
        assert county["县均值"] == pytest.approx(float(mean), rel=1e-12)
        assert county["差异系数"] == pytest.approx(by_hand.root(square), rel=1e-9)
        assert county["标准差S"] / county["县均值"] == pytest.approx(county["差异系数"], rel=1e-12)


@pytest.mark.parametrize("stage", STAGES)
def test_the_columns_of_a_row_belong_together(book, stage):
    rows = frame(book, f"{STAGES[stage]}逐校")
    total = rows["填报合计"] * rows["换算"] * rows["学段占比"]
    assert list(rows["总量y"]) == pytest.approx(list(total), rel=1e-12)
    assert list(rows["校值x"]) == pytest.approx(
        list(rows["总量y"] / rows["学生数p"] * rows["每多少学生"]), rel=1e-12
    )
    square = rows["权重p÷P"] * rows["x−县均值"] ** 2
    assert list(rows["权重×（x−县均值）²"]) == pytest.approx(list(square), rel=1e-12, abs=1e-18)
    for _, block in rows.groupby("指标"):
        assert block["权重p÷P"].sum() == pytest.approx(1, abs=1e-12)
        assert block["在S²中的占比"].sum() == pytest.approx(1, abs=1e-12)
    squares = frame(book, "差异系数").set_index(["学段", "指标"])["S²"]
    for label, block in rows.groupby("指标"):
        assert block["权重×（x−县均值）²"].sum() == pytest.approx(squares[STAGES[stage], label], rel=1e-12)


def test_a_school_of_two_stages_is_split_as_the_rule_says(book, county):
    row = frame(book, "学校分摊").set_index("办学类型").loc["九年一贯制学校"].iloc[0]
    a, b = row["小学学生数"], row["初中学生数"]
    assert row["小学占比"] == pytest.approx(a / (a + 1.1 * b), rel=1e-12)
    assert row["小学占比"] + row["初中占比"] == pytest.approx(1, rel=1e-12)


def test_the_sum_is_written_in_words(book, county):
    schools = county.schools.set_index("school_id")
    rows = frame(book, "小学逐校")
    row = rows[(rows["指标"] == "教学及辅助用房")].iloc[0]
    school = schools.loc[row["学校标识码"]]
    area, indoor = int(school["teaching_area"]), int(school["indoor_sports_area"])
    assert row["算式"] == f"教学及辅助用房面积{area}−室内体育用房面积{indoor}"
    assert row["填报合计"] == area - indoor


def test_what_a_relaxation_added_is_said(county):
    book, _ = book_of(county, relax=["leased_grounds"])
    rows = frame(book, "初中逐校")
    added = rows[rows["算式"].str.contains("放宽条款")]
    leased = county.tables["school_items"].set_index("school_id")["leased_sports_area"].dropna()
    assert len(added)
    for row in added.itertuples():
        assert row.算式.endswith(f"＋放宽条款{leased[row.学校标识码]:g}")


def test_schools_that_do_not_count_are_named_with_the_reason(book, county):
    rows = frame(book, "不计的学校").set_index("学校标识码")["为什么"]
    schools = county.schools.set_index("school_id")
    small = schools[(schools["kind"] == "teaching_point") & (schools["pupils_primary"] < 50)]
    assert set(rows[small.index]) == {"不足50人的教学点不计"}
    special = schools.index[schools["kind"] == "special"]
    assert set(rows[special]) == {"这个标准的资源配置部分不看特殊教育学校"}
    counted = {s[1] for s in by_hand.sections(by_hand.read_schools(SAMPLE), "quality-2017")}
    assert set(rows.index) == set(schools.index) - counted


def test_verdicts_and_items_are_those_of_the_assessment(book, county):
    verdict = assess(county)
    rows = frame(book, "学段部分判定")
    words = {True: "达到", False: "未达到", None: "还不能判定"}
    assert list(rows["结论"]) == [words[meets] for meets in verdict.sections["meets"]]
    assert list(rows["达标项数"]) == list(verdict.sections["met"])
    tests = [test for part in verdict.parts.values() for item in part.items for test in item.tests]
    assert len(frame(book, "各部分逐项")) == len(tests)


def test_a_blank_is_said_to_be_missing(county):
    schools = county.schools.copy()
    schools.loc[0, "equipment_value"] = None
    book, _ = book_of(replace(county, tables=county.tables | {"schools": schools}))
    rows = frame(book, "小学逐校")
    row = rows[(rows["指标"] == "教学仪器设备值") & (rows["学校标识码"] == schools.loc[0, "school_id"])].iloc[
        0
    ]
    assert (row["填报合计"], row["校值x"], row["达标"]) == ("缺数", "缺数", "缺数")
    assert row["算式"] == "教学仪器设备值缺数"
    of_county = frame(book, "差异系数").set_index(["学段", "指标"]).loc[("小学", "教学仪器设备值")]
    assert of_county["差异系数"] is None or math.isnan(of_county["差异系数"])


def test_sources_are_the_cells_that_the_county_knows(county):
    class Traced(County):
        def trace(self, school_id, column, table="schools"):
            return (
                [("一.xlsx", "教基3112", "F12"), ("二.xlsx", "教基3112", "G3")] if column == "books" else []
            )

    rows = frame(book_of(Traced(county.tables))[0], "出处")
    books = rows[rows["项目"] == "图书册数"]
    assert list(books["格"]) == ["F12", "G3"] * county.schools["books"].notna().sum()
    filled = sum(county.schools[c].notna().sum() for c in county.schools if c.startswith("pupils_"))
    assert len(rows[rows["项目"].str.contains("在校生数")]) == filled


def test_without_thresholds_nothing_is_judged(county):
    book, _ = book_of(county, "basic-2012")
    assert set(frame(book, "小学逐校")["达标"]) == {"—"}
    cv = frame(book, "差异系数")
    assert set(cv[cv["指标"] != "综合"]["判定"]) == {"—"}
    assert set(cv[cv["指标"] == "综合"]["判定"]) <= {"达到", "未达到"}


def test_text_stays_text_and_bytes_stay(county):
    name = '=HYPERLINK("http://x","y")'
    schools = county.schools.assign(name=name)
    hostile = replace(county, tables=county.tables | {"schools": schools})
    book, content = book_of(hostile)
    kinds = {
        cell.data_type for row in book["小学逐校"].iter_rows(min_row=3, min_col=3, max_col=3) for cell in row
    }
    assert kinds == {"s"}
    assert all(
        b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read(f"xl/worksheets/sheet{n}.xml")
        for n in range(1, 10)
    )
    assert book_of(hostile)[1] == content


def test_every_sheet_says_how_its_columns_come_about(book):
    listed = [row[0] for row in book["说明"].iter_rows(values_only=True)]
    for sheet in book.worksheets[1:]:
        assert sheet.title in listed
        assert sheet.freeze_panes == "C3"
        assert sheet.auto_filter.ref.startswith("A2:")
        assert any(cell.value for cell in sheet[1])
