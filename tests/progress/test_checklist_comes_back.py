"""A checklist on its way: what people and programs do to it, and that nothing of it is lost or changed without a word."""

import datetime
import os
import signal
import subprocess
import sys

import numpy as np
import openpyxl
import pandas as pd
import pytest
from command import within
from conftest import ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples import sample_county
from test_killed import KILLED, visible

from balancelib.county import County, InputError, Lacking
from balancelib.county.write import write_csv
from balancelib.progress import checklist_workbook, new_actions, read_checklist
from balancelib.progress.checklist_form import FOUND, MOST

PHONE = "13812345678"
LAST = 8  # columns of a sheet and one beside


@pytest.fixture(scope="module")
def county():
    tables = sample_county().tables
    return County({name: tables[name] for name in ("schools", "school_items", "inspections", "actions")})


@pytest.fixture(scope="module")
def written(county, tmp_path_factory):
    path = tmp_path_factory.mktemp("checklist") / "检查单.xlsx"
    path.write_bytes(checklist_workbook(county, 2, seed=3))
    return path


@pytest.fixture
def book(written):
    return all_met(openpyxl.load_workbook(written))


def all_met(book):
    for sheet in book.worksheets[1:]:
        sheet["E3"] = datetime.date(2026, 4, 7)
        for row in lines(sheet):
            sheet.cell(row, 6).value = "做到"
    return book


def lines(sheet):
    """The rows of the items: from the fifth to the line of signatures."""
    shown = [str(sheet.cell(row, 1).value or "") for row in range(1, sheet.max_row + 1)]
    return [row for row, text in enumerate(shown, 1) if row > 4 and text and text.isascii()]


def read_back(book, county, tmp_path):
    path = tmp_path / "填好.xlsx"
    book.save(path)
    return read_checklist(path, county)


def said_of(book, county, tmp_path):
    """What is told: as faults where it is refused, as warnings where it is read."""
    try:
        return [str(w) for w in read_back(book, county, tmp_path).warnings]
    except InputError as refused:
        return [str(fault) for fault in refused.faults]


# What people do


def test_merged_results_are_refused(book, county, tmp_path):
    sheet = book.worksheets[1]
    for row in range(6, 10):
        sheet.cell(row, 6).value = None
    sheet.merge_cells("F5:F9")
    faults = said_of(book, county, tmp_path)
    assert (
        f"[填好.xlsx，{sheet.title}，F5]：F5:F9是合并单元格，只有左上角的一格有值。请取消合并，每一格都填上自己的值。"
        in faults
    )


def test_what_is_written_beside_the_table_is_told(book, county, tmp_path):
    sheet = book.worksheets[1]
    sheet["H7"], sheet["J9"] = "厕所坏了", "屋顶漏"
    (said,) = said_of(book, county, tmp_path)
    assert f"{sheet.title}，H7]：表外面写的不读" in said


@pytest.mark.parametrize("cell", ["A9", "D8", "E3", "F8", "G8", "H7", "C33"])
def test_a_number_of_a_person_is_refused_wherever_it_stands_and_not_quoted(book, county, tmp_path, cell):
    book.worksheets[1][cell] = f"找{PHONE}"
    with pytest.raises(InputError) as refused:
        read_back(book, county, tmp_path)
    assert f"，{cell}]" in str(refused.value)
    assert PHONE not in str(refused.value)


def test_what_is_hidden_is_read_and_told(book, county, tmp_path):
    first, second = book.worksheets[1:]
    first.sheet_state = "hidden"
    second.column_dimensions["F"].hidden = True
    filled = read_back(book, county, tmp_path)
    assert filled.rows["school_id"].nunique() == 2
    assert ["隐藏" in str(w) for w in filled.warnings] == [True, True]


def test_sheets_moved_and_renamed_and_blank_ones_are_no_matter(book, county, tmp_path):
    before = read_back(book, county, tmp_path).rows
    cover, first, second = book.worksheets
    book.create_sheet("Sheet1", 0)
    book.move_sheet(cover, 3)
    first.title, second.title, cover.title = "甲", "先看这里(旧)", "说明"
    first.insert_rows(8)
    filled = read_back(book, county, tmp_path)
    assert filled.rows.equals(before)
    assert not filled.warnings


