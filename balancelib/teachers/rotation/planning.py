"""From a county to a plan: aim after aim, proven, or the rule that stands in the way."""

import dataclasses
import time
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product

import msgspec
import numpy as np
import pandas as pd

from balancelib.county import County, Lacking
from balancelib.standards.staffing import load_curriculum
from balancelib.teachers.rotation.plan import RotationPlan, Step
from balancelib.teachers.rotation.program import AIMS, FAMILIES, Program, least
from balancelib.teachers.rotation.question import LIMITS, Limits, Question

SECONDS = 60.0
RESERVE = 0.1  # share of the time left that an aim leaves to those after it, at least


def plan_rotation(
    county: County,
    required: pd.Series,
    km: pd.DataFrame,
    *,
    year: int,
    limits: Limits = LIMITS,
    seconds: float = SECONDS,
) -> RotationPlan:
    """Choose who goes where next year (轮岗方案): subjects first, both shares kept, no school made worse, proven the best.

    Parameters
    ----------
    county : County
        With the tables ``schools`` and ``teachers``.
    required : Series of float
        Teachers needed by ``school_id, stage, subject``. Half a post or more counts as one; of a smaller rest nothing is short, and nothing is over.
    km : DataFrame
        Of `balancelib.county.road_matrix`.
    year : int
        The school year in which they go.
    limits : Limits
    seconds : float
        For all aims together. Stopped by time, the plan says how far from the best it can be at most.

    Returns
    -------
    RotationPlan
        Its four aims in order: posts of subjects filled, gaps of the three indicators filled, as few people as can be, as few kilometres from home
        as can be. The same for the same data in whatever order, unless time runs out.

    Raises
    ------
    Lacking
        Nobody is eligible, or a post is needed at less than nothing.

    Notes
    -----
    The rules are in `balancelib.teachers.rotation.program`. Unit of analysis: teachers of public schools.
    """
    if not (required.dropna() >= 0).all():
        raise Lacking("各校各学科需要的教师数不能小于0")
    question = Question(county, required, km, year, limits)
    if not question.eligible:
        raise Lacking("没有一名教师符合交流条件，排不出方案：先核对教师表的“到本校年份”“在编”“照顾对象”")
    return solve(question, seconds)


def solve(question: Question, seconds: float) -> RotationPlan:
    """Pursue the aims in order, or find out which rule stands in the way."""
    end = time.monotonic() + seconds
    program = Program(question)
    steps: list[Step] = []
    values = None
    for i, aim in enumerate(AIMS):
        left = end - time.monotonic()
        found = _pursue(program, aim, left if i == len(AIMS) - 1 else left * (1 - RESERVE))
        if found is None:
            break
        values, step = found
        steps.append(step)
        program.hold(aim, step.value)
    if values is None:
        return RotationPlan(question, (), (), _obstacles(question, seconds), time.monotonic() >= end)
    return RotationPlan(question, _chosen(program, values), tuple(steps), (), len(steps) < len(AIMS))


def _pursue(program: Program, aim: str, seconds: float) -> tuple[np.ndarray, Step] | None:
    """Reach as much of an aim as can be; None where nothing was found."""
    sign = AIMS[aim][1]
    costs = {j: sign * c for j, c in program.aims[aim].items()}
    found = program.solve(costs, seconds)
    if found.values is None:
        return None
    value, bound = sign * found.aim, sign * found.bound
    value = float(round(value))
    # All aims are whole numbers, so that a bound is one too.
    bound = (
        float(np.floor(bound + 1e-6) if sign < 0 else np.ceil(bound - 1e-6)) if np.isfinite(bound) else bound
    )
    return found.values, Step(aim, value, bound)


def _chosen(program: Program, values: np.ndarray) -> tuple[tuple[str, str], ...]:
    """Say who goes where: of each group those first who are longest at the school, to the schools in order."""
    chosen, taken = [], dict.fromkeys(range(len(program.question.groups)), 0)
    for (g, school), count in zip(program.moves, np.round(values).astype(int), strict=False):
        for party in program.question.groups[g].parties[taken[g] : taken[g] + count]:
            chosen += [(teacher, school) for teacher in party]
        taken[g] += count
    return tuple(sorted(chosen))


