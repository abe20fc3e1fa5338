"""What a difference of two crude rates or means is made of: where the pupils are, and how they fare there."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from balancelib.measures.standardisation import strata_columns


class Kitagawa(NamedTuple):
    """What a difference of two crude rates is made of, in the unit of the rates.

    Attributes
    ----------
    gap : float
        The first crude rate less the second; ``composition`` and ``rate`` add up to it.
    composition : float
        Because the first group's pupils are in other strata.
    rate : float
        Because rates differ within strata.
    composition_by, rate_by : ndarray, shape (strata,)
        The two by stratum. Only the sum of ``composition_by`` says something by itself: a group can only be more in one stratum
        by being less in another.
    """

    gap: float
    composition: float
    rate: float
    composition_by: np.ndarray
    rate_by: np.ndarray


def kitagawa(first: tuple[ArrayLike, ArrayLike], second: tuple[ArrayLike, ArrayLike]) -> Kitagawa:
    r"""Split a difference of two crude rates into composition and rates (差距的构成部分和率的部分).

    .. math::
        R_1 - R_2 = \underbrace{\sum_k (c_{1k} - c_{2k}) \frac{r_{1k} + r_{2k}}2}_{\text{composition}}
        + \underbrace{\sum_k (r_{1k} - r_{2k}) \frac{c_{1k} + c_{2k}}2}_{\text{rate}}

    Parameters
    ----------
    first, second : (array_like, array_like)
        Of each group: the rate or mean in each stratum (``r``), and how many pupils there are (``n``, of which ``c`` is the share). The rate of a stratum where
        a group has nobody may be missing: the other group's is taken, so that the stratum adds to the composition alone.

    Returns
    -------
    Kitagawa

    Raises
    ------
    ValueError
        Columns of different lengths, negative or missing numbers, or a group with nobody.

    Notes
    -----
    No interaction is left over: it is shared out evenly. The parts are an account, not causes. Kitagawa (1955), Journal of the American Statistical
    Association 50, 1168–1194.

    Examples
    --------
    Rates are alike in both strata; only that the first group is more where the rate is high makes the difference:

    >>> [round(part, 4) for part in kitagawa(([0.1, 0.5], [20, 80]), ([0.1, 0.5], [80, 20]))[:3]]
    [0.24, 0.24, 0.0]
    """
    rates = [np.asarray(side[0], dtype=float) for side in (first, second)]
    sizes = [strata_columns(side[1])[0] for side in (first, second)]
    if len({column.shape for column in (*rates, *sizes)}) != 1:
        raise ValueError("两组的每一层都要有一个率和一个人数")
    rates, sizes = np.array(rates), np.array(sizes)
    if not (sizes.sum(axis=1) > 0).all():
        raise ValueError("两组都要有人")
    rates = np.where(sizes > 0, rates, rates[::-1])
    rates[:, (sizes == 0).all(axis=0)] = 0
    if not np.isfinite(rates).all():
        raise ValueError("有人的层，率不能空着")
    shares = sizes / sizes.sum(axis=1, keepdims=True)
    composition = (shares[0] - shares[1]) * rates.mean(axis=0)
    rate = (rates[0] - rates[1]) * shares.mean(axis=0)
    total = float(shares[0] @ rates[0] - shares[1] @ rates[1])
    return Kitagawa(total, float(composition.sum()), float(rate.sum()), composition, rate)
