"""Reading a county: every form that is understood, and everything that is refused, all at once."""

import csv
import io
import pathlib
import re

import numpy as np
import openpyxl
import pandas as pd
import pytest
from conftest import ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples import sample_county

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


@pytest.fixture(scope="module")
def workbook(tmp_path_factory):
    """The sample as a workbook, of the tables that the tests below change, written once."""
    tables = {name: sample_county(7).tables[name] for name in ("schools", "school_items", "county_items")}
    return write_workbook(tmp_path_factory.mktemp("workbook") / "county.xlsx", tables)


@pytest.fixture
def filled(workbook, tmp_path):
    """Write cells, each a sheet, a place and a value, into a copy of the workbook and return it."""

    def fill(cells):
        book = openpyxl.load_workbook(workbook)
        for sheet, place, value in cells:
            book[sheet][place] = value
        book.save(tmp_path / "county.xlsx")
        return tmp_path / "county.xlsx"

    return fill


def test_school_id_is_text_also_where_a_workbook_holds_a_number(filled):
    path = filled([("学校", "A2", 9900000001), ("学校其他项目", "A2", 9900000001)])
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
    found = {(f.row, f.column) for f in faults_of(save(rows))}
    assert found == {
        (1, "图书册数"),
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
    """The cells of that row are not judged, as they may be shifted; those of all others are."""
    rows[4].append("7")
    put(rows, 5, "pupils_primary", "")
    put(rows, 9, "kind", "大学")
    save([["school_id", "largest_class_primary"], [rows[4][0], "很多"]], name="school_items.csv")
    found = faults_of(save(rows))
    assert [(f.sheet, f.row, f.column) for f in found] == [
        ("schools.csv", 5, None), ("schools.csv", 9, "办学类型"), ("school_items.csv", 2, "小学最大班额"),
    ]  # fmt: skip
    assert "比表头" in found[0].reason


@pytest.mark.parametrize("missing", ["school_id", "kind", "pupils_primary", "classes_primary", "name"])
def test_a_missing_column_is_one_fault_and_hides_none(rows, save, missing):
    """Nothing is made up from the column that is not there, not in the other table either."""
    save([["school_id", "year_built"], [rows[1][0], "去年"]], name="school_items.csv")
    put(rows, 3, "teaching_area", "-4")
    at = rows[0].index(missing)
    found = faults_of(save([[cell for i, cell in enumerate(row) if i != at] for row in rows]))
    label = schema().table("schools").column(missing).label
    assert {(f.sheet, f.row, f.column) for f in found} == {
        ("schools.csv", 1, label), ("schools.csv", 3, "教学及辅助用房面积"), ("school_items.csv", 2, "建成年份"),
    }  # fmt: skip


def test_an_unreadable_table_does_not_hide_the_faults_of_another(rows, save):
    put(rows, 3, "teaching_area", "-4")
    folder = save(rows)
    (folder / "school_items.csv").write_bytes('school_id,charter\n1,是\n2,"是\n'.encode())
    (folder / "county_items.csv").write_bytes(b"\xff\xff\xff")
    found = {f.sheet: f for f in faults_of(folder)}
    assert set(found) == {"schools.csv", "school_items.csv", "county_items.csv"}
    assert found["school_items.csv"].row == 3
    assert not re.search("[a-z]{4}", found["school_items.csv"].reason)


def test_a_title_above_the_header_is_said_and_all_below_it_is_read(rows, save):
    put(rows, 3, "teaching_area", "-4")
    title = [["云岭县2026年学校情况表", *[""] * (len(rows[0]) - 1)], ["单位：人、平方米"]]
    found = faults_of(save([*title, *rows]))
    assert [(f.row, f.column) for f in found] == [(3, None), (5, "教学及辅助用房面积")]
    assert "表头在第3行" in found[0].reason
    assert "删去它上面的2行" in found[0].action


def test_a_table_that_is_there_twice(rows, save, workbook, tmp_path):
    save(rows)
    found = faults_of(save(rows, name="学校.csv"))
    assert [f.reason for f in found] == ["“学校”表有2份：schools.csv、学校.csv"]
    book, path = openpyxl.load_workbook(workbook), tmp_path / "county.xlsx"
    book.copy_worksheet(book["县级项目"]).title = "county_items"
    book.save(path)
    assert [f.reason for f in faults_of(path)] == ["“县级项目”表有2份：县级项目、county_items"]


def test_an_empty_county_is_one_fault(rows, save):
    save([["school_id", "charter"], *(["9900", "是"] for _ in range(3))], name="school_items.csv")
    found = faults_of(save(rows[:1]))
    assert [f.sheet for f in found if "重复" not in f.reason] == ["schools.csv"]


# What cannot be seen


@pytest.mark.parametrize("column", ["school_id", "name", "kind", "pupils_primary", "township"])
@pytest.mark.parametrize("unseen", ["\u200b", "\ufeff", "\u202e", "\u00ad", "\x1b", "\u2028"])
def test_what_cannot_be_seen_is_refused_everywhere(rows, save, column, unseen):
    put(rows, 3, column, rows[2][rows[0].index(column)] + "1" + unseen + "1")
    found = faults_of(save(rows))
    assert [(f.row, f.column) for f in found] == [(3, schema().table("schools").column(column).label)]
    assert "看不见" in found[0].reason
    assert unseen not in str(found[0])


def test_an_unseen_character_in_a_header(rows, save):
    rows[0][5] = "小学\u200b在校生数"
    found = faults_of(save(rows))
    assert [(f.row, f.column) for f in found] == [(1, "小学�在校生数")]


def test_unseen_characters_among_the_items(rows, save):
    items = [
        ["项目", "值", "县区代码"],
        ["交流\u200b轮岗教师数", "5", ""],
        ["申报年份", "2026", "33\x1b[31m"],
    ]
    save(items, name="county_items.csv")
    found = faults_of(save(rows))
    assert [(f.row, f.column) for f in found] == [(2, "项目"), (3, "县区代码")]
    assert "\x1b" not in str(InputError(found))


def test_what_is_echoed_is_short_and_tame(rows, save):
    save([["项目", "值"], ["\x1b[2J" + "长" * 500, "5"]], name="county_items.csv")
    rows = [[*row, "电话" + "\x1b[31m" + "长" * 500 if i == 0 else ""] for i, row in enumerate(rows)]
    for fault in faults_of(save(rows)):
        assert "\x1b" not in str(fault)
        assert len(str(fault)) < 150


# Errors of formulas


@pytest.mark.parametrize("error", ["#DIV/0!", "#REF!", "#N/A", "#VALUE!"])
def test_errors_of_formulas_are_refused(filled, rows, save, error):
    """Also where a blank would pass: that is how the reader of workbooks gives them."""
    cells = [
        ("学校", "F3", error),
        ("学校", "AB4", error),
        ("学校其他项目", "B2", error),
        ("县级项目", "B3", error),
    ]
    found = faults_of(filled(cells))
    assert [(f.sheet, f.row, f.value) for f in found] == [
        ("学校", 3, error), ("学校", 4, error), ("学校其他项目", 2, error), ("县级项目", 3, error),
    ]  # fmt: skip
    assert all("公式" in f.reason and "公式" in f.action for f in found)
    put(rows, 3, "pupils_primary", error)
    assert "公式" in faults_of(save(rows))[0].reason


def test_a_formula_that_was_never_worked_out_is_refused(filled):
    found = faults_of(filled([("学校其他项目", "B2", "=40+5")]))
    assert [(f.sheet, f.row, f.column) for f in found] == [("学校其他项目", 2, "小学最大班额")]
    assert "保存一次" in found[0].action


# Personal information


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("township", "13800138000"), ("township", "联系人老张 138 0013 8000"), ("name", "城关小学（13800138000）"),
        ("name", "城关小学110105194912310021"), ("township", "110105491231002"), ("township", "0571-88888888"),
        ("name", "城关小学１３８００１３８０００"), ("school_id", "11010519491231002X"),
    ],
)  # fmt: skip
def test_personal_information_in_known_columns_is_refused_and_not_echoed(rows, save, column, text):
    put(rows, 3, column, text)
    found = faults_of(save(rows))
    assert [(f.row, f.column) for f in found] == [(3, schema().table("schools").column(column).label)]
    assert text not in str(found[0])


