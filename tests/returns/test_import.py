"""The commands import and trace; older forms; where numbers of ours came from."""

import openpyxl
import pytest
from national import SMALL, YEAR, Style, edited, same, set_cell, with_grades, write_export, write_school

from balancelib.cli import main
from balancelib.county import read_county
from balancelib.county.returns import read_returns
from balancelib.county.returns.described import export_read, forms_read, identity_read, words_read
from balancelib.county.returns.labels import label, matching
from balancelib.county.schema import schema
from balancelib.county.trace import Cell, listed, place
from balancelib.county.write import write_csv, write_workbook


@pytest.fixture
def folder(tmp_path):
    """Two primary schools of a county, as its export."""
    schools = with_grades(SMALL.tables, YEAR)
    write_export(
        tmp_path / "returns" / "小学.xlsx", "primary", schools[schools["kind"] == "primary"], Style()
    )
    return tmp_path / "returns"


def test_import_fills_our_workbook_and_says_where_each_number_stands(folder, tmp_path, capsys):
    out = tmp_path / "county.xlsx"
    assert main(["import", str(folder), "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "2所学校" in said
    assert "“县级项目”表报表里没有" in said
    same(read_county(out).schools, SMALL.schools)
    sheet = openpyxl.load_workbook(out)["出处"]
    rows = [row for row in sheet.iter_rows(min_row=2, values_only=True) if row[3] == "小学高于规定学历教师数"]
    school = SMALL.schools.iloc[0]
    own = [row for row in rows if row[0] == school["school_id"]]
    assert [row[1:3] for row in own] == [(school["name"], "学校")] * 4
    book = openpyxl.load_workbook(folder / "小学.xlsx")
    assert sum(book[row[6]][row[7]].value for row in own) == own[0][4] == school["qualified_primary"]
    assert main(["check", str(out)]) == 0


def test_import_is_the_same_each_time_and_overwrites_nothing(folder, tmp_path, capsys):
    one, two = tmp_path / "one.xlsx", tmp_path / "two.xlsx"
    assert (
        main(["import", str(folder), "--out", str(one)])
        == main(["import", str(folder), "--out", str(two)])
        == 0
    )
    assert one.read_bytes() == two.read_bytes()
    assert main(["import", str(folder), "--out", str(one)]) == 2
    assert "不会覆盖它" in capsys.readouterr().err
    assert one.read_bytes() == two.read_bytes()


def test_import_writes_nothing_when_a_cell_is_not_understood(folder, tmp_path, capsys):
    edited(folder / "小学.xlsx", set_cell(["图书(册)"], "约2万"))
    assert main(["import", str(folder), "--out", str(tmp_path / "county.xlsx")]) == 1
    assert "“约2万”不是数" in capsys.readouterr().err
    assert not (tmp_path / "county.xlsx").exists()


def test_import_lists_what_is_to_be_filled_in_by_hand(folder, tmp_path, capsys):
    def change(sheet):
        for line in sheet.iter_rows(max_row=6):
            for cell in line:
                if cell.value == "网络多媒体教室":
                    cell.value = "另一种教室"

    edited(folder / "小学.xlsx", change)
    assert main(["import", str(folder), "--out", str(tmp_path / "county.xlsx")]) == 0
    said = capsys.readouterr().out
    assert "网络多媒体教室数：2所学校" in said
    assert "没有找到表头是“网络多媒体教室”的列" in said
    assert main(["check", str(folder)]) == 1


def test_import_of_what_is_no_return_says_so(tmp_path, capsys):
    file = write_workbook(tmp_path / "county.xlsx", SMALL.tables)
    assert main(["import", str(file), "--out", str(tmp_path / "out.xlsx")]) == 1
    assert "没有认得的国家统计报表" in capsys.readouterr().err


def test_our_workbook_among_the_returns_is_left_alone(folder):
    write_workbook(folder / "county.xlsx", SMALL.tables)
    county = read_county(folder)
    same(county.schools, SMALL.schools)
    assert [str(w) for w in county.warnings if "county.xlsx" in str(w)]


def test_trace_names_every_cell(folder, capsys):
    school = SMALL.schools.iloc[0]
    assert main(["trace", str(folder), school["school_id"]]) == 0
    said = capsys.readouterr().out
    county = read_county(folder)
    for column in ("pupils_primary", "qualified_primary", "equipment_value", "indoor_sports_area"):
        for cell in county.trace(school["school_id"], column):
            assert cell.place in said
    value = school["qualified_primary"] / school["pupils_primary"] * 100
    assert f"{value:,.4f}人" in said
    assert main(["trace", str(folder), school["name"]]) == 0
    assert capsys.readouterr().out == said
    assert main(["trace", str(folder), "123"]) == 2


def test_trace_of_a_name_that_two_schools_have_asks_for_the_number(tmp_path, capsys):
    schools = SMALL.schools.assign(name=["同名小学", "同名小学", *SMALL.schools["name"][2:]])
    write_csv({"schools": schools}, tmp_path)
    assert main(["trace", str(tmp_path), "同名小学"]) == 2
    said = capsys.readouterr().err
    assert "有2所学校叫同名小学" in said
    assert all(number in said for number in schools["school_id"][:2])


def test_cells_of_our_own_workbook_and_csv(tmp_path):
    book = write_workbook(tmp_path / "county.xlsx", SMALL.tables)
    write_csv(SMALL.tables, tmp_path / "csv")
    school = SMALL.schools.iloc[2]
    sheet = openpyxl.load_workbook(book)["学校"]
    (cell,) = read_county(book).trace(school["school_id"], "teaching_area")
    assert cell.file == "county.xlsx"
    assert sheet[cell.place].value == school["teaching_area"]
    (cell,) = read_county(tmp_path / "csv").trace(school["school_id"], "teaching_area")
    column = schema().table("schools").names.index("teaching_area")
    assert cell == Cell("schools.csv", "", place(3, column))
    assert SMALL.trace(school["school_id"], "teaching_area") == ()


@pytest.mark.parametrize(
    ("row", "column", "name"),
    [(0, 0, "A1"), (11, 5, "F12"), (0, 25, "Z1"), (4, 26, "AA5"), (0, 701, "ZZ1"), (0, 702, "AAA1")],
)
def test_places_are_named_as_spreadsheets_do(row, column, name):
    assert place(row, column) == name


def test_older_forms_and_facts_side_by_side(tmp_path):
    """Forms of before 2021: the facts stand beside their names, 音乐, 美术 and 艺术 are three kinds of teachers."""
    book = openpyxl.Workbook()
    sheets = {
        "基础基111": [
            ["学校（机构）名称", "老街小学", None, "学校（机构）标识码", "3133000001"],
            ["办学类型", "小学", None, "举办者", "县级教育部门"],
            ["城乡类型", "镇中心区"],
        ],
        "基础基312": [["2019-2020学年"], ["指标名称", "编号", "毕业生数", "在校生数", "一年级"], ["甲", "乙", 1, 2, 3], ["总计", "01", 50, 300, 60], ["其中：女", "02", 20, 150, 30]],
        "基础基212": [["指标名称", "编号", "合计", "45人及以下"], ["合计", "01", 8, 8]],
        "基础基423": [
            ["指标名称", "编号", "合计", "语文", "体育", "艺术", "音乐", "美术"],
            ["合计", "01", 20, 15, 2, 1, 1, 1], ["其中：女", "02", 10, 9, 0, 0, 1, 0], ["研究生毕业", "03", 1, 1, 0, 0, 0, 0],
            ["本科毕业", "04", 12, 8, 1, 1, 1, 1], ["专科毕业", "05", 5, 4, 1, 0, 0, 0], ["高中阶段毕业", "06", 2, 2, 0, 0, 0, 0],
        ],
        "基础基512": [["指标名称", "编号", "校舍建筑面积", "其中：危房"], ["一、教学及辅助用房", "01", 1500, 0], ["体育馆", "02", 200, 0]],
        "基础基522": [["指标名称", "编号", "占地面积", None, "图书（册）", "教学仪器设备资产值（万元）"], [None, None, "计", "其中：运动场地面积", None, None], ["总计", "01", 9000, 3000, 6000, 45.5]],
        "基础基531": [["指标名称", "编号", "教学用计算机（台）", "网络多媒体教室（间）"], ["总计", "01", 40, 8]],
    }  # fmt: skip
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book["基础基522"].merge_cells("C1:D1")
    for column in "ABEF":
        book["基础基522"].merge_cells(f"{column}1:{column}2")
    book.save(tmp_path / "老街小学.xlsx")
    found = read_returns(tmp_path)
    assert [str(f) for f in [*found.faults, *found.unfound] if f.severity == "fault"] == []
    (school,) = found.tables["schools"].frame.to_dict("records")
    expected = {
        "school_id": "3133000001", "name": "老街小学", "kind": "primary", "operator": "public", "area": "town",
        "pupils_primary": 300, "classes_primary": 8, "teachers_primary": 20, "qualified_primary": 18, "pe_arts_primary": 5,
        "teaching_area": 1500, "indoor_sports_area": 200, "sports_ground_area": 3000, "books": 6000, "equipment_value": 45.5,
        "computers": 40, "multimedia_rooms": 8,
    }  # fmt: skip
    assert {name: school[name] for name in expected} == expected
    (grades,) = found.tables["enrolment"].frame.to_dict("records")
    assert (grades["year"], grades["grade1"]) == (2019, 60)


def test_a_school_with_one_sheet_missing_is_named(tmp_path):
    file = write_school(tmp_path / "一小.xlsx", with_grades(SMALL.tables, YEAR).iloc[0])
    book = openpyxl.load_workbook(file)
    del book["教基2106_小学"]
    book.save(file)
    name = SMALL.schools["name"].iloc[0]
    with pytest.raises(Exception, match=rf"{name}（\d+）\]“小学班数”：是空的") as caught:
        read_county(tmp_path)
    assert len(caught.value.faults) == 1


@pytest.mark.parametrize(
    ("texts", "path", "unit"),
    [
        (["教学及辅助用房", "计"], ("教学及辅助用房",), ""),
        (["占地面积（平方米）", "其中：", "运动场地面积_x000D_"], ("占地面积", "运动场地面积"), "平方米"),
        (["＃按学历分", " 本 科 "], ("按学历分", "本科"), ""),
        (
            ["固定资产总值", "其中：教学仪器设备资产值（万元）"],
            ("固定资产总值", "教学仪器设备资产值"),
            "万元",
        ),
        (["县级以上骨干教师（小学）"], ("县级以上骨干教师(小学)",), ""),
        (["合计"], ("合计",), ""),
        (["一、教学及辅助用房"], ("教学及辅助用房",), ""),
        (["图书", "图书", "(册)"], ("图书",), "册"),
    ],
)
def test_labels_are_made_plain(texts, path, unit):
    assert label(texts) == (path, unit)


def test_a_name_inside_another_does_not_match():
    """分校 is not 校: what only ends alike is another column."""
    labels = [
        label(["室内运动场地面积"]),
        label(["占地面积", "运动场地面积"]),
        label(["危房", "运动场地面积"]),
    ]
    assert matching(labels, [("运动场地面积",)]) == [1]
    assert matching(labels, [("占地面积", "运动场", "地面积")]) == [1]


def test_the_pages_tables_are_of_the_shapes():
    forms, export = forms_read(), export_read()
    columns = {
        c.label
        for c in schema().table("schools").columns
        if c.needed == "applies" and c.name != "pupils_senior"
    }
    assert columns <= set(forms["本工具的列"])
    assert columns <= set(export["本工具的列"])
    assert len(identity_read()) == 10
    assert {"乡村", "民办", "九年一贯制学校"} <= set(words_read()["本工具的写法"])


def test_cells_of_one_sheet_are_named_together():
    cells = [Cell("a.xlsx", "综合表", "V6"), Cell("a.xlsx", "综合表", "W6"), Cell("schools.csv", "", "B2")]
    assert listed(cells) == "a.xlsx，综合表，V6、W6；schools.csv，B2"
