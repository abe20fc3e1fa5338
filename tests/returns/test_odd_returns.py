"""Odd returns: no column is taken for another, nothing is dropped or made zero without a word."""

import openpyxl
import pandas as pd
import pytest
from national import (
    PLAIN,
    SMALL,
    YEAR,
    change_header,
    edited,
    heading,
    primary_file,
    same,
    set_cell,
    with_grades,
    write_export,
    write_exports,
    write_school,
)

from balancelib.county import InputError, read_county
from balancelib.county.returns import read_returns

SCHOOLS = with_grades(SMALL.tables, YEAR)


def first_of(kind):
    return SCHOOLS[SCHOOLS["kind"] == kind].iloc[0]


def new_column(*header, value=7):
    """Put one more column beside the others, its header from the second row down."""

    def change(sheet):
        last = sheet.max_column + 1
        for row in range(2, 6):
            sheet.cell(row, last, header[min(row - 2, len(header) - 1)])
        for row in range(6, sheet.max_row + 1):
            sheet.cell(row, last, value)

    return change


def said(found):
    return [str(fault) for fault in [*found.faults, *found.unfound]]


@pytest.mark.parametrize(
    "header",
    [
        ("初中", "在校生数"),
        ("附设幼儿班", "在校生数"),
        ("上学年", "在校生数"),
        ("正在施工校舍建筑面积", "室内体育用房"),
        ("租借校舍建筑面积", "教学及辅助用房"),
        ("校本部教职工", "专任教师"),
        ("非学校产权校舍建筑面积", "教学及辅助用房"),
    ],
)
def test_a_column_of_something_else_is_not_taken(tmp_path, header):
    file = primary_file(tmp_path)
    edited(file, new_column(*header))
    found = read_returns(tmp_path)
    assert not said(found)
    same(found.tables["schools"].frame, SMALL.schools)


@pytest.mark.parametrize(
    ("gone", "beside"),
    [
        (("在校生数", "合计"), ("初中", "在校生数")),
        (("专任教师", "合计"), ("校本部教职工", "专任教师")),
        (("教学及辅助用房", "计"), ("上学年校舍建筑面积", "教学及辅助用房")),
    ],
)
def test_not_even_where_the_right_one_is_missing(tmp_path, gone, beside):
    file = primary_file(tmp_path)

    def change(sheet):
        column = heading(sheet, *gone)
        for row in range(2, 6):
            if sheet.cell(row, column).value == gone[-1]:
                sheet.cell(row, column).value = "别的"
        new_column(*beside)(sheet)

    edited(file, change)
    assert any("没有找到表头是" in text for text in said(read_returns(tmp_path)))


def test_backbone_teachers_without_a_stage_serve_schools_of_one_stage_only(tmp_path):
    one, two = first_of("primary"), first_of("nine_year")
    file = write_export(tmp_path / "小学.xlsx", "primary", pd.DataFrame([one, two]), PLAIN)
    edited(file, change_header("县级以上骨干教师(小学)", "县级以上骨干教师"))
    found = read_returns(tmp_path)
    values = found.tables["schools"].frame.set_index("school_id")["backbone_primary"]
    assert values[one["school_id"]] == one["backbone_primary"]
    assert pd.isna(values[two["school_id"]])
    (fault,) = found.faults
    assert "没有写是哪个学段的" in str(fault)
    assert (fault.school_id, fault.rule) == (two["school_id"], "read.cell")


def with_fourth_year(book):
    sheet = book["教基3115_初级中学"]
    column = next(c.column for row in sheet.iter_rows(max_row=8) for c in row if c.value == "四年级")
    row = next(c.row for c in sheet["A"] if c.value == "总计")
    sheet.cell(row, column).value = 80


def test_a_fourth_year_of_junior_school_is_said_and_grades_are_not_guessed(tmp_path):
    school = first_of("junior")
    file = write_school(tmp_path / "2025初中.xlsx", school)
    book = openpyxl.load_workbook(file)
    with_fourth_year(book)
    book.save(file)
    found = read_returns(tmp_path)
    (fault,) = found.faults
    assert "“四年级”：“80”初中有四年级（五四制）" in str(fault)
    assert (fault.severity, fault.school_id) == ("warning", school["school_id"])
    assert "enrolment" not in found.tables
    assert found.tables["schools"].frame.loc[0, "pupils_junior"] == school["pupils_junior"]


