r"""The limits of the coefficients of variation: convex cones, cut out of the integer program where they are broken.

For the sections of a stage with shares ``w`` of its pupils and values ``u``, the limit ``L`` asks

.. math:: \sum_s w_s (u_s - M)^2 \le L^2 M^2, \quad M = \sum_s w_s u_s, \qquad \text{that is} \qquad
          \sum_s w_s \frac{u_s^2}{M} \le (1 + L^2) M .

Each term on the left is convex, so that it lies above its tangent at any ratio :math:`\rho = u_s / M`:

.. math:: q_s \ge 2 \rho\, u_s - \rho^2 M, \qquad \sum_s w_s q_s \le (1 + L^2) M .

The rows are valid for every plan that keeps the limit, and those of a plan that breaks it cut that plan off. A cut for each section instead
of one for all leaves fewer to add: the sections' tangents combine. Sources: Kelley (1960), The Cutting-Plane Method for Solving Convex
Programs, J. SIAM 8(4); Duran and Grossmann (1986), An outer-approximation algorithm for a class of mixed-integer nonlinear programs,
Mathematical Programming 36; for the terms apart: Vielma, Dunning, Huchette and Lubin (2017), Extended formulations in mixed integer conic
quadratic programming, Mathematical Programming Computation 9.
"""

import numpy as np

from balancelib.assess.logic import within
from balancelib.measures import cv
from balancelib.resources.compliance.model import Model
from balancelib.resources.compliance.program import Program


class Cone:
    """The limit of one indicator's coefficient of variation in one stage."""

    def __init__(self, model: Model, stage: str, k: int) -> None:
        needs = model.needs
        self.k, self.rows = k, np.flatnonzero((needs.sections["stage"] == stage).to_numpy())
        self.limit = needs.standard.cv_rule.limits[stage]
        self.pupils = needs.sections["pupils"].to_numpy()[self.rows]
        self.weights = self.pupils / self.pupils.sum()
        self.totals, self.per_unit = needs.totals[self.rows, k], needs.per_unit[self.rows, k]
        self.terms = [model.effects.get((s, k), {}) for s in self.rows]
        self.mean = self.totals.sum() / self.pupils.sum() or 1.0  # values are told as multiples of today's mean
        self.variables: tuple[int, np.ndarray] | None = None

    def values(self, units: np.ndarray) -> np.ndarray:
        """Value of each section after so many units more."""
        return (self.totals + units[self.rows, self.k] * self.per_unit) / self.pupils

    def broken(self, units: np.ndarray, slack: float = 0.0) -> bool:
        """Whether the limit is broken, by more than a share ``slack`` of it."""
        x = self.values(units)
        return not x.any() or not within(cv(x, weights=self.pupils), self.limit * (1 + slack))

    def cut(self, program: Program, x: np.ndarray, units: np.ndarray, tighter: float = 0.0) -> None:
        """Add the tangents at a plan."""
        mean, spread = self._variables(program, x)
        values = self.values(units)
        ratios = values / (self.weights @ values) if values.any() else np.ones_like(values)
        for i, ratio in enumerate(ratios):
            terms, constant = self._value(x, i, 2 * ratio)
            program.row(constant + tighter, {**{v: -c for v, c in terms.items()}, int(spread[i]): 1.0, mean: ratio**2})

    def _variables(self, program: Program, x: np.ndarray) -> tuple[int, np.ndarray]:
        """Return the variables of the mean and of the terms, made when they are first needed."""
        if self.variables is None:
            mean = int(program.variables(np.array([np.inf]), whole=False)[0])
            spread = program.variables(np.full(len(self.rows), np.inf), whole=False)
            total, constant = {mean: 1.0}, 0.0
            for i, weight in enumerate(self.weights):
                terms, here = self._value(x, i, weight)
                constant += here
                for v, c in terms.items():
                    total[v] = total.get(v, 0.0) - c
            program.row(constant, total, constant)
            program.row(-np.inf, {**dict(zip(spread.tolist(), self.weights, strict=True)), mean: -(1 + self.limit**2)}, 0.0)
            self.variables = mean, spread
        return self.variables

    def _value(self, x: np.ndarray, i: int, factor: float) -> tuple[dict[int, float], float]:
        """Return ``factor × u_i`` as terms and a constant."""
        scale = factor / self.pupils[i] / self.mean
        terms = {int(x[v]): scale * times * self.per_unit[i] for v, times in self.terms[i].items()}
        return terms, scale * self.totals[i]


def cones(model: Model) -> list[Cone]:
    """All limits that the standard sets."""
    stages = dict.fromkeys(model.needs.sections["stage"])
    tested = [k for k, indicator in enumerate(model.needs.standard.indicators) if indicator.in_cv]
    return [Cone(model, stage, k) for stage in stages for k in tested]
