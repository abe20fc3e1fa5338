"""The built book as files, and what the build refuses to publish."""

import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
import yaml
from bs4 import BeautifulSoup
from conftest import ROOT
from docutils.nodes import make_id
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from sphinxcontrib.katex import katex_version

from balancelib import __version__
from balancelib.course.book import commit
from balancelib.course.execution import digest_folder
from balancelib.course.launch import binder_address

CHINESE = re.compile("[\u4e00-\u9fff]")
ENGLISH = re.compile(r"[A-Za-z]{3,}")
NAMES = {"Ctrl", "PDF", "pdf", "ipynb", "Binder", "JavaScript"}  # what is called so in Chinese too
TRADITIONAL = ("列印", "檔", "頁")
LABELS = ("title", "aria-label", "placeholder", "data-bs-title", "alt")
GENERATED = ("search", "genindex")
SAMPLE_COUNTY = [
    "book/index",
    "notebooks/policy/self_assessment",
    "notebooks/own_county",
    "book/similar",
    "notebooks/mistakes",
    "book/resources",
    "book/teachers",
    *(
        f"notebooks/{module}/{path.stem}"
        for module in ("resources", "teachers")
        for path in (ROOT / "notebooks" / module).glob("*.ipynb")
        if path.stem != "solutions"
    ),
]  # pages that show the synthetic county


def read(site, page):
    return BeautifulSoup((site / f"{page}.html").read_text(encoding="utf-8"), "html.parser")


# The built book


def test_images_say_in_chinese_what_they_show(site, page):
    for image in read(site, page)("img"):
        text = image.get("alt", "")
        assert CHINESE.search(text), f"no Chinese alternative text: {image}"
        assert Path(image["src"]).stem not in text


def test_page_asks_nobody_outside(site, page):
    soup = read(site, page)
    asked = [tag["src"] for tag in soup(src=True)]
    asked += [tag["href"] for tag in soup("link", href=True) if "canonical" not in tag.get("rel", [])]
    assert [url for url in asked if re.match(r"(https?:)?//", url)] == []
    inline = " ".join(tag.get_text() for tag in soup(["script", "style"]))
    assert not re.search(r"https?://(cdn|unpkg|fonts)", inline)


def test_styles_ask_nobody_outside(site):
    for style in site.rglob("*.css"):
        asked = re.findall(
            r"(?:url\(|@import)\s*['\"]?((?:https?:)?//[^)'\"]+)", style.read_text(encoding="utf-8")
        )
        assert asked == [], style


def test_interface_is_in_simplified_chinese(site, page):
    require_chinese(read(site, page).body)


def require_chinese(body):
    for text in interface_texts(body):
        words = [word for word in ENGLISH.findall(text) if word not in NAMES]
        assert not words, f"English in the interface: {text!r}"
        assert not [term for term in TRADITIONAL if term in text], f"Traditional Chinese: {text!r}"
        text.encode("gb18030")
        assert all(ord(c) < 0x3400 or c.encode("gb2312", "ignore") for c in text), (
            f"Traditional Chinese: {text!r}"
        )


def interface_texts(body):
    """Texts that the theme writes, not the authors."""
    for tag in body(True):
        by_author = "reference" in tag.get("class", []) or tag.name == "img"
        if not by_author:
            yield from (tag[label] for label in LABELS if tag.get(label))
    for tag in body.select(
        "button, label:not(.quiz label), .prev-next-subtitle, .page-toc.tocsection, .toggle-details"
    ):
        yield tag.get_text(" ", strip=True)


def test_page_is_marked_as_chinese(site, page):
    assert read(site, page).html["lang"] == "zh-CN"


def test_one_search_box(site, page):
    boxes = read(site, page).select(
        ".sidebar-primary__section .search-button-field, .navbar-persistent--container *"
    )
    assert len(boxes) == 1


def test_page_shows_no_failure(site, page):
    soup = read(site, page)
    assert not soup.select(".output.stderr, .output.traceback, .system-message")
    assert not re.search(r"Glyph \d+|missing from (current )?font|Traceback \(most", soup.get_text())


