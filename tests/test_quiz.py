"""The lessons' quizzes: what their files may say, what they quote, and how they answer in the page, in Jupyter and on paper."""

import re
from html import escape

import nbformat
import numpy as np
import pytest
import yaml
from bs4 import BeautifulSoup
from conftest import ROOT, pages_of
from hypothesis import given
from hypothesis import strategies as st
from markdown_it.renderer import RendererHTML
from myst_nb.core.render import get_mime_priority
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser
from nbclient import NotebookClient

from balancelib.course.example import five_schools
from balancelib.course.execution import digest
from balancelib.course.quiz import Form, QuizError, load_quiz, quiz
from balancelib.course.quiz.forms import in_markdown
from balancelib.course.search import questions
from balancelib.figures.explorers import IN_BOOK
from balancelib.measures import cv
from balancelib.standards import load_standard

SETTINGS = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
NO_LESSONS = {"exercises", "solutions"}
LESSONS = [  # in the modules' folders, and that of the guide; beside these lie pages like that of the desk
    page
    for page in pages_of(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8")))
    if page == "notebooks/mistakes"
    or (page.startswith("notebooks/") and page.count("/") == 2 and page.split("/")[-1] not in NO_LESSONS)
]
SAMPLE = """
[[questions]]
id = "mean"
text = "县均值怎样算？"

[[questions.options]]
text = "各校生均加起来，除以学校数"
feedback = "每所学校一样重了。"

[[questions.options]]
text = "总量÷总学生数"
right = true
feedback = "先加总，再相除。"

[[questions]]
id = "faults"
text = "错在哪里？"

[[questions.options]]
text = "没有加权"
right = true
feedback = "式子里没有学生数。"

[[questions.options]]
text = "分母减了1"
right = true
feedback = "不是抽样。"

[[questions.options]]
text = "没有乘100"
feedback = "比值不变。"

[[questions]]
id = "split"
text = "小学部分分到多少册？"

[questions.number]
value = 1000.5
tolerance = 1
unit = "册"
feedback = "先折算，再分摊。"
otherwise = "先把初中生乘1.1。"

[[questions.number.wrong]]
value = 3200
feedback = "还没有分摊。"
"""


def lesson_quiz(page):
    return load_quiz(ROOT / f"{page}.quiz.toml")


@pytest.fixture
def write(tmp_path):
    def write_file(text=SAMPLE):
        path = tmp_path / "lesson.quiz.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


# What a file may say


def test_sample_is_read(write):
    mean, faults, split = load_quiz(write()).questions
    assert [question.several for question in (mean, faults, split)] == [False, True, False]
    assert (split.number.value, split.number.unit, split.number.wrong[0].value) == (1000.5, "册", 3200)


@pytest.mark.parametrize(
    ("old", "new", "key", "reason"),
    [
        ('id = "faults"', 'id = "mean"', "questions.mean", "写了两遍"),
        ('id = "mean"', 'id = "县均值"', "questions.县均值.id", "只能用小写英文字母"),
        ('id = "mean"\n', "", "questions.第1条", "缺少id"),
        ('text = "县均值怎样算？"', 'text = ""', "questions.mean.text", "不能是空的"),
        ('feedback = "每所学校一样重了。"', "", "questions.mean.options.第1条", "缺少feedback"),
        ('feedback = "还没有分摊。"', "", "questions.split.number.wrong.第1条", "缺少feedback"),
        ('otherwise = "先把初中生乘1.1。"', "", "questions.split.number", "缺少otherwise"),
        ("right = true", 'right = "对"', "questions.mean.options.第2条.right", "应为true或false"),
        ("right = true", "rihgt = true", "questions.mean.options.第2条", "不认识的键rihgt"),
        ("value = 1000.5", 'value = "多"', "questions.split.number.value", "应为数"),
        ("value = 1000.5", "value = nan", "questions.split.number.value", "数值应"),
        ("tolerance = 1", "tolerance = -1", "questions.split.number.tolerance", "数值应>= 0"),
        ("value = 3200", "value = 1002", "questions.split.number.wrong.第1条", "和1000.5分不开"),
        ("总量÷总学生数", "各校生均加起来，除以学校数", "questions.mean.options", "两个选项一样"),
        ("right = true\nfeedback = \"先加总", 'feedback = "先加总', "questions.mean.options", "没有一个选项是对的"),
        ('feedback = "每所', 'right = true\nfeedback = "每所', "questions.mean.options", "没有一个选项是错的"),
        ('text = "小学部分分到多少册？"', 'text = "？"\noptions = [{text = "一", feedback = "二"}]', "questions.split", "二者只写一种"),
        ("[[questions.options]]", "[[questions.choices]]", "questions.mean", "不认识的键choices"),
        ('id = "mean"', 'id = "mean', "—", "引号可能没有关上"),
    ],
)  # fmt: skip
def test_malformed_file_is_refused(write, old, new, key, reason):
    assert old in SAMPLE
    with pytest.raises(QuizError) as error:
        load_quiz(write(SAMPLE.replace(old, new, 1)))
    assert (error.value.file, error.value.key) == ("lesson.quiz.toml", key)
    assert reason in error.value.reason
    assert str(error.value).startswith("测验文件lesson.quiz.toml，键")


def test_number_of_questions(write):
    split = SAMPLE[SAMPLE.rindex("[[questions]]") :]
    more = [split.replace('id = "split"', f'id = "more_{i}"') for i in range(3)]
    assert len(load_quiz(write(SAMPLE + "".join(more[:2]))).questions) == 5
    for text, count in ((SAMPLE.removesuffix(split), 2), (SAMPLE + "".join(more), 6)):
        with pytest.raises(QuizError, match=f"3到5道题，现在是{count}道"):
            load_quiz(write(text))


def test_too_many_options_are_refused(write):
    option = '[[questions.options]]\ntext = "又一个{}"\nfeedback = "不是。"\n'
    more = "".join(option.format(i) for i in range(5))
    with pytest.raises(QuizError, match="最多6个选项"):
        load_quiz(write(SAMPLE.replace("[[questions.options]]", f"{more}[[questions.options]]", 1)))


def test_question_that_asks_nothing_is_refused(write):
    number = SAMPLE[SAMPLE.index("[questions.number]") :]
    with pytest.raises(QuizError, match="要么写options"):
        load_quiz(write(SAMPLE.removesuffix(number)))


def test_missing_and_unreadable_files(tmp_path, write):
    with pytest.raises(QuizError, match="在这一课的笔记本旁边"):
        quiz(tmp_path / "none.quiz.toml")
    path = write()
    path.write_bytes(SAMPLE.encode("gbk"))
    with pytest.raises(QuizError, match="不是UTF-8编码"):
        quiz(path)


# The lessons' quizzes


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_lesson_has_a_quiz_of_three_to_five_questions(lesson, site):
    asked = [question.text for question in lesson_quiz(lesson).questions]
    assert 3 <= len(asked) <= 5
    html = (site / f"{lesson}.html").read_text(encoding="utf-8")
    form = BeautifulSoup(html, "html.parser").select_one("section form.quiz")
    shown = [legend.get_text() for legend in form("legend")]
    assert all(text in legend for text, legend in zip(asked, shown, strict=True))


def test_every_quiz_belongs_to_a_lesson():
    names = {path.relative_to(ROOT).as_posix() for path in (ROOT / "notebooks").rglob("*.quiz.toml")}
    assert names == {f"{lesson}.quiz.toml" for lesson in LESSONS}


@pytest.mark.parametrize("lesson", LESSONS)
def test_texts_are_plain_chinese(lesson):
    for text in texts(lesson_quiz(lesson)):
        assert not re.search(r"[\u4e00-\u9fff] |[ ][\u4e00-\u9fff]|[\u4e00-\u9fff][,.;:?!]", text), text
        assert not re.match("不?对[。，：]", text), f"said anyway: {text}"


def texts(asked):
    for question in asked.questions:
        yield question.text
        for option in question.options:
            yield from (option.text, option.feedback)
        if number := question.number:
            yield from (number.feedback, number.otherwise, *(wrong.feedback for wrong in number.wrong))


def numbers(asked):
    """All numbers in a quiz, but those in formulas of a spreadsheet."""
    prose = re.sub(r"=?[A-Z][A-Z0-9.:(/)]*", "", "\n".join(texts(asked)))
    return set(re.findall(r"\d+(?:\.\d+)?%?", prose))


def question_of(lesson, id_):
    return next(question for question in lesson_quiz(lesson).questions if question.id == id_)


def test_numbers_of_five_schools():
    schools, standard = five_schools(), load_standard("quality-2017")
    x, pupils = schools["生均图书"], schools["学生数"]
    assumed = {"100", "200", "3200"}
    computed = {
        *map(str, (pupils.min(), pupils.max())),
        f"{cv(x, weights=pupils):.3f}",
        f"{cv(x):.3f}",
        f"{standard.cv_rule.limits['primary']:.2f}",
        f"{standard.split.weights['junior']:g}",
    }
    number = question_of("notebooks/policy/five_schools", "split").number
    weight = standard.split.weights["junior"]
    folded = 200 * weight
    shares = {
        "right": 3200 * 100 / (100 + folded),
        "by heads": 3200 * 100 / 300,
        "wrong stage folded": 3200 * 100 * weight / (100 * weight + 200),
        "junior": 3200 * folded / (100 + folded),
        "not divided": 3200,
    }
    values = [number.value, *(wrong.value for wrong in number.wrong)]
    assert values == [pytest.approx(share, abs=0.005) for share in shares.values()]
    computed |= {f"{value:.6g}" for value in (folded, 100 + folded, shares["right"])}
    minus_one = {"1"}
    assert numbers(lesson_quiz("notebooks/policy/five_schools")) <= assumed | computed | minus_one


def test_equal_weights_understate_gaps_between_large_schools():
    pupils = np.array([300, 300, 60, 60])
    large, small = np.array([4.0, 8, 6, 6]), np.array([6.0, 6, 4, 8])
    assert cv(large) < cv(large, weights=pupils)
    assert cv(small) > cv(small, weights=pupils)


def test_numbers_of_self_assessment():
    standard = load_standard("quality-2017")
    rule = standard.school_rule
    exchange = {test.label: test.minimum for key, test in standard.tests() if ".exchange." in key}
    assumed = {"84.6%", "200", "24", "5", "0.3", "1"}
    rules = {
        f"{standard.cv_rule.limits['junior']:.2f}",
        str(len(standard.indicators)),
        str(rule.met_at_least),
        *(f"{share:.0%}" for share in (rule.floor, *exchange.values())),
    }
    assert standard.cv_rule.test == "each"
    assert rule.met_at_least == len(standard.indicators) - 1
    assert 0.846 < rule.floor <= round(0.846, 2)
    number = question_of("notebooks/policy/self_assessment", "exchange").number
    values = [number.value, *(wrong.value for wrong in number.wrong)]
    expected = [100 * 5 / 24, 100 * 5 / 200, 100 * 24 / 200, 5 / 24]
    assert values == [pytest.approx(value, abs=0.05) for value in expected]
    assert expected[0] / 100 >= exchange["骨干教师占交流的"]
    zero_and_hundred = {"0", "100"}
    assert numbers(lesson_quiz("notebooks/policy/self_assessment")) <= assumed | rules | zero_and_hundred


# The forms


@pytest.fixture
def form(write):
    return quiz(write())


def test_paper_has_the_questions_and_then_the_answers(form):
    plain = form._repr_mimebundle_()["text/plain"]
    asked, solved = plain.split("**第1题的答案**")
    assert "A. 各校生均加起来，除以学校数" in asked
    assert "先加总，再相除" not in asked
    assert "- 选A：不对。每所学校一样重了。\n- 选B：对。先加总，再相除。" in solved
    assert "- 填1000.5册：对。先折算，再分摊。\n- 填3200册：不对。还没有分摊。\n- 填别的数：不对。" in solved
    assert "（选一项）" in asked
    assert "（可以选几项）" in asked
    assert "（填一个数，单位是册）" in asked


@pytest.mark.parametrize(
    ("builder", "first"), [("html", "text/html"), ("latex", "text/markdown"), ("epub", "text/markdown")]
)
def test_each_form_of_the_book_takes_its_own(form, builder, first):
    order = get_mime_priority(builder, SETTINGS["sphinx"]["config"]["nb_mime_priority_overrides"])
    assert min(set(form._repr_mimebundle_()) & set(order), key=order.index) == first


MYST = create_md_parser(
    MdParserConfig(enable_extensions=set(SETTINGS["parse"]["myst_enable_extensions"])), RendererHTML
)


@given(st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF, categories=["L", "N", "P", "S"])))
def test_markdown_takes_every_text_as_it_stands(text):
    assert MYST.renderInline(in_markdown(text)) == escape(text, quote=False).replace('"', "&quot;")


