"""A pattern of hidden cells that holds, soon: cell by cell, each time the cheapest way to leave it open.

Notes
-----
The heuristic of Fischetti and Salazar-González (2001), §4.4, after Kelly, Golden and Assad (1992), Cell suppression: disclosure protection for
sensitive tabular data, Networks 22: the cheapest other table in which the cell differs by the width; the cells that differ in it are hidden. Cells that turn
out not to be needed are shown again (Castro 2012, Recent advances in optimization techniques for statistical tabular data protection,
European Journal of Operational Research 216, on this clean-up). Unlike theirs, complementary cells too must be left open, since they bear the same mark.
"""

import time

import numpy as np
from scipy.sparse import block_array, csr_array, eye_array, vstack

from balancelib.disclosure.attack import Attacker
from balancelib.disclosure.policy import Refused
from balancelib.disclosure.problem import Problem
from balancelib.disclosure.sweep import is_open, sweep
from balancelib.highs import SAME, Model

WHOLE = 1.0  # s, for one whole-number step
GAP = 0.1  # within which it may end


class Steps:
    """The cheapest table that differs in a target: of all that leave what is shown for good as it is, and keep what the marks will tell."""

    def __init__(self, problem: Problem, weight: np.ndarray) -> None:
        self.problem, self.weight = problem, weight
        cells, crossings = problem.rows.shape
        one, none = eye_array(cells), csr_array((problem.targets.shape[0], cells))
        matrix = vstack([
            block_array([[problem.rows, -one, one]]),
            block_array([[problem.targets, none, none]]),
        ])  # fmt: skip
        self.low = np.r_[problem.value, problem.floor, np.zeros(problem.targets.shape[0] - cells)]
        self.high = np.r_[problem.value, np.full(problem.targets.shape[0], np.inf)]
        far = np.where(problem.fixed, 0.0, np.inf)
        upper = np.r_[np.full(crossings, np.inf), far, far]
        self.model = Model(csr_array(matrix), self.low, self.high, np.zeros(len(upper)), upper)
        self.crossings, self.cells = crossings, cells

    def best(self, target: int, hidden: np.ndarray, whole: bool, seconds: float) -> np.ndarray | None:
        """Return the cheapest table, of those with more children in the target and those with fewer; None if there is none."""
        problem, found, cheapest = self.problem, None, np.inf
        change = np.where(hidden, 0.0, self.weight)
        need, row = max(problem.need[target], 1), self.cells + target
        for up in (True, False):
            low, high = self.low.copy(), self.high.copy()
            aim = problem.target_value[target] + (need if up else -need)
            if not up and aim < low[row]:
                continue
            low[row], high[row] = (aim, np.inf) if up else (low[row], aim)
            self.model.limit(low, high)
            cost = np.r_[np.zeros(self.crossings), change, change]
            start = self._plain(target, need, change) if whole and up else None
            solved = self.model.minimise(cost, whole=whole, seconds=seconds, gap=GAP, start=start)
            if solved.x is not None and solved.value < cheapest - SAME:
                found, cheapest = solved.x[: self.crossings], solved.value
        return found

    def _plain(self, target: int, need: float, change: np.ndarray) -> np.ndarray | None:
        """Return the simplest of all tables: the true one, with more children in one crossing."""
        problem = self.problem
        bad = np.where(problem.fixed, np.inf, change)
        dear = np.where(problem.targets[[target]].toarray()[0] > 0, _price(problem.rows, bad), np.inf)
        if not np.isfinite(dear.min(initial=np.inf)):
            return None
        table = problem.truth.copy()
        table[int(np.argmin(dear))] += need
        return np.r_[table, problem.rows @ table - problem.value, np.zeros(self.cells)]

    def widen(
        self, target: int, hidden: np.ndarray, attacker: Attacker, deadline: float
    ) -> np.ndarray | None:
        """Hide the cells that leave a target open; None where no way was found."""
        problem = self.problem
        for whole in (False, True):
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            table = self.best(target, hidden, whole, min(left, WHOLE))
            if table is None:
                continue
            differs = np.abs(problem.rows @ table - problem.value) > SAME
            new = hidden | (differs & problem.free)
            attacker.limit(*problem.known(new))
            if attacker.add(table) or (new != hidden).any():
                return new
        return None


def weakest(problem: Problem, attacker: Attacker, hidden: np.ndarray, deadline: float) -> int | None:
    """Return the first target that a pattern leaves too narrow, or that was not found open in time; None where it holds."""
    attacker.limit(*problem.known(hidden))
    asked = problem.asked(hidden)
    sweep(attacker, asked, problem.need, deadline)
    narrow = asked[~is_open(attacker, asked, problem.need)]
    for target in sorted(narrow, key=lambda t: (problem.target_value[t], t)):
        if not attacker.protected(target, problem.need[target], deadline):
            return int(target)
    return None


