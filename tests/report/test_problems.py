"""The list of problems that goes back to the schools, as a workbook."""

import io
import re
import subprocess
import sys

import openpyxl
import pandas as pd
import pytest
from conftest import ROOT
from samples import sample_county

from balancelib.county import Fault, InputError, read_county
from balancelib.county.schema import schema
from balancelib.county.write import write_csv, write_workbook
from balancelib.report.problems import HEAD, MOST_LISTED, MOST_SHEETS, NOTHING, problems_workbook

SAMPLE = sample_county(7).tables


class Names:
    """What knows the schools' names."""

    def __init__(self, **names):
        self.names = names


def book(faults, county):
    return openpyxl.load_workbook(io.BytesIO(problems_workbook(faults, county)))


def warning(school, rule="unit.ground", **more):
    return Fault("学校", "，太小", "请核实", 2, "运动场地面积", "7", "warning", rule, school, **more)


def texts(sheet):
    return [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]


def table(sheet):
    """Return the rows below the header of a school's sheet."""
    rows = list(sheet.iter_rows(values_only=True))
    start = rows.index(HEAD) + 1
    return [row for row in rows[start:] if isinstance(row[0], int)]


@pytest.fixture
def spoiled(tmp_path):
    """A county with three faults and a warning in two schools, and a warning of the county's own."""
    schools = SAMPLE["schools"].copy()
    schools.loc[0, ["backbone_primary", "pe_arts_primary"]] = 61
    schools.loc[0, "sports_ground_area"] = 7
    schools.loc[1, "indoor_sports_area"] = 99999
    items = SAMPLE["county_items"].assign(teacher_pay=9.6)
    return write_workbook(tmp_path / "county.xlsx", {"schools": schools, "county_items": items})


def test_one_sheet_a_school_with_all_of_its_problems(spoiled):
    with pytest.raises(InputError) as caught:
        read_county(spoiled)
    found = book(caught.value.faults, caught.value)
    assert found.sheetnames == ["汇总", "县级", "城关镇第一小学", "城关镇第二小学", "已核实的例外"]
    rows = table(found["城关镇第一小学"])
    assert [row[1:7] for row in rows] == [
        ("part.backbone", "错误", "学校", 2, "小学县级以上骨干教师数", "61"),
        ("part.pe_arts", "错误", "学校", 2, "小学体育艺术专任教师数", "61"),
        ("unit.ground", "提醒", "学校", 2, "运动场地面积", "7"),
    ]
    assert rows[0][7] == "大于“小学专任教师数”的60"
    assert "核对这两个数" in rows[0][8]
    assert rows[0][9:] == (None,) * 4  # for the school's answer
    assert [row[1] for row in table(found["县级"])] == ["unit.pay"]


def test_the_summary_counts_by_school_and_by_rule(spoiled):
    with pytest.raises(InputError) as caught:
        read_county(spoiled)
    rows = list(book(caught.value.faults, caught.value)["汇总"].iter_rows(values_only=True))
    assert ("9900000001", "城关镇第一小学", 2, 1) in [row[:4] for row in rows]
    assert ("9900000002", "城关镇第二小学", 1, 0) in [row[:4] for row in rows]
    assert ("—", "县级", 0, 1) in [row[:4] for row in rows]
    by_rule = {row[0]: row[4:6] for row in rows if row[0] and "." in str(row[0])}
    assert by_rule["part.backbone"] == (1, 0)
    assert by_rule["unit.pay"] == (0, 1)


def test_it_prints_on_a4_across_with_the_header_on_every_page(spoiled):
    with pytest.raises(InputError) as caught:
        read_county(spoiled)
    found = book(caught.value.faults, caught.value)
    for sheet in found.worksheets:
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert found["城关镇第一小学"].print_title_rows == "$3:$3"
    (choices,) = found["城关镇第一小学"].data_validations.dataValidation
    assert (str(choices.sqref), "属实" in choices.formula1) == ("J4:J6", True)


@pytest.mark.parametrize(
    "name", ["甲/乙:[丙]*?\\丁", "长" * 60, "'", "汇总", "县级", "History", "已核实的例外"]
)
def test_any_name_of_a_school_gives_a_sheet(name):
    found = book([warning("1"), warning("2")], Names(**{"1": name, "2": name}))
    titles = found.sheetnames
    assert len(titles) == len({title.lower() for title in titles}) == 4
    assert all(0 < len(title) <= 31 and not re.search(r"[\[\]:*?/\\]", title) for title in titles)
    assert name in "".join(str(text) for text in texts(found[titles[1]]))


