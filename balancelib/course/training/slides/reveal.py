"""Slides as a page of reveal.js, by nbconvert.

nbconvert's `SlidesExporter` makes the frame: it turns a notebook whose cells say ``slide``, ``subslide`` and ``notes`` into sections with
notes. It is not given the lesson itself, whose cells are longer than a slide, whose MyST it cannot read and whose code is not to be
shown, but a notebook of slides, a cell each. Its template ``reveal`` loads require.js, jQuery, mermaid, MathJax and reveal.js from four
other hosts; ours, in ``page/``, extends it and loads nothing but what lies beside the page.

The speaker's window (key S) works when the page is opened from a disk in Chromium, which is what Edge, 360 and QQ are made of: tried. Where
a browser does not let it, ``?print-pdf`` prints each slide with its notes after it.
"""

import base64
import shutil
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbconvert import SlidesExporter
from nbformat import NotebookNode
from nbformat.v4 import new_notebook, new_raw_cell

from balancelib.course.root import ROOT
from balancelib.course.training.slides.deck import Deck
from balancelib.course.training.slides.desk import Point, Slide
from balancelib.course.training.slides.fitting import shares
from balancelib.course.training.slides.formula import linear
from balancelib.course.training.slides.runs import runs
from balancelib.course.weight import render_formula

HERE = Path(__file__).parent
SHARED, KATEX = "reveal", "katex"  # folders beside the pages
STYLE = "slides.css"
IN_CHINESE = HERE / "speaker.toml"


def lay_reveal(folder: Path) -> None:
    """Lay what all pages load into their folder.

    Parameters
    ----------
    folder
        Of the pages.
    """
    shutil.copytree(HERE / SHARED, folder / SHARED)
    for file in tomllib.loads(IN_CHINESE.read_text(encoding="utf-8"))["files"]:
        path = folder / SHARED / file["name"]
        path.write_text(in_chinese(path.read_text(encoding="utf-8"), file["words"]), encoding="utf-8")
    shutil.copytree(ROOT / "book" / "_static" / KATEX, folder / SHARED / KATEX)
    shutil.copy(HERE / "page" / STYLE, folder / SHARED)


def in_chinese(text: str, words: Sequence[tuple[str, str]]) -> str:
    """Return a program of reveal.js whose words are Chinese.

    Parameters
    ----------
    text
        As its authors made it.
    words
        What it says, and what it shall say.

    Raises
    ------
    ValueError
        It says something else: another version of it came, and ``speaker.toml`` was not made to fit.

    Examples
    --------
    >>> in_chinese('label="Notes"', [('"Notes"', '"备注"')])
    'label="备注"'
    """
    for english, chinese in words:
        if text.count(english) != 1:
            raise ValueError(
                f"reveal.js里的“{english}”有{text.count(english)}处，应只有一处：请改{IN_CHINESE.name}"
            )
        text = text.replace(english, chinese)
    return text


def write_page(deck: Deck, target: Path, notes: bool) -> None:
    """Write slides as a page.

    Parameters
    ----------
    deck
        The slides.
    target
        Where to; beside it lies what `lay_reveal` lays.
    notes
        Whether with what the speaker says.
    """
    exporter = SlidesExporter(template_name="page", extra_template_basedirs=[str(HERE)])
    page, _ = exporter.from_notebook_node(as_notebook(deck, notes))
    target.write_text(page, encoding="utf-8")


def as_notebook(deck: Deck, notes: bool) -> NotebookNode:
    """Return slides as a notebook: a cell a slide, and where asked one after it with its notes.

    Parameters
    ----------
    deck
        The slides.
    notes
        Whether with what the speaker says.
    """
    first = {"kind": "title", "heading": deck.title, "course": deck.course, "minutes": deck.minutes}
    first |= {"points": list(map(runs, deck.objectives)), "about": deck.about}
    cells = [_cell("slide", slide=first), *([_notes(deck.notes)] if notes else [])]
    for slide in deck.slides:
        cells.append(_cell("subslide" if slide.continued else "slide", slide=_shown(slide)))
        cells += [_notes(slide.notes)] if notes else []
    for n, cell in enumerate(cells):
        cell.id = f"cell-{n}"
    formulas = any(point.kind == "formula" for slide in deck.slides for point in slide.points)
    return nbformat.from_dict(new_notebook(cells=cells, metadata={"title": deck.title, "formulas": formulas, "notes": notes}))  # fmt: skip


def _cell(kind: str, **more: Any) -> NotebookNode:
    return new_raw_cell(metadata={"slideshow": {"slide_type": kind}, **more})


def _notes(text: str) -> NotebookNode:
    return _cell("notes", said=text.split("\n") if text else [])


def _shown(slide: Slide) -> dict[str, Any]:
    """Return a slide as the template asks for it."""
    shown: dict[str, Any] = {"kind": slide.kind, "heading": slide.heading}
    shown["points"] = [_point(point) for point in slide.points]
    if slide.figure:
        png = base64.b64encode(slide.figure.png).decode("ascii")
        shown["figure"] = {
            "png": png,
            "alternative": slide.figure.alternative,
            "caption": slide.figure.caption,
        }
    if slide.grid:
        wide = shares(slide.grid)
        percent = [round(100 * one / sum(wide), 1) for one in wide]
        shown["grid"] = {"header": slide.grid.header, "rows": slide.grid.rows, "widths": percent}
        shown["grid"] |= {"caption": slide.grid.caption, "whole": slide.whole}
    return shown


def _point(point: Point) -> dict[str, Any]:
    """Return a point as the template asks for it: a formula drawn, other text in runs."""
    if point.kind == "formula":
        drawn = render_formula(point.text, {"displayMode": True})
        return {"kind": point.kind, "drawn": drawn, "plain": linear(point.text), "number": point.number}
    return {"kind": point.kind, "runs": runs(point.text)}