def test_pages_with_the_sample_county_say_that_it_is_synthetic(site):
    for page in SAMPLE_COUNTY:
        assert "合成" in read(site, page).article.get_text(), page


def test_nothing_but_pages_of_the_contents_is_published(site):
    contents = {path.relative_to(site).parts[0] for path in site.rglob("*.html") if path.parent != site}
    assert contents <= {"book", "notebooks", "_static"}


def test_sphinx_writes_no_index_of_its_own(site):
    """Nothing loads it, and it is not the same each time."""
    assert not (site / "searchindex.js").exists()


def test_no_source_map_is_published(site):
    assert list(site.rglob("*.map")) == []
    for file in [*site.rglob("*.js"), *site.rglob("*.css")]:
        assert "sourceMappingURL" not in file.read_text(encoding="utf-8"), file


def test_addresses_have_names(site, page):
    """Counted ones, `id3` or `term-3`, move when a page grows; what Sphinx itself generates has no headings to name."""
    soup = read(site, page)
    counted = re.compile(r"(id|term-|table|figure|code-block|equation-|fig)\d+")
    assert [tag["id"] for tag in soup(id=True) if counted.fullmatch(tag["id"])] == []
    if page not in GENERATED:
        sections = [heading.find_parent("section") for heading in soup.select("article :is(h1, h2, h3, h4)")]
        assert {section["id"] for section in sections} <= labels_of(page), "made of the heading's words"
        assert [section["id"] for section in sections] == [
            unquote(link["href"].lstrip("#"))
            for link in soup.select("article :is(h1, h2, h3, h4) .headerlink")
        ]


def labels_of(page):
    """Addresses that the author gave in the page's source."""
    (source,) = (path for path in ROOT.glob(f"{page}.*") if path.suffix in (".md", ".ipynb"))
    return {make_id(label) for label in re.findall(r"\(([\w-]+)\)=", source.read_text(encoding="utf-8"))}


def test_what_is_numbered_is_referred_to(site):
    """Figures, tables with a title, and formulas on a line of their own: some text names each by its number."""
    numbered, referred = set(), set()
    for path in [*site.glob("book/**/*.html"), *site.glob("notebooks/**/*.html")]:
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").article
        for tag in soup.select("figure, table:has(caption), div.math"):
            assert tag.select_one(".caption-number, .eqno"), f"{path}: no number: {tag.get_text()[:40]!r}"
            numbered.add((path, tag["id"]))
        for link in soup.select("p a.reference.internal"):
            target, _, name = unquote(link["href"]).partition("#")
            if re.match(r"[图表]\d+$|式（\d+）$", link.get_text()):
                referred.add(((path.parent / target).resolve() if target else path, name))
    assert len(numbered) > 60
    assert numbered - referred == set()


def test_headings_have_labels():
    """A label of the author's stands before each heading, so its address holds whatever the heading says."""
    for path in [*(ROOT / "book").rglob("*.md"), *(ROOT / "notebooks").rglob("*.ipynb")]:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            cells = nbformat.reads(text, as_version=4).cells
            text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        prose = re.sub(r"^(`{3,}|:{3,}(?={code)).*?^\1`*$", "", text, flags=re.MULTILINE | re.DOTALL)
        bare = re.findall(r"(?<!\)=\n)^#{1,6} .*", prose, flags=re.MULTILINE)
        assert bare == [], path


def test_links_within_the_book_arrive(site, page):
    here = site / f"{page}.html"
    for link in read(site, page)("a", href=True):
        target, _, name = unquote(link["href"]).partition("#")
        if not re.match(r"[a-z]+:", target) and (not target or target.endswith(".html")):
            there = (here.parent / target).resolve() if target else here
            assert there.exists(), link
            assert not name or name in addresses(there), link


@cache
def addresses(path):
    return set(re.findall(r'\bid="([^"]+)"', path.read_text(encoding="utf-8")))


