"""The workbook to fill in: what it says, what it lets people type, how it prints; filled, it is read as meant."""

import re
import shutil
import subprocess
import zipfile

import openpyxl
import pandas as pd
import pytest
from conftest import ROOT
from openpyxl.utils import range_boundaries
from samples import sample_county, short_county

from balancelib.county import County, InputError, read_county
from balancelib.county.dictionary import dictionary
from balancelib.county.fill_in import COLOURS
from balancelib.county.instructions import COLUMNS, EXAMPLES, STEPS
from balancelib.county.schema import named, plain, schema
from balancelib.county.write import write_workbook

TABLES = schema().tables
ROW_TABLES = [table for table in TABLES if table.layout == "rows"]
ALL_COLUMNS = [(table, column) for table in TABLES for column in table.columns]
EXCEL_LONGEST = {"promptTitle": 32, "prompt": 255, "errorTitle": 32, "error": 225, "formula1": 255}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write_workbook(tmp_path_factory.mktemp("template") / "template.xlsx")


@pytest.fixture(scope="module")
def book(path):
    return openpyxl.load_workbook(path)


@pytest.fixture(scope="module")
def county():
    return short_county(11, 40)


@pytest.fixture(scope="module")
def filled_anew(county, tmp_path_factory):
    return openpyxl.load_workbook(
        write_workbook(tmp_path_factory.mktemp("anew") / "county.xlsx", county.tables)
    )


def rule_of(book, table, column):
    """The one rule of a column's cells."""
    sheet = book[table.label]
    if table.layout == "items":
        place = f"B{2 + table.names.index(column.name)}"
    else:
        place = f"{sheet.cell(1, 1 + table.names.index(column.name)).column_letter}2"
    (rule,) = [r for r in sheet.data_validations.dataValidation if place in r.sqref]
    return rule


# What it says


def test_each_table_has_its_sheet_between_those_that_are_only_read(book):
    assert book.sheetnames == [STEPS, EXAMPLES, *(table.label for table in TABLES), COLUMNS]
    assert book.active.title == STEPS
    for table in TABLES:
        assert book[table.label].sheet_state == "visible"
        assert not book[table.label].protection.sheet


def test_the_list_of_tables_leads_to_each(book):
    links = {cell.value: cell.hyperlink for row in book[STEPS].iter_rows() for cell in row if cell.hyperlink}
    for table in TABLES:
        assert links[table.label].location == f"'{table.label}'!A1"
    assert all(link.location.split("'")[1] in book.sheetnames for link in links.values())


def test_a_filled_workbook_leads_to_the_same_sheets(filled_anew, book):
    assert filled_anew.sheetnames == book.sheetnames


def test_no_link_leaves_the_workbook(path):
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            assert b'TargetMode="External"' not in archive.read(name)


def test_the_list_tells_what_must_be_filled_in(book):
    rows = {row[0]: row[1:4] for row in book[STEPS].iter_rows(values_only=True) if row[3] and row[1]}
    assert rows.pop("表") == ("要不要填", "一行是什么", "做什么用，怎样填")
    assert rows == {t.label: ("＊必填" if t.name == "schools" else "可以空着", t.row, t.note) for t in TABLES}


@pytest.mark.parametrize("table", ROW_TABLES, ids=lambda table: table.name)
def test_headers_are_the_names_of_the_columns_with_their_units(book, table):
    head = book[table.label][1]
    assert [cell.value for cell in head] == [column.header for column in table.columns]
    for cell, column in zip(head, table.columns, strict=True):
        assert cell.fill.fgColor.rgb == f"00{COLOURS[column.mark]}"
        assert cell.number_format == (f'@"{column.mark}"' if column.mark else "@")


def test_marks_tell_what_must_be_filled_in():
    schools = schema().table("schools")
    assert {c.name: schools.column(c.name).mark for c in schools.columns if c.name in {
        "school_id", "pupils_primary", "pupils_senior", "books", "township"}} == {
        "school_id": "＊", "pupils_primary": "△", "pupils_senior": "△", "books": "＊", "township": ""}  # fmt: skip


def test_headers_with_marks_are_understood_as_a_program_writes_them_into_csv(county, tmp_path):
    table = schema().table("schools")
    frame = county.schools.rename(columns={c.name: c.header + c.mark for c in table.columns})
    frame.to_csv(tmp_path / "学校.csv", index=False, encoding="utf-8-sig")
    pd.testing.assert_frame_equal(read_county(tmp_path).schools, county.schools, check_dtype=False)


