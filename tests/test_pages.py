"""What some of the built pages do in a real browser; what is asked of every page is in test_every_page.py."""

import pytest
from conftest import NEEDS_BROWSER
from fontTools.ttLib import TTFont
from test_every_page import SMALL_CONTROLS

ICONS = """() => [...document.querySelectorAll("body *")].flatMap(e => ["::before", "::after"].map(p => {
  const style = getComputedStyle(e, p);
  return [e.outerHTML.slice(0, 90), style.fontFamily, style.fontWeight, style.content];
})).filter(([, family, , content]) => family.includes("Font Awesome") && content !== "none")"""

pytestmark = NEEDS_BROWSER


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
