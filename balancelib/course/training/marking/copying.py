"""Who may have copied: an answer that is right in another person's county and wrong in one's own."""

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from balancelib.course.exercises.compare import fitted, same
from balancelib.course.training.marking.judging import Judged
from balancelib.course.training.marking.returned import Remark, known, number_of

# Digits in common from which it is said: one number copied in full, or two to four digits; fewer happen by chance where a class has
# forty counties and a hundred wrong answers.
ENOUGH = 6


def copied(judged: Sequence[Judged]) -> list[Remark]:
    """Say of each notebook whose answers it may hold; one that many could hit by chance counts little."""
    return [remark for one in judged for remark in (*_other_seed(one, judged), *_answers(one, judged))]


def _other_seed(one: Judged, judged: Sequence[Judged]) -> list[Remark]:
    """A county was begun that is not the person's."""
    begun = one.begun.get(one.notebook.module)
    if one.notebook.person is None or begun is None or begun == one.seed:
        return []
    whose = sorted({called(other) for other in judged if other is not one and other.seed == begun})
    owner = f"，那是{'、'.join(whose[:5])}的，像是抄的" if whose else ""
    return [Remark(called(one), f"{one.notebook.file}的begin里种子是{begun}，发给他的是{one.seed}{owner}。")]


def _answers(one: Judged, judged: Sequence[Judged]) -> list[Remark]:
    remarks = []
    for other in judged:
        if other.seed == one.seed or (called(other) == called(one)):
            continue
        agree = {key: _agree(key, given, other) for key, given in one.wrong.items() if key in other.rights}
        hits = [key for key, digits in agree.items() if digits]
        if sum(agree.values()) >= ENOUGH:
            listed = "、".join(f"第{number_of(key)}题" for key in hits)
            said = f"{one.notebook.file}：{listed}的答案在{called(other)}的县里是对的，在自己的县里不对，像是抄的。"
            remarks.append(Remark(called(one), said))
    return remarks


def _agree(key: str, given: Any, other: Judged) -> float:
    """Return in how many digits an answer agrees with another person's right one; 0 where it is not right there."""
    module, _, n = key.partition(".")
    right = other.rights[key]
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
