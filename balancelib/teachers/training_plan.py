"""Who goes to which course: an integer program over courses, places and money that closes gaps, and its proof."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse import csr_array, vstack

from balancelib.county import Lacking
from balancelib.teachers.courses import Courses
from balancelib.teachers.training import ENOUGH, LAYERS, TOPICS

AIMS = {"teachers": "先让补齐的教师最多", "hours": "先让补上的学时最多"}
SECONDS = 60.0  # for each aim
CLOSE = 1e-6  # relative: within HiGHS's own tolerance


@dataclass(frozen=True)
class Question:
    """Who lacks what, and what may be given: the program's data.

    Attributes
    ----------
    people : DataFrame
        By ``teacher_id``: those who lack hours, of `training_status`.
    courses : Courses
    budget : float
        元.
    fair : bool
    aim : str
        One of `AIMS`.
    """

    people: pd.DataFrame
    courses: Courses
    budget: float
    fair: bool = True
    aim: str = "teachers"

    @cached_property
    def kinds(self) -> pd.Series:
        """Number of the kind of each teacher: the same courses do the same for all of a kind, at the same price."""
        travel = self.people["school_id"].map(self.courses.travel).fillna(0.0)
        people = self.people.assign(travel=travel, rural=self.people["area"] == "rural")
        keys = ["layer", "subject", "travel", "rural", "gap", *topic_gaps(people)]
        return people.groupby(keys, dropna=False).ngroup()

    @cached_property
    def types(self) -> pd.DataFrame:
        """The kinds: how many teachers (``count``), and what one of them lacks and pays for the way."""
        first = self.people[~self.kinds.duplicated()]
        travel = first["school_id"].map(self.courses.travel).fillna(0.0)
        found = first.assign(
            travel=travel,
            rural=first["area"] == "rural",
            count=self.kinds.value_counts()[self.kinds[first.index]].to_numpy(),
        )
        return found.set_axis(self.kinds[first.index]).sort_index()

    @cached_property
    def columns(self) -> pd.DataFrame:
        """Sets of courses that a kind can be given, none with a course that does nothing: the variables of the program."""
        rows = [{"type": kind, **row} for kind, one in self.types.iterrows() for row in self._sets(one)]
        return pd.DataFrame(rows, columns=["type", "courses", "completes", "filled", "cost"])

    def _sets(self, kind: Mapping[Hashable, object]) -> list[dict[str, object]]:
        table = self.courses.of(kind["layer"], kind["subject"])
        hours, topics = dict(table["hours"]), dict(table["topic"])
        extra = np.where(table["remote"] == 1, 0.0, kind["travel"])
        cost = dict(zip(table.index, table["cost"] + extra, strict=True))
        worth = {(): (0, 0.0)}
        for size in range(1, self.courses.most_courses + 1):
            for chosen in combinations(table.index, size):
                if sum(hours[c] for c in chosen) <= self.courses.most_hours:
                    worth[chosen] = _worth(kind, [(topics[c], hours[c]) for c in chosen])
        useful = [s for s in worth if s and all(worth[_without(s, c)] != worth[s] for c in s)]
        return [
            {"courses": s, "completes": worth[s][0], "filled": worth[s][1], "cost": sum(cost[c] for c in s)}
            for s in useful
        ]

    @cached_property
    def limits(self) -> list[LinearConstraint]:
        """Each teacher once, each course to its places, all within the budget, and the rural share of the completed."""
        columns, n = self.columns, len(self.columns)
        taken = columns["courses"].explode()
        courses = self.courses.table.index
        teachers = csr_array((np.ones(n), (columns["type"], range(n))), shape=(len(self.types), n))
        places = csr_array(
            (np.ones(len(taken)), (courses.get_indexer(taken), taken.index)), shape=(len(courses), n)
        )
        rows = vstack([teachers, places, csr_array(columns["cost"].to_numpy(dtype=float)[None, :])])
        rooms = [*self.types["count"], *self.courses.table["places"], self.budget]
        limits = [LinearConstraint(rows, -np.inf, np.array(rooms, dtype=float))]
        return [*limits, LinearConstraint(self._tilt(), 0.0, np.inf)] if self.fair else limits

    def _tilt(self) -> np.ndarray:
        """Row that keeps the share of rural teachers completed at or above that of the others, of those who are short."""
        short = self.types[self.types["gap"] > ENOUGH]
        rural, other = (short.loc[short["rural"] == lies, "count"].sum() for lies in (True, False))
        lies = self.types["rural"].to_numpy()[self.columns["type"]]
        weights = np.where(lies, other, -rural) if rural and other else 0
        return (self.columns["completes"].to_numpy() * weights)[None, :]


def topic_gaps(people: pd.DataFrame) -> list[str]:
    """Return the columns of `training_status` that tell what is lacking of a topic."""
    return [f"{topic}_gap" for topic in TOPICS if f"{topic}_gap" in people]


def _without(chosen: tuple[str, ...], course: str) -> tuple[str, ...]:
    return tuple(c for c in chosen if c != course)


def _worth(kind: Mapping[Hashable, object], courses: list[tuple[str, float]]) -> tuple[int, float]:
    """Whether courses close the gap to the hours asked, and how many lacking hours they fill, those of topics included."""
    hours = sum(h for _, h in courses)
    filled = min(kind["gap"], hours)
    for topic in TOPICS:
        lacking = kind.get(f"{topic}_gap", 0.0)
        filled += min(0.0 if np.isnan(lacking) else lacking, sum(h for t, h in courses if t == topic))
    return int(kind["gap"] > ENOUGH and hours >= kind["gap"] - ENOUGH), round(float(filled), 6)


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
        What was asked.
    """

    given: pd.DataFrame
    completed: int
    filled: float
    cost: float
    bounds: tuple[float, float, float]
    question: Question = field(repr=False)

    @property
    def short(self) -> int:
        """Teachers who are short of hours."""
        return int((self.question.people["gap"] > ENOUGH).sum())

    @property
    def gaps(self) -> tuple[float, float, float]:
        """How far, by proof, each of the three aims can be from its best."""
        first, second = (
            (self.completed, self.filled)
            if self.question.aim == "teachers"
            else (self.filled, self.completed)
        )
        most_first, most_second, least = self.bounds
        return max(most_first - first, 0.0), max(most_second - second, 0.0), max(self.cost - least, 0.0)

    @property
    def proven(self) -> bool:
        """Whether no plan is better."""
        return all(
            gap <= 10 * CLOSE * max(1.0, abs(best)) for gap, best in zip(self.gaps, self.bounds, strict=True)
        )

    @property
    def message(self) -> str:
        """What was found, in Chinese."""
        first, second, cost = self.gaps
        units = ("名", "学时") if self.question.aim == "teachers" else ("学时", "名")
        still = f"最多还能多{first:.1f}{units[0]}、再多{second:.1f}{units[1]}、再省{cost:,.0f}元"
        how = "已证明没有更好的" if self.proven else f"还没有证明最好：{still}"
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
        Whether the share of rural teachers who reach the hours, of those who are short, may not be below that of the others.
    aim : str
        One of `AIMS`: what comes first; the other comes second, and then the cost.

    Raises
    ------
    ValueError
        A budget below 0 or an unknown aim.
    Lacking
        Nobody is known to be short.

    Notes
    -----
    Unit of analysis: the teacher. Solved as three integer programs by HiGHS, see Huangfu and Hall (2018), Mathematical Programming Computation 10;
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
        raise Lacking("没有一名教师确知差学时：先看记录不全的。")
    return solve(Question(people.rename_axis("teacher_id").sort_index(), courses, float(budget), fair, aim))


