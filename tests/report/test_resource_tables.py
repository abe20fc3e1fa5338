"""The tables of resources: optional, each checked within itself and against the table of schools."""

import csv
import datetime
import itertools
import shutil

import numpy as np
import openpyxl
import pandas as pd
import pytest
from conftest import ROOT
from samples import FEW, sample_county

from balancelib.assess import assess
from balancelib.county import InputError, in_chinese, read_county
from balancelib.county.cells import parse
from balancelib.county.schema import schema
from balancelib.county.write import write_csv, write_workbook

SAMPLE = ROOT / "data" / "county"
VERDICT = ("schools", "school_items", "county_items")
RESOURCES = [table.name for table in schema().tables if table.name not in (*VERDICT, "exceptions")]


@pytest.fixture
def folder(tmp_path):
    """A copy of the sample county's tables; of those with a row a pupil or a lesson, the first rows."""
    copy = shutil.copytree(SAMPLE, tmp_path / "county", ignore=shutil.ignore_patterns("*.xlsx"))
    for path in (copy / f"{table.name}.csv" for table in schema().tables if table.long):
        path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[: 1 + FEW]))
    return copy


def edit(folder, name, change):
    """Let ``change`` work on a table's rows as lists of text, the header first."""
    path = folder / f"{name}.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def put(folder, name, row, column, value):
    """Set the cell in a spreadsheet's row (the header is row 1) and named column."""
    edit(folder, name, lambda rows: rows[row - 1].__setitem__(rows[0].index(column), value))


def found_in(folder):
    """All faults and warnings of a county."""
    try:
        return read_county(folder).warnings
    except InputError as error:
        return error.faults


def said(folder):
    """Return where, how bad and what of each, for a comparison."""
    return [(f.sheet, f.row, f.column, f.value, f.severity) for f in found_in(folder)]


# Optional


def test_a_verdict_does_not_change_with_them(folder, tmp_path):
    with_all = assess(read_county(folder)).to_dict()
    for name in RESOURCES:
        (folder / f"{name}.csv").unlink()
    without = assess(read_county(folder)).to_dict()
    assert with_all.pop("input_sha256") != without.pop("input_sha256")
    assert with_all == without


@pytest.mark.parametrize("name", RESOURCES)
def test_each_may_be_there_alone_and_is_not_there_when_empty(folder, name):
    for other in RESOURCES:
        if other != name:
            (folder / f"{other}.csv").unlink()
    assert set(read_county(folder).tables) == {*VERDICT, name}
    edit(folder, name, lambda rows: rows.__delitem__(slice(1, None)))
    assert set(read_county(folder).tables) == set(VERDICT)


@pytest.mark.parametrize("name", RESOURCES)
def test_optional_columns_may_be_left_out(folder, name):
    table = schema().table(name)
    optional = [c.name for c in table.columns if c.column == "optional"]

    def drop(rows):
        kept = [k for k, header in enumerate(rows[0]) if header not in optional]
        rows[:] = [[row[k] for k in kept] for row in rows]

    edit(folder, name, drop)
    found = read_county(folder)
    assert found.warnings == []
    assert found.tables[name][optional].isna().all().all()


def test_the_template_says_which_sheets_may_stay_empty(tmp_path):
    book = openpyxl.load_workbook(write_workbook(tmp_path / "template.xlsx"))
    notes = {row[0]: row[3] for row in book["填表说明"].iter_rows(values_only=True) if row[3]}
    labels = [schema().table(name).label for name in RESOURCES]
    assert all(notes[label].startswith("判定用不到，可以空着") for label in labels)
    assert [label for label in notes if label and "可以空着" in notes[label]] == labels
    assert {label: book[label].max_row for label in labels} == dict.fromkeys(labels, 1)
    money = book["学校经费"]
    assert [cell.value for cell in money[1]][:3] == ["学校标识码", "年份", "公用经费预算总额（元）"]
    assert money.column_dimensions["A"].number_format == "@"  # a number of a school typed in stays text


# Faults of each table


TWICE = [(name, schema().table(name).row) for name in RESOURCES]


@pytest.mark.parametrize(("name", "row"), TWICE)
def test_a_key_that_is_there_twice(folder, name, row):
    """The last row once more: both are named, with what may stand in one row only."""
    edit(folder, name, lambda rows: rows.append(rows[-1]))
    first = schema().table(name).columns[0].label
    faults = [f for f in found_in(folder) if "重复" in f.reason]
    with (folder / f"{name}.csv").open(encoding="utf-8") as file:
        last = len(list(file))
    assert [(f.row, f.column, f.reason) for f in faults] == [
        (last - 1, first, f"与第{last}行重复"),
        (last, first, f"与第{last - 1}行重复"),
    ]
    assert {f.action for f in faults} == {f"{row}只能有一行，请改正或删去"}


