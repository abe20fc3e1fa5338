"""From a county to a plan: aim after aim, proven, or the rule that stands in the way."""

import dataclasses
import time
from collections.abc import Collection, Mapping, Sequence

import msgspec
import numpy as np
import pandas as pd

from balancelib.county import County, Lacking
from balancelib.standards.staffing import load_curriculum
from balancelib.teachers.definitions import least
from balancelib.teachers.rotation.obstacles import obstacles
from balancelib.teachers.rotation.plan import RotationPlan, Step
from balancelib.teachers.rotation.program import AIMS, Program
from balancelib.teachers.rotation.question import LIMITS, Limits, Question

SECONDS = 60.0
NEEDED = [
    f"teachers.{name}"
    for name in (
        "subject",
        "education",
        "backbone",
        "birth_year",
        "gender",
        "school_since",
        "permanent",
        "post",
    )
]
# Aims of one phase are pursued at once, the first weighing more than all of the second can.
PHASES = (("posts", "gaps"), ("people",), ("km",))
RESERVE = 0.1  # share of the time left that a phase leaves to those after it, at least


def plan_rotation(
    county: County,
    required: pd.Series,
    km: pd.DataFrame,
    *,
    year: int,
    limits: Limits = LIMITS,
    kept: Collection[str] = (),
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
    kept : collection of str
        Teachers who are not to be sent, whatever the rules say. They still count as eligible.
    seconds : float
        For all aims together. Stopped by time, the plan says how far from the best it can be at most.

    Returns
    -------
    RotationPlan
        Its four aims in order: posts of subjects filled, gaps of the three indicators filled, as few people as can be, as few kilometres from home
        as can be. Of plans equal in all of them lots choose one, so that it is the same for the same data in whatever order, unless time runs out.

    Raises
    ------
    MissingTable
        A column without which nobody can be sent is blank.
    Lacking
        Nobody is eligible, or a post is needed at less than nothing.

    Notes
    -----
    The rules are in `balancelib.teachers.rotation.program`. Unit of analysis: teachers of public schools.
    """
    county.tables.need(NEEDED)
    if not (required.dropna() >= 0).all():
        raise Lacking("各校各学科需要的教师数不能小于0")
    question = Question(county, required, km, year, limits, frozenset(kept))
    if question.without_roads:
        names = question.county.names
        lost = "、".join(names.get(school, school) for school in question.without_roads[:5])
        raise Lacking(f"校际路程表里没有这些学校：{lost}。不知道多远，排不出方案，请先补上路程")
    if not question.eligible:
        raise Lacking("没有一名教师符合交流条件，排不出方案：先核对教师表的“到本校年份”“在编”“照顾对象”")
    return solve(question, seconds)


def solve(
    question: Question, seconds: float, last: str = "km", known: Mapping[str, float] | None = None
) -> RotationPlan:
    """Pursue the aims in order, down to the ``last``, or find out which rule stands in the way.

    ``known``: what no plan can beat of the first aims, of a question whose rules are looser; where it is reached here too, it need not be proven again.
    """
    end = time.monotonic() + seconds
    steps, values, program = (
        _from_known(question, known, last, end) if known else ([], None, Program(question))
    )
    asked = _until(last)
    while len(steps) < sum(map(len, asked)):
        aims = next(aims for aims in asked if aims[0] not in {step.aim for step in steps})
        left = end - time.monotonic()
        if aims == ("people",) and last == "km" and (found := _fewest(program, left / 2, values)):
            values, steps = found[0], [*steps, *found[1]]
            break
        found = _pursue(program, aims, left if aims == asked[-1] else left * (1 - RESERVE), values)
        if found is None:
            break
        values, reached = found
        steps += reached
        for step in reached:
            program.hold(step.aim, step.value)
    late = time.monotonic() >= end
    if values is None:
        return RotationPlan(question, (), (), () if late else obstacles(question, seconds), late)
    if last == "km" and not late and all(step.proven for step in steps):
        values = _drawn(program, steps, values, end)
    return RotationPlan(question, _chosen(program, values), tuple(steps), (), late)


def _drawn(program: Program, steps: list[Step], values: np.ndarray, end: float) -> np.ndarray:
    """Let lots choose among plans that reach the same; without the time for it, what was found stays."""
    for step in steps:
        program.hold(step.aim, step.value)
    drawn = program.solve(program.lots(), end - time.monotonic(), start=values).x
    return values if drawn is None else drawn


def _fewest(
    program: Program, seconds: float, start: np.ndarray | None
) -> tuple[np.ndarray, list[Step]] | None:
    """Try the last two aims at once: as few people as the share of the eligible asks, which no plan can beat."""
    question = program.question
    fewest = float(least(question.limits.exchange.least_share, question.eligible))
    program.hold("people", fewest)
    found = None if program.impossible(seconds) else _pursue(program, ("km",), seconds, start)
    program.rows.pop()
    return found and (found[0], [Step("people", fewest, fewest), *found[1]])


def _until(last: str) -> tuple[tuple[str, ...], ...]:
    """Return the phases down to the one of an aim."""
    return PHASES[: next(i for i, aims in enumerate(PHASES) if last in aims) + 1]


def _from_known(
    question: Question, known: Mapping[str, float], last: str, end: float
) -> tuple[list[Step], np.ndarray | None, Program]:
    """Try to reach what is known to be the most."""
    program = Program(question)
    for aim, value in known.items():
        program.hold(aim, value)
    rest = next(aims for aims in _until(last) if aims[0] not in known)
    found = _pursue(program, rest, end - time.monotonic())
    if found is None:
        return [], None, Program(question)
    for step in found[1]:
        program.hold(step.aim, step.value)
    return [*(Step(aim, value, value) for aim, value in known.items()), *found[1]], found[0], program


def _pursue(
    program: Program, aims: tuple[str, ...], seconds: float, start: np.ndarray | None = None
) -> tuple[np.ndarray, list[Step]] | None:
    """Reach as much of some aims as can be, all of the first before any of the second; None where nothing was found."""
    sign, weight, costs, weights = AIMS[aims[0]][1], 1.0, {}, {}
    for aim in reversed(aims):
        weights[aim] = weight
        costs |= {j: sign * weight * c for j, c in program.aims[aim].items()}
        weight += weight * program.most(aim)
    found = program.solve(costs, seconds, start=start)
    if found.x is None:
        return None
    best = round(found.value) == np.ceil(found.bound - 1e-5)  # all aims are whole numbers
    steps = []
    for aim in aims:
        value = float(round(sum(c * found.x[j] for j, c in program.aims[aim].items())))
        steps.append(
            Step(aim, value, value if best else _bound(program, aim, aims, sign * found.bound / weights[aim]))
        )
    return found.x, steps


def _bound(program: Program, aim: str, aims: tuple[str, ...], bound: float) -> float:
    """Return the bound of an aim: of the first what the solver proved, of those after it what there is."""
    if aim != aims[0]:
        return float(program.most(aim))
    return float(np.floor(bound + 1e-5) if AIMS[aim][1] < 0 else np.ceil(bound - 1e-5))


def _chosen(program: Program, values: np.ndarray) -> tuple[tuple[str, str], ...]:
    """Say who goes where: of each group those first who are longest at the school, to the schools in order."""
    chosen, taken = [], dict.fromkeys(range(len(program.question.groups)), 0)
    for (g, school), count in zip(program.moves, np.round(values).astype(int), strict=False):
        for party in program.question.groups[g].parties[taken[g] : taken[g] + count]:
            chosen += [(teacher, school) for teacher in party]
        taken[g] += count
    return tuple(sorted(chosen))


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
        A row for each ``within`` and ``share``: ``found``, ``proven``, ``moved``, ``needed`` (who would do for the same without any
        share), ``filled`` posts, ``left`` posts, and ``gaps_filled``. Kilometres are not made few, to save time.
    """
    rows = []
    for within in withins:
        free = _level(plan, 0.0, within, seconds, None)
        reached = {step.aim: step.value for step in free.steps}
        known = {aim: reached[aim] for aim in PHASES[0]} if free.proven else None
        for share in shares:
            found = _level(plan, share, within, seconds, known) if share else free
            steps = {step.aim: step.value for step in found.steps}
            rows.append((within, share, found.found, found.proven, len(found.chosen), len(free.chosen), steps.get("posts", np.nan),
                         int(found.posts["short_after"].sum()), steps.get("gaps", np.nan)))  # fmt: skip
    columns = ["within", "share", "found", "proven", "moved", "needed", "filled", "left", "gaps_filled"]
    return pd.DataFrame(rows, columns=columns)


def _level(
    plan: RotationPlan, share: float, within: float, seconds: float, known: Mapping[str, float] | None
) -> RotationPlan:
    """Plan under one share and one distance."""
    limits = plan.question.limits
    exchange = msgspec.structs.replace(limits.exchange, least_share=share)
    limits = dataclasses.replace(limits, within=within, exchange=exchange)
    if limits == plan.question.limits and plan.proven:
        return plan  # the same question; that it also looked for few kilometres does no harm
    return solve(dataclasses.replace(plan.question, limits=limits), seconds, "people", known)
