"""A quiz as a form that needs no kernel, and as text for paper.

Own code, because no package does it (tried in November 2026). jupyterquiz 2.9.6 shows nothing without script and nothing on paper, names
its parts at random, so that no two builds are the same, has nothing read out, leaves its number box without a label, and speaks English.
teachbooks-questions 0.4.0 asks a third party on every page, has options and buttons that no keyboard reaches and some in English, is no use
in JupyterLab, and stops the PDF. teachbooks-sphinx-grasple embeds a page of grasple.com.
"""

import re
from collections.abc import Callable, Iterator
from html import escape
from importlib.resources import files
from typing import Any, NamedTuple

from balancelib.course.quiz.model import LETTERS, Number, Option, Question, Quiz
from balancelib.text import number as digits


class Answer(NamedTuple):
    """What may be chosen or filled in, and what is then said; ``value`` is the number."""

    given: str
    right: bool
    said: str
    value: float | None = None

    @property
    def verdict(self) -> str:
        """Whether it is right, in words: colour alone says nothing to some."""
        return "对。" if self.right else "不对。"


class Form:
    """A quiz, shown; Jupyter does it when it is a cell's last value."""

    def __init__(self, quiz: Quiz) -> None:
        self.quiz = quiz

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {
            "text/html": self.page(),
            "text/markdown": self.printed(in_markdown),
            "text/plain": self.printed(str),
        }

    def page(self) -> str:
        """Return the form as HTML with its style and script; without script there are answers to unfold."""
        questions = "".join(fieldset(n, question) for n, question in enumerate(self.quiz.questions, 1))
        return (
            f"<style>{beside('quiz.css')}</style>"
            '<form class="quiz" aria-label="测一测" autocomplete="off">'
            f'{questions}<p class="quiz-score" aria-live="polite"></p>'
            '<button type="reset">再做一遍</button></form>'
            f"<script>{beside('quiz.js')}</script>"
        )

    def printed(self, escaped: Callable[[str], str]) -> str:
        """Return the questions and after them the answers, as Markdown whose texts are `escaped`."""
        asked, solved = [], []
        for n, question in enumerate(self.quiz.questions, 1):
            options = [f"{letter}. {escaped(option.text)}" for letter, option in lettered(question)]
            said = [f"{escaped(one.given)}：{one.verdict}{escaped(one.said)}" for one in answers(question)]
            asked += [f"**第{n}题** {escaped(question.text + hint(question))}", bullets(options)]
            solved += [f"**第{n}题的答案**", bullets(said)]
        return "\n\n".join(filter(None, asked + solved))


def fieldset(n: int, question: Question) -> str:
    """Return a question as HTML."""
    return (
        f"<fieldset><legend>{n}. {escape(question.text + hint(question))}</legend>{inputs(question)}"
        f'<button type="button" class="quiz-check" aria-label="第{n}题，看结果">看结果</button>'
        '<div class="quiz-said" aria-live="polite"></div>'
        f"<details><summary>第{n}题的答案</summary><ul>{''.join(map(list_item, answers(question)))}</ul></details>"
        "</fieldset>"
    )


def inputs(question: Question) -> str:
    """Return what the reader chooses from or fills in, as HTML."""
    if number := question.number:
        unit = escape(number.unit or "")
        return (
            f'<label class="quiz-number"><span>填数</span><input type="text" inputmode="decimal" size="12" '
            f'data-tolerance="{number.tolerance}" data-unit="{unit}" /><span>{unit}</span></label>'
        )
    kind = "checkbox" if question.several else "radio"
    return "".join(
        f'<label><input type="{kind}" name="{question.id}" /><span>{letter}</span>'
        f"<span>{escape(option.text)}</span></label>"
        for letter, option in lettered(question)
    )


def hint(question: Question) -> str:
    """Say how a question is to be answered."""
    if question.number:
        return f"（填一个数，单位是{question.number.unit}）" if question.number.unit else "（填一个数）"
    return "（可以选几项）" if question.several else "（选一项）"


def lettered(question: Question) -> Iterator[tuple[str, Option]]:
    """Return the options with their letters."""
    return zip(LETTERS, question.options, strict=False)


def answers(question: Question) -> Iterator[Answer]:
    """Return all answers that something is said of."""
    for letter, option in lettered(question):
        yield Answer(f"选{letter}", option.right, option.feedback)
    if number := question.number:
        yield Answer(filled(number, number.value), True, number.feedback, number.value)
        for wrong in number.wrong:
            yield Answer(filled(number, wrong.value), False, wrong.feedback, wrong.value)
        yield Answer("填别的数", False, number.otherwise)


def filled(number: Number, value: float) -> str:
    """Say which number is filled in."""
    return f"填{digits(value)}{number.unit or ''}"


def list_item(answer: Answer) -> str:
    """Return an answer as HTML; the script shows what it says of the one given."""
    value = "" if answer.value is None else f' data-value="{answer.value}"'
    return (
        f'<li class="quiz-{"right" if answer.right else "wrong"}"{value}><span class="quiz-given">{escape(answer.given)}：'
        f"</span><strong>{answer.verdict}</strong>{escape(answer.said)}</li>"
    )


def bullets(lines: list[str]) -> str:
    """Return lines as a list in Markdown."""
    return "\n".join(f"- {line}" for line in lines)


def in_markdown(text: str) -> str:
    r"""Escape what Markdown would take for its own.

    Examples
    --------
    >>> print(in_markdown("STDEV.S(D2:D6)*2，对吗？"))
    STDEV\.S\(D2\:D6\)\*2，对吗？
    """
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


def beside(name: str) -> str:
    """Read a file that lies beside this one."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8").strip()
