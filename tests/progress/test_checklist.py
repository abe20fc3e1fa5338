"""The checklist: what is on it, who is drawn, the workbook as another program fills it in, and every fault by its cell."""

import datetime
from collections import Counter
from math import ceil, floor

import numpy as np
import openpyxl
import pandas as pd
import pytest
from command import within
from samples import sample_county

from balancelib.county import County, InputError, Lacking, read_county
from balancelib.county.write import write_csv
from balancelib.progress import (
    asked_of,
    check_items,
    checklist_workbook,
    draw_schools,
    new_actions,
    read_checklist,
    reported,
)
from balancelib.progress.checklist_read import DO_NOT_CHANGE
from balancelib.standards import load_standard

DAY = datetime.date(2026, 4, 7)
KEPT = ("schools", "school_items", "inspections", "actions")


@pytest.fixture(scope="module")
def county():
    return sample_county()


@pytest.fixture(scope="module")
def written(county, tmp_path_factory):
    path = tmp_path_factory.mktemp("checklist") / "检查单.xlsx"
    path.write_bytes(checklist_workbook(county, 4, seed=3))
    return path


@pytest.fixture
def book(written):
    """The workbook, all schools visited and everything met."""
    found = openpyxl.load_workbook(written)
    for sheet in found.worksheets[1:]:
        sheet["E3"] = DAY
        for row in lines(sheet):
            sheet.cell(row, 6).value = "做到"
    return found


def lines(sheet):
    """The rows of the items: from the fifth to the line of signatures."""
    return [row for row in range(5, sheet.max_row + 1) if str(sheet.cell(row, 1).value or "").isascii() and sheet.cell(row, 1).value]  # fmt: skip


def read_back(book, county, tmp_path):
    path = tmp_path / "填好.xlsx"
    book.save(path)
    return read_checklist(path, county)


def faults_of(book, county, tmp_path):
    with pytest.raises(InputError) as refused:
        read_back(book, county, tmp_path)
    return [str(fault) for fault in refused.value.faults if fault.severity == "fault"]


# What is on it


def test_every_item_is_the_standards_and_every_item_of_schools_in_the_standard_is_on_it():
    standard = load_standard("quality-2017")
    of_schools = {i.key for i in standard.indicators} | {
        item.key for _, item in standard.items() if any(t.each_school or t.rooms for t in item.tests)
    }
    known = {i.key for i in standard.indicators} | {item.key for _, item in standard.items()}
    assert of_schools <= set(check_items()) <= known


def test_what_was_inspected_in_the_sample_is_on_it(county):
    assert set(county.tables["inspections"]["item"]) <= set(check_items())


def test_labels_are_short_and_each_its_own():
    shorts = [item.short for item in check_items().values()]
    assert len(set(shorts)) == len(shorts)
    assert max(map(len, shorts)) <= 10


def school(**values):
    plain = {
        "school_id": "1",
        "kind": "primary",
        "operator": "public",
        "area": "rural",
        "pupils_primary": 80.0,
        "pupils_junior": 0.0,
    }
    return pd.Series(plain | values)


def test_items_are_asked_of_the_schools_they_are_about():
    keys = lambda one: {item.key for item in asked_of(one)}  # noqa: E731
    assert "small_school_funding" in keys(school())
    assert "small_school_funding" not in keys(school(pupils_primary=100.0))
    assert "special_school_funding" not in keys(school())
    assert "special_school_funding" in keys(school(kind="special"))
    assert "retention" in keys(school(kind="nine_year", pupils_junior=9.0))
    assert "nearby_enrolment" not in keys(school())
    assert "nearby_enrolment" in keys(school(area="town"))


