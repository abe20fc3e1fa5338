"""Who goes to which course: an integer program over courses, places and money that closes gaps, and its proof."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import LinearConstraint
from scipy.sparse import csr_array, vstack

from balancelib.county import Lacking
from balancelib.highs import Solved, minimise
from balancelib.teachers.courses import Courses
from balancelib.teachers.training import ENOUGH, LAYERS
from balancelib.teachers.training_question import EXACT, Question, topic_gaps

AIMS = {"teachers": "先让补齐的教师最多", "hours": "先让补上的学时最多"}
SECONDS = 900.0  # for each aim, by the clock: never needed but on a crowded machine
CLOSE = 1e-4  # relative: one hour or 元 in ten thousand


@dataclass(frozen=True)
class TrainingPlan:
    """Who goes to which course.

    Attributes
    ----------
    given : DataFrame
        A row a teacher and course: ``teacher_id, course_id``.
    completed : int
        Teachers who reach the hours asked.
    filled : float
        Lacking hours that are filled, those of topics included.
    cost : float
        元, the way included.
    bounds : tuple of float
        Of the first aim, the second and the cost: what no plan beats that does as well in those before it.
    question : Question
        Who was planned for, and with which courses.
    terms : tuple of (float, bool, str)
        The budget, whether the rural share is guarded, and the aim.
    """

    given: pd.DataFrame
    completed: int
    filled: float
    cost: float
    bounds: tuple[float, ...]
    question: Question = field(repr=False)
    terms: tuple[float, bool, str]

    @property
    def short(self) -> int:
        """Teachers who are short of hours."""
        return int((self.question.people["gap"] > ENOUGH).sum())

    @property
    def gaps(self) -> tuple[float, ...]:
        """How far, by proof, each of the aims can be from its best, as a share of it."""
        reached = (
            [self.completed, self.filled] if self.terms[2] == "teachers" else [self.filled, self.completed]
        )
        pairs = zip([*reached, self.cost], self.bounds, strict=False)  # the cost only where it was gone after
        return tuple(abs(best - have) / max(1.0, abs(best)) for have, best in pairs)

    @property
    def proven(self) -> bool:
        """Whether no plan is better by more than one in ten thousand."""
        return max(self.gaps) <= CLOSE

    @property
    def message(self) -> str:
        """What was found, in Chinese."""
        if max(self.gaps) <= EXACT:
            how = "已证明没有更好的"
        elif self.proven:
            how = "已证明离最好的不到万分之一"
        else:
            how = "还没有证明最好，各个目标离最好的最多" + "、".join(f"{gap:.2%}" for gap in self.gaps)
        return (
            f"{self.short}名教师差学时，排上课的{self.given['teacher_id'].nunique()}名，{self.completed}名补齐；"
            f"一共补上{self.filled:,.0f}学时，花{self.cost:,.0f}元；{how}。"
        )


def plan_training(
    status: pd.DataFrame, courses: Courses, budget: float, *, fair: bool = True, aim: str = "teachers"
) -> TrainingPlan:
    r"""Give teachers courses within budget and places: gaps first, in a stated order (培训名额和经费怎样排).

    .. math::
        \max \sum_{tB} c_{tB}\, x_{tB}, \quad \text{then} \quad \max \sum_{tB} f_{tB}\, x_{tB}, \quad \text{then} \quad \min \sum_{tB} k_{tB}\, x_{tB},
        \qquad \sum_B x_{tB} \le n_t, \quad \sum_{tB \ni m} x_{tB} \le P_m, \quad \sum_{tB} k_{tB}\, x_{tB} \le M

    with ``x`` teachers of kind ``t`` (the same gaps, layer, subject and way) given the set ``B`` of courses, ``c`` = 1 where it closes their gap, the lacking
    hours ``f`` it fills, its cost ``k``, ``n`` teachers of a kind, ``P`` places of a course and the budget ``M``. Teachers of a kind are the same to
    the program: who of them goes first is the school's to say.

    Parameters
    ----------
    status : DataFrame
        Of `training_status`. Only those are planned for whose gap is known and whose layer is known.
    courses : Courses
        Of `balancelib.teachers.offered`.
    budget : float
        元.
    fair : bool
        Whether the share of rural teachers who reach the hours may not be below that of all others together: each of those whom courses can bring
        there this year, so that who lacks too much for one year stops nobody else.
    aim : str
        One of `AIMS`: what comes first; the other comes second, and then the cost.

    Raises
    ------
    ValueError
        A budget below 0 or an unknown aim.
    Lacking
        Nobody is known to be short, and of which layer.

    Notes
    -----
    Unit of analysis: the teacher. Solved as integer programs by HiGHS, the cost by halving the budget, see Huangfu and Hall (2018), Mathematical Programming Computation 10;
    `TrainingPlan.bounds` is its proof.

    Examples
    --------
    One place of a course of 40 hours, and two teachers, with a gap of 30 hours and of 90.

    >>> status = pd.DataFrame({"school_id": "1", "area": "town", "subject": "music", "layer": "growing", "gap": [30.0, 90.0]}, index=["a", "b"])
    >>> table = pd.DataFrame({"label": ["研修"], "subject": [None], "layer": ["growing"], "topic": ["subject"], "hours": [40.0], "cost": [500.0],
    ...     "places": [1.0], "remote": [1]}, index=["C"])
    >>> courses = Courses(table, (), pd.Series({"1": 0.0}))
    >>> [plan_training(status, courses, 1000, aim=aim).given["teacher_id"].tolist() for aim in AIMS]
    [['a'], ['b']]
    """
    if aim not in AIMS:
        raise ValueError(f"不认识的目标{aim}；可以写：{'、'.join(AIMS)}")
    if not budget >= 0:
        raise ValueError("预算不能小于0元")
    lacks = (status[["gap", *topic_gaps(status)]] > ENOUGH).any(axis=1)
    people = status[status["gap"].notna() & lacks & status["layer"].isin(list(LAYERS))]
    if people.empty:
        raise Lacking(
            "没有一名教师确知差学时、也知道层次：先看记录不全的，再看开始工作年份和骨干称号填了没有。"
        )
    return solve(Question(people.rename_axis("teacher_id").sort_index(), courses), float(budget), fair, aim)


def solve(
    question: Question, budget: float, fair: bool = True, aim: str = "teachers", aims: int = 3
) -> TrainingPlan:
    """Reach the three aims, or the first two, one after the other, each within what those before it reached."""
    columns, terms = question.columns, (budget, fair, aim)
    if columns.empty:
        return _told(question, np.zeros(0, dtype=int), (0.0, 0.0, 0.0), terms)
    cost = columns["cost"].to_numpy(dtype=float)
    limits, bounds, x = [question.limits, LinearConstraint(cost[None, :], -np.inf, budget)], [], None
    if fair:
        limits.append(LinearConstraint(question.tilt[None, :], 0.0, np.inf))
    for name in ("completes", "filled") if aim == "teachers" else ("filled", "completes"):
        worth = columns[name].to_numpy(dtype=float)
        close = 0.9 / max(1, len(question.people)) if name == "completes" else CLOSE  # heads are whole
        x, bound = _milp(-worth, limits, question, close, x)
        best = float(worth @ x)
        bounds.append(max(best, np.floor(EXACT - bound) if name == "completes" else -bound))
        reached = LinearConstraint(worth[None, :], *(best + EXACT * max(1.0, best) * np.array([-1, 1])))
        limits.append(reached)  # neither less nor more: an equation is proven several times as fast
    if aims == len(bounds):
        return _told(question, x, tuple(bounds), terms)
    x, bound = _cheapest(cost, worth, limits, question, x)
    return _told(question, x, (*bounds, bound), terms)


def _cheapest(
    cost: np.ndarray, worth: np.ndarray, limits: list[LinearConstraint], question: Question, x: np.ndarray
) -> tuple[np.ndarray, float]:
    """Halve the budgets between the relaxation's least cost and that of ``x``: how much of the last aim is had for so much is far sooner proven."""
    unit = (
        np.gcd.reduce(np.round(100 * cost).astype(int)) / 100 or 1.0
    )  # 元: every cost is so many times this
    relaxed = _solved(cost, limits, question, 0.0, whole=False)
    low, high = np.ceil(relaxed.value / unit - 1e-6), round(cost @ x / unit)
    best = worth @ x
    while low < high:
        middle = (low + high) // 2
        budget = LinearConstraint(cost[None, :] / unit, -np.inf, middle)
        found = _solved(-worth, [*limits[:-1], budget], question, 0.0)
        if found.x is not None and worth @ np.round(found.x) >= best - EXACT * max(1.0, best):
            x = np.round(found.x).astype(int)
            high = round(cost @ x / unit)
        elif found.infeasible or -found.bound < best - EXACT * max(1.0, best):
            low = middle + 1
        else:
            break  # the clock ended the search
    return x, float(min(low, high) * unit)


