"""Reading a county: every form that is understood, and everything that is refused, all at once."""

import csv
import io

import numpy as np
import openpyxl
import pandas as pd
import pytest
from conftest import ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from balancelib.county import InputError, read_county
from balancelib.county.cells import as_text, parse
from balancelib.county.schema import schema
from balancelib.county.write import write_workbook

SAMPLE = ROOT / "data" / "county"


@pytest.fixture
def rows():
    """The sample's table of schools, as lists of text; the first is the header."""
    with (SAMPLE / "schools.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@pytest.fixture
def save(tmp_path):
    """Write rows as schools.csv and return the folder."""

    def write(rows, encoding="utf-8", name="schools.csv"):
        text = io.StringIO(newline="")
        csv.writer(text).writerows(rows)
        (tmp_path / name).write_bytes(text.getvalue().encode(encoding))
        return tmp_path

    return write


def faults_of(path, **options):
    """What reading refuses; a warning is no reason to refuse."""
    with pytest.raises(InputError) as caught:
        read_county(path, **options)
    return [fault for fault in caught.value.faults if fault.severity == "fault"]


def put(rows, row, column, value):
    """Set the cell in a spreadsheet's row (the header is row 1) and named column."""
    rows[row - 1][rows[0].index(column)] = value


# Forms that are understood


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings(rows, save, encoding):
    assert read_county(save(rows, encoding)).schools["name"].iloc[0] == "城关镇第一小学"


@pytest.mark.parametrize("form", ["label", "header", "name"])
def test_chinese_labels_and_machine_names(rows, save, form):
    expected = read_county(save(rows)).schools
    table = schema().table("schools")
    rows[0] = [getattr(table.column(name), form) for name in rows[0]]
    if form != "name":
        for row in rows[1:]:
            for at, header in enumerate(rows[0]):
                column = next(c for c in table.columns if getattr(c, form) == header)
                row[at] = column.codes.get(row[at], row[at])
    pd.testing.assert_frame_equal(read_county(save(rows)).schools, expected)


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("school_id", "0099", "0099"),
        ("pupils_primary", " 1000 ", 1000.0),
        ("pupils_primary", "1000.0", 1000.0),
        ("teaching_area", "5.4e3", 5400.0),
        ("kind", "小　学", "primary"),
        ("kind", "PRIMARY", "primary"),
        ("township", "", None),
    ],
)
def test_cells_that_are_understood(rows, save, column, text, value):
    put(rows, 2, column, text)
    assert read_county(save(rows)).schools[column].iloc[0] == value or value is None


def test_numbers_keep_their_last_digit(rows, save):
    """A peer's reader loses the last bit of decimals; these verdicts hang on it."""
    numbers = ["4925.2699999999995", "0.1", "123456.78900000002"]
    for i, number in enumerate(numbers):
        put(rows, 2 + i, "sports_ground_area", number)
    found = read_county(save(rows)).schools["sports_ground_area"]
    assert [repr(x) for x in found.iloc[:3]] == [repr(float(x)) for x in numbers]


def test_school_id_is_text_also_where_a_workbook_holds_a_number(tmp_path):
    path = write_workbook(tmp_path / "county.xlsx", read_county(SAMPLE).tables)
    book = openpyxl.load_workbook(path)
    for name in ("学校", "学校其他项目"):
        book[name]["A2"] = 9900000001
    book.save(path)
    assert read_county(path).schools["school_id"].iloc[0] == "9900000001"


def test_blank_rows_and_unknown_columns_are_passed_over(rows, save):
    expected = read_county(save(rows)).schools
    rows = [[*row, "备注"] for row in rows]
    rows.insert(5, [""] * len(rows[0]))
    pd.testing.assert_frame_equal(read_county(save(rows)).schools, expected)


# What is refused: table, row, column, value, what to do


