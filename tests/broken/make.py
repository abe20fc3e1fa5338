"""Files that are broken or hostile, each by one function that returns what `balancelib check` is given.

What each must get stands in ``messages.toml``. ``PYTHONPATH=tests:tests/broken python tests/broken/make.py FOLDER`` writes
them all (0.4 GB).
"""

import os
import struct
import sys
import zipfile
from pathlib import Path

from pieces import HEAD, MAIN, OFFICE, SHEET, as_csv, packed, parts, place, rows, sheet, streamed

CASES = {}
LARGE = set()  # made to fill memory or time: tried in a process of its own


def case(function):
    """Add a case under the function's name."""
    CASES[function.__name__] = function
    return function


def large(function):
    """Add a case that is tried under limits."""
    LARGE.add(function.__name__)
    return case(function)


def written(folder, content, name="county.xlsx"):
    """Write a file and return its path."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def cases(found, make):
    """Add cases that differ in one value."""
    for name, value in found.items():
        CASES[name] = lambda folder, value=value: make(folder, value)


# Not a workbook at all

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
GOOD = packed(parts())
cases(
    {
        "empty": b"",
        "text": "学校标识码,学校名称\n1,一小\n",
        "html": "<html><table><tr><td>学校</td></tr></table></html>",
        "old_xls": OLE + "Workbook".encode("utf-16-le"),
        "password": OLE + "EncryptedPackage".encode("utf-16-le"),
        "pdf": b"%PDF-1.7\n",
        "half": GOOD[: len(GOOD) // 2],
        "no_directory": GOOD[:-60],
        "only_a_mark": b"PK\x03\x04",
        "other_zip": packed({"readme.txt": "no workbook"}),
        "ods": packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}, zipfile.ZIP_STORED),
        "xlsb": packed({"xl/workbook.bin": b"\x83\x01\x00"}),
        "word": packed({"word/document.xml": "<document/>"}),
        "bytes_flipped": GOOD.replace(b"PK\x01\x02", b"PK\x09\x09"),
        "bzip2": packed(parts(), zipfile.ZIP_BZIP2),
        "lzma": packed(parts(), zipfile.ZIP_LZMA),
        "macro": packed(parts() | {"xl/vbaProject.bin": OLE}),
        "path_upwards": packed(parts() | {"../../evil.xml": "<a/>"}),
        "path_from_root": packed(parts() | {"/etc/evil.xml": "<a/>"}),
        "path_on_a_drive": packed(parts() | {"C:\\evil.xml": "<a/>"}),
        "same_part_twice": packed([*parts().items(), ("XL/worksheets/SHEET1.xml", sheet())]),
        "many_parts": packed(parts() | {f"xl/media/{i}": "" for i in range(11_000)}, zipfile.ZIP_STORED),
        "zip_in_zip": packed(parts() | {"xl/embeddings/a.xlsx": packed({"b.xlsx": GOOD})}),
    },
    written,
)


@case
def bytes_changed(folder):
    """The sheet's packed bytes are not what they were."""
    at = GOOD.index(b"sheet1.xml") + 400
    return written(folder, GOOD[:at] + bytes(b ^ 0x55 for b in GOOD[at : at + 40]) + GOOD[at + 40 :])


@case
def password_of_the_zip(folder):
    """Every member is said to be encrypted."""
    content = bytearray(GOOD)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := content.find(mark, at + 1)) >= 0:
            content[at + offset] |= 1
    return written(folder, bytes(content))


cases({f"suffix_{s}": f"county.{s}" for s in ("xls", "et", "ods", "xlsm", "xlsb", "csv", "zip", "docx")},
      lambda folder, name: written(folder, GOOD, name))  # fmt: skip


# Bombs


def blanks(megabytes):
    """Nothing, at length."""
    yield HEAD + f'<worksheet xmlns="{MAIN}"><sheetData>'
    for _ in range(megabytes):
        yield " " * 2**20
    yield "</sheetData></worksheet>"


@large
def bomb_blanks(folder):
    """One to a thousand."""
    return streamed(folder / "county.xlsx", parts(), SHEET, blanks(600))


@large
def bomb_shared_texts(folder):
    """The texts are the bomb."""
    chunks = ("<sst>", *(f"<si><t>{'好' * 300_000}</t></si>" for _ in range(500)), "</sst>")
    return streamed(folder / "county.xlsx", parts(), "xl/sharedStrings.xml", chunks)


