"""What a notebook's cells have left: figures, tables and printed lines."""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import html
from nbformat import NotebookNode

from balancelib.course.training.slides.myst import Grid, words

STILL, EXPLORER = "这里是开始时的样子，在网页里可以移动。", 'class="explorer"'
PNG, HTML = "image/png", "text/html"


@dataclass(frozen=True)
class Figure:
    """A picture, what it shows in words, what stands below it."""

    png: bytes
    alternative: str
    caption: str


@dataclass(frozen=True)
class Printed:
    """Lines that a cell has printed."""

    lines: tuple[str, ...]


def outputs(cell: NotebookNode, names: Mapping[str, str]) -> Iterator[Figure | Grid | Printed]:
    """Read what a cell shows, in its order.

    Parameters
    ----------
    cell
        A cell of code that was run.
    names
        What labels are called in words.
    """
    caption = _caption(cell, names)
    for one in cell.outputs:
        data = one.get("data", {})
        if one.output_type == "stream" and one.name == "stdout":
            yield Printed(tuple(line.strip() for line in one.text.splitlines() if line.strip()))
        elif PNG in data:
            alternative = one.metadata.get(PNG, {}).get("alt", caption)
            below = caption + (STILL if EXPLORER in data.get(HTML, "") else "")
            yield Figure(base64.b64decode(data[PNG]), alternative or caption, below)
        elif "<table" in data.get(HTML, ""):
            yield table(data[HTML], caption)


def _caption(cell: NotebookNode, names: Mapping[str, str]) -> str:
    """Return the caption of a cell's figure with its number."""
    figure = cell.metadata.get("mystnb", {}).get("figure", {})
    text = words(figure.get("caption", ""), names)
    number = names.get(figure.get("name", ""), "")
    end = "" if not text or text.endswith(("。", "？", "！")) else "。"
    return f"{number} {text}{end}".strip()


def table(page: str, caption: str = "") -> Grid:
    """Read a table that pandas has written.

    Parameters
    ----------
    page
        HTML with a table in it.
    caption
        What it is called.
    """
    found = next(html.fragment_fromstring(page, create_parent=True).iter("table"), None)
    if found is None:
        return Grid((), (), caption)
    head = _spread(found.findall("./thead/tr"))
    header = ["·".join(dict.fromkeys(filter(None, column))) for column in zip(*head, strict=True)]
    return Grid(tuple(header), tuple(map(tuple, _spread(found.findall("./tbody/tr"), again=False))), caption)


def _spread(rows: list[html.HtmlElement], again: bool = True) -> list[list[str]]:
    """Return the text of every cell; one that spans several says so in each, or in rows below only where `again`."""
    texts: dict[tuple[int, int], str] = {}
    for y, row in enumerate(rows):
        x = 0
        for cell in row:
            while (x, y) in texts:
                x += 1
            text = " ".join(cell.text_content().split())
            for down in range(int(cell.get("rowspan", 1))):
                for right in range(int(cell.get("colspan", 1))):
                    texts[x + right, y + down] = text if again or not down else ""
    width = max((x for x, _ in texts), default=-1) + 1
    return [[texts.get((x, y), "") for x in range(width)] for y in range(len(rows))]
