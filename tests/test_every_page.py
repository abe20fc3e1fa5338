"""Every page in a real browser, opened from the disk with the network closed as from a USB stick, and all that is asked of it.

Each is opened twice, by day on a desktop and by night on a telephone: so all that is decided when a page is opened is seen in
either theme and at either size. The other theme, a narrower screen and paper are shown to the page that is open; that this is no
other than the page opened so, test_accessible.py asks.
"""

import gzip
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest
from accessible import violations_in_both_themes
from bs4 import BeautifulSoup
from conftest import NEEDS_BROWSER, SIZES, Visit
from test_book import require_chinese

pytestmark = NEEDS_BROWSER
DESKTOP, PHONE = ("desktop", "light"), ("phone", "dark")
A4 = (672, 900)  # between its margins
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
OFF_PAPER = """() => [...document.querySelectorAll("body *")]
  .filter(e => !e.closest("svg, .katex-mathml") && e.checkVisibility({visibilityProperty: true}))
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 120))"""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


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


# The theme makes code that is wider than its place reachable by keyboard, but only 300 ms after the page got its size.
CODE_IS_REACHED = "() => [...document.querySelectorAll('pre')].every(e => e.scrollWidth <= e.clientWidth || e.tabIndex === 0)"


@contextmanager
def resized(page, width, height, media="screen"):
    """Show the page at another size, or on paper, for a while."""
    before = page.viewport_size
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(media=media)
    yield
    page.emulate_media(media="screen")
    page.set_viewport_size(before)
    page.wait_for_function("width => innerWidth === width", arg=before["width"])


@seen(DESKTOP, PHONE)
def test_page_opens_whole_without_the_network(opened, look):
    require_chinese(BeautifulSoup(opened.page.content(), "html.parser").body)
    assert (opened.outside, opened.errors) == ([], [])
    assert [url for url in opened.failed if not url.startswith("blob:")] == []
    assert opened.page.evaluate("document.documentElement.dataset.theme") == look[1]
    assert opened.page.evaluate(TOO_WIDE) <= 0


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
def test_page_fits_a_narrow_screen(opened):
    """That of a telephone of old, and of 400 % zoom."""
    with resized(opened.page, *SIZES["narrow"]):
        assert opened.page.evaluate(TOO_WIDE) <= 0


@seen(DESKTOP)
def test_nothing_is_cut_off_on_paper(opened):
    with resized(opened.page, *A4, media="print"):
        assert opened.page.evaluate(OFF_PAPER) == []


@seen(PHONE)
def test_controls_fit_a_finger(opened):
    """Those of the page, and those of its two drawers."""
    opened.page.emulate_media(reduced_motion="reduce")  # or a drawer would take its time
    assert opened.page.evaluate(SMALL_CONTROLS) == []
    for drawer in (".primary-toggle", ".secondary-toggle"):
        button = opened.page.locator(f"{drawer}:visible").first
        if button.count():
            button.click()
            opened.page.locator("dialog[open] a:visible").first.wait_for()
            assert opened.page.evaluate(SMALL_CONTROLS) == []
            opened.page.keyboard.press("Escape")
            opened.page.locator("dialog[open]").wait_for(state="detached")


@seen(DESKTOP, PHONE)
def test_page_has_no_violation(opened):
    """Also what is folded, once it is unfolded."""
    opened.page.evaluate("document.querySelectorAll('details').forEach(folded => folded.open = true)")
    opened.page.wait_for_function(CODE_IS_REACHED)
    assert violations_in_both_themes(opened.page) == {}
    assert opened.errors == []


@pytest.mark.parametrize("look", [DESKTOP, PHONE], ids="-".join)
def test_search_has_no_violation(visit, look):
    """The box once it is open, the answers once they are there, and what is said when there are none."""
    found = visit("notebooks/policy/five_schools", *look).page
    found.locator(".search-button__button:visible, .search-button:visible").first.click()
    box = found.locator("input[type=search]:visible")
    box.fill("差异系数")
    assert violations_in_both_themes(found) == {}
    box.press("Enter")
    found.wait_for_selector("#search-results li .highlighted")
    assert violations_in_both_themes(found) == {}
    box = found.locator("input[type=search]:visible")
    box.fill("量子色动力学")
    box.press("Enter")
    found.locator(".search-summary").get_by_role("link").wait_for()
    assert violations_in_both_themes(found) == {}
