"""What several tests need: the built book and its pages."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from _pytest.junitxml import xml_key
from closed import CLOSED
from engines import engine, spark  # noqa: F401 - fixtures
from hypothesis import settings

from balancelib.county.opened import VARIABLE
from balancelib.course.book import commit

# No deadline: a machine that does something else besides is not at fault. The project's own check looks at the same examples
# each time; whoever runs the tests by hand looks at new ones.
settings.register_profile("ours", deadline=None, derandomize="CI" in os.environ)
settings.register_profile(
    "quick", deadline=None, derandomize=True, max_examples=15
)  # of benchmarks/mutation.py
settings.load_profile("ours")

os.environ.pop(VARIABLE, None)  # the tests are of the sample, whatever whoever runs them is working on

ROOT = Path(__file__).parents[1]
SITE = ROOT / "_build" / "html"
SIZES = {"desktop": (1280, 900), "phone": (375, 812), "narrow": (320, 640)}  # the last: 400 % zoom
# The engine alone draws and runs a page just as the browser does, without the windows, tabs and profile that nobody sees here
# and that cost twice as much of the processor.
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser"))), None
)
NEEDS_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: the pages were not tried in a browser"),
]


def pages_of(entry: dict) -> Iterator[str]:
    """Names of all pages under an entry of _toc.yml, in order."""
    name = entry.get("root") or entry.get("file")
    if name:
        yield name
    for key in ("parts", "chapters", "sections"):
        for child in entry.get(key, []):
            yield from pages_of(child)


@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    """Close the network, and write the commit into the record from which the book's page of the state is made.

    The latter not by the fixture that pytest has for it: where tests run side by side (pytest-xdist), it writes nothing.
    """
    hands_out = config.getoption("dist", "no") != "no" and not hasattr(config, "workerinput")
    if (
        not hands_out
    ):  # who hands tests to others runs none; those would be born without a network to go back to
        CLOSED.close()
    config.pluginmanager.register(CLOSED)  # for all tests, not only for those of this folder
    if (record := config.stash.get(xml_key, None)) is not None:
        record.add_global_property("commit", commit(ROOT))


@pytest.hookimpl(optionalhook=True)  # there may be no xdist
def pytest_xdist_auto_num_workers(config):
    """One worker more than processors: now and then a test waits for a browser, a kernel or a download.

    And xdist itself would take a processor's two threads for one.
    """
    return (os.cpu_count() or 1) + 1


def pytest_generate_tests(metafunc):
    """Run a test that asks for a `page` on every page of the book."""
    if "page" in metafunc.fixturenames:
        contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
        metafunc.parametrize("page", [*pages_of(contents), "search", "genindex"], scope="module")


@pytest.fixture(scope="session")
def site() -> Path:
    """Folder of the built book."""
    if not (SITE / "search.html").exists():
        pytest.fail("the book is not built: run `make book` first (`make test` does)", pytrace=False)
    return SITE


@pytest.fixture(scope="session")
def browser():
    """Chromium, with the network's own background traffic off."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  only where there is a browser

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield opened
        opened.close()


class Visit:
    """A page once opened, with all that went wrong on the way."""

    def __init__(self, browser, path, size, theme):
        width, height = SIZES[size]
        self.context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
        self.context.add_init_script(f"localStorage.mode = localStorage.theme = '{theme}'")
        self.page = self.context.new_page()
        self.loaded, self.outside, self.errors, self.failed = [], [], [], []
        self.page.on("request", self.note_request)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("requestfailed", lambda request: self.failed.append(request.url))
        self.page.goto(path.as_uri(), wait_until="load")

    def note_request(self, request):
        self.loaded.append(request.url)
        if not request.url.startswith(("file:", "data:", "blob:", "about:")):
            self.outside.append(request.url)


@pytest.fixture
def visit(browser, site):
    visits = []

    def open_page(name, size="desktop", theme="light"):
        visits.append(Visit(browser, site / f"{name}.html", size, theme))
        return visits[-1]

    yield open_page
    for one in visits:
        one.context.close()
