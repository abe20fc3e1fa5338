"""What can be done in a county, as whole numbers, and the rules that bind it, as rows of an integer program."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from balancelib.county.schema import schema
from balancelib.resources.compliance.program import Program
from balancelib.resources.needs import Needs, effect, unit_size
from balancelib.resources.unit_costs import Action

HUNDRED = 100.0  # 元: rows of money are told in hundreds


class Choice(NamedTuple):
    """One whole number to choose: units of an action at a school, for a stage where it is kept by stage.

    ``sign`` is -1 for teachers that a school gives.
    """

    action: int
    school: int
    stage: str
    section: int
    sign: int
    most: float


class Model:
    """The choices of a county and what each does to sections and columns.

    Attributes
    ----------
    choices : list of Choice
    effects : dict of (section, indicator) to dict of choice to int
        Whole units by which one unit of the choice raises the indicator's total there.
    """

    def __init__(self, needs: Needs, actions: Sequence[Action]) -> None:
        self.needs, self.actions = needs, list(actions)
        self.sizes = [unit_size(indicator, actions) for indicator in needs.standard.indicators]
        self.choices = list(self._choices())
        self.effects: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
        for v, choice in enumerate(self.choices):
            for s, k, units in self._effects(choice):
                self.effects[s, k][v] = units

    def _choices(self) -> Iterator[Choice]:
        sections, public = self.needs.sections, (self.needs.schools["operator"] == "public").to_numpy()
        for a, action in enumerate(self.actions):
            if not action.staged:
                for school in dict.fromkeys(sections["school"]):
                    yield Choice(a, school, "", -1, 1, np.inf)
                continue
            for s, (school, stage) in enumerate(zip(sections["school"], sections["stage"], strict=True)):
                if not action.moves:
                    yield Choice(a, school, stage, s, 1, np.inf)
                elif public[school]:
                    yield Choice(a, school, stage, s, 1, np.inf)
                    if (spare := self._spare(action, s, stage)) > 0:
                        yield Choice(a, school, stage, s, -1, spare)

    def _spare(self, action: Action, s: int, stage: str) -> int:
        """Units that a section can give and still be at every threshold that they count for."""
        needs = self.needs
        counted = {k: effect(action, i, stage) for k, i in enumerate(needs.standard.indicators)}
        spare = (
            int(-needs.to_threshold[s, k]) // (times * round(action.size / self.sizes[k]))
            for k, times in counted.items()
            if times > 0
        )
        return min(spare, default=0)

    def _effects(self, choice: Choice) -> Iterator[tuple[int, int, int]]:
        sections, action = self.needs.sections, self.actions[choice.action]
        whole_school = np.flatnonzero(sections["school"] == choice.school).tolist()
        here = whole_school if choice.section < 0 else [choice.section]
        for s in here:
            for k, indicator in enumerate(self.needs.standard.indicators):
                if times := effect(action, indicator, sections["stage"].iat[s]):
                    yield s, k, choice.sign * times * round(action.size / self.sizes[k])

    def prices(self, years: int) -> np.ndarray:
        """Price of one unit of each choice that is there for so many years, 元; a school that gives pays nothing."""
        return np.array(
            [self.actions[c.action].cost(years) if c.sign > 0 else 0 for c in self.choices], dtype=np.int64
        )

    def units(self, amounts: np.ndarray) -> np.ndarray:
        """Whole units by which the choices raise each section's totals."""
        raised = np.zeros(self.needs.totals.shape, dtype=amounts.dtype)  # parts of units in a relaxation
        for (s, k), terms in self.effects.items():
            raised[s, k] = sum(times * amounts[v] for v, times in terms.items())
        return raised

    def columns(self) -> dict[tuple[int, str], dict[int, float]]:
        """What each choice adds to each column of each school."""
        added: dict[tuple[int, str], dict[int, float]] = defaultdict(dict)
        for v, c in enumerate(self.choices):
            action = self.actions[c.action]
            for column in action.columns(c.stage):
                added[c.school, column][v] = c.sign * action.size
        return added


