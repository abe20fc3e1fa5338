"""What is taken home: the PDF, the EPUB, the zip of the site, and a page from the printer."""

import datetime
import re
import shutil
import subprocess
import zipfile
import zlib
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from bs4 import BeautifulSoup
from conftest import NEEDS_BROWSER, ROOT, SITE, Visit, pages_of

from balancelib import __version__
from balancelib.course import take_home
from balancelib.course.book import digest_folder

EPUBCHECK = Path("/usr/share/java/epubcheck.jar")
BOOK = list(pages_of(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))))
TEXT_AREA = ["-x", "0", "-y", "66", "-W", "595", "-H", "712"]  # points: A4 without running heads and feet
LESSON = "notebooks/policy/five_schools"
MOVED = "学校五"

needs_pdf = pytest.mark.skipif(
    bool(list(take_home.missing_packages())) or not shutil.which("pdftotext"),
    reason="no XeLaTeX or no poppler-utils: the PDF was not made",
)


def in_browser(test):
    for mark in NEEDS_BROWSER:
        test = mark(test)
    return test


def make(form):
    assert take_home.main([form]) == 0
    return ROOT / "_build" / "take-home" / f"balanced-education.{form}"


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True).stdout


def squeezed(text):
    return re.sub(r"\s", "", text)


@cache
def article(page):
    return BeautifulSoup((SITE / f"{page}.html").read_text(encoding="utf-8"), "html.parser").find("article")


def plain_sentences(page):
    """Sentences that hold nothing but text, at least 12 characters long."""
    for paragraph in article(page)("p"):
        elsewhere = paragraph.find_parent(["figure", "td", "dd"]) or paragraph.find_parent(class_="explorer")
        if not paragraph.find(lambda part: part.name not in ("strong", "code", "span")) and not elsewhere:
            yield from re.findall("[^。]{12,}。", squeezed(paragraph.text))


# The PDF


@pytest.fixture(scope="module")
def pdf(site):
    return make("pdf")


@pytest.fixture(scope="module")
def text(pdf):
    return squeezed(output("pdftotext", *TEXT_AREA, pdf, "-"))


@needs_pdf
def test_pdf_is_a_book_on_a4(pdf):
    about = dict(re.findall(r"(.+?):\s+(.*)", output("pdfinfo", pdf)))
    assert int(about["Pages"]) > 3 * len(BOOK)
    assert "A4" in about["Page size"]
    assert (about["Title"], about["Author"]) == ("义务教育均衡发展", "义务教育均衡发展课程组")
    sizes = re.findall(r"size:\s+(.*)", output("pdfinfo", "-f", "1", "-l", "999", pdf))
    assert {size for size in sizes if "pts" in size} == {"595.28 x 841.89 pts (A4)"}
    streams = re.findall(rb"stream\r?\n(.*?)endstream", pdf.read_bytes(), re.DOTALL)
    assert any(b"/Lang(zh-CN)" in unpacked(stream).replace(b" ", b"") for stream in streams)


def unpacked(stream):
    try:
        return zlib.decompressobj().decompress(stream)
    except zlib.error:
        return b""


@needs_pdf
def test_pdf_is_dated_by_its_commit(pdf):
    made = re.search(r"CreationDate:\s+(.*)", output("pdfinfo", "-isodates", pdf))[1]
    assert datetime.datetime.fromisoformat(made).timestamp() == int(take_home.commit_date())


@needs_pdf
def test_title_page_says_what_it_was_made_from(pdf):
    cover = output("pdftotext", "-l", "1", pdf, "-")
    for word in (
        "义务教育均衡发展",
        f"程序库{__version__}版",
        digest_folder(ROOT / "data")[:8],
        "合成",
        "CC BY 4.0",
        "提交",
    ):
        assert word in cover


@needs_pdf
@pytest.mark.parametrize("shown", BOOK)
def test_pdf_has_every_page_in_words_that_can_be_searched(text, shown):
    searched = unhyphenated(text)
    assert unhyphenated(squeezed(article(shown).find("h1").text).removesuffix("#")) in searched
    sentences = list(plain_sentences(shown))
    missing = [sentence for sentence in sentences if unhyphenated(sentence) not in searched]
    assert sentences or shown == "book/glossary"
    assert len(missing) <= len(sentences) / 40, missing


def unhyphenated(text):
    """Long Latin words may be divided at the end of a line."""
    return text.replace("-", "").replace("’", "'")


@needs_pdf
def test_code_can_be_copied(pdf):
    copied = output("pdftotext", pdf, "-")
    for code in ("quality-2017", "balancelib assess county --standard province.toml", "……"):
        assert code in copied
    assert not re.search("[‐‑⋯]", copied)  # the font draws these like those above


