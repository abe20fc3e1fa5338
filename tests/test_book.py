"""The built book as files, and what the build refuses to publish."""

import os
import re
import shutil
import subprocess
import sys
from copy import copy
from functools import cache, lru_cache
from pathlib import Path
from types import SimpleNamespace
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


@lru_cache(maxsize=8)
def read(site, page):
    """What a page holds, read once for the tests of this page, which follow one another: who changes it takes a copy."""
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


def test_page_shows_no_signs_of_its_making(site, page):
    """Asterisks of a bold that did not come about, and what pandas prints where nothing is."""
    article = copy(read(site, page).select_one("article") or read(site, page).body)
    for own in article.select("pre, code, script, style, svg, .math"):
        own.decompose()
    assert not re.search(r"\*\*|<NA>|\b(NaN|nan|NaT|None)\b", article.get_text(" "))


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

    def contents(self, *pages):
        toc = {"format": "jb-book", "root": pages[0], "chapters": [{"file": page} for page in pages[1:]]}
        (self.root / "_toc.yml").write_text(yaml.safe_dump(toc), encoding="utf-8")


REFUSED = {
    "fails": ("1 / 0", r"fails\.ipynb.*WARNING: (.*\n)*?.*ZeroDivisionError"),
    "warns": ("import warnings; warnings.warn('注意')", r"warns\.ipynb.*WARNING: stderr was found"),
    "formula": (
        "from IPython.display import Markdown, display; display(Markdown(r'$\\frac{1$'))",
        r"WARNING: formula that KaTeX cannot draw: \\frac",
    ),
    "image": (
        "import matplotlib.pyplot as plt; plt.plot([1, 2]);",
        r"image\.ipynb.*WARNING: image without alternative text",
    ),
}


@pytest.fixture(scope="module")
def refused(tmp_path_factory):
    """A book with a fault on each page, built twice: Sphinx reads no page twice."""
    book = SmallBook(tmp_path_factory.mktemp("refused"))
    book.contents("lesson", *REFUSED)
    for name, (code, _) in REFUSED.items():
        book.notebook(code, f"({name})=\n# {name}", name)
    return [book.build() for _ in range(2)]


@pytest.mark.parametrize("again", [0, 1])
@pytest.mark.parametrize("name", REFUSED)
def test_build_refuses(refused, name, again):
    """And refuses again; each page's fault is a warning of its own, any of which makes the build fail."""
    status, output = refused[again]
    assert status != 0
    assert re.search(REFUSED[name][1], output), output


RULE = "balancelib/standards/quality-2017.toml"
ONLY = ":::{only} repository\n可以在线运行。\n:::\n\n:::{only} not repository\n还没有地址。\n:::"
ADDRESS = "https://github.com/a/b"
FIGURE = """
from balancelib.figures import describe, use_style
import matplotlib.pyplot as plt
use_style()
figure, axes = plt.subplots()
axes.plot([1, -2])
describe(figure, '一条线。')
"""
PRINTS_A_RULE = """
from balancelib.standards import load_standard
print(load_standard('quality-2017').indicators[0].thresholds['primary'])
"""
# Notes that it runs, and waits until the other has begun; with one processor nothing runs side by side.
WAITS = """
import time, pathlib
with open('{name}.ran', 'a') as ran: ran.write('+')
while {several} and not pathlib.Path('{other}.ran').exists(): time.sleep(0.05)
"""


@pytest.fixture(scope="module")
def builds(tmp_path_factory):
    """A book built four times, each time with one thing changed: a definition, a rule, the repository's address."""
    book = SmallBook(tmp_path_factory.mktemp("book"))
    root = book.root
    shutil.copytree(ROOT / "balancelib", root / "balancelib", ignore=shutil.ignore_patterns("__pycache__"))
    book.contents("terms", "reader", "lesson", "figure", "one", "two")
    (root / "reader.md").write_text("# 一页\n\n看{term}`县均值`。", encoding="utf-8")
    book.notebook(PRINTS_A_RULE, f"# 一课\n\n{ONLY}")
    book.notebook(FIGURE, "# 一幅图", "figure")
    for name, other in [("one", "two"), ("two", "one")]:
        code = WAITS.format(name=name, other=other, several=os.cpu_count() > 1)
        book.notebook(code, f"# {name}", name)
    define(root, "先加总")
    made = {"first": built(book)}
    define(root, "再相除")
    made["definition"] = built(book)
    rule = (root / RULE).read_text(encoding="utf-8")
    (root / RULE).write_text(rule.replace("primary = 4.2", "primary = 4.3125"), encoding="utf-8")
    made["rule"] = built(book)
    book.settings(lambda settings: settings["repository"].update(url=ADDRESS))
    return made | {"address": built(book)}


def define(root, meaning):
    terms = f"(terms)=\n# 术语\n\n```{{glossary}}\n县均值\n  {meaning}。\n```\n"
    (root / "terms.md").write_text(terms, encoding="utf-8")


def built(book):
    """Build a book, and keep what it says, its pages, how often notebooks ran and how many caches there are."""
    status, output = book.build()
    assert status == 0, output
    pages = {path.stem: path.read_text(encoding="utf-8") for path in book.root.glob("_build/html/*.html")}
    ran = [(book.root / f"{name}.ran").read_text() for name in ("one", "two")]
    caches = len(list((book.root / "_build" / ".jupyter_cache").iterdir()))
    return SimpleNamespace(output=output, pages=pages, ran=ran, caches=caches)


def test_notebooks_run_side_by_side_and_once(builds):
    """Each of two waits until the other has begun; each notes that it ran: once in two builds."""
    assert re.search(r"executing notebooks\.\.\. .*100%", builds["first"].output)
    assert builds["definition"].ran == ["+", "+"]


def test_figure_is_published_with_its_text(builds):
    assert 'alt="一条线。"' in builds["first"].pages["figure"]


def test_changed_rule_changes_the_page(builds):
    """The notebook is the same, the library's data are not: the old result may not be published."""
    assert "4.2\n" in builds["definition"].pages["lesson"]
    assert "4.3125" in builds["rule"].pages["lesson"]
    assert builds["rule"].caches == 1


def test_changed_definition_changes_the_pages_that_show_it(builds):
    assert 'title="先加总。"' in builds["first"].pages["reader"]
    assert 'title="再相除。"' in builds["definition"].pages["reader"]


@pytest.mark.parametrize(("build", "address"), [("rule", ""), ("address", ADDRESS)])
def test_one_setting_shows_the_repository(builds, build, address):
    page = builds[build].pages["lesson"]
    buttons = [a["href"] for a in BeautifulSoup(page, "html.parser").select(".page-buttons a")]
    on_binder = [binder_address("https://mybinder.org", address, "main", "lesson.ipynb")] if address else []
    assert buttons == [*on_binder, "_sources/lesson.ipynb"]
    assert ("mybinder.org" in page) == bool(address)
    assert ("source-repository-button" in page) == bool(address)
    assert ("可以在线运行。" in page) == bool(address)
    assert ("还没有地址。" in page) != bool(address)