def test_entrants_and_rooms_are_compared_with_what_they_are_part_of(tmp_path):
    school = first_of("primary")
    file = write_school(tmp_path / "一小.xlsx", school)
    book = openpyxl.load_workbook(file)
    sheet = book["教基3112_小学"]
    row = next(c.row for c in sheet["A"] if c.value == "总计")
    column = next(c.column for line in sheet.iter_rows(max_row=8) for c in line if c.value == "一年级")
    sheet.cell(row, column).value += 1
    land = book["教基5176_小学"]
    rooms = next(c.row for c in land["A"] if c.value == "教室")
    land.cell(rooms, 4).value = school["multimedia_rooms"] - 1
    book.save(file)
    found = {fault.rule: fault for fault in read_returns(tmp_path).faults}
    assert set(found) == {"read.entrants", "read.rooms"}
    assert all(
        fault.severity == "warning" and fault.school_id == school["school_id"] for fault in found.values()
    )
    assert f"的{school['multimedia_rooms'] - 1:.0f}" in str(found["read.rooms"])


def test_a_form_of_land_may_have_its_names_in_the_header(tmp_path):
    school = first_of("primary")
    file = write_school(tmp_path / "一小.xlsx", school)
    book = openpyxl.load_workbook(file)
    del book["教基5176_小学"]
    sheet = book.create_sheet("教基5176_小学")
    for line in (
        ["指标名称", "代码", "占地面积(平方米)", "", "图书(册)", "数字终端数(台)", "教室(间)", "", "固定资产总值(元)", ""],
        ["", "", "合计", "其中：运动场地面积", "", "", "合计", "其中：网络多媒体教室", "合计", "其中：教学仪器设备资产值"],
        ["总计", "01", 99_999, school["sports_ground_area"], school["books"], school["computers"], 999,
         school["multimedia_rooms"], 9e9, school["equipment_value"] * 10_000],
    ):  # fmt: skip
        sheet.append(line)
    for top, left, bottom, right in ((1, 3, 1, 4), (1, 7, 1, 8), (1, 9, 1, 10), (1, 5, 2, 5), (1, 6, 2, 6)):
        sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
    book.save(file)
    found = read_returns(tmp_path)
    assert not said(found)
    same(found.tables["schools"].frame, SMALL.schools)


@pytest.mark.parametrize("text", ["12²", "①", "1_000", "٣", "0x10", "TRUE", "5%", "1/2", "12人"])
def test_what_is_no_number_is_refused(tmp_path, text):
    edited(primary_file(tmp_path), set_cell(["图书(册)"], text))
    (fault,) = read_returns(tmp_path).faults
    assert (fault.severity, fault.rule) == ("fault", "read.cell")
    assert fault.school_id


@pytest.mark.parametrize(("given", "books"), [(0.29, 2900), (1.2345, 12345)])
def test_ten_thousands_of_books_are_whole_books(tmp_path, given, books):
    file = primary_file(tmp_path)
    edited(file, change_header("图书(册)", "图书(万册)"))
    edited(file, set_cell(["图书(万册)"], given))
    values = read_returns(tmp_path).tables["schools"].frame["books"]
    assert values[0] == books


def test_books_that_are_no_whole_number_are_refused(tmp_path):
    file = primary_file(tmp_path)
    edited(file, change_header("图书(册)", "图书(万册)"))
    edited(file, set_cell(["图书(万册)"], 1.23456))
    assert any("合12345.6册" in text for text in said(read_returns(tmp_path)))


def test_a_row_of_totals_below_the_header_is_no_header(tmp_path):
    file = primary_file(tmp_path)

    def change(sheet):
        named = {heading(sheet, words) for words in ("学校（机构）标识码", "学校（机构）名称")}
        sheet.insert_rows(6)
        others = [c for c in range(1, sheet.max_column + 1) if c not in named]
        sheet.cell(6, others[0], "合计")
        for column in others[1:]:
            sheet.cell(6, column, 5)

    edited(file, change)
    found = read_returns(tmp_path)
    assert not said(found)
    same(found.tables["schools"].frame, SMALL.schools)


def test_a_school_without_name_and_number_right_below_the_header_is_not_lost(tmp_path):
    file = primary_file(tmp_path)

    def change(sheet):
        for words in (["学校（机构）标识码"], ["学校（机构）名称"]):
            sheet.cell(6, heading(sheet, *words)).value = None

    edited(file, change)
    assert any("是空的，不知道这一行是哪所学校" in text for text in said(read_returns(tmp_path)))


