"""Every page under axe-core, the checker of WCAG that browsers' own audits use: level AA of version 2.1."""

from importlib.resources import files

import pytest
from conftest import NEEDS_BROWSER

pytestmark = NEEDS_BROWSER
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


def violations(page, within="html"):
    """What axe-core finds wrong: the rule and the elements."""
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("([within, rules]) => axe.run(within, {runOnly: rules})", [within, RULES])
    assert len(found["passes"]) > (10 if within == "html" else 0), "axe-core did not run"
    return {one["id"]: [node["html"][:150] for node in one["nodes"]] for one in found["violations"]}


LOOKS = [(size, theme) for size in ("desktop", "phone") for theme in ("light", "dark")]


@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_page_has_no_violation(visit, page, size, theme):
    """Also what is folded, once it is unfolded."""
    opened = visit(page, size, theme).page
    opened.emulate_media(reduced_motion="reduce")  # or what is fading in would be too pale
    opened.evaluate("document.querySelectorAll('details').forEach(folded => folded.open = true)")
    assert opened.evaluate("document.documentElement.dataset.theme") == theme
    assert violations(opened) == {}


@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_search_has_no_violation(visit, size, theme):
    """The box once it is open, the answers once they are there, and what is said when there are none."""
    opened = visit("notebooks/policy/five_schools", size, theme).page
    opened.locator(".search-button__button:visible, .search-button:visible").first.click()
    box = opened.locator("input[type=search]:visible")
    box.fill("差异系数")
    assert violations(opened) == {}
    box.press("Enter")
    opened.wait_for_selector("#search-results li .highlighted")
    assert violations(opened) == {}
    box = opened.locator("input[type=search]:visible")
    box.fill("量子色动力学")
    box.press("Enter")
    opened.locator(".search-summary").get_by_role("link").wait_for()
    assert violations(opened) == {}


@pytest.mark.parametrize(
    "fault", ["<img src='x.png'>", "<p style='color: #ccc; background: #fff'>看不清</p>"]
)
def test_checker_finds_faults(visit, fault):
    opened = visit("book/glossary").page
    opened.evaluate(
        "fault => document.querySelector('article').insertAdjacentHTML('afterbegin', fault)", fault
    )
    assert violations(opened)
