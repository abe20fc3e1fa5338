"""Influence of each unit on a measure: its derivative to the unit's weight, times the total weight.

What `estimate` makes standard errors of. Each function takes checked columns, the weights as floats; its result has a weighted
mean of 0. Source of the method: Deville (1999), "Variance estimation for complex statistics and estimators: linearization and
residual techniques", Survey Methodology 25(2).
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from balancelib.measures.columns import check
from balancelib.measures.concentration import concentration_index, fractional_rank, scale_of
from balancelib.measures.entropy import entropy, entropy_of
from balancelib.measures.lorenz import share_of_lowest
from balancelib.measures.quantiles import at_quantile
from balancelib.measures.sample import Sample, ordered


def _centred(x: np.ndarray, w: np.ndarray) -> tuple[float, np.ndarray]:
    s = Sample(x, w)
    return s.average, s.deviations()


def of_cv(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """``((x - mean)² - S²) / (2 S mean) - S (x - mean) / mean²``."""
    mean, deviations = _centred(x, w)
    squares = deviations * deviations
    variance = np.average(squares, weights=w)
    deviation = np.sqrt(variance)
    if deviation == 0:
        raise ValueError("所有的数都相等，差异系数在这里没有线性化")
    return (squares - variance) / (2 * deviation * mean) - deviation * deviations / mean**2


def of_hoover(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Half the mean absolute deviation over the mean, both of which move."""
    mean, deviations = _centred(x, w)
    size = np.abs(deviations)
    average = np.average(size, weights=w)
    below = np.average(np.sign(-deviations), weights=w)
    return (size - average + below * deviations) / (2 * mean) - average / (2 * mean**2) * deviations


def of_entropy(x: np.ndarray, w: np.ndarray, alpha: float) -> np.ndarray:
    """``e(u) - GE (1 + alpha u)`` with ``u = x / mean - 1`` and GE the mean of ``e(u)``."""
    s = Sample(x, w)
    u = s.deviations() / s.average
    return entropy_of(u, x / s.average, alpha) - entropy(s, alpha) * (1 + alpha * u)


def of_atkinson(x: np.ndarray, w: np.ndarray, epsilon: float) -> np.ndarray:
    """That of generalised entropy, times the derivative of ``1 - (1 + alpha (alpha - 1) GE)^(1 / alpha)``."""
    alpha = 1 - epsilon
    inequality = entropy(Sample(x, w), alpha)
    exponent = np.log1p(alpha * (alpha - 1) * inequality) * (1 / alpha - 1) if alpha else -inequality
    return epsilon * np.exp(exponent) * of_entropy(x, w, alpha)


def of_gini(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """``(E|x - X| - G (mean + x)) / mean``, the expectation over the weighted values X."""
    positions = np.argsort(x, kind="stable")
    mean, deviations = _centred(x[positions], w[positions])
    share = w[positions] / w.sum()
    above = 2 * np.cumsum(share) - 1
    distance = deviations * above - 2 * np.cumsum(share * deviations)  # + E X, which is 0 here
    coefficient = share @ distance / (2 * mean)
    influence = np.empty(x.size)
    influence[positions] = (distance - coefficient * (2 * mean + deviations)) / mean
    return influence


def of_lowest_share(x: np.ndarray, w: np.ndarray, p: float) -> np.ndarray:
    """Of the share that the lowest ``p`` hold: ``(E(q - X)⁺ - (q - x)⁺ - L (x - mean)) / mean`` with ``q`` the quantile."""
    s = ordered(x, w)
    mean = s.average
    shortfall = np.maximum(at_quantile(s, p) - x, 0)
    return (np.average(shortfall, weights=w) - shortfall - share_of_lowest(s, p) * (x - mean)) / mean


def of_share_ratio(x: np.ndarray, w: np.ndarray, top: float, bottom: float) -> np.ndarray:
    """Of a top share over a bottom share."""
    s = ordered(x, w)
    held = share_of_lowest(s, bottom)
    ratio = (1 - share_of_lowest(s, 1 - top)) / held
    return (-of_lowest_share(x, w, 1 - top) - ratio * of_lowest_share(x, w, bottom)) / held


def of_concentration(
    x: np.ndarray, w: np.ndarray, rank: Any, kind: str = "standard", limits: Any = None
) -> np.ndarray:
    """Of the generalised index ``2 E[x R] - mean``, ranks moving too, and from it of the others."""
    mean, deviations = _centred(x, w)
    columns = {"rank": rank}
    check(columns, columns)
    ranks = fractional_rank(columns["rank"], w)
    _, codes = np.unique(columns["rank"], return_inverse=True)
    share = w / w.sum()
    tied = np.bincount(codes, share * deviations)
    below = (np.cumsum(tied) - tied / 2)[codes]  # E[(X - mean); ranked below, and half of those ranked equal]
    generalised = concentration_index(x, rank, w, kind="generalised")
    influence = 2 * deviations * (ranks - 0.5) - 2 * below - 2 * generalised
    scale, derivative = scale_of(mean, kind, limits)
    return scale * influence + derivative * generalised * deviations


INFLUENCE: dict[str, Callable[..., np.ndarray]] = {
    "cv": of_cv,
    "hoover": of_hoover,
    "gini": of_gini,
    "generalised_entropy": of_entropy,
    "theil_t": lambda x, w: of_entropy(x, w, 1),
    "theil_l": lambda x, w: of_entropy(x, w, 0),
    "atkinson": of_atkinson,
    "top_share": lambda x, w, p: -of_lowest_share(x, w, 1 - p),
    "palma": lambda x, w: of_share_ratio(x, w, 0.1, 0.4),
    "quintile_share_ratio": lambda x, w: of_share_ratio(x, w, 0.2, 0.2),
    "concentration_index": of_concentration,
}
