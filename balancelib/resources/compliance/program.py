"""An integer program that grows between its solutions: a thin layer over HiGHS."""

import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

Terms = Mapping[int, float]
Progress = Callable[[str], None]


class Solution(NamedTuple):
    """Values of the variables, their objective, and the bound that no solution beats.

    ``values`` is None where none was found: ``infeasible`` says whether there is none.
    """

    values: np.ndarray | None
    objective: float
    bound: float
    infeasible: bool


class Program:
    """Variables and rows of ``min c x, lower ≤ A x ≤ upper``, solved by one thread in the same way each time.

    Parameters
    ----------
    seconds : float
        Of wall time for all solutions together. It plays no part unless it runs out.
    progress : callable, optional
        Told a line in Chinese, now and then.
    """

    def __init__(self, seconds: float, progress: Progress | None = None) -> None:
        import highspy  # noqa: PLC0415  only plans need it

        class Silent(highspy.Highs):
            def enableCallbacks(self) -> None:  # noqa: N802  called when it is made, and the first call to log greets
                self.silent()
                super().enableCallbacks()

        self.api, self.highs = highspy, Silent()
        self.deadline, self.progress, self.size = time.monotonic() + seconds, progress, 0
        options = {
            "threads": 1, "random_seed": 0, "mip_rel_gap": 0.0,
            "mip_feasibility_tolerance": 1e-7, "primal_feasibility_tolerance": 1e-9,
        }  # fmt: skip
        for name, value in options.items():
            self.highs.setOptionValue(name, value)
        if progress:
            self.highs.cbMipLogging += self._told
            self._last = 0.0

    def variables(self, upper: np.ndarray, whole: bool = True) -> np.ndarray:
        """Add variables from 0 up to their upper bounds, and return their places."""
        n = len(upper)
        places = np.arange(self.size, self.size + n, dtype=np.int32)
        self.highs.addVars(n, np.zeros(n), np.minimum(upper, self.highs.inf).astype(float))
        if whole:
            kinds = np.array([self.api.HighsVarType.kInteger] * n)
            self.highs.changeColsIntegrality(n, places, kinds)
        self.size += n
        return places

    def row(self, lower: float, terms: Terms, upper: float = np.inf) -> None:
        """Ask that ``lower ≤ Σ coefficient × variable ≤ upper``."""
        index = np.fromiter(terms, dtype=np.int32, count=len(terms))
        value = np.fromiter(terms.values(), dtype=float, count=len(terms))
        inf = self.highs.inf
        self.highs.addRow(max(lower, -inf), min(upper, inf), len(index), index, value)

    def aim(self, costs: Terms) -> None:
        """Set what is minimised."""
        objective = np.zeros(self.size)
        objective[list(costs)] = list(costs.values())
        self.highs.changeColsCost(self.size, np.arange(self.size, dtype=np.int32), objective)

    def solve(self, relaxed: bool = False, gap: float = 0.99, start: np.ndarray | None = None) -> Solution:
        """Solve; ``gap`` is the absolute one within which the search may end, ``relaxed`` gives up whole numbers."""
        left = self.deadline - time.monotonic()
        self.highs.setOptionValue("time_limit", self.highs.getRunTime() + max(left, 0.1))
        self.highs.setOptionValue("solve_relaxation", relaxed)
        self.highs.setOptionValue("mip_abs_gap", gap)
        if start is not None:
            self._start(start)
        self.highs.run()
        info, status = self.highs.getInfo(), self.highs.getModelStatus()
        kind = self.api.HighsModelStatus
        infeasible = status in (kind.kInfeasible, kind.kUnboundedOrInfeasible)
        found = info.primal_solution_status == self.api.SolutionStatus.kSolutionStatusFeasible
        values = np.array(self.highs.getSolution().col_value) if found and not infeasible else None
        bound = info.objective_function_value if relaxed else info.mip_dual_bound
        return Solution(values, info.objective_function_value, bound, infeasible)

    def _start(self, values: np.ndarray) -> None:
        solution = self.api.HighsSolution()
        solution.col_value = list(values) + [0.0] * (self.size - len(values))
        self.highs.setSolution(solution)

    @property
    def late(self) -> bool:
        """Whether the time has run out."""
        return time.monotonic() >= self.deadline

    def _told(self, event: object) -> None:
        now, seen = time.monotonic(), event.data_out
        if now - self._last >= 1:
            self._last = now
            self.progress(f"界{seen.mip_dual_bound:,.0f}，已找到{seen.mip_primal_bound:,.0f}，差距{seen.mip_gap:.4%}")