@pytest.mark.parametrize(("table", "column"), ALL_COLUMNS, ids=lambda part: part.name)
def test_every_column_is_explained_wherever_people_look(book, table, column):
    told = [row for row in book[COLUMNS].iter_rows(min_row=2, max_col=5, values_only=True) if row[:2] == (table.label, column.label)]  # fmt: skip
    (row,) = told
    assert row[2] == (column.unit or None)
    assert row[4] == column.note
    assert rule_of(book, table, column).prompt.startswith(column.note)
    own = dictionary(table.name).set_index("机器名").loc[column.name]
    assert (own["中文名"], own["单位"], own["怎样填"], own["说明"]) == (column.label, column.unit, row[3], column.note)  # fmt: skip


def test_the_page_of_the_dictionary_shows_every_table():
    page = (ROOT / "book" / "data.md").read_text(encoding="utf-8")
    assert re.findall(r'dictionary\("(\w+)"\)', page) == [table.name for table in TABLES]


def test_a_column_says_which_other_it_may_not_exceed(book):
    schools = schema().table("schools")
    assert "不大于小学专任教师数" in rule_of(book, schools, schools.column("backbone_primary")).prompt


# What it lets people type


@pytest.mark.parametrize(("table", "column"), ALL_COLUMNS, ids=lambda part: part.name)
def test_every_cell_has_its_tip_and_what_it_may_hold(book, table, column):
    rule = rule_of(book, table, column)
    assert rule.showInputMessage
    assert rule.allow_blank
    assert rule.promptTitle == column.header
    for attribute, longest in EXCEL_LONGEST.items():
        assert len(getattr(rule, attribute) or "") <= longest, attribute
    if column.codes or column.type == "yes_no":
        choices = list(column.codes.values()) or ["是", "否"]
        assert (rule.type, rule.formula1) == ("list", f'"{",".join(choices)}"')
        assert not any("," in choice for choice in choices)
    elif column.numeric:
        assert rule.type == ("decimal" if column.type == "number" else "whole")
        assert (float(rule.formula1), float(rule.formula2)) == column.limits
        assert rule.imeMode == "off"
    else:
        assert rule.type is None
    assert bool(rule.showErrorMessage) == (rule.type is not None)


@pytest.mark.parametrize("table", ROW_TABLES, ids=lambda table: table.name)
def test_a_thousand_rows_and_more_are_open_and_none_is_written(book, table):
    sheet = book[table.label]
    for rule in sheet.data_validations.dataValidation:
        _, first, _, last = range_boundaries(str(rule.sqref))
        assert first == 2
        assert last >= 1001
    assert sheet.max_row == 1


def test_what_is_text_stays_text_when_it_is_typed(book):
    for table in ROW_TABLES:
        sheet = book[table.label]
        for k, column in enumerate(table.columns, 1):
            is_text = column.type in {"text", "areas", "month", "date"}
            letter = sheet.cell(1, k).column_letter
            assert (sheet.column_dimensions[letter].number_format == "@") == is_text, column.name


def test_the_template_stays_small(path):
    assert path.stat().st_size < 160_500


# How it prints


@pytest.mark.parametrize("name", [COLUMNS, *(table.label for table in TABLES)])
def test_a_table_prints_on_a4_with_its_header_on_every_page(book, name):
    sheet = book[name]
    assert sheet.page_setup.paperSize == 9
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.fitToHeight == 0
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.freeze_panes


@pytest.mark.parametrize("name", [STEPS, EXAMPLES])
def test_what_is_read_prints_upright_on_a4(book, name):
    sheet = book[name]
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "portrait")
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)


def test_the_table_of_schools_is_two_pages_wide_and_keeps_the_names(book):
    sheet = book["学校"]
    assert (sheet.page_setup.fitToWidth, sheet.print_title_cols, sheet.freeze_panes) == (2, "$A:$B", "C2")


def test_still_pictures_for_the_guide_are_small():
    pictures = sorted((ROOT / "book" / "pictures").glob("template_*.png"))
    assert [picture.stem for picture in pictures] == ["template_instructions", "template_schools"]
    assert all(picture.stat().st_size <= 60_000 for picture in pictures)


def test_the_typeface_is_the_one_of_chinese_offices(book):
    cells = [book["学校"]["C1"], book["县级项目"]["A2"], book["县级项目"]["B2"], book[COLUMNS]["E3"]]
    assert {cell.font.name for cell in cells} == {"宋体"}


# Filled in, it is read as meant


