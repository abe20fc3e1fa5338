"""Slides in a browser without a network, opened from the disk: all fits, all can be read, the speaker has a window."""

import re

import nbformat
import pytest
from conftest import NEEDS_BROWSER, ROOT

from balancelib.course.training.catalogue import read_lesson
from balancelib.course.training.slides import make_deck, write_page
from balancelib.course.training.slides.reveal import lay_reveal

pytestmark = NEEDS_BROWSER

LESSONS = ("policy/levels", "resources/funding")  # tall formulas, wide ones, long tables, a quiz
SMALLEST = 24  # pixels
MEASURED = """() => {
  const slide = Reveal.getCurrentSlide(), edge = slide.getBoundingClientRect();
  const seen = [...slide.querySelectorAll('h1, h2, p, li, td, th, caption, figcaption, .katex-html')];
  const boxes = seen.map(one => one.getBoundingClientRect());
  return {
    title: slide.querySelector('h1, h2').textContent,
    below: Math.max(...boxes.map(box => box.bottom)) - edge.bottom,
    beside: Math.max(...boxes.map(box => box.right)) - edge.right,
    scrolls: slide.scrollHeight - slide.clientHeight,
    text: Math.min(...seen.filter(one => !one.matches('.katex-html')).map(one => parseFloat(getComputedStyle(one).fontSize))) * Reveal.getScale(),
  };
}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("slides")
    lay_reveal(target)
    for name in LESSONS:
        lesson = read_lesson(ROOT / "notebooks" / f"{name}.ipynb")
        deck = make_deck(lesson, nbformat.read(lesson.path, as_version=4), "星河县培训班", 45, "先说目的。")
        write_page(deck, target / f"{lesson.name}.html", notes=True)
    return target


@pytest.fixture
def opened(browser, folder):
    """Open slides; what went wrong is kept."""
    contexts = []

    def open_slides(name, size=(1280, 800)):
        width, height = size
        context = browser.new_context(viewport={"width": width, "height": height}, offline=True)
        contexts.append(context)
        page, wrong = context.new_page(), []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("requestfailed", lambda request: wrong.append(request.url))
        page.goto((folder / name).as_uri())
        page.wait_for_function("Reveal.isReady()")
        return page, wrong

    yield open_slides
    for context in contexts:
        context.close()


@pytest.mark.parametrize("size", [(1024, 768), (1920, 1080)], ids=["old", "wide"])
@pytest.mark.parametrize("name", [lesson.partition("/")[2] for lesson in LESSONS])
def test_every_slide_fits_and_can_be_read(opened, name, size):
    page, wrong = opened(f"{name}.html", size)
    titles = []
    for _ in range(page.evaluate("Reveal.getTotalSlides()")):
        found = page.evaluate(MEASURED)
        assert found["below"] <= 1 and found["beside"] <= 1 and found["scrolls"] <= 0, found
        assert found["text"] >= SMALLEST, found
        titles.append(found["title"])
        page.keyboard.press("ArrowRight")
    assert titles[-1].startswith("要点") and "练一练" in titles  # the arrow goes through all of them
    assert not wrong


def test_the_speaker_has_a_window_with_the_notes(opened):
    page, wrong = opened("funding.html")
    with page.expect_popup() as popup:
        page.keyboard.press("s")
    window = popup.value
    window.wait_for_function(
        "document.querySelector('.speaker-controls-notes').innerText.includes('先说目的。')"
    )
    page.keyboard.press("ArrowRight")
    window.wait_for_function(
        "document.querySelector('.speaker-controls-notes').innerText.includes('县教育局计财股长问')"
    )
    assert not wrong
    assert window.title() == "讲者窗口"
    own = " ".join(
        window.locator("#upcoming-slide, #speaker-controls h4, option, #speaker-layout").all_inner_texts()
    )
    assert all(said in own for said in ("下一页", "用时", "备注", "排法：平常"))
    assert not re.search("[A-Za-z]", own)


def test_the_keys_are_told_in_chinese(opened):
    page, wrong = opened("funding.html")
    page.evaluate("Reveal.toggleHelp(true)")  # as the key ? does
    told = page.locator(".overlay-help").inner_text()
    assert "下一页" in told and "打开讲者窗口" in told
    assert set(re.findall("[A-Za-z]{2,}", told)) == {"SPACE", "Alt", "Shift", "ESC"}
    assert not wrong


def test_slides_are_printed_each_with_its_notes(opened):
    page, _ = opened("funding.html")
    slides = page.evaluate("Reveal.getTotalSlides()")
    page.goto(page.url.partition("#")[0] + "?print-pdf")
    page.wait_for_selector(".speaker-notes-pdf")
    assert page.locator(".pdf-page").count() >= slides
    assert page.locator(".speaker-notes-pdf").count() >= slides - 1
