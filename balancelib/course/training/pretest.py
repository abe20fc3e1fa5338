"""The tests before and after a course: two forms of like questions, drawn from the lessons' own quizzes, and the workbook they are written down in.

Half of the seats have form 甲 before and 乙 after, the other half the other way round: what one form is easier than the other cancels out
of the gain (see gain.py).
"""

import random
from collections.abc import Sequence
from typing import NamedTuple
from zlib import crc32

from msgspec import structs

from balancelib.course.quiz import load_quiz
from balancelib.course.quiz.model import LETTERS, Question
from balancelib.course.training.course import Course, Taught
from balancelib.course.training.people import Seat, seats
from balancelib.sheets import Entry, Page, blank_to_fill, drop_down, new_book, packed, text
from balancelib.text import number

FORMS = ("甲", "乙")
BEFORE, AFTER = "课前", "课后"
KEY = "答案"
MOST = 10  # questions of a form: a quarter of an hour
SHEET_WIDTHS = (6, 76)
HEAD_ROW = 5  # of the sheets that answers are written down in
AS_TYPED = "@"  # or 12.5% would become 0.125, and 1/2 a day
FREE_SEATS = 40  # rows, where nobody said how many come


class Asked(NamedTuple):
    """A question of a form, and of which lesson."""

    lesson: str
    question: Question

    @property
    def answer(self) -> str:
        """The right answer as it is written down: letters, or a number."""
        if self.question.number:
            return number(self.question.number.value)
        pairs = zip(LETTERS, self.question.options, strict=False)
        return "".join(letter for letter, option in pairs if option.right)

    @property
    def tolerance(self) -> float:
        """By how much a number may differ."""
        return self.question.number.tolerance if self.question.number else 0.0


def forms(course: Course, lessons: Sequence[Taught]) -> dict[str, list[Asked]]:
    """Draw two forms from the quizzes of the lessons: of each lesson as many questions in the one as in the other.

    Parameters
    ----------
    course
        Its title draws; the same course has the same forms.
    lessons
        What is taught.

    Returns
    -------
    dict
        Questions by the form's name, at most ten; empty lists where no lesson has a quiz.
    """
    drawn = random.Random(crc32(course.title.encode()))
    pools = []
    for one in (one for one in lessons if one.lesson.quiz):
        questions = list(load_quiz(one.lesson.quiz).questions)
        drawn.shuffle(questions)
        pools.append([Asked(one.lesson.title, _mixed(question, drawn)) for question in questions])
    pairs = [
        (pool[2 * k], pool[2 * k + 1])
        for k in range(max((len(pool) // 2 for pool in pools), default=0))
        for pool in pools
        if len(pool) >= 2 * k + 2
    ]  # one pair of each lesson before a second of any
    return {form: [pair[n] for pair in pairs[:MOST]] for n, form in enumerate(FORMS)}


def _mixed(question: Question, drawn: random.Random) -> Question:
    """Return a question with its options in another order: the lesson's could be remembered by their letters, and more than half would be B."""
    return structs.replace(question, options=tuple(drawn.sample(question.options, len(question.options))))


def form_of(seat: int, when: str) -> str:
    """Return the form that a seat has before or after: odd seats begin with 甲, even ones with 乙."""
    return FORMS[(seat + 1 + (when == AFTER)) % 2]


def book_of_tests(course: Course, lessons: Sequence[Taught]) -> bytes | None:
    """Return the tests as a workbook: two forms to print, two sheets to write the answers down in, the key.

    Parameters
    ----------
    course
        The course.
    lessons
        What is taught.

    Returns
    -------
    bytes
        The same each time; None where the lessons have no quiz to draw from.
    """
    drawn, book = forms(course, lessons), new_book()
    if not drawn[FORMS[0]]:
        return None
    for form, questions in drawn.items():
        _print_form(book, course, form, questions)
    places = seats(course) or [Seat(n, "", 0) for n in range(1, FREE_SEATS + 1)]
    for when in (BEFORE, AFTER):
        _write_down(book, when, places, len(drawn[FORMS[0]]))
    _write_key(book, drawn)
    return packed(book)


def _print_form(book: object, course: Course, form: str, questions: Sequence[Asked]) -> None:
    page = Page(book, f"卷{form}", SHEET_WIDTHS)
    page.title(f"{course.title}：{form}卷")
    page.note("座位号：＿＿＿＿　姓名：＿＿＿＿＿＿　（课前　课后）")
    page.note(
        "每题写字母，可能不止一个对；问数的写数。不会的空着。一刻钟交卷，不算成绩，只看这门课有没有用。"
    )
    rows = []
    for n, asked in enumerate(questions, 1):
        question = asked.question
        rows.append([n, Entry(question.text, "文字")])
        if question.number:
            rows.append(["", Entry(f"＿＿＿＿＿＿{question.number.unit or ''}", "文字")])
        rows += [[LETTERS[k], Entry(option.text, "文字")] for k, option in enumerate(question.options)]
    page.table([], rows)


def _write_down(book: object, when: str, places: Sequence[Seat], count: int) -> None:
    """Lay out the sheet into which the trainer copies the answers."""
    page = Page(book, when, (7, 14, 6, *[7] * count), landscape=True)
    page.title(f"{when}测试：把答案抄在这里")
    page.note(
        "卷按座位号定，单数课前做甲卷，双数课前做乙卷；发错了就改“卷”这一格。写字母，例如A或AC；问数的写数。"
    )
    page.note(
        "没有答的题空着，算没有答对；没有来的人整行空着，不算在里面；来了、一题也没有答的，第1题写“空”，算都没有答对。"
    )
    page.note(
        "题从各课的测一测里抽，选项换了次序，数没有换：上课时做过的人记得答案也会答对，所以提高会偏大一些。"
    )
    head = ("座位", "姓名", "卷", *(f"第{n}题" for n in range(1, count + 1)))
    rows = [
        [one.seat, text(one.name), Entry(form_of(one.seat, when), "待填"), *[blank_to_fill()] * count]
        for one in places
    ]
    page.table(head, rows, repeat=True)
    for row in page.sheet.iter_rows(min_row=HEAD_ROW + 1, max_row=page.row - 1, min_col=4):
        for cell in row:
            cell.number_format = AS_TYPED
    drop_down(page.sheet, f"C{HEAD_ROW + 1}:C{page.row - 1}", list(FORMS))


def _write_key(book: object, drawn: dict[str, list[Asked]]) -> None:
    page = Page(book, KEY, (6, 6, 12, 10, 62), landscape=True)
    page.title("答案（请不要发给学员）")
    rows = [
        [form, n, text(asked.answer), asked.tolerance, text(f"《{asked.lesson}》{asked.question.text}")]
        for form, questions in drawn.items()
        for n, asked in enumerate(questions, 1)
    ]
    page.table(("卷", "题", "答案", "允许差", "哪一课，问什么"), rows, repeat=True)
