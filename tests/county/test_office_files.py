"""Small workbooks and CSV that LibreOffice saved (tests/files/office.py): understood, or refused with the cell named."""

import csv

import pytest
from conftest import ROOT

from balancelib.county import InputError, read_county
from balancelib.county.schema import plain, schema

FILES = ROOT / "tests" / "files"
TABLE = schema().table("schools")

UNDERSTOOD = [
    "plain.xlsx",
    "numbers_as_text.xlsx",  # with a blank behind
    "grouped_numbers.xlsx",  # 1,234.50 is how it looks, not what it is
    "formulas.xlsx",
    "headers_with_blanks.xlsx",
    "hidden.xlsx",  # a school and a column that the eye does not see
    "dimension_of_one_cell.xlsx",  # as WPS leaves it
    "no_dimension.xlsx",
    "utf8",
    "gb18030",
]
REFUSED = {
    "full_width.xlsx": {(2, "小学在校生数"): "600", (4, "小学专任教师数"): "24"},
    "marks.xlsx": dict.fromkeys(
        [(2, "初中在校生数"), (3, "小学在校生数"), (3, "小学专任教师数"), (2, "初中班数")], "留空"
    ),
    "units.xlsx": {(2, "小学在校生数"): "单位", (4, "图书册数"): "逗号"},
    "dates.xlsx": {(2, "小学班数"): "2025-09-01"},
    "formula_errors.xlsx": {(2, "小学在校生数"): "#DIV/0!", (4, "图书册数"): "#N/A"},
    "merged_down.xlsx": {(2, "公办或民办"): "合并单元格", (3, "公办或民办"): "空", (4, "公办或民办"): "空"},
    "title_above.xlsx": {(2, None): "第1行"},
}


def by_hand():
    """The rows of schools.csv, which was written by hand: the column and the text of each cell."""
    with (FILES / "schools.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield [(TABLE.headers[plain(header)], text) for header, text in row.items()]


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_what_is_understood_is_the_county_written_by_hand(name):
    found = read_county(FILES / name).schools
    for i, row in enumerate(by_hand()):
        for column, text in row:
            value = found[column.name][i]
            if not text:
                assert value != value or value is None, column.label  # noqa: PLR0124  NaN
            else:
                assert value == (float(text) if column.numeric else as_key(column, text)), column.label
    assert len(found) == 3


def as_key(column, text):
    return {label: key for key, label in column.codes.items()}.get(text, text)


def refused(name):
    with pytest.raises(InputError) as caught:
        read_county(FILES / name)
    return {(fault.row, fault.column): str(fault) for fault in caught.value.faults}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_named_cell_by_cell(name):
    found = refused(name)
    assert set(found) == set(REFUSED[name])
    for place, word in REFUSED[name].items():
        assert word in found[place]


def test_every_formula_without_a_value_is_named():
    filled = {
        (i, column.label)
        for i, row in enumerate(by_hand(), 2)
        for column, text in row
        if column.numeric and text
    }
    found = refused("formulas_without_values.xlsx")
    assert set(found) == filled
    assert all("保存一次" in text for text in found.values())
