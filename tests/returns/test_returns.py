"""National returns read back are the county that they were made from, however the files vary; what fits twice is refused."""

import openpyxl
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from national import (
    SMALL,
    WHOLE,
    YEAR,
    Style,
    change_header,
    edited,
    heading,
    now,
    primary_file,
    same,
    set_cell,
    some,
    with_grades,
    write_export,
    write_exports,
    write_school,
    write_schools,
)  # fmt: skip

from balancelib.assess import assess
from balancelib.county import County, InputError, read_county
from balancelib.county.returns import read_returns
from balancelib.county.schema import schema


def faults(path):
    with pytest.raises(InputError) as caught:
        read_county(path)
    return [str(fault) for fault in caught.value.faults]


styles = st.builds(
    Style,
    seed=st.integers(0, 10**6),
    above=st.integers(1, 5),
    merged=st.booleans(),
    noise=st.booleans(),
    yuan=st.booleans(),
    texts=st.booleans(),
    split=st.booleans(),
    renamed=st.booleans(),
    flat_arts=st.booleans(),
)
UNSHRUNK = [Phase.explicit, Phase.reuse, Phase.generate]  # a smaller style is no clearer, and takes minutes
SLOW = settings(max_examples=10, phases=UNSHRUNK)
SLOWER = settings(max_examples=4, phases=UNSHRUNK)
ONE_OF_EACH = some(WHOLE, 1)


@SLOW
@given(style=styles)
def test_exports_round_trip(tmp_path_factory, style):
    folder = write_exports(tmp_path_factory.mktemp("exports"), SMALL.tables, style)
    read = read_county(folder)
    assert len(read.schools) == SMALL.schools[["pupils_primary", "pupils_junior"]].notna().any(axis=1).sum()
    same(read.schools, SMALL.schools, style)
    same(read.tables["enrolment"], now(SMALL), style)


@SLOWER
@given(style=styles)
def test_school_workbooks_round_trip(tmp_path_factory, style):
    folder = write_schools(tmp_path_factory.mktemp("schools"), ONE_OF_EACH.tables, style)
    read = read_county(folder)
    assert len(read.schools) == len(ONE_OF_EACH.schools)
    same(read.schools, ONE_OF_EACH.schools, style)
    same(read.tables["enrolment"], now(ONE_OF_EACH), style)


def test_same_verdict_from_returns_as_from_tables(tmp_path):
    county = WHOLE
    ours = assess(County({"schools": county.schools[county.schools["kind"] != "vocational"]}))
    theirs = assess(read_county(write_exports(tmp_path / "returns", county.tables)))
    for stage, mine in ours.stages.items():
        assert mine.cv == pytest.approx(theirs.stages[stage].cv, rel=1e-12)
        assert mine.meets == theirs.stages[stage].meets


def test_both_kinds_of_files_together_are_one_county(tmp_path):
    folder = write_exports(tmp_path / "both", SMALL.tables)
    write_schools(folder, SMALL.tables)
    same(read_county(folder).schools, SMALL.schools)


def test_every_number_has_its_cells(tmp_path):
    folder = write_exports(tmp_path / "returns", SMALL.tables)
    county = read_county(folder)
    books = {}
    for row in county.schools.to_dict("records"):
        for column in schema().table("schools").columns:
            if not column.numeric or pd.isna(row[column.name]):
                continue
            cells = county.trace(row["school_id"], column.name)
            total = 0
            for cell in cells:
                book = books.setdefault(cell.file, openpyxl.load_workbook(folder / cell.file))
                total += book[cell.sheet][cell.place].value
            assert total == row[column.name], (row["school_id"], column.name, cells)


def test_a_school_of_two_stages_counts_its_campus_once(tmp_path):
    folder = write_exports(tmp_path / "returns", SMALL.tables)
    county = read_county(folder)
    nine = county.schools[county.schools["kind"] == "nine_year"].iloc[0]
    made = SMALL.schools.set_index("school_id").loc[nine["school_id"]]
    assert nine["teaching_area"] == made["teaching_area"]
    assert nine["pupils_primary"] == made["pupils_primary"]
    assert nine["pupils_junior"] == made["pupils_junior"]


