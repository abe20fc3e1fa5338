"""Access to places within reach."""

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from balancelib.measures.columns import check

# What a destination counts for, by its cost as a share of the cutoff.
_DECAYS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "binary": np.ones_like,
    "gaussian": lambda share: np.exp(-((3 * share) ** 2) / 2),
}


def two_step_fca(
    supply: ArrayLike,
    demand: ArrayLike,
    cost: ArrayLike,
    cutoff: float,
    decay: Literal["binary", "gaussian"] | Callable[[np.ndarray], np.ndarray] = "binary",
) -> np.ndarray:
    r"""Two-step floating catchment area (两步移动搜索法): places within reach a person, where neighbours compete for them.

    .. math::
        R_j = \frac{S_j}{\sum_i D_i f(c_{ij})}, \qquad A_i = \sum_j R_j f(c_{ij})

    with ``f = 0`` beyond the cutoff.

    Parameters
    ----------
    supply : array_like, shape (destinations,)
        What each place offers: seats, teachers.
    demand : array_like, shape (origins,)
        People at each origin.
    cost : array_like, shape (origins, destinations)
        Minutes or kilometres from origin to destination; infinite where there is no way.
    cutoff : float
        Largest cost that counts as within reach.
    decay : {"binary", "gaussian"} or callable
        ``f`` within reach: 1; or ``exp(-c² / (2 (cutoff / 3)²))``, down to about 0.01 at the cutoff; or a function of the array of costs.

    Returns
    -------
    ndarray, shape (origins,)
        Supply a person; 0 where nothing is within reach.

    Raises
    ------
    ValueError
        Shapes that do not match, numbers that are negative or not finite, a cutoff that is not positive.

    Notes
    -----
    Unit of analysis: the origin. Weighted by demand, the result adds up to the supply that is within anybody's reach. A destination without demand
    in reach offers nothing to anyone. Source: Luo and Wang (2003), "Measures of Spatial Accessibility to Health Care in a GIS Environment",
    Environment and Planning B 30(6); decay as Dai (2010), Health & Place 16(5).

    Examples
    --------
    >>> two_step_fca(supply=[10, 20], demand=[100, 50], cost=[[5, 30], [40, 10]], cutoff=30)
    array([0.23333333, 0.13333333])
    """
    supply, demand = _amounts(supply, "supply"), _amounts(demand, "demand")
    cost = np.asarray(cost, dtype=float)
    if cost.shape != (demand.size, supply.size):
        raise ValueError(f"cost应是{demand.size}行{supply.size}列：一个出发地一行，一个目的地一列")
    if np.isnan(cost).any() or (cost < 0).any():
        raise ValueError("cost里有空值或负数；不通的路写无穷大")
    if not 0 < cutoff < np.inf:
        raise ValueError(f"cutoff应是大于0的数，现在是{cutoff:g}")
    within = cost <= cutoff
    reach = np.zeros(cost.shape)
    reach[within] = decay(cost[within]) if callable(decay) else _DECAYS[decay](cost[within] / cutoff)
    wanted = demand @ reach
    per_person = np.divide(supply, wanted, out=np.zeros(supply.size), where=wanted > 0)
    return reach @ per_person


def _amounts(column: ArrayLike, name: str) -> np.ndarray:
    given = {name: column}
    check(given, [name])
    if (given[name] < 0).any():
        raise ValueError(f"{name}不能是负数")
    return given[name].astype(float)
