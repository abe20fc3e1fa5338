"""Concentration of one thing by the rank in another."""

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from balancelib.measures.columns import measure
from balancelib.measures.sample import Sample

Kind = Literal["standard", "generalised", "erreygers", "wagstaff"]


def fractional_rank(rank: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
    """Share of the weight below each unit plus half of that of the units of its own rank: ties are averaged."""
    _, codes = np.unique(rank, return_inverse=True)
    tied = np.bincount(codes, weights).astype(float)
    above = np.cumsum(tied)
    return ((above - tied / 2) / above[-1])[codes]


@measure("x", "rank", "weights")
def concentration_index(
    x: ArrayLike,
    rank: ArrayLike,
    weights: ArrayLike | None = None,
    kind: Kind = "standard",
    limits: Sequence[float] | None = None,
) -> float:
    r"""Concentration index (集中指数): is it the poor or the rich who have more of ``x``?

    .. math::
        C = \frac{2}{\bar X} \sum_i w_i (x_i - \bar X) \left( R_i - \tfrac12 \right), \qquad
        C_{gen} = \bar X C, \qquad
        E = \frac{4 \bar X}{b - a} C, \qquad
        W = \frac{\bar X (b - a)}{(b - \bar X)(\bar X - a)} C

    with the weights scaled to a sum of one, ``R`` the share of the weight ranked below plus half of that ranked equal,
    and ``a`` and ``b`` the limits of ``x``.

    Parameters
    ----------
    x : array_like, shape (n,)
        Outcome, finite; any unit.
    rank : array_like, shape (n,)
        What units are ranked by, the poorest lowest; only its order counts.
    weights : array_like, shape (n,), optional
        Non-negative, in any unit; zero means absent.
    kind : {"standard", "generalised", "erreygers", "wagstaff"}
        The last two are for an outcome with limits, such as a rate: they give the same picture for those who have and
        for those who lack, with the sign turned.
    limits : (float, float), optional
        Lowest and highest value that the outcome could take, not those that occur; (0, 1) for a rate. Needed by
        the last two.

    Returns
    -------
    float
        Above 0 where the higher ranked have more, below 0 where the lower ranked do. ``standard``, ``erreygers`` and
        ``wagstaff`` lie between -1 and 1 where ``x`` lies within its limits.

    Raises
    ------
    ValueError
        As `cv`; also a mean that is not positive (for ``standard``), limits that are missing or that ``x`` passes, or a mean at a limit
        (for ``wagstaff``).

    Notes
    -----
    Unit of analysis: what the weights count. Ranked by itself it is the Gini coefficient. Sources: Kakwani, Wagstaff and van Doorslaer
    (1997), Journal of Econometrics 77(1); Erreygers (2009), Journal of Health Economics 28(2); Wagstaff (2005), Health Economics
    14(4).

    Examples
    --------
    >>> round(concentration_index([10, 20, 30, 40], rank=[1, 1, 2, 2]), 12)
    0.2
    """
    if kind not in get_args(Kind):
        raise ValueError(f"kind只能是{'、'.join(get_args(Kind))}，现在是{kind}")
    s = Sample(x, weights)
    mean = s.average
    generalised = 2 * s.mean(s.deviations() * (fractional_rank(rank, weights) - 0.5))
    if kind == "generalised":
        return generalised
    if kind == "standard":
        return generalised / s.defined(mean, mean > 0, "均值应大于0，集中指数才有意义")
    low, high = _limits(s, limits, kind)
    if kind == "erreygers":
        return 4 * generalised / (high - low)
    room = s.defined(
        (high - mean) * (mean - low), low < mean < high, "均值正好是上限或下限，Wagstaff指数没有意义"
    )
    return generalised * (high - low) / room


def scale_of(mean: float, kind: Kind, limits: Sequence[float] | None) -> tuple[float, float]:
    """Return by what the generalised index is multiplied to be one of another kind, and the derivative of that by the mean."""
    low, high = limits if limits is not None else (0.0, 0.0)
    if kind == "standard":
        return 1 / mean, -1 / mean**2
    if kind == "wagstaff":
        room = (high - mean) * (mean - low)
        return (high - low) / room, -(high - low) * (low + high - 2 * mean) / room**2
    return (4 / (high - low) if kind == "erreygers" else 1.0), 0.0


def _limits(s: Sample, limits: Sequence[float] | None, kind: str) -> Sequence[float]:
    if limits is None:
        raise ValueError(f"{kind}要给limits：结果可能取的最小值和最大值，例如比率写(0, 1)")
    low, high = limits
    if not low < high:
        raise ValueError(f"limits的前一个数应小于后一个数，现在是{low:g}和{high:g}")
    if s.smallest < low or s.largest > high:
        raise ValueError(f"数据从{s.smallest:g}到{s.largest:g}，超出了limits的{low:g}到{high:g}")
    return low, high