@pytest.mark.parametrize("value", ["110105491231002", "0571-88888888", "(010)62345678", "办公室057188888888"])
def test_older_identity_numbers_and_landlines_in_unknown_columns_are_refused(rows, save, value):
    rows = [[*row, "备注" if i == 0 else value if i == 7 else ""] for i, row in enumerate(rows)]
    assert [f.column for f in faults_of(save(rows))] == ["备注"]


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("school_id", "3133013800"), ("school_id", "13800138000"), ("school_id", "110105194912310021"),
        ("school_id", "313800138000"), ("township", "330106138000138"), ("township", "330106001000"), ("备注", "120.13812345678"),
        ("备注", "2024-09-01 08:30:00"), ("备注", "9138001380001"), ("备注", "12330106470103121T"), ("备注", "00000012345"),
        ("name", "第13800138000123小学"), ("备注", "3.30106194912310e5"), ("备注", "999999194912310021"),
    ],
)  # fmt: skip
def test_other_numbers_are_no_personal_information(rows, save, column, text):
    if column not in rows[0]:
        rows = [[*row, column if i == 0 else ""] for i, row in enumerate(rows)]
    put(rows, 3, column, text)
    read_county(save(rows))


# Impossible numbers


def sized(rows, save, pupils, classes, largest, kind="primary"):
    """A county whose second school has these pupils and classes and this largest class."""
    for column, value in (("kind", kind), ("pupils_primary", pupils), ("classes_primary", classes)):
        put(rows, 3, column, value)
    save([["school_id", "largest_class_primary"], [rows[2][0], largest]], name="school_items.csv")
    return save(rows)


