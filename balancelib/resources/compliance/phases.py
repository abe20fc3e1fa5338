"""The order of the works by year: weak schools first, no year above its budget."""

import time
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from balancelib.resources.compliance.model import HUNDRED, Model
from balancelib.resources.compliance.program import Program


def weakness(model: Model) -> np.ndarray:
    """Return the rank of each school, 1 the strongest: by indicators met and then by the worst ratio of its weakest section."""
    needs = model.needs
    per = np.array([indicator.per for indicator in needs.standard.indicators])
    values = needs.totals / needs.sections["pupils"].to_numpy()[:, None] * per
    sections = needs.sections.assign(
        met=needs.met.sum(axis=1), worst=np.nanmin(values / needs.thresholds, axis=1)
    )
    order = sections.sort_values(["met", "worst", "school"])["school"].drop_duplicates().to_numpy()
    ranks = np.zeros(len(needs.schools))
    ranks[order] = np.arange(order.size, 0, -1)
    return ranks


def by_year(
    model: Model, amounts: np.ndarray, budgets: Sequence[float] | None, seconds: float
) -> tuple[np.ndarray, bool]:
    r"""Spread a plan's works over the years; without budgets all is begun in the first.

    .. math:: \min \sum_{v,t} \rho_v\, p_v\, t\, n_{vt}

    with units ``n`` of work ``v`` begun in year ``t``, its price ``p`` and the rank ``ρ`` of its school, highest for the weakest, so that money
    reaches weak schools early. What has begun is finished in the same year; a work may be cut into parts over years.

    Returns
    -------
    ndarray of int, shape (choices, years)
    bool
        Whether the time ran out, so that another order may be better.

    Raises
    ------
    ValueError
        The time ran out before any order was found.
    """
    if budgets is None:
        return amounts[:, None], False
    years, chosen = len(budgets), np.flatnonzero(amounts)
    spread = np.zeros((len(amounts), years), dtype=np.int64)
    if not chosen.size:
        return spread, False
    program = Program(time.monotonic() + seconds)
    places = {v: program.variables(np.full(years, float(amounts[v]))) for v in chosen}
    for v, begun in places.items():
        program.row(float(amounts[v]), dict.fromkeys(begun.tolist(), 1.0), float(amounts[v]))
    _exchanges(program, model, places, years)
    actions = {v: model.actions[model.choices[v].action] for v in chosen if model.choices[v].sign > 0}
    for t, budget in enumerate(budgets):
        spent = {
            int(places[v][s]): ((s == t) * a.once + a.yearly) / HUNDRED for v, a in actions.items() for s in range(t + 1)
        }  # fmt: skip
        program.row(-np.inf, spent, budget / HUNDRED)
    ranks, prices = weakness(model), model.prices(1)
    aim = {
        int(places[v][t]): (1 + ranks[model.choices[v].school] / len(ranks)) * (1e-4 * prices[v] + 1e-3) * t
        for v in chosen
        for t in range(years)
    }
    program.aim(aim)
    found = program.solve(gap=1.0)
    if found.x is None:
        raise ValueError("时间不够，没有排出每年做哪些；请把seconds调大再算")
    for v, begun in places.items():
        spread[v] = np.round(found.x[begun])
    return spread, program.late


def _exchanges(program: Program, model: Model, places: dict[int, np.ndarray], years: int) -> None:
    """Ask that in each year as many teachers come as go."""
    sums: dict[tuple[int, str, int], dict[int, float]] = defaultdict(dict)
    for v, begun in places.items():
        choice = model.choices[v]
        if model.actions[choice.action].moves:
            for t in range(years):
                sums[choice.action, choice.stage, t][int(begun[t])] = float(choice.sign)
    for terms in sums.values():
        program.row(0.0, terms, 0.0)


def from_the_richest(model: Model, amounts: np.ndarray) -> np.ndarray:
    """Let the teachers that move come from where there are most for the pupils: the cost stays, and values come closer together.

    One unit after another is taken from the section whose total is the highest per pupil. No other choice of givers leaves a
    smaller sum of :math:`y_s^2 / p_s`, so that every coefficient of variation stays within its limit.
    """
    amounts = amounts.copy()
    givers: dict[tuple[int, str], list[int]] = defaultdict(list)
    for v, choice in enumerate(model.choices):
        if choice.sign < 0:
            givers[choice.action, choice.stage].append(v)
    for group in givers.values():
        wanted = int(amounts[group].sum())
        amounts[group] = 0
        ranked = sorted(  # the value that each further unit is taken from, the highest first
            (-_value(model, v, taken), v)
            for v in group
            for taken in range(min(int(model.choices[v].most), wanted))
        )
        for _, v in ranked[:wanted]:
            amounts[v] += 1
    return amounts


def _value(model: Model, v: int, taken: int) -> float:
    """Return the middle of the value per pupil before and after a unit is taken: what the sum of squares falls by, per unit."""
    needs, s = model.needs, model.choices[v].section
    k = next(k for k in range(needs.totals.shape[1]) if v in model.effects.get((s, k), {}))
    step = -model.effects[s, k][v] * needs.per_unit[s, k]
    return (needs.totals[s, k] - (taken + 0.5) * step) / needs.sections["pupils"].iat[s]
