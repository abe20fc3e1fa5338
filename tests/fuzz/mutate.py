"""From a string of bytes to a broken county: each byte decides one thing, so that a fuzzer can steer by them.

Real files are changed at three levels: the bytes of the zip archive or CSV, the XML of a part, the cells of a sheet or table.
"""

import functools
import io
import re
import sys
import tempfile
import zipfile
from pathlib import Path

import openpyxl

from balancelib.county import sample_county
from balancelib.county.schema import schema
from balancelib.county.write import write_csv, write_workbook

sys.path.insert(0, str(Path(__file__).parents[1] / "returns"))
from national import PLAIN, with_grades, write_export, write_school

NASTY_TEXTS = (
    "", " ", "0", "-0", "-1", "1e999", "NaN", "1_0", "0x10", "９", "٣", "*", "—", "无", "1,000", "5%", "是", "小学", "primary", "=1+1", "@A1",
    "+1", "-1+1", "'", '"', "\t", "\n", "\r", "\0", "\x1b[2J", "\u200b", "\u202e", "\ufeff", "\ud7ff", "\U0001f600", "长" * 1001, "9" * 400,
    "110105194912310021", "13800138000", "校长手机", "school_id", "学校标识码", "96;102", "0;;", "2026-09-01", "#REF!", "_x0007_", "<b>",
    "../../etc/passwd", "9900000001", "1e300", "0.1", "99999999999", "TRUE", "True", "None", "nan", "inf",
)  # fmt: skip
NASTY_ATTRIBUTES = (
    "", "0", "-1", "1", "2", "true", "hidden", "999999999999", "9" * 5000, "XFD1048576", "A0", "1A", "a1", "A1:XFD9", "s", "b", "e", "d", "n", "str",
    "inlineStr", "rId1", "../../x", "http://example.org/x", "&amp;", "&#0;", "&x;", "\x00", "学校",
)  # fmt: skip
NASTY_XML = (
    "<c><v>1</v></c>", '<c r="A1" t="s"><v>0</v></c>', '<c r="B7" s="1"><v>45000</v></c>', '<c t="s"><v>99999</v></c>', "<c><f>A1</f></c>",
    '<c><f t="shared" si="0">[1]A!A1</f><v>1</v></c>', "<row/>", '<row r="3" hidden="1"/>', '<row r="1048577"/>', '<mergeCell ref="A1:B9"/>',
    '<col min="1" max="9" hidden="1"/>', "<si/>", "<si><t>x</t></si>", "<rPh><t>x</t></rPh>", "<!-- x -->", "<?x y?>", "<![CDATA[1]]>",
    "<!DOCTYPE a>", '<xf numFmtId="14"/>', '<numFmt numFmtId="0" formatCode="yyyy"/>', '<sheet name="学校" id="9"/>', "<a>" * 50, "</row>",
    '<workbookPr date1904="1"/>', '<c t="d"><v>2026-09-01T00:00:00</v></c>', '<c t="b"><v>1</v></c>', "\x00", "&x;",
)  # fmt: skip


LARGEST = 2**22  # bytes: doubled again and again, a file would fill the fuzzer's own memory