@pytest.mark.parametrize(
    ("pupils", "classes", "largest", "sheet", "reason"),
    [
        ("21", "1", "22", "school_items.csv", "大于小学在校生数21"),
        ("1000", "24", "5", "school_items.csv", "小于平均每班人数"),
        ("1000", "24", "41", "school_items.csv", "小于平均每班人数"),
        ("1000", "0", "45", "schools.csv", "有1000名学生"),
    ],
)
def test_impossible_classes_are_faults(rows, save, pupils, classes, largest, sheet, reason):
    found = faults_of(sized(rows, save, pupils, classes, largest))
    assert [(f.sheet, reason in f.reason) for f in found] == [(sheet, True)]


@pytest.mark.parametrize(
    ("pupils", "classes", "largest"), [("21", "1", "21"), ("1000", "24", "42"), ("1000", "24", "")]
)
def test_possible_classes_pass(rows, save, pupils, classes, largest):
    assert read_county(sized(rows, save, pupils, classes, largest)).warnings == []


@pytest.mark.parametrize(("classes", "largest"), [("4", "9"), ("0", "")])
def test_pupils_taught_at_home_only_warn(rows, save, classes, largest):
    found = read_county(sized(rows, save, "60", classes, largest, "special")).warnings
    assert [("送教上门" in w.action, w.severity) for w in found] == [(True, "warning")]