def test_a_workbook_of_a_kindergarten_is_passed_over(tmp_path):
    school = first_of("primary")
    write_school(tmp_path / "一小.xlsx", school)
    other = write_school(tmp_path / "幼儿园.xlsx", school.to_dict() | {"school_id": "3139999999"})
    book = openpyxl.load_workbook(other)
    for sheet in book.worksheets:
        sheet.title = sheet.title.replace("小学", "幼儿园")
    for row in book["教基1001_幼儿园"].iter_rows():
        for cell in row:
            cell.value = "幼儿园" if cell.value == "小学" else cell.value
    book.save(other)
    found = read_returns(tmp_path)
    assert not said(found)
    assert list(found.tables["schools"].frame["school_id"]) == [school["school_id"]]


def test_a_branch_of_which_a_form_is_missing_is_not_taken_as_having_none(tmp_path):
    school = first_of("primary")
    write_school(tmp_path / "一小.xlsx", school)
    branch = school.to_dict() | {
        "school_id": "3138888888",
        "name": "东校区",
        "counted": 0,
        "parent_id": school["school_id"],
    }
    file = write_school(tmp_path / "东校区.xlsx", branch)
    whole = read_returns(tmp_path)
    assert whole.tables["schools"].frame.loc[0, "teaching_area"] == 2 * school["teaching_area"]
    book = openpyxl.load_workbook(file)
    del book["教基5170_小学"]
    book.save(file)
    found = read_returns(tmp_path)
    assert pd.isna(found.tables["schools"].frame.loc[0, "teaching_area"])
    wrong = [f for f in found.faults if f.column == "教学及辅助用房面积"]
    assert "分校“东校区（3138888888）”的报表里没有这个数" in str(wrong[0])
    assert wrong[0].school_id == "3138888888"


def test_where_a_file_cannot_be_read_its_numbers_are_not_called_blank(tmp_path):
    write_exports(tmp_path, SMALL.tables)
    (tmp_path / "初中.xlsx").write_bytes(b"PK\3\4 broken")
    with pytest.raises(InputError) as caught:
        read_county(tmp_path)
    found = caught.value.faults
    assert any("初中.xlsx" in fault.sheet for fault in found)
    assert not [fault for fault in found if fault.rule.startswith("blank.")], [*map(str, found)]


def test_a_unit_noted_above_the_table_holds_for_all_of_it(tmp_path):
    file = primary_file(tmp_path)
    edited(file, change_header("教学仪器设备资产值(万元)", "教学仪器设备资产值"))

    def change(sheet):
        column = heading(sheet, "教学仪器设备资产值")
        sheet["D1"] = "金额单位：元"
        for row in range(6, sheet.max_row + 1):
            sheet.cell(row, column).value *= 10_000

    edited(file, change)
    found = read_returns(tmp_path)
    assert not said(found)
    same(found.tables["schools"].frame, SMALL.schools)


def test_a_unit_that_is_not_known_is_refused_wherever_it_stands(tmp_path):
    edited(primary_file(tmp_path), change_header("占地面积(平方米)", "占地面积(平方公里)"))
    found = read_returns(tmp_path)
    assert any("表头的单位“平方公里”不认识" in text for text in said(found))
    assert found.tables["schools"].frame["sports_ground_area"].isna().all()


@pytest.mark.parametrize(("down", "across"), [(0, 1), (1, 0)])
def test_a_number_in_merged_cells_is_nobodys_but_the_firsts(tmp_path, down, across):
    file = primary_file(tmp_path)

    def change(sheet):
        column = heading(sheet, "图书(册)")
        sheet.merge_cells(start_row=6, start_column=column, end_row=6 + down, end_column=column + across)

    edited(file, change)
    found = read_returns(tmp_path)
    assert any("和别的格子合并了" in text for text in said(found))


def test_not_applicable_in_a_sum_must_leave_the_whole_whole(tmp_path):
    edited(primary_file(tmp_path), set_cell(["本科"], "—"))
    found = read_returns(tmp_path)
    assert any("写着不适用，可是各部分加起来是" in text for text in said(found))
    assert pd.isna(found.tables["schools"].frame.loc[0, "qualified_primary"])


def test_two_units_noted_above_the_table_are_one_too_many(tmp_path):
    file = primary_file(tmp_path)
    edited(file, change_header("教学仪器设备资产值(万元)", "教学仪器设备资产值"))
    edited(file, lambda sheet: sheet.cell(1, 4, "单位：元、万元"))
    found = read_returns(tmp_path)
    assert any("表上写了几种单位：万元、元" in text or "元、万元" in text for text in said(found))
    assert found.tables["schools"].frame["equipment_value"].isna().all()
