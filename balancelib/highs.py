"""Integer programs: one call of HiGHS, silent, with one thread, the same each time."""

from collections.abc import Iterable
from typing import Any, NamedTuple
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
    solver = _silent()
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


class Model:
    """``low ≤ matrix x ≤ high`` with ``lower ≤ x ≤ upper``, asked again and again with other costs and bounds: each begins where the last ended.

    Notes
    -----
    Source: as `minimise`.
    """

    def __init__(
        self, matrix: csr_array, low: np.ndarray, high: np.ndarray, lower: np.ndarray, upper: np.ndarray
    ) -> None:
        import highspy  # noqa: PLC0415  only plans need it

        self.api, self.solver, matrix = highspy, _silent(), csr_array(matrix)
        program = highspy.HighsLp()
        program.num_row_, program.num_col_ = matrix.shape
        program.col_cost_, program.col_lower_, program.col_upper_ = np.zeros(len(lower)), lower, upper
        program.row_lower_, program.row_upper_ = low, high
        program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        program.a_matrix_.start_, program.a_matrix_.index_ = matrix.indptr, matrix.indices
        program.a_matrix_.value_ = matrix.data
        for option, value in {"threads": 1, "random_seed": 0}.items():
            self.solver.setOptionValue(option, value)
        self.solver.passModel(program)
        self.columns, self.rows = np.arange(len(lower), dtype=np.int32), np.arange(len(low), dtype=np.int32)

    def limit(self, low: np.ndarray, high: np.ndarray) -> None:
        """Set the bounds of all rows."""
        self.solver.changeRowsBounds(len(self.rows), self.rows, low.astype(float), high.astype(float))

    def minimise(
        self,
        cost: np.ndarray,
        *,
        whole: bool = False,
        seconds: float = np.inf,
        enough: float = -np.inf,
        gap: float = 0.0,
        start: np.ndarray | None = None,
        nodes: int | None = None,
    ) -> Solved:
        """Minimise ``cost x``; ``whole``: all are whole numbers, and the search, begun from ``start``, may end at ``enough``, within ``gap`` or after ``nodes``.

        A relaxation that was not solved to its end is as if nothing was found.
        """
        solver, n = self.solver, len(self.columns)
        solver.changeColsCost(n, self.columns, np.asarray(cost, dtype=float))
        kinds, states = self.api.HighsVarType, self.api.HighsModelStatus
        if whole:  # begun from a relaxation's end, HiGHS 1.16 can tell an objective and a bound that are not those of its solution
            solver.clearSolver()
            solver.changeColsIntegrality(n, self.columns, np.full(n, kinds.kInteger))
        solver.setOptionValue("time_limit", solver.getRunTime() + max(seconds, 0.01))
        solver.setOptionValue("objective_target", enough)
        solver.setOptionValue("mip_rel_gap", gap)
        solver.setOptionValue("mip_max_nodes", 2**31 - 1 if nodes is None else nodes)
        if start is not None:
            known = self.api.HighsSolution()
            known.col_value = list(start)
            solver.setSolution(known)
        solver.run()
        info, status = solver.getInfo(), solver.getModelStatus()
        if whole:
            solver.changeColsIntegrality(n, self.columns, np.full(n, kinds.kContinuous))
        if status in (states.kInfeasible, states.kUnboundedOrInfeasible):
            return Solved(None, np.nan, -np.inf, infeasible=True)
        solved = info.primal_solution_status == self.api.SolutionStatus.kSolutionStatusFeasible
        if not solved or (not whole and status != states.kOptimal):
            return Solved(None, np.nan, info.mip_dual_bound if whole else -np.inf, infeasible=False)
        value = info.objective_function_value
        found = np.array(solver.getSolution().col_value)
        return Solved(found, value, info.mip_dual_bound if whole else value, infeasible=False)

    @property
    def duals(self) -> np.ndarray:
        """What a unit of each row's bound is worth in the last relaxation."""
        return np.array(self.solver.getSolution().row_dual)


def _silent() -> Any:
    import highspy  # noqa: PLC0415  only plans need it

    class Silent(highspy.Highs):
        def enableCallbacks(self) -> None:  # noqa: N802  called when it is made; its first call would greet on the console
            self.silent()
            super().enableCallbacks()

    return Silent()


def lots(keys: Iterable[object]) -> np.ndarray:
    """What each variable costs where lots decide: the same lot for what is written the same, in every program and on every machine.

    Plans that reach the same are many, and which of them a search finds first differs between machines; weights as if drawn at random leave one.

    Notes
    -----
    Source: the isolating lemma of Mulmuley, Vazirani and Vazirani (1987), Matching is as easy as matrix inversion, Combinatorica 7.
    """
    return np.array([1.0 + crc32(repr(key).encode()) % LOTS for key in keys])