def test_texts_cannot_break_the_page(write):
    bad = '甲</script><b>\\"校&1'
    page = quiz(write(SAMPLE.replace("没有乘100", bad).replace("比值不变。", bad))).page()
    soup = BeautifulSoup(page, "html.parser")
    assert soup.find("b") is None
    assert soup.select("label")[4].get_text().endswith('甲</script><b>"校&1')
    assert len(soup("script")) == 1


def test_running_twice_gives_the_same(write):
    assert quiz(write())._repr_mimebundle_() == quiz(write())._repr_mimebundle_()


def test_changed_quiz_runs_the_lessons_anew(tmp_path, write):
    path = tmp_path / "notebooks" / "policy" / "lesson.quiz.toml"
    path.parent.mkdir(parents=True)
    keys = set()
    for text in (SAMPLE, SAMPLE.replace("怎样算", "怎么算"), SAMPLE):
        path.write_text(text, encoding="utf-8")
        keys.add(digest(tmp_path))
    assert len(keys) == 2


def test_search_finds_questions_and_gives_no_answer_away(form, site):
    found = questions(form.page())
    assert found[0] == "1. 县均值怎样算？（选一项）"
    assert "先加总" not in "".join(found)
    for lesson in LESSONS:
        index = (site / "_static" / "search" / "texts" / f"{lesson}.js").read_text(encoding="utf-8")
        for question in lesson_quiz(lesson).questions:
            assert question.text in index
            assert not [option.feedback for option in question.options if option.feedback in index]


def test_lesson_with_a_live_kernel_shows_the_same_form(monkeypatch):
    monkeypatch.delenv(IN_BOOK, raising=False)
    lesson = ROOT / "notebooks" / "policy" / "five_schools"
    notebook = nbformat.read(lesson.with_suffix(".ipynb"), as_version=4)
    notebook.cells = [cell for cell in notebook.cells if cell.id == "quiz-form"]
    NotebookClient(notebook, resources={"metadata": {"path": str(lesson.parent)}}).execute()
    (output,) = notebook.cells[0].outputs
    assert output.data == Form(load_quiz(lesson.with_suffix(".quiz.toml")))._repr_mimebundle_()


@pytest.mark.parametrize("lesson", [lesson for lesson in LESSONS if "/progress/" in lesson])
def test_right_answer_is_not_known_by_its_length(lesson):
    """Where one option is much longer than all others, who has not read the lesson picks it, and is right."""
    for question in lesson_quiz(lesson).questions:
        right = [len(option.text) for option in question.options if option.right]
        wrong = [len(option.text) for option in question.options if not option.right]
        assert not wrong or len(right) > 1 or right[0] <= 1.4 * max(wrong), question.id
