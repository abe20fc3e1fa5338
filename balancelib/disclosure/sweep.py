"""One table that shows many cells to be open at once."""

import numpy as np
from scipy.sparse import block_array, csr_array, diags_array

from balancelib.disclosure.attack import Attacker
from balancelib.highs import Model

SECONDS = 1.0  # for one table


class Sweep:
    """The table that agrees with what is known and in which as many targets as can be are ``need`` above the least that was found of them.

    Each table that is found spares the attack one question a target; what none was found for is asked alone.
    """

    def __init__(self, attacker: Attacker, need: np.ndarray) -> None:
        self.attacker, self.need = attacker, need
        cells, crossings = attacker.rows.shape
        n = len(need)
        matrix = block_array([[attacker.rows, None], [attacker.targets, -diags_array(need)]])
        upper = np.r_[np.full(crossings, attacker.cap), np.ones(n)]
        self.rows = cells + n
        self.model = Model(
            csr_array(matrix), np.zeros(self.rows), np.full(self.rows, np.inf), np.zeros(len(upper)), upper
        )
        self.crossings = crossings

    def run(self, narrow: np.ndarray, seconds: float) -> int:
        """Look for such a table among the targets ``narrow``; return for how many of them it is enough."""
        attacker = self.attacker
        least = np.full(len(self.need), -np.inf)
        least[narrow] = attacker.least[narrow]
        self.model.limit(np.r_[attacker.low, least], np.r_[attacker.high, np.full(len(least), np.inf)])
        cost = np.zeros(self.crossings + len(least))
        cost[self.crossings + narrow] = -1.0
        before = attacker.greatest.copy()
        solved = self.model.minimise(cost, whole=True, seconds=min(seconds, SECONDS), gap=0.3)
        if solved.x is None or not attacker.add(solved.x[: self.crossings]):
            return 0
        enough = attacker.greatest - attacker.least >= self.need
        return int((enough & (before < attacker.greatest))[narrow].sum())
