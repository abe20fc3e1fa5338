"""A report that somebody has written, as headings and sentences: a Word file or a text in Markdown."""

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from balancelib.bounded import regular_bytes

LARGEST = 20 * 2**20  # bytes of a file, and of the text inside it
SENTENCE = re.compile(r"[^。；！？\n]+")
HEADING = re.compile(r"(#{1,6})\s+(.*\S)")
WORD_HEADING = re.compile(r"(?:heading|标题) ?(\d)", re.IGNORECASE)
RULE = re.compile(r"\|?[\s|:-]*-[\s|:-]*\|?")


class ReportError(ValueError):
    """A written report cannot be read: says in Chinese why and what to do."""

    def _render_traceback_(self) -> list[str]:
        """Show a notebook's reader the message alone."""
        return [str(self)]


@dataclass(frozen=True)
class Written:
    """What stands in a report.

    Attributes
    ----------
    headings : tuple of str
    levels : tuple of int
        Of the headings; 1 is the highest.
    sentences : tuple of (str, str)
        The heading above, and the sentence. A cell of a table is a sentence of what stands above the table, its row's first cell, its column's head and itself.
    heads : tuple of str
        Of the columns of all tables.
    """

    headings: tuple[str, ...]
    levels: tuple[int, ...]
    sentences: tuple[tuple[str, str], ...]
    heads: tuple[str, ...] = ()

    def within(self, heading: str) -> list[str]:
        """Return the sentences below a heading and below the lower ones that follow it."""
        first = self.headings.index(heading)
        own = {heading}
        for text, level in zip(self.headings[first + 1 :], self.levels[first + 1 :], strict=True):
            if level <= self.levels[first]:
                break
            own.add(text)
        return [sentence for under, sentence in self.sentences if under in own]


def read_report(source: str | Path) -> Written:
    """Read a report.

    Parameters
    ----------
    source : str or Path
        A file, ``.docx``, ``.md`` or ``.txt``; or the text itself, in Markdown, if it has more than one line.

    Raises
    ------
    ReportError
        There is no such file, it is of another kind, too large or damaged.
    """
    if isinstance(source, str) and "\n" in source.strip():
        return _gathered(_of_markdown(source))
    path = Path(source)
    if path.suffix.lower() not in (".docx", ".md", ".txt"):
        raise ReportError(f"“{path.name}”读不了：请另存为.docx，或者写成.md、.txt的文本。")
    try:
        content = regular_bytes(path, LARGEST)
        blocks = _of_word(content) if path.suffix.lower() == ".docx" else _of_markdown(_decoded(content))
        return _gathered(blocks)
    except FileNotFoundError:
        raise ReportError(f"找不到“{path.name}”：请看文件名，和它在不在这个笔记本的文件夹里。") from None
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as fault:
        raise ReportError(f"“{path.name}”打不开：请用Word或WPS打开，另存一份.docx再试。") from fault


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def _of_markdown(text: str) -> Iterator[tuple[str, Any]]:
    """Blocks: ("heading", (level, text)), ("text", text) or ("table", rows)."""
    rows: list[list[str]] = []
    for line in map(str.strip, [*text.splitlines(), ""]):
        if line.startswith("|"):
            if not RULE.fullmatch(line):
                rows.append([cell.strip() for cell in line.strip("|").split("|")])
            continue
        if rows:
            yield "table", rows
            rows = []
        if heading := HEADING.fullmatch(line):
            yield "heading", (len(heading[1]), heading[2])
        elif line:
            yield "text", line.lstrip("-*> ").replace("**", "")


def _of_word(content: bytes) -> Iterator[tuple[str, Any]]:
    from docx import Document  # noqa: PLC0415  slow to load
    from docx.opc.exceptions import PackageNotFoundError  # noqa: PLC0415
    from docx.table import Table  # noqa: PLC0415

    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(part.file_size for part in packed.infolist() if part.filename.endswith(".xml")) > LARGEST:
            raise ValueError("too large")
    try:
        document = Document(io.BytesIO(content))
    except PackageNotFoundError as fault:
        raise ValueError("no Word file") from fault
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            yield "table", [[cell.text for cell in row.cells] for row in block.rows]
        elif block.text.strip():
            level = WORD_HEADING.fullmatch(block.style.name or "")
            yield ("heading", (int(level[1]), block.text)) if level else ("text", block.text)


def _gathered(blocks: Iterable[tuple[str, Any]]) -> Written:
    headings, levels, sentences, heads, above = [], [], [], [], ""
    for kind, content in blocks:
        if kind == "table":
            found = list(_cells([[_plain(cell) for cell in row] for row in content], above))
            heads += [_plain(head) for head in content[0]]
        elif kind == "heading":
            levels.append(content[0])
            headings.append(above := _plain(content[1]))
            continue
        else:
            found = [part.strip() for part in SENTENCE.findall(_plain(content))]
            above = found[-1] if len(found) == 1 else above  # the caption of a table to come
        under = headings[-1] if headings else "开头"
        sentences += [(under, sentence) for sentence in found if sentence]
    return Written(tuple(headings), tuple(levels), tuple(sentences), tuple(heads))


def _cells(rows: list[list[str]], above: str) -> Iterator[str]:
    heads, *others = rows
    for first, *cells in others:
        for head, cell in zip(heads[1:], cells, strict=False):
            yield f"{above}，{first}，{head}{cell}".replace("。", "，").replace("；", "，")


def _plain(text: str) -> str:
    """Full-width digits and signs as ASCII, so that numbers are found; the Chinese marks stay."""
    return "".join(
        unicodedata.normalize("NFKC", c) if "０" <= c <= "９" or c in "．％－＋" else c for c in text
    )