def test_only_the_whole_key_tells_rows_apart(folder):
    """A school has several years, and many schools have the same year."""
    put(folder, "money", 2, "year", "2022")
    assert [(f.row, f.column, f.value, f.reason) for f in found_in(folder)] == [
        (2, "学校标识码", "9900000001", "与第3行重复"),
        (3, "学校标识码", "9900000001", "与第2行重复"),
    ]


ONE_ROW = ("school_items", "boarding", "digital", "care")  # a school
STRANGERS = [(t.name, c.name) for t in schema().tables for c in t.references if c.refers == "schools"]


@pytest.mark.parametrize(("name", "column"), STRANGERS)
def test_a_stranger_is_named_once_a_column(folder, name, column):
    number = "0000000000" if column == "from_id" else "9999999999"

    def change(rows):
        at = rows[0].index(column)
        for row in rows[2:4]:
            row[at] = number
        if name in ONE_ROW:
            del rows[3]

    edit(folder, name, change)
    strangers = [f for f in found_in(folder) if "不在“学校”表里" in f.reason]
    label = schema().table(name).column(column).label
    assert [(f.sheet, f.row, f.column, f.value) for f in strangers] == [(f"{name}.csv", 3, label, number)]
    several = name not in ONE_ROW
    assert strangers[0].reason == "不在“学校”表里" + ("，共有2行" if several else "")


def test_all_references_are_known():
    assert STRANGERS == [
        ("school_items", "school_id"),
        ("money", "school_id"),
        ("ledger", "school_id"),
        ("buildings", "school_id"),
        ("boarding", "school_id"),
        ("digital", "school_id"),
        ("enrolment", "school_id"),
        ("distances", "from_id"),
        ("distances", "to_id"),
        ("history", "school_id"),
        ("monitoring_levels", "school_id"),
        ("teachers", "school_id"),
        ("teachers", "lives_near"),
        ("studios", "school_id"),
        ("peer_contacts", "school_id"),
        ("peer_contacts", "other_id"),
        ("pairings", "school_id"),
        ("pairings", "partner_id"),
        ("scores", "school_id"),
        ("lesson_log", "school_id"),
        ("timetable", "school_id"),
        ("group_pupils", "school_id"),
        ("cohorts", "school_id"),
        ("children", "school_id"),
        ("care", "school_id"),
        ("school_results", "school_id"),
        ("programmes", "school_id"),
        ("survey_frame", "school_id"),
        ("survey", "school_id"),
        ("inspections", "school_id"),
        ("actions", "school_id"),
    ]


@pytest.mark.parametrize(
    ("name", "column", "value", "reason"),
    [
        ("money", "year", "", "是空的"),
        ("money", "running_budget", "-1", "是负数"),
        ("money", "training_spending", "99999999", "大于“公用经费支出”的"),
        ("ledger", "quantity", "", "是空的"),
        ("ledger", "quantity", "2.5", "不是整数"),
        ("ledger", "category", "课桌", "不在可选的值里"),
        ("ledger", "year_bought", "1700", "小于1800"),
        ("buildings", "safety", "E", "不在可选的值里"),
        ("buildings", "area", "一千", "不是数"),
        ("boarding", "hot_water", "有", "不在可选的值里"),
        ("digital", "open_seats", "9999", "大于“学生终端数”的"),
        ("enrolment", "grade1", "两个班", "不是数"),
        ("births", "births", "", "是空的"),
        ("distances", "km", "1001", "大于允许的最大值1,000"),
        ("history", "year", "", "是空的"),
        ("history", "qualified_primary", "999", "大于“小学专任教师数”的"),
        ("history", "indoor_sports_area", "99999", "大于“教学及辅助用房面积”的"),
        ("absences", "month", "2018年3月", "不是年月"),
        ("absences", "month", "2018-03-15", "不是年月"),
        ("absences", "month", "2018-13", "不是年月"),
        ("school_results", "score", "缺考", "不是数"),
        ("school_results", "fitness", "46", "大于1"),
        ("survey_frame", "answered", "27", "大于“发出问卷数”的26"),
        ("survey_frame", "sent", "9999", "大于“总人数”的"),
        ("actions", "due", "2025年6月底", "不是日期"),
    ],
)
def test_a_wrong_cell_is_named(folder, name, column, value, reason):
    put(folder, name, 2, column, value)
    faults = [f for f in found_in(folder) if f.severity == "fault"]
    assert [(f.sheet, f.row, f.column) for f in faults] == [
        (f"{name}.csv", 2, schema().table(name).column(column).label)
    ]
    assert reason in faults[0].reason
    assert faults[0].action


