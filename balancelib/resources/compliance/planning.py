"""The call that plans: what is asked is checked, searched for, put in the order of years."""

import dataclasses
from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from balancelib.assess import assess
from balancelib.county import County
from balancelib.county.schema import STAGES
from balancelib.resources.compliance.cones import cones
from balancelib.resources.compliance.lacking import COLUMNS as LACKING
from balancelib.resources.compliance.lacking import lacking
from balancelib.resources.compliance.model import Model
from balancelib.resources.compliance.phases import by_year, from_the_richest
from balancelib.resources.compliance.plan import MEASURES, Plan
from balancelib.resources.compliance.program import Progress
from balancelib.resources.compliance.search import First, Found, Question
from balancelib.resources.needs import needs
from balancelib.resources.unit_costs import UNIT_COSTS, Action
from balancelib.standards import Standard, load_standard


def plan_compliance(
    county: County,
    standard: Standard | str = "quality-2017",
    *,
    actions: Sequence[Action] = UNIT_COSTS,
    years: int = 3,
    budgets: Sequence[float] | None = None,
    first: First = "pupils",
    limits: pd.DataFrame | None = None,
    relax: Collection[str] = (),
    seconds: float = 30.0,
    progress: Progress | None = None,
) -> Plan:
    r"""Find the cheapest plan in whole units under which a county meets a standard's resource part (最省的达标方案).

    .. math::
        \min_x \sum_v (c_v + T r_v)\, x_v \quad \text{so that} \quad
        \sum_v e_{skv} x_v \ge f_{sk} + (g_{sk} - f_{sk}) z_{sk}, \quad \sum_k z_{sk} \ge m - m_s, \quad CV_k(y + E x) \le L

    with whole numbers ``x`` of each action at each school, at ``c`` once and ``r`` a year for ``T`` years, the units ``e`` that one adds to the
    total of section ``s`` in indicator ``k``, its gaps ``g`` to the threshold and ``f`` to the floor, and ``z`` = 1 where the threshold is
    reached: at least ``m`` of the indicators, of which the section has ``m_s`` today.

    Parameters
    ----------
    county : County
        One county, as read.
    standard : Standard or str
        One that tests schools by thresholds and each indicator's coefficient of variation; its numbers are the plan's rules.
    actions : sequence of Action
        What can be done and its price; the bundled prices are assumptions (示例单价), put your own in their place.
    years : int
        Length of the plan: a cost that recurs is counted in each year. Left out where budgets are given.
    budgets : sequence of float, optional
        What may be spent in each year, 元; what is left of a year is lost. Without budgets everything is begun in the first year.
    first : {"pupils", "sections"}
        What budgets that are too small are spent for: most pupils in sections that keep the school rule, or most such sections.
    limits : DataFrame, optional
        The most that schools may get: ``school_id``, ``action`` (its key), ``limit`` (in the action's unit) and, where it is for one stage only,
        ``stage``; where that is blank, all stages together. A limit of 0 forbids. Schools out of the standard's scope are passed over.
    relax : collection of str
        Keys of the relaxations to apply.
    seconds : float
        Wall time for each search (one, or three where the budgets are too small). Only where it runs out the plan may be another the next time;
        it then says so, and by how much it may be too dear.
    progress : callable, optional
        Given a line in Chinese with bound and gap about once a second, such as ``print``.

    Returns
    -------
    Plan
        Cost, bound, measures, and the county after them, which `assess` accepts in full precision.

    Raises
    ------
    ValueError
        A standard of another kind, several counties, no school to judge, a blank number, budgets or limits without sense.

    Notes
    -----
    The rules of the model, beside those of the standard:

    - Teachers who move (交流) move within a stage between public schools, in exchange for a teacher who does not count for the indicator, so that
      no school's number of teachers changes. A school gives no more than what it has above the threshold. Private schools neither give nor take;
      what they lack is planned and priced as for all others, as the standard counts them.
    - No column outgrows the one that it is a part of: there are no more backbone teachers than teachers. A teacher who is recruited for the arts
      also counts as qualified.
    - Under budgets, the plan is still the one that costs least as if all began at once, among those that the budgets allow; the order is found
      after it, weak schools first. Otherwise it would pay to put off every teacher's pay to the last year.
    - Budgets that are too small: the plan then does what ``first`` says, as cheaply as can be; the limits of the coefficients are not
      asked of it. ``least_budget`` is the least that would do, in the same proportion by year.
    - Among plans of equal cost, teachers come from the schools with most for their pupils.

    A coefficient of variation is a convex cone; it is cut out of the integer program by tangents where a solution breaks it, until `assess`
    accepts: see `balancelib.resources.compliance.cones`. Source: the standard's file for the rules; Kelley (1960) and Duran and Grossmann (1986)
    for the cuts; Huangfu and Hall (2018) for the solver, HiGHS.

    Examples
    --------
    >>> from balancelib.county import sample_county
    >>> plan = plan_compliance(sample_county(7))
    >>> plan.status, plan.proven, plan.assessment().resources_meet
    ('planned', True, True)
    """
    standard = standard if isinstance(standard, Standard) else load_standard(standard)
    years = years if budgets is None else len(budgets)
    check(standard, years, budgets)
    model = Model(needs(county, standard, actions, relax), actions)
    if limits is not None:
        _check_limits(limits, county, model.actions)
    question = Question(
        model, years, limits, None if budgets is None else tuple(map(float, budgets)), seconds, progress
    )
    if assess(county, standard, relax).resources_meet:
        return plan_of(
            "met", Found(np.zeros(len(model.choices), dtype=np.int64), 0.0, 0.0), question, county, relax
        )
    status, found, least = _search(question, first)
    missing = lacking(question) if status == "impossible" else None
    plan = plan_of(status, found, question, county, relax, least, missing)
    if status == "planned" and not plan.assessment().resources_meet:
        raise RuntimeError("方案没有通过评估：这是程序的错误，请把数据交给维护者")
    return plan


