r"""The limits of the coefficients of variation: convex cones, cut out of the integer program where they are broken.

For the sections of a stage with shares ``w`` of its pupils and values ``u``, the limit ``L`` asks

.. math:: \sum_s w_s (u_s - M)^2 \le L^2 M^2, \quad M = \sum_s w_s u_s, \qquad \text{that is} \qquad
          \sum_s w_s \frac{u_s^2}{M} \le (1 + L^2) M .

Each term on the left is convex, so that it lies above its tangent at any ratio :math:`\rho = u_s / M`:

.. math:: q_s \ge 2 \rho\, u_s - \rho^2 M, \qquad \sum_s w_s q_s \le (1 + L^2) M .

The rows hold for every plan that keeps the limit, and those made at a plan that breaks it cut that plan off.

Teachers and rooms are whole, ``u_s = a + b n`` with a whole number ``n``, and between two whole numbers there is nothing. Squares of whole
numbers lie above each chord from one to the next, which is higher than any tangent:

.. math:: r_s \ge \text{chord of } (a + b n)^2 \text{ from } k \text{ to } k + 1, \qquad
          \sum_s w_s r_s \le (1 + L^2) M^2 ,

where ``M²`` on the right is replaced by its own chords, from above, over the pieces of a range that no plan cheaper than a given sum can
leave. Without these rows the hardest proofs take about ten times as long: ``benchmarks/plan.md``.

Sources: Kelley (1960), The Cutting-Plane Method for Solving Convex Programs, J. SIAM 8(4); Duran and Grossmann (1986), An outer-approximation
algorithm for a class of mixed-integer nonlinear programs, Mathematical Programming 36; for the terms apart: Vielma, Dunning, Huchette and Lubin
(2017), Extended formulations in mixed integer conic quadratic programming, Mathematical Programming Computation 9.
"""

from itertools import pairwise

import numpy as np

from balancelib.assess.logic import within
from balancelib.measures import cv
from balancelib.resources.compliance.model import Model
from balancelib.resources.compliance.program import Program

PIECES = 8  # of the range of the mean
MARGIN = 1e-6  # of that range: more than the solver's tolerance


class Cone:
    """The limit of one indicator's coefficient of variation in one stage.

    ``x`` are the places of the model's choices in the program; the rows ask for a limit that is stricter by the share ``stricter``.
    """

    def __init__(self, model: Model, x: np.ndarray, stage: str, k: int, stricter: float = 0.0) -> None:
        needs = model.needs
        self.x, self.k, self.rows = x, k, np.flatnonzero((needs.sections["stage"] == stage).to_numpy())
        self.limit = needs.standard.cv_rule.limits[stage]
        self.square = 1 + (self.limit * (1 - stricter)) ** 2
        self.pupils = needs.sections["pupils"].to_numpy()[self.rows]
        self.weights = self.pupils / self.pupils.sum()
        self.totals, self.per_unit = needs.totals[self.rows, k], needs.per_unit[self.rows, k]
        today = self.totals.sum() / self.pupils.sum() or 1.0  # values are told as multiples of today's mean
        self.begin, self.step = self.totals / self.pupils / today, self.per_unit / self.pupils / today
        self.terms = [model.effects.get((s, k), {}) for s in self.rows]
        self.mean: int | None = None
        self.chords: set[tuple[int, int]] | None = None

    def broken(self, units: np.ndarray, slack: float = 0.0) -> bool:
        """Whether the limit is broken after so many whole units more, by more than a share ``slack`` of it."""
        values = (self.totals + units[self.rows, self.k] * self.per_unit) / self.pupils
        return not values.any() or not within(cv(values, weights=self.pupils), self.limit * (1 + slack))

    def cut(self, program: Program, units: np.ndarray) -> None:
        """Add the tangents at a plan, and the chords beside it."""
        if self.mean is None:
            self._begin(program)
        mine = units[self.rows, self.k]
        values = self.begin + self.step * mine
        ratios = values / (self.weights @ values) if values.any() else np.ones_like(values)
        for i, ratio in enumerate(ratios):
            self._above(program, i, self.spread[i], 2 * ratio, 0.0, {self.mean: ratio**2})
        if self.chords is not None:
            for i, n in enumerate(np.floor(mine + MARGIN).astype(int)):
                self._chords(program, i, range(n - 1, n + 2))

    def narrow(self, program: Program, lowest: float, highest: float) -> None:
        """Add the rows of whole numbers, given the range that the mean cannot leave."""
        edges = np.linspace(lowest - MARGIN, highest + MARGIN, PIECES + 1)
        here, along = program.variables(np.ones(PIECES)), program.variables(np.diff(edges), whole=False)
        squares = program.variables(np.full(len(self.rows), np.inf), whole=False)
        program.row(1.0, dict.fromkeys(here.tolist(), 1.0), 1.0)
        mean, square = {self.mean: 1.0}, dict(zip(squares.tolist(), self.weights, strict=True))
        for (low, high), at, more in zip(pairwise(edges), here.tolist(), along.tolist(), strict=True):
            program.row(-np.inf, {more: 1.0, at: low - high}, 0.0)
            mean |= {at: -low, more: -1.0}
            square |= {at: -self.square * low**2, more: -self.square * (low + high)}
        program.row(0.0, mean, 0.0)
        program.row(-np.inf, square, 0.0)
        self.squares, self.chords = squares, set()

    def _begin(self, program: Program) -> None:
        """Add the variables of the mean and of the terms."""
        self.mean = int(program.variables(np.array([np.inf]), whole=False)[0])
        self.spread = program.variables(np.full(len(self.rows), np.inf), whole=False)
        total = {self.mean: 1.0}
        for terms, weight in zip(self.terms, self.weights * self.step, strict=True):
            for v, times in terms.items():
                total[int(self.x[v])] = total.get(int(self.x[v]), 0.0) - weight * times
        program.row(self.weights @ self.begin, total, self.weights @ self.begin)
        limit = dict(zip(self.spread.tolist(), self.weights, strict=True))
        program.row(-np.inf, limit | {self.mean: -self.square}, 0.0)

    def _chords(self, program: Program, i: int, starts: range) -> None:
        a, b = self.begin[i], self.step[i]
        for k in starts:
            if (i, k) not in self.chords:
                self.chords.add((i, k))
                slope = 2 * a + b * (
                    2 * k + 1
                )  # in u, for (a + b n)² is a² + 2 a b n + b² ((2 k + 1) n - k (k + 1)) or more
                self._above(program, i, self.squares[i], slope, a**2 - b**2 * k * (k + 1) - slope * a)

    def _above(
        self,
        program: Program,
        i: int,
        place: int,
        slope: float,
        constant: float,
        others: dict[int, float] | None = None,
    ) -> None:
        """Ask that a variable, with others, be no less than ``slope × u_i + constant``."""
        terms = {int(self.x[v]): -slope * self.step[i] * times for v, times in self.terms[i].items()}
        program.row(slope * self.begin[i] + constant, terms | {int(place): 1.0} | (others or {}))


def cones(model: Model, x: np.ndarray, stricter: float = 0.0) -> list[Cone]:
    """All limits that the standard sets."""
    stages = dict.fromkeys(model.needs.sections["stage"])
    tested = [k for k, indicator in enumerate(model.needs.standard.indicators) if indicator.in_cv]
    return [Cone(model, x, stage, k, stricter) for stage in stages for k in tested]
