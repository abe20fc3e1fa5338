"""The quizzes in a real browser with the network closed: how they answer, alone and in the pages of their lessons."""

from itertools import cycle

import pytest
from accessible import violations
from conftest import NEEDS_BROWSER, Visit
from test_every_page import CUT_OFF
from test_quiz import LESSONS, SAMPLE, lesson_quiz

from balancelib.course.quiz import quiz

pytestmark = NEEDS_BROWSER
CLASSES = "all => all.map(e => e.className)"


def lettered(question):
    return list(zip("ABCDEF", question.options, strict=False))


class Asked:
    """A quiz in a page, and the questions in it."""

    def __init__(self, page):
        self.page, self.form = page, page.locator("form.quiz")
        self.score = self.form.locator(".quiz-score")

    def question(self, n):
        return self.form.locator("fieldset").nth(n - 1)

    def choose(self, n, *letters):
        """Click the options' rows until just these are chosen."""
        for letter, row in zip("ABCDEF", self.question(n).locator("label").all(), strict=False):
            box = row.locator("input")
            single = box.get_attribute("type") == "radio"
            if box.is_checked() != (letter in letters) and not (single and letter not in letters):
                row.click()
        return self.press(n)

    def fill(self, n, text):
        self.question(n).get_by_role("textbox", name="填数").fill(text)
        return self.press(n)

    def press(self, n):
        self.form.get_by_role("button", name=f"第{n}题，看结果").click()
        return self.said(n)

    def said(self, n):
        return self.question(n).locator(".quiz-said").inner_text().split("\n\n")


@pytest.fixture
def open_quiz(browser, tmp_path):
    """The sample alone, as JupyterLab shows it: with nothing but what the call returns."""
    path = tmp_path / "lesson.quiz.toml"
    path.write_text(SAMPLE, encoding="utf-8")
    form, contexts = quiz(path).page(), []

    def open_page(script=True):
        contexts.append(browser.new_context(offline=True, java_script_enabled=script))
        page = contexts[-1].new_page()
        page.set_content(f"<!doctype html><html lang='zh-CN'><title>测</title><main>{form}</main>")
        return Asked(page)

    yield open_page
    for context in contexts:
        context.close()


def test_wrong_then_right(open_quiz):
    asked = open_quiz()
    said = asked.question(1).locator(".quiz-said")
    assert said.get_attribute("aria-live") == "polite"
    kept = said.element_handle()
    assert asked.choose(1, "A") == ["不对。每所学校一样重了。"]
    assert asked.score.inner_text() == "做了1题，答对0题，还有2题。"
    assert asked.choose(1, "B") == ["对。先加总，再相除。"]
    assert asked.score.inner_text() == "做了1题，答对1题，还有2题。"
    assert kept.evaluate("e => e.isConnected"), "the region was replaced: nothing would be read out"


def test_nothing_chosen_is_no_answer(open_quiz):
    asked = open_quiz()
    assert asked.press(1) == ["请先选，再看结果。"]
    assert asked.fill(3, "  ") == asked.fill(3, "很多") == asked.fill(3, "册") == ["请先填一个数，例如0.5。"]
    assert asked.score.inner_text() == ""


def test_several_right_answers(open_quiz):
    asked = open_quiz()
    assert asked.choose(2, "A") == ["对。式子里没有学生数。", "还有1项该选的没有选。"]
    assert asked.choose(2, "A", "C") == ["选A：对。式子里没有学生数。", "选C：不对。比值不变。"]
    assert asked.choose(2, "A", "B", "C")[-1] == "选C：不对。比值不变。"
    assert "答对0题" in asked.score.inner_text()
    assert asked.choose(2, "A", "B") == ["选A：对。式子里没有学生数。", "选B：对。不是抽样。"]
    assert "答对1题" in asked.score.inner_text()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1000.5", "对。先折算"),
        ("1001.5", "对。先折算"),
        ("999.5", "对。先折算"),
        ("1001.6", "不对。先把初中生"),
        ("１，０００．５", "对。先折算"),
        (" 1,000.5 册 ", "对。先折算"),
        ("100050%", "对。先折算"),
        ("3200册", "不对。还没有分摊"),
        ("3201", "不对。还没有分摊"),
        ("0", "不对。先把初中生"),
        ("-1000.5", "不对。先把初中生"),
        ("−1000.5", "不对。先把初中生"),
    ],
)
def test_numbers_as_people_type_them(open_quiz, typed, said):
    asked = open_quiz()
    (heard,) = asked.fill(3, typed)
    assert heard.startswith(said)
    assert asked.score.inner_text() == f"做了1题，答对{int(said[0] == '对')}题，还有2题。"


def test_a_changed_answer_is_not_yet_answered(open_quiz):
    asked = open_quiz()
    asked.choose(1, "B")
    asked.question(1).locator("input").first.check()
    assert asked.said(1) == [""]
    assert asked.score.inner_text() == ""


def test_score_and_once_more(open_quiz):
    asked = open_quiz()
    again = asked.form.get_by_role("button", name="再做一遍")
    assert not again.is_visible()
    asked.choose(1, "B")
    asked.choose(2, "C")
    asked.fill(3, "1000")
    assert asked.score.inner_text() == "3题答对2题。"
    assert asked.score.get_attribute("aria-live") == "polite"
    again.click()
    assert [asked.said(n) for n in (1, 2, 3)] == [[""]] * 3
    assert (asked.score.inner_text(), asked.form.locator(":checked").count()) == ("", 0)
    assert asked.form.get_by_role("textbox").input_value() == ""
    assert asked.page.evaluate("document.activeElement.name") == "mean"
    assert not again.is_visible()


