"""The built pages in a real browser, opened from the disk with the network closed: as from a USB stick."""

import gzip
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest
from bs4 import BeautifulSoup
from conftest import NEEDS_BROWSER, SIZES
from fontTools.ttLib import TTFont
from test_book import require_chinese

# Kilobytes (gzip) loaded when a page is opened for the first time.
BUDGET, WITH_EXPLORER = 250, 450
SEARCH = ("searchtools.js", "language_data.js")
# What is pressed, and too wide or cut off: asked of the page.
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
ICONS = """() => [...document.querySelectorAll("body *")].flatMap(e => ["::before", "::after"].map(p => {
  const style = getComputedStyle(e, p);
  return [e.outerHTML.slice(0, 90), style.fontFamily, style.fontWeight, style.content];
})).filter(([, family, , content]) => family.includes("Font Awesome") && content !== "none")"""

pytestmark = NEEDS_BROWSER


@pytest.mark.parametrize("size", SIZES)
def test_page_opens_whole_without_the_network(visit, page, size):
    found = visit(page, size)
    found.page.wait_for_timeout(
        300
    )  # copy buttons, tooltips and what else appears only once the scripts have run
    require_chinese(BeautifulSoup(found.page.content(), "html.parser").body)
    assert (found.outside, found.errors) == ([], [])
    assert [url for url in found.failed if not url.startswith("blob:")] == []
    wide = found.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{wide} pixels wider than the screen"


def test_front_door_leads_to_the_landing_page(visit):
    assert visit("index").page.wait_for_selector("article h1:has-text('义务教育均衡发展')")


def test_formulas_are_drawn(visit):
    page = visit("notebooks/policy/five_schools").page
    page.wait_for_selector(".katex")
    assert page.locator("span.math, div.math").count() == page.locator(".katex-html").count() > 0
    fonts = page.evaluate("document.fonts.ready.then(f => [...f].map(x => [x.family, x.status]))")
    assert ["KaTeX_Math", "loaded"] in fonts


def test_picture_is_drawn_and_readable_on_a_telephone(visit):
    image = visit("notebooks/policy/self_assessment", "phone").page.locator("article img").first
    size = image.evaluate("i => [i.naturalWidth, i.getBoundingClientRect().width]")
    assert size[0] > size[1] > 300


def test_code_can_be_unfolded(visit):
    page = visit("notebooks/policy/five_schools").page
    answer = page.locator("details:has-text('显示代码') .output")
    assert not answer.is_visible()
    page.locator("details:has-text('显示代码') summary").click()
    assert answer.is_visible()


def test_launch_button_is_hidden_while_there_is_no_address(visit):
    page = visit("book/index").page
    assert page.locator("a[href*='binder'], .dropdown-launch-buttons").count() == 0
    assert page.get_by_text("还没有公开的代码仓库地址").is_visible()


def test_page_is_light(visit, page):
    """All that opening it loads, each file compressed as a server would."""
    opened = visit(page)
    loaded = {unquote(urlparse(url).path) for url in opened.loaded if url.startswith("file:")}
    if page == "search":  # what answers a query has a budget of its own, in test_search.py
        loaded = {path for path in loaded if not path.endswith(SEARCH)}
    sizes = {path: len(gzip.compress(Path(path).read_bytes())) / 1000 for path in loaded}
    heaviest = sorted(sizes.items(), key=lambda item: -item[1])[:5]
    allowed = WITH_EXPLORER if opened.page.locator(".explorer-figure").count() else BUDGET
    assert sum(sizes.values()) <= allowed, heaviest


@pytest.mark.parametrize(
    "shown", ["book/policy", "notebooks/policy/five_schools", "book/measures/gini", "search"]
)
def test_icons_are_drawn(visit, site, shown):
    """The fonts hold only what the build found; an icon that it missed would be an empty box."""
    fonts = site / "_static" / "vendor" / "fontawesome" / "webfonts"
    drawn = {
        w: set(TTFont(fonts / f"fa-{n}.ttf").getBestCmap())
        for w, n in [("900", "solid-900"), ("400", "regular-400")]
    }
    icons = visit(shown).page.evaluate(ICONS)
    assert len(icons) >= 10
    for element, _, weight, content in icons:
        assert {ord(character) for character in content.strip('"')} <= drawn[weight], element


