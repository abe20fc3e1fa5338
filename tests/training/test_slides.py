"""Slides of a lesson: what they show, what is only said, and that the page needs nothing from anywhere."""

import re
import shutil
import subprocess
import sys

import nbformat
import pytest
from bs4 import BeautifulSoup
from conftest import ROOT
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from balancelib.course.quiz.model import load_quiz
from balancelib.course.training.catalogue import catalogue, read_lesson
from balancelib.course.training.course import Course, Taught
from balancelib.course.training.run import run_all
from balancelib.course.training.slides import lay_slides, make_deck, write_page
from balancelib.course.training.slides.desk import MOST_LINES, Point, chunks
from balancelib.course.training.slides.fitting import height, points, sentences, shortened, width
from balancelib.course.training.slides.formula import linear
from balancelib.course.training.slides.myst import BOLD, PLAIN, Formula, Grid, Said, plain, read
from balancelib.course.training.slides.outline import numbers, slides, trainers_notes
from balancelib.course.training.slides.outputs import table
from balancelib.course.training.slides.runs import runs

LESSONS = [one for module in catalogue(ROOT) for one in module.lessons if not one.is_exercises]
MARKS = re.compile(r"\{\w[\w:]*\}`|\]\(|\*\*(?!which)|:::|```|\\frac|\$|[\x00-\x08]")
HOSTILE = '<script>alert("1")</script>&amp;'


def outline(lesson):
    notebook = nbformat.read(lesson.path, as_version=4)
    return notebook, slides(notebook, load_quiz(lesson.quiz) if lesson.quiz else None)


@pytest.fixture(scope="module")
def outlines():
    return {lesson.page: (lesson, *outline(lesson)) for lesson in LESSONS}


@pytest.fixture(scope="module")
def laid(tmp_path_factory):
    """The slides of a lesson that was run, for trainees and for trainers."""
    folder = tmp_path_factory.mktemp("slides")
    notebooks = folder / "notebooks" / "policy"
    notebooks.mkdir(parents=True)
    for file in (ROOT / "notebooks" / "policy").glob("five_schools.*"):
        shutil.copy(file, notebooks)
    (folder / "data").symlink_to(ROOT / "data")
    run_all([notebooks / "five_schools.ipynb"], "", lambda _: None)
    lesson = read_lesson(notebooks / "five_schools.ipynb")
    course = Course(title="星河县培训班")
    lay_slides(course, [Taught(lesson, 40)], folder / "notebooks", folder / "trainee", folder / "trainer")
    return folder


def page(laid, who):
    text = (laid / who / "policy_five_schools.html").read_text(encoding="utf-8")
    return text, BeautifulSoup(text, "lxml")


def test_every_lesson_has_slides_of_all_its_sections(outlines):
    for lesson, notebook, made in outlines.values():
        titles = {slide.title.partition("：第")[0] for slide in made} | {slide.title for slide in made}
        for cell in notebook.cells:
            for heading in re.findall(r"^## (.+)$", cell.source, re.MULTILINE):
                said = re.sub(r"[*`]", "", heading)
                assert said in titles, f"{lesson.page}: {heading}"
        assert made[-1].title == "要点", lesson.page
        assert made[0].title == "这一课的问题", lesson.page


def test_no_slide_holds_more_than_it_can_or_shows_marks(outlines):
    for lesson, _, made in outlines.values():
        for slide in made:
            texts = [point.text for point in slide.points if point.kind != "formula"]
            texts += [cell for row in slide.grid.rows for cell in row] if slide.grid else []
            for text in [plain(text) for text in texts] + [slide.title, slide.notes]:
                assert not MARKS.search(text), f"{lesson.page}, {slide.heading}: {text}"
            if slide.kind == "section":
                used = sum(point.weight for point in slide.points)
                assert used <= 1 + 1e-9, (lesson.page, slide.heading)
                assert len(slide.points) == 1 or sum(p.lines for p in slide.points) <= MOST_LINES
            assert not slide.grid or height(slide.grid) <= 500, (lesson.page, slide.heading)
            assert slide.points or slide.figure or slide.grid


def test_all_that_the_text_says_is_in_the_notes(outlines):
    for lesson, notebook, made in outlines.values():
        notes = "\n".join(slide.notes for slide in made)
        names = numbers(notebook)
        for cell in notebook.cells[1:]:
            if cell.cell_type == "markdown":
                for block in read(cell.source, names):
                    assert not isinstance(block, Said) or plain(block.text) in notes, lesson.page