def _search(question: Question, first: First) -> tuple[str, Found, float | None]:
    """Return the status, what was found, and, where the budgets are too small, the least that would do: inf where nothing would."""
    found = question.cheapest()
    if found.amounts is not None or found.late:
        return "late" if found.amounts is None else "planned", found, None
    if question.budgets is None:
        return "impossible", found, None
    free = dataclasses.replace(question, budgets=None).cheapest()
    if free.amounts is None:
        return "late" if free.late else "impossible", free, None
    least, best = question.least_budget(), question.most(first)
    cost = least.cost if least.amounts is not None else None if least.late else np.inf
    return "short", best._replace(late=best.late or least.late), cost


def plan_of(
    status: str,
    found: Found,
    question: Question,
    county: County,
    relax: Collection[str],
    least: float | None = None,
    missing: pd.DataFrame | None = None,
) -> Plan:
    """Put what was found in the order of years and of schools."""
    model, budgets = question.model, question.budgets
    amounts = np.zeros(len(model.choices), dtype=np.int64)
    if found.amounts is not None:
        amounts = _tidied(model, found.amounts)
    missing = pd.DataFrame(columns=LACKING) if missing is None else missing
    spread, late = by_year(model, amounts, budgets, question.seconds)
    return Plan(
        status, _measures(model, spread), found.cost, found.bound, found.late or late, question.years, budgets,
        least, missing, county, model.needs.standard, tuple(model.actions), tuple(relax),
    )  # fmt: skip


def _tidied(model: Model, amounts: np.ndarray) -> np.ndarray:
    """Let those who move come from the richest schools, unless an action of several indicators would then break a limit."""
    tidied = from_the_richest(model, amounts)
    before, after = model.units(amounts), model.units(tidied)
    worse = any(
        cone.broken(after) and not cone.broken(before) for cone in cones(model, np.arange(len(amounts)))
    )
    return amounts if worse else tidied


def _measures(model: Model, spread: np.ndarray) -> pd.DataFrame:
    """Return a row for each choice and year in which something of it is begun, by year and in the order of schools."""
    schools, rows = model.needs.schools, []
    for v, t in zip(*np.nonzero(spread), strict=True):
        choice, units = model.choices[v], int(spread[v, t])
        action, school = model.actions[choice.action], schools.iloc[choice.school]
        paid = units if choice.sign > 0 else 0
        rows.append(
            (school["school_id"], school["name"], school["operator"], choice.stage, action.key, action.label,
             round(choice.sign * units * action.size, 9), action.unit, t + 1, paid * action.once, paid * action.yearly, choice.school)
        )  # fmt: skip
    numbers = {"amount": float, "year": int, "once": float, "yearly": float, "row": int}
    frame = pd.DataFrame(rows, columns=[*MEASURES, "row"]).astype(numbers)
    return frame.sort_values(["year", "row"], kind="stable").reset_index(drop=True)[MEASURES]


def check(standard: Standard, years: int, budgets: Sequence[float] | None = None) -> None:
    """Refuse what cannot be planned."""
    if standard.cv_rule.test != "each":
        raise ValueError(f"{standard.label}判定综合差异系数，这里只会规划逐项判定差异系数的标准")
    if years < 1:
        raise ValueError("至少要计划1年")
    if budgets is not None and not all(0 <= budget < np.inf for budget in budgets):
        raise ValueError("预算里有空值、负数或无穷大；每年写一个不小于0的数，单位元")


def _filled(column: pd.Series) -> pd.Series:
    """Return a column with blanks as empty text, whatever its type."""
    return column.astype(object).where(column.notna(), "")


def _check_limits(limits: pd.DataFrame, county: County, actions: Sequence[Action]) -> None:
    if absent := [name for name in ("school_id", "action", "limit") if name not in limits]:
        raise ValueError(f"上限表缺少这些列：{'、'.join(absent)}")
    known = {
        "school_id": set(county.schools["school_id"]), "action": {action.key for action in actions}, "stage": {"", *STAGES},
    }  # fmt: skip
    for name, values in known.items():
        given = set(_filled(limits[name])) if name in limits else set()
        if unknown := sorted(str(value) or "（空白）" for value in given - values):
            raise ValueError(f"上限表的{name}里，这些对不上：{'、'.join(unknown[:10])}")
    undivided = limits["action"].isin([action.key for action in actions if not action.staged])
    if "stage" in limits and (wrong := limits[undivided & (_filled(limits["stage"]) != "")]).size:
        raise ValueError(f"上限表里，这些措施不分学段，stage要空着：{'、'.join(wrong['action'].unique())}")
    if not (limits["limit"] >= 0).all():
        raise ValueError("上限表的limit里有空值或负数；不能做的写0")
