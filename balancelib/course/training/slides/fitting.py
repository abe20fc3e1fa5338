"""How much of a text or table fits a slide: what is cut, and where."""

import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

from balancelib.course.training.slides.formula import linear
from balancelib.course.training.slides.myst import BOLD, PLAIN, Grid, plain

ACROSS = 34  # Chinese characters of a line of text, of the width and size that all slides have
LONGEST = 66  # of a point: two lines
SHORT = 24  # a first sentence that says too little by itself
MOST_ROWS, MOST_COLUMNS = 8, 6
TABLE_ACROSS, LINE, PADDING = (
    37,
    31,
    11,
)  # characters; pixels of a slide 640 high, of which below its title are
HEIGHT, POINT_LINE, GAP = 500, 37, 12
WIDEST_CELL, WIDEST_FORMULA = 16, 26
ASIDE = re.compile(r"（[^）]*）")


def width(text: str) -> float:
    """Return how many Chinese characters a text is as wide as.

    Examples
    --------
    >>> width("生均4.5册")
    4.5
    """
    return sum(
        0 if unicodedata.combining(c) else 1 if unicodedata.east_asian_width(c) in "WFA" else 0.5
        for c in plain(text)
    )


def lines(text: str, across: float = ACROSS) -> int:
    """Return how many lines a text takes."""
    return sum(max(1, math.ceil(width(part) / across)) for part in text.split("\n"))


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, each with its own marks of bold.

    Examples
    --------
    >>> sentences("一句。又一句！“他说。”完了")
    ['一句。', '又一句！', '“他说。”', '完了']
    """
    parts, start = [], 0
    for end in re.finditer(r"[。！？][”’）》]*", text):
        parts.append(text[start : end.end()])
        start = end.end()
    return [part.strip() for part in _closed([*parts, text[start:]]) if plain(part).strip()]


def _closed(parts: Sequence[str]) -> Iterator[str]:
    """Texts of which each begins and ends its own bold."""
    bold = False
    for part in parts:
        opened = (BOLD if bold else "") + part
        bold = opened.count(BOLD) > opened.count(PLAIN)
        yield (opened + PLAIN if bold else opened).replace(BOLD + PLAIN, "")


def points(text: str, item: bool) -> list[str]:
    """Return what a paragraph or item comes to: its first sentence and its bold ones; a short item whole.

    Parameters
    ----------
    text
        With marks of bold.
    item
        Whether it is an item of a list.
    """
    every = [sentence for sentence in sentences(text) if not ASIDE.fullmatch(sentence)]
    if every and not item and every[-1].endswith("："):
        every.pop()  # it leads to what comes next
    chosen = [
        sentence
        for n, sentence in enumerate(every)
        if n == 0 or BOLD in sentence or _goes_with(every[:n], sentence, item)
    ]
    whole = "".join(chosen)
    return [whole] if chosen and width(whole) <= LONGEST else list(map(shortened, chosen))


def _goes_with(before: Sequence[str], sentence: str, item: bool) -> bool:
    """Whether a sentence is shown with those before it: in an item what fits, in a paragraph what follows a few words."""
    said = width("".join(before))
    return said + width(sentence) <= LONGEST if item else said < SHORT / 2


def shortened(text: str, most: float = LONGEST) -> str:
    """Return a sentence, one that is too long up to a comma.

    Examples
    --------
    >>> shortened("第一句话，第二句话，第三句话。", 10)
    '第一句话，第二句话……'
    """
    if width(text) <= most:
        return text
    parts = list(_closed(re.split(r"(?<=[，；：])", text)))
    key = [part for part in parts if BOLD in part]
    if key and width("".join(key)) <= most:
        return "".join(key)
    kept = ""
    for part in parts:
        if kept and width(kept + part) > most:
            break
        kept += part
    if width(kept) > most:
        kept = "".join(c for n, c in enumerate(kept) if width(kept[: n + 1]) <= most - 1)
    return kept.rstrip("，；：") + "……"


def in_rows(latex: str) -> str:
    r"""Return a formula; one that is too wide in rows, where it has parts.

    Examples
    --------
    >>> in_rows(r"a = b, \qquad c = d")
    'a = b, \\qquad c = d'
    """
    parts = re.split(r"\\qquad", latex)
    if len(parts) == 1 or width(linear(latex)) <= WIDEST_FORMULA or r"\begin" in latex:
        return latex
    rows = r" \\ ".join(part.strip().rstrip(",，") for part in parts)
    return rf"\begin{{gathered}} {rows} \end{{gathered}}"


def shares(grid: Grid) -> list[float]:
    """Return the widths of a table's columns in characters; they fill the slide."""
    wanted = [
        min(WIDEST_CELL, max(width(cell) for cell in column)) + 1
        for column in zip(grid.header, *grid.rows, strict=True)
    ]
    return [TABLE_ACROSS * one / sum(wanted) for one in wanted]


def fitted(grid: Grid) -> tuple[Grid, bool]:
    """Return as much of a table as fits, and whether all its rows and columns do.

    Parameters
    ----------
    grid
        The table.
    """
    rows = [row[:MOST_COLUMNS] for row in grid.rows[:MOST_ROWS]]
    cut = replace(grid, header=grid.header[:MOST_COLUMNS], rows=tuple(rows))
    for most in (math.inf, 40, WIDEST_CELL):
        cut = replace(cut, rows=tuple(tuple(shortened(cell, most) for cell in row) for row in rows))
        if height(cut) <= HEIGHT - POINT_LINE:
            break
    while height(cut) > HEIGHT - POINT_LINE and len(cut.rows) > 1:
        cut = replace(cut, rows=cut.rows[:-1])
    return cut, len(cut.rows) == len(grid.rows) and len(cut.header) == len(grid.header)


def height(grid: Grid) -> float:
    """Return how high a table is with its caption, in pixels of a slide."""
    across = [max(1, one - 0.7) for one in shares(grid)]
    return sum(
        PADDING + LINE * max(lines(cell, wide) for cell, wide in zip(row, across, strict=True))
        for row in (grid.header, *grid.rows)
    ) + (POINT_LINE * lines(grid.caption) if grid.caption else 0)