def test_keyboard_alone(open_quiz):
    asked = open_quiz()
    for key in (
        "Tab",
        "ArrowDown",
        "Tab",
        "Enter",
        "Tab",
        "Space",
        "Tab",
        "Space",
        "Tab",
        "Tab",
        "Space",
    ):
        asked.page.keyboard.press(key)
    assert asked.said(1) == ["对。先加总，再相除。"]
    assert asked.said(2)[1] == "选B：对。不是抽样。"
    asked.page.keyboard.press("Tab")
    asked.page.keyboard.type("1000")
    asked.page.keyboard.press("Enter")
    assert asked.said(3) == ["对。先折算，再分摊。"]
    assert asked.score.inner_text() == "3题答对3题。"
    assert asked.page.url == "about:blank", "Enter sent the form"


def test_jupyterlab_leaves_the_keys_alone(open_quiz):
    """Only on the controls themselves, not around them, does the attribute keep its shortcuts off."""
    controls = open_quiz().form.locator("input, button")
    suppressed = controls.evaluate_all(
        "all => all.filter(e => e.matches('[data-lm-suppress-shortcuts]')).length"
    )
    assert suppressed == controls.count() > 8


def test_each_question_is_a_group_with_its_name(open_quiz):
    asked = open_quiz()
    group = asked.form.get_by_role("group", name="1. 县均值怎样算？（选一项）")
    assert group.get_by_role("radio").count() == 2
    assert group.get_by_role("radio", name="B 总量÷总学生数").count() == 1
    assert asked.question(2).get_by_role("checkbox").count() == 3
    assert violations(asked.page) == {}


def test_without_script_the_answers_unfold(open_quiz):
    asked = open_quiz(script=False)
    assert asked.form.locator("input:visible, button:visible").count() == 0
    assert asked.question(1).get_by_text("总量÷总学生数").is_visible()
    answer = asked.question(1).locator("li").nth(1)
    assert not answer.is_visible()
    asked.question(1).locator("summary").click()
    assert answer.inner_text() == "选B：对。先加总，再相除。"


def test_print_has_the_questions_only(open_quiz):
    asked = open_quiz()
    asked.choose(1, "B")
    asked.page.emulate_media(media="print")
    assert asked.question(1).locator("legend").is_visible()
    assert asked.form.locator(":is(button, details, .quiz-said, .quiz-score):visible").count() == 0


# In the pages of the lessons

STORED = "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
# Gives question n an answer, by clicks on its rows or by typing, asks what is said of it, and returns that.
ANSWERED = """(form, [n, answer]) => {
  const question = form.querySelectorAll("fieldset")[n - 1], box = question.querySelector("[type='text']");
  const rows = [...question.querySelectorAll("label")];
  if (box) box.value = answer;
  if (box) box.dispatchEvent(new InputEvent("input", {bubbles: true}));
  else rows.filter((row, i) => row.control.checked !== answer.includes("ABCDEF"[i]))
    .filter(({control}, i) => control.type === "checkbox" || !control.checked).forEach(row => row.click());
  question.querySelector(".quiz-check").click();
  return [...question.querySelectorAll(".quiz-said p")].map(p => p.innerText);
}"""


@pytest.fixture(scope="module")
def lesson_page(browser, site, lesson, look):
    """A lesson opened once for the tests that answer its quiz."""
    opened = Visit(browser, site / f"{lesson}.html", *look)
    yield opened
    opened.context.close()


def of_lessons(looks):
    return pytest.mark.parametrize(("lesson", "look"), looks, ids=str, scope="module")


ON_A_TELEPHONE = [(lesson, ("phone", "light")) for lesson in LESSONS]


@of_lessons(ON_A_TELEPHONE)
def test_every_answer_of_a_lesson_is_answered(lesson_page, lesson):
    """Clicked by script, which is quick; as people click, the next test does."""
    asked, stored, loaded = (
        Asked(lesson_page.page),
        lesson_page.page.evaluate(STORED),
        len(lesson_page.loaded),
    )
    all_questions = lesson_quiz(lesson).questions

    def said(n, answer):
        return asked.form.evaluate(ANSWERED, [n, answer])

    for n, question in enumerate(all_questions, 1):
        right = [letter for letter, option in lettered(question) if option.right]
        for letter, option in lettered(question):
            assert said(n, letter)[0] == f"{'对' if option.right else '不对'}。{option.feedback}"
        for wrong in question.number.wrong if question.number else ():
            assert said(n, str(wrong.value)) == [f"不对。{wrong.feedback}"]
        assert said(n, "".join(right) if right else str(question.number.value))
    assert asked.score.inner_text() == f"{len(all_questions)}题答对{len(all_questions)}题。"
    assert (lesson_page.page.evaluate(STORED), len(lesson_page.loaded)) == (stored, loaded), "stored or sent"


@of_lessons([*ON_A_TELEPHONE, (LESSONS[0], ("desktop", "dark"))])
def test_answered_quiz_is_accessible_and_fits(lesson_page, lesson):
    """What else is on the page, test_every_page.py asks."""
    page = lesson_page.page
    asked = Asked(page)
    rightly = cycle([False, True])
    for n, question in enumerate(lesson_quiz(lesson).questions, 1):
        if question.options:
            right = [option.right for option in question.options]
            asked.choose(n, "ABCDEF"[right.index(next(rightly))])
        else:
            asked.fill(n, "1")
    assert "还有" not in asked.score.inner_text()
    assert {"quiz-right", "quiz-wrong"} <= {*asked.form.locator(".quiz-said p").evaluate_all(CLASSES)}
    assert violations(page, "form.quiz") == {}
    assert page.evaluate(CUT_OFF) == []
    rows = asked.form.locator(":is(label, button, [type='text']):visible")
    assert min(rows.evaluate_all("all => all.map(row => row.getBoundingClientRect().height)")) >= 44
