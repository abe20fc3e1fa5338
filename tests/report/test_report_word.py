"""The report in Word: the same content, in the look of an official paper, whatever stands in the data."""

import io
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from conftest import ROOT
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from test_report import HOSTILE, SAMPLE

from balancelib.assess import assess
from balancelib.county import read_county
from balancelib.report import FORMATS, Heading, Material, Picture, Table
from balancelib.standards import bundled

OFFICE = shutil.which("soffice")


def word_of(material):
    return FORMATS[".docx"].made(material)


@pytest.fixture(scope="module")
def county():
    return read_county(SAMPLE / "county.xlsx")


@pytest.fixture(scope="module", params=bundled())
def written(request, county):
    """A standard's report, the bytes of its Word file, and the file opened."""
    material = Material(county, assess(county, request.param))
    content = word_of(material)
    return material.report, content, Document(io.BytesIO(content))


def blocks_of(report, kind):
    return [block for section in report.sections for block in section.blocks if isinstance(block, kind)]


def texts(paragraphs, style):
    return [p.text for p in paragraphs if p.style.name == style]


def words(element):
    return "".join(text.text for text in element.iter(qn("w:t")))


def field_results(document, kind):
    fields = document.element.body.iter(qn("w:fldSimple"))
    return [words(f) for f in fields if f.get(qn("w:instr")).startswith(f" SEQ {kind} ")]


def test_it_has_the_words_of_the_report(written):
    report, _, document = written
    assert texts(document.paragraphs, "Title") == [report.title]
    assert texts(document.paragraphs, "提示") == [report.notice]
    assert texts(document.paragraphs, "Heading 1") == [section.title for section in report.sections]
    assert texts(document.paragraphs, "Heading 2") == [heading.text for heading in blocks_of(report, Heading)]
    plain = [block for block in blocks_of(report, object) if isinstance(block, str)]
    assert set(plain) <= set(texts(document.paragraphs, "Body Text"))


def test_tables_are_native_and_whole(written):
    report, _, document = written
    shown = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
    assert shown == [table.texts for table in blocks_of(report, Table)]


def test_heads_repeat_and_rows_are_not_broken(written):
    for table in written[2].tables:
        heads = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]
        assert heads == [True] + [False] * (len(table.rows) - 1)
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)


def test_tables_are_as_wide_as_the_text_at_most(written):
    for table in written[2].tables:
        widths = [int(column.get(qn("w:w"))) for column in table._tbl.tblGrid.gridCol_lst]
        assert 0.97 * Mm(156).twips <= sum(widths) <= Mm(156).twips
        assert min(widths) >= 600  # two characters and the margins


def test_captions_are_numbered_by_fields(written):
    report, _, document = written
    for kind, of in (("表", Table), ("图", Picture)):
        blocks = blocks_of(report, of)
        assert field_results(document, kind) == [str(n) for n in range(1, len(blocks) + 1)]
    captions = [block.caption for block in blocks_of(report, (Table, Picture))]
    found = [words(p._p) for p in document.paragraphs if p.style.name == "Caption"]
    assert [text.partition("　")[2] for text in found] == captions


def test_pictures_have_their_text(written):
    report, _, document = written
    described = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert described == [picture.text for picture in blocks_of(report, Picture)]
    assert all(shape.width <= Mm(156) for shape in document.inline_shapes)


def test_the_contents_lead_to_every_heading_and_ask_nothing(written):
    _, content, document = written
    links = list(document.element.body.iter(qn("w:hyperlink")))
    headings = [p for p in document.paragraphs if p.style.name.startswith("Heading ")]
    places = {p._p.find(qn("w:bookmarkStart")).get(qn("w:name")): p.text for p in headings}
    assert [(places[link.get(qn("w:anchor"))], words(link)) for link in links] == [
        (p.text, p.text) for p in headings
    ]
    xml = zipfile.ZipFile(io.BytesIO(content))
    assert b'TOC \\o "1-2"' in xml.read("word/document.xml")
    assert b"dirty" not in xml.read("word/document.xml")
    assert b"updateFields" not in xml.read("word/settings.xml")
    kinds = [mark.get(qn("w:fldCharType")) for mark in document.element.body.iter(qn("w:fldChar"))]
    assert kinds == ["begin", "separate", "end"]


