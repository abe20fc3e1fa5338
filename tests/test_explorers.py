"""Explorers: their states are the library's values, and they move in the page, in Jupyter and on paper."""

import gzip
import json
import re
from html import unescape
from io import BytesIO

import matplotlib.image
import nbformat
import numpy as np
import pytest
import yaml
from bs4 import BeautifulSoup
from conftest import CHROMIUM, ROOT
from myst_nb.core.render import get_mime_priority
from nbclient import NotebookClient

from balancelib.course.example import five_schools
from balancelib.figures import Answer, Bars, choice, explore, explore_cv, slider
from balancelib.figures.explorers import CODES, IN_BOOK, MOST_STATES, SAY

LESSON = "notebooks/policy/five_schools"
WIDGET = "application/vnd.jupyter.widget-view+json"
needs_browser = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium: explorers were not moved in a browser"
)


@pytest.fixture(scope="module")
def explorer():
    schools = five_schools()
    return explore_cv(schools["图书册数"], schools["学生数"])


@pytest.fixture(scope="module")
def states(explorer):
    return explorer.all_states()


def unpacked(page):
    """What the script of the book makes of a page's states: as book/_static/explorer.js, in Python."""
    data = json.loads(re.search(r'<script type="application/json">(.*?)</script>', page, re.DOTALL)[1])
    columns = [
        [c[0][CODES.index(letter)] for letter in c[1]] if isinstance(c[0], list) else c
        for c in data["columns"]
    ]
    return [
        "".join(columns[piece][i] if isinstance(piece, int) else piece for piece in data["template"])
        for i in range(len(columns[0]))
    ]


# What is answered


def by_hand(school, more_pupils, more_books):
    """Mean, S and CV under the four formulas, by numpy alone."""
    schools = five_schools()
    p, y = (schools[c].to_numpy(float) for c in ("学生数", "图书册数"))
    i = schools.index.get_loc(school)
    p[i] += more_pupils
    y[i] += more_books
    x, county = y / p, y.sum() / p.sum()
    s = np.sqrt(np.average((x - county) ** 2, weights=p))
    return [
        (m, d, d / m)
        for m, d in [(county, s), (x.mean(), x.std()), (x.mean(), x.std(ddof=1)), (county, x.std())]
    ]


def test_starts_with_the_published_county(explorer):
    rows = {name: cells for name, *cells in explorer.beginning.rows}
    assert rows == {
        "官方口径": ["6.334", "3.264", f"{0.515256630:.6f}", "超过"],
        "算错一": ["5.965", "2.915", "0.488771", "不超过"],
        "算错二": ["5.965", "3.259", "0.546462", "超过"],
        "算错三": ["6.334", "2.915", "0.460229", "不超过"],
    }


def test_all_states_are_those_of_the_formulas(explorer, states):
    values = [control.values for control in explorer.controls.values()]
    combinations = [(a, b, c) for a in values[0] for b in values[1] for c in values[2]]
    assert len(combinations) == len(states) > 2000
    for combination, state in zip(combinations, states, strict=True):
        for row, (mean, s, value) in zip(state.rows, by_hand(*combination), strict=True):
            assert row[1:3] == [f"{mean:.3f}", f"{s:.3f}"]
            assert float(row[3]) == pytest.approx(value, abs=5.001e-7)
            assert row[4] == ("超过" if value > 0.5 else "不超过")
            assert (float(row[3]) > 0.5) == (value > 0.5), "the number shown contradicts the verdict"
            assert row[3] in state.sentence


def test_what_the_lesson_says_of_the_moves_is_so(explorer):
    verdicts = [row[4] for row in explorer.answer("学校四", 0, 240).rows]
    assert verdicts == ["不超过"] * 4
    before = [float(row[3]) for row in explorer.beginning.rows]
    after = [float(row[3]) for row in explorer.answer("学校三", 0, 240).rows]
    assert all(b < a for b, a in zip(before, after, strict=True))
    fewer = [row[4] for row in explorer.answer("学校四", -15, 0).rows]
    assert (fewer[0], fewer[2]) == ("不超过", "超过")


def test_bars_stay_on_their_scale(states):
    assert all(max(panel.values) <= panel.top for state in states for panel in state.panels)


def test_too_small_a_school_is_refused():
    schools = five_schools()
    with pytest.raises(ValueError, match="至少要有16名学生"):
        explore_cv(schools["图书册数"], schools["学生数"] - 22)