def test_links_to_terms_show_their_definitions(site, page):
    glossary = read(site, "book/glossary")
    for link in read(site, page).select("a:has(> .std-term)"):
        term = glossary.find(id=unquote(link["href"]).partition("#")[2])
        assert link["title"] == " ".join(term.find_next_sibling("dd").p.get_text().split())


def test_some_pages_link_to_terms(site):
    assert len(read(site, "book/policy").select("a:has(> .std-term)")) >= 5


def test_footer_says_what_the_book_is(site, page):
    footer = read(site, page).select_one(".bd-footer-content").get_text(" ", strip=True)
    said = [
        f"程序库{__version__}版",
        digest_folder(ROOT / "data")[:8],
        "示例县是合成的",
        "CC BY 4.0",
        "MIT",
        "CC0",
    ]
    assert [words for words in said if words not in footer] == []
    if "由未提交的文件生成" not in footer:
        named = re.search(r"由提交([0-9a-f]{10})生成", footer)[1]
        ours = ["git", "-C", ROOT, "merge-base", "--is-ancestor", named, "HEAD"]
        assert subprocess.run(ours, check=False).returncode == 0, f"{named} is no commit of this project's"


def test_commit_is_named_only_for_what_is_committed(tmp_path):
    def git(*words):
        who = ["-c", "user.name=a", "-c", "user.email=a@b"]
        done = subprocess.run(["git", *who, *words], cwd=tmp_path, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    assert commit(tmp_path) == ""
    (tmp_path / "page.md").write_text("一")
    git("init")
    assert commit(tmp_path) == ""
    git("add", ".")
    git("commit", "-m", "first")
    assert commit(tmp_path) == git("rev-parse", "HEAD")[:10]
    (tmp_path / "page.md").write_text("二")
    assert commit(tmp_path) == ""


def test_style_of_formulas_fits_their_script():
    """The script comes with sphinxcontrib-katex, its style and fonts from npm: `make katex`."""
    style = (ROOT / "book/_static/katex/katex.min.css").read_text(encoding="utf-8")
    assert f'content:"{katex_version}"' in style


# What the build refuses, tried on a book of one page with the real settings


class SmallBook:
    """A book of one notebook, and the way to build it as `make book` does."""

    def __init__(self, root):
        self.root = root
        self.notebook("1 + 1")
        shutil.copytree(ROOT / "book" / "_static", root / "book" / "_static")
        shutil.copytree(ROOT / "book" / "_templates", root / "book" / "_templates")
        shutil.copytree(ROOT / "locale", root / "locale")
        (root / "book" / "references.bib").write_text("")
        (root / "_toc.yml").write_text("format: jb-book\nroot: lesson\n")
        self.settings(lambda settings: None)

    def settings(self, change):
        settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
        change(settings)
        (self.root / "_config.yml").write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")

    def notebook(self, code, text="# 一课", name="lesson"):
        cells = [new_markdown_cell(text, id="text"), new_code_cell(code, id="code")]
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        nbformat.write(new_notebook(cells=cells, metadata=kernel), self.root / f"{name}.ipynb")

    def build(self):
        command = [Path(sys.executable).with_name("jupyter-book"), "build", ".", "-n", "-W", "--keep-going"]
        path = os.pathsep.join([str(self.root), str(ROOT)])
        done = subprocess.run(
            command,
            cwd=self.root,
            env=os.environ | {"PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def page(self):
        return (self.root / "_build" / "html" / "lesson.html").read_text(encoding="utf-8")


@pytest.fixture
def small_book(tmp_path):
    return SmallBook(tmp_path)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("import warnings; warnings.warn('注意')", "stderr was found"),
        (
            "from IPython.display import Markdown, display; display(Markdown(r'$\\frac{1$'))",
            "formula that KaTeX cannot",
        ),
        ("import matplotlib.pyplot as plt; plt.plot([1, 2]);", "image without alternative text"),
    ],
)
def test_build_refuses(small_book, code, message):
    """And refuses again, although Sphinx reads no page twice."""
    small_book.notebook(code)
    for _ in range(2):
        status, output = small_book.build()
        assert status != 0
        assert message in output


@pytest.mark.skipif(os.cpu_count() < 2, reason="one processor: nothing runs side by side")
def test_notebooks_run_side_by_side_and_once(small_book):
    """Each of two waits until the other has begun; each notes that it ran."""
    (small_book.root / "_toc.yml").write_text("format: jb-book\nroot: lesson\nchapters:\n  - file: other\n")
    for name, other in [("lesson", "other"), ("other", "lesson")]:
        code = (
            f"import time, pathlib\nwith open('{name}.ran', 'a') as ran: ran.write('+')\n"
            f"while not pathlib.Path('{other}.ran').exists(): time.sleep(0.05)"
        )
        small_book.notebook(code, f"({name})=\n# {name}", name)
    status, output = small_book.build()
    assert status == 0, output
    assert re.search(r"executing notebooks\.\.\. .*100%", output)
    status, output = small_book.build()
    assert status == 0, output
    assert not re.search(r"executing notebooks\.\.\. .*%", output)
    assert {(small_book.root / f"{name}.ran").read_text() for name in ("lesson", "other")} == {"+"}


def test_figure_is_published_with_its_text(small_book):
    code = (
        "from balancelib.figures import describe, use_style\nimport matplotlib.pyplot as plt\nuse_style()\n"
    )
    small_book.notebook(
        code + "figure, axes = plt.subplots()\naxes.plot([1, -2])\ndescribe(figure, '一条线。')"
    )
    assert small_book.build()[0] == 0
    assert 'alt="一条线。"' in small_book.page()


def test_changed_rule_changes_the_page(small_book):
    """The notebook is the same, the library's data are not: the old result may not be published."""
    shutil.copytree(ROOT / "balancelib", small_book.root / "balancelib")
    rules = small_book.root / "balancelib" / "standards" / "quality-2017.toml"
    small_book.notebook(
        "from balancelib.standards import load_standard\n"
        "print(load_standard('quality-2017').indicators[0].thresholds['primary'])"
    )
    pages = []
    for threshold in ("4.2", "4.3125"):
        rules.write_text(rules.read_text(encoding="utf-8").replace("primary = 4.2", f"primary = {threshold}"))
        status, output = small_book.build()
        assert status == 0, output
        pages.append(small_book.page())
    assert "4.2\n" in pages[0]
    assert "4.3125" in pages[1]
    assert len(list((small_book.root / "_build" / ".jupyter_cache").iterdir())) == 1


def test_changed_definition_changes_the_pages_that_show_it(small_book):
    (small_book.root / "_toc.yml").write_text("format: jb-book\nroot: terms\nchapters:\n  - file: lesson\n")
    small_book.notebook("1 + 1", "# 一课\n\n看{term}`县均值`。")
    for meaning in ("先加总", "再相除"):
        terms = f"(terms)=\n# 术语\n\n```{{glossary}}\n县均值\n  {meaning}。\n```\n"
        (small_book.root / "terms.md").write_text(terms, encoding="utf-8")
        status, output = small_book.build()
        assert status == 0, output
        assert f'title="{meaning}。"' in small_book.page()


@pytest.mark.parametrize("address", ["", "https://github.com/a/b"])
def test_one_setting_shows_the_repository(small_book, address):
    with_address = bool(address)
    small_book.settings(lambda settings: settings["repository"].update(url=address))
    text = (
        "# 一课\n\n:::{only} repository\n可以在线运行。\n:::\n\n:::{only} not repository\n还没有地址。\n:::"
    )
    small_book.notebook("1 + 1", text)
    status, output = small_book.build()
    assert status == 0, output
    page = small_book.page()
    buttons = [a["href"] for a in BeautifulSoup(page, "html.parser").select(".page-buttons a")]
    on_binder = [binder_address("https://mybinder.org", address, "main", "lesson.ipynb")] if address else []
    assert buttons == [*on_binder, "_sources/lesson.ipynb"]
    assert ("mybinder.org" in page) == with_address
    assert ("source-repository-button" in page) == with_address
    assert ("可以在线运行。" in page) == with_address
    assert ("还没有地址。" in page) != with_address