@large
def bomb_declared_small(folder):
    """The directory says 100 bytes of what are 200 million."""
    path = streamed(folder / "county.xlsx", parts(), SHEET, blanks(200))
    content = bytearray(path.read_bytes())
    at = content.rindex(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 100)
    return written(folder, bytes(content))


@large
def one_text_in_many_cells(folder):
    """A text of 32,767 characters that 400,000 cells share: 12 GB where each cell has its copy."""
    row = "".join("<c t='s'><v>0</v></c>" for _ in range(800))
    chunks = (sheet().partition("</sheetData>")[0], *(f"<row>{row}</row>" for _ in range(500)),
              "</sheetData></worksheet>")  # fmt: skip
    shared = {"xl/sharedStrings.xml": f"<sst><si><t>{'好' * 32_767}</t></si></sst>"}
    return streamed(folder / "county.xlsx", parts() | shared, SHEET, chunks)


@large
def far_cell(folder):
    """Two cells: whoever builds the rectangle between them needs 400 GB."""
    more = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return written(folder, packed(parts(more=more)))


@large
def last_row(folder):
    """A mark far below the data."""
    return written(folder, packed(parts(more='<row r="1048576"><c r="A1048576"><v>1</v></c></row>')))


@large
def million_empty_rows(folder):
    """Borders down to the last row, as people draw them."""
    head, _, tail = sheet().partition("</sheetData>")
    more = ("".join(f'<row r="{r}"><c r="B{r}" s="1"/></row>' for r in range(k, k + 10_000))
            for k in range(7, 990_007, 10_000))  # fmt: skip
    return streamed(folder / "county.xlsx", parts(), SHEET, (head, *more, "</sheetData>", tail))


@large
def million_schools(folder):
    """More cells than all the schools of the country have."""
    head, _, tail = sheet().partition("</sheetData>")
    row = "<row>" + "<c><v>1</v></c>" * 900 + "</row>"
    return streamed(folder / "county.xlsx", parts(), SHEET, (head, *[row * 100] * 130, "</sheetData>", tail))


@large
def text_of_300_mb(folder):
    """A CSV that is too large to look at; only its first megabyte takes room on the disk."""
    written(folder, "好," * 262_144, "schools.csv")
    os.truncate(folder / "schools.csv", 300 * 2**20)
    return folder


@large
def csv_of_empty_rows(folder):
    """20 million line ends."""
    written(folder, b"\n" * 20_000_000, "schools.csv")
    return folder


@large
def csv_of_one_line(folder):
    """20 million bytes without a line end."""
    written(folder, b"ab," * 7_000_000, "schools.csv")
    return folder


@large
def csv_of_short_cells(folder):
    """20 million cells of two letters."""
    written(folder, (b"ab," * 900 + b"\n") * 22_000, "schools.csv")
    return folder


@large
def csv_of_one_cell_a_row(folder):
    """A header 1,000 wide above a million rows of one cell: a thousand million cells for who fills them up."""
    written(folder, ",".join(f"x{i}" for i in range(1000)) + "\n" + "a\n" * 1_000_000, "schools.csv")
    return folder


@large
def csv_all_wrong(folder):
    """More faults than anybody reads."""
    head = ",".join(rows()[0])
    written(folder, head + "\n" + ("x," * len(rows()[0]) + "\n") * 10_000, "schools.csv")
    return folder


@large
def many_files(folder):
    """A folder of more than 10,000 files."""
    for i in range(10_001):
        (folder / f"{i}.csv").touch()
    return folder


# XML

LAUGHS = "<!DOCTYPE a [<!ENTITY a0 'ha'>" + "".join(
    f"<!ENTITY a{i} '{f'&a{i - 1};' * 10}'>" for i in range(1, 12)) + "]>"  # fmt: skip
OUTSIDE = "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"


def with_part(folder, changed):
    """A workbook of which one part is another; None takes it out."""
    name, data = changed
    found = {key: value for key, value in (parts() | {name: data}).items() if value is not None}
    return written(folder, packed(found))


