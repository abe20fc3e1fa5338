"""Every page in a real browser, opened from the disk with the network closed as from a USB stick: once in each look, and all that is asked of it then."""

import gzip
from importlib.resources import files
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest
from bs4 import BeautifulSoup
from conftest import NEEDS_BROWSER, Visit
from test_book import require_chinese

pytestmark = NEEDS_BROWSER
DESKTOP, PHONE, NARROW = ("desktop", "light"), ("phone", "dark"), ("narrow", "light")
LOOKS = [DESKTOP, PHONE, ("desktop", "dark"), ("phone", "light")]
# Kilobytes (gzip) loaded when a page is opened for the first time.
BUDGET, WITH_EXPLORER = 250, 450
SEARCH = ("searchtools.js", "language_data.js")
# What is pressed, and what is too wide or cut off: asked of the page.
SMALL_CONTROLS = """() => [...document.querySelectorAll(
  "button, input, select, textarea, summary, .btn, .dropdown-item, nav a, .prev-next-footer a"
)].map(e => e.getBoundingClientRect().height ? e : e.firstElementChild ?? e)
  .map(e => ["radio", "checkbox"].includes(e.type) ? e.closest("label") ?? e : e)  // its words are pressed as well
  .filter(e => e.checkVisibility({visibilityProperty: true, opacityProperty: true}))
  .filter(e => Math.min(e.getBoundingClientRect().width, e.getBoundingClientRect().height) < 43.9)
  .map(e => e.outerHTML.slice(0, 120))"""
CUT_OFF = """() => [...document.querySelectorAll("body *")].filter(e => {
  const right = x => x.getBoundingClientRect().right;
  const scrolls = x => ["auto", "scroll"].includes(getComputedStyle(x).overflowX) && right(x) <= innerWidth + 1;
  if (e.closest("svg, .katex-mathml") || right(e) <= innerWidth + 1) return false;
  if (!e.checkVisibility({visibilityProperty: true})) return false;
  for (let box = e.parentElement; box; box = box.parentElement) if (scrolls(box)) return false;
  return true;
}).map(e => e.outerHTML.slice(0, 120))"""
LEVEL_AA = [
    "wcag2a",
    "wcag2aa",
    "wcag21a",
    "wcag21aa",
]  # of WCAG 2.1, for axe-core, which browsers' own audits use


@pytest.fixture(scope="module")
def opened(browser, site, page, look):
    """A page in a look, for all tests of this file one after the other; the last of them may change it."""
    visit = Visit(browser, site / f"{page}.html", *look)
    visit.page.wait_for_timeout(300)  # copy buttons, tooltips and what else appears once the scripts have run
    yield visit
    visit.context.close()


def seen(*looks):
    """Run a test in these looks."""
    return pytest.mark.parametrize("look", looks, ids="-".join, scope="module")


@seen(DESKTOP, PHONE, NARROW)
def test_page_opens_whole_without_the_network(opened):
    require_chinese(BeautifulSoup(opened.page.content(), "html.parser").body)
    assert (opened.outside, opened.errors) == ([], [])
    assert [url for url in opened.failed if not url.startswith("blob:")] == []
    wide = opened.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{wide} pixels wider than the screen"


@seen(DESKTOP)
def test_page_is_light(opened, page):
    """All that opening it loads, each file compressed as a server would."""
    loaded = {unquote(urlparse(url).path) for url in opened.loaded if url.startswith("file:")}
    if page == "search":  # what answers a query has a budget of its own, in test_search.py
        loaded = {path for path in loaded if not path.endswith(SEARCH)}
    sizes = {path: len(gzip.compress(Path(path).read_bytes())) / 1000 for path in loaded}
    heaviest = sorted(sizes.items(), key=lambda item: -item[1])[:5]
    allowed = WITH_EXPLORER if opened.page.locator(".explorer-figure").count() else BUDGET
    assert sum(sizes.values()) <= allowed, heaviest


@seen(DESKTOP)
def test_every_icon_has_a_picture(opened):
    """A rule cut from the style would leave the tag and draw nothing."""
    tags = opened.page.locator("i.fas, i.far, i.fab, i.fa-solid, i.fa-regular, i.fa-brands")
    assert tags.count() >= 5
    assert "none" not in tags.evaluate_all("all => all.map(i => getComputedStyle(i, '::before').content)")


@seen(PHONE)
def test_nothing_is_cut_off_on_a_telephone(opened):
    assert opened.page.evaluate(CUT_OFF) == []


@seen(PHONE)
def test_controls_fit_a_finger(opened):
    """Those of the page, and those of its two drawers."""
    assert opened.page.evaluate(SMALL_CONTROLS) == []
    for drawer in (".primary-toggle", ".secondary-toggle"):
        button = opened.page.locator(f"{drawer}:visible").first
        if button.count():
            button.click()
            opened.page.wait_for_timeout(400)  # until it has slid in
            assert opened.page.evaluate(SMALL_CONTROLS) == []
            opened.page.keyboard.press("Escape")
            opened.page.wait_for_timeout(400)


@seen(*LOOKS)
def test_page_has_no_violation(opened, look):
    """Also what is folded, once it is unfolded."""
    opened.page.emulate_media(reduced_motion="reduce")  # or what is fading in would be too pale
    opened.page.evaluate("document.querySelectorAll('details').forEach(folded => folded.open = true)")
    assert opened.page.evaluate("document.documentElement.dataset.theme") == look[1]
    assert violations(opened.page) == {}


def violations(page, within="html"):
    """What axe-core finds wrong: the rule and the elements."""
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate(
        "([within, rules]) => axe.run(within, {runOnly: rules, resultTypes: ['violations']})",
        [within, LEVEL_AA],
    )
    assert len(found["passes"]) > (10 if within == "html" else 0), "axe-core did not run"
    return {one["id"]: [node["html"][:150] for node in one["nodes"]] for one in found["violations"]}


@pytest.mark.parametrize("look", LOOKS, ids="-".join)
def test_search_has_no_violation(visit, look):
    """The box once it is open, the answers once they are there, and what is said when there are none."""
    found = visit("notebooks/policy/five_schools", *look).page
    found.locator(".search-button__button:visible, .search-button:visible").first.click()
    box = found.locator("input[type=search]:visible")
    box.fill("差异系数")
    assert violations(found) == {}
    box.press("Enter")
    found.wait_for_selector("#search-results li .highlighted")
    assert violations(found) == {}
    box = found.locator("input[type=search]:visible")
    box.fill("量子色动力学")
    box.press("Enter")
    found.locator(".search-summary").get_by_role("link").wait_for()
    assert violations(found) == {}


@pytest.mark.parametrize(
    "fault", ["<img src='x.png'>", "<p style='color: #ccc; background: #fff'>看不清</p>"]
)
def test_checker_finds_faults(visit, fault):
    found = visit("book/glossary").page
    found.evaluate(
        "fault => document.querySelector('article').insertAdjacentHTML('afterbegin', fault)", fault
    )
    assert violations(found)
