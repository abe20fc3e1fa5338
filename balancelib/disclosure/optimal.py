"""The cheapest pattern, or how far the one that was found may be from it.

Notes
-----
Fischetti and Salazar-González (2001), Solving the cell suppression problem on tabular data with linear constraints, Management Science 47(7),
§3–4. Which cells to hide is an integer program with a row for each way in which a reader finds a cell too closely (Benders 1962): by duality, what the
reader proves is a sum over published cells, and one of these must be hidden. The program and the attack take turns until the attack finds nothing.
A cell that is hidden for others' sake must be left open too here: its rows hold only where it is hidden (``need × y``). Where whole numbers tell more than the
relaxation, the row is that one cell more must be hidden. See also Hundepool and others (2012), Statistical Disclosure Control, Wiley, §4.4.
"""

import time
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from balancelib.disclosure.attack import Attacker
from balancelib.disclosure.pattern import cleaned, first, weakest
from balancelib.disclosure.problem import Problem
from balancelib.highs import SAME, minimise

EACH = 60  # rows that one round adds at the most
SMALL = 1e-9


class Found(NamedTuple):
    """A pattern that holds, what it costs, and a cost that none is below."""

    hidden: np.ndarray
    cost: float
    bound: float


class Cut(NamedTuple):
    """``coefficients y ≥ need``: what every pattern that holds keeps."""

    coefficients: np.ndarray
    need: float


def improve(problem: Problem, attacker: Attacker, hidden: np.ndarray, deadline: float) -> Found:
    """Search for a cheaper pattern than one that holds, round by round, until it is proven that there is none or the time is over."""
    best, bound, cuts = Found(hidden, problem.cost(hidden), 0.0), 0.0, []
    base = problem.cost(problem.forced)
    for n in range(problem.policy.rounds):
        asked, worth = _master(problem, cuts, best.hidden, deadline)
        bound = max(bound, base + worth)
        if asked is None or bound >= best.cost - SAME:
            break
        new = separate(problem, attacker, asked, deadline)
        if not new and weakest(problem, attacker, asked, deadline) is None:
            best = Found(asked, problem.cost(asked), bound)
            bound = max(bound, min(best.cost, base + worth))
            break
        if not new:
            break
        cuts += new
        best = _repaired(problem, attacker, asked, best, deadline) if n % 5 == 4 else best
        if time.monotonic() >= deadline:
            break
    return best._replace(bound=min(bound, best.cost))


def _master(
    problem: Problem, cuts: list[Cut], start: np.ndarray, deadline: float
) -> tuple[np.ndarray | None, float]:
    """Return the cheapest pattern that keeps all rows found so far, and a bound on the cost of what it hides for others' sake."""
    free = np.flatnonzero(problem.free)
    if not cuts or not len(free):
        return problem.forced.copy(), 0.0
    rows = csr_array(np.array([c.coefficients[free] for c in cuts]))
    given = np.array([c.coefficients[problem.forced].sum() for c in cuts])
    low = np.array([c.need for c in cuts]) - given
    left = max(deadline - time.monotonic(), 0.05)
    known = start[free].astype(float)
    known = known if (rows @ known >= low - SAME).all() else None
    solved = minimise(
        problem.weight[free],
        rows,
        low,
        np.full(len(low), np.inf),
        np.ones(len(free)),
        seconds=left,
        start=known,
    )
    if solved.x is None:
        return None, max(solved.bound, 0.0)
    hidden = problem.forced.copy()
    hidden[free] = solved.x > 0.5
    return hidden, max(solved.bound, 0.0)


def _repaired(problem: Problem, attacker: Attacker, asked: np.ndarray, best: Found, deadline: float) -> Found:
    """Make a pattern out of the program's, and keep it if it is cheaper."""
    hidden = cleaned(problem, attacker, first(problem, attacker, asked, deadline), deadline)
    if time.monotonic() < deadline and problem.cost(hidden) < best.cost - SAME:
        return best._replace(hidden=hidden, cost=problem.cost(hidden))
    return best


def separate(problem: Problem, attacker: Attacker, hidden: np.ndarray, deadline: float) -> list[Cut]:
    """Return rows that a pattern breaks: for each target that is too narrow, why."""
    attacker.limit(*problem.known(hidden))
    cuts: list[Cut] = []
    for target in map(int, problem.asked(hidden)):
        if len(cuts) >= EACH or time.monotonic() >= deadline:
            break
        if attacker.width(target) >= problem.need[target]:
            continue
        if (cut := _reason(problem, attacker, target, hidden)) is not None:
            cuts.append(cut)
        elif attacker.protected(target, problem.need[target], deadline) is False:
            cuts.append(_one_more(problem, target, hidden))
    return cuts


def _reason(problem: Problem, attacker: Attacker, target: int, hidden: np.ndarray) -> Cut | None:
    """Return the row that duality gives, if the relaxation finds the target too narrow."""
    if attacker.endless[target]:
        return None
    sides = [attacker.push(target, up) for up in (True, False)]
    need = problem.need[target]
    if attacker.width(target) >= need or any(duals is None for duals in sides):
        return None
    cost, constant, above, below = problem.targets[[target]].toarray()[0], 0.0, 0.0, 0.0
    for sign, duals in zip((-1.0, 1.0), sides, strict=True):
        slack = sign * cost - problem.rows.T @ duals
        if slack.min(initial=0) < -SAME:
            return None
        constant += float(np.maximum(slack, 0) @ problem.truth)
        above, below = above + np.maximum(-duals, 0), below + np.maximum(duals, 0)
    return _row(problem, target, (constant, above, below), hidden)


def _row(
    problem: Problem, target: int, proof: tuple[float, np.ndarray, np.ndarray], hidden: np.ndarray
) -> Cut | None:
    """Write a proof as a row: ``constant + Σ (above: without end, below: down to the floor) y ≥ need``, each at most what is needed."""
    constant, above, below = proof
    need = problem.need[target] - constant
    down = np.where(below > SMALL, below * (problem.value - problem.floor), 0.0)
    worth = np.minimum(np.where(above > SMALL, need, down), need)
    worth[problem.fixed & ~hidden] = 0.0
    broken = worth[hidden].sum() < need - SAME * 10
    if not broken or need <= SAME:
        return None
    return _if_hidden(problem, target, Cut(worth / need, 1.0))


def _one_more(problem: Problem, target: int, hidden: np.ndarray) -> Cut:
    """Return the row: of the cells that this pattern shows, one must be hidden, or the target shown."""
    return _if_hidden(problem, target, Cut((~hidden & problem.free).astype(float), 1.0))


def _if_hidden(problem: Problem, target: int, cut: Cut) -> Cut:
    """Let a row hold only where its cell is hidden, if that is free."""
    if target >= len(problem.free) or not problem.free[target]:
        return cut
    coefficients = cut.coefficients.copy()
    coefficients[target] -= cut.need
    return Cut(coefficients, 0.0)