def row_of(sheet, school_id):
    return next(c.row for line in sheet.iter_rows() for c in line if str(c.value) == school_id)


def test_files_that_disagree_are_named_with_both_cells(tmp_path):
    folder = write_exports(tmp_path / "returns", SMALL.tables)
    school_id = SMALL.schools.loc[SMALL.schools["kind"] == "nine_year", "school_id"].iloc[0]
    places = {}

    def change(sheet):
        column = heading(sheet, "教学及辅助用房", "计")
        cell = sheet.cell(row_of(sheet, school_id), column)
        places["junior"], cell.value = cell.coordinate, cell.value + 10

    edited(folder / "初中.xlsx", change)
    edited(folder / "小学.xlsx", lambda s: places.update(
        primary=s.cell(row_of(s, school_id), heading(s, "教学及辅助用房", "计")).coordinate
    ))  # fmt: skip
    found = faults(folder)
    assert len(found) == 1
    assert all(places[stage] in found[0] for stage in places)
    assert "“教学及辅助用房面积”" in found[0]
    assert "请核对后改成一样" in found[0]


def with_branch(**more):
    """The county's primary schools with one of them split: a main school and a branch site."""
    schools = with_grades(SMALL.tables, YEAR)
    schools = schools[schools["pupils_primary"].notna()].reset_index(drop=True)
    main = schools.index[schools["kind"] == "primary"][0]
    branch = schools.loc[main].copy()
    numbers = [c.name for c in schema().table("schools").columns if c.numeric]
    for name in numbers:
        if branch[name] is not None:
            branch[name], schools.at[main, name] = branch[name] // 4, branch[name] - branch[name] // 4
    grades = branch["grades"]
    quarter = {g: None if v is None else v // 4 for g, v in grades.items()}
    schools.at[main, "grades"] = {g: None if v is None else v - quarter[g] for g, v in grades.items()}
    branch = (
        branch.to_dict() | {"grades": quarter, "school_id": "9990000001", "name": "分校", "counted": 0} | more
    )
    schools = schools.assign(counted=1, parent_id="")
    return pd.concat([schools, pd.DataFrame([branch])], ignore_index=True), schools.at[main, "school_id"]


def test_branch_sites_are_added_to_their_school(tmp_path):
    schools, main = with_branch()
    schools.loc[schools.index[-1], "parent_id"] = main
    folder = tmp_path / "returns"
    write_export(
        folder / "小学.xlsx", "primary", schools[schools["kind"].isin(["primary", "teaching_point"])], Style()
    )
    county = read_county(folder)
    assert "9990000001" not in set(county.schools["school_id"])
    same(county.schools, SMALL.schools)
    same(county.tables["enrolment"], now(SMALL))
    assert len(county.trace(main, "teaching_area")) == 2
    assert len(county.trace(main, "qualified_primary")) == 8


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({}, "没有写是哪所"),
        ({"parent_id": "1234567890"}, "它所属的学校“1234567890”不在这些文件里"),
    ],
)
def test_a_branch_site_without_its_school_is_refused(tmp_path, more, message):
    schools, _ = with_branch(**more)
    folder = tmp_path / "returns"
    write_export(
        folder / "小学.xlsx", "primary", schools[schools["kind"].isin(["primary", "teaching_point"])], Style()
    )
    found = faults(folder)
    assert any(message in fault and "分校（9990000001）" in fault for fault in found)


def test_a_teaching_point_that_is_no_school_stands_for_itself(tmp_path):
    schools = with_grades(SMALL.tables, YEAR)
    points = schools["kind"] == "teaching_point"
    assert points.any()
    schools = schools[schools["kind"].isin(["primary", "teaching_point"])].assign(counted=1)
    schools.loc[points, "counted"] = 0
    write_export(tmp_path / "小学.xlsx", "primary", schools, Style())
    same(read_county(tmp_path).schools, SMALL.schools)