@needs_pdf
def test_bookmarks_are_in_chinese(pdf):
    outline = re.search(
        "<outline>.*</outline>", output("pdftohtml", "-xml", "-i", "-stdout", pdf), re.DOTALL
    )[0]
    marks = [squeezed(mark) for mark in re.findall("<item[^>]*>([^<]*)", outline)]
    for mark in (
        "写在前面",
        "课程",
        "第一章政策背景与核心理念",
        "走到了哪一步",
        "附录",
        "基尼系数（Ginicoefficient）",
    ):
        assert mark in marks


@needs_pdf
def test_parts_that_latex_names_are_in_chinese(pdf):
    lines = output("pdftotext", pdf, "-").splitlines()
    assert {"目录", "参考文献", "索引", "接上页"} <= set(lines)
    assert not [
        line for line in lines if re.match("(Contents|Bibliography|Index|continued)$|(Chapter|Part) ", line)
    ]


@needs_pdf
def test_pdf_has_all_figures_with_the_numbers_of_the_site(pdf, text):
    captions = [caption for page in BOOK for caption in article(page).select("figcaption")]
    assert len(captions) > 30
    for caption in captions:
        number = squeezed(caption.select_one(".caption-number").text)
        assert f"{number}:{squeezed(caption.select_one('.caption-text').text)[:12]}" in text
    log = (ROOT / "_build" / "latex" / "balanced-education.log").read_text("utf-8", errors="replace")
    drawn = set(re.findall(r"File: (\w+\.\w+) Graphic file", log))
    shown = sum(len(article(page).select("img, svg.explorer-figure")) for page in BOOK)
    assert len(drawn) == shown
    pictures = {path.name for path in (ROOT / "book" / "pictures").glob("*.png")}  # of other programs' pages
    assert {name for name in drawn if not name.endswith(".pdf")} == pictures


@needs_pdf
def test_all_letters_are_embedded(pdf):
    fonts = output("pdffonts", pdf).splitlines()[2:]
    assert any("NotoSerifCJK" in font for font in fonts)
    assert {font.split()[-5] for font in fonts} == {"yes"}


@needs_pdf
def test_pdf_is_the_same_each_time(pdf, tmp_path):
    take_home.make_pdf(tmp_path / "again.pdf")
    assert (tmp_path / "again.pdf").read_bytes() == pdf.read_bytes()


@needs_pdf
def test_missing_letters_and_long_lines_stop_the_build(tmp_path):
    (tmp_path / "bad.tex").write_text(
        r"\documentclass{article}\usepackage{fontspec}\setmainfont{Noto Serif CJK SC}\begin{document}"
        "\U000323af\n\n\\hbox to 1pt{long}\n\n\\noindent\\mbox{"
        + "long" * 60
        + "}\n\n\\ref{nowhere}\\end{document}",
        encoding="utf-8",
    )
    take_home.run(["xelatex", "-interaction=nonstopmode", "bad.tex"], cwd=tmp_path)
    faults = list(take_home.faults_in((tmp_path / "bad.log").read_text("utf-8")))
    for fault in ("Missing character", "Overfull", "undefined"):
        assert any(fault in line for line in faults), faults


def test_what_is_missing_is_named(monkeypatch, capsys):
    monkeypatch.setenv("PATH", "")
    assert take_home.main(["pdf"]) == 1
    said = capsys.readouterr().err
    for _, _, package in take_home.NEEDED:
        assert package in said


# The EPUB


@pytest.fixture(scope="module")
def epub(site):
    return make("epub")


@pytest.fixture(scope="module")
def unpacked_epub(epub, tmp_path_factory):
    folder = tmp_path_factory.mktemp("epub")
    with zipfile.ZipFile(epub) as book:
        book.extractall(folder)
    return folder