def _price(rows: csr_array, price: np.ndarray) -> np.ndarray:
    """What the cells of each crossing cost together; infinite where one cannot be had."""
    never = (np.isinf(price).astype(float) @ rows) > 0
    return np.where(never, np.inf, np.where(np.isinf(price), 0, price) @ rows)


def first(problem: Problem, attacker: Attacker, hidden: np.ndarray, deadline: float) -> np.ndarray:
    """Return a pattern that holds, from one that may not; `everything` where that is the only one to be had in time."""
    steps = Steps(problem, problem.weight)
    hidden = relaxed(problem, attacker, steps, hidden, deadline)
    while (target := weakest(problem, attacker, hidden, deadline)) is not None:
        wider = steps.widen(target, hidden, attacker, deadline)
        if wider is None:
            return plainly(problem, attacker, hidden)
        hidden = wider
    return hidden


def relaxed(
    problem: Problem, attacker: Attacker, steps: Steps, hidden: np.ndarray, deadline: float
) -> np.ndarray:
    """Open, one after the other, the cells that already the relaxation finds too narrow: hiding more never makes a cell narrower."""
    attacker.limit(*problem.known(hidden))
    for target in sorted(np.flatnonzero(hidden), key=lambda t: (problem.target_value[t], t)):
        need = problem.need[target]
        for up in (True, False):  # the true table has the least that was found, or more
            far = attacker.greatest[target] if up else attacker.ceiling[target]
            narrow = far - attacker.least[target] < need
            if narrow and not attacker.endless[target] and time.monotonic() < deadline:
                attacker.push(int(target), up, seconds=WHOLE)
        if attacker.ceiling[target] - attacker.floor[target] < need:
            wider = steps.widen(int(target), hidden, attacker, deadline)
            hidden = hidden if wider is None else wider
            attacker.limit(*problem.known(hidden))
    return hidden


def plainly(problem: Problem, attacker: Attacker, hidden: np.ndarray) -> np.ndarray:
    """Finish a pattern without search: hide, for each target not known to be open, all cells of a crossing that it counts.

    Nothing then bounds the crossing, nor the cells that count it. Where that cannot be had, `everything` is hidden.
    """
    while True:
        attacker.limit(*problem.known(hidden))
        asked = problem.asked(hidden)
        narrow = asked[~is_open(attacker, asked, problem.need)]
        if not len(narrow):
            return hidden
        price = np.where(hidden, 0.0, np.where(problem.free, problem.weight, np.inf))
        inside = problem.targets[[int(narrow[0])]].toarray()[0] > 0
        dear = np.where(inside, _price(problem.rows, price), np.inf)
        if not np.isfinite(dear.min(initial=np.inf)):
            return everything(problem, attacker)
        crossing = np.zeros(problem.rows.shape[1])
        crossing[int(np.argmin(dear))] = 1
        hidden = hidden | (problem.rows @ crossing > 0)


def everything(problem: Problem, attacker: Attacker) -> np.ndarray:
    """Hide all that can be hidden: it holds at once, unless what is beside tells too much.

    Raises
    ------
    Refused
        What is beside tells too much, or what it tells could not be found in the policy's seconds.
    """
    deadline = time.monotonic() + problem.policy.seconds
    target = told_already(problem, attacker, deadline)
    if target is not None:
        why = (
            "以前公布的表已经说得太多"
            if time.monotonic() < deadline
            else "在限定的时间里没有算清以前公布的表说了多少"
        )
        raise Refused(
            f"遮住所有能遮的格子也不能肯定保护了{_name(problem, target)}：{why}。请合并类别，或不公布这张表"
        )
    return problem.forced | problem.free


def told_already(problem: Problem, attacker: Attacker, deadline: float) -> int | None:
    """Show for good what cannot be hidden because tables beside tell it, and is not small; return what is small and told, if anything is."""
    while (target := weakest(problem, attacker, problem.forced | problem.free, deadline)) is not None:
        if target >= len(problem.free) or not problem.free[target] or time.monotonic() >= deadline:
            return target
        problem.show(target)
    return None


def cleaned(problem: Problem, attacker: Attacker, hidden: np.ndarray, deadline: float) -> np.ndarray:
    """Show again, the dearest first, what need not be hidden."""
    order = np.argsort(-problem.weight, kind="stable")
    for cell in order[(hidden & problem.free)[order]]:
        if time.monotonic() >= deadline:
            break
        without = hidden.copy()
        without[cell] = False
        if weakest(problem, attacker, without, deadline) is None:
            hidden = without
    return hidden


def _name(problem: Problem, target: int) -> str:
    names = problem.merged.names
    return f"“{names[target]}”" if target < len(names) else "几张表合起来能算出的小数目"
