"""Slides as a file for PowerPoint and WPS, by python-pptx.

Only what both have had since 2007 is used: titles and texts in the layouts' own places, pictures, tables, notes; no macro, nothing
embedded, nothing linked. Formulas are lines of text: WPS and LibreOffice do not show PowerPoint's own, and as pictures matplotlib's mathtext
draws 36 of the lessons' 56 as they stand (it knows no ``aligned``, ``gathered``, ``underbrace``, ``Big``, and Chinese only from a font that is
set for it); the page of reveal.js shows all as they are printed. Tried in LibreOffice; there was no PowerPoint or WPS to try.
"""

import io
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml.ns import qn
from pptx.presentation import Presentation as Opened
from pptx.shapes.base import BaseShape
from pptx.slide import Slide as Page
from pptx.text.text import TextFrame, _Paragraph
from pptx.util import Length, Pt

from balancelib.course.archive import write_zip
from balancelib.course.training.slides.deck import Deck
from balancelib.course.training.slides.desk import Point, Slide
from balancelib.course.training.slides.fitting import POINT_LINE, shares
from balancelib.course.training.slides.formula import linear
from balancelib.course.training.slides.myst import Grid
from balancelib.course.training.slides.outline import REST
from balancelib.course.training.slides.outputs import Figure
from balancelib.course.training.slides.runs import runs

FONT, AUTHOR = "微软雅黑", "balancelib"
WIDE, HIGH = Pt(960), Pt(540)
SIDE, TOP, BOTTOM = Pt(44), Pt(92), Pt(522)
ACROSS = WIDE - 2 * SIDE
SCALE = 0.8  # points a pixel of the page's slides
TEXT, SMALL, TITLE, FIRST = Pt(22), Pt(20), Pt(30), Pt(38)
BLUE, BLACK, BROWN, HEAD = (RGBColor.from_string(one) for one in ("17406D", "1A1A1A", "8A3F06", "E7EEF6"))
LONG_AGO = datetime(1980, 1, 1)  # no hour of making: the same slides make the same file
LAYOUTS = {"title": 0, "points": 1, "alone": 5}  # of python-pptx's own template
NOT_OURS = ("/printerSettings", "/thumbnail")  # of its template
PLAIN_TABLE = "{5940675A-B579-460E-94D1-54222C63F5DA}"  # PowerPoint's style without colours, with a grid


def write_powerpoint(deck: Deck, target: Path) -> None:
    """Write slides as a file for PowerPoint and WPS; the same slides make the same bytes.

    Parameters
    ----------
    deck
        The slides.
    target
        Where to.
    """
    file = _empty(deck)
    layouts = {name: file.slide_layouts[n] for n, name in enumerate(LAYOUTS)}
    _begin(file.slides.add_slide(layouts["title"]), deck)
    for slide in deck.slides:
        alone = slide.figure or slide.grid
        page = file.slides.add_slide(layouts["alone" if alone else "points"])
        _fill(page, slide)
    packed = io.BytesIO()
    file.save(packed)
    with zipfile.ZipFile(packed) as archive:
        write_zip(target, [(name, archive.read(name)) for name in archive.namelist()])


def _empty(deck: Deck) -> Opened:
    """Return a file without slides: 16:9, three layouts, a Chinese font."""
    file = Presentation()
    file.slide_width, file.slide_height = WIDE, HIGH
    for relations in (file.part.rels, file.part.package._rels):
        for name in [one.rId for one in relations.values() if one.reltype.endswith(NOT_OURS)]:
            relations.pop(name)
    for n, layout in reversed(list(enumerate(file.slide_layouts))):
        if n not in LAYOUTS.values():
            file.slide_layouts.remove(layout)
    theme = file.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    tree = etree.fromstring(theme.blob)
    for font in tree.iter(qn("a:majorFont"), qn("a:minorFont")):
        for kind in ("a:latin", "a:ea"):
            font.find(qn(kind)).set("typeface", FONT)
    theme._blob = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    for holder in (file.slide_master, *file.slide_layouts):
        for shape in list(holder.placeholders):
            _place_placeholder(shape)
    about = file.core_properties
    about.title, about.author, about.last_modified_by = deck.title, AUTHOR, AUTHOR
    about.subject, about.language = deck.course, "zh-CN"
    about.created = about.modified = LONG_AGO
    return file


def _place_placeholder(shape: Any) -> None:
    """Put a place of a layout where 16:9 has it; drop those for date, footer and number."""
    kind = shape.placeholder_format.type.name
    if kind in ("DATE", "FOOTER", "SLIDE_NUMBER"):
        shape._element.getparent().remove(shape._element)
    elif kind in ("TITLE", "CENTER_TITLE"):
        _place(shape, Pt(24), TOP - Pt(30))
    else:
        _place(shape, TOP, BOTTOM - TOP)


def _place(shape: BaseShape, top: Length, high: Length) -> None:
    """Put a shape across the slide."""
    shape.left, shape.top, shape.width, shape.height = SIDE, top, ACROSS, high


def _begin(page: Page, deck: Deck) -> None:
    """Fill the first slide: what the lesson is for."""
    _place(page.shapes.title, Pt(60), Pt(96))
    _write(page.shapes.title.text_frame, [(deck.title, False)], FIRST, BLUE, bold=True)
    body = page.placeholders[1]
    _place(body, Pt(164), Pt(340))
    frame = body.text_frame
    said = [deck.course, "学完这一课，你能够：", *(f"· {''.join(text for text, _ in runs(one))}" for one in deck.objectives)]  # fmt: skip
    for n, text in enumerate([*said, f"用时{deck.minutes}分钟。{deck.about}"]):
        paragraph = frame.paragraphs[0] if n == 0 else frame.add_paragraph()
        _set(paragraph, [(text, False)], SMALL if n in (0, len(said)) else TEXT, BLACK)
    _note(page, deck.notes)


