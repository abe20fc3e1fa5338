"""A report that somebody has written, as headings and sentences: a Word file or a text in Markdown."""

import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

from balancelib.bounded import regular_bytes
from balancelib.progress.written_word import word_blocks

LARGEST = 20 * 2**20  # bytes of a file
LONGEST = 500_000  # characters, a table's heads said with each cell: a county of 60 schools has 30,000
LONGEST_SENTENCE = 300  # what is longer is taken in pieces
SENTENCE = re.compile(r"[^。；！？\n]+")
HEADING = re.compile(r"(#{1,6})\s+(.*\S)")
NUMBERED = re.compile(
    r"(?:(第?[一二三四五六七八九十]+(?:、|部分|章))|[（(][一二三四五六七八九十]+[）)])[^。；！？]{1,30}"
)
RULE = re.compile(r"\|?[\s|:-]*-[\s|:-]*\|?")


DAMAGED = (OSError, ValueError, KeyError, SyntaxError, RuntimeError, EOFError, zipfile.BadZipFile, zlib.error)


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
        The heading above, and the sentence. A cell of a table is a sentence of the caption above the table, the first column's head, its row's first cell, its column's head and itself.
    places : tuple of int
        Of each sentence: its heading's position, -1 before the first. Two headings may be of the same words.
    heads : tuple of str
        Of the columns of all tables.
    """

    headings: tuple[str, ...]
    levels: tuple[int, ...]
    sentences: tuple[tuple[str, str], ...]
    places: tuple[int, ...]
    heads: tuple[str, ...] = ()

    def within(self, position: int) -> list[str]:
        """Return the sentences below a heading and below the lower ones that follow it."""
        lower = takewhile(lambda level: level > self.levels[position], self.levels[position + 1 :])
        last = position + len(list(lower))
        told = zip(self.places, self.sentences, strict=True)
        return [sentence for place, (_, sentence) in told if position <= place <= last]


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
    if isinstance(source, str) and "\n" in source:
        return _gathered(_of_markdown(source))
    path = Path(source)
    if path.suffix.lower() not in (".docx", ".md", ".txt"):
        raise ReportError(f"“{path.name}”读不了：请另存为.docx，或者写成.md、.txt的文本。")
    try:
        content = regular_bytes(path, LARGEST)
        blocks = word_blocks(content) if path.suffix.lower() == ".docx" else _of_markdown(_decoded(content))
        return _gathered(blocks)
    except FileNotFoundError:
        raise ReportError(f"找不到“{path.name}”：请看文件名，和它在不在这个笔记本的文件夹里。") from None
    except ReportError:
        raise
    except DAMAGED as fault:
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


def _gathered(blocks: Iterable[tuple[str, Any]]) -> Written:
    headings, levels, sentences, places, heads, above, length = [], [], [], [], [], "", 0
    for kind, content in _with_headings(list(blocks)):
        if kind == "heading":
            levels.append(content[0])
            headings.append(above := _plain(content[1]))
            continue
        if kind == "table":
            found = list(
                _cells([[_plain(cell) for cell in row] for row in content], above[:LONGEST_SENTENCE])
            )
            heads += [_plain(head) for head in content[0]]
        else:
            found = _pieces(_plain(content))
            if len(found) == 1 and content.rstrip()[-1:] not in "。；！？":
                above = found[0]  # the caption of a table to come
            elif headings:
                above = headings[-1]
        if (length := length + sum(map(len, found))) > LONGEST:
            raise ReportError(f"报告太长，超过{LONGEST // 10_000}万字：请只留自评报告，附件另外放。")
        sentences += [(headings[-1] if headings else "开头", sentence) for sentence in found]
        places += [len(headings) - 1] * len(found)
    if not sentences:
        raise ReportError("报告是空的：一句话也没有读到。")
    return Written(tuple(headings), tuple(levels), tuple(sentences), tuple(places), tuple(heads))


def _with_headings(blocks: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Take 一、 and （一） for headings where a writer has used no style of heading at all."""
    if any(kind == "heading" for kind, _ in blocks):
        return blocks
    return [
        ("heading", (1 if found[1] else 2, content))
        if kind == "text" and (found := NUMBERED.fullmatch(content.strip()))
        else (kind, content)
        for kind, content in blocks
    ]


def _pieces(text: str) -> list[str]:
    """The sentences of a text, without blanks around them."""
    found = (part.strip() for part in SENTENCE.findall(text))
    return [part[i : i + LONGEST_SENTENCE] for part in found for i in range(0, len(part), LONGEST_SENTENCE)]


def _cells(rows: list[list[str]], above: str) -> Iterator[str]:
    heads, *others = rows
    if len(heads) == 1:
        yield from (piece for row in rows for cell in row for piece in _pieces(cell))
    for first, *cells in filter(None, others):
        for head, cell in zip(heads[1:], cells, strict=False):
            said = (
                f"{above}，{heads[0]}，{first}，{head}".replace("。", "，")
                .replace("；", "，")
                .replace("\n", "")
            )
            yield from (said[-LONGEST_SENTENCE:] + piece for piece in _pieces(cell))


def _plain(text: str) -> str:
    """Full-width digits and signs as ASCII, so that numbers are found; the Chinese marks stay."""
    return "".join(
        unicodedata.normalize("NFKC", c) if "０" <= c <= "９" or c in "．％－＋" else c for c in text
    )
