"""Pieces of a Word file that python-docx has no call for: fonts, fields, bookmarks, a table's borders."""

from collections.abc import Sequence
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor, Twips

LATIN = "Times New Roman"
SUBSTITUTES = {
    "方正小标宋简体": "宋体",
    "仿宋_GB2312": "仿宋",
    "楷体_GB2312": "楷体",
    "黑体": "SimHei",
    "宋体": "SimSun",
}
_FONT_TABLE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">{}</w:fonts>'
)


def element(tag: str, **attributes: str) -> Any:
    """Make an element of WordprocessingML; attribute names are without their prefix."""
    made = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


def set_font(style: Any, chinese: str, points: float) -> None:
    """Give a style its Chinese font; letters and figures are in `LATIN`, all in black."""
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.attrib.clear()
    for place, font in (("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN), ("eastAsia", chinese)):
        fonts.set(qn(f"w:{place}"), font)
    style.font.size, style.font.bold, style.font.italic = Pt(points), False, False
    style.font.color.rgb = RGBColor(0, 0, 0)


def drop_border(style: Any) -> None:
    """Take away the line that python-docx's template draws below a title."""
    properties = style.element.get_or_add_pPr()
    for border in properties.findall(qn("w:pBdr")):
        properties.remove(border)


def indent_first_line(style: Any, characters: int) -> None:
    """Indent a style's first line by so many of its characters, as Word counts them."""
    indent = style.element.get_or_add_pPr().get_or_add_ind()
    indent.set(qn("w:firstLineChars"), str(100 * characters))
    indent.set(qn("w:firstLine"), str(int(20 * characters * style.font.size.pt)))


def name_substitutes(document: Any) -> None:
    """Say in the table of fonts what stands in for a font that a computer has not."""
    fonts = "".join(
        f'<w:font w:name="{font}"><w:altName w:val="{other}"/></w:font>'
        for font, other in SUBSTITUTES.items()
    )
    for part in document.part.package.iter_parts():
        if part.partname == "/word/fontTable.xml":
            part._blob = _FONT_TABLE.format(fonts).encode()


def add_field(paragraph: Any, instruction: str, cached: str) -> None:
    """Add a field with the result that it has until it is updated."""
    field = element("fldSimple", instr=f" {instruction} ")
    field.append(_run(cached))
    paragraph._p.append(field)


def begin_field(paragraph: Any, instruction: str) -> None:
    """Begin a field whose result reaches over several paragraphs."""
    text = element("instrText")
    text.set(qn("xml:space"), "preserve")
    text.text = f" {instruction} "
    for part in (element("fldChar", fldCharType="begin"), text, element("fldChar", fldCharType="separate")):
        paragraph.add_run()._r.append(part)


def end_field(paragraph: Any) -> None:
    """End a field that was begun in an earlier paragraph."""
    paragraph.add_run()._r.append(element("fldChar", fldCharType="end"))


def add_bookmark(paragraph: Any, number: int, name: str) -> None:
    """Make all that stands in a paragraph so far a place that can be referred to."""
    start = element("bookmarkStart", id=str(number), name=name)
    paragraph._p.insert(1 if paragraph._p.pPr is not None else 0, start)
    paragraph._p.append(element("bookmarkEnd", id=str(number)))


def add_link(paragraph: Any, name: str, text: str) -> None:
    """Add a text that leads to a bookmark."""
    link = element("hyperlink", anchor=name, history="1")
    link.append(_run(text))
    paragraph._p.append(link)


def _run(text: str) -> Any:
    run, inner = element("r"), element("t")
    inner.set(qn("xml:space"), "preserve")
    inner.text = text
    run.append(inner)
    return run


def frame_table(table: Any, widths: Sequence[int]) -> None:
    """Fix the widths of a table's columns, in twips; repeat its head on each page, break no row between pages."""
    for column, size in zip(table._tbl.tblGrid.gridCol_lst, widths, strict=True):
        column.set(qn("w:w"), str(size))
    for row in table.rows:
        row._tr.get_or_add_trPr().append(element("cantSplit"))
        for cell, size in zip(row._tr.tc_lst, widths, strict=True):
            cell.width = Twips(size)
    table.rows[0]._tr.trPr.append(element("tblHeader"))


def set_language(document: Any) -> None:
    """Say that the paper is Chinese, and that it is for the Word of today.

    Its Latin letters and digits are not said to be Chinese: LibreOffice would break a line inside a number.
    """
    settings = document.settings.element
    settings.find(qn("w:themeFontLang")).set(qn("w:eastAsia"), "zh-CN")
    for setting in settings.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-US")
        language.set(qn("w:eastAsia"), "zh-CN")


def drop_thumbnail(document: Any) -> None:
    """Take away the picture of another paper that python-docx's template brings."""
    relations = document.part.package.rels
    for name in [name for name, relation in relations.items() if relation.reltype.endswith("/thumbnail")]:
        relations.pop(name)
