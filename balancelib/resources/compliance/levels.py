"""The same county under one budget after another: what each buys, and how many sections then comply."""

import math
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

import pandas as pd

from balancelib.assess import assess
from balancelib.county import County
from balancelib.resources.compliance.model import Model
from balancelib.resources.compliance.plan import TEN_THOUSAND, Plan
from balancelib.resources.compliance.planning import check, plan_of
from balancelib.resources.compliance.search import Found, Question
from balancelib.resources.needs import needs
from balancelib.resources.unit_costs import UNIT_COSTS, Action
from balancelib.standards import Standard, load_standard

FIRSTS = ("pupils", "sections")
LATE = "时间不够，没有算出要多少预算才够；请把seconds调大再算"
STEP = 10 * TEN_THOUSAND  # 元: budgets are told in such steps


class BudgetLevels(NamedTuple):
    """What `budget_levels` found, each by ``budget`` and ``first``.

    ``standing``: for each stage, sections and pupils, and how many of them meet the school rule. ``bought``: for each action, how much of it
    and what is paid for it over the years, 元.
    """

    standing: pd.DataFrame
    bought: pd.DataFrame


def budget_levels(
    county: County,
    standard: Standard | str = "quality-2017",
    *,
    actions: Sequence[Action] = UNIT_COSTS,
    years: int = 3,
    levels: int = 9,
    relax: Collection[str] = (),
    seconds: float = 30.0,
) -> BudgetLevels:
    """Plan a county under budgets from nothing up to one that is enough (预算台阶).

    Parameters
    ----------
    county, standard, actions, relax
        As for `plan_compliance`.
    years : int
        The budget is shared equally among so many years.
    levels : int
        How many budgets, at least 2: equal steps of whole 100,000 元, the last is the first of them that is enough.
    seconds : float
        For each of the two plans at each level.

    Returns
    -------
    BudgetLevels
        A budget that is too small is spent in two ways: ``first`` is ``pupils`` or ``sections``, as in `plan_compliance`.

    Raises
    ------
    ValueError
        As `plan_compliance`; also fewer than two levels, a county that is at the standard or that no budget can bring there, and too little time.
    """
    standard = standard if isinstance(standard, Standard) else load_standard(standard)
    check(standard, years)
    if levels < 2:
        raise ValueError("levels至少要2：一档是不花钱，一档是够用的钱")
    model = Model(needs(county, standard, actions, relax), actions)
    if assess(county, standard, relax).resources_meet:
        raise ValueError("资源配置已经达到标准，没有要比的预算")
    enough = Question(model, years, budgets=(1.0,) * years, seconds=seconds).least_budget()
    if enough.amounts is None and enough.late:
        raise ValueError(LATE)
    if enough.amounts is None:
        raise ValueError("再多的预算也达不到标准；请先用plan_compliance看看是哪些学校、哪些指标")
    step = STEP * math.ceil(enough.cost / (levels - 1) / STEP)
    standing, bought = [], []
    for budget in [step * i for i in range(levels)]:
        question = Question(model, years, budgets=(budget / years,) * years, seconds=seconds)
        for first, found in _answers(question, budget >= enough.cost):
            plan = plan_of("planned", found, question, county, relax)
            standing += [(budget, first, *row) for row in _standing(plan)]
            bought += [(budget, first, *row) for row in _bought(plan)]
    by = ["budget", "first"]
    return BudgetLevels(
        pd.DataFrame(standing, columns=[*by, "stage", "sections", "sections_meet", "pupils", "pupils_meet"]),
        pd.DataFrame(bought, columns=[*by, "label", "amount", "unit", "paid"]),
    )


def _answers(question: Question, enough: bool) -> Iterator[tuple[str, Found]]:
    """Return one plan for both ways of spending where the budget is enough."""
    whole = question.cheapest() if enough else None
    if whole and whole.amounts is None:
        raise ValueError(LATE)
    for first in FIRSTS:
        yield first, whole or question.most(first)


def _standing(plan: Plan) -> Iterator[tuple[str, int, int, int, int]]:
    sections = assess(plan.county, plan.standard, plan.relax).sections
    for stage, mine in sections.groupby("stage", sort=False):
        meets = mine["meets"].astype(bool)
        yield (
            stage,
            len(mine),
            int(meets.sum()),
            int(mine["pupils"].sum()),
            int(mine.loc[meets, "pupils"].sum()),
        )


def _bought(plan: Plan) -> Iterator[tuple[str, float, str, float]]:
    bought = plan.measures[plan.measures["amount"] > 0]
    paid = bought["once"] + bought["yearly"] * (plan.years + 1 - bought["year"])
    for action in plan.actions:
        mine = bought["action"] == action.key
        yield (
            action.label,
            round(float(bought.loc[mine, "amount"].sum()), 6),
            action.unit,
            float(paid[mine].sum()),
        )