def _fill(page: Page, slide: Slide) -> None:
    """Fill a slide."""
    _write(page.shapes.title.text_frame, [(slide.heading, False)], TITLE, BLUE, bold=True)
    top = TOP
    if slide.figure or slide.grid:
        if slide.points:
            high = Pt(SCALE * POINT_LINE * sum(point.lines for point in slide.points) + 8 * len(slide.points))
            box = page.shapes.add_textbox(SIDE, top, ACROSS, high)
            _points(box.text_frame, slide.points)
            top += high
        if slide.figure:
            _picture(page, slide.figure, top)
        else:
            _table(page, slide, slide.grid, top)
    else:
        _points(page.placeholders[1].text_frame, slide.points)
    _note(page, slide.notes)


def _points(frame: TextFrame, points: tuple[Point, ...]) -> None:
    """Write points, each a paragraph."""
    frame.word_wrap = True
    for n, point in enumerate(points):
        paragraph = frame.paragraphs[0] if n == 0 else frame.add_paragraph()
        if point.kind == "formula":
            rows = filter(None, [*linear(point.text).split("\n"), point.number])
            _set(paragraph, [(row, False) for row in rows], TEXT, BLACK, centred=True)
        elif point.kind == "said":
            _set(paragraph, runs(point.text), TEXT, BLACK, mark="•")
        else:
            _set(paragraph, runs(point.text), TEXT, BROWN if point.kind == "printed" else BLACK, bold=point.kind == "question")  # fmt: skip


def _picture(page: Page, figure: Figure, top: Length) -> None:
    """Put a figure as large as it can be above its caption."""
    below = Pt(56) if figure.caption else 0
    room = BOTTOM - top - below
    picture = page.shapes.add_picture(io.BytesIO(figure.png), SIDE, top)
    scale = min(ACROSS / picture.width, room / picture.height)
    picture.width, picture.height = int(picture.width * scale), int(picture.height * scale)
    picture.left = int((WIDE - picture.width) / 2)
    picture._element.nvPicPr.cNvPr.set("descr", figure.alternative)
    if figure.caption:
        box = page.shapes.add_textbox(SIDE, top + picture.height + Pt(2), ACROSS, below)
        _write(box.text_frame, [(figure.caption, False)], SMALL, BLACK)


def _table(page: Page, slide: Slide, grid: Grid, top: Length) -> None:
    """Put a table, its caption above it."""
    if grid.caption:
        box = page.shapes.add_textbox(SIDE, top, ACROSS, Pt(30))
        _write(box.text_frame, [(grid.caption, False)], SMALL, BLACK)
        top += Pt(32)
    rows, wide = [grid.header, *grid.rows], shares(grid)
    frame = page.shapes.add_table(len(rows), len(wide), SIDE, top, ACROSS, Pt(28) * len(rows))
    frame._element.nvGraphicFramePr.cNvPr.set("descr", grid.caption or slide.title)
    table = frame.table
    table._tbl.tblPr.find(qn("a:tableStyleId")).text = PLAIN_TABLE
    for column, share in zip(table.columns, wide, strict=True):
        column.width = int(ACROSS * share / sum(wide))
    for y, row in enumerate(rows):
        for x, text in enumerate(row):
            _cell(table.cell(y, x), text, head=y == 0)
    if not slide.whole:
        box = page.shapes.add_textbox(SIDE, BOTTOM - Pt(26), ACROSS, Pt(26))
        _write(box.text_frame, [(REST, False)], SMALL, BLACK)


def _cell(cell: Any, text: str, head: bool) -> None:
    """Write a cell of a table."""
    cell.margin_left = cell.margin_right = Pt(5)
    cell.margin_top = cell.margin_bottom = Pt(2)
    _write(cell.text_frame, [(text, False)], Pt(18), BLACK, bold=head)
    if head:
        cell.fill.solid()
        cell.fill.fore_color.rgb = HEAD


def _write(
    frame: TextFrame, said: list[tuple[str, bool]], size: Length, colour: RGBColor, bold: bool = False
) -> None:
    """Write a frame's only paragraph."""
    frame.word_wrap = True
    _set(frame.paragraphs[0], said, size, colour, bold=bold)


def _set(
    paragraph: _Paragraph,
    said: list[tuple[str, bool]],
    size: Length,
    colour: RGBColor,
    bold: bool = False,
    centred: bool = False,
    mark: str = "",
) -> None:
    """Write a paragraph in the Chinese font; with its mark, or with none."""
    about = paragraph._p.get_or_add_pPr()
    indent = Pt(18) if mark else 0
    about.set("marL", str(indent))
    about.set("indent", str(-indent))
    about.set("algn", "ctr" if centred else "l")
    paragraph.space_after, paragraph.space_before, paragraph.line_spacing = Pt(7), Pt(0), 1.1
    bullet = etree.SubElement(about, qn("a:buChar" if mark else "a:buNone"))
    if mark:
        bullet.set("char", mark)
    for n, (text, strong) in enumerate(said):
        if centred and n:
            paragraph.add_line_break()
        run = paragraph.add_run()
        run.text = text
        run.font.size, run.font.bold, run.font.color.rgb = size, bold or strong, colour
        run.font.name = FONT
        etree.SubElement(run.font._element, qn("a:ea")).set("typeface", FONT)
        run.font._element.set("lang", "zh-CN")


def _note(page: Page, text: str) -> None:
    """Write what the speaker says."""
    page.notes_slide.notes_text_frame.text = text
