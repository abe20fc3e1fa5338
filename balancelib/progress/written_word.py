"""A Word file's headings, paragraphs and tables, from its XML: nothing but the text is loaded, whatever else the file holds."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

LARGEST_PART = 20 * 2**20  # bytes of XML, unpacked
WIDEST = 63  # columns: Word's own limit, however many a cell says it spans
WORD_HEADING = re.compile(r"(?:heading|标题) ?(\d)", re.IGNORECASE)
CONTENTS = re.compile(r"toc|目录", re.IGNORECASE)
INSIDE = {
    "sdt",
    "sdtContent",
    "customXml",
    "ins",
    "moveTo",
    "smartTag",
}  # what holds blocks or runs and is none
NOT_THERE = {"del", "moveFrom", "Fallback", "pPr", "rPr"}  # taken out by a reviewer, or said twice


def word_blocks(content: bytes) -> Iterator[tuple[str, Any]]:
    """Yield a Word file's blocks in order: ("heading", (level, text)), ("text", text) or ("table", rows).

    What a reviewer put in counts, what one took out does not; a contents list is left out.

    Parameters
    ----------
    content : bytes
        A file ``.docx``.

    Raises
    ------
    ValueError, KeyError, OSError, SyntaxError, RuntimeError, zipfile.BadZipFile, zlib.error, EOFError
        It is none, or damaged, locked or too large.
    """
    from docx.oxml import parse_xml  # noqa: PLC0415  slow to load; it resolves no entities

    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        text = _part(packed, "word/document.xml")
        styles = _part(packed, "word/styles.xml") if "word/styles.xml" in packed.namelist() else b""
    document = parse_xml(text)
    names = _style_names(parse_xml(styles)) if styles else {}
    for body in _children(document, "body"):
        yield from _blocks(body, names)


def _part(packed: zipfile.ZipFile, name: str) -> bytes:
    with packed.open(name) as part:
        content = part.read(LARGEST_PART + 1)
    if len(content) > LARGEST_PART:
        raise ValueError("too large")
    return content


def _tag(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""  # a comment has no name


def _children(element: Any, name: str) -> list[Any]:
    return [child for child in element if _tag(child) == name]


def _value(element: Any, *path: str) -> str | None:
    """The ``val`` of what lies down a path of names; nothing where a step is not there."""
    for name in path:
        if (element := next(iter(_children(element, name)), None)) is None:
            return None
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == "val"), "")


def _style_names(styles: Any) -> dict[str, list[str]]:
    """Of each style: its own name and those that it is based on, and its level in an outline as Word's heading of that level."""
    own, based = {}, {}
    for style in _children(styles, "style"):
        key = next((v for k, v in style.attrib.items() if k.rpartition("}")[2] == "styleId"), "")
        level = _value(style, "pPr", "outlineLvl")
        own[key] = [_value(style, "name") or "", *_outline(level)]
        based[key] = _value(style, "basedOn")
    names = {}
    for key in own:
        chain: list[str] = []
        at: str | None = key
        while at in own and at not in chain:  # a circle ends
            chain.append(at)
            at = based[at]
        names[key] = [name for one in chain for name in own[one]]
    return names


def _outline(level: str | None) -> list[str]:
    return [f"heading {int(level) + 1}"] if level and level.isdecimal() and int(level) < 9 else []


def _blocks(parent: Any, names: dict[str, list[str]]) -> Iterator[tuple[str, Any]]:
    for child in parent:
        tag = _tag(child)
        if tag == "p":
            yield from _paragraph(child, names)
        elif tag == "tbl":
            yield "table", _rows(child)
        elif tag in INSIDE:
            yield from _blocks(child, names)


def _paragraph(paragraph: Any, names: dict[str, list[str]]) -> Iterator[tuple[str, Any]]:
    if not (text := "".join(_text(paragraph)).strip()):
        return
    key = _value(paragraph, "pPr", "pStyle") or ""
    called = [*_outline(_value(paragraph, "pPr", "outlineLvl")), *names.get(key, [key])]
    if any(CONTENTS.match(name) for name in called):
        return
    level = next((int(found[1]) for name in called if (found := WORD_HEADING.fullmatch(name))), None)
    yield ("text", text) if level is None else ("heading", (level, text))


def _text(element: Any) -> Iterator[str]:
    for child in element:
        tag = _tag(child)
        if tag == "t":
            yield child.text or ""
        elif tag in ("br", "cr"):
            yield "\n"
        elif tag == "tab":
            yield " "
        elif tag not in NOT_THERE:
            yield from _text(child)


def _rows(table: Any) -> list[list[str]]:
    """The cells' texts; one over several columns stands in each, one over several rows in each."""
    rows: list[list[str]] = []
    for row in _lines(table, "tr"):
        cells: list[str] = []
        for cell in _lines(row, "tc"):
            own = "".join("".join(_text(one)) for one in _lines(cell, "p"))
            merged = _value(cell, "tcPr", "vMerge")
            if merged is not None and merged != "restart" and rows and len(cells) < len(rows[-1]):
                own = rows[-1][len(cells)]
            span = _value(cell, "tcPr", "gridSpan") or "1"
            cells += [own] * min(int(span) if span.isdecimal() and len(span) < 9 else 1, WIDEST - len(cells))
        rows.append(cells)
    return rows or [[]]


def _lines(parent: Any, name: str) -> Iterator[Any]:
    for child in parent:
        if _tag(child) == name:
            yield child
        elif _tag(child) in INSIDE:
            yield from _lines(child, name)