class Choices:
    """Decisions made of bytes; when they end, every one is the first."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def below(self, n: int) -> int:
        """Return a number from 0 to ``n - 1``."""
        size = 1 if n <= 256 else 3
        taken = self._data[self._at : self._at + size]
        self._at += size
        return int.from_bytes(taken, "big") % n if n else 0

    def one(self, of):
        """Return one of a sequence."""
        return of[self.below(len(of))]

    def span(self, n: int) -> tuple[int, int]:
        """Return a beginning and an end within ``n``, mostly near each other."""
        start = self.below(n + 1)
        return start, min(n, start + self.one((0, 1, 2, 8, 64, 1024)))

    @property
    def left(self) -> bool:
        """Whether any byte is left to decide with."""
        return self._at < len(self._data)


@functools.cache
def originals():
    """Workbooks as their parts, and the files of a CSV folder: ours of a county of twenty schools, and national returns of some of them."""
    names = (
        "schools",
        "school_items",
        "county_items",
    )  # three sheets or files: a case then takes some hundredths of a second
    every = sample_county(7, 20).tables
    tables = {name: every[name] for name in names}
    with tempfile.TemporaryDirectory() as folder:
        path = write_workbook(Path(folder) / "county.xlsx", tables)
        book = openpyxl.load_workbook(path)
        for sheet in book.worksheets:
            if sheet.title not in {schema().table(name).label for name in names}:
                book.remove(sheet)
        book.save(path)
        files = {path.name: path.read_bytes() for path in write_csv(tables, folder)}
        schools = with_grades(every, 2025)
        primary = schools[schools["kind"].isin(["primary", "nine_year"])].head(3)
        returned = [
            write_export(Path(folder) / "小学综合表.xlsx", "primary", primary, PLAIN),
            write_school(Path(folder) / "学校.xlsx", schools[schools["kind"] == "nine_year"].iloc[0]),
        ]
        books = [_parts(book) for book in (path, *returned)]
    return books, files


def _parts(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def broken(data: bytes, folder: Path) -> Path:
    """Write the county that the bytes decide, and return its path."""
    choices = Choices(data)
    books, files = originals()
    n = choices.below(5)
    return _folder(choices, files, folder) if n == 0 else _workbook(choices, books[max(0, n - 2)], folder)


def _workbook(choices, parts, folder):
    parts = dict(parts)
    names = [name for name in parts if name.startswith("xl/") and name.endswith((".xml", ".rels"))]
    while choices.left:
        name = choices.one(names)
        level = choices.below(8)
        if level == 0:
            break
        if level == 1:
            parts.pop(name, None)
        elif len(parts.get(name, b"")) > LARGEST:
            break
        elif name in parts:
            change = _in_cells if level > 4 else _in_xml
            parts[name] = change(choices, parts[name].decode("utf-8", "surrogateescape")).encode(
                "utf-8", "surrogateescape"
            )
    content = _packed(choices, parts)
    path = folder / "county.xlsx"
    path.write_bytes(_in_bytes(choices, content) if choices.below(4) == 3 else content)
    return path


def _packed(choices, parts):
    buffer = io.BytesIO()
    method = choices.one((zipfile.ZIP_STORED,) * 5 + (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2))
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
        if choices.below(16) == 15:
            archive.writestr(
                choices.one(("xl/vbaProject.bin", "../x", "XL/WORKBOOK.XML", "xl\\styles.xml", "mimetype")),
                b"x",
            )
    return buffer.getvalue()


def _in_xml(choices, text):
    """Change a part: an attribute, a text, a tag; cut, double or insert."""
    marks = [m.span() for m in re.finditer(r'"[^"]*"|>[^<]+<|<[^>]*>', text)][:50_000]
    if not marks:
        return choices.one(NASTY_XML)
    start, end = choices.one(marks)
    how = choices.below(6)
    if how == 0:
        return text[:start] + text[end:]
    if how == 1:
        return text[:end] + text[start:end] + text[end:]
    if how == 2:
        return text[:start] + choices.one(NASTY_XML) + text[start:]
    if how == 3:
        return text[:start]
    between = text[start], text[end - 1]
    new = choices.one(NASTY_ATTRIBUTES if between == ('"', '"') else NASTY_TEXTS)
    return (
        text[: start + 1] + new + text[end - 1 :] if between != ("<", ">") else text[:end] + new + text[end:]
    )


def _in_cells(choices, text):
    """Change a cell: its type, its style, its value, its formula."""
    cells = [m.span() for m in re.finditer(r"<c [^>]*?(?:/>|>.*?</c>)", text)]
    if not cells:
        return _in_xml(choices, text)
    start, end = choices.one(cells)
    place = re.search(r'r="([^"]*)"', text[start:end])
    at = f'r="{place[1]}"' if place else ""
    kind = choices.one(("n", "s", "str", "inlineStr", "b", "e", "d", "?"))
    value = choices.one(NASTY_TEXTS).replace("&", "&amp;").replace("<", "&lt;")
    formula = choices.one(("", "", "", "<f/>", "<f>[1]A!A1</f>", '<f t="shared" si="0"/>', "<f>SUM(A1)</f>"))
    inside = f"<is><t>{value}</t></is>" if kind == "inlineStr" else f"<v>{value}</v>"
    return f'{text[:start]}<c {at} t="{kind}" s="{choices.below(9)}">{formula}{inside}</c>{text[end:]}'


def _folder(choices, files, folder):
    files = dict(files)
    while choices.left:
        name = choices.one(sorted(files))
        level = choices.below(8)
        if level == 0 or len(files[name]) > LARGEST:
            break
        if level == 1:
            files[choices.one(("学校.csv", "SCHOOLS.CSV", "x.csv", "schools.csv"))] = files.pop(name)
        elif level == 2:
            files[name] = _in_bytes(choices, files[name])
        else:
            files[name] = _in_table(choices, files[name])
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def _in_table(choices, content):
    """Change a CSV: a cell, a row, its marks, its encoding."""
    lines = [line.split(",") for line in content.decode("utf-8-sig", "replace").split("\r\n")]
    row, how = choices.below(len(lines)), choices.below(8)
    if how == 0:
        lines.insert(choices.below(len(lines)), lines[row])
    elif how == 1:
        del lines[row]
    elif how == 2:
        lines[row].append(choices.one(NASTY_TEXTS))
    else:
        lines[row][choices.below(len(lines[row]))] = choices.one(NASTY_TEXTS)
    text = choices.one(("\r\n",) * 6 + ("\n", "\r")).join(
        choices.one((",",) * 12 + ("\t", ";")).join(line) for line in lines
    )
    return text.encode(choices.one(("utf-8-sig",) * 5 + ("utf-8", "gb18030", "utf-16")), "replace")


def _in_bytes(choices, content):
    """Change bytes: another value, a piece cut out, doubled, or the end cut off."""
    start, end = choices.span(len(content))
    how = choices.below(4)
    if how == 0:
        return content[:start] + bytes((choices.below(256),)) + content[start + 1 :]
    if how == 1:
        return content[:start] + content[end:]
    if how == 2:
        return content[:end] + content[start:end] + content[end:]
    return content[:start]