def test_copying_is_said_and_heard(visit):
    page = visit("notebooks/policy/five_schools").page
    button = page.locator("button.copybtn").first
    button.wait_for(state="attached")
    button.focus()
    page.wait_for_timeout(500)
    assert button.evaluate("b => getComputedStyle(b).opacity") == "1", "who uses the keyboard sees no button"
    button.press("Enter")
    page.wait_for_function("document.querySelector('body > [role=status]').textContent === '复制成功！'")
    assert button.get_attribute("data-tooltip") == button.locator("title").text_content() == "复制成功！"
    page.wait_for_function("document.querySelector('body > [role=status]').textContent === ''")


@pytest.mark.parametrize("shown", ["notebooks/policy/five_schools", "book/index", "search"])
def test_nothing_moves_for_who_asked_so(visit, shown):
    page = visit(shown).page
    page.emulate_media(reduced_motion="reduce")
    moving = page.evaluate(
        """() => [...document.querySelectorAll("*")].flatMap(e => [null, "::before", "::after"].map(pseudo => {
            const style = getComputedStyle(e, pseudo);
            const times = `${style.animationDuration}, ${style.transitionDuration}, ${style.transitionDelay}`;
            const longest = Math.max(...times.split(", ").map(parseFloat));
            return longest > 0.001 || style.scrollBehavior !== "auto" ? e.outerHTML.slice(0, 90) : "";
        })).filter(Boolean)"""
    )
    assert moving == []


def test_every_icon_has_a_picture(visit, page):
    """A rule cut from the style would leave the tag and draw nothing."""
    tags = visit(page).page.locator("i.fas, i.far, i.fab, i.fa-solid, i.fa-regular, i.fa-brands")
    assert tags.count() >= 5
    assert "none" not in tags.evaluate_all("all => all.map(i => getComputedStyle(i, '::before').content)")


@pytest.mark.parametrize("opened", ["", ".primary-toggle", ".secondary-toggle"])
def test_controls_fit_a_finger(visit, page, opened):
    found = visit(page, "phone").page
    button = found.locator(f"{opened}:visible").first if opened else None
    if button and button.count():
        button.click()
        found.wait_for_timeout(400)  # until the drawer has slid in
    assert found.evaluate(SMALL_CONTROLS) == []


def test_nothing_is_cut_off_on_a_telephone(visit, page):
    assert visit(page, "phone").page.evaluate(CUT_OFF) == []


@pytest.mark.parametrize("width", [667, 820])
def test_controls_fit_a_finger_on_wider_screens_too(browser, site, width):
    """A telephone held the other way, and a tablet."""
    context = browser.new_context(viewport={"width": width, "height": 375}, has_touch=True, is_mobile=True)
    page = context.new_page()
    for shown in ("notebooks/policy/five_schools", "book/measures/gini", "book/index", "search"):
        page.goto((site / f"{shown}.html").as_uri())
        assert page.evaluate(SMALL_CONTROLS) == []
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("shown", ["notebooks/policy/five_schools", "book/policy"])
def test_focus_is_seen(visit, shown, theme):
    """Each of the first stops of the Tab key looks otherwise when it has the focus."""
    page = visit(shown, theme=theme).page
    page.add_style_tag(content="*, ::before, ::after { transition: none !important; }")
    for _ in range(24):
        page.keyboard.press("Tab")
        stop = page.evaluate_handle("document.activeElement").as_element()
        page.wait_for_timeout(50)
        focused = page.screenshot()
        stop.evaluate("e => e.blur()")
        assert focused != page.screenshot(), stop.evaluate("e => e.outerHTML.slice(0, 120)")
        stop.evaluate("e => e.focus({focusVisible: true})")


@pytest.mark.parametrize("shown", ["notebooks/policy/self_assessment", "book/policy"])
def test_paper_is_white_and_code_is_whole(visit, tmp_path, shown):
    """Printed from a page that is read in the dark; afterwards it is dark again."""
    page = visit(shown, theme="dark").page
    page.evaluate(
        "addEventListener('beforeprint', () => window.printed = document.documentElement.dataset.theme)"
    )
    page.pdf(path=tmp_path / "page.pdf")
    assert page.evaluate("[window.printed, document.documentElement.dataset.theme]") == ["light", "dark"]
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 700, "height": 900})
    assert (
        page.locator("article pre").evaluate_all(
            "all => all.filter(p => p.scrollWidth > p.clientWidth + 1).length"
        )
        == 0
    )