def test_answers_are_said_and_not_shown(outlines):
    for lesson, notebook, made in outlines.values():
        shown = "\n".join(point.text for slide in made for point in slide.points if slide.title == "练一练")
        notes = "\n".join(slide.notes for slide in made if slide.title == "练一练")
        hidden = [cell for cell in notebook.cells if "hide-cell" in cell.metadata.get("tags", [])]
        printed = [
            line for cell in hidden for one in cell.outputs for line in one.get("text", "").splitlines()
        ]
        assert hidden and "答案：" in notes, lesson.page
        for line in filter(None, map(str.strip, printed)):
            assert line in notes and line not in shown, (lesson.page, line)


def test_a_quiz_is_asked_and_its_answers_are_said(outlines):
    lesson, _, made = outlines["policy/equity"]
    asked = [slide for slide in made if slide.kind == "quiz"]
    quiz = load_quiz(lesson.quiz)
    assert [slide.points[0].text for slide in asked] == [question.text for question in quiz.questions]
    assert (
        asked[0].notes.partition("答案：")[2].startswith("A。\nA：" + quiz.questions[0].options[0].feedback)
    )
    assert "答案：0.12。" in asked[1].notes
    every = "\n".join(point.text for slide in made for point in slide.points)
    assert not any(option.feedback in every for question in quiz.questions for option in question.options)


def test_the_trainers_page_is_found_for_every_lesson_of_a_chapter():
    for lesson in LESSONS:
        text = (ROOT / "book" / "trainers" / f"{lesson.module}.md").read_text(encoding="utf-8")
        said = trainers_notes(lesson.page, text)
        assert "目的" in said and not MARKS.search(said), lesson.page
    assert trainers_notes("policy/nowhere", text) == ""


def test_labels_are_called_by_their_numbers():
    figure = {"mystnb": {"figure": {"caption": "甲。", "name": "fig-a"}}}
    cells = [
        new_markdown_cell("(x)=\n# 题\n\n见{numref}`fig-a`、{numref}`tab-b`、{eq}`eq-c`和{numref}`fig-far`。"),
        new_markdown_cell("(x-s)=\n## 节\n\n```{math}\n:label: eq-c\n\na\n```\n\n```{list-table} 乙\n:name: tab-b\n:header-rows: 1\n\n* - 一\n  - 二\n* - {term}`三`\n  - **四**\n```"),
        new_code_cell("", metadata=figure),
    ]  # fmt: skip
    names = numbers(new_notebook(cells=cells))
    assert [names[key] for key in ("fig-a", "tab-b", "eq-c", "x-s")] == ["图1", "表1", "式（1）", "“节”"]
    first = next(block for block in read(cells[0].source, names) if isinstance(block, Said))
    assert first.text == "见图1、表1、式（1）和另一课的图。"
    _, formula, grid = read(cells[1].source, names)
    assert formula == Formula("a", "式（1）")
    assert grid == Grid(("一", "二"), (("三", "四"),), "乙")


def test_what_a_paragraph_comes_to():
    bold = f"头一句说了这些这些这些话。不要紧的一句。{BOLD}要紧的{PLAIN}一句。下面是："
    assert points(bold, item=False) == [f"头一句说了这些这些这些话。{BOLD}要紧的{PLAIN}一句。"]
    assert points("所以：", item=False) == []
    assert points("（手机上左右滑动。）要紧的这一句。", item=False) == ["要紧的这一句。"]
    assert points("一。二。", item=True) == ["一。二。"]
    assert sentences(f"{BOLD}甲。乙{PLAIN}丙。") == [f"{BOLD}甲。{PLAIN}", f"{BOLD}乙{PLAIN}丙。"]
    assert runs(f"平常{BOLD}要紧{PLAIN}。") == [("平常", False), ("要紧", True), ("。", False)]
    long = "，".join(["十个字十个字十个字十"] * 12) + "。"
    assert width(shortened(long)) <= 68 and shortened(long).endswith("……")
    assert shortened("长" * 200).count("长") == 65


def test_points_fill_slides_evenly():
    assert [len(found) for found in chunks([Point("短")] * 6)] == [3, 3]
    assert [len(found) for found in chunks([Point("短", "printed")] * 8)] == [8]
    assert [len(found) for found in chunks([Point("长" * 150)] * 3)] == [2, 1]
    assert chunks([]) == []


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\frac{p}{1-p}", "p/(1−p)"),
        (r"\ln\frac{p}{1-p}", "ln(p/(1−p))"),
        (r"\hat u_{j1} \ge \bar x^2", "û_(j1) ≥ x̄²"),
        (r"\begin{aligned} a &= 1 \\ b &= \sqrt{2} \end{aligned}", "a = 1\nb = √2"),
        (r"\binom{n}{k}", "(C(n, k))"),
        (r"\text{误报率} = 10\%", "误报率 = 10%"),
    ],
)
def test_a_formula_in_a_line(latex, text):
    assert linear(latex) == text


