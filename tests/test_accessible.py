"""That what is asked of every page finds faults, and that a page shown otherwise is the page opened so."""

import pytest
from accessible import SWITCHED, violations, violations_in_both_themes
from conftest import NEEDS_BROWSER, SIZES
from test_every_page import A4, CUT_OFF, DESKTOP, OFF_PAPER, PHONE, SMALL_CONTROLS, TOO_WIDE, resized

pytestmark = NEEDS_BROWSER
PLAIN = "book/references"
CELLS = "".join(f"<tr><td>{n}</td><td>第{n}所学校</td></tr>" for n in range(300))
TABLE = f"<style>{{}}</style><table class='planted'>{CELLS}</table>"
PALE = "color: #bbb; background: #fff"
DARK = "html[data-theme=dark] .planted { color: #444; background: #222 }"
BELOW = (
    "<div style='position: relative'><div style='background: #000; width: 9em; height: 3em'></div>{}</div>"
)
UPON = "<p style='position: absolute; top: 0; margin: 0; color: {}'>字在上面</p>"
CONTRAST = "color-contrast"
FAULTS = {
    "a picture without words": (DESKTOP, "<img src='x.png'>", "image-alt"),
    "pale": (DESKTOP, f"<p style='{PALE}'>看不清</p>", CONTRAST),
    "pale and unfolded": (PHONE, f"<details open><summary>答案</summary><p style='{PALE}'>看不清</p></details>", CONTRAST),
    "pale only in the dark": (DESKTOP, f"<style>{DARK}</style><p class='planted'>看不清</p>", CONTRAST),
    "pale only by day": (PHONE, "<style>html[data-theme=light] .planted { color: #ccc }</style><p class='planted'>看不清</p>", CONTRAST),
    "pale only on a telephone": (PHONE, f"<style>@media (max-width: 500px) {{ .planted {{ {PALE} }} }}</style><p class='planted'>看不清</p>", CONTRAST),
    "pale only if small, and small only on a telephone": (PHONE, "<style>.planted { font-size: 30px; color: #888; background: #fff } @media (max-width: 500px) { .planted { font-size: 14px } }</style><p class='planted'>看不清</p>", CONTRAST),
    "a pale cell among others": (DESKTOP, TABLE.format(f".planted tr:nth-child(137) td {{ {PALE} }}"), CONTRAST),
    "pale cells of which the first say little": (DESKTOP, TABLE.format(f".planted td:first-child {{ {PALE} }}"), CONTRAST),
    "a cell pale by its own style": (DESKTOP, f"<table>{CELLS}<tr><td style='{PALE}'>看不清</td></tr></table>", CONTRAST),
    "placed upon something dark": (DESKTOP, BELOW.format(UPON.format("#fff")) + BELOW.format(UPON.format("#333")), CONTRAST),
    "a link known by its colour alone": (DESKTOP, "<p style='color: #000; background: #fff'>见<a href='#x' style='color: #222; text-decoration: none !important'>那里</a>的说明。</p>", "link-in-text-block"),
    "a button without a name": (PHONE, "<button></button>", "button-name"),
}  # fmt: skip
LOOKS = """() => [...document.querySelectorAll("body *")].filter(e => e.checkVisibility()).map(e => {
  const {x, y, width, height} = e.getBoundingClientRect(), style = getComputedStyle(e);
  return [e.localName, [x, y, width, height].map(Math.round).join(), style.color, style.backgroundColor, style.borderColor,
    style.fontSize, style.visibility].join(" ");
})"""


def plant(page, fault, place="article"):
    page.evaluate(
        "([fault, place]) => document.querySelector(place).insertAdjacentHTML('afterbegin', fault)",
        [fault, place],
    )


@pytest.mark.parametrize(("look", "fault", "rule"), FAULTS.values(), ids=FAULTS)
def test_faults_are_found(visit, look, fault, rule):
    page = visit(PLAIN, *look).page
    plant(page, fault)
    assert list(violations_in_both_themes(page)) == [rule]


@pytest.mark.parametrize(
    "place", [".bd-header", ".bd-sidebar-primary", ".bd-sidebar-secondary", ".bd-footer"]
)
def test_faults_around_the_article_are_found(visit, place):
    page = visit(PLAIN).page
    plant(page, f"<p style='{PALE}'>看不清</p>", place)
    assert list(violations(page)) == [CONTRAST]


@pytest.mark.parametrize(
    ("question", "width", "media", "fault"),
    [
        (TOO_WIDE, 320, "screen", "<p style='width: 330px'>宽</p>"),
        (OFF_PAPER, A4[0], "print", "<p style='width: 800px'>宽</p>"),
        (CUT_OFF, 375, "screen", "<div style='overflow: hidden'><p style='width: 400px'>宽</p></div>"),
        (SMALL_CONTROLS, 375, "screen", "<button style='height: 30px; min-height: 0'>小</button>"),
    ],
)
def test_what_is_too_wide_or_too_small_is_found(visit, question, width, media, fault):
    page = visit(PLAIN, *PHONE).page
    with resized(page, width, 900, media):
        assert not page.evaluate(question)
        plant(page, fault)
        assert page.evaluate(question)


@pytest.mark.parametrize("shown", ["notebooks/resources/funding", "book/policy", "search"])
@pytest.mark.parametrize("look", [DESKTOP, PHONE], ids="-".join)
def test_a_page_switched_or_resized_is_the_page_opened_so(visit, shown, look):
    size, theme = look
    opened = visit(shown, *look).page
    assert opened.evaluate(SWITCHED)
    other = visit(shown, size, "light" if theme == "dark" else "dark").page
    assert seen(opened) == seen(other)
    with resized(opened, *SIZES["narrow"]):
        assert seen(opened) == seen(
            visit(shown, "narrow", other.evaluate("document.documentElement.dataset.theme")).page
        )


def seen(page):
    page.emulate_media(reduced_motion="reduce")
    page.wait_for_timeout(400)  # until nothing moves any more
    return page.evaluate(LOOKS)