def _milp(
    cost: np.ndarray,
    limits: list[LinearConstraint],
    question: Question,
    close: float,
    start: np.ndarray | None,
) -> tuple[np.ndarray, float]:
    """Minimise; return whole numbers, and what no others are below."""
    found = _solved(cost, limits, question, close, start=start)
    if found.x is None:
        raise Lacking(f"{SECONDS:g}秒里没有找到方案：请把教师分批，或者减少一个人最多上的课。")
    return np.round(found.x).astype(int), found.bound


def _solved(
    cost: np.ndarray, limits: list[LinearConstraint], question: Question, close: float, **how: Any
) -> Solved:
    """Minimise under limits that are all of rows."""
    most = question.types["count"].to_numpy(dtype=float)[question.columns["type"]]
    rows = [csr_array(one.A) for one in limits]
    low, high = (
        np.concatenate([np.broadcast_to(end, r.shape[0]) for end, r in zip(ends, rows, strict=True)])
        for ends in ([one.lb for one in limits], [one.ub for one in limits])
    )
    return minimise(cost, vstack(rows), low, high, most, gap=close, seconds=SECONDS, **how)


def _told(
    question: Question, x: np.ndarray, bounds: tuple[float, ...], terms: tuple[float, bool, str]
) -> TrainingPlan:
    """Hand the sets of courses to the teachers of each kind, in the order of their ids."""
    columns = question.columns
    waiting = {kind: list(ids) for kind, ids in question.kinds.groupby(question.kinds).groups.items()}
    rows = [
        (teacher, course)
        for kind, courses, count in zip(columns["type"], columns["courses"], x, strict=True)
        for teacher in [waiting[kind].pop(0) for _ in range(count)]
        for course in courses
    ]
    given = pd.DataFrame(rows, columns=["teacher_id", "course_id"]).sort_values(["teacher_id", "course_id"])
    done, filled, cost = (
        float(columns[n].to_numpy(dtype=float) @ x) for n in ("completes", "filled", "cost")
    )
    return TrainingPlan(given.reset_index(drop=True), round(done), filled, cost, bounds, question, terms)