# The three forms


def test_page_replays_what_the_library_answered(explorer, states):
    assert unpacked(explorer.page()) == [f"{s.seen()}{SAY}{s.sentence}" for s in states]


def test_page_holds_no_script_of_its_own_nor_widget(explorer):
    soup = BeautifulSoup(explorer.page(), "html.parser")
    assert [script["type"] for script in soup("script")] == ["application/json"]
    assert "hidden" in soup.select_one(".explorer-controls").attrs, "controls that nobody answers are shown"
    assert soup.select_one(".explorer-said").get_text() == explorer.beginning.sentence


def test_names_of_schools_cannot_break_the_page():
    schools = five_schools().rename(index={"学校一": '甲</script><b>"校&1'})
    page = explore_cv(schools["图书册数"], schools["学生数"]).page()
    soup = BeautifulSoup(page, "html.parser")
    assert soup.find("b") is None
    assert soup.option.get_text() == '甲</script><b>"校&1'
    assert '甲</script><b>"校&1' in unescape(unpacked(page)[0])


def test_jupyter_shows_widgets_and_the_book_does_not(explorer, monkeypatch):
    monkeypatch.delenv(IN_BOOK, raising=False)
    assert WIDGET in explorer._repr_mimebundle_()[0]
    monkeypatch.setenv(IN_BOOK, "1")
    data, about = explorer._repr_mimebundle_()
    assert set(data) == {"text/html", "image/png", "application/pdf"}
    assert about["image/png"]["alt"] == explorer.beginning.alternative_text
    assert matplotlib.image.imread(BytesIO(data["image/png"])).shape[0] > 500


def test_widgets_show_what_the_page_shows(explorer):
    school, pupils, books, button, shown, said = explorer.live().children
    assert shown.value == explorer.beginning.seen()
    school.index, pupils.index, books.index = 3, 0, len(books.options) - 1
    moved = explorer.answer("学校四", pupils_change := -15, 300)
    assert pupils.label == f"−{-pupils_change}名"
    assert shown.value == moved.seen()
    assert moved.sentence in said.value
    button.click()
    assert shown.value == explorer.beginning.seen()


def test_lesson_with_a_live_kernel_shows_widgets(monkeypatch):
    monkeypatch.delenv(IN_BOOK, raising=False)
    notebook = nbformat.read(ROOT / f"{LESSON}.ipynb", as_version=4)
    NotebookClient(notebook, resources={"metadata": {"path": str(ROOT / "notebooks/policy")}}).execute()
    (output,) = next(cell for cell in notebook.cells if cell.id == "explorer-figure").outputs
    assert WIDGET in output.data


@pytest.mark.parametrize(
    ("builder", "first"), [("html", "text/html"), ("latex", "image/png"), ("epub", "image/png")]
)
def test_each_form_of_the_book_takes_its_own(builder, first):
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    overrides = settings["sphinx"]["config"]["nb_mime_priority_overrides"]
    order = get_mime_priority(builder, overrides)
    assert min({"text/html", "image/png"} & set(order), key=order.index) == first


def test_a_later_explorer_is_a_few_lines():
    def answer(stage, pupils):
        area = 900 / pupils
        bars = Bars("生均面积", [stage], [area], [f"{area:.2f}"], top=10)
        return Answer([bars], ["学段", "生均"], [[stage, f"{area:.2f}"]], f"{stage}{area:.2f}平方米。")

    controls = {
        "stage": choice("学段", ["小学", "初中"]),
        "pupils": slider("学生数", [100, 200], "名", start=200),
    }
    one = explore(answer, controls, "面积与人数")
    assert one.beginning.sentence == "小学4.50平方米。"
    assert [text.split(SAY)[1] for text in unpacked(one.page())][2:] == [
        "初中9.00平方米。",
        "初中4.50平方米。",
    ]


def test_too_many_states_are_refused():
    many = {"x": slider("数", range(MOST_STATES + 1))}
    with pytest.raises(ValueError, match="太重"):
        explore(lambda x: x, many, "太多").all_states()


# The built page


def test_built_page_stores_no_widgets(site):
    html = (site / f"{LESSON}.html").read_text(encoding="utf-8")
    assert 'class="explorer"' in html
    assert not re.search(r"jupyter\.widget|ipywidgets|require(\.min)?\.js", html)


