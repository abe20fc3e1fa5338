"""A report as a Word file in the look of an official paper (GB/T 9704—2012), for Word, WPS and LibreOffice."""

import io
from collections.abc import Sequence
from itertools import count
from typing import Any, NamedTuple

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_BREAK, WD_LINE_SPACING, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.shared import Emu, Mm, Pt

from balancelib.report import word
from balancelib.report.blocks import NOT_MET, Block, Heading, Picture, Report, Section, Strong, Table
from balancelib.sheets import without_dates
from balancelib.text import cleaned, width

TITLE, BODY, KAI, HEI, SONG = "方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体"
WIDE = 156  # mm, of the text on A4
CHARACTER = 105  # twips, of half a Chinese one in a table
MARGIN, SHORT = 4, 12  # such halves: beside a cell's text, and of a column that is centred
CSS_PIXEL = 8100  # EMU, so that the letters in a picture are as large as those in a table


class Look(NamedTuple):
    """A style: font, size, alignment, first line's indent in characters; distances in points, a line of 0 is single."""

    font: str
    points: float
    side: Any = ALIGN.LEFT
    indent: int = 0
    line: float = 0
    before: float = 0
    after: float = 0
    with_next: bool = False


STYLES = {
    "Normal": Look(BODY, 16, ALIGN.JUSTIFY, line=28),
    "Body Text": Look(BODY, 16, ALIGN.JUSTIFY, indent=2, line=28),
    "Title": Look(TITLE, 22, ALIGN.CENTER, line=34, after=6, with_next=True),
    "Heading 1": Look(HEI, 16, indent=2, line=28, before=8, after=4, with_next=True),
    "Heading 2": Look(KAI, 16, indent=2, line=28, before=4, after=2, with_next=True),
    "Caption": Look(HEI, 10.5, ALIGN.CENTER, before=6, after=3),
    "Footer": Look(SONG, 14),
    "toc 1": Look(BODY, 14, line=26),
    "toc 2": Look(BODY, 14, indent=2, line=26),
    "目录标题": Look(HEI, 16, ALIGN.CENTER, line=28, after=8, with_next=True),
    "提示": Look(KAI, 12, ALIGN.CENTER, line=18, after=4),
    "表格文字": Look(SONG, 10.5, line=14, before=1, after=1),
    "图": Look(SONG, 10.5, ALIGN.CENTER, before=6, with_next=True),
}


def report_docx(report: Report) -> bytes:
    """Return the whole file: title and first section, contents, the other sections; the same bytes each time."""
    document = _empty(report.title)
    bookmarks = _Bookmarks(document)
    document.add_paragraph(cleaned(report.title), "Title")
    document.add_paragraph(cleaned(report.notice), "提示")
    first, *others = report.sections
    _add_section(document, first, bookmarks)
    _add_contents(document, report.sections)
    for section in others:
        _add_section(document, section, bookmarks)
    buffer = io.BytesIO()
    document.save(buffer)
    return without_dates(buffer.getvalue())