@pytest.mark.skipif(not (EPUBCHECK.exists() and shutil.which("java")), reason="no epubcheck")
def test_epub_is_valid(epub):
    checked = subprocess.run(["java", "-jar", EPUBCHECK, epub], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "WARNING" not in checked.stderr, checked.stderr


def test_epub_opens_as_one(epub):
    with zipfile.ZipFile(epub) as book:
        first = book.infolist()[0]
        assert (first.filename, first.compress_type, book.read(first)) == (
            "mimetype",
            zipfile.ZIP_STORED,
            b"application/epub+zip",
        )
        contents = ElementTree.fromstring(book.read("content.opf"))
    namespace = {"dc": "http://purl.org/dc/elements/1.1/"}
    assert contents.findtext(".//dc:language", namespaces=namespace) == "zh-CN"
    assert contents.findtext(".//dc:title", namespaces=namespace) == "义务教育均衡发展"
    made = datetime.datetime.fromisoformat(contents.findtext(".//dc:date", namespaces=namespace))
    assert made.timestamp() == int(take_home.commit_date())


@pytest.mark.parametrize("shown", BOOK)
def test_epub_page_is_whole_and_asks_nobody(unpacked_epub, shown):
    file = unpacked_epub / f"{shown}.xhtml"
    ElementTree.parse(file)  # well-formed, as e-readers demand
    page = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")
    assert not page(["script", "button", "select", "input"])
    assert [tag for tag in page(src=True) if not (file.parent / tag["src"]).is_file()] == []
    assert [tag for tag in page("link", href=True) if not (file.parent / tag["href"]).is_file()] == []
    assert len(page("math")) == len(article(shown).select(".katex"))
    assert len(page("img")) == len(article(shown).select("img, svg.explorer-figure"))
    words = squeezed(page.text)
    assert [sentence for sentence in plain_sentences(shown) if sentence not in words] == []


def test_explorer_leaves_its_figure_table_and_sentence(unpacked_epub):
    words = squeezed(
        BeautifulSoup((unpacked_epub / f"{LESSON}.xhtml").read_text("utf-8"), "html.parser").text
    )
    explorer = article(LESSON).select_one(".explorer")
    assert squeezed(explorer.select_one(".explorer-said").text) in words
    assert all(squeezed(row.text) in words for row in explorer.select(".explorer-table tr"))


def test_epub_says_what_it_was_made_from(unpacked_epub):
    first = (unpacked_epub / "book" / "index.xhtml").read_text("utf-8")
    for word in (f"程序库{__version__}版", digest_folder(ROOT / "data")[:8], "合成", "CC BY 4.0"):
        assert word in first


def test_epub_is_the_same_each_time(epub, tmp_path):
    take_home.make_epub(tmp_path / "again.epub")
    assert (tmp_path / "again.epub").read_bytes() == epub.read_bytes()


# The zip


@pytest.fixture(scope="module")
def archive(site):
    return make("zip")


def test_names_in_the_zip_survive_windows(archive):
    with zipfile.ZipFile(archive) as packed:
        entries = packed.infolist()
        first = packed.read("balanced-education/请先看我.txt")
    names = [entry.filename for entry in entries]
    assert names == sorted(names)
    assert "balanced-education/打开课程.html" in names
    for entry in entries:
        assert entry.filename.isascii() or entry.flag_bits & 0x800, entry  # marked as UTF-8
        assert not re.search(r'[<>:"|?*\\]|/\.', entry.filename), entry
    assert first.startswith(b"\xef\xbb\xbf")
    assert "解压" in first.decode("utf-8-sig")
    assert b"\n" not in first.replace(b"\r\n", b"")


def test_a_site_that_is_not_there_is_asked_for(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(take_home, "ROOT", tmp_path)
    assert take_home.main(["zip"]) == 1
    assert "请先运行 make book" in capsys.readouterr().err
    assert list((tmp_path / "_build" / "take-home").iterdir()) == []


def test_zip_is_the_same_each_time(archive, tmp_path):
    take_home.make_zip(tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == archive.read_bytes()


@in_browser
def test_zip_opens_from_a_stick(archive, browser, tmp_path):
    stick = tmp_path / "U盘"
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(stick)
    opened = Visit(browser, stick / "balanced-education" / "打开课程.html", "desktop", "light")
    opened.context.set_offline(True)
    page = opened.page
    page.wait_for_selector("article h1:has-text('义务教育均衡发展')")
    page.locator("nav.bd-links a:has-text('第一章')").first.click()
    page.wait_for_selector("article h1:has-text('第一章')")
    page.goto((stick / "balanced-education" / f"{LESSON}.html").as_uri())
    page.locator(".explorer select").select_option(label=page.locator(".explorer option").last.text_content())
    page.locator(".explorer-said", has_text=MOVED).wait_for()
    assert (opened.outside, opened.errors) == ([], [])
    assert [url for url in opened.failed if not url.startswith("blob:")] == []
    opened.context.close()


# A page from the printer


@pytest.fixture
def printed(visit, tmp_path):
    def print_page(page):
        page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
        return tmp_path / "page.pdf"

    return print_page


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="no poppler-utils")
@in_browser
def test_printed_lesson_is_the_lesson_alone(visit, printed):
    page = visit(LESSON).page
    page.locator(".explorer select").select_option(label=page.locator(".explorer option").last.text_content())
    said = page.locator(".explorer-said", has_text=MOVED)
    said.wait_for()
    said = squeezed(said.inner_text())
    paper = printed(page)
    assert "A4" in output("pdfinfo", paper)
    text = squeezed(output("pdftotext", paper, "-"))
    assert [sentence for sentence in plain_sentences(LESSON) if sentence not in text] == []
    assert said in text
    assert "出自《义务教育均衡发展》" in text
    assert f"程序库{__version__}版" in text
    for word in ("搜索", "隔离指数", "上一页", "下一页", "全书目录", "回到开始的位置", "显示代码", "#"):
        assert word not in text, word