def test_python_ends_after_a_formula_was_drawn():
    """V8's thread, left open, kept a process waiting for ever."""
    code = "from balancelib.course.weight import render_formula; print(len(render_formula('x')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60, check=True, cwd=ROOT)
    assert int(done.stdout) > 100


def test_tables_of_pandas_are_read():
    import pandas as pd  # noqa: PLC0415

    many = pd.DataFrame(
        {("小学", "班"): [1, 2], ("小学", "人"): [3, 4]},
        index=pd.MultiIndex.from_tuples([("甲", "一"), ("甲", "二")], names=["县", "校"]),
    )
    read_back = table(many.to_html())
    assert read_back.header == ("县", "校", "小学·班", "小学·人")
    assert read_back.rows == (("甲", "一", "1", "3"), ("", "二", "2", "4"))
    assert table("<p>没有表</p>") == Grid((), ())


def test_a_page_loads_only_what_lies_beside_it(laid):
    for who in ("trainee", "trainer"):
        text, soup = page(laid, who)
        links = [one.get("src") or one["href"] for one in soup.select("[src], [href]")]
        beside = [link for link in links if not link.startswith("data:image/png")]
        assert beside and all((laid / who / link).is_file() for link in beside)
        outside = set(re.findall(r"https?://[^\"'<\s]+", text))
        assert outside <= {"http://www.w3.org/1998/Math/MathML"}
        assert soup.html["lang"] == "zh-CN"
        style = (laid / who / "reveal" / "dist" / "theme" / "white.css").read_text("utf-8")
        assert "@import" not in style


def test_notes_are_for_trainers(laid):
    trainee, of_trainee = page(laid, "trainee")
    trainer, of_trainer = page(laid, "trainer")
    assert not of_trainee.select("aside") and "notes.js" not in trainee
    assert len(of_trainer.select("aside.notes")) == len(of_trainer.select(".slides section > section"))
    assert "学员常弄错的" in of_trainer.select_one("aside").text
    assert "答案：" in trainer and "答案：" not in trainee
    assert not list((laid / "trainee").glob("*.pptx"))
    first = of_trainee.select_one("section")
    assert "用时40分钟" in first.text and "星河县培训班" in first.text
    assert "县是合成的" not in first.text  # it is about five schools that were published


def test_figures_say_what_they_show(laid):
    pictures = page(laid, "trainee")[1].select("img")
    assert pictures and all(len(picture["alt"]) > 20 for picture in pictures)


def test_what_is_no_markup_stays_text(tmp_path):
    grid = f"<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>{'&lt;b&gt;x'}</td></tr></tbody></table>"
    png = {"image/png": "iVBORw0KGgo="}
    shown = [
        new_output("stream", name="stdout", text=HOSTILE),
        new_output("display_data", data=png, metadata={"image/png": {"alt": '"><script>'}}),
        new_output("execute_result", data={"text/html": grid}),
    ]
    cells = [new_markdown_cell(f"# {HOSTILE}\n\n`{HOSTILE}`{{{{ 7*7 }}}}"), new_code_cell("", outputs=shown)]
    cells.append(new_markdown_cell(f"## `{HOSTILE}`\n\n- `{HOSTILE}`\n\n$a<b$"))
    path = tmp_path / "x.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    deck = make_deck(read_lesson(path), nbformat.read(path, 4), HOSTILE, 5, notes=HOSTILE)
    write_page(deck, tmp_path / "x.html", notes=True)
    soup = BeautifulSoup((tmp_path / "x.html").read_text(encoding="utf-8"), "lxml")
    assert len(soup.select("script")) == 3 and "alert" not in "".join(one.text for one in soup("script"))
    assert soup.select_one("h2").text == "这一课的问题" and HOSTILE in soup.select_one("h1").text
    assert soup.select_one("td").text == "<b>x" and "{{ 7*7 }}" in soup.text
    assert soup.select_one("img")["alt"] == '"><script>' and HOSTILE in soup.select_one("aside").text


def test_the_same_lesson_makes_the_same_page(laid, tmp_path):
    lesson = read_lesson(laid / "notebooks" / "policy" / "five_schools.ipynb")
    notebook = nbformat.read(lesson.path, as_version=4)
    for name in ("one", "two"):
        write_page(make_deck(lesson, notebook, "班", 40), tmp_path / name, notes=True)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_another_county_is_named(laid):
    lesson = read_lesson(laid / "notebooks" / "policy" / "five_schools.ipynb")
    cells = [new_markdown_cell("# 题\n\n问。"), new_code_cell("use_county()", id="use-county")]
    cells[1].outputs = [
        new_output("stream", name="stdout", text="用的县：星河县，9所学校，来自../x。\n更多\n")
    ]
    deck = make_deck(lesson, new_notebook(cells=cells), "班", 40)
    assert deck.about.startswith("用的县：星河县，9所学校。") and "云岭县（合成）" in deck.about
