"""Who may have copied: an answer that is right in another person's county and wrong in one's own."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from balancelib.course.exercises.compare import fitted, same
from balancelib.course.training.marking.judging import Judged
from balancelib.course.training.marking.returned import Remark, known, number_of

ENOUGH = 2  # weight from which it is said


def copied(judged: Sequence[Judged]) -> list[Remark]:
    """Say of each notebook whose answers it may hold; an answer that many could hit by chance counts less."""
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
        hits = [key for key, given in one.wrong.items() if key in other.rights and _right(key, given, other)]
        if sum(_weight(other.rights[key], one.wrong[key]) for key in hits) >= ENOUGH:
            listed = "、".join(f"第{number_of(key)}题" for key in hits)
            said = f"{one.notebook.file}：{listed}的答案在{called(other)}的县里是对的，在自己的县里不对，像是抄的。"
            remarks.append(Remark(called(one), said))
    return remarks


def _right(key: str, given: Any, other: Judged) -> bool:
    module, _, n = key.partition(".")
    right = other.rights[key]
    try:
        return same(fitted(given, right), right, known(module)[n].tolerance)
    except Exception:  # of another kind than what is asked for
        return False


def _weight(right: Any, given: Any) -> int:
    """How unlikely it is that such an answer is hit by chance: 0 not at all, 1 somewhat, 2 very."""
    if isinstance(right, bool):
        return 0
    if isinstance(right, pd.Series | pd.DataFrame):
        values = [*pd.Series(right.to_numpy().ravel())]
        return min(2, sum(_weight(value, None) for value in values)) if values else 0
    if isinstance(right, frozenset):
        return 0 if not right else 2 if len(right) > 2 else 1
    if isinstance(right, str):
        return 1
    return 2 if abs(right) >= 1000 or not float(right).is_integer() else 1


def called(one: Judged) -> str:
    """Seat and name of a notebook's person, or its file where nobody is known."""
    person = one.notebook.person
    return one.notebook.file if person is None else f"座位{person.seat}{person.name}"