def test_reported_numbers_are_the_schools_own_and_blanks_are_told():
    one = school(
        largest_class_primary=46.0,
        largest_class_junior=np.nan,
        music_room_areas=(96.0, 102.5),
        art_room_areas=None,
        charter=1.0,
    )
    said = {
        key: reported(one, check_items()[key])
        for key in ("class_size", "music_art_rooms", "charter", "moral_education")
    }
    assert said == {
        "class_size": "小学最大班额46人",
        "music_art_rooms": "各音乐教室面积96、102.5平方米；各美术教室面积没有填",
        "charter": "有学校章程：是",
        "moral_education": "",
    }
    assert "没有填" in reported(
        school(kind="nine_year", pupils_junior=9.0, largest_class_primary=40.0), check_items()["class_size"]
    )


# Who is drawn


def test_same_seed_same_schools_whatever_the_order(county):
    shuffled = County({**county.tables, "schools": county.schools.sample(frac=1, random_state=5)})
    assert (
        draw_schools(county, 8, 3)["school_id"].tolist() == draw_schools(shuffled, 8, 3)["school_id"].tolist()
    )
    assert (
        draw_schools(county, 8, 3)["school_id"].tolist() != draw_schools(county, 8, 4)["school_id"].tolist()
    )


def test_every_area_gets_its_share_and_every_school_the_same_chance(county):
    everybody = draw_schools(county, 59, 0)  # of 60, one has no pupil of compulsory education
    assert everybody["school_id"].is_unique
    shares = everybody["area"].value_counts() * 10 / 59
    times = Counter()
    for seed in range(300):
        drawn = draw_schools(county, 10, seed)
        times.update(drawn["school_id"])
        for area, n in drawn["area"].value_counts().items():
            assert floor(shares[area]) <= n <= ceil(shares[area]) + 1
    assert len(times) == 59
    expected = 300 * 10 / 59
    # Five standard deviations of a binomial count: 59 schools are looked at.
    assert max(abs(n - expected) for n in times.values()) < 5 * np.sqrt(expected * (1 - 10 / 59))


@pytest.mark.parametrize("n", [0, 60, -1])
def test_more_schools_than_there_are_cannot_be_drawn(county, n):
    with pytest.raises(Lacking, match="1到59"):
        draw_schools(county, n, 1)


# The workbook


def test_workbook_is_protected_but_for_what_is_filled_in(written):
    sheet = openpyxl.load_workbook(written).worksheets[1]
    assert sheet.protection.sheet
    assert not sheet.protection.password
    opened = {cell.coordinate for row in sheet for cell in row if not cell.protection.locked}
    rows = lines(sheet)
    assert opened == {f"{column}{row}" for row in rows for column in "FG"} | {"E3", "F3", "G3"}
    (rule,) = sheet.data_validations.dataValidation
    assert (str(rule.sqref), rule.formula1) == (f"F{rows[0]}:F{rows[-1]}", '"做到,没有做到,不适用"')
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")


def test_workbook_has_no_macros_and_no_formulas_and_is_the_same_each_time(written, county):
    book = openpyxl.load_workbook(written)
    assert book.vba_archive is None
    assert not [c.coordinate for s in book for row in s for c in row if c.data_type == "f"]
    assert written.read_bytes() == checklist_workbook(county, 4, seed=3)
    names = draw_schools(county, 4, 3)["name"].tolist()
    assert book.sheetnames[1:] == names
    assert any("种子3" in str(c.value) for row in book.worksheets[0] for c in row)


# Reading back


def test_what_was_filled_in_comes_back(book, county, tmp_path):
    sheet = book.worksheets[1]
    codes = {sheet.cell(row, 1).value: row for row in lines(sheet)}
    sheet.cell(codes["class_size"], 6).value, sheet.cell(codes["class_size"], 7).value = (
        "没有做到",
        "三（2）班52人",
    )
    sheet.cell(codes["workload"], 6).value = "不适用"
    sheet.cell(codes["charter"], 6).value = None
    filled = read_back(book, county, tmp_path)
    own = filled.rows[filled.rows["school_id"] == sheet["B3"].value].set_index("item")
    assert own.loc["class_size", ["met", "seen"]].tolist() == [0, "三（2）班52人"]
    assert "workload" not in own.index
    assert "charter" not in own.index  # nobody looked, and no row says that somebody did
    assert (own.drop("class_size")["met"] == 1).all()
    assert own["date"].unique() == ["2026-04-07"]
    assert own["visit"].unique() == [f"20260407-{sheet['B3'].value}"]
    assert filled.rows["school_id"].nunique() == 4
    assert [str(w) for w in filled.warnings] == [
        f"[填好.xlsx，{sheet.title}，F{codes['charter']}]：没有填结论，当作没有看。看了的请补填。"
    ]


