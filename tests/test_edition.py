"""The trainers' edition: the whole book built once more from the same sources, beside that of the trainees."""

import subprocess
import sys
from collections import Counter
from urllib.parse import quote

import pytest
import yaml
from accessible import violations
from bs4 import BeautifulSoup
from conftest import NEEDS_BROWSER, ROOT, Visit, pages_of
from test_book import SmallBook, require_chinese
from test_every_page import CUT_OFF
from test_quiz_pages import Asked

from balancelib.course.edition import NAMED, NOTICE, exists, for_trainers

TRAINEES = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
CONTENTS = for_trainers(TRAINEES, lambda page: exists(ROOT, page))
ADDED = sorted(set(pages_of(CONTENTS)) - set(pages_of(TRAINEES)))
HERE = "notebooks/resources/solutions"
NOTES = "book/trainers/resources"


def build(folder):
    command = [sys.executable, "-m", "balancelib.course.edition", folder]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def trainers(site):
    """The edition, built as `make trainer` builds it; the notebooks were run for the trainees' book."""
    status, output = build(ROOT)
    assert status == 0, output[-4000:]
    return ROOT / "_build" / "trainer" / "html"


def read(folder, page):
    return BeautifulSoup((folder / f"{page}.html").read_text(encoding="utf-8"), "html.parser")


# The contents


def test_pages_are_added_and_nothing_else_is_changed():
    assert {HERE, NOTES} <= set(ADDED)
    assert [page for page in pages_of(CONTENTS) if page not in ADDED] == list(pages_of(TRAINEES))
    assert all(page.startswith("book/trainers/") or page.endswith("/solutions") for page in ADDED)
    assert max(Counter(pages_of(CONTENTS)).values()) == 1


def test_every_page_for_trainers_is_found():
    there = [*ROOT.glob("book/trainers/*.md"), *ROOT.glob("notebooks/*/solutions.ipynb")]
    assert sorted(path.relative_to(ROOT).with_suffix("").as_posix() for path in there) == ADDED


def test_solutions_follow_the_exercises_and_notes_the_lessons():
    book = list(pages_of(CONTENTS))
    at = book.index(HERE)
    assert book[at - 1] == "notebooks/resources/exercises"
    module = [page for page in book if page.split("/")[-2] == "resources"]
    assert book[book.index(module[-1]) + 1] == NOTES


def test_contents_without_such_pages_stay():
    assert for_trainers(TRAINEES, lambda page: False) == TRAINEES


# The two editions


def test_every_page_of_the_trainers_says_so(trainers):
    for page in [*pages_of(CONTENTS), "search", "genindex"]:
        soup = read(trainers, page)
        assert soup.select_one("aside.bd-header-announcement").get_text() == NOTICE, page
        assert NAMED in soup.title.get_text(), page


def test_trainees_have_nothing_of_it(site):
    for page in [*pages_of(TRAINEES), "search", "genindex"]:
        soup = read(site, page)
        assert NAMED not in soup.title.get_text()
        assert not soup.select(".bd-header-announcement, a[href*='trainers/'], a[href*='solutions']"), page
    files = [path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()]
    assert [name for name in files if "solutions" in name or "trainers" in name] == []
    assert len(files) > 100


def test_what_trainers_read_cannot_be_searched_by_trainees(trainers, site):
    for page in ADDED:
        assert (trainers / "_static" / "search" / "texts" / f"{page}.js").exists()
    titles = (site / "_static" / "search" / "titles.js").read_text(encoding="utf-8")
    assert not [page for page in ADDED if page in titles]
    assert NOTES in (trainers / "_static" / "search" / "titles.js").read_text(encoding="utf-8")


def test_solutions_say_right_in_the_book(trainers):
    verdicts = read(trainers, HERE).select("div.check")
    assert len(verdicts) == len(read(trainers, "notebooks/resources/exercises").select("details.check")) > 5
    assert [verdict.get_text() for verdict in verdicts if "check-right" not in verdict["class"]] == []


@pytest.mark.parametrize(("edition", "shown"), [("trainer", True), ("", False)])
def test_one_switch(tmp_path, edition, shown):
    """A small book with the real settings: the same folder gives both, and a broken link stops each."""
    book = SmallBook(tmp_path)
    (tmp_path / "_toc.yml").write_text(
        "format: jb-book\nroot: lesson\nchapters:\n  - file: book/module\n    sections:\n"
        "      - file: notebooks/module/exercises\n"
    )
    (tmp_path / "book" / "trainers").mkdir()
    (tmp_path / "notebooks" / "module").mkdir(parents=True)
    (tmp_path / "book" / "module.md").write_text("(module)=\n# 一章\n")
    (tmp_path / "book" / "trainers" / "module.md").write_text(
        "(trainers-module)=\n# 教学说明\n\n见{ref}`module`。\n"
    )
    for name in ("exercises", "solutions"):
        book.notebook(f"'{name}'", f"(module-{name})=\n# 练习", f"notebooks/module/{name}")
    make = (lambda: build(tmp_path)) if edition else book.build
    status, output = make()
    assert status == 0, output
    made = tmp_path / "_build" / edition / "html"
    assert (made / "notebooks/module/exercises.html").exists()
    for page in ("notebooks/module/solutions", "book/trainers/module"):
        assert (made / f"{page}.html").exists() == shown
    (tmp_path / "book" / ("trainers/module.md" if shown else "module.md")).write_text(
        "(module)=\n# 一\n\n{ref}`no`\n"
    )
    status, output = make()
    assert status != 0
    assert "undefined label: 'no'" in output


# In a browser


@pytest.fixture
def open_page(trainers, browser):
    visits = []

    def opened(page, size="desktop", theme="light", query=""):
        path = trainers / f"{page}.html"
        visits.append(Visit(browser, path, size, theme))
        if query:
            visits[-1].page.goto(f"{path.as_uri()}?q={quote(query)}")
        return visits[-1]

    yield opened
    for one in visits:
        one.context.close()


@pytest.mark.browser
@NEEDS_BROWSER[1]
@pytest.mark.parametrize(("size", "theme"), [("desktop", "light"), ("phone", "dark")])
@pytest.mark.parametrize("added", ADDED)
def test_pages_for_trainers_are_as_good_as_the_others(open_page, added, size, theme):
    found = open_page(added, size, theme)
    opened = found.page
    opened.wait_for_timeout(300)
    require_chinese(BeautifulSoup(opened.content(), "html.parser").body)
    assert (found.outside, found.errors, found.failed) == ([], [], [])
    assert opened.evaluate(CUT_OFF) == []
    assert violations(opened) == {}


@pytest.mark.browser
@NEEDS_BROWSER[1]
def test_search_quizzes_and_figures_work_there(open_page):
    page = open_page("search", query="参考答案").page
    page.locator(f"#search-results a[href*='{HERE}']").first.wait_for()
    asked = Asked(open_page("notebooks/policy/five_schools").page)
    assert asked.choose(1, "A")[0].startswith(("对。", "不对。"))
    said, slider = (asked.page.locator(f".explorer{part}") for part in ("-said", " input"))
    before = said.inner_text()
    slider.first.press("ArrowRight")
    changes = "text => document.querySelector('.explorer-said').innerText !== text"
    asked.page.wait_for_function(changes, arg=before)
