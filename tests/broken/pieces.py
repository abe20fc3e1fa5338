"""A small workbook as its parts, written by hand so that any of them can be broken."""

import csv
import io
import zipfile
from xml.sax.saxutils import escape, quoteattr

from conftest import ROOT

from balancelib.county.schema import schema
from balancelib.county.worksheet import letters

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET = "xl/worksheets/sheet1.xml"
SCHOOLS = 5
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def rows():
    """The header and the first schools of the sample, as texts."""
    with (ROOT / "data" / "county" / "schools.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))[: SCHOOLS + 1]


def place(column, row):
    """Where a column of the schools stands: F2."""
    return f"{letters(rows()[0].index(column) + 1)}{row}"


def cell(at, text, number):
    """A cell as Excel writes it; texts stand in the cell, which is simpler and as good."""
    if number and text:
        return f'<c r="{at}"><v>{text}</v></c>'
    return f'<c r="{at}" t="inlineStr"><is><t>{escape(text)}</t></is></c>' if text else ""


def sheet(cells=(), before="", after="", more="", attributes=()):
    """The sheet of schools.

    cells: raw XML by place, instead of what stands there; before, after: XML around the rows; more: rows below them;
    attributes: of rows, by number.
    """
    cells, attributes = dict(cells), dict(attributes)
    numeric = {column.name for column in schema().table("schools").columns if column.numeric}
    xml, table = "", rows()
    for r, row in enumerate(table, 1):
        filled = [
            cells.get(at := f"{letters(c)}{r}", cell(at, text, r > 1 and table[0][c - 1] in numeric))
            for c, text in enumerate(row, 1)
        ]
        xml += f'<row r="{r}" {attributes.get(r, "")}>{"".join(filled)}</row>'
    return f'{HEAD}<worksheet xmlns="{MAIN}">{before}<sheetData>{xml}{more}</sheetData>{after}</worksheet>'


def parts(names=("学校",), **options):
    """All parts of a workbook whose first sheet is that of the schools; the others are empty."""
    listed = "".join(
        f'<sheet name={quoteattr(n)} sheetId="{i}" r:id="rId{i}"/>' for i, n in enumerate(names, 1)
    )
    related = "".join(
        f'<Relationship Id="rId{i}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i, _ in enumerate(names, 1)
    )
    empty = {f"xl/worksheets/sheet{i}.xml": f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'
             for i, _ in enumerate(names, 1)}  # fmt: skip
    return {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types"/>',
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{related}</Relationships>',
        "xl/styles.xml": f'{HEAD}<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
                         "</styleSheet>",
    } | empty | {SHEET: sheet(**options)}  # fmt: skip


def packed(content, compression=zipfile.ZIP_DEFLATED):
    """Pack parts (texts or bytes by name, or pairs of them) as a zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in content.items() if isinstance(content, dict) else content:
            archive.writestr(zipfile.ZipInfo(name), data, compression)
    return buffer.getvalue()


def streamed(path, content, name, chunks):
    """Write parts to a file, and one more from chunks, too large to be held."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for other, data in content.items():
            if other != name:
                archive.writestr(other, data)
        with archive.open(name, "w", force_zip64=True) as file:
            for chunk in chunks:
                file.write(chunk.encode())
    return path


def as_csv(table):
    """Rows as the text of a CSV."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(table)
    return text.getvalue()
