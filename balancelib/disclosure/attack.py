"""What a reader can find out: the least and the greatest count of a cell, given everything that is published."""

import time

import numpy as np
from scipy.sparse import csr_array

from balancelib.highs import SAME, Model

KEPT = 2000  # tables that agree with what is published are remembered: the first, and the last so many
PATIENCE = 2.0  # s, for one whole-number question


class Attacker:
    """All tables of counts that agree with what a reader knows: whole, none below 0, each cell within its bounds.

    A cell's range is *witnessed* by tables that were found and checked in whole numbers, and *proven* by bounds that no table passes; where
    both are the same, it is exact. Being witnessed is what makes a pattern safe: no tolerance of a solver plays a part in it.

    Parameters
    ----------
    rows : csr_array of shape (cells, crossings)
        Which crossings each published cell counts.
    targets : csr_array of shape (targets, crossings)
        What is asked for: cells, or sums that nobody published.
    cap : float
        A crossing that no published cell bounds is taken to be at most this; such a target's greatest count is told as infinite.

    Notes
    -----
    The attacker's problem of Fischetti and Salazar-González (2001), Solving the cell suppression problem on tabular data with linear
    constraints, Management Science 47(7), §2, with whole numbers. Only the tables are attacked. Not counted are what a reader knows beside them
    (a parent knows their own child) and what the choice of the hidden cells may tell (`balancelib.disclosure.lot`).
    """

    def __init__(self, rows: csr_array, targets: csr_array, cap: float) -> None:
        self.rows, self.targets, self.cap = csr_array(rows), csr_array(targets), float(cap)
        cells, crossings = self.rows.shape
        free = np.full(cells, np.inf)
        self.model = Model(self.rows, np.zeros(cells), free, np.zeros(crossings), np.full(crossings, cap))
        self.found: list[tuple[np.ndarray, np.ndarray]] = []  # of each table: its cells, its targets
        self.table: np.ndarray | None = None  # the last of them
        self.limit(np.zeros(cells), free)

    def limit(self, low: np.ndarray, high: np.ndarray) -> None:
        """Say what the reader knows of each cell: its count (``low = high``) or bounds."""
        self.low, self.high = low, high
        self.model.limit(low, high)
        n = self.targets.shape[0]
        self.floor, self.ceiling = np.zeros(n), np.full(n, np.inf)
        self.least, self.greatest, self.seen = np.full(n, np.inf), np.full(n, -np.inf), False
        bounded = np.isfinite(high).astype(float) @ self.rows > 0
        self.endless = (self.targets @ (~bounded).astype(float)) > 0
        if self.found:
            cells, told = (np.array(part) for part in zip(*self.found, strict=True))
            for table in told[(cells >= low).all(1) & (cells <= high).all(1)]:
                self._witness(table)

    def add(self, table: np.ndarray | None) -> bool:
        """Remember a table if its counts are whole and agree with what is known."""
        if table is None:
            return False
        whole = np.rint(table)
        if np.abs(table - whole).max(initial=0) > SAME or whole.min(initial=0) < 0:
            return False
        cells = self.rows @ whole
        if (cells < self.low).any() or (cells > self.high).any():
            return False
        self.found.append((cells, told := self.targets @ whole))
        self.table = whole
        if len(self.found) > KEPT:
            del self.found[1]
        self._witness(told)
        return True

    def start(self) -> np.ndarray | None:
        """Return the table that was found last, if it agrees with what is known, for a search to begin with."""
        if self.table is None or self.table.max(initial=0) > self.cap:
            return None
        cells = self.rows @ self.table
        return self.table if (cells >= self.low).all() and (cells <= self.high).all() else None

    def _witness(self, told: np.ndarray) -> None:
        self.least = np.minimum(self.least, told)
        self.greatest = np.where(self.endless, np.inf, np.maximum(self.greatest, told))
        self.seen = True

    def width(self, target: int) -> float:
        """Return how far apart two tables that were found are in a target; -inf where none was."""
        return self.greatest[target] - self.least[target] if self.seen else -np.inf

    def push(
        self,
        target: int,
        up: bool,
        whole: bool = False,
        *,
        seconds: float = np.inf,
        enough: float | None = None,
    ) -> np.ndarray | None:
        """Look for the table with the greatest (or least) count of a target, or one that reaches ``enough``; return the rows' duals of a relaxation that was solved."""
        sign = -1.0 if up else 1.0
        cost = sign * self.targets[[target]].toarray()[0]
        aim = -np.inf if enough is None else sign * enough
        solved = self.model.minimise(cost, whole=whole, seconds=seconds, enough=aim)
        duals = None if whole or solved.x is None else self.model.duals
        self.add(solved.x)
        if np.isfinite(solved.bound):
            if up:
                self.ceiling[target] = min(self.ceiling[target], np.floor(-solved.bound + SAME))
            else:
                self.floor[target] = max(self.floor[target], np.ceil(solved.bound - SAME))
        return duals

    def protected(self, target: int, need: float, deadline: float = np.inf) -> bool | None:
        """Say whether two tables that differ by ``need`` in a target were found; None: neither found nor proven that there are none."""
        for whole in (False, True):
            for up in (True, False):
                if self.width(target) >= need:
                    return True
                if self.ceiling[target] - self.floor[target] < need:
                    return False
                if up and self.endless[target]:
                    continue
                left = deadline - time.monotonic()
                if left <= 0:
                    return None
                enough = self.least[target] + need if up else self.greatest[target] - need
                self.push(
                    target,
                    up,
                    whole,
                    seconds=min(left, PATIENCE) if whole else left,
                    enough=enough if whole else None,
                )
        if self.width(target) >= need:
            return True
        return False if self.ceiling[target] - self.floor[target] < need else None

    def range(self, target: int, deadline: float = np.inf) -> tuple[float, float, bool]:
        """Return a target's least and greatest count, and whether they are exact; where time ran out, what was witnessed."""
        for up in (True, False):
            for whole in (False, True):
                left = deadline - time.monotonic()
                if self._exact(target, up) or left <= 0:
                    break
                self.push(target, up, whole, seconds=left)
        exact = self._exact(target, up=True) and self._exact(target, up=False)
        return float(self.least[target]), float(self.greatest[target]), bool(exact)

    def _exact(self, target: int, up: bool) -> bool:
        if up:
            return bool(self.endless[target] or self.greatest[target] == self.ceiling[target])
        return bool(self.least[target] == self.floor[target])