def fill(book, tables):
    """Type tables as a person does: choices in Chinese, here and there a number as text or with a blank behind."""
    for table in TABLES:
        if table.name not in tables or table.layout == "items":
            continue
        for i, row in enumerate(tables[table.name].to_dict("records"), 2):
            for k, column in enumerate(table.columns, 1):
                value = typed(column, row[column.name])
                if value is not None:
                    as_text = i % 3 == 0 and column.numeric and not isinstance(value, str)
                    book[table.label].cell(i, k).value = f"{value} " if as_text else value
    values = tables["county_items"].iloc[0]
    for row in book["县级项目"].iter_rows(min_row=2):
        column = named(schema().table("county_items").columns)[plain(row[0].value)]
        row[1].value = typed(column, values[column.name])


def typed(column, value):
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return None
    if column.codes:
        return column.codes[value]
    if column.type == "yes_no":
        return "是" if value else "否"
    if column.type == "areas":
        return "；".join(map(str, value)) or 0
    return int(value) if column.numeric and float(value).is_integer() else value


def assert_same(found, expected):
    assert list(found) == [table.name for table in TABLES if table.name in expected]
    for name, frame in found.items():
        pd.testing.assert_frame_equal(one_blank(frame), one_blank(expected[name]))


def one_blank(frame):
    """A column of texts is read with one of pandas' two blanks, one where nothing stands with the other."""
    return frame.astype(object).where(frame.notna(), None)


@pytest.fixture(scope="module")
def filled(path, county):
    book = openpyxl.load_workbook(path)
    fill(book, county.tables)
    target = path.with_name("filled.xlsx")
    book.save(target)
    return target


def test_filled_in_by_hand(filled, county):
    assert_same(read_county(filled).tables, county.tables)


def test_empty_it_asks_for_schools_and_takes_nothing_of_the_example(path):
    with pytest.raises(InputError) as caught:
        read_county(path)
    assert [(fault.sheet, fault.row) for fault in caught.value.faults] == [("学校", None)]


def test_data_of_two_counties_keep_both(tmp_path):
    one, other = sample_county(3, 20).tables, sample_county(4, 20).tables
    for tables, code, digit in ((one, "620101", "1"), (other, "620102", "2")):
        schools, items = tables["schools"], tables["school_items"]
        schools["county_id"] = tables["county_items"]["county_id"] = code
        for frame in (schools, items):
            frame["school_id"] = digit + frame["school_id"].str[1:]
    both = {n: pd.concat([one[n], other[n]], ignore_index=True) for n in ("schools", "school_items", "county_items")}  # fmt: skip
    found = read_county(write_workbook(tmp_path / "both.xlsx", County(both).tables)).tables
    items = found["county_items"].set_index("county_id")
    assert list(items.index) == ["620101", "620102"]
    assert_same(found, both)


# Opened and saved by LibreOffice


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """Let LibreOffice open a file and save it in another form."""
    if not (program := shutil.which("soffice")):
        pytest.skip("no LibreOffice here; tests/files holds what it wrote")
    profile = tmp_path_factory.mktemp("profile")

    def save(source, to, suffix):
        folder = tmp_path_factory.mktemp("office")
        own = f"-env:UserInstallation={profile.as_uri()}"
        command = [program, own, "--headless", "--convert-to", to, "--outdir", folder, source]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        (target,) = folder.glob(f"*.{suffix}")
        return target

    return save


@pytest.fixture(scope="module")
def saved(office, filled):
    return office(filled, "xlsx", "xlsx")


def test_saved_by_libreoffice_it_is_read_the_same(saved, county):
    assert_same(read_county(saved).tables, county.tables)


def test_libreoffice_keeps_what_cells_may_hold(saved):
    book = openpyxl.load_workbook(saved)
    for table, column in ALL_COLUMNS:
        rule = rule_of(book, table, column)
        assert rule.prompt.startswith(column.note)
        if column.numeric and column.type != "yes_no":
            assert (float(rule.formula1), float(rule.formula2)) == column.limits
        if column.codes:
            assert rule.formula1 == f'"{",".join(column.codes.values())}"'
        if table.layout == "rows":
            assert range_boundaries(str(rule.sqref))[3] >= 1001


def test_a_sheet_saved_as_csv_is_read_the_same(office, filled, county):
    number = openpyxl.load_workbook(filled, read_only=True).sheetnames.index("学校") + 1
    shown = f"csv:Text - txt - csv (StarCalc):44,34,85,1,,0,false,true,false,false,false,{number}"
    target = office(filled, shown, "csv")
    target = target.rename(target.with_name("学校.csv"))
    assert target.read_bytes().startswith("学校标识码".encode("gb18030"))
    pd.testing.assert_frame_equal(read_county(target.parent).schools, county.schools, check_dtype=False)
