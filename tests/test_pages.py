"""The built pages in a real browser, opened from the disk with the network closed: as from a USB stick."""

import pytest
from conftest import NEEDS_BROWSER

SIZES = {"desktop": (1280, 900), "phone": (375, 812)}

pytestmark = NEEDS_BROWSER


class Visit:
    """A page once opened, with all that went wrong on the way."""

    def __init__(self, browser, path, size):
        width, height = SIZES[size]
        self.context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
        self.page = self.context.new_page()
        self.outside, self.errors, self.failed = [], [], []
        self.page.on("request", self.note_request)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("requestfailed", lambda request: self.failed.append(request.url))
        self.page.goto(path.as_uri(), wait_until="load")

    def note_request(self, request):
        if not request.url.startswith(("file:", "data:", "blob:", "about:")):
            self.outside.append(request.url)


@pytest.fixture
def visit(browser, site):
    visits = []

    def open_page(name, size="desktop"):
        visits.append(Visit(browser, site / f"{name}.html", size))
        return visits[-1]

    yield open_page
    for one in visits:
        one.context.close()


@pytest.mark.parametrize("size", SIZES)
def test_page_opens_whole_without_the_network(visit, page, size):
    found = visit(page, size)
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