def test_a_school_on_a_sheet_that_has_the_name_of_the_first_is_read(book, county, tmp_path):
    del book["先看这里"]
    book.worksheets[0].title = "先看这里"
    assert read_back(book, county, tmp_path).rows["school_id"].nunique() == 2


def test_lines_within_a_cell_are_joined_and_notes_without_a_result_are_kept_and_told(book, county, tmp_path):
    sheet = book.worksheets[1]
    sheet["F7"], sheet["G7"] = "没有做到", "缺3名，\n由语文教师上"
    sheet["F8"], sheet["G8"] = None, "门锁着"
    filled = read_back(book, county, tmp_path)
    own = filled.rows.set_index(["school_id", "item"]).loc[sheet["B3"].value]
    assert own.loc[sheet["A7"].value, ["met", "seen"]].tolist() == [0, "缺3名， 由语文教师上"]
    assert np.isnan(own.loc[sheet["A8"].value, "met"])
    assert own.loc[sheet["A8"].value, "seen"] == "门锁着"
    assert [str(w) for w in filled.warnings] == [
        f"[填好.xlsx，{sheet.title}，F8]：写了看到的情况，没有选结论，当作没有看清。看了的请补填。"
    ]


def test_another_countys_form_with_the_same_numbers_is_refused(book, county, tmp_path):
    renamed = county.schools.assign(name="另一个县的" + county.schools["name"])
    other = County({**county.tables, "schools": renamed})
    said = said_of(book, other, tmp_path)
    assert len(said) == 2
    assert all("，A1]" in one and "标题和学校标识码不是一所学校" in one for one in said)


def test_a_form_made_from_other_numbers_is_told(book, county, tmp_path):
    (key,) = [book.worksheets[1].cell(row, 5) for row in lines(book.worksheets[1])][:1]
    others = County(
        {**county.tables, "schools": county.schools.assign(qualified_primary=1.0, qualified_junior=1.0)}
    )
    said = said_of(book, others, tmp_path)
    assert f"，{key.coordinate}]：“学校报的”和现在的数据不一样（第{key.row}行）" in said[0]


@pytest.mark.parametrize(
    "value",
    ["2026.3.5", "2026年3月5日", 46086, "0026-04-07", "9999-01-01", datetime.datetime(2026, 4, 7, 14, 30)],
)
def test_days_that_could_be_taken_for_another_are_refused(book, county, tmp_path, value):
    cell = book.worksheets[1]["E3"]
    cell.value = value
    cell.number_format = "General" if isinstance(value, int) else cell.number_format
    (said,) = said_of(book, county, tmp_path)
    assert "，E3]：" in said
    assert "请写成2026-03-01这样" in said or "请核对年份" in said


def test_a_sheet_filled_far_down_is_refused_in_no_time(book, county, tmp_path):
    for row in range(100, 20_000):
        book.worksheets[1].cell(row, 1).value = "x"
    assert said_of(book, county, tmp_path) == [
        f"[填好.xlsx，{book.worksheets[1].title}，A19999]：离表太远的地方有内容。请删去表下面的行。"
    ]


def test_formulas_beyond_those_whose_places_are_kept_are_refused(book, county, tmp_path):
    sheet = book.worksheets[1]
    for column in range(8, 40):
        for row in range(1, 330):
            sheet.cell(row, column).value = "=1"
    assert any("处公式" in one for one in said_of(book, county, tmp_path))


def test_a_visit_of_the_table_under_another_number_is_the_same_visit(book, county, tmp_path):
    rows = read_back(book, county, tmp_path).rows.assign(visit="V901")
    again = County({**county.tables, "inspections": pd.concat([county.tables["inspections"], rows])})
    said = said_of(book, again, tmp_path)
    assert [one.count("已经在“督导记录”表里") for one in said] == [1, 1]


def test_more_schools_than_a_workbook_can_hold_are_refused(county):
    with pytest.raises(Lacking, match=f"最多{MOST}所"):
        checklist_workbook(county, MOST + 1, 1)