def test_a_school_not_visited_has_no_rows_and_is_told(book, county, tmp_path):
    sheet = book.worksheets[2]
    sheet["E3"] = None
    for row in lines(sheet):
        sheet.cell(row, 6).value = None
    filled = read_back(book, county, tmp_path)
    assert sheet["B3"].value not in set(filled.rows["school_id"])
    assert ["整张表没有填" in str(w) for w in filled.warnings] == [True]


@pytest.mark.parametrize(
    ("cell", "value", "said"),
    [
        ("A6", "backbone", "“backbone”不认识的编号"),
        ("A6", "qualified_teachers", "“qualified_teachers”和第5行重复"),
        ("A6", None, "这一行没有编号"),
        ("B7", "随便", "“随便”项目改动过，原来是“核对：体育艺术教师”"),
        ("F8", "基本做到", "“基本做到”不在列表里。请从列表里选：做到、没有做到、不适用"),
        ("F8", '="做到"', "这一格是公式"),
        ("G8", "=HYPERLINK(\"http://x\")", "这一格是公式"),
        ("F8", "没有做到", "没有写看到了什么"),
        ("G8", "找王老师13812345678", "请删去；本工具不用个人的证件号和电话"),
        ("G8", "长" * 1001, "超过1000个字符"),
        ("G8", "看\u202e到", "含有看不见的控制字符"),
        ("E3", "四月七日", "“四月七日”不是日期"),
        ("E3", None, "没有填到校日期"),
        ("E3", "=TODAY()", "这一格是公式"),
        ("B3", "123", "“123”数据里没有这个学校标识码"),
        ("F4", "结果", "“结果”这里应当是“结论”"),
        ("A3", "校名", "“校名”这里应当是“学校标识码”"),
    ],
)  # fmt: skip
def test_every_fault_is_told_with_its_sheet_and_cell(book, county, tmp_path, cell, value, said):
    sheet = book.worksheets[1]
    sheet[cell] = value
    faults = faults_of(book, county, tmp_path)
    place = "G8" if value == "没有做到" else cell
    assert f"填好.xlsx，{sheet.title}，{place}" in faults[0]
    assert said in faults[0]
    assert "13812345678" not in "".join(faults)


def test_a_row_taken_out_is_told_by_its_item(book, county, tmp_path):
    sheet = book.worksheets[1]
    for column in range(1, 8):
        sheet.cell(7, column).value = None
    assert faults_of(book, county, tmp_path) == [
        f"[填好.xlsx，{sheet.title}，A4]：少了一行：核对：体育艺术教师（pe_arts_teachers）。{DO_NOT_CHANGE}。"
    ]


def test_faults_of_all_sheets_are_told_at_once(book, county, tmp_path):
    for sheet in book.worksheets[1:]:
        sheet["F5"] = "好"
    assert len(faults_of(book, county, tmp_path)) == 4


def test_the_same_school_twice_and_a_sheet_of_something_else(book, county, tmp_path):
    book.copy_worksheet(book.worksheets[1])
    book.create_sheet("别的")["A1"] = "x"
    said = faults_of(book, county, tmp_path)
    assert any("同一所学校同一天有两张表" in one for one in said)
    assert "[填好.xlsx，别的，A1]：这张表不是检查单。请删去这张表，或者挪到别的工作簿里。" in said