PLAIN = Style()


def second_column(sheet):
    last = sheet.max_column + 1
    sheet.cell(2, last, "网络多媒体教室数(间)")
    for row in range(6, sheet.max_row + 1):
        sheet.cell(row, last, 1)


def double_row(sheet):
    for column in range(1, sheet.max_column + 1):
        sheet.cell(sheet.max_row if column > 1 else sheet.max_row + 1, column, sheet.cell(6, column).value)


BROKEN = {
    "two columns fit": (second_column, ["找“网络多媒体教室”，对得上的不止一处", "教室/网络多媒体教室", "列“网络多媒体教室数”"]),
    "no column fits": (change_header("网络多媒体教室", "多媒体"), ["没有找到表头是“网络多媒体教室”的列"]),
    "a part is not there": (change_header("硕士研究生", "硕士以上"), ["没有找到表头是“专任教师/按学历分/硕士研究生”的列"]),
    "kind unknown": (set_cell(["办学类型"], "附设小学班"), ["“附设小学班”这个办学类型不认识", "F6" if False else "办学类型"]),
    "area unknown": (set_cell(["城乡类型"], "999"), ["“999”这个城乡类型不认识"]),
    "operator unknown": (set_cell(["举办者类型"], "中外合作办"), ["“中外合作办”这个公办或民办不认识"]),
    "counted unknown": (set_cell(["是否计校数"], "2"), ["“2”不在可选的值里", "请填是、否"]),
    "text for a number": (set_cell(["图书(册)"], "约2万"), ["“约2万”不是数"]),
    "thousands": (set_cell(["图书(册)"], "12,345"), ["请去掉千分位逗号"]),
    "half a person": (set_cell(["在校生数", "合计"], 12.5), ["不是整数"]),
    "negative": (set_cell(["教学及辅助用房", "计"], -3), ["是负数"]),
    "a blank part": (set_cell(["体育与健康"], None), ["是空的", "合计算不出来"]),
    "wrong unit": (change_header("图书(册)", "图书(万元)"), ["表头的单位是“万元”，这一列应当是“册”"]),
    "no number of the school": (set_cell(["学校（机构）标识码"], None), ["是空的，不知道这一行是哪所学校"]),
    "twice": (double_row, ["重复"]),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_said_with_its_place(tmp_path, name):
    change, messages = BROKEN[name]
    edited(primary_file(tmp_path), change)
    found = faults(tmp_path)
    assert any(all(message in fault for message in messages) for fault in found), found
    assert all("小学.xlsx" in fault for fault in found), found
    assert len(found) <= 3, found


def test_blank_parts_are_none_where_all_parts_make_the_whole(tmp_path):
    file = primary_file(tmp_path)

    def change(sheet):
        for row in range(6, sheet.max_row + 1):
            cell = sheet.cell(row, heading(sheet, "博士研究生"))
            cell.value = cell.value or None

    edited(file, change)
    same(read_county(tmp_path).schools, SMALL.schools)


@pytest.mark.parametrize(
    ("music", "art", "whole", "meaning"),
    [(2, 1, 3, "sum"), (2, 1, 3, "apart"), (2, 1, 3, "unclear"), (0, 0, 3, "either")],
)
def test_whether_arts_are_a_sum_is_told_by_the_total(tmp_path, music, art, whole, meaning):
    file = primary_file(tmp_path, Style(flat_arts=True))
    values = {"语文": 10, "外语": 0, "体育与健康": 4, "艺术": whole, "音乐": music, "美术": art}
    total = {"sum": 17, "apart": 20, "unclear": 18, "either": 17}[meaning]

    def change(sheet):
        for word, value in values.items():
            sheet.cell(6, heading(sheet, word)).value = value
        for words in (("专任教师", "合计"),):
            sheet.cell(6, heading(sheet, *words)).value = total
        for word, value in {
            "博士研究生": 0,
            "硕士研究生": 0,
            "本科": 0,
            "专科": total,
            "高中阶段": 0,
            "高中阶段以下": 0,
        }.items():
            sheet.cell(6, heading(sheet, word)).value = value

    edited(file, change)
    found = read_returns(tmp_path)
    schools = found.tables["schools"].frame
    first = openpyxl.load_workbook(file).active
    school = first.cell(6, heading(first, "学校（机构）标识码")).value
    value = schools.set_index("school_id").loc[school, "pe_arts_primary"]
    if meaning == "unclear":
        assert any("看不出“艺术”是不是“音乐”“美术”的合计" in str(fault) for fault in found.faults)
        assert pd.isna(value)
    else:
        assert value == {"sum": 7, "apart": 10, "either": 7}[meaning]
        assert not found.faults


def test_a_form_in_the_wrong_sheet_is_refused(tmp_path):
    school = with_grades(SMALL.tables, YEAR).iloc[0]
    file = write_school(tmp_path / "一小.xlsx", school)
    book = openpyxl.load_workbook(file)
    book["教基5176_小学"].title, book["教基5170_小学"].title = "另一张", "教基5176_小学"
    book.save(file)
    assert any("工作表的名字是教基5176，表里写的却是教基5170" in fault for fault in faults(tmp_path))


def test_a_workbook_that_does_not_say_whose_it_is_is_refused(tmp_path):
    file = write_school(tmp_path / "一小.xlsx", with_grades(SMALL.tables, YEAR).iloc[0])
    book = openpyxl.load_workbook(file)
    del book["教基1001_小学"]
    book.save(file)
    assert any("没有找到学校标识码" in fault for fault in faults(tmp_path))


def test_a_row_that_stands_twice_is_refused_with_both_named(tmp_path):
    file = write_school(tmp_path / "一小.xlsx", with_grades(SMALL.tables, YEAR).iloc[0])
    book = openpyxl.load_workbook(file)
    sheet = book["教基5170_小学"]
    sheet.append(["室内体育用房", "99", 5, 0])
    book.save(file)
    found = faults(tmp_path)
    assert any(
        "找“室内体育用房”，对得上的不止一处：第8行" in fault and "第10行" in fault for fault in found
    ), found


def test_a_kind_that_contradicts_the_sheets_name_is_refused(tmp_path):
    file = write_school(tmp_path / "一小.xlsx", with_grades(SMALL.tables, YEAR).iloc[0])
    book = openpyxl.load_workbook(file)
    book["教基5170_小学"].title = "教基5170_九年一贯制学校"
    book.save(file)
    assert any("“九年一贯制学校”和一小.xlsx，教基1001_小学" in fault for fault in faults(tmp_path))


def test_a_folder_without_returns_says_what_it_looked_for(tmp_path):
    openpyxl.Workbook().save(tmp_path / "empty.xlsx")
    found = faults(tmp_path)
    assert any("没有认得的国家统计表" in fault for fault in found), found


def test_the_stage_must_be_told(tmp_path):
    file = primary_file(tmp_path)

    def change(sheet):
        sheet.title, sheet["A1"] = "综合表", "2025/2026学年综合表"

    edited(file, change)
    file.rename(tmp_path / "导出.xlsx")
    assert any("看不出这张综合表是哪个学段的" in fault for fault in faults(tmp_path))


def test_the_sum_of_the_input_changes_with_any_file(tmp_path):
    one = write_exports(tmp_path / "one", SMALL.tables)
    before = read_county(one).sha256
    assert read_county(one).sha256 == before
    edited(one / "小学.xlsx", set_cell(["图书(册)"], 1))
    assert read_county(one).sha256 != before


def test_old_files_are_named(tmp_path):
    primary_file(tmp_path)
    (tmp_path / "初中.xls").write_bytes(b"x")
    assert any("初中.xls" in fault and "另存为.xlsx" in fault for fault in faults(tmp_path))