def _obstacles(question: Question, seconds: float) -> tuple[tuple[str, str], ...]:
    """Say of each rule how much it would have to give way if all others stayed; empty amounts where that would not do."""
    end = time.monotonic() + seconds
    return tuple((family, text) for family, text in _each_obstacle(question, end))


def _each_obstacle(question: Question, end: float) -> Iterator[tuple[str, str]]:
    for family in FAMILIES:
        program = Program(question)
        found = program.solve(slack := program.elastic(family), end - time.monotonic())
        amount = None if found.values is None else round(sum(found.values[j] for j in slack))
        yield family, _gives_way(question, family, amount, late=not found.infeasible)
    yield "within", _farther(question, end)


def _gives_way(question: Question, family: str, amount: int | None, late: bool) -> str:
    """How much a rule has to give way, in Chinese."""
    if amount is None:
        return "时间不够，没有算出来" if late else "单放宽这一条不够"
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
    """Return the shortest limit of the road from home under which there is a plan."""
    here = question.limits.within
    roads = np.unique(question.km.to_numpy())
    longer = roads[(roads > here) & np.isfinite(roads)]
    low, high = 0, len(longer)
    while low < high:
        middle = (low + high) // 2
        limits = dataclasses.replace(question.limits, within=float(longer[middle]))
        found = Program(dataclasses.replace(question, limits=limits)).solve({}, end - time.monotonic())
        if found.values is None and not found.infeasible:
            return "时间不够，没有算出来"
        low, high = (low, middle) if found.values is not None else (middle + 1, high)
    return f"最远的路程要放到{longer[low]:g}公里" if low < len(longer) else "单放宽这一条不够"


def persons_required(balance: pd.DataFrame) -> pd.Series:
    """Return the teachers that each school needs of each subject, in persons (应有教师数).

    Parameters
    ----------
    balance : DataFrame
        Of `balancelib.teachers.staff_balance`: persons there are, and full posts over and short. A head who teaches a third of a load is a person
        still, so that needed are the persons there are, less those over, and those short besides.

    Returns
    -------
    Series of float
        By ``school_id, stage, subject``, for `plan_rotation`; without the subjects that anyone may teach, NaN where it is not known.
    """
    anyone = [subject.key for subject in load_curriculum().subjects if subject.by_anyone]
    rows = balance[~balance["subject"].isin(anyone)].set_index(["school_id", "stage", "subject"])
    return (rows["teachers"] - rows["surplus"] + rows["short"]).rename("required")


def rotation_levels(
    plan: RotationPlan, shares: Sequence[float], withins: Sequence[float], seconds: float = SECONDS
) -> pd.DataFrame:
    """Plan under each least share and each longest road: what a limit costs (比例和路程，换来什么).

    Parameters
    ----------
    plan : RotationPlan
        Its county and other limits are taken.
    shares, withins : sequence of float
        Least shares of the eligible, and longest roads in km.
    seconds : float
        For each.

    Returns
    -------
    DataFrame
        A row for each ``within`` and ``share``: ``found``, ``proven``, ``moved``, ``filled`` posts, ``left`` posts, ``gaps_filled``, ``km`` a person on average (NaN
        for nobody), and ``cv`` of backbone teachers in primary schools after.
    """
    rows = []
    for within, share in product(withins, shares):
        question, rules = plan.question, plan.question.limits.exchange
        limits = dataclasses.replace(
            question.limits, within=within, exchange=msgspec.structs.replace(rules, least_share=share)
        )
        found = solve(dataclasses.replace(question, limits=limits), seconds)
        steps = {step.aim: step.value for step in found.steps}
        rows.append({
            "within": within, "share": share, "found": found.found, "proven": found.proven, "moved": len(found.chosen),
            "filled": steps.get("posts", np.nan), "left": int(found.posts["short_after"].sum()), "gaps_filled": steps.get("gaps", np.nan),
            "km": found.moves["km"].mean(), "cv": found.effect["cv"]["after"].get(("primary", "backbone_teachers"), np.nan),
        })  # fmt: skip
    return pd.DataFrame(rows)
