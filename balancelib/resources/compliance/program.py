"""An integer program that grows between its solutions: a thin layer over HiGHS."""

import threading
import time
from collections.abc import Callable, Mapping

import numpy as np

from balancelib.highs import Solved, begin, has_solution, impossible, kinds, silent

Terms = Mapping[int, float]
Progress = Callable[[str], None]
EXACT = {"mip_rel_gap": 0.0, "mip_feasibility_tolerance": 1e-7, "primal_feasibility_tolerance": 1e-9}
PATIENCE = 3.0  # s: HiGHS may be late by so much before it is left behind


class Program:
    """Variables and rows of ``min c x, lower ≤ A x ≤ upper``, solved by one thread in the same way each time.

    Parameters
    ----------
    deadline : float
        Of ``time.monotonic()``, for all solutions together. It plays no part unless it comes.
    progress : callable, optional
        Told a line in Chinese, at most once a second.

    Notes
    -----
    Source: Huangfu and Hall (2018), Parallelizing the dual revised simplex method, Mathematical Programming Computation 10, on HiGHS.
    """

    def __init__(self, deadline: float, progress: Progress | None = None) -> None:
        self.highs = silent(EXACT)
        self.deadline, self.size, self.scale = deadline, 0, 1.0
        self.progress, self.told = progress, 0.0
        if progress:
            self.highs.cbMipInterrupt += self._tell

    def variables(self, upper: np.ndarray, whole: bool = True) -> np.ndarray:
        """Add variables from 0 up to their upper bounds, and return their places."""
        n = len(upper)
        places = np.arange(self.size, self.size + n, dtype=np.int32)
        self.highs.addVars(n, np.zeros(n), np.minimum(upper, self.highs.inf).astype(float))
        if whole:
            self.highs.changeColsIntegrality(n, places, np.array(kinds(np.full(n, True))))
        self.size += n
        return places

    def row(self, lower: float, terms: Terms, upper: float = np.inf) -> None:
        """Ask that ``lower ≤ Σ coefficient × variable ≤ upper``."""
        terms = {place: value for place, value in terms.items() if value}
        index = np.fromiter(terms, dtype=np.int32, count=len(terms))
        value = np.fromiter(terms.values(), dtype=float, count=len(terms))
        inf = self.highs.inf
        self.highs.addRow(max(lower, -inf), min(upper, inf), len(index), index, value)

    def aim(self, costs: Terms, scale: float = 1.0) -> None:
        """Set what is minimised; inside, it is told in multiples of ``scale``."""
        objective = np.zeros(self.size)
        for place, cost in costs.items():
            objective[place] = cost / scale
        self.highs.changeColsCost(self.size, np.arange(self.size, dtype=np.int32), objective)
        self.costs, self.scale = objective, scale

    def solve(self, relaxed: bool = False, gap: float = 0.99, start: np.ndarray | None = None) -> Solved:
        """Solve; ``gap``, in multiples of the scale, is that within which the search may end; ``relaxed`` gives up whole numbers."""
        left = max(self.deadline - time.monotonic(), 0.05)
        self.highs.setOptionValue("time_limit", self.highs.getRunTime() + left)
        self.highs.setOptionValue("solve_relaxation", relaxed)
        self.highs.setOptionValue("mip_abs_gap", gap)
        if not relaxed:  # begun from a relaxation's end, HiGHS 1.16 can tell an objective and a bound that are not those of its solution
            self.highs.clearSolver()
        if start is not None:
            begin(self.highs, np.append(start, np.zeros(self.size - len(start))))
        if relaxed:
            self.highs.run()
        elif not self._search(left + PATIENCE):
            return Solved(None, np.nan, -np.inf, infeasible=False)
        info, infeasible = self.highs.getInfo(), impossible(self.highs)
        solved = self.highs.getModelStatus().name == "kOptimal"
        found = solved if relaxed else has_solution(self.highs) and not infeasible
        values = np.array(self.highs.getSolution().col_value) if found else None
        objective = (
            info.objective_function_value if values is None else float(self.costs @ values[: len(self.costs)])
        )
        bound = objective if relaxed else min(info.mip_dual_bound, objective)
        return Solved(values, objective * self.scale, bound * self.scale, infeasible)

    def _search(self, seconds: float) -> bool:
        """Let HiGHS search, and return whether it came back in time.

        HiGHS 1.16 can loop without end between two looks at its clock. It then stays behind in its thread until the process ends, and the
        program must not be touched any more.
        """
        thread = threading.Thread(target=self.highs.run, daemon=True)
        thread.start()
        thread.join(seconds)
        return not thread.is_alive()

    @property
    def late(self) -> bool:
        """Whether the time has run out."""
        return time.monotonic() >= self.deadline

    def _tell(self, event: object) -> None:
        """Say where the search is, at most once a second; the solver calls it often."""
        if time.monotonic() - self.told >= 1:
            self.say(event.data_out.mip_primal_bound * self.scale, event.data_out.mip_dual_bound * self.scale)

    def say(self, best: float, bound: float) -> None:
        """Say which objective was found and which bound."""
        if self.progress is None:
            return
        self.told = time.monotonic()
        found = "还没有找到方案" if abs(best) == np.inf else f"已找到{best:,.0f}，差距{_gap(best, bound):.4%}"
        self.progress(f"下界{bound:,.0f}，{found}" if abs(bound) < np.inf else found)


def _gap(best: float, bound: float) -> float:
    return abs(best - bound) / max(abs(best), 1e-9)
