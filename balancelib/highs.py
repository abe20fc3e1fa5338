"""Integer programs: one call of HiGHS, silent, with one thread, the same each time."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array, vstack

LOTS = 100_000  # how many different lots there are
SAME = 1e-6  # the solver's own tolerance


class Solved(NamedTuple):
    """What HiGHS found; ``x`` is None where it found nothing, ``infeasible`` says that there is nothing; no solution is below ``bound``."""

    x: np.ndarray | None
    value: float
    bound: float
    infeasible: bool


IMPOSSIBLE = Solved(None, np.nan, -np.inf, infeasible=True)


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
    n = len(cost)
    needed = np.broadcast_to(whole, n).astype(bool)
    program = _program(matrix, low, high, np.zeros(n), np.maximum(upper, 0))
    program.col_cost_ = cost
    if needed.any():
        program.integrality_ = kinds(needed)
    solver = silent({"mip_rel_gap": gap, "time_limit": seconds})
    solver.passModel(program)
    _run(solver, cost, start)
    info = solver.getInfo()
    if impossible(solver):
        return IMPOSSIBLE
    bound = info.mip_dual_bound if needed.any() else info.objective_function_value
    if not has_solution(solver):
        return Solved(None, np.nan, bound, infeasible=False)
    values = np.array(solver.getSolution().col_value)
    return Solved(values, info.objective_function_value, bound, infeasible=False)


def _run(solver: Any, cost: np.ndarray, start: np.ndarray | None) -> None:
    """Solve, from a solution that is known, if any; and again where HiGHS is known to go wrong."""
    if start is not None:
        begin(solver, start)
    solver.run()
    if start is not None and not np.isclose(
        cost @ solver.getSolution().col_value, solver.getInfo().objective_function_value
    ):
        solver.clearSolver()  # where presolve alone solves it, HiGHS hands back the start instead of what it found
        solver.run()
    if solver.getModelStatus().name == "kSolveError":
        solver.clearSolver()  # what presolve made of a tight program does not hold in the program itself
        solver.setOptionValue("presolve", "off")
        solver.run()


class Aims:
    """``matrix x ≤ high`` with ``0 ≤ x ≤ upper``, asked for one aim after another: what an answer reached is held for the next.

    Attributes
    ----------
    x : ndarray
        The last answer; zeros before the first.
    """

    def __init__(self, matrix: csr_array, high: np.ndarray, upper: np.ndarray, whole: np.ndarray) -> None:
        self.matrix, self.high, self.upper, self.whole = matrix, high, upper, whole
        self.x = np.zeros(len(upper))

    def least(self, cost: np.ndarray, seconds: float) -> tuple[float, float]:
        """Return the least cost found and its bound; where the time, a second at the least, runs out, what was found before stays."""
        low = np.full(len(self.high), -np.inf)
        found = minimise(cost, self.matrix, low, self.high, self.upper, self.whole, seconds=max(seconds, 1.0))
        self.x = self.x if found.x is None else found.x
        return float(cost @ self.x), float(found.bound)

    def hold(self, cost: np.ndarray, most: float) -> None:
        """Let no later answer cost more than this."""
        self.matrix, self.high = vstack([self.matrix, csr_array(cost[None, :])]), np.append(self.high, most)


def proven(room: ArrayLike, found: ArrayLike = 0.0, *, whole: bool = False) -> np.ndarray:
    """Return whether no solution is better than the one found, up to the solver's tolerance.

    ``room``: how much better a solution could be, by the bound; ``whole``: what is found is a whole number.
    """
    return np.less(room, 1 - SAME) if whole else np.less_equal(room, SAME * (1 + np.asarray(found)))


class Model:
    """``low ≤ matrix x ≤ high`` with ``lower ≤ x ≤ upper``, asked again and again with other costs and bounds: each begins where the last ended.

    Notes
    -----
    Source: as `minimise`.
    """

    def __init__(
        self, matrix: csr_array, low: np.ndarray, high: np.ndarray, lower: np.ndarray, upper: np.ndarray
    ) -> None:
        self.solver = silent()
        self.solver.passModel(_program(matrix, low, high, lower, upper))
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
        solver = self.solver
        solver.changeColsCost(len(self.columns), self.columns, np.asarray(cost, dtype=float))
        if whole:  # begun from a relaxation's end, HiGHS 1.16 can tell an objective and a bound that are not those of its solution
            solver.clearSolver()
            self._ask_whole(whole=True)
        most = 2**31 - 1 if nodes is None else nodes
        end = solver.getRunTime() + max(seconds, 0.01)
        _set(
            solver, {"time_limit": end, "objective_target": enough, "mip_rel_gap": gap, "mip_max_nodes": most}
        )
        if start is not None:
            begin(solver, start)
        solver.run()
        answer = self._answer(whole=whole)
        if whole:
            self._ask_whole(whole=False)
        return answer

    def _ask_whole(self, *, whole: bool) -> None:
        """Let all variables be whole numbers, or any."""
        n = len(self.columns)
        self.solver.changeColsIntegrality(n, self.columns, np.array(kinds(np.full(n, whole))))

    def _answer(self, *, whole: bool) -> Solved:
        """Return what the last search found."""
        solver, info = self.solver, self.solver.getInfo()
        if impossible(solver):
            return IMPOSSIBLE
        if not has_solution(solver) or (not whole and solver.getModelStatus().name != "kOptimal"):
            return Solved(None, np.nan, info.mip_dual_bound if whole else -np.inf, infeasible=False)
        value, found = info.objective_function_value, np.array(solver.getSolution().col_value)
        return Solved(found, value, info.mip_dual_bound if whole else value, infeasible=False)

    @property
    def duals(self) -> np.ndarray:
        """What a unit of each row's bound is worth in the last relaxation."""
        return np.array(self.solver.getSolution().row_dual)


