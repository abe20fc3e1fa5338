"""Slides as a file for PowerPoint and WPS: what is in it, and nothing that either might refuse."""

import io
import re
import shutil
import zipfile

import nbformat
import pytest
from conftest import ROOT
from lxml import etree
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image
from pptx import Presentation
from pptx.oxml.ns import qn

from balancelib.course.training.catalogue import read_lesson
from balancelib.course.training.slides import make_deck, write_powerpoint

OFFICE = shutil.which("soffice")
ALTERNATIVE = "条形图：甲3，乙5。"


def png():
    picture = io.BytesIO()
    Image.new("RGB", (60, 120), "white").save(picture, "png")
    return picture.getvalue()


@pytest.fixture(scope="module")
def deck():
    """A lesson of the book, and a section with a figure that was run."""
    import base64  # noqa: PLC0415

    lesson = read_lesson(ROOT / "notebooks" / "resources" / "funding.ipynb")
    notebook = nbformat.read(lesson.path, as_version=4)
    data = {"image/png": base64.b64encode(png()).decode()}
    drawn = new_output("display_data", data=data, metadata={"image/png": {"alt": ALTERNATIVE}})
    rows = "".join(f"<tr><td>校{n}</td><td>{'长' * 30}</td></tr>" for n in range(20))
    grid = new_output(
        "execute_result",
        data={
            "text/html": f"<table><thead><tr><th>校</th><th>说明</th></tr></thead><tbody>{rows}</tbody></table>"
        },
    )
    figure = {"mystnb": {"figure": {"caption": "两所学校。", "name": "fig-two"}}}
    cells = [
        *notebook.cells,
        new_markdown_cell("## 末尾\n\n**要紧**的一句，见{numref}`fig-two`。"),
        new_code_cell("", outputs=[drawn], metadata=figure),
        new_code_cell("", outputs=[grid]),
    ]
    return make_deck(lesson, new_notebook(cells=cells), "星河县培训班", 45, "先说目的\n· 再问")


@pytest.fixture(scope="module")
def path(deck, tmp_path_factory):
    target = tmp_path_factory.mktemp("slides") / "funding.pptx"
    write_powerpoint(deck, target)
    return target


def test_every_slide_is_there_with_its_notes(deck, path):
    opened = Presentation(path)
    pages = list(opened.slides)
    assert opened.slide_width * 9 == opened.slide_height * 16
    assert [page.shapes.title.text for page in pages] == [deck.title, *(one.heading for one in deck.slides)]
    notes = [page.notes_slide.notes_text_frame.text for page in pages]
    assert notes == [deck.notes, *(one.notes for one in deck.slides)]
    first = pages[0].placeholders[1].text
    assert "星河县培训班" in first and "用时45分钟" in first and deck.objectives[0] in first


def test_figures_and_tables_are_real_and_say_what_they_are(path):
    pages = list(Presentation(path).slides)
    [picture] = [shape for page in pages for shape in page.shapes if shape.shape_type == 13]
    assert picture._element.nvPicPr.cNvPr.get("descr") == ALTERNATIVE
    assert picture.width * 2 == pytest.approx(picture.height, rel=0.01)  # as it was drawn
    [caption] = [shape.text for page in pages for shape in page.shapes if shape.has_text_frame and "两所学校" in shape.text]  # fmt: skip
    assert caption.startswith("图")
    tables = [shape for page in pages for shape in page.shapes if shape.has_table]
    last = tables[-1].table
    assert last.cell(0, 1).text == "说明" and last.cell(1, 0).text == "校0"
    assert len(last.rows) <= 9
    assert any("其余的见讲义" in shape.text for shape in pages[-1].shapes if shape.has_text_frame)


def test_nothing_stands_beyond_a_slide(path):
    opened = Presentation(path)
    for page in opened.slides:
        for shape in page.shapes:
            assert shape.left >= 0 and shape.top >= 0
            assert shape.left + shape.width <= opened.slide_width
            assert shape.top + shape.height <= opened.slide_height


def test_all_text_has_a_chinese_font_and_no_mark(path):
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if re.fullmatch(r"ppt/slides/slide\d+\.xml", name):
                tree = etree.fromstring(archive.read(name))
                for run in tree.iter(qn("a:r")):
                    assert run.find(f"{qn('a:rPr')}/{qn('a:ea')}").get("typeface") == "微软雅黑"
                    assert not re.search(r"_x00|[\x00-\x08]|\\frac", run.findtext(qn("a:t")))
        theme = archive.read("ppt/theme/theme1.xml").decode("utf-8")
        assert theme.count('<a:ea typeface="微软雅黑"/>') == 2


def test_elements_stand_in_the_order_that_the_standard_asks(path):
    """PowerPoint repairs, or refuses, a file whose properties are in another order."""
    font = ["ln", "noFill", "solidFill", "effectLst", "highlight", "latin", "ea", "cs", "sym", "hlinkClick"]
    paragraph = [
        "lnSpc",
        "spcBef",
        "spcAft",
        "buClr",
        "buSzPct",
        "buFont",
        "buNone",
        "buChar",
        "tabLst",
        "defRPr",
    ]
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if re.fullmatch(r"ppt/slides/slide\d+\.xml", name):
                tree = etree.fromstring(archive.read(name))
                for tag, order in (("a:rPr", font), ("a:pPr", paragraph)):
                    for one in tree.iter(qn(tag)):
                        places = [order.index(etree.QName(child).localname) for child in one]
                        assert places == sorted(places)
                identities = [one.get("id") for one in tree.iter(qn("p:cNvPr"))]
                assert len(set(identities)) == len(identities)


def test_the_file_holds_no_macro_no_link_and_no_hour(deck, path, tmp_path):
    write_powerpoint(deck, tmp_path / "again.pptx")
    assert (tmp_path / "again.pptx").read_bytes() == path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        assert archive.testzip() is None and len(set(names)) == len(names)
        assert names[0] == "[Content_Types].xml"
        assert not [
            name for name in names if re.search(r"vba|embed|activeX|media/.*(?<!\.png)$|printer|thumb", name)
        ]
        for name in names:
            if name.endswith((".xml", ".rels")):
                etree.fromstring(archive.read(name))
            if name.endswith(".rels"):
                assert b"External" not in archive.read(name)
        about = archive.read("docProps/core.xml").decode("utf-8")
        assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", about)) == {"1980-01-01T00:00:00Z"}