@pytest.mark.parametrize("hostile", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")'])
def test_text_stays_text(hostile):
    fault = Fault(hostile, hostile, hostile, 2, hostile, hostile, "warning", "unit.ground", hostile)
    for sheet in book([fault], Names(**{hostile: hostile})).worksheets:
        cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert not [cell.coordinate for cell in cells if cell.data_type == "f"]


def test_same_problems_same_bytes():
    faults = [warning("1"), warning("2"), warning(None, "unit.pay")]
    names = Names(**{"1": "甲校", "2": "乙校"})
    assert problems_workbook(faults, names) == problems_workbook(faults, names)


def test_without_a_problem_it_says_so():
    assert NOTHING in texts(book([], Names())["汇总"])


def test_too_many_are_told(monkeypatch):
    faults = [warning(f"{i:05d}") for i in range(MOST_SHEETS + 2)]
    found = book(faults, Names())
    assert len(found.sheetnames) == MOST_SHEETS + 3
    assert [row[7] for row in table(found["其余学校"])] == [
        f"学校标识码{i:05d}：太小" for i in (MOST_SHEETS, MOST_SHEETS + 1)
    ]
    monkeypatch.setattr("balancelib.report.problems.MOST_LISTED", 3)
    assert f"一共{len(faults)}处，这里列出前3处" in "".join(map(str, texts(book(faults, Names())["汇总"])))
    assert MOST_LISTED > 1000


def test_the_last_sheet_is_the_table_of_exceptions_to_be_completed(tmp_path):
    """Completed and copied to the county's own workbook, its rows take the warnings off the list."""
    schools = SAMPLE["schools"].copy()
    schools.loc[0, "sports_ground_area"] = 7
    ledger = SAMPLE["ledger"].copy()
    ledger.loc[0, "unit_value"] *= 2
    path = write_workbook(tmp_path / "county.xlsx", {"schools": schools, "ledger": ledger})
    county = read_county(path)
    assert {w.rule for w in county.warnings} == {"unit.ground", "sum.ledger_value"}
    listed = book(county.warnings, county)["已核实的例外"]
    head, *rows = listed.iter_rows(values_only=True)
    assert list(head) == [column.header for column in schema().table("exceptions").columns]
    frame = pd.DataFrame(rows, columns=[column.name for column in schema().table("exceptions").columns])
    frame[["accepted_by", "accepted_on", "reason"]] = ["教育局", "2026-03-01", "属实"]
    write_workbook(path, {"schools": schools, "ledger": ledger, "exceptions": frame})
    county = read_county(path)
    assert county.warnings == []
    assert [a.fault.rule for a in county.accepted] == ["unit.ground", "sum.ledger_value"]


# The command


def check(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "balancelib", "check", *map(str, arguments)], cwd=folder, capture_output=True,
        encoding="utf-8", env={"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "PATH": ""}, check=False,
    )  # fmt: skip


def test_the_command_writes_it_and_keeps_its_exit_code(spoiled):
    done = check(spoiled.parent, "county.xlsx", "--out", "problems.xlsx")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.endswith("问题清单写好了：problems.xlsx\n")
    assert "城关镇第一小学" in openpyxl.load_workbook(spoiled.parent / "problems.xlsx").sheetnames


@pytest.mark.parametrize(("out", "words"), [("problems.txt", "以.xlsx结尾"), ("county.xlsx", "是输入的数据")])
def test_the_command_refuses_what_is_no_workbook_or_would_be_lost(spoiled, out, words):
    before = spoiled.read_bytes()
    done = check(spoiled.parent, "county.xlsx", "--out", out)
    assert (done.returncode, words in done.stderr) == (2, True)
    assert spoiled.read_bytes() == before
    assert not (spoiled.parent / "problems.txt").exists()


def test_the_command_tells_what_was_accepted(tmp_path):
    schools = SAMPLE["schools"].copy()
    schools.loc[0, "sports_ground_area"] = 7
    rows = [("unit.ground", "9900000001", "运动场地面积", "7", "县教育局", "2026-03-01", "操场在建。")]
    columns = [column.name for column in schema().table("exceptions").columns]
    write_csv({"schools": schools, "exceptions": pd.DataFrame(rows, columns=columns)}, tmp_path)
    done = check(tmp_path, ".")
    assert done.returncode == 0
    assert "没有错误，可以判定。\n已核实的例外：1处\n" in done.stdout
    assert done.stdout.rstrip().endswith("2026-03-01，县教育局核实：操场在建。")
    assert check(tmp_path, ".", "--json", "-").stdout == "[]\n"
