"""Local teaching resources: which subjects and grades they reach, what the curriculum leaves room for, and which grade teaches which."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from balancelib.county import County, Lacking
from balancelib.highs import minimise
from balancelib.standards.staffing import Curriculum, load_curriculum

GRADES = range(1, 10)
PRACTICE = "practice"  # the group that local and school courses share with labour and practice activities
STATES = {"counted": "审过，能用", "waiting": "还没有审", "unknown": "没有填全"}
EQUAL = 1e-5  # periods; HiGHS's own tolerance is 1e-6


def local_resources(county: County) -> pd.DataFrame:
    """Return the county's local resources, each with its ``state``, one of `STATES` (乡土资源哪些能算).

    Parameters
    ----------
    county : County
        With the table ``local_resources``.

    Returns
    -------
    DataFrame
        By ``resource_id``, in order, the table's columns and ``state``: ``counted`` where it is reviewed and its grades and periods are filled in; ``unknown`` where one
        of these is blank; ``waiting`` where it is not reviewed.
    """
    table = county.tables["local_resources"].set_index("resource_id").sort_index()
    blank = table[["subject", "grade_from", "grade_to", "periods", "reviewed"]].isna().any(axis=1)
    state = np.select([blank, table["reviewed"] == 1], ["unknown", "counted"], "waiting")
    return table.assign(state=state)


def local_coverage(county: County, curriculum: Curriculum | None = None) -> pd.DataFrame:
    """Count the reviewed resources for each subject and grade in which it is taught (学科×年级，哪里是空的).

    Parameters
    ----------
    county : County
        With the table ``local_resources``.
    curriculum : Curriculum, optional
        Says which grades have which subject; the one of 2022 if left out.

    Returns
    -------
    DataFrame
        A row a subject of the curriculum, in its order, a column a grade: the number of reviewed resources; NaN where the subject is not taught. A resource
        for grades 3 to 4 counts in both.
    """
    curriculum = curriculum or load_curriculum()
    counted = local_resources(county).query("state == 'counted'")
    rows = {}
    for subject in curriculum.subjects:
        own = counted[counted["subject"] == subject.key]
        rows[subject.key] = [
            int(own["grade_from"].le(grade).mul(own["grade_to"].ge(grade)).sum())
            if subject.weekly[grade - 1]
            else np.nan
            for grade in GRADES
        ]
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(GRADES))


def local_room(curriculum: Curriculum | None = None) -> pd.Series:
    r"""Return what the curriculum plan leaves to local and school courses together with labour and practice (课程方案留了多少课时).

    .. math:: r = \left[s^-T,\; s^+T\right]

    with the least and most share ``s`` of the ``T`` periods of nine years.

    Returns
    -------
    Series
        Periods of nine years: ``total``, ``least`` and ``most`` of the four together; ``assumed``: those of our split by subject.

    Notes
    -----
    Source: 义务教育课程方案（2022年版）, 14 to 18 % of 9,522 periods for the four together; how they are divided among the four the plan leaves open.

    Examples
    --------
    >>> local_room().round(2).tolist()
    [9522.0, 1333.08, 1713.96, 1495.0]
    """
    curriculum = curriculum or load_curriculum()
    low, high = next(group.share for group in curriculum.groups if PRACTICE in group.subjects)
    assumed = float(np.dot(curriculum.subject(PRACTICE).weekly, curriculum.weeks))
    total = curriculum.total
    return pd.Series({"total": total, "least": low * total, "most": high * total, "assumed": assumed})


@dataclass(frozen=True)
class LocalPlan:
    """Which grade teaches which resource.

    Attributes
    ----------
    placed : DataFrame
        By ``resource_id``: ``label, subject, periods, grade``.
    by_grade : DataFrame
        By grade: ``periods`` placed, ``target``, ``short``, and ``room``: periods a year that our split leaves to the four together.
    bounds : tuple of float
        Fewest periods short, and, with so few short, the fewest of the fullest grade: proven by the solver.
    """

    placed: pd.DataFrame
    by_grade: pd.DataFrame
    bounds: tuple[float, float] = field(repr=False)

    @property
    def short(self) -> float:
        """Periods short of the target, over all grades."""
        return float(self.by_grade["short"].sum())

    @property
    def proven(self) -> bool:
        """Whether no other placing has fewer periods short, or with as few a less full fullest grade."""
        reached = self.short, float(self.by_grade["periods"].max())
        return all(have - bound <= EQUAL for have, bound in zip(reached, self.bounds, strict=True))


def place_resources(county: County, target: float, curriculum: Curriculum | None = None) -> LocalPlan:
    r"""Give each reviewed resource one grade of its range, so that as few periods as can be are short of a target (乡土课排进哪个年级).

    .. math:: \min_x \sum_g \Big(m - \sum_r p_r x_{rg}\Big)^+, \quad \text{then} \quad \min_x \max_g \sum_r p_r x_{rg}, \qquad \sum_g x_{rg} = 1

    with ``x`` = 1 where resource ``r`` of ``p`` periods is taught in grade ``g``, and ``m`` periods a year and grade aimed at.

    Parameters
    ----------
    county : County
        With the table ``local_resources``.
    target : float
        Periods a year that each grade is to have. The county's own: no national number is known to us.
    curriculum : Curriculum, optional
        For the room by grade; the one of 2022 if left out.

    Raises
    ------
    ValueError
        A target that is not above 0.
    Lacking
        No reviewed resource, or one whose grades are in the wrong order or not among 1 to 9.

    Notes
    -----
    Unit of analysis: the resource, taught once to each cohort: one for grades 3 to 4 counts in one of them, not in both. Solved by HiGHS, without a gap.
    """
    if not target > 0:
        raise ValueError("每个年级的目标课时要大于0")
    counted = local_resources(county).query("state == 'counted'")
    if counted.empty:
        raise Lacking("没有一份审过的、填全的乡土资源：先审，再排课。")
    ends = counted[["grade_from", "grade_to"]]
    if len(wrong := counted.index[(ends["grade_from"] > ends["grade_to"]) | ~ends.isin(GRADES).all(axis=1)]):
        raise Lacking(
            f"这些资源的起止年级不对（应在1到9之间，从低到高）：{'、'.join(counted.loc[wrong, 'label'])}"
        )
    arcs = pd.DataFrame(
        [
            (r, g)
            for r, one in ends.iterrows()
            for g in range(int(one["grade_from"]), int(one["grade_to"]) + 1)
        ],
        columns=["resource_id", "grade"],
    )
    chosen, bounds = _placed(arcs, counted["periods"], target)
    placed = counted[["label", "subject", "periods"]].assign(grade=chosen)
    return LocalPlan(placed, _by_grade(placed, target, curriculum or load_curriculum()), bounds)


def _by_grade(placed: pd.DataFrame, target: float, curriculum: Curriculum) -> pd.DataFrame:
    periods = placed.groupby("grade")["periods"].sum().reindex(GRADES, fill_value=0.0)
    room = np.multiply(curriculum.subject(PRACTICE).weekly, curriculum.weeks)
    return pd.DataFrame(
        {"periods": periods, "target": target, "short": (target - periods).clip(lower=0), "room": room}
    )


def _placed(arcs: pd.DataFrame, periods: pd.Series, target: float) -> tuple[pd.Series, tuple[float, float]]:
    """Solve: variables are the arcs, the shortage of each grade, and the periods of the fullest grade."""
    n, grades = len(arcs), len(GRADES)
    once = np.array([arcs["resource_id"] == r for r in periods.index], dtype=float)
    taught = np.array([(arcs["grade"] == g) * arcs["resource_id"].map(periods) for g in GRADES], dtype=float)
    none, eye, one = np.zeros((len(once), grades + 1)), np.eye(grades), np.ones((grades, 1))
    short = np.concatenate([np.zeros(n), np.ones(grades), [0]])
    fullest = np.concatenate([np.zeros(n + grades), [1]])
    rows = np.vstack(
        [
            np.hstack([once, none]),
            np.hstack([taught, eye, 0 * one]),
            np.hstack([taught, 0 * eye, -one]),
            short,
        ]
    )
    sizes = [len(once), grades, grades, 1]
    low, high = np.repeat([1.0, target, -np.inf, 0], sizes), np.repeat([1.0, np.inf, 0, np.inf], sizes)
    upper, whole = np.repeat([1.0, np.inf], [n, grades + 1]), np.arange(len(short)) < n
    first = minimise(short, rows, low, high, upper, whole)
    high[-1] = first.value + EQUAL / 10
    second = minimise(fullest, rows, low, high, upper, whole)
    chosen = arcs[second.x[:n] > 0.5].set_index("resource_id")["grade"]
    return chosen, (first.bound, second.bound)