# From findings to entries


def test_two_visits_that_find_the_same_make_one_entry_and_so_does_what_was_open_on_the_day():
    rows = pd.DataFrame(
        [("A", "x", "2026-05-09", 0), ("A", "x", "2026-04-07", 0), ("A", "y", "2026-04-07", 0), ("A", "z", "2026-04-07", 0)],
        columns=["school_id", "item", "date", "met"],
    )  # fmt: skip
    known = pd.DataFrame(
        [("Z0001", "A", "y", "done", "2026-04-20"), ("Z0002", "A", "z", "done", "2026-04-01")],
        columns=["action", "school_id", "item", "state", "closed_on"],
    )
    made = new_actions(rows, known)
    # y was closed only after the visit: it was still open on that day, and is the same matter.
    assert made[["action", "item", "found_on"]].to_numpy().tolist() == [
        ["Z0003", "x", "2026-04-07"],
        ["Z0004", "z", "2026-04-07"],
    ]


# Everything at once


texts = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), max_size=20)
seen = st.builds("{}{}".format, st.sampled_from(["", "=", "+", "-", "@"]), texts.filter(str.strip)).map(
    str.strip
)
answers = st.tuples(st.sampled_from([None, *FOUND]), st.none() | seen)


@given(data=st.data())
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_filled_in_comes_back_and_every_finding_is_on_the_list_once(data, written, county, tmp_path):
    book, expected = openpyxl.load_workbook(written), {}
    for sheet in book.worksheets[1:]:
        sheet["E3"] = "2026-04-07"
        for row in lines(sheet):
            result, said = data.draw(answers)
            said = said or ("看到了" if result == "没有做到" else None)
            sheet.cell(row, 6).value = result
            if said:
                sheet.cell(row, 7).value, sheet.cell(row, 7).data_type = said, "s"
            if result in ("做到", "没有做到") or (said and result is None):
                met = {"做到": 1.0, "没有做到": 0.0, None: None}[result]
                expected[sheet["B3"].value, sheet.cell(row, 1).value] = (met, said)
    filled = read_back(book, county, tmp_path)
    rows = filled.rows.astype(object).where(filled.rows.notna(), None)
    found = {(r.school_id, r.item): (r.met, r.seen) for r in rows.itertuples()}
    assert found == expected
    actions = county.tables["actions"]
    made = new_actions(filled.rows, actions)
    missed = {pair for pair, (met, _) in expected.items() if met == 0}
    listed = actions[~actions["state"].isin(["done", "verified"])]
    still = set(listed[["school_id", "item"]].itertuples(index=False, name=None))
    assert sorted(made[["school_id", "item"]].itertuples(index=False, name=None)) == sorted(missed - still)
    assert not set(made["action"]) & set(actions["action"])


@given(
    row=st.integers(1, 34),
    column=st.integers(1, LAST),
    value=st.none()
    | seen
    | st.integers(0, 99999)
    | st.sampled_from([*FOUND, True, "2026-05-06", "=1", PHONE]),
)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_one_cell_changed_is_refused_told_or_changes_that_cell_alone(
    row, column, value, written, county, tmp_path
):
    book = all_met(openpyxl.load_workbook(written))
    before = read_back(book, county, tmp_path).rows
    sheet = book.worksheets[1]
    cell = sheet.cell(row, column)
    if isinstance(cell, openpyxl.cell.cell.MergedCell):
        return  # has no value of its own
    was, cell.value = cell.value, value
    key = sheet.cell(row, 1).value
    try:
        filled = read_back(book, county, tmp_path)
    except InputError as refused:
        assert refused.faults
        return
    keys = ["school_id", "item"]
    both = before.merge(filled.rows, on=keys, how="outer", suffixes=("", "_new"), indicator=True)
    same = (both["met"] == both["met_new"]) & (both["seen"].isna() & both["seen_new"].isna())
    touched = both[(both["_merge"] != "both") | ~same | (both["date"] != both["date_new"])]
    if (row, column) == (3, 5):  # the day, of the whole sheet
        assert set(touched["school_id"]) <= {sheet["B3"].value}
    else:
        assert set(touched["item"]) <= {key}
        ours = column in (3, 4) or row in (2,)  # the standard's words and our notes, which are not read
        fills = column in (6, 7)
        assert (
            fills or ours or filled.warnings or str(value or "").strip() == str(was or "").strip() or row > 30
        )


