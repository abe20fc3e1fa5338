"""The search for the cheapest plan: solve, cut where a coefficient of variation is broken, solve again."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from balancelib.highs import Solved
from balancelib.resources.compliance import model as rules
from balancelib.resources.compliance.cones import Cone, cones
from balancelib.resources.compliance.model import Model
from balancelib.resources.compliance.program import Program, Progress

LP_ROUNDS, NEAR = 30, 1e-4
# How much dearer a plan is at first taken to be, at most, than one without whole numbers.
MARGINS = (0.02, 0.2, None)
CENT = 100.0  # 元: the least budget is told so precisely
# Share of the time that is kept to find any plan at all: under limits so much stricter, and as near to the best as that.
RESERVE, STRICTER, ROUGH = 0.3, 0.01, 0.02
First = Literal["pupils", "sections"]


class Found(NamedTuple):
    """Whole numbers of each choice, what they aimed at, and the bound; ``amounts`` is None where there is none.

    ``late``: the time ran out. Without amounts it is then not known whether there are any.
    """

    amounts: np.ndarray | None
    cost: float = np.nan
    bound: float = 0.0
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

    @property
    def prices(self) -> np.ndarray:
        """Price of one unit of each choice, 元."""
        return self.model.prices(self.years)

    @property
    def coin(self) -> int:
        """What all prices are multiples of, 元: two plans differ in cost by so much, or not at all."""
        return math.gcd(*self.prices.tolist()) or 1

    def cheapest(self) -> Found:
        """Return the cheapest plan under which the resource part of the standard is met."""

        def aim(search: "Search") -> None:
            if self.budgets is not None:
                rules.yearly_budgets(search.program, self.model, search.x, self.budgets)
            search.towards(dict(zip(search.x.tolist(), self.prices.tolist(), strict=True)), self.coin)

        return self._complying(aim)

    def least_budget(self) -> Found:
        """Return the plan that needs the least money over the years, shared among them as the budgets are."""
        given = np.asarray(self.budgets, dtype=float)
        shares = given / given.sum() if given.sum() > 0 else np.full(given.size, 1 / given.size)

        def aim(search: "Search") -> None:
            total = int(search.program.variables(np.array([np.inf]))[0])
            rules.yearly_budgets(search.program, self.model, search.x, 0 * given, {total: CENT * shares})
            search.towards({total: CENT}, CENT)

        found = self._complying(aim)
        return found if found.amounts is None else found._replace(cost=CENT * round(found.cost / CENT))

    def lacking(self, weights: Mapping[int, float]) -> Found:
        """Return the plan with the least of the choices that stand for what no action or limit allows."""
        return self._complying(
            lambda search: search.towards({int(search.x[v]): w for v, w in weights.items()}, 1.0)
        )

    def most(self, first: First) -> Found:
        """Return the plan under which, within the budgets, most of ``first`` keep the school rule; of these the cheapest."""
        search = Search(self, self.seconds, all_sections=False)
        program, x, meets = search.program, search.x, search.meets
        pupils = self.model.needs.sections["pupils"]
        counted = pupils.to_numpy() if first == "pupils" else np.ones(len(pupils))
        of_section = dict(zip(meets.tolist(), counted.tolist(), strict=True))
        rules.yearly_budgets(program, self.model, x, self.budgets)
        program.aim({place: -p for place, p in of_section.items()})
        best = program.solve()
        if best.x is None:  # the time ran out: nothing is done, which every budget allows
            return Found(np.zeros(len(x), dtype=np.int64), 0.0, 0.0, late=True)
        program.row(float(counted @ whole(best.x[meets])), of_section)
        program.aim(dict(zip(x.tolist(), self.prices.tolist(), strict=True)), self.coin)
        second = program.solve(start=best.x)
        amounts = whole((best if second.x is None else second).x[x])
        return Found(amounts, float(self.prices @ amounts), max(second.bound, 0.0), program.late)

    def _complying(self, aim: Callable[["Search"], None]) -> Found:
        """Solve until every coefficient of variation is within its limit in full precision; if it takes too long, return any such plan."""
        deadline = time.monotonic() + (1 - RESERVE) * self.seconds
        found = Found(None, late=True)
        for margin in MARGINS:
            search = Search(self, deadline - time.monotonic())
            aim(search)
            found = search.run(margin)
            if found.amounts is not None or found.late:
                break
        if found.amounts is not None or not found.late:
            return found
        search = Search(self, RESERVE * self.seconds, stricter=STRICTER)
        aim(search)
        return search.run(None, ROUGH)._replace(bound=found.bound, late=True)


class Search:
    """An integer program under the rules of the standard, and its cones."""

    def __init__(
        self, question: Question, seconds: float, all_sections: bool = True, stricter: float = 0.0
    ) -> None:
        self.model = question.model
        self.program = Program(time.monotonic() + seconds, question.progress)
        self.x = self.program.variables(np.array([choice.most for choice in self.model.choices]))
        sections = len(self.model.needs.sections)
        self.meets = None if all_sections else self.program.variables(np.ones(sections))
        rules.school_rule(self.program, self.model, self.x, self.meets)
        rules.exchange_rule(self.program, self.model, self.x)
        rules.parts_of_wholes(self.program, self.model, self.x)
        if question.limits is not None:
            rules.upper_limits(self.program, self.model, self.x, question.limits)
        self.cones = cones(self.model, self.x, stricter)

    def towards(self, costs: dict[int, float], scale: float) -> None:
        """Set what is minimised."""
        self.costs, self.scale = costs, scale
        self.program.aim(costs, scale)

    def run(self, margin: float | None, gap: float = 0.0) -> Found:
        """Solve and cut until nothing is broken; ``gap`` is a share of the cost, beside what makes no difference."""
        relaxed = self.relax()
        if relaxed.x is None:
            return Found(None, late=not relaxed.infeasible)
        least = relaxed.value
        if margin is not None:
            self.narrow(relaxed.value * (1 + margin))
        near_enough = max(0.99, gap * relaxed.value / self.scale)
        while (found := self.program.solve(gap=near_enough)).x is not None:
            self.program.say(found.value, found.bound)
            values = found.x.copy()
            values[self.x] = whole(values[self.x])
            if not self.cut(values):
                return Found(whole(values[self.x]), found.value, max(found.bound, least), self.program.late)
            if self.program.late:
                break
        return Found(None, bound=max(found.bound, least), late=not found.infeasible)

    def cut(self, values: np.ndarray, slack: float = 0.0) -> list[Cone]:
        """Cut values off wherever they break a cone, and return the broken ones."""
        units = self.model.units(values[self.x])
        broken = [cone for cone in self.cones if cone.broken(units, slack)]
        for cone in broken:
            cone.cut(self.program, units)
        return broken

    def relax(self) -> Solved:
        """Solve without whole numbers, cutting: it is quick, and most cuts are found here."""
        for _ in range(LP_ROUNDS):
            found = self.program.solve(relaxed=True)
            if found.x is None or not self.cut(found.x, NEAR) or self.program.late:
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
                ends.append(self.program.solve(relaxed=True))
            if all(end.x is not None for end in ends):
                cone.narrow(self.program, ends[0].value, -ends[1].value)
        self.program.aim(self.costs, self.scale)
        self.relax()


def whole(values: np.ndarray) -> np.ndarray:
    """Return numbers that are whole to within the solver's tolerance as whole numbers."""
    return np.round(values).astype(np.int64)
