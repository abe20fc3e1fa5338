"""Who may have copied: an answer that is right in another person's county and wrong in one's own."""

import contextlib
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from balancelib.course.exercises.compare import fitted, same
from balancelib.course.exercises.session import SEED
from balancelib.course.training.marking.judging import Judged, session_of
from balancelib.course.training.marking.opened import Remark
from balancelib.course.training.marking.returned import known, number_of

# Digits in common from which it is said: one number copied in full, or two to four digits; fewer happen by chance where a class has
# forty counties and a hundred wrong answers.
ENOUGH = 6


def copied(judged: Sequence[Judged]) -> list[Remark]:
    """Say of each notebook whose answers it may hold; one that many could hit by chance counts little."""
    remarks = []
    for one in judged:
        begun = _other_seed(one, judged)
        remarks += begun or [
            *_answers(one, judged),
            *_sample(one),
        ]  # who has another's county has another's answers
    return remarks


def _other_seed(one: Judged, judged: Sequence[Judged]) -> list[Remark]:
    """A county was begun that is not the person's."""
    begun = one.begun.get(one.notebook.module)
    if one.notebook.person is None or begun is None or begun == one.seed:
        return []
    whose = sorted({called(other) for other in judged if other is not one and other.seed == begun})
    owner = f"，那是{'、'.join(whose[:5])}的，像是抄的" if whose else ""
    return [Remark(called(one), f"{one.notebook.file}的begin里种子是{begun}，发给他的是{one.seed}{owner}。")]


def _answers(one: Judged, judged: Sequence[Judged]) -> list[Remark]:
    """Answers that are right in one other county; what is right in several, people hit without copying."""
    others = [other for other in judged if other.seed != one.seed and called(other) != called(one)]
    agree = {other.seed: _agreeing(one, other.rights) for other in others}
    rare = {key for key in one.wrong if sum(key in digits for digits in agree.values()) == 1}
    return [
        Remark(called(one), _said(one, digits, f"{called(other)}的县里"))
        for other in others
        for digits in [agree[other.seed]]
        if sum(digits[key] for key in digits if key in rare) >= ENOUGH
    ]


def _sample(one: Judged) -> list[Remark]:
    """Answers that are right in the county of the book."""
    if one.seed == SEED or not one.wrong:
        return []
    module, session = one.notebook.module, session_of(SEED, one.notebook.module)
    rights = {}
    for key in one.wrong:
        with contextlib.suppress(Exception):  # an exercise that has no answer there
            rights[key] = session.answer(number_of(key), known(module)[number_of(key)])
    agree = _agreeing(one, rights)
    return (
        [Remark(called(one), _said(one, agree, "示例县（书上的）里"))]
        if sum(agree.values()) >= ENOUGH
        else []
    )


def _agreeing(one: Judged, rights: Mapping[str, Any]) -> dict[str, float]:
    """Return by exercise in how many digits wrong answers agree with what is right elsewhere, where they do."""
    agree = {key: _agree(key, given, rights[key]) for key, given in one.wrong.items() if key in rights}
    return {key: digits for key, digits in agree.items() if digits}


def _said(one: Judged, hits: Iterable[str], where: str) -> str:
    listed = "、".join(f"第{number_of(key)}题" for key in hits)
    return f"{one.notebook.file}：{listed}的答案在{where}是对的，在自己的县里不对，像是抄的。"


def _agree(key: str, given: Any, right: Any) -> float:
    """Return in how many digits an answer agrees with one that is right elsewhere; 0 where it is not right there."""
    module, _, n = key.partition(".")
    try:
        answer, right = fitted(given, right), fitted(right, right)
        return _digits(answer, right) if same(answer, right, known(module)[n].tolerance) else 0
    except Exception:  # of another kind than what is asked for
        return 0


def _digits(given: Any, right: Any) -> float:
    """Return how many digits two answers that agree have in common: a truth says nothing, a text or name counts as one."""
    if isinstance(right, pd.DataFrame):
        return sum(_digits(given[column], right[column]) for column in right)
    if isinstance(right, pd.Series):
        return sum(_digits(given[label], value) for label, value in right.items())
    if isinstance(right, frozenset):
        return len(right)
    if isinstance(right, bool | str) or not math.isfinite(right):
        return float(isinstance(right, str))
    if float(right).is_integer():
        return len(f"{abs(right):.0f}".strip("0"))
    gap = abs(given - right) / abs(right)
    return ENOUGH if gap < 10.0**-ENOUGH else -math.log10(gap)


def called(one: Judged) -> str:
    """Seat and name of a notebook's person, or its file where nobody is known."""
    person = one.notebook.person
    return one.notebook.file if person is None else f"座位{person.seat}{person.name}"
