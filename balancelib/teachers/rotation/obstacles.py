"""Which rule stands in the way where there is no plan, and how much of it."""

import dataclasses
import time
from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from balancelib.teachers.definitions import least
from balancelib.teachers.rotation.program import FAMILIES, Program
from balancelib.teachers.rotation.question import Question

NOT_ENOUGH = "单放宽这一条不够"
LATE = "时间不够，没有算出来"


def obstacles(question: Question, seconds: float) -> tuple[tuple[str, str], ...]:
    """Say of each rule how much it would have to give way if all others stayed; empty amounts where that would not do."""
    end = time.monotonic() + seconds
    return tuple(_each_obstacle(question, end))


def _each_obstacle(question: Question, end: float) -> Iterator[tuple[str, str]]:
    for family in FAMILIES:
        program = Program(question)
        slack = program.elastic(family)
        if program.impossible(end - time.monotonic()):
            yield family, NOT_ENOUGH
            continue
        found = program.solve(slack, end - time.monotonic())
        amount = None if found.x is None else round(sum(found.x[j] for j in slack))
        yield family, _gives_way(question, family, amount, late=not found.infeasible)
    if not question.limits.upward:
        yield "upward", _upward(question, end)
    yield "within", _farther(question, end)


def _upward(question: Question, end: float) -> str:
    """Say how many at least would have to be sent to larger places without filling anything there."""
    limits = dataclasses.replace(question.limits, upward=True)
    program = Program(loose := dataclasses.replace(question, limits=limits))
    if program.impossible(end - time.monotonic()):
        return NOT_ENOUGH
    climbing = {
        j: float(len(loose.groups[g].kinds))
        for j, (g, to) in enumerate(program.moves)
        if loose.climbs(loose.groups[g], to)
    }
    found = program.solve(climbing, end - time.monotonic())
    if found.x is None:
        return NOT_ENOUGH if found.infeasible else LATE
    return f"要让{round(found.value)}个不补缺的人从乡村、镇区往上派"


def _gives_way(question: Question, family: str, amount: int | None, late: bool) -> str:
    """How much a rule has to give way, in Chinese."""
    if amount is None:
        return LATE if late else NOT_ENOUGH
    rules = question.limits.exchange
    asked = least(rules.least_share, question.eligible)
    return {
        "share": f"最多交流{asked - amount}人，是符合条件的{(asked - amount) / question.eligible:.1%}，离{asked}人还差{amount}人",
        "backbone": _backbone(amount, rules.least_backbone_share),
        "room": f"每所学校进出的上限都要多放{amount}人",
        "worse": f"要让一些学校的学科或三项指标多缺（或多余）{amount}人次",
    }[family]


def _backbone(amount: int, share: float) -> str:
    """A row of backbone teachers is broken by parts of a person; told in persons, upwards."""
    unit = Fraction(share).limit_denominator(1000).denominator
    return f"交流的人里，骨干教师还差{-(-amount // unit)}人才到{share:.0%}"


def _farther(question: Question, end: float) -> str:
    """Return the shortest limit of the road from home, in whole kilometres, under which there is a plan."""
    roads = np.unique(np.ceil(question.km.to_numpy()))
    longer = roads[(roads > question.limits.within) & np.isfinite(roads)]
    if not len(longer):
        return NOT_ENOUGH
    low, high, middle = 0, len(longer) - 1, len(longer) - 1
    while True:  # the longest first: mostly it would not do either
        limits = dataclasses.replace(question.limits, within=float(longer[middle]))
        program = Program(dataclasses.replace(question, limits=limits))
        if middle == len(longer) - 1 and program.impossible(end - time.monotonic()):
            return NOT_ENOUGH
        found = program.solve({}, end - time.monotonic())
        if found.x is None and not found.infeasible:
            return LATE
        if found.x is None and middle == len(longer) - 1:
            return NOT_ENOUGH
        low, high = (low, middle) if found.x is not None else (middle + 1, high)
        if low == high:
            return f"最远的路程要放到{longer[low]:g}公里"
        middle = (low + high) // 2
