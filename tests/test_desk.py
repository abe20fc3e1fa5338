"""The desk of buttons: driven in Python, then as an official would, in JupyterLab in a browser."""

import base64
import io
import re
import shutil
import sys
import zipfile
from datetime import UTC, datetime

import nbformat
import openpyxl
import pytest
from bs4 import BeautifulSoup
from conftest import NEEDS_BROWSER, ROOT
from lab import TOKEN, jupyterlab
from samples import short_county, two_counties

from balancelib.assess import assess, conclusion
from balancelib.county import read_county, sample_county
from balancelib.county.write import write_workbook
from balancelib.course.desk import LARGEST, MOST_SHOWN, NO_WIDGETS, Desk, desk, sample_workbook
from balancelib.figures.explorers import IN_BOOK
from balancelib.report import DOCUMENTS

NOTEBOOK = ROOT / "notebooks" / "own_county.ipynb"
COUNTY = ROOT / "data" / "county" / "county.xlsx"
ENGLISH = re.compile(r"[A-Za-z]{3,}")
NAMES = {"xlsx", "Binder", "Excel", "WPS", "PDF", "Shift", "Enter", "CSV", "UTF", "Word", "Ctrl"}


@pytest.fixture
def table():
    return Desk()


def give(desk, content, name="county.xlsx", previous=False):
    """Choose a file, as the browser does."""
    upload = desk.upload_previous if previous else desk.upload
    file = {"name": name, "type": "", "size": len(content), "content": memoryview(content)}
    upload.value = ({**file, "last_modified": datetime(2026, 1, 1, tzinfo=UTC)},)


def said(widget):
    return BeautifulSoup(widget.value, "html.parser").get_text(" ")


def usable(desk):
    return [button.description for button in (desk.check, desk.judge, desk.write) if not button.disabled]


def workbook(tables=None, change=lambda sheet: None):
    """Bytes of a county's workbook, its sheet of schools changed."""
    file = io.BytesIO()
    path = ROOT / "_build" / "desk.xlsx"
    write_workbook(path, tables or short_county(7).tables)
    book = openpyxl.load_workbook(path)
    path.unlink()
    change(book["学校"])
    book.save(file)
    return file.getvalue()


# The way through


def test_from_the_workbook_to_the_report(table, tmp_path):
    assert usable(table) == []
    give(table, COUNTY.read_bytes())
    assert usable(table) == ["检查"]
    table.check.click()
    assert said(table.status) == "没有错误，可以判定。"
    assert usable(table) == ["检查", "判定"]
    table.judge.click()
    verdict = assess(read_county(COUNTY))
    assert said(table.status) == conclusion(verdict)[-1] + "。"
    text = said(table.verdict)
    failing = verdict.sections["name"][verdict.sections["meets"] == False]  # noqa: E712
    assert [line for line in conclusion(verdict) if line not in text] == []
    assert [name for name in failing if name not in text] == []
    assert "7项指标达标5项，少于6项" in text
    table.write.click()
    links = BeautifulSoup(table.file.value, "html.parser")("a")
    word, report, everything = (base64.b64decode(link["href"].partition(",")[2]) for link in links)
    title = "云岭县（合成）县域义务教育优质均衡发展自评报告"
    assert [link["download"] for link in links] == [f"{title}.docx", f"{title}.html", f"{title}.zip"]
    assert verdict.input_sha256 in report.decode()
    assert conclusion(verdict)[-1] in report.decode()
    with zipfile.ZipFile(io.BytesIO(everything)) as archive:
        assert archive.namelist() == [document.name for document in DOCUMENTS]
        assert archive.read("自评报告.docx") == word
        assert archive.read("自评报告.html") == report


def test_the_sample_is_the_workbook_of_the_course(table):
    assert sample_workbook().content == COUNTY.read_bytes()
    table.sample.click()
    assert "示例县（合成）" in said(table.chosen)
    assert usable(table) == ["检查"]


def test_whatever_changes_makes_forget_what_followed(table):
    table.sample.click()
    for button in (table.check, table.judge, table.write):
        button.click()
    assert table.file.value
    table.standard.index = 1
    assert (table.file.value, table.verdict.value, usable(table)) == ("", "", ["检查", "判定"])
    table.judge.click()
    assert "基本均衡" in said(table.status)
    give(table, COUNTY.read_bytes())
    assert (table.verdict.value, usable(table)) == ("", ["检查"])
    table.sample.click()
    give(table, COUNTY.read_bytes())  # once more the same file
    assert "county.xlsx" in said(table.chosen)


def test_standards_and_relaxations_have_chinese_names(table):
    assert [label for label, _ in table.standard.options] == [
        "县域义务教育优质均衡发展（2017年）",
        "县域义务教育基本均衡发展（2012年）",
    ]
    boxes = table.relaxations.children[1:]
    assert len(boxes) == len(table.standard.value.relaxations) == 4
    table.sample.click()
    table.check.click()
    boxes[0].value = True
    table.judge.click()
    assert f"使用的放宽条款：{boxes[0].description}" in said(table.verdict)
    boxes[0].value = False
    assert table.verdict.value == ""