@pytest.mark.parametrize(
    ("column", "value", "reason", "action"),
    [
        ("pupils_primary", "一千", "不是数", "只填数字"),
        ("pupils_primary", "１０００", "不是数", "1000"),
        ("pupils_primary", "1,000", "不是数", "千分位"),
        ("pupils_primary", "—", "不是数", "留空"),
        ("pupils_primary", "1000人", "不是数", "单位"),
        ("pupils_primary", "-1", "负数", "核对"),
        ("pupils_primary", "10.5", "不是整数", "整数"),
        ("pupils_primary", "inf", "不是有限的数", "实际的数"),
        ("pupils_primary", "1e12", "大于允许的最大值", "单位"),
        ("teaching_area", "nan", "不是数", ""),
        ("teaching_area", "-0.01", "负数", "核对"),
        ("teaching_area", "", "空的", "空白不会当作0"),
        ("pupils_primary", "", "空的", "空白不会当作0"),
        ("pe_arts_primary", "", "空的", "空白不会当作0"),
        ("kind", "中学", "不在可选的值里", "初级中学"),
        ("kind", "", "空的", "填写"),
        ("operator", "国有", "不在可选的值里", "民办"),
        ("name", "", "空的", "填写"),
        ("name", "甲" * 1001, "超过1000", "缩短"),
        ("name", "甲\x07校", "控制字符", "重新录入"),
        ("school_id", "9900000003", "重复", "一所学校只能有一行"),
        ("pupils_junior", "30", "没有初中学段", "改正"),
        ("backbone_primary", "61", "大于", "部分不能大于全部"),
        ("indoor_sports_area", "5400.01", "大于", "部分不能大于全部"),
    ],
)
def test_a_wrong_cell_is_named_with_its_place_and_what_to_do(rows, save, column, value, reason, action):
    put(rows, 2, column, value)
    found = [f for f in faults_of(save(rows)) if f.row == 2]
    assert [f.column for f in found] == [schema().table("schools").column(column).label]
    assert found[0].sheet == "schools.csv"
    assert reason in found[0].reason
    assert action in found[0].action
    shown = found[0].value
    assert shown is None if value == "" else value[:5].replace("\x07", "�") in shown


def test_all_faults_at_once(rows, save):
    put(rows, 2, "pupils_primary", "一千")
    put(rows, 3, "teaching_area", "-4")
    put(rows, 4, "kind", "大学")
    put(rows, 6, "school_id", rows[6][0])
    del_at = rows[0].index("books")
    rows = [[cell for at, cell in enumerate(row) if at != del_at] for row in rows]
    assert [f.column for f in faults_of(save(rows))] == [
        "图书册数"
    ]  # first the columns: nothing else is sure
    rows = [[*row, "100" if i else "图书册数（册）"] for i, row in enumerate(rows)]
    found = {(f.row, f.column) for f in faults_of(save(rows))}
    assert found == {
        (2, "小学在校生数"),
        (3, "教学及辅助用房面积"),
        (4, "办学类型"),
        (6, "学校标识码"),
        (7, "学校标识码"),
    }


def test_a_column_twice_by_any_of_its_names(rows, save):
    rows = [[*row, "小学在校生数" if i == 0 else "5"] for i, row in enumerate(rows)]
    assert "两列" in faults_of(save(rows))[0].reason


def test_a_row_longer_than_the_header(rows, save):
    rows[4].append("7")
    found = faults_of(save(rows))
    assert (found[0].row, "比表头" in found[0].reason) == (5, True)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("校长手机", "x"), ("身份证号", ""), ("联系电话", "0571"), ("id_card", "x"),
        ("备注", "13800138000"), ("备注", "+86 138-0013-8000"), ("备注", "11010519491231002X"), ("", "110105194912310021"),
    ],
)  # fmt: skip
def test_personal_columns_are_refused(rows, save, header, value):
    rows = [[*row, header if i == 0 else value] for i, row in enumerate(rows)]
    assert "个人信息" in faults_of(save(rows))[0].reason


def test_an_empty_county_is_refused(rows, save):
    assert "一所学校也没有" in faults_of(save(rows[:1]))[0].reason


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("county.xlsx", b"", "不是能读的"),
        ("county.xlsx", b"PK\x03\x04 and then nothing", "不是能读的"),
        ("county.xls", b"\xd0\xcf\x11\xe0", "不是.xlsx"),
        ("county.txt", b"1,2", "不是.xlsx"),
    ],
)
def test_unreadable_files(tmp_path, name, content, reason):
    (tmp_path / name).write_bytes(content)
    assert reason in faults_of(tmp_path / name)[0].reason


@pytest.mark.parametrize("content", [b"", b"\xff\xff\xff", b'"', "学校标识码\n".encode()])
def test_unreadable_tables(tmp_path, content):
    (tmp_path / "schools.csv").write_bytes(content)
    assert faults_of(tmp_path)