# The command


@pytest.fixture(scope="module")
def folder(county, tmp_path_factory):
    place = tmp_path_factory.mktemp("county") / "data"
    place.mkdir()
    write_csv(county.tables, place)
    return place


def test_the_countys_code_stands_in_the_new_rows_too(county, written, tmp_path):
    coded = {name: table.assign(county_id="530100") for name, table in county.tables.items()}
    (tmp_path / "data").mkdir()
    write_csv(coded, tmp_path / "data")
    book = all_met(openpyxl.load_workbook(written))
    book.worksheets[1]["F5"], book.worksheets[1]["G5"] = "没有做到", "看过"
    book.save(tmp_path / "填好.xlsx")
    done = within("checklist", "data", "--filled", "填好.xlsx", "--out", "新", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    for name in ("inspections", "actions"):
        table = pd.read_csv(tmp_path / "新" / f"{name}.csv", dtype=str)
        assert table["county_id"].eq("530100").all()
        (tmp_path / "新" / f"{name}.csv").replace(tmp_path / "data" / f"{name}.csv")
    done = within("check", "data", folder=tmp_path)
    assert done.returncode == 0


def test_a_day_that_has_not_come_and_a_second_visit_are_told(folder, book, tmp_path):
    again = book.copy_worksheet(book.worksheets[1])
    again["E3"] = "2099-04-08"
    book.save(tmp_path / "填好.xlsx")
    done = within("checklist", folder, "--filled", "填好.xlsx", "--out", "新", folder=tmp_path)
    assert done.returncode == 0
    assert "到校日期2099-04-08还没有到，请核对年份" in done.stdout
    assert "读到2所学校（去了3次）" in done.stdout


def test_nothing_to_record_is_said_with_what_was_left_open(folder, written, tmp_path):
    done = within("checklist", folder, "--filled", written, "--out", "新", folder=tmp_path)
    assert done.returncode == 1
    assert done.stderr.count("整张表没有填，当作没有去") == 2
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("nth", [1, 2])
def test_killed_while_it_writes_it_leaves_neither_table(folder, book, tmp_path, nth):
    book.save(tmp_path / "填好.xlsx")
    words = ["checklist", folder, "--filled", tmp_path / "填好.xlsx", "--out", tmp_path / "新"]
    done = subprocess.run(
        [sys.executable, "-c", KILLED, "replace", str(nth), *map(str, words)],
        capture_output=True, check=False, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL
    assert visible(tmp_path / "新") == {}


def test_what_another_run_has_just_written_is_not_replaced(folder, book, tmp_path, monkeypatch):
    book.save(tmp_path / "填好.xlsx")
    (tmp_path / "新").mkdir()
    (tmp_path / "新" / "inspections.csv").write_text("of the other run")
    monkeypatch.setattr("balancelib.cli.inspect.keep_what_is_there", lambda *_, **__: None)  # it came after
    done = within("checklist", folder, "--filled", "填好.xlsx", "--out", "新", folder=tmp_path)
    assert (done.returncode, done.stderr) == (2, "写不进新：同名的文件已经在那里。请换一个名字\n")
    assert {path.name: path.read_text() for path in (tmp_path / "新").iterdir()} == {
        "inspections.csv": "of the other run"
    }


def test_a_link_in_the_place_of_a_table_is_not_followed(folder, book, tmp_path):
    book.save(tmp_path / "填好.xlsx")
    (tmp_path / "新").mkdir()
    (tmp_path / "新" / "actions.csv").symlink_to(tmp_path / "没有")
    done = within("checklist", folder, "--filled", "填好.xlsx", "--out", "新", folder=tmp_path)
    assert done.returncode == 2
    assert "不会覆盖" in done.stderr
    assert not (tmp_path / "没有").exists()