def without_items(sheet):
    """Take away the county items: as written, their sheet does not say whose they are."""
    sheet.parent["县级项目"].delete_rows(2, 999)


def test_several_counties(table):
    give(table, workbook(two_counties(), without_items))
    table.check.click()
    assert (table.place.layout.display, list(table.place.options)) == (None, ["H01", "H02"])
    table.place.value = "H02"
    table.judge.click()
    assert "县区H02：按" in said(table.verdict)
    table.sample.click()
    assert table.place.layout.display == "none"


# What is wrong with the workbook


def spoil(sheet):
    sheet.cell(4, 6).value = "１０１６"
    sheet.cell(3, 3).value = None


def test_faults_are_those_of_the_command(table):
    content = workbook(change=spoil)
    give(table, content)
    table.check.click()
    rows = [
        [cell.get_text() for cell in row("td")]
        for row in BeautifulSoup(table.found.value, "html.parser").select("tbody tr")
    ]
    assert ["4", "小学在校生数", "１０１６", "不是数", "请把全角数字改成半角，例如1016"] in rows
    assert said(table.status).startswith(f"有{len(rows)}处错误")
    assert usable(table) == ["检查"]


def test_last_year_makes_jumps_be_seen(table):
    def units(sheet):
        at = next(cell.column for cell in sheet[1] if str(cell.value).startswith("教学仪器设备值"))
        sheet.cell(9, at).value = 340200

    give(table, workbook(change=units))
    give(table, COUNTY.read_bytes(), "去年.xlsx", previous=True)
    assert "上一年的：去年.xlsx" in said(table.chosen)
    table.check.click()
    assert said(table.status) == "没有错误，可以判定。有3处提醒，请核实。"
    assert "全县各校的中位数是" in said(table.found)
    assert "“教学仪器设备值”的340200万元不符" in said(table.found)  # the ledger says so too
    assert "比上一年的34.02变化很大" in said(table.found)
    assert usable(table) == ["检查", "判定"]


def private(sheet):
    at = sheet.max_column + 1
    sheet.cell(1, at).value = "校长手机"
    sheet.cell(2, at).value = "13800138001"


def empty_zip():
    file = io.BytesIO()
    zipfile.ZipFile(file, "w").close()
    return file.getvalue()


BAD = {
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "照片.xlsx", "不是能读的.xlsx工作簿"),
    "nothing": (b"", "空.xlsx", "不是能读的.xlsx工作簿"),
    "an empty archive": (empty_zip(), "空.xlsx", "不是能读的.xlsx工作簿"),
    "CSV": ("学校,学生\n一小,3\n".encode("gbk"), "schools.csv", "请在Excel或WPS里另存为.xlsx"),
    "CSV called a workbook": ("学校,学生\n".encode(), "schools.xlsx", "不是能读的.xlsx工作簿"),
    "the old format": (b"\xd0\xcf\x11\xe0" * 200, "county.xls", "另存为.xlsx"),
    "too large": (bytes(60_000_000), "大.xlsx", f"文件有60MB，超过{LARGEST}MB"),
    "a way out": (b"x", "../../../etc/passwd.xlsx", "不是能读的.xlsx工作簿"),
    "no name": (b"x", "", "另存为.xlsx"),
    "markup": (b"x", "<img src=x onerror=alert(1)>.xlsx", "不是能读的.xlsx工作簿"),
}


@pytest.mark.parametrize(("content", "name", "words"), BAD.values(), ids=BAD)
def test_a_file_that_is_no_workbook_is_refused_in_chinese(table, capfd, content, name, words):
    give(table, content, name)
    table.check.click()
    assert said(table.status).startswith("有1处错误")
    assert words in said(table.found)
    assert "<img" not in table.chosen.value + table.found.value
    assert usable(table) == ["检查"]
    assert "Traceback" not in "".join(capfd.readouterr())


def test_personal_information_is_refused_and_not_repeated(table):
    give(table, workbook(change=private))
    table.check.click()
    assert "看起来是身份证号、手机号这类个人信息" in said(table.found)
    assert "13800138001" not in table.found.value
    assert usable(table) == ["检查"]


def test_markup_in_a_name_is_text(table):
    give(table, workbook(change=lambda sheet: sheet.cell(2, 2, "<script>alert(1)</script>小学")))
    for button in (table.check, table.judge, table.write):
        button.click()
    page = table.found.value + table.verdict.value
    assert "<script" not in page


def test_many_faults_do_not_swamp_the_page(table):
    tables = {"schools": sample_county(7, 500).schools}
    give(table, workbook(tables, lambda sheet: [sheet.cell(r, 6, "甲") for r in range(2, 502)]))
    table.check.click()
    assert f"这里列出前{MOST_SHOWN}处" in said(table.found)
    assert len(BeautifulSoup(table.found.value, "html.parser").select("tbody tr")) == MOST_SHOWN


