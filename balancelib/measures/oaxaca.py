"""What a difference of two means goes with: that the groups differ in what they have, or that the same goes with less."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from balancelib.measures.columns import labels
from balancelib.measures.estimation import Estimate
from balancelib.measures.moving import Moving, averages, least_squares
from balancelib.measures.terms import Terms, missing, terms

CONSTANT = "（常数）"
REFERENCES = ("pooled", "neumark", "reimers", "cotton", "first", "second")


class Oaxaca(NamedTuple):
    """A difference of two means and its parts.

    Attributes
    ----------
    gap : Estimate
        The first group's mean less the second's.
    means : (float, float)
        Of the two groups.
    parts : dict of str to Estimate
        They add up to the gap.
    detail : dict of str to dict of str to Estimate
        Of each part, what each variable adds; the constant is one of them.
    n : (int, int)
        Rows of the two groups.
    omitted : int
        Rows left out for a missing value.
    """

    gap: Estimate
    means: tuple[float, float]
    parts: dict[str, Estimate]
    detail: dict[str, dict[str, Estimate]]
    n: tuple[int, int]
    omitted: int


def oaxaca_twofold(
    y: ArrayLike,
    variables: Mapping[str, ArrayLike],
    group: ArrayLike,
    weights: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    *,
    reference: str | float = "pooled",
    nan_policy: str = "raise",
) -> Oaxaca:
    r"""Split a difference of two means into an explained and an unexplained part (Oaxaca–Blinder两分解).

    .. math::
        \bar y_1 - \bar y_2 = \underbrace{(\bar x_1 - \bar x_2)' \beta^*}_{\text{explained}}
        + \underbrace{\bar x_1' (\beta_1 - \beta^*) + \bar x_2' (\beta^* - \beta_2)}_{\text{unexplained}}

    Parameters
    ----------
    y : array_like, shape (rows,)
        The outcome, a number without limits, such as a score.
    variables : mapping of str to array_like, shape (rows,)
        What may explain it; numbers, truths or texts. The values of a text are normalised, so that no part depends on which is the base.
    group : array_like of bool, shape (rows,)
        True for the first group.
    weights : array_like, shape (rows,), optional
        How many pupils each row stands for.
    cluster : array_like, shape (rows,), optional
        What varies together, such as the school; each row by itself if left out.
    reference : {"pooled", "neumark", "reimers", "cotton", "first", "second"} or float
        The coefficients that differences count by: of both together with an indicator of the group (Jann), without it (Neumark: takes part of the unexplained for
        explained), of the two half and half, by their sizes, of the first, of the second; a number is the weight of the first's.
    nan_policy : {"raise", "omit"}
        Whether a missing value is refused, or its row left out and counted.

    Returns
    -------
    Oaxaca
        ``parts`` are ``explained`` and ``unexplained``.

    Raises
    ------
    ValueError
        Missing values, a group with too few rows, variables that say the same within a group, or an unknown reference.

    Notes
    -----
    An account, not causes: what is explained is what goes with the variables, whatever makes them differ; what is unexplained holds all that was left
    out or measured badly, and is not discrimination. How the unexplained is spread over variables depends on where a number has its zero. Errors by the
    delta method, variables moving as well as coefficients, rows of a cluster together. Oaxaca (1973), International Economic Review 14; Blinder
    (1973), Journal of Human Resources 8; Jann (2008), Stata Journal 8(4).

    Examples
    --------
    Each year of schooling goes with one more; the first group has two years less, and one less besides.

    >>> years, first = [1, 2, 3, 3, 4, 5], [True] * 3 + [False] * 3
    >>> found = oaxaca_twofold([0, 1, 2, 3, 4, 5], {"years": years}, first)
    >>> [round(part.value, 6) for part in (found.gap, *found.parts.values())]
    [-3.0, -2.0, -1.0]
    """
    data = _Data.of(y, variables, group, weights, cluster, nan_policy)
    first, second = data.sides()
    star = _reference(data, first, second, reference)
    parts = {
        "explained": first.mean.less(second.mean).times(star),
        "unexplained": first.mean.times(first.slope.less(star)).plus(
            second.mean.times(star.less(second.slope))
        ),
    }
    return data.found(first, second, parts)


def oaxaca_threefold(
    y: ArrayLike,
    variables: Mapping[str, ArrayLike],
    group: ArrayLike,
    weights: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    *,
    nan_policy: str = "raise",
) -> Oaxaca:
    r"""Split a difference of two means into endowments, coefficients and their interaction (Oaxaca–Blinder三分解).

    .. math::
        \bar y_1 - \bar y_2 = \underbrace{(\bar x_1 - \bar x_2)' \beta_2}_{\text{endowments}}
        + \underbrace{\bar x_2' (\beta_1 - \beta_2)}_{\text{coefficients}}
        + \underbrace{(\bar x_1 - \bar x_2)' (\beta_1 - \beta_2)}_{\text{interaction}}

    Parameters
    ----------
    y, variables, group, weights, cluster, nan_policy
        As of `oaxaca_twofold`.

    Returns
    -------
    Oaxaca
        Seen from the second group: what would change if the first had what the second has, if the same went with as much, and what both
        do only together.

    Raises
    ------
    ValueError
        As of `oaxaca_twofold`.

    Notes
    -----
    As of `oaxaca_twofold`. Winsborough and Dickinson (1971); Jann (2008), equation 3.

    Examples
    --------
    >>> years, first = [1, 2, 3, 3, 4, 5], [True] * 3 + [False] * 3
    >>> found = oaxaca_threefold([0, 0, 0, 3, 4, 5], {"years": years}, first)
    >>> [round(part.value, 6) for part in (found.gap, *found.parts.values())]
    [-4.0, -2.0, -4.0, 2.0]
    """
    data = _Data.of(y, variables, group, weights, cluster, nan_policy)
    first, second = data.sides()
    has, gives = first.mean.less(second.mean), first.slope.less(second.slope)
    parts = {
        "endowments": has.times(second.slope),
        "coefficients": second.mean.times(gives),
        "interaction": has.times(gives),
    }
    return data.found(first, second, parts)


class _Side(NamedTuple):
    """A group: the means of its variables, their coefficients, the mean of its outcome."""

    mean: Moving
    slope: Moving
    outcome: Moving


class _Data(NamedTuple):
    """Checked rows."""

    y: np.ndarray
    terms: Terms
    first: np.ndarray
    w: np.ndarray
    cluster: np.ndarray
    omitted: int

    @classmethod
    def of(
        cls,
        y: ArrayLike,
        variables: Mapping[str, ArrayLike],
        group: ArrayLike,
        weights: ArrayLike | None,
        cluster: ArrayLike | None,
        nan_policy: str,
    ) -> "_Data":
        outcome = np.asarray(y, dtype=float)
        rows = outcome.size
        first = np.asarray(group)
        if first.dtype != bool or first.shape != outcome.shape:
            raise ValueError("group应是一列True和False，和结果一样长：True是第一组")
        w = np.ones(rows) if weights is None else np.asarray(weights, dtype=float)
        own = np.arange(rows) if cluster is None else labels(cluster, rows, "cluster")
        given = {name: np.asarray(column) for name, column in variables.items()}
        lacks = _lacking({"结果": outcome, "权重": w, **given}, nan_policy)
        kept = ~lacks & (w != 0)
        if (w[kept] < 0).any():
            raise ValueError("权重不能是负数")
        made = terms({name: array[kept] for name, array in given.items()})
        codes = np.unique(own[kept], return_inverse=True)[1]
        return cls(outcome[kept], made, first[kept], w[kept], codes, int(lacks.sum()))

    def sides(self) -> tuple[_Side, _Side]:
        return self._side(self.first, "第一组"), self._side(~self.first, "第二组")

    def _side(self, own: np.ndarray, name: str) -> _Side:
        share = np.where(own, self.w, 0.0)
        share = share / share.sum() if own.any() else share
        slope = least_squares(self.y, self.terms.fitted, share, name)
        normal = self.terms.normal
        return _Side(
            averages(self.terms.all, share),
            Moving(normal @ slope.value, slope.influence @ normal.T),
            averages(self.y[:, None], share),
        )

    def found(self, first: _Side, second: _Side, parts: dict[str, Moving]) -> Oaxaca:
        """Add up the terms of each variable, with errors."""
        owners = np.array([*self.terms.variables, CONSTANT])
        names = dict.fromkeys(owners.tolist())
        detail = {
            part: {
                name: moving.only(owners == name).estimate(self.cluster)
                for name in names
                if name != CONSTANT or moving.value[-1] != 0
            }
            for part, moving in parts.items()
        }
        gap = first.outcome.less(second.outcome).estimate(self.cluster)
        totals = {part: moving.estimate(self.cluster) for part, moving in parts.items()}
        means = float(first.outcome.value[0]), float(second.outcome.value[0])
        n = int(self.first.sum()), int((~self.first).sum())
        return Oaxaca(gap, means, totals, detail, n, self.omitted)


def _lacking(given: Mapping[str, np.ndarray], nan_policy: str) -> np.ndarray:
    """Say which rows lack something; an error where that is not to be left out."""
    if len({array.shape for array in given.values()}) != 1:
        raise ValueError("结果、各个因素和权重要一样长")
    if nan_policy not in {"raise", "omit"}:
        raise ValueError(f"nan_policy只能是raise或omit，现在是{nan_policy}")
    lacking = {name: missing(array) for name, array in given.items()}
    lacks = np.logical_or.reduce(list(lacking.values()))
    if nan_policy == "raise" and lacks.any():
        listed = "、".join(f"{name}{array.sum()}个" for name, array in lacking.items() if array.any())
        raise ValueError(f"有空着的：{listed}。写nan_policy=“omit”就去掉这{lacks.sum()}行并报告，不会当0")
    return lacks


def _reference(data: _Data, first: _Side, second: _Side, reference: str | float) -> Moving:
    """Return the coefficients that differences count by."""
    if reference in ("pooled", "neumark"):
        share = data.w / data.w.sum()
        design, normal = data.terms.fitted, data.terms.normal
        if reference == "pooled":
            design = np.column_stack([data.first, design])
        found = least_squares(data.y, design, share, "两组合起来")
        skip = int(reference == "pooled")
        return Moving(normal @ found.value[skip:], found.influence[:, skip:] @ normal.T)
    cotton = float(data.w[data.first].sum() / data.w.sum())
    by_name = {"first": 1.0, "second": 0.0, "reimers": 0.5, "cotton": cotton}
    weight = by_name.get(reference, reference) if isinstance(reference, str) else float(reference)
    if isinstance(weight, str) or not 0 <= weight <= 1:
        raise ValueError(f"reference要是{'、'.join(REFERENCES)}，或者0到1之间的数，现在是{reference}")
    return first.slope.scaled(weight).plus(second.slope.scaled(1 - weight))
