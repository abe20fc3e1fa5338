"""The search for the cheapest plan: solve, cut where a coefficient of variation is broken, solve again."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from balancelib.resources.compliance.cones import Cone, cones
from balancelib.resources.compliance.model import (
    Model,
    exchange_rule,
    parts_of_wholes,
    school_rule,
    upper_limits,
)  # fmt: skip
from balancelib.resources.compliance.program import Program, Progress

LP_ROUNDS, NEAR = 30, 1e-4
SMALL = 100.0  # 元: the least budget is told so precisely


@dataclass(frozen=True)
class Found:
    """Whole numbers of each choice, their price, and the bound that no plan beats; ``amounts`` None where there is none."""

    amounts: np.ndarray | None
    cost: float
    bound: float
    late: bool = False


@dataclass(frozen=True)
class Question:
    """What is asked of a plan: the model, the years that costs are counted for, limits of schools, and yearly budgets."""

    model: Model
    years: int
    limits: pd.DataFrame | None = None
    budgets: Sequence[float] | None = None
    seconds: float = 60.0
    progress: Progress | None = None

    def program(self, wanted: bool = False) -> tuple[Program, np.ndarray, np.ndarray | None]:
        """Return the integer program, the places of the choices and, if asked, those of the sections that shall meet."""
        program = Program(self.seconds, self.progress)
        x = program.variables(np.array([choice.most for choice in self.model.choices]))
        meets = program.variables(np.ones(len(self.model.needs.sections))) if wanted else None
        school_rule(program, self.model, x, meets)
        exchange_rule(program, self.model, x)
        parts_of_wholes(program, self.model, x)
        if self.limits is not None:
            upper_limits(program, self.model, x, self.limits)
        return program, x, meets

    def cheapest(self) -> Found:
        """Return the cheapest plan under which the resource part of the standard is met."""
        program, x, _ = self.program()
        if self.budgets is not None:
            yearly_budgets(program, self.model, x, self.budgets)
        prices = self.model.prices(self.years)
        unit = math.gcd(*prices.tolist()) or 1
        program.aim(dict(zip(x.tolist(), (prices / unit).tolist(), strict=True)))
        found = with_cones(program, self.model, x)
        return Found(found.amounts, found.cost * unit, found.bound * unit, found.late)

    def least_budget(self) -> Found:
        """Return the plan that needs the least money over the years, shared among them as the budgets are."""
        program, x, _ = self.program()
        total = int(program.variables(np.array([np.inf]), whole=False)[0])
        given = np.asarray(self.budgets, dtype=float)
        shape = given / given.sum() if given.sum() > 0 else np.full(given.size, 1 / given.size)
        yearly_budgets(program, self.model, x, [0.0] * given.size, {total: shape})
        program.aim({total: 1.0})
        return with_cones(program, self.model, x, gap=SMALL)

    def most_pupils(self) -> Found:
        """Return the plan with which, within the budgets, most pupils are in sections that keep the school rule."""
        program, x, meets = self.program(wanted=True)
        yearly_budgets(program, self.model, x, self.budgets)
        pupils = self.model.needs.sections["pupils"].to_numpy()
        program.aim(dict(zip(meets.tolist(), (-pupils).tolist(), strict=True)))
        first = program.solve()
        if first.values is None:
            return Found(None, np.nan, first.bound, program.late)
        reached = float(pupils @ whole(first.values[meets]))
        program.row(reached, dict(zip(meets.tolist(), pupils.tolist(), strict=True)))
        prices = self.model.prices(self.years)
        unit = math.gcd(*prices.tolist()) or 1
        program.aim(dict(zip(x.tolist(), (prices / unit).tolist(), strict=True)))
        second = program.solve(start=first.values)
        amounts = whole(second.values[x])
        return Found(amounts, float(prices @ amounts), -first.bound, program.late)

    def lacking(self) -> list[dict[str, object]]:
        """What is missing beyond the limits: as little as possible, as a share of the thresholds."""
        return []


def whole(values: np.ndarray) -> np.ndarray:
    """Return numbers that are whole to within the solver's tolerance as whole numbers."""
    return np.round(values).astype(np.int64)


def with_cones(program: Program, model: Model, x: np.ndarray, gap: float = 0.99) -> Found:
    """Solve until every coefficient of variation is within its limit in full precision."""
    limits, values = cones(model), None
    for _ in range(LP_ROUNDS):  # first without whole numbers: quick, and most cuts are found here
        relaxed = program.solve(relaxed=True)
        if relaxed.values is None or not _cut(program, model, x, limits, model.units(relaxed.values[x]), NEAR):
            break
    while True:
        found = program.solve(gap=gap, start=values)
        if found.values is None:
            return Found(None, np.nan, found.bound, not found.infeasible)
        values, amounts = found.values, whole(found.values[x])
        if not _cut(program, model, x, limits, model.units(amounts)):
            return Found(amounts, found.objective, found.bound, program.late)
        if program.late:
            return Found(None, np.nan, found.bound, True)


def _cut(
    program: Program, model: Model, x: np.ndarray, limits: list[Cone], units: np.ndarray, slack: float = 0.0
) -> bool:
    """Cut the plan off wherever it breaks a limit; say whether it did."""
    broken = [cone for cone in limits if cone.broken(units, slack)]
    for cone in broken:
        cone.cut(program, x, units)
    return bool(broken)


def yearly_budgets(
    program: Program, model: Model, x: np.ndarray, budgets: Sequence[float], shares: dict[int, np.ndarray] | None = None
) -> None:
    r"""Ask that the works can be spread over the years so that no year costs more than its budget.

    .. math:: \sum_t n_{at} = \sum_{v \in a} x_v, \qquad \sum_a \Big( c_a n_{at} + r_a \sum_{\tau \le t} n_{a\tau} \Big) \le b_t

    with ``n`` units of action ``a`` begun in year ``t``, at ``c`` once and ``r`` in each year from then on.
    """
    years = len(budgets)
    begun = {}
    for a, action in enumerate(model.actions):
        paid = [int(x[v]) for v, c in enumerate(model.choices) if c.action == a and c.sign > 0]
        begun[a] = program.variables(np.full(years, np.inf))
        program.row(0.0, {**dict.fromkeys(begun[a].tolist(), 1.0), **dict.fromkeys(paid, -1.0)}, 0.0)
    for t, budget in enumerate(budgets):
        terms = {
            int(begun[a][s]): float((s == t) * action.once + action.yearly) / 100
            for a, action in enumerate(model.actions)
            for s in range(t + 1)
        }
        for place, share in (shares or {}).items():
            terms[place] = -float(share[t]) / 100
        program.row(-np.inf, {v: c for v, c in terms.items() if c}, budget / 100)