def test_the_look_is_that_of_an_official_paper(written):
    document = written[2]
    section = document.sections[0]
    sides = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(side.mm) for side in sides] == [37, 35, 28, 26]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    for name, font, points in (
        ("Title", "方正小标宋简体", 22), ("Body Text", "仿宋_GB2312", 16), ("Heading 1", "黑体", 16), ("Heading 2", "楷体_GB2312", 16),
    ):  # fmt: skip
        style = document.styles[name]
        assert style.element.rPr.rFonts.get(qn("w:eastAsia")) == font
        assert style.font.size == Pt(points)
    indent = document.styles["Body Text"].element.pPr.find(qn("w:ind"))
    assert (indent.get(qn("w:firstLineChars")), indent.get(qn("w:firstLine"))) == ("200", "640")
    assert document.styles["Body Text"].paragraph_format.line_spacing == Pt(28)
    for footer in (section.footer, section.even_page_footer):
        assert words(footer.paragraphs[0]._p) == "— 1 —"


def test_language_and_author(written):
    _, content, document = written
    assert {tag.get(qn("w:eastAsia")) for tag in document.styles.element.iter(qn("w:lang"))} == {"zh-CN"}
    about = document.core_properties
    assert (about.author, about.comments, about.language) == ("", "", "zh-CN")
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert "docProps/thumbnail.jpeg" not in archive.namelist()
    assert '<w:altName w:val="宋体"/>' in archive.read("word/fontTable.xml").decode()


def test_every_part_is_well_formed(written):
    archive = zipfile.ZipFile(io.BytesIO(written[1]))
    assert archive.testzip() is None
    for name in archive.namelist():
        if name.endswith((".xml", ".rels")):
            ElementTree.fromstring(archive.read(name))


def test_the_same_report_has_the_same_bytes(county):
    code = (
        "import sys; from balancelib.county import read_county; from balancelib.assess import assess\n"
        "from balancelib.report import FORMATS, Material\n"
        "county = read_county(sys.argv[1])\n"
        "sys.stdout.buffer.write(FORMATS['.docx'].made(Material(county, assess(county))))"
    )
    again = subprocess.run(
        [sys.executable, "-c", code, SAMPLE / "county.xlsx"], capture_output=True, check=True, cwd=ROOT
    )
    assert again.stdout == word_of(Material(county, assess(county)))


def test_hostile_names_are_text(county):
    name = f"{HOSTILE}</w:t>\x07\x00=1+1"
    schools = county.schools.assign(name=name, county=name)
    county = replace(county, tables=county.tables | {"schools": schools})
    content = word_of(Material(county, assess(county)))
    document = Document(io.BytesIO(content))
    (title,) = texts(document.paragraphs, "Title")
    assert title.startswith(f"{HOSTILE}</w:t>��=1+1")
    relations = re.findall(
        rb'TargetMode="External"', zipfile.ZipFile(io.BytesIO(content)).read("word/_rels/document.xml.rels")
    )
    assert relations == []


@pytest.mark.skipif(OFFICE is None, reason="no LibreOffice: the Word file was not opened in an office")
def test_an_office_opens_it_and_the_first_page_is_one_page(county, tmp_path):
    (tmp_path / "report.docx").write_bytes(word_of(Material(county, assess(county))))
    command = [
        OFFICE,
        f"-env:UserInstallation=file://{tmp_path}/office",
        "--headless",
        "--convert-to",
        "pdf",
        "report.docx",
    ]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=180)
    text = subprocess.run(
        ["pdftotext", "-layout", "report.pdf", "-"], cwd=tmp_path, check=True, capture_output=True
    )
    pages = text.stdout.decode().split("\f")
    assert "一、一页看懂" in pages[0]
    assert "没有错误，也没有要核实的提醒" in pages[0]
    assert "目录" in pages[1]
    assert "二、县的基本情况" in pages[2]
    assert [page for page in pages[:-1] if not re.search(r"— ?\d+ ?—\s*$", page)] == []
