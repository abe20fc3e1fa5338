"""Integer programs: one call of HiGHS, silent, with one thread, the same each time."""

from collections.abc import Iterable
from typing import NamedTuple
from zlib import crc32

import numpy as np
from scipy.sparse import csr_array

LOTS = 100_000  # how many different lots there are


class Solved(NamedTuple):
    """What HiGHS found; ``x`` is None where it found nothing, ``infeasible`` says that there is nothing; no solution is below ``bound``."""

    x: np.ndarray | None
    value: float
    bound: float
    infeasible: bool


def minimise(
    cost: np.ndarray,
    matrix: csr_array,
    low: np.ndarray,
    high: np.ndarray,
    upper: np.ndarray,
    whole: np.ndarray | bool = True,
    *,
    gap: float = 0.0,
    seconds: float = np.inf,
    start: np.ndarray | None = None,
) -> Solved:
    """Minimise ``cost x`` with ``low ≤ matrix x ≤ high`` and ``0 ≤ x ≤ upper``.

    ``whole``: which variables are whole numbers; ``gap``: relative, within which the search may end; ``start``: a solution that is known.

    Notes
    -----
    Source: Huangfu and Hall (2018), Parallelizing the dual revised simplex method, Mathematical Programming Computation 10, on HiGHS.
    """
    import highspy  # noqa: PLC0415  only plans need it

    class Silent(highspy.Highs):
        def enableCallbacks(self) -> None:  # noqa: N802  called when it is made; its first call would greet on the console
            self.silent()
            super().enableCallbacks()

    n, inf, kinds = len(cost), highspy.kHighsInf, highspy.HighsVarType
    program, matrix = highspy.HighsLp(), csr_array(matrix)
    program.num_col_, program.num_row_ = n, matrix.shape[0]
    program.col_cost_, program.col_lower_, program.col_upper_ = cost, np.zeros(n), np.clip(upper, 0, inf)
    program.row_lower_, program.row_upper_ = np.clip(low, -inf, inf), np.clip(high, -inf, inf)
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_, program.a_matrix_.index_ = matrix.indptr, matrix.indices
    program.a_matrix_.value_ = matrix.data
    if (needed := np.broadcast_to(whole, n).astype(bool)).any():
        program.integrality_ = [kinds.kInteger if w else kinds.kContinuous for w in needed]
    solver = Silent()
    for option, value in {"threads": 1, "random_seed": 0, "mip_rel_gap": gap, "time_limit": seconds}.items():
        solver.setOptionValue(option, value)
    solver.passModel(program)
    if start is not None:
        known = highspy.HighsSolution()
        known.col_value = list(start)
        solver.setSolution(known)
    solver.run()
    states = highspy.HighsModelStatus
    if start is not None and not np.isclose(
        cost @ solver.getSolution().col_value, solver.getInfo().objective_function_value
    ):
        solver.clearSolver()  # where presolve alone solves it, HiGHS hands back the start instead of what it found
        solver.run()
    if (
        solver.getModelStatus() == states.kSolveError
    ):  # what presolve made of a tight program does not hold in the program itself
        solver.clearSolver()
        solver.setOptionValue("presolve", "off")
        solver.run()
    info, status = solver.getInfo(), solver.getModelStatus()
    if status in (states.kInfeasible, states.kUnboundedOrInfeasible):
        return Solved(None, np.nan, -np.inf, infeasible=True)
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    values = np.array(solver.getSolution().col_value) if found else None
    bound = info.mip_dual_bound if needed.any() else info.objective_function_value
    return Solved(values, info.objective_function_value if found else np.nan, bound, infeasible=False)


def lots(keys: Iterable[object]) -> np.ndarray:
    """What each variable costs where lots decide: the same lot for what is written the same, in every program and on every machine.

    Plans that reach the same are many, and which of them a search finds first differs between machines; weights as if drawn at random leave one.

    Notes
    -----
    Source: the isolating lemma of Mulmuley, Vazirani and Vazirani (1987), Matching is as easy as matrix inversion, Combinatorica 7.
    """
    return np.array([1.0 + crc32(repr(key).encode()) % LOTS for key in keys])
