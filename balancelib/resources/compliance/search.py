"""The search for the cheapest plan: solve, cut where a coefficient of variation is broken, solve again."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from balancelib.resources.compliance import model as rules
from balancelib.resources.compliance.cones import Cone, cones
from balancelib.resources.compliance.model import Model
from balancelib.resources.compliance.program import Program, Progress, Solution

LP_ROUNDS, NEAR = 30, 1e-4
MARGINS = (
    0.02,
    0.2,
    None,
)  # how much dearer than without whole numbers a plan is at first taken to be at most
CENT = 100.0  # 元: the least budget is told so precisely
RESERVE = 0.3  # share of the time that is kept to find any plan at all


class Found(NamedTuple):
    """Whole numbers of each choice, what they aimed at, and the bound; ``amounts`` is None where there is none."""

    amounts: np.ndarray | None
    cost: float = np.nan
    bound: float = np.nan
    late: bool = False


@dataclass(frozen=True)
class Question:
    """What is asked of a plan: the model, the years that costs are counted for, limits of schools, and yearly budgets.

    ``seconds`` are for each of the questions that it answers.
    """

    model: Model
    years: int
    limits: pd.DataFrame | None = None
    budgets: Sequence[float] | None = None
    seconds: float = 30.0
    progress: Progress | None = None

    def cheapest(self) -> Found:
        """Return the cheapest plan under which the resource part of the standard is met."""
        prices = self.model.prices(self.years)
        unit = math.gcd(*prices.tolist()) or 1

        def begin() -> "Search":
            search = self._begin()
            if self.budgets is not None:
                rules.yearly_budgets(search.program, self.model, search.x, self.budgets)
            return search.towards(dict(zip(search.x.tolist(), prices.tolist(), strict=True)), unit)

        return _complying(begin, self.seconds)

    def least_budget(self) -> Found:
        """Return the plan that needs the least money over the years, shared among them as the budgets are."""
        given = np.asarray(self.budgets, dtype=float)
        shares = given / given.sum() if given.sum() > 0 else np.full(given.size, 1 / given.size)

        def begin() -> "Search":
            search = self._begin()
            total = int(search.program.variables(np.array([np.inf]), whole=False)[0])
            rules.yearly_budgets(search.program, self.model, search.x, 0 * given, {total: shares})
            return search.towards({total: 1.0}, CENT)

        return _complying(begin, self.seconds)

    def most_pupils(self) -> Found:
        """Return the plan with which, within the budgets, most pupils are in sections that keep the school rule; of these the cheapest."""
        search = self._begin(all_sections=False)
        program, x, pupils = search.program, search.x, self.model.needs.sections["pupils"].to_numpy()
        rules.yearly_budgets(program, self.model, x, self.budgets)
        program.aim(dict(zip(search.meets.tolist(), (-pupils).tolist(), strict=True)))
        first = program.solve()
        reached = float(pupils @ whole(first.values[search.meets]))
        program.row(reached, dict(zip(search.meets.tolist(), pupils.tolist(), strict=True)))
        prices = self.model.prices(self.years)
        program.aim(dict(zip(x.tolist(), prices.tolist(), strict=True)), math.gcd(*prices.tolist()) or 1)
        second = program.solve(start=first.values)
        amounts = whole(second.values[x])
        return Found(amounts, float(prices @ amounts), second.bound, program.late)

    def lacking(self, beyond: Sequence[int], weights: np.ndarray) -> Found:
        """Return the plan with the least of the choices ``beyond`` all limits."""

        def begin() -> "Search":
            search = self._begin()
            aim = {int(search.x[v]): float(weights[v]) for v in beyond}
            return search.towards(aim, float(min(aim.values())))

        return _complying(begin, self.seconds)

    def _begin(self, all_sections: bool = True) -> "Search":
        return Search(self, all_sections)


class Search:
    """An integer program under the rules of the standard, and its cones."""

    def __init__(self, question: Question, all_sections: bool = True) -> None:
        self.model, self.question = question.model, question
        self.program = Program(time.monotonic() + question.seconds, question.progress)
        self.x = self.program.variables(np.array([choice.most for choice in self.model.choices]))
        sections = len(self.model.needs.sections)
        self.meets = None if all_sections else self.program.variables(np.ones(sections))
        rules.school_rule(self.program, self.model, self.x, self.meets)
        rules.exchange_rule(self.program, self.model, self.x)
        rules.parts_of_wholes(self.program, self.model, self.x)
        if question.limits is not None:
            rules.upper_limits(self.program, self.model, self.x, question.limits)
        self.cones = cones(self.model, self.x)

    def towards(self, costs: dict[int, float], scale: float) -> "Search":
        """Set what is minimised."""
        self.costs, self.scale = costs, scale
        self.program.aim(costs, scale)
        return self

    def cut(self, values: np.ndarray, slack: float = 0.0) -> list[Cone]:
        """Cut values off wherever they break a cone, and return the broken ones."""
        units = self.model.units(values[self.x])
        broken = [cone for cone in self.cones if cone.broken(units, slack)]
        for cone in broken:
            cone.cut(self.program, units)
        return broken

    def relax(self) -> Solution:
        """Solve without whole numbers, cutting: it is quick, and most cuts are found here."""
        for _ in range(LP_ROUNDS):
            found = self.program.solve(relaxed=True)
            if found.values is None or not self.cut(found.values, NEAR):
                break
        return found

    def narrow(self, most: float) -> None:
        """Add the rows of whole numbers for all plans that cost no more than ``most``."""
        cut = [cone for cone in self.cones if cone.mean is not None]
        if cut:
            self.program.row(-np.inf, {v: c / self.scale for v, c in self.costs.items()}, most / self.scale)
        for cone in cut:
            ends = []
            for sign in (1.0, -1.0):
                self.program.aim({cone.mean: sign})
                ends.append(sign * self.program.solve(relaxed=True).objective)
            cone.narrow(self.program, *ends)
        self.program.aim(self.costs, self.scale)
        self.relax()


def whole(values: np.ndarray) -> np.ndarray:
    """Return numbers that are whole to within the solver's tolerance as whole numbers."""
    return np.round(values).astype(np.int64)


def _complying(begin: object, seconds: float) -> Found:
    """Solve until every coefficient of variation is within its limit in full precision."""
    for margin in MARGINS:
        search = begin()
        relaxed = search.relax()
        if relaxed.values is None:
            return Found(None, late=not relaxed.infeasible)
        if margin is not None:
            search.narrow(relaxed.objective * (1 + margin))
        while (found := search.program.solve()).values is not None:
            rounded = found.values.copy()
            rounded[search.x] = whole(found.values[search.x])
            if not search.cut(rounded):
                return Found(whole(found.values[search.x]), found.objective, found.bound, search.program.late)
        if not found.infeasible:
            return Found(None, bound=found.bound, late=True)
    return Found(None)