def test_a_fault_of_the_program_shows_no_traceback(table, monkeypatch):
    def fail(*_):
        raise RuntimeError("boom")

    monkeypatch.setattr("balancelib.course.desk.assess", fail)
    table.sample.click()
    table.check.click()
    table.judge.click()
    assert "这一步没有做成" in said(table.status)
    assert "boom" not in table.status.value
    assert usable(table) == ["检查", "判定"]


def test_nothing_is_left_on_the_disk(table, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    give(table, COUNTY.read_bytes())
    for button in (table.check, table.judge, table.write):
        button.click()
    assert table.file.value
    assert list(tmp_path.rglob("*")) == []


def test_it_speaks_chinese_only(table):
    table.more.value = True
    for index in (0, 1):
        table.standard.index = index
        table.sample.click()
        for button in (table.check, table.judge, table.write):
            button.click()
        texts = [
            w.description
            for w in (table.upload, table.sample, table.more, table.check, table.judge, table.write)
        ]
        texts += [said(w) for w in (table.chosen, table.status, table.found, table.verdict, table.file)]
        texts += [box.description for box in table.relaxations.children[1:]]
        words = ENGLISH.findall(" ".join(texts))
        assert [word for word in words if word not in NAMES] == []


# In the book, and where ipywidgets is missing


def test_in_the_book_it_is_a_text(monkeypatch):
    monkeypatch.setenv(IN_BOOK, "1")
    text = desk().data
    for line in conclusion(assess(read_county(COUNTY))):
        assert line in text


def test_without_ipywidgets_it_says_what_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    assert desk().data == NO_WIDGETS


def test_the_notebook_is_one_call():
    cells = nbformat.read(NOTEBOOK, 4).cells
    assert [cell.cell_type for cell in cells] == ["markdown", "code", "markdown"]
    assert cells[1].metadata["jupyter"]["source_hidden"] is True
    assert cells[1].outputs == []


def test_the_page_has_no_widget_and_no_code(site):
    html = (site / "notebooks" / "own_county.html").read_text(encoding="utf-8")
    assert "jupyter.widget" not in html
    assert "import desk" not in html
    assert conclusion(assess(read_county(COUNTY)))[-1] in html


# In JupyterLab


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """JupyterLab on a folder with the notebook, as the start script of the kit opens it."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copy(NOTEBOOK, folder)
    with jupyterlab(folder) as address:
        yield f"{address}own_county.ipynb?token={TOKEN}"


@pytest.fixture
def opened(lab, browser):
    context = browser.new_context(
        locale="zh-CN", viewport={"width": 1280, "height": 1000}, accept_downloads=True
    )
    page = context.new_page()
    page.errors, page.outside = [], []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on(
        "request",
        lambda request: (
            page.outside.append(request.url)
            if "127.0.0.1" not in request.url and request.url.startswith("http")
            else None
        ),
    )
    page.goto(lab)
    text = page.locator(".jp-MarkdownCell p").first
    text.click(timeout=60_000)
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=60_000)
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")
    page.get_by_role("button", name="用示例县试一试").wait_for(timeout=60_000)
    yield page
    context.close()


def choose(page, file):
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="选择工作簿").click()
    chooser.value.set_files(file)


def status(page, words):
    page.locator(".desk [role=alert]", has_text=words).wait_for(timeout=30_000)


@pytest.mark.browser
@NEEDS_BROWSER[1]
def test_in_jupyterlab_from_the_workbook_to_the_report(opened, tmp_path):
    choose(opened, COUNTY)
    status(opened, "请点“检查”")
    for words, after in (
        ("检查", "没有错误，可以判定"),
        ("判定", "总的结论：未达到县域义务教育优质均衡发展要求"),
        ("报告", "报告写好了"),
    ):
        opened.get_by_role("button", name=words, exact=True).click()
        status(opened, after)
    with opened.expect_download() as download:
        opened.get_by_role("link", name="下载网页报告").click()
    assert download.value.suggested_filename == "云岭县（合成）县域义务教育优质均衡发展自评报告.html"
    download.value.save_as(tmp_path / "report.html")
    assert "未达到县域义务教育优质均衡发展要求" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert not opened.locator(".jp-CodeCell .jp-InputArea-editor").is_visible()
    assert opened.errors == []


@pytest.mark.browser
@NEEDS_BROWSER[1]
def test_in_jupyterlab_by_keyboard_after_a_wrong_file(opened):
    picture = {"name": "照片.xlsx", "mimeType": "image/png", "buffer": b"\x89PNG" * 50}
    choose(opened, picture)
    status(opened, "请点“检查”")
    opened.get_by_role("button", name="检查", exact=True).focus()
    opened.keyboard.press("Enter")
    status(opened, "有1处错误")
    opened.get_by_role("button", name="用示例县试一试").focus()
    opened.keyboard.press("Space")
    status(opened, "请点“检查”")
    opened.get_by_role("button", name="检查", exact=True).focus()
    opened.keyboard.press("Enter")
    status(opened, "没有错误，可以判定")