def _empty(title: str) -> Any:
    """Return a paper without words: its page, styles, language and footers; no author."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(25)
    for name, look in STYLES.items():
        _set_style(document, name, look)
    word.set_language(document)
    word.name_substitutes(document)
    word.drop_thumbnail(document)
    about = document.core_properties
    about.author, about.comments, about.title, about.language = "", "", cleaned(title), "zh-CN"
    document.settings.odd_and_even_pages_header_footer = True
    for footer, side in ((section.footer, ALIGN.RIGHT), (section.even_page_footer, ALIGN.LEFT)):
        paragraph = footer.paragraphs[0]
        paragraph.style, paragraph.alignment = "Footer", side
        paragraph.add_run("— ")
        word.add_field(paragraph, "PAGE", "1")
        paragraph.add_run(" —")
    return document


def _set_style(document: Any, name: str, look: Look) -> None:
    styles = document.styles
    style = styles[name] if name in styles else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    word.drop_border(style)
    word.set_font(style, look.font, look.points)
    word.indent_first_line(style, look.indent)
    paragraph = style.paragraph_format
    paragraph.alignment, paragraph.keep_with_next = look.side, look.with_next
    paragraph.space_before, paragraph.space_after = Pt(look.before), Pt(look.after)
    paragraph.line_spacing_rule = WD_LINE_SPACING.EXACTLY if look.line else WD_LINE_SPACING.SINGLE
    if look.line:
        paragraph.line_spacing = Pt(look.line)
    if name.startswith("toc"):
        paragraph.tab_stops.add_tab_stop(Mm(WIDE), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)


class _Bookmarks:
    """Headings that the contents lead to, named by their order as `_add_contents` goes through them."""

    def __init__(self, document: Any) -> None:
        self.document, self.numbers = document, count(1)

    def heading(self, text: str, level: int) -> None:
        """Add a heading with its bookmark."""
        paragraph = self.document.add_paragraph(cleaned(text), f"Heading {level}")
        number = next(self.numbers)
        word.add_bookmark(paragraph, number, _place(number))


def _place(number: int) -> str:
    return f"_Toc{number:08d}"


def _add_contents(document: Any, sections: Sequence[Section]) -> None:
    """Add the contents on a page of their own: a field that Word and WPS update, and what it has until then.

    Page numbers are known only once the paper is laid out, and a wrong one is worse than none: they come when the
    contents are updated (F9). Nothing is marked for updating at opening, for that makes Word ask a question.
    """
    title = document.add_paragraph("目录", "目录标题")
    title.paragraph_format.page_break_before = True
    numbers, entries = count(1), []
    for section in sections:
        entries.append((1, section.title))
        entries += [(2, block.text) for block in section.blocks if isinstance(block, Heading)]
    for i, (level, text) in enumerate(entries):
        paragraph = document.add_paragraph(style=f"toc {level}")
        if i == 0:
            word.begin_field(paragraph, r'TOC \o "1-2" \h \z \u')
        word.add_link(paragraph, _place(next(numbers)), cleaned(text))
    word.end_field(paragraph)
    document.add_paragraph(style="Body Text").add_run().add_break(WD_BREAK.PAGE)


def _add_section(document: Any, section: Section, bookmarks: _Bookmarks) -> None:
    bookmarks.heading(section.title, 1)
    for block in section.blocks:
        if isinstance(block, Heading):
            bookmarks.heading(block.text, 2)
        else:
            _add_block(document, block)


def _add_block(document: Any, block: Block) -> None:
    """Add a paragraph, a table with its caption above or a picture with its caption below."""
    if isinstance(block, Table):
        _add_caption(document, block).paragraph_format.keep_with_next = True
        _add_table(document, block)
    elif isinstance(block, Picture):
        _add_picture(document, block)
        _add_caption(document, block)
    else:
        strong = isinstance(block, Strong)
        run = document.add_paragraph(style="Body Text").add_run(cleaned(block.text if strong else block))
        run.bold = strong


def _add_caption(document: Any, block: Table | Picture) -> Any:
    paragraph = document.add_paragraph(block.label[:1], "Caption")
    word.add_field(paragraph, f"SEQ {block.label[:1]} \\* ARABIC", str(block.number))
    paragraph.add_run(f"　{cleaned(block.caption)}")
    return paragraph


def _add_picture(document: Any, picture: Picture) -> None:
    paragraph = document.add_paragraph(style="图")
    shape = paragraph.add_run().add_picture(io.BytesIO(picture.png))
    wide = min(picture.width * CSS_PIXEL, Mm(WIDE))
    shape.height, shape.width = Emu(round(shape.height * wide / shape.width)), Emu(wide)
    properties = shape._inline.docPr
    properties.set("descr", cleaned(picture.text))
    properties.set("name", picture.label)


def _add_table(document: Any, block: Table) -> None:
    heads, *rows = block.texts
    table = document.add_table(len(rows) + 1, len(heads), "Table Grid")
    table.autofit = False
    needs = _needs(block)
    style = document.styles["表格文字"].style_id  # by its name python-docx looks it up each time
    for i, (line, texts) in enumerate(zip(table.rows, (heads, *rows), strict=True)):
        for k, (cell, text) in enumerate(zip(line.cells, texts, strict=True)):
            paragraph = cell.paragraphs[0]
            paragraph._p.style = style
            run = paragraph.add_run(cleaned(text))
            run.bold = i == 0 or text.startswith(NOT_MET)
            if i == 0 or needs[k] <= SHORT:
                paragraph.alignment = ALIGN.CENTER
    word.frame_table(table, _shared(needs, Mm(WIDE).twips))


def _needs(table: Table) -> list[int]:
    """Width that each column needs so that no text of it is broken, in half Chinese characters; heads may be, in two."""
    heads, *rows = table.texts
    columns = zip(*rows, strict=True) if rows else [()] * len(heads)
    head = (max(min(width(text), SHORT), width(text) // 2 + 1) for text in heads)
    return [
        max(least, *map(width, texts)) if texts else least for least, texts in zip(head, columns, strict=True)
    ]


def _shared(needs: Sequence[int], room: int) -> list[int]:
    """Share the room among the columns: what is short gets what it needs, what is long the rest by its length."""
    sizes = [CHARACTER * (need + MARGIN) for need in needs]
    if sum(sizes) <= room:
        return [size * room // sum(sizes) for size in sizes]
    fair = room // len(sizes)
    left = room - sum(size for size in sizes if size <= fair)
    long = sum(size**0.5 for size in sizes if size > fair)
    return [size if size <= fair else int(left * size**0.5 / long) for size in sizes]
