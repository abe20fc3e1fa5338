"""What a quiz's file holds, and what is refused."""

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from balancelib.toml import Key, Text, TomlError, convert, nth, parse

FEWEST, MOST = 3, 5  # questions
LETTERS = "ABCDEF"  # of the options
Value = Annotated[float, Meta(ge=-1e15, le=1e15)]  # no number is outside, and nan is not inside


class QuizError(TomlError):
    """A quiz's file is malformed: ``file``, ``key`` and ``reason`` say where and why."""

    called = "测验文件"


class Record(Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all that stands in a quiz's file."""


class Option(Record):
    """One of the options of a question, and what is said to who chooses it."""

    text: Text
    feedback: Text
    right: bool = False


class Wrong(Record):
    """A number that a usual mistake leads to."""

    value: Value
    feedback: Text


class Number(Record):
    """The number that a question asks for."""

    value: Value
    feedback: Text
    otherwise: Text  # said of any other number
    wrong: Annotated[tuple[Wrong, ...], Meta(min_length=1)]
    tolerance: Annotated[float, Meta(ge=0, le=1e15)] = 0.0
    unit: Text | None = None


class Question(Record):
    """A question with options, or one for a number."""

    id: Key
    text: Text
    options: tuple[Option, ...] = ()
    number: Number | None = None

    @property
    def several(self) -> bool:
        """Whether several options are right."""
        return sum(option.right for option in self.options) > 1


class Quiz(Record):
    """The questions of a lesson."""

    questions: tuple[Question, ...]


def load_quiz(path: str | Path) -> Quiz:
    """Load a quiz.

    Parameters
    ----------
    path
        Its TOML file.

    Raises
    ------
    QuizError
        The file is missing, unreadable or malformed.
    """
    path = Path(path)
    missing = "找不到这个文件；它应在这一课的笔记本旁边，名字和笔记本一样，以.quiz.toml结尾"
    quiz = convert(parse(path, QuizError, missing), Quiz, path.name, QuizError)
    for key, reason in _faults(quiz):
        raise QuizError(path.name, key, reason)
    return quiz


def _faults(quiz: Quiz) -> Iterator[tuple[str, str]]:
    """Key and reason of every fault that the types do not show."""
    count = len(quiz.questions)
    if not FEWEST <= count <= MOST:
        yield "questions", f"一课要有{FEWEST}到{MOST}道题，现在是{count}道"
    for question in quiz.questions:
        key = f"questions.{question.id}"
        if bool(question.options) == bool(question.number):
            yield key, "要么写options（选择），要么写number（填数），二者只写一种"
        elif question.number:
            yield from _number_faults(f"{key}.number", question.number)
        else:
            yield from _option_faults(f"{key}.options", question.options)


def _option_faults(key: str, options: tuple[Option, ...]) -> Iterator[tuple[str, str]]:
    right = sum(option.right for option in options)
    if len(options) > len(LETTERS):
        yield key, f"最多{len(LETTERS)}个选项，请并成几个"
    if not right:
        yield key, "没有一个选项是对的，请给对的写上right = true"
    if right == len(options):
        yield key, "没有一个选项是错的，请加上大家常犯的错"
    texts = [option.text for option in options]
    if len(set(texts)) < len(texts):
        yield key, "有两个选项一样，请改一个"


def _number_faults(key: str, number: Number) -> Iterator[tuple[str, str]]:
    """Numbers so close that the same answer would be two of them."""
    values = [("value", number.value)]
    values += [(f"wrong.{nth(n)}", wrong.value) for n, wrong in enumerate(number.wrong, 1)]
    for (_, one), (name, other) in combinations(values, 2):
        if abs(one - other) <= 2 * number.tolerance:
            yield f"{key}.{name}", f"和{one:g}分不开：相差不到tolerance的两倍，请改小tolerance，或去掉这一条"
