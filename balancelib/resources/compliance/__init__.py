"""The cheapest way to comply with a standard, in whole units, proven, year by year."""

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from balancelib.assess import assess
from balancelib.county import County
from balancelib.county.schema import schema
from balancelib.resources.compliance.model import Model
from balancelib.resources.compliance.phases import by_year
from balancelib.resources.compliance.plan import Plan
from balancelib.resources.compliance.program import Progress
from balancelib.resources.compliance.search import Found, Question
from balancelib.resources.needs import needs
from balancelib.resources.unit_costs import UNIT_COSTS, Action
from balancelib.standards import Standard, load_standard

__all__ = ["Plan", "plan_compliance"]

MEASURES = [
    "school_id", "name", "operator", "stage", "action", "label", "amount", "unit", "year", "once", "yearly", "moves",
]  # fmt: skip
LACKING = ["school_id", "name", "stage", "where", "indicator", "label", "amount", "unit"]


def plan_compliance(
    county: County,
    standard: Standard | str = "quality-2017",
    *,
    actions: Sequence[Action] = UNIT_COSTS,
    years: int = 3,
    budgets: Sequence[float] | None = None,
    limits: pd.DataFrame | None = None,
    relax: Collection[str] = (),
    seconds: float = 30.0,
    progress: Progress | None = None,
) -> Plan:
    """Find the cheapest plan under which a county meets a standard's resource part."""
    standard = standard if isinstance(standard, Standard) else load_standard(standard)
    if standard.cv_rule.test != "each":
        raise ValueError(f"{standard.label}判定综合差异系数，这里只会规划逐项判定的标准")
    years = years if budgets is None else len(budgets)
    verdict = assess(county, standard, relax)
    model = Model(needs(county, standard, actions, relax), actions)
    question = Question(model, years, limits, budgets, seconds, progress)
    make = lambda status, found, least=None, lacking=(): _plan(
        status, found, question, county, relax, least, lacking
    )  # noqa: E731
    if verdict.resources_meet:
        nothing = np.zeros(len(model.choices), dtype=np.int64)
        return make("met", Found(nothing, 0.0, 0.0))
    found = question.cheapest()
    if found.amounts is not None:
        return make("planned", found)
    unlimited = question if budgets is None else Question(model, years, limits, None, seconds, progress)
    if budgets is None or unlimited.cheapest().amounts is None:
        return make("impossible", found, lacking=[])
    least = question.least_budget()
    return make("short", question.most_pupils(), None if least.amounts is None else least.cost)


def _plan(
    status: str,
    found: Found,
    question: Question,
    county: County,
    relax: Collection[str],
    least: float | None,
    lacking: Sequence[dict],
) -> Plan:
    model, budgets = question.model, question.budgets
    amounts = np.zeros(len(model.choices), dtype=np.int64) if found.amounts is None else found.amounts
    return Plan(
        status, _measures(model, by_year(model, amounts, budgets)), found.cost, found.bound, found.late, question.years,
        None if budgets is None else tuple(budgets), least, pd.DataFrame(lacking, columns=LACKING), county,
        model.needs.standard, tuple(model.actions), tuple(relax),
    )  # fmt: skip


def _measures(model: Model, spread: np.ndarray) -> pd.DataFrame:
    """Return a row for each choice and year in which something of it is begun, in the order of schools."""
    schools, rows = model.needs.schools, []
    for v, t in zip(*np.nonzero(spread), strict=True):
        choice, units = model.choices[v], int(spread[v, t])
        action, school = model.actions[choice.action], schools.iloc[choice.school]
        pays = max(choice.sign, 0) * units
        rows.append(
            (t + 1, choice.school, school["school_id"], school["name"], school["operator"], choice.stage, action.key,
             action.label, round(choice.sign * units * action.size, 9), action.unit, pays * action.once, pays * action.yearly, action.moves)
        )  # fmt: skip
    frame = pd.DataFrame(rows, columns=["year", "row", *[name for name in MEASURES if name != "year"]])
    return frame.sort_values(["year", "row"], kind="stable").reset_index(drop=True)[MEASURES]