def test_a_month_is_understood_as_spreadsheets_change_it():
    """What is typed as 2022-09 becomes the first day of the month."""
    typed = [
        "2022-09",
        "2022-9",
        "2022-09-01",
        datetime.date(2022, 9, 1),
        datetime.datetime(2022, 9, 1),
        None,
    ]
    values, bad = parse(schema().table("absences").column("month"), np.array(typed, dtype=object))
    assert list(values) == ["2022-09"] * 5 + [None]
    assert bad == []


def test_a_month_named_twice_is_named_at_both_rows(folder):
    put(folder, "absences", 3, "month", "2018-03")
    found = [f for f in found_in(folder) if f.severity == "fault"]
    assert [(f.row, f.column, f.reason) for f in found] == [
        (2, "月份", "与第3行重复"),
        (3, "月份", "与第2行重复"),
    ]


# Against the table of schools. School 9900000001: 1,000 pupils, 60 teachers, 140 computers, equipment of 215.6 万元,
# 5,400 m² of which 600 for sports indoors. School 9900000011 boards 65 of its pupils.


@pytest.mark.parametrize(
    ("name", "row", "column", "value", "place", "severity", "words"),
    [
        ("enrolment", 9, "grade1", "139", (9, "学校标识码", "9900000001"), "fault",
         ["最后一年小学各年级合计1001人", "与“学校”表“小学在校生数”的1000人不符", "同一年"]),
        ("ledger", 2, "quantity", "46", (2, "学校标识码", "9900000001"), "warning",
         ["台账里的计算机合计141台", "“计算机台数”的140台不符，相差0.7%", "属实就不用改"]),
        ("ledger", 2, "unit_value", "4760.94", (2, "学校标识码", "9900000001"), "warning",
         ["各批设备数量乘单价合计220.1万元", "“教学仪器设备值”的215.6万元不符，相差2.1%"]),
        ("buildings", 2, "area", "2284.7", (2, "学校标识码", "9900000001"), "warning",
         ["教学及辅助用房、室内体育用房各栋面积合计5500平方米", "的5400平方米不符，相差1.9%"]),
        ("boarding", 2, "boarders_primary", "9999", (2, "小学寄宿生数", "9999"), "fault",
         ["大于“学校”表“小学在校生数”的", "部分不能大于全部"]),
        ("digital", 2, "pupil_terminals", "141", (2, "学生终端数", "141"), "fault", ["大于“学校”表“计算机台数”的140"]),
        ("digital", 2, "platform_teachers", "61", (2, "用国家平台的教师数", "61"), "fault",
         ["大于“学校”表“小学专任教师数”加“初中专任教师数”的60"]),
        ("digital", 2, "trained_teachers", "61", (2, "完成信息技术培训的教师数", "61"), "fault",
         ["加“初中专任教师数”的60", "部分不能大于全部"]),
        ("enrolment", 2, "grade9", "12", (2, "九年级学生数", "12"), "warning", ["办学类型没有初中学段"]),
        ("distances", 2, "to_id", "9900000001", (2, "起点学校标识码", "9900000001"), "fault",
         ["不小于“终点学校标识码”的9900000001", "小的标识码在前"]),
    ],
)  # fmt: skip
def test_what_disagrees_is_named_with_both_numbers(folder, name, row, column, value, place, severity, words):
    put(folder, name, row, column, value)
    (fault,) = found_in(folder)
    assert (fault.sheet, fault.row, fault.column, fault.value) == (f"{name}.csv", *place)
    assert fault.severity == severity
    assert [word for word in words if word not in str(fault)] == []


def test_indoor_sports_rooms_that_are_teaching_rooms_in_the_list(folder):
    """The sum of both is right; that of the sports rooms is not."""
    put(folder, "buildings", 4, "use", "teaching")
    (warning,) = found_in(folder)
    assert (warning.row, warning.severity) == (2, "warning")
    assert "室内体育用房各栋面积合计0平方米，与“学校”表“室内体育用房面积”的600平方米不符" in warning.reason


def test_within_one_in_a_hundred_a_ledger_agrees(folder):
    """215.6 万元; one more lab set of 20,000 元 is 0.93 % more, of 22,000 元 is 1.02 %."""
    row = ["X1", "9900000001", "lab", "1", "20000", "2024", "good"]
    edit(folder, "ledger", lambda rows: rows.append(row))
    assert found_in(folder) == []
    edit(folder, "ledger", lambda rows: rows[-1].__setitem__(4, "22000"))
    assert len(found_in(folder)) == 1


