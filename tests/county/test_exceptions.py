"""Warnings that were looked into and found true: no longer listed, never forgotten, and back when the number changes."""

import datetime

import openpyxl
import pandas as pd
import pytest
from samples import sample_county

from balancelib.county import InputError, read_county
from balancelib.county.exceptions import accept
from balancelib.county.schema import schema
from balancelib.county.write import write_csv, write_workbook

SAMPLE = sample_county(7).tables
COLUMNS = [column.name for column in schema().table("exceptions").columns]
WHO = ("县教育局基础教育股", "2026-03-01", "教师由中心校派任")
GROUND = ("unit.ground", "9900000001", "运动场地面积")


def tables(*exceptions, ground=7.0, **schools):
    """Return a county whose first school has a sports ground of 7 m² for its 1,000 pupils, and exceptions."""
    frame = SAMPLE["schools"].copy()
    frame.loc[0, "sports_ground_area"] = ground
    for name, value in schools.items():
        frame.loc[0, name] = value
    rows = [(*exception, *WHO)[: len(COLUMNS)] for exception in exceptions]
    return {"schools": frame, "exceptions": pd.DataFrame(rows, columns=COLUMNS)}


@pytest.fixture
def read(tmp_path):
    def reading(*exceptions, previous=None, more=(), **changes):
        own = tables(*exceptions, **changes)
        write_csv(
            own | {name: SAMPLE[name] for name in more},
            tmp_path / "now" if previous is not None else tmp_path,
        )
        if previous is None:
            return read_county(tmp_path)
        write_csv({"schools": previous}, tmp_path / "before")
        return read_county(tmp_path / "now", tmp_path / "before")

    (tmp_path / "now").mkdir()
    (tmp_path / "before").mkdir()
    return reading


def test_without_an_exception_it_is_a_warning(read):
    county = read()
    assert [(w.rule, w.school_id, w.value) for w in county.warnings] == [("unit.ground", "9900000001", "7")]
    assert county.accepted == []


@pytest.mark.parametrize("column", ["运动场地面积", "sports_ground_area", "运动场地面积（平方米）"])
@pytest.mark.parametrize("value", ["7", "7.0", "7.00"])
def test_an_accepted_warning_is_kept_apart_with_who_when_and_why(read, column, value):
    county = read(("unit.ground", "9900000001", column, value))
    assert county.warnings == []
    (accepted,) = county.accepted
    assert (accepted.accepted_by, accepted.accepted_on, accepted.reason) == WHO
    assert accepted.fault.value == "7"
    assert "运动场地面积" in accepted.reason_found
    assert str(accepted).endswith("2026-03-01，县教育局基础教育股核实：教师由中心校派任。")


def test_another_value_brings_the_warning_back(read):
    county = read((*GROUND, "7"), ground=8.0)
    assert [w.rule for w in county.warnings] == ["unit.ground", "exception.value"]
    assert county.accepted == []
    assert "“7”是核实时的值，现在的值是“8”" in str(county.warnings[1])


def test_another_school_or_rule_is_no_match(read):
    others = [
        ("unit.ground", "9900000002", "运动场地面积", "7"),
        ("unit.teaching", "9900000001", "运动场地面积", "7"),
    ]
    county = read(*others)
    assert [(w.rule, w.row) for w in county.warnings] == [
        ("unit.ground", 2), ("exception.unmatched", 2), ("exception.unmatched", 3),
    ]  # fmt: skip


def test_blank_is_not_zero(read):
    """An exception to a blank does not cover a zero."""
    county = read((*GROUND, None))
    assert [w.rule for w in county.warnings] == ["unit.ground", "exception.value"]


def test_a_rule_that_there_is_not(read):
    assert [w.rule for w in read(("unit.grounds", "9900000001", "运动场地面积", "7")).warnings] == [
        "unit.ground", "exception.unknown",
    ]  # fmt: skip