def test_years_after_the_application_and_more_deaths_than_pupils(rows, save):
    items = [
        ["项目", "值"],
        ["application_year", "2026"],
        ["basic_balance_year", "2027"],
        ["grade7_entrants", "1910"],
    ]
    save([*items, ["junior_deaths", "99999"]], name="county_items.csv")
    save([["school_id", "year_built", "rooms_year"], [rows[1][0], "2026", "2028"]], name="school_items.csv")
    found = faults_of(save(rows))
    assert {(f.sheet, f.row, f.column) for f in found} == {
        ("county_items.csv", 3, "基本均衡认定年份"), ("county_items.csv", 5, "三年内死亡学生数"), ("school_items.csv", 2, "专用教室规划年份"),
    }  # fmt: skip


def test_years_of_several_counties_are_each_its_own(rows, save):
    rows = [[*row, "县区代码" if i == 0 else "A" if i < 30 else "B"] for i, row in enumerate(rows)]
    save(
        [["项目", "值", "县区代码"], ["申报年份", "2026", "A"], ["申报年份", "2020", "B"]],
        name="county_items.csv",
    )
    save([["school_id", "year_built"], [rows[1][0], "2025"], [rows[40][0], "2025"]], name="school_items.csv")
    assert [(f.sheet, f.row) for f in faults_of(save(rows))] == [("school_items.csv", 3)]


def test_county_codes_of_items_are_named_with_their_rows(rows, save):
    rows = [[*row, "县区代码" if i == 0 else "A" if i < 30 else "B"] for i, row in enumerate(rows)]
    items = [
        ["项目", "值", "县区代码"],
        ["申报年份", "2026", "A"],
        ["申报年份", "2026", ""],
        ["申报年份", "2026", "C"],
    ]
    save(items, name="county_items.csv")
    found = [(f.row, f.column, f.value) for f in faults_of(save(rows))]
    assert sorted(found) == [(3, "县区代码", None), (4, "县区代码", "C")]


def test_a_share_that_looks_like_a_fraction_is_warned_of(rows, save):
    ids = [row[0] for row in rows[1:4]]
    save(
        [["school_id", "training_share"], *zip(ids, ["0.06", "0", "6"], strict=True)], name="school_items.csv"
    )
    found = read_county(save(rows)).warnings
    assert [(w.row, w.column, w.value) for w in found] == [(2, "培训经费占公用经费预算比例", "0.06")]


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


@pytest.mark.parametrize("call", ["stat", "iterdir", "open"])
@pytest.mark.parametrize("name", ["", "county.xlsx"])
def test_what_may_not_be_read(monkeypatch, call, name):
    """As a stub: the tests may run as root, who may read everything."""

    def refuse(*_arguments, **_options):
        raise PermissionError(13, "Permission denied")

    if (call, name) != ("iterdir", "county.xlsx"):
        monkeypatch.setattr(pathlib.Path, call, refuse)
        assert "读不出来：没有权限" in {f.reason for f in faults_of(SAMPLE / name)}


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


def test_a_jump_names_last_years_number_in_full(rows, save, tmp_path):
    put(rows, 2, "books", "1234567")
    before = tmp_path / "before"
    before.mkdir()
    (before / "schools.csv").write_bytes(save(rows).joinpath("schools.csv").read_bytes())
    put(rows, 2, "books", "24000")
    assert "比上一年的1234567变化很大" in [w.reason for w in read_county(save(rows), before).warnings]


def test_faults_of_the_year_before_come_last_and_under_its_name(rows, save, tmp_path):
    put(rows, 2, "teaching_area", "-4")
    before = tmp_path / "2025"
    before.mkdir()
    (before / "schools.csv").write_bytes(save(rows).joinpath("schools.csv").read_bytes())
    put(rows, 2, "teaching_area", "-5")
    folder = save(rows)
    assert [(f.sheet, f.value) for f in faults_of(folder, previous=before)] == [
        ("schools.csv", "-5"),
        ("上一年的2025，schools.csv", "-4"),
    ]
    found = faults_of(folder, previous=tmp_path / "nowhere")
    assert [f.sheet for f in found] == ["schools.csv", "上一年的nowhere"]
    assert "找不到" in found[1].reason


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
