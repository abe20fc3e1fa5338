"""Make the workbooks and CSV of this folder with LibreOffice: `python tests/files/office.py`, by hand, where soffice is.

Each file is the county of `schools.csv`, which is written by hand, as a program saved it and with what people do to it. A sheet
is written as OpenDocument (flat XML), opened by LibreOffice, which works out the formulas, and saved in the format asked for.
"""

import csv
import re
import subprocess
import tempfile
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

HERE = Path(__file__).parent
ROWS = list(csv.reader((HERE / "schools.csv").open(encoding="utf-8", newline="")))
NUMBERS = range(ROWS[0].index("小学在校生数（人）"), ROWS[0].index("乡镇（街道）"))
UTF8, GB18030 = 76, 85  # LibreOffice's numbers of encodings
DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"
 xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2" office:version="1.2"
 office:mimetype="application/vnd.oasis.opendocument.spreadsheet">
<office:automatic-styles>
<number:date-style style:name="D"><number:year number:style="long"/><number:text>-</number:text><number:month/>
<number:text>-</number:text><number:day/></number:date-style>
<number:number-style style:name="N"><number:number number:decimal-places="2" number:grouping="true"/></number:number-style>
<style:style style:name="date" style:family="table-cell" style:data-style-name="D"/>
<style:style style:name="grouped" style:family="table-cell" style:data-style-name="N"/>
</office:automatic-styles>
<office:body><office:spreadsheet><table:table table:name="学校">{columns}{rows}</table:table></office:spreadsheet></office:body>
</office:document>
"""


def text(value, spans=""):
    """Return a cell that holds text."""
    return f'<table:table-cell office:value-type="string"{spans}><text:p>{escape(value)}</text:p></table:table-cell>'


def number(value, style=""):
    """Return a cell that holds a number."""
    return f'<table:table-cell office:value-type="float" office:value="{value}"{style}/>'


def formula(value):
    """Return a cell whose value LibreOffice works out."""
    return f"<table:table-cell table:formula={quoteattr('of:=' + value)}/>"


DATE = '<table:table-cell table:style-name="date" office:value-type="date" office:date-value="2025-09-01"/>'
COVERED = "<table:covered-table-cell/>"
GROUPED = ' table:style-name="grouped"'
DOWN = ' table:number-rows-spanned="3" table:number-columns-spanned="1"'
ACROSS = ' table:number-rows-spanned="1" table:number-columns-spanned="28"'


def plain(row, column):
    """Return a cell of the county as a person types it."""
    value = ROWS[row][column]
    if not value:
        return "<table:table-cell/>"
    return number(value) if row and column in NUMBERS else text(value)


def sheet(cells=(), above="", hidden_row=None, hidden_column=None):
    """Return the document: ``cells`` by row (the header is 1) and header instead of the plain ones."""
    places = {(row - 1, ROWS[0].index(header)): cell for (row, header), cell in dict(cells).items()}
    rows = [above]
    for i, row in enumerate(ROWS):
        own = "".join(places.get((i, j)) or plain(i, j) for j in range(len(row)))
        rows.append(f"<table:table-row{_collapsed(i + 1 == hidden_row)}>{own}</table:table-row>")
    columns = "".join(f"<table:table-column{_collapsed(h == hidden_column)}/>" for h in ROWS[0])
    return DOCUMENT.format(columns=columns, rows="".join(rows))


def _collapsed(yes):
    return ' table:visibility="collapse"' if yes else ""


def every(make):
    """Return each number of the county made anew by ``make``."""
    return {
        (i + 1, ROWS[0][j]): make(row[j]) for i, row in enumerate(ROWS) if i for j in NUMBERS if row[j]
    }  # fmt: skip


PUPILS, TEACHERS, BOOKS = "小学在校生数（人）", "小学专任教师数（人）", "图书册数（册）"
SHEETS = {
    "plain": sheet(),
    "numbers_as_text": sheet(every(lambda value: text(f"{value} "))),
    "grouped_numbers": sheet(every(lambda value: number(value, GROUPED))),
    "formulas": sheet(every(lambda value: formula(f"{value}+0"))),
    "formula_errors": sheet({(2, PUPILS): formula("1/0"), (4, BOOKS): formula("NA()")}),
    "headers_with_blanks": sheet({(1, PUPILS): text(" 小学在校生数 （人）　"), (1, BOOKS): text("图书册数(册)\n")}),
    "full_width": sheet({(2, PUPILS): text("６００"), (4, TEACHERS): text("２４")}),
    "marks": sheet({(2, "初中在校生数（人）"): text("*"), (3, PUPILS): text("—"), (3, TEACHERS): text("/"), (2, "初中班数（个）"): text("无")}),
    "units": sheet({(2, PUPILS): text("600人"), (4, BOOKS): text("14,000")}),
    "dates": sheet({(2, "小学班数（个）"): DATE}),
    "title_above": sheet(above=f"<table:table-row>{text('河口县基本情况表', ACROSS)}{COVERED * 27}</table:table-row>"),
    "merged_down": sheet({(2, "公办或民办"): text("公办", DOWN), (3, "公办或民办"): COVERED, (4, "公办或民办"): COVERED}),
    "hidden": sheet(hidden_row=3, hidden_column=TEACHERS),
}  # fmt: skip


def convert(source, to, folder):
    """Let LibreOffice open a file and save it as ``to`` in a folder."""
    with tempfile.TemporaryDirectory() as profile:
        own = f"-env:UserInstallation={Path(profile).as_uri()}"
        command = ["soffice", own, "--headless", "--convert-to", to, "--outdir", folder, source]
        subprocess.run(command, check=True, capture_output=True, timeout=120)


def changed(source, target, old, new):
    """Write a workbook with the XML of its sheet changed."""
    with (
        zipfile.ZipFile(HERE / source) as before,
        zipfile.ZipFile(HERE / target, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            content = before.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content, times = re.subn(old, new, content)
                assert times, target
            after.writestr(name, content)


def main():
    """Write all files of this folder anew."""
    for name, document in SHEETS.items():
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / f"{name}.fods"
            source.write_text(document, encoding="utf-8")
            convert(source, "xlsx", HERE)
            if name == "plain":
                for label, encoding in (("utf8", UTF8), ("gb18030", GB18030)):
                    convert(source, f"csv:Text - txt - csv (StarCalc):44,34,{encoding},1", HERE / label)
                    (HERE / label / "plain.csv").rename(HERE / label / "schools.csv")
    changed(
        "plain.xlsx", "dimension_of_one_cell.xlsx", rb'<dimension ref="[^"]*"/>', b'<dimension ref="A1"/>'
    )
    changed("plain.xlsx", "no_dimension.xlsx", rb'<dimension ref="[^"]*"/>', b"")
    changed("formulas.xlsx", "formulas_without_values.xlsx", rb"</f><v>[^<]*</v>", b"</f>")


if __name__ == "__main__":
    main()