def school_rule(program: Program, model: Model, x: np.ndarray, wanted: Sequence[int] | None = None) -> None:
    r"""Ask that every section keep the school rule.

    .. math:: \sum_v e_{skv} x_v \ge f_{sk} + (g_{sk} - f_{sk}) z_{sk}, \qquad \sum_k z_{sk} \ge m - m_s

    with the units ``g`` to the threshold and ``f`` to the floor, the number ``m`` that must be met and ``m_s`` that are. Where
    ``wanted`` has a variable for a section, all of that is asked only as far as it is 1.
    """
    needs, rule = model.needs, model.needs.standard.school_rule
    tested = ~np.isnan(needs.thresholds)
    for s in range(len(needs.sections)):
        short = np.flatnonzero(tested[s] & (needs.to_threshold[s] > 0))
        z = dict(zip(short.tolist(), program.variables(np.ones(len(short))), strict=True))
        lacking = rule.met_at_least - int(needs.met[s].sum())
        if lacking > 0:
            program.row(*_asked(lacking, dict.fromkeys(z.values(), 1.0), wanted, s))
        for k, place in z.items():
            floor = max(int(needs.to_floor[s, k]), 0)
            terms = {int(x[v]): float(times) for v, times in model.effects.get((s, k), {}).items()}
            terms[place] = -float(needs.to_threshold[s, k] - floor)
            program.row(*_asked(floor, terms, wanted, s))


def _asked(
    least: int, terms: dict[int, float], wanted: Sequence[int] | None, s: int
) -> tuple[float, dict[int, float]]:
    """Return the row ``Σ terms ≥ least``, or ``≥ least × wanted``."""
    return (least, terms) if wanted is None else (0.0, terms | {wanted[s]: -float(least)})


def exchange_rule(program: Program, model: Model, x: np.ndarray) -> None:
    """Ask that in each stage as many teachers come as go."""
    sums: dict[tuple[int, str], dict[int, float]] = defaultdict(dict)
    for v, c in enumerate(model.choices):
        if model.actions[c.action].moves:
            sums[c.action, c.stage][int(x[v])] = float(c.sign)
    for terms in sums.values():
        program.row(0.0, terms, 0.0)


def parts_of_wholes(program: Program, model: Model, x: np.ndarray) -> None:
    """Ask that no column outgrow the one that it is a part of: no more backbone teachers than teachers."""
    parents = {c.name: c.within for c in schema().table("schools").columns if c.within}
    added = model.columns()
    for (school, column), terms in added.items():
        if column not in parents:
            continue
        whole = parents[column]
        net = {v: terms.get(v, 0.0) - added.get((school, whole), {}).get(v, 0.0) for v in terms}
        if any(n > 0 for n in net.values()):
            for v, n in added.get((school, whole), {}).items():
                net.setdefault(v, -n)
            room = model.needs.schools[whole].iat[school] - model.needs.schools[column].iat[school]
            program.row(-np.inf, {int(x[v]): n for v, n in net.items() if n}, float(room))


def upper_limits(program: Program, model: Model, x: np.ndarray, limits: pd.DataFrame) -> None:
    """Ask that no school get more of an action than its limit; without a stage it is for all of them together."""
    ids = model.needs.schools["school_id"]
    for row in limits.to_dict("records"):
        stage = row.get("stage") or np.nan  # a blank cell may be read as either
        terms = {
            int(x[v]): model.actions[c.action].size
            for v, c in enumerate(model.choices)
            if c.sign > 0 and ids.iat[c.school] == row["school_id"] and model.actions[c.action].key == row["action"]
            and (pd.isna(stage) or c.stage == stage)
        }  # fmt: skip
        if terms:
            program.row(-np.inf, terms, float(row["limit"]))


def yearly_budgets(
    program: Program,
    model: Model,
    x: np.ndarray,
    budgets: Sequence[float],
    shares: dict[int, np.ndarray] | None = None,
) -> None:
    r"""Ask that the works can be spread over the years so that no year costs more than its budget.

    .. math:: \sum_t n_{at} = \sum_{v \in a} x_v, \qquad \sum_a \Big( c_a n_{at} + r_a \sum_{\tau \le t} n_{a\tau} \Big) \le b_t

    with ``n`` units of action ``a`` begun in year ``t``, at ``c`` once and ``r`` in each year from then on. ``shares`` adds variables of
    which each year has its share beside its budget.
    """
    years, begun = len(budgets), {}
    for a in range(len(model.actions)):
        begun[a] = program.variables(np.full(years, np.inf))
        paid = {int(x[v]): -1.0 for v, c in enumerate(model.choices) if c.action == a and c.sign > 0}
        program.row(0.0, paid | dict.fromkeys(begun[a].tolist(), 1.0), 0.0)
    for t, budget in enumerate(budgets):
        terms = {
            int(begun[a][s]): ((s == t) * action.once + action.yearly) / HUNDRED
            for a, action in enumerate(model.actions)
            for s in range(t + 1)
        }
        terms |= {place: -share[t] / HUNDRED for place, share in (shares or {}).items()}
        program.row(-np.inf, terms, budget / HUNDRED)