BODY = f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>'
cases(
    {
        "entities": (SHEET, f"{LAUGHS}{BODY}&a11;</t></is></c></row></sheetData></worksheet>"),
        "entity_from_outside": (SHEET, f"{OUTSIDE}{BODY}&x;</t></is></c></row></sheetData></worksheet>"),
        "entities_in_texts": ("xl/sharedStrings.xml", f"{LAUGHS}<sst><si><t>&a11;</t></si></sst>"),
        "entities_in_the_list": ("xl/workbook.xml", f"{LAUGHS}<workbook/>"),
        "entities_in_utf_16": (SHEET, f"{LAUGHS}<worksheet/>".encode("utf-16")),
        "deep": (SHEET, "<a>" * 200_000),
        "endless_tag": (SHEET, f'<worksheet a="{"x" * 5_000_000}"/>'),
        "endless_comment": (SHEET, f"<worksheet><!--{'x' * 5_000_000}--></worksheet>"),
        "not_closed": (SHEET, sheet().replace("</sheetData>", "")),
        "no_xml": (SHEET, "no XML"),
        "nothing": (SHEET, ""),
        "bytes_that_are_no_text": (SHEET, sheet().encode("gb18030")),
        "control_characters": (SHEET, sheet().replace("一", "\x01", 1)),
        "no_list_of_sheets": ("xl/workbook.xml", None),
        "no_relations": ("xl/_rels/workbook.xml.rels", None),
        "no_sheet": (SHEET, None),
        "sheet_without_a_name": ("xl/workbook.xml", "<workbook><sheets><sheet/></sheets></workbook>"),
        "sheet_elsewhere": ("xl/_rels/workbook.xml.rels", parts()["xl/_rels/workbook.xml.rels"]
                            .replace("worksheets/", "../../../etc/")),
        "sheet_on_the_web": ("xl/_rels/workbook.xml.rels", parts()["xl/_rels/workbook.xml.rels"]
                             .replace("worksheets/", "https://example.org/")),
        "chart_instead_of_a_sheet": ("xl/_rels/workbook.xml.rels", parts()["xl/_rels/workbook.xml.rels"]
                                     .replace(f"{OFFICE}/worksheet", f"{OFFICE}/chartsheet")),
        "row_beyond_the_last": (SHEET, sheet(more='<row r="1048577"><c><v>1</v></c></row>')),
        "row_of_many_digits": (SHEET, sheet(more=f'<row r="{"9" * 400}"><c><v>1</v></c></row>')),
        "rows_out_of_order": (SHEET, sheet(more='<row r="3"><c r="A3"><v>1</v></c></row>')),
        "cells_out_of_order": (SHEET, sheet(more='<row r="9"><c r="B9"><v>1</v></c><c r="A9"><v>1</v></c></row>')),
        "cell_of_another_row": (SHEET, sheet(more='<row r="9"><c r="A2"><v>1</v></c></row>')),
        "cell_beyond_the_last": (SHEET, sheet(more='<row r="9"><c r="XFE9"><v>1</v></c></row>')),
        "cell_far_to_the_right": (SHEET, sheet(more='<row r="9"><c r="BBB9"><v>1</v></c></row>')),
        "cell_nowhere": (SHEET, sheet(more='<row r="9"><c r="%%9"><v>1</v></c></row>')),
        "many_merged": (SHEET, sheet(after="<mergeCells>" + '<mergeCell ref="A1:A2"/>' * 100_001 + "</mergeCells>")),
        "merged_nowhere": (SHEET, sheet(after='<mergeCells><mergeCell ref="nowhere"/></mergeCells>')),
    },
    with_part,
)  # fmt: skip


@case
def many_sheets(folder):
    """2,000 sheets."""
    return written(folder, packed(parts(names=("学校", *(f"表{i}" for i in range(2000))))))


@case
def same_sheet_twice(folder):
    """Two sheets of the same name."""
    return written(folder, packed(parts(names=("学校", "学 校"))))


@case
def no_table(folder):
    """A workbook of something else."""
    return written(folder, packed(parts(names=("工资表",))))


# Cells


def with_cell(folder, changed):
    """A workbook with one cell of another kind; what is no XML is its text."""
    column, attributes, inside = changed
    at = place(column, 3)
    if not inside.startswith("<"):
        attributes, inside = 't="inlineStr"', f"<is><t>{inside}</t></is>"
    return written(folder, packed(parts(cells={at: f'<c r="{at}" {attributes}>{inside}</c>'})))