def solve(question: Question) -> TrainingPlan:
    """Reach the three aims one after the other, each within what those before it reached."""
    columns = question.columns
    if columns.empty:
        return _told(question, np.zeros(0, dtype=int), (0.0, 0.0, 0.0))
    limits, bounds = list(question.limits), []
    for name in ("completes", "filled") if question.aim == "teachers" else ("filled", "completes"):
        worth = columns[name].to_numpy(dtype=float)
        x, bound = _milp(-worth, limits, question)
        best = float(worth @ x)
        bounds.append(max(best, -bound))
        limits.append(LinearConstraint(worth[None, :], best - CLOSE * max(1.0, best), np.inf))
    x, bound = _milp(columns["cost"].to_numpy(dtype=float), limits, question)
    return _told(question, x, (*bounds, bound))


def _milp(cost: np.ndarray, limits: list[LinearConstraint], question: Question) -> tuple[np.ndarray, float]:
    """Minimise; return whole numbers, and what no others are below."""
    most = question.types["count"].to_numpy(dtype=float)[question.columns["type"]]
    found: OptimizeResult = milp(
        cost, integrality=np.ones(len(cost)), bounds=Bounds(0, most), constraints=limits,
        options={"mip_rel_gap": CLOSE, "time_limit": SECONDS},
    )  # fmt: skip
    if found.x is None:
        raise TimeoutError(f"{SECONDS:g}秒里没有找到方案：请把教师分批，或者减少一个人最多上的课。")
    x = np.round(found.x).astype(int)
    return x, min(found.mip_dual_bound, float(cost @ x))


def _told(question: Question, x: np.ndarray, bounds: tuple[float, ...]) -> TrainingPlan:
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
    completed, filled, cost = (
        float(columns[n].to_numpy(dtype=float) @ x) for n in ("completes", "filled", "cost")
    )
    return TrainingPlan(given.reset_index(drop=True), round(completed), filled, cost, bounds, question)