def _program(
    matrix: csr_array, low: np.ndarray, high: np.ndarray, lower: np.ndarray, upper: np.ndarray
) -> Any:
    """Return the program with these rows and bounds, for HiGHS; it costs nothing yet."""
    import highspy  # noqa: PLC0415  only plans need it

    program, matrix = highspy.HighsLp(), csr_array(matrix)
    program.num_row_, program.num_col_ = matrix.shape
    program.col_cost_ = np.zeros(len(lower))
    program.col_lower_, program.col_upper_ = lower, upper
    program.row_lower_, program.row_upper_ = low, high
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_, program.a_matrix_.index_ = matrix.indptr, matrix.indices
    program.a_matrix_.value_ = matrix.data
    return program


def kinds(whole: np.ndarray) -> list[Any]:
    """Return what each variable is to HiGHS: a whole number, or any."""
    from highspy import HighsVarType  # noqa: PLC0415  only plans need it

    return [HighsVarType.kInteger if w else HighsVarType.kContinuous for w in whole]


def silent(options: Mapping[str, float] | None = None) -> Any:
    """Return a solver that prints nothing and finds the same each time."""
    import highspy  # noqa: PLC0415  only plans need it

    class Silent(highspy.Highs):
        def enableCallbacks(self) -> None:  # noqa: N802  called when it is made; its first call would greet on the console
            self.silent()
            super().enableCallbacks()

    solver = Silent()
    _set(solver, {"threads": 1, "random_seed": 0, **(options or {})})
    return solver


def _set(solver: Any, options: Mapping[str, float]) -> None:
    for option, value in options.items():
        solver.setOptionValue(option, value)


def begin(solver: Any, start: np.ndarray) -> None:
    """Let the search begin from a solution that is known."""
    from highspy import HighsSolution  # noqa: PLC0415  only plans need it

    known = HighsSolution()
    known.col_value = list(start)
    solver.setSolution(known)


def impossible(solver: Any) -> bool:
    """Whether the last search proved that there is no solution."""
    return solver.getModelStatus().name in ("kInfeasible", "kUnboundedOrInfeasible")


def has_solution(solver: Any) -> bool:
    """Whether the last search found one."""
    from highspy import SolutionStatus  # noqa: PLC0415  only plans need it

    return solver.getInfo().primal_solution_status == SolutionStatus.kSolutionStatusFeasible


def lots(keys: Iterable[object]) -> np.ndarray:
    """What each variable costs where lots decide: the same lot for what is written the same, in every program and on every machine.

    Plans that reach the same are many, and which of them a search finds first differs between machines; weights as if drawn at random leave one.

    Notes
    -----
    Source: the isolating lemma of Mulmuley, Vazirani and Vazirani (1987), Matching is as easy as matrix inversion, Combinatorica 7.
    """
    return np.array([1.0 + crc32(repr(key).encode()) % LOTS for key in keys])