def test_what_was_read_already_is_refused(book, county, tmp_path):
    rows = read_back(book, county, tmp_path).rows
    again = County({**county.tables, "inspections": pd.concat([county.tables["inspections"], rows])})
    assert all("已经在“督导记录”表里" in one for one in faults_of(book, again, tmp_path))


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "空文件"), (b"PK\x03\x04junk", "损坏"), (b"hello", "别的文件")]
)
def test_what_is_no_workbook_is_refused(county, tmp_path, content, said):
    path = tmp_path / "坏.xlsx"
    path.write_bytes(content)
    with pytest.raises(InputError, match=said):
        read_checklist(path, county)
    with pytest.raises(InputError, match="找不到"):
        read_checklist(tmp_path / "没有.xlsx", county)


# From what was found to what is to be mended


def test_what_is_on_the_list_still_open_is_not_written_twice():
    rows = pd.DataFrame(
        [("A", "x", 0), ("A", "y", 0), ("A", "z", 1), ("B", "x", 0), ("B", "y", np.nan)],
        columns=["school_id", "item", "met"],
    ).assign(date="2026-04-07")
    known = pd.DataFrame(
        [("Z0009", "A", "x", "doing"), ("Z0010", "A", "y", "done"), ("别的号", "C", "x", "todo")],
        columns=["action", "school_id", "item", "state"],
    )
    made = new_actions(rows, known)
    assert made.to_numpy().tolist() == [
        ["Z0011", "A", "y", "2026-04-07", "todo"],
        ["Z0012", "B", "x", "2026-04-07", "todo"],
    ]
    assert new_actions(rows)["action"].tolist() == ["Z0001", "Z0002", "Z0003"]


# The command


@pytest.fixture(scope="module")
def folder(county, tmp_path_factory):
    place = tmp_path_factory.mktemp("county") / "data"
    place.mkdir()
    write_csv({name: county.tables[name] for name in KEPT}, place)
    return place


def test_command_writes_and_reads_and_the_county_takes_the_tables(folder, tmp_path):
    done = within("checklist", folder, "--schools", 3, "--seed", 1, "--out", "单.xlsx", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    again = within("checklist", folder, "--schools", 3, "--seed", 1, "--out", "单.xlsx", folder=tmp_path)
    assert again.returncode == 2
    assert "不会覆盖" in again.stderr
    book = openpyxl.load_workbook(tmp_path / "单.xlsx")
    sheet = book.worksheets[1]
    sheet["E3"] = "2026-04-07"
    for row in lines(sheet):
        sheet.cell(row, 6).value = "没有做到"
        sheet.cell(row, 7).value = "看过"
    book.save(tmp_path / "单.xlsx")
    done = within("checklist", folder, "--filled", "单.xlsx", "--out", "新", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"读到1所学校、{len(lines(sheet))}项；没有做到的{len(lines(sheet))}项" in done.stdout
    for name in ("inspections.csv", "actions.csv"):
        (folder / name).rename(tmp_path / name)
        (tmp_path / "新" / name).rename(folder / name)
    try:
        merged = read_county(folder)
    finally:
        for name in ("inspections.csv", "actions.csv"):
            (tmp_path / name).replace(folder / name)
    assert len(merged.tables["inspections"]) == len(sample_county().tables["inspections"]) + len(lines(sheet))
    assert (merged.tables["inspections"]["date"] == "2026-04-07").sum() == len(lines(sheet))


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--out", "a.xlsx"], 2, "两样选一样"),
        (["--schools", 3, "--out", "a.xlsx"], 2, "--schools和--seed"),
        (["--schools", 3, "--seed", -1, "--out", "a.xlsx"], 2, "种子"),
        (["--schools", 3, "--seed", 1, "--filled", "b.xlsx", "--out", "a.xlsx"], 2, "两样选一样"),
        (["--schools", 3, "--seed", 1, "--out", "a.csv"], 2, ".xlsx结尾"),
        (["--schools", 99, "--seed", 1, "--out", "a.xlsx"], 2, "1到59"),
        (["--filled", "没有.xlsx", "--out", "b"], 1, "找不到"),
    ],
)
def test_command_refuses(folder, tmp_path, words, code, said):
    done = within("checklist", folder, *words, folder=tmp_path)
    assert done.returncode == code
    assert said in done.stderr
    assert not list(tmp_path.iterdir())