def test_what_is_not_there(tmp_path):
    assert "找不到" in faults_of(tmp_path / "nowhere")[0].reason
    assert "没有“学校”表" in faults_of(tmp_path)[0].reason


def test_items_that_are_wrong_are_named(rows, save):
    items = [
        ["项目", "值"],
        ["公务员年平均工资收入", "九万"],
        ["charter_x", "1"],
        ["有重点学校或重点班", "也许"],
    ]
    save([*items, ["exchange_moved", "12"], ["交流轮岗教师数", "13"]], name="county_items.csv")
    with pytest.raises(InputError) as caught:
        read_county(save(rows))
    found = {(f.row, f.column, f.severity) for f in caught.value.faults if f.sheet == "county_items.csv"}
    assert found == {
        (2, "公务员年平均工资收入", "fault"), (3, "项目", "warning"), (4, "有重点学校或重点班", "fault"), (6, "交流轮岗教师数", "fault"),
    }  # fmt: skip


def test_items_of_schools_that_are_not_there(rows, save):
    save([["school_id", "largest_class_primary"], ["nobody", "40"]], name="school_items.csv")
    assert "不在“学校”表里" in faults_of(save(rows))[0].reason


# Warnings: said, and no reason to stop


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("pupils_primary", "0", "没有学生"),
        ("name", "城关镇第二小学", "同名"),
        ("teachers_junior", "3", "没有使用"),
    ],
)
def test_warnings(rows, save, column, value, reason):
    for part in ("classes", "teachers", "qualified", "backbone", "pe_arts", "senior_title"):
        if (column, value) == ("pupils_primary", "0"):
            put(rows, 2, f"{part}_primary", "0")
    put(rows, 2, column, value)
    found = read_county(save(rows)).warnings
    assert any(reason in w.reason and w.row == 2 for w in found)
    assert {w.severity for w in found} == {"warning"}


def test_jumps_against_the_year_before(rows, save, tmp_path):
    before = read_county(save(rows)).schools.iloc[0]
    folder = tmp_path / "now"
    folder.mkdir()
    put(rows, 2, "equipment_value", str(10 * before["equipment_value"]))
    put(rows, 3, "pupils_primary", str(int(before["pupils_primary"])))
    (folder / "schools.csv").write_bytes(save(rows).joinpath("schools.csv").read_bytes())
    (tmp_path / "schools.csv").write_bytes((SAMPLE / "schools.csv").read_bytes())
    found = read_county(folder, previous=tmp_path).warnings
    assert [(w.row, w.column) for w in found] == [(2, "教学仪器设备值")]


# Properties


@given(
    st.lists(
        st.one_of(st.none(), st.just(""), st.just("  "), st.floats(), st.integers(), st.text(max_size=12))
    )
)
def test_blank_is_never_zero(cells):
    """A value is given for a cell, or the cell is blank or refused: nothing else becomes a number."""
    array = np.fromiter(cells, dtype=object, count=len(cells))
    column = schema().table("schools").column("teaching_area")
    values, bad = parse(column, array)
    refused = {b.position for b in bad}
    for i, text in enumerate(as_text(array)):
        if text == "" or i in refused:
            assert np.isnan(values[i])
        else:
            assert values[i] == float(text) >= 0


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    content=st.one_of(
        st.binary(max_size=300), st.text(max_size=300).map(lambda t: t.encode("utf-8", "ignore"))
    )
)
def test_any_bytes_are_read_or_refused(tmp_path, content):
    for name in ("schools.csv", "county.xlsx"):
        (tmp_path / name).write_bytes(content)
    for path in (tmp_path, tmp_path / "county.xlsx"):
        with pytest.raises(InputError):
            read_county(path)


CELLS = st.one_of(
    st.sampled_from(["", "0", "12", "-3", "1e400", "nan", "是", "小学", "primary", "=1+1", "'", '"', ";", "\n", "0x10", "1_000", "٣"]),
    st.text(max_size=8),
)  # fmt: skip


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(changes=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 28), CELLS), min_size=1, max_size=8))
def test_any_cells_are_read_or_refused(rows, save, changes):
    rows = [list(row) for row in rows]
    for row, column, value in changes:
        rows[row][column] = value
    try:
        county = read_county(save(rows, "utf-8"))
    except InputError as error:
        assert all(f.sheet and f.reason and f.action for f in error.faults)
    else:
        assert len(county.schools) >= 59