def test_a_school_that_is_in_one_table_only_has_no_sum_that_is_wrong(folder):
    """Its sums are not known, not 0; that its grades are lacking is said once, and a lacking ledger is no fault."""
    edit(
        folder,
        "ledger",
        lambda rows: rows.__setitem__(slice(1, None), [r for r in rows[1:] if r[1][-1] != "1"]),
    )
    edit(folder, "enrolment", lambda rows: rows.__setitem__(slice(1, None), rows[9:]))
    assert [(f.rule, f.school_id) for f in found_in(folder)] == [("enrolment.school", "9900000001")]


def test_a_cell_at_fault_is_not_said_twice(folder):
    """A number that cannot be read leaves its sum unsure: one fault, no second one about the sum."""
    put(folder, "enrolment", 9, "grade1", "很多")
    put(folder, "ledger", 2, "quantity", "很多")
    put(folder, "schools", 2, "teaching_area", "很大")
    assert [(f.sheet, f.row) for f in found_in(folder)] == [
        ("schools.csv", 2),
        ("ledger.csv", 2),
        ("enrolment.csv", 9),
    ]


def test_earlier_years_need_not_agree(folder):
    (folder / "group_pupils.csv").unlink()  # it has all pupils of earlier years too
    put(folder, "enrolment", 8, "grade1", "1")
    assert found_in(folder) == []


def test_pupils_that_are_blank_in_a_stage_of_the_school_are_named(folder):
    """One warning a row and stage; the sample has none, and junior grades of a primary school stay blank."""
    assert found_in(folder) == []
    put(folder, "enrolment", 4, "grade3", "")
    put(folder, "enrolment", 4, "grade5", "")
    (warning,) = found_in(folder)
    place = (warning.sheet, warning.row, warning.column, warning.value, warning.severity)
    assert place == ("enrolment.csv", 4, "三年级学生数", None, "warning")
    name = sample_county().schools.set_index("school_id").loc["9900000001", "name"]
    assert warning.reason == f"{name}2020年的三年级学生数、五年级学生数是空的"
    assert "没有学生写0" in warning.action


def test_a_year_that_is_missing_between_two_is_named(folder):
    """A school's 2020 and 2021 are gone; it may well begin later or end earlier."""
    edit(folder, "enrolment", lambda rows: rows.__delitem__(slice(3, 5)))
    (warning,) = found_in(folder)
    assert (warning.sheet, warning.row, warning.column, warning.severity) == (
        "enrolment.csv",
        4,
        "年份",
        "warning",
    )
    assert "缺2020、2021年" in warning.reason
    assert "补上缺的年份" in warning.action
    edit(folder, "enrolment", lambda rows: rows.__delitem__(slice(1, 3)))
    assert found_in(folder) == []


# Several counties


def two(tables):
    """Return two counties of the same schools under other numbers."""
    frames = {}
    for code, (name, frame) in itertools.product(("H01", "H02"), tables.items()):
        ids = [c.name for c in schema().table(name).columns if c.identifies and c.name in frame]
        own = {column: code + frame[column] for column in ids}
        own |= {"county_id": code} if "county_id" in frame else {}
        frames.setdefault(name, []).append(frame.assign(**own))
    return {name: pd.concat(both, ignore_index=True) for name, both in frames.items()}


def test_several_counties_have_their_own_births(tmp_path):
    tables = two(sample_county(7).tables)
    write_csv(tables, tmp_path)
    county = read_county(tmp_path)
    assert county.warnings == []
    assert list(county.tables["births"]["county_id"].unique()) == ["H01", "H02"]
    write_csv({"births": tables["births"].assign(county_id=None)}, tmp_path)
    found = [(f.sheet, f.row, f.column) for f in found_in(tmp_path)]
    assert found.count(("births.csv", 2, "县区代码")) == 1


# Shown to people


def test_every_table_is_shown_in_chinese():
    """A name that two tables have means what it means in this one: area is a kind of place, or square metres."""
    tables = sample_county(7).tables
    for name, frame in tables.items():
        shown = in_chinese(frame)
        labels = [c.header for c in schema().table(name).written if c.name in frame]
        assert set(shown.columns) >= set(labels if name != "county_items" else []), name
        assert not any(text.isascii() for text in shown.columns), name
    buildings = in_chinese(tables["buildings"])
    assert list(buildings["建筑面积（平方米）"]) == list(tables["buildings"]["area"])
    assert set(buildings["用途"]) <= {"教学及辅助用房", "室内体育用房", "宿舍", "食堂", "办公用房"}
    assert set(in_chinese(tables["boarding"])["消防验收合格"]) == {"是", "否"}
    assert set(in_chinese(tables["schools"])["城乡类型"]) == {"城区", "镇区", "乡村"}