NUMBER = "pupils_primary"
cases(
    {
        "formula_without_a_result": (NUMBER, "", "<f>SUM(A1)</f>"),
        "formula_elsewhere": (NUMBER, "", "<f>[1]Sheet1!A1</f><v>900</v>"),
        "formula_elsewhere_quoted": (NUMBER, "", "<f>VLOOKUP(A2,'[2]全 县'!A:F,3,0)</f><v>900</v>"),
        "formula_of_a_program": (NUMBER, "", "<f>cmd|'/c calc'!A0</f><v>900</v>"),
        "formula_of_the_web": (NUMBER, "", '<f>WEBSERVICE("http://example.org")</f><v>900</v>'),
        "error": (NUMBER, 't="e"', "<v>#DIV/0!</v>"),
        "error_unknown": (NUMBER, 't="e"', "<v>#NEW!</v>"),
        "date": (NUMBER, 's="1"', "<v>45000</v>"),
        "date_that_is_none": (NUMBER, 's="1"', "<v>1e300</v>"),
        "iso_date": (NUMBER, 't="d"', "<v>2026-09-01</v>"),
        "boolean": (NUMBER, 't="b"', "<v>1</v>"),
        "not_a_number": (NUMBER, "", "<v>NaN</v>"),
        "infinite": (NUMBER, "", "<v>1e999</v>"),
        "underscored": (NUMBER, "", "<v>1_000</v>"),
        "full_width_number": (NUMBER, "", "<v>１０００</v>"),
        "text_that_is_not_there": (NUMBER, 't="s"', "<v>7</v>"),
        "text_before_the_first": (NUMBER, 't="s"', "<v>-1</v>"),
        "full_width_text": (NUMBER, "", "１０００"),
        "star": (NUMBER, "", "*"),
        "dash": (NUMBER, "", "—"),
        "slash": (NUMBER, "", "/"),
        "none": (NUMBER, "", "无"),
        "thousands": (NUMBER, "", "1,000"),
        "with_a_unit": (NUMBER, "", "900人"),
        "percent": ("teaching_area", "", "85%"),
        "negative": (NUMBER, "", "<v>-3</v>"),
        "half_a_pupil": (NUMBER, "", "<v>0.5</v>"),
        "huge": (NUMBER, "", "<v>1e15</v>"),
        "blank": (NUMBER, "", "<v></v>"),
        "blanks_only": (NUMBER, "", "  　"),
        "number_too_long": ("school_id", "", "<v>12345678901234567</v>"),
        "number_as_a_date": ("school_id", 's="1"', "<v>45000</v>"),
        "number_as_true": ("school_id", 't="b"', "<v>1</v>"),
        "number_in_powers": ("school_id", "", "3.30106E+09"),
        "text_too_long": ("name", "", "长" * 1001),
        "text_very_long": ("name", "", "长" * 300_000),
        "line_break": ("name", "", "城关镇&#10;小学"),
        "escaped_control": ("name", "", "城关_x0007_小学"),
        "zero_width": ("name", "", "城关\u200b小学"),
        "turned_round": ("name", "", "城关\u202e小学"),
        "kind_unknown": ("kind", "", "中学"),
        "identity_number": ("name", "", "城关小学110105194912310021"),
        "telephone": ("name", "", "城关小学13800138000"),
        # what only looks dangerous is text, and stays text
        "html_name": ("name", "", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        "formula_name": ("name", "", "=HYPERLINK(1)"),
        "at_name": ("name", "", "@SUM(1)"),
        "path_name": ("name", "", "../../etc/passwd"),
        "trailing_blanks": (NUMBER, "", " 900 　"),
        "number_as_text": (NUMBER, "", "900"),
        "formula_with_a_result": (NUMBER, "", "<f>SUM(800,100)</f><v>900</v>"),
        "formula_of_a_table": (NUMBER, "", '<f>SUM(表1[2020],"[1]a!")</f><v>900</v>'),
    },
    with_cell,
)


@case
def shared_formula_elsewhere(folder):
    """The second cell only names the formula of the first."""
    one, two = place(NUMBER, 2), place(NUMBER, 3)
    cells = {
        one: f'<c r="{one}"><f t="shared" ref="{one}:{two}" si="0">[1]A!A1</f><v>900</v></c>',
        two: f'<c r="{two}"><f t="shared" si="0"/><v>800</v></c>',
    }
    return written(folder, packed(parts(cells=cells)))


@case
def hidden_rows(folder):
    """Rows 3 and 4 are hidden."""
    return written(folder, packed(parts(attributes={3: 'hidden="1"', 4: 'hidden="true"'})))


@case
def hidden_columns(folder):
    """The columns from C on are hidden."""
    before = '<cols><col min="1" max="2"/><col min="3" max="16384" hidden="1"/></cols>'
    return written(folder, packed(parts(before=before)))


@case
def hidden_sheet(folder):
    """The table cannot be seen."""
    found = parts()
    found["xl/workbook.xml"] = found["xl/workbook.xml"].replace("sheetId", 'state="veryHidden" sheetId')
    return written(folder, packed(found))


def with_merged(folder, area):
    """A workbook with merged cells."""
    return written(folder, packed(parts(after=f'<mergeCells><mergeCell ref="{area}"/></mergeCells>')))


cases(
    {"merged_rows": "E3:E5", "merged_columns": "C4:F4", "merged_header": "C1:D1", "merged_below": "A20:F25",
     "merged_all": "A1:XFD1048576"},
    with_merged,
)  # fmt: skip


# CSV and folders


def with_csv(folder, content):
    """A folder whose table of schools is this."""
    written(folder, content, "schools.csv")
    return folder


TEXT = as_csv(rows())
cases(
    {
        "csv_empty": b"",
        "csv_header_only": as_csv(rows()[:1]),
        "csv_utf_16": TEXT.encode("utf-16"),
        "csv_neither": TEXT.encode() + b"\xff\xff",
        "csv_cut_in_a_character": TEXT.encode("gb18030") + b"\x81",
        "csv_that_is_a_workbook": GOOD,
        "csv_that_is_an_old_workbook": OLE,
        "csv_quote": TEXT.replace("城关镇第一小学", '"城关镇第一小学'),
        "csv_nul": TEXT.replace("城关镇第一小学", "城关镇\0小学"),
        "csv_tabs": TEXT.replace(",", "\t"),
        "csv_semicolons": TEXT.replace(",", ";"),
        "csv_full_width_commas": TEXT.replace(",", "，"),
        "csv_comma_too_many": TEXT.replace("城关镇第一小学,", "城关镇第一小学,,"),
        "csv_very_wide": TEXT + "," * 2000 + "1\n",
        "csv_column_missing": as_csv([row[:7] + row[8:] for row in rows()]),
        "csv_column_twice": as_csv([[*row, row[5]] for row in rows()]),
        "csv_telephone_column": as_csv(
            [[*row, "校长手机" if i == 0 else "1"] for i, row in enumerate(rows())]
        ),
        "csv_title_above": "某县学校情况表\n\n" + TEXT,
        "csv_same_school_twice": as_csv([*rows(), rows()[1]]),
        "csv_control": TEXT.replace("城关镇第一小学", "\x1b[2J"),
        "csv_gbk": TEXT.encode("gb18030"),
        "csv_with_a_mark": TEXT.encode("utf-8-sig"),
    },
    with_csv,
)


@case
def nowhere(folder):
    """A path that is not there."""
    return folder / "没有.xlsx"


@case
def empty_folder(folder):
    """A folder without tables."""
    return folder


@case
def pipe_in_the_folder(folder):
    """A pipe that nobody writes to: opening it waits for ever."""
    os.mkfifo(folder / "schools.csv")
    return folder


@case
def pipe(folder):
    """The workbook is a pipe."""
    os.mkfifo(folder / "county.xlsx")
    return folder / "county.xlsx"


@large
def endless_device(folder):
    """The table is a link to a device without an end."""
    (folder / "schools.csv").symlink_to("/dev/zero")
    return folder


@case
def link_in_a_circle(folder):
    """A link to itself."""
    (folder / "schools.csv").symlink_to("schools.csv")
    return folder


@case
def link_to_nowhere(folder):
    """A link to what is not there."""
    (folder / "county.xlsx").symlink_to("gone.xlsx")
    return folder / "county.xlsx"


@case
def folder_as_table(folder):
    """A folder named like a table."""
    (folder / "schools.csv").mkdir()
    return folder


@case
def folder_as_workbook(folder):
    """A folder named like a workbook."""
    (folder / "county.xlsx").mkdir()
    return folder / "county.xlsx"


@case
def table_twice(folder):
    """The table under both its names."""
    written(folder, TEXT, "学校.csv")
    return with_csv(folder, TEXT)


@case
def name_that_steers(folder):
    """A file's name with control characters and HTML in it."""
    return written(folder, b"", "\x1b[31m<b>\n.xlsx")


@case
def name_very_long(folder):
    """A name that the system refuses."""
    return folder / ("长" * 200 + ".xlsx")


def main(folder):
    """Write every case into a folder of its own."""
    for name, make in CASES.items():
        (Path(folder) / name).mkdir(parents=True)
        make(Path(folder) / name)


if __name__ == "__main__":
    main(sys.argv[1])