def test_a_hard_fault_cannot_be_accepted(read):
    with pytest.raises(InputError) as caught:
        read(("part.backbone", "9900000001", "小学县级以上骨干教师数", "61"), backbone_primary=61)
    found = [(f.rule, f.severity) for f in caught.value.faults if f.severity == "fault"]
    assert found == [("part.backbone", "fault"), ("exception.hard", "fault")]
    assert "错误" in str(caught.value.faults[-1])


def test_exceptions_to_changes_wait_for_the_year_before(read):
    """Without the earlier year nothing is said of them; with it they hold."""
    before = SAMPLE["schools"].copy()
    before.loc[0, "books"] = 60000
    jump = ("previous.jump", "9900000001", "图书册数", "24000")
    assert read(jump, ground=7600.0).warnings == []
    county = read(jump, ground=7600.0, previous=before)
    assert county.warnings == []
    assert [a.fault.rule for a in county.accepted] == ["previous.jump"]


def test_an_exception_to_a_sum_is_of_the_sum(read):
    """The equipment of the ledger adds up to 215.6 万元; an exception to that says nothing of another sum."""
    ledger = ("sum.ledger_value", "9900000001", "学校标识码")
    changes = {"equipment_value": 230.0, "ground": 7600.0, "more": ("ledger",)}
    (warning,) = read(**changes).warnings
    assert (warning.value, warning.amount) == ("9900000001", "215.6")
    assert read((*ledger, "215.6"), **changes).warnings == []
    assert [w.rule for w in read((*ledger, "210"), **changes).warnings] == [
        "sum.ledger_value",
        "exception.value",
    ]


def test_an_exception_of_the_county_has_no_school(tmp_path):
    items = SAMPLE["county_items"].assign(teacher_pay=9.6)
    rows = [("unit.pay", None, "教师年平均工资收入", "9.6", *WHO)]
    write_csv(
        {
            "schools": SAMPLE["schools"],
            "county_items": items,
            "exceptions": pd.DataFrame(rows, columns=COLUMNS),
        },
        tmp_path,
    )
    county = read_county(tmp_path)
    assert county.warnings == []
    assert [a.fault.school_id for a in county.accepted] == [None]


@pytest.mark.parametrize(
    ("at", "value", "words"),
    [
        ("accepted_on", "2026年3月", "不是日期"),
        ("accepted_on", "2026-02-30", "不是日期"),
        ("accepted_on", None, "是空的"),
        ("accepted_by", None, "是空的"),
        ("reason", None, "是空的"),
        ("rule", None, "是空的"),
        ("accepted_by", "张三13800138000", "电话号码"),
    ],
)
def test_an_exception_must_say_who_when_and_why(tmp_path, at, value, words):
    own = tables((*GROUND, "7"))
    own["exceptions"][at] = own["exceptions"][at].astype(object)
    own["exceptions"].loc[0, at] = value
    write_csv(own, tmp_path)
    with pytest.raises(InputError) as caught:
        read_county(tmp_path)
    (fault,) = [f for f in caught.value.faults if f.severity == "fault"]
    assert words in fault.reason
    assert fault.sheet == "exceptions.csv"


def test_in_a_workbook_a_date_is_a_date_and_a_number_a_number(tmp_path):
    path = write_workbook(tmp_path / "county.xlsx", {"schools": tables()["schools"]})
    book = openpyxl.load_workbook(path)
    row = [*GROUND, 7, WHO[0], datetime.date(2026, 3, 1), WHO[2]]
    sheet = book["已核实的例外"]
    place = sheet.max_row + 1 if sheet["A2"].value else 2
    for k, value in enumerate(row, 1):
        sheet.cell(place, k).value = value
        sheet.cell(place, k).number_format = "yyyy-mm-dd" if k == 6 else "General"
    book.save(path)
    county = read_county(path)
    assert county.warnings == []
    assert [a.accepted_on for a in county.accepted] == ["2026-03-01"]


def test_without_the_table_nothing_is_taken_out():
    assert accept([], None, False) == ([], [])