def test_explorer_leaves_room_in_the_page_budget(site, explorer):
    """A page with explorers may weigh 450 kB, one of text 250 kB: the difference is theirs."""
    parts = [
        explorer.page().encode(),
        *((site / "_static" / f"explorer.{end}").read_bytes() for end in ("js", "css")),
    ]
    assert sum(len(gzip.compress(part)) for part in parts) < 120_000
    page = (site / f"{LESSON}.html").read_bytes()
    assert len(gzip.compress(page)) < 150_000


@pytest.fixture
def open_lesson(browser, site):
    contexts = []

    def open_page(width=1280, script=True):
        context = browser.new_context(
            viewport={"width": width, "height": 812},
            offline=True,
            java_script_enabled=script,
            has_touch=width < 500,
        )
        contexts.append(context)
        page = context.new_page()
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto((site / f"{LESSON}.html").as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.browser
@needs_browser
def test_keyboard_moves_figure_and_spoken_numbers(open_lesson, explorer):
    page = open_lesson()
    said, figure = page.locator(".explorer-said"), page.locator(".explorer-figure")
    assert said.get_attribute("aria-live") == "polite"
    kept = said.element_handle()
    page.locator(".explorer select").focus()
    for key in ("ArrowDown",) * 3:
        page.keyboard.press(key)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    before = figure.evaluate("f => f.outerHTML")
    for _ in range(240 // 20):
        page.keyboard.press("ArrowRight")
    moved = explorer.answer("学校四", 0, 240)
    slider = page.locator(".explorer input").nth(1)
    assert slider.get_attribute("aria-valuetext") == "+240册"
    assert said.inner_text() == moved.sentence
    assert kept.evaluate("e => e.isConnected"), "the region was replaced: nothing would be read out"
    assert figure.get_attribute("aria-label") == moved.alternative_text
    assert figure.evaluate("f => f.outerHTML") != before
    cells = page.locator(".explorer tbody tr").first.locator("td").all_inner_texts()
    assert cells == list(moved.rows[0][1:])
    page.get_by_role("button", name="回到开始的位置").press("Enter")
    assert said.inner_text() == explorer.beginning.sentence
    assert [url for url in page.asked if not url.startswith("file:")] == []


@pytest.mark.browser
@needs_browser
def test_touch_moves_it_and_controls_are_large_enough(open_lesson, explorer):
    page = open_lesson(width=375)
    for control in page.locator(".explorer :is(select, input, button)").all():
        assert control.bounding_box()["height"] >= 44
    page.locator(".explorer input").first.scroll_into_view_if_needed()
    box = page.locator(".explorer input").first.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] - 2, box["y"] + box["height"] / 2)
    assert page.locator(".explorer-said").inner_text() == explorer.answer("学校一", 45, 0).sentence
    table = page.locator(".explorer-table")
    assert table.evaluate("t => t.scrollWidth <= t.clientWidth"), "the verdicts are out of sight"


@pytest.mark.browser
@needs_browser
def test_move_is_drawn_within_50_ms(open_lesson):
    """Script and layout of the slowest of 40 moves, and the usual time until its frame is drawn."""
    slowest, to_frame = open_lesson().evaluate(
        """async () => {
            const slider = document.querySelectorAll(".explorer input")[1];
            const figure = () => document.querySelector(".explorer-figure");
            const drawn = () => new Promise(done => requestAnimationFrame(() => {
                const after = new MessageChannel();  // its message comes after the frame
                after.port1.onmessage = done;
                after.port2.postMessage(0);
            }));
            const work = [], frames = [];
            for (let i = 0; i < 40; i++) {
                await drawn();
                const start = performance.now(), before = figure();
                slider.value = i % 22;
                slider.dispatchEvent(new Event("input", {bubbles: true}));
                figure().getBoundingClientRect();
                work.push(performance.now() - start);
                if (figure() === before) throw new Error("nothing was drawn");
                await drawn();
                frames.push(performance.now() - start);
            }
            return [Math.max(...work), frames.sort((a, b) => a - b)[20]];
        }"""
    )
    assert slowest <= 50
    assert to_frame <= 50


@pytest.mark.browser
@needs_browser
def test_without_script_the_beginning_is_shown(open_lesson, explorer):
    page = open_lesson(script=False)
    assert page.locator(".explorer-said").inner_text() == explorer.beginning.sentence
    assert page.locator(".explorer-figure").is_visible()
    assert page.locator(".explorer input:visible").count() == 0
