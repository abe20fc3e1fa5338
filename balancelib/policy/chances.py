"""What a sample can find: the chance to draw a wrong school, the sample for a chance, what finding none leaves open."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from balancelib.policy.verification import TOLERANCE, allocate, stratum_names


def chance_to_find(
    schools: int | Sequence[int], faulty: int | Sequence[int], drawn: int | Sequence[int]
) -> float:
    r"""Return the chance that a random sample holds at least one wrong school.

    .. math::
        1 - \prod_h \binom{N_h - F_h}{n_h} \Big/ \binom{N_h}{n_h}

    Parameters
    ----------
    schools, faulty, drawn : int or sequence of int
        Schools, wrong ones among them, and those drawn: of the county, or an entry a stratum.

    Raises
    ------
    ValueError
        A negative number; more wrong or drawn schools than there are.

    Examples
    --------
    >>> round(chance_to_find(60, 3, 6), 3)
    0.275
    """
    from scipy.stats import hypergeom  # noqa: PLC0415  heavy: only where it is used

    columns = _whole(schools, faulty, drawn)
    if len({column.size for column in columns}) > 1:
        raise ValueError("schools、faulty、drawn的层数要相同")
    none = np.where(columns[1] == 0, 1.0, hypergeom.pmf(0, *columns))
    return float(1 - np.prod(none))


def sample_for(schools: int, faulty: int, chance: float = 0.95) -> int:
    """Return how many schools to draw so that at least one wrong one is found with such a chance.

    Parameters
    ----------
    schools, faulty : int
        Schools, and the wrong ones among them that must not be missed.
    chance : float
        At least.

    Raises
    ------
    ValueError
        No wrong school, more than there are, or a chance outside 0–1.

    Examples
    --------
    >>> sample_for(60, 3)
    38
    """
    from scipy.stats import hypergeom  # noqa: PLC0415  heavy: only where it is used

    _whole(schools, faulty, 0)
    if faulty < 1 or not 0 < chance <= 1:
        raise ValueError("faulty至少是1，chance要大于0、不超过1")
    n = np.arange(schools + 1)
    return int(np.argmax(1 - hypergeom.pmf(0, schools, faulty, n) >= chance - TOLERANCE))


def most_faulty(schools: int, drawn: int, found: int = 0, level: float = 0.95) -> int:
    """Return how many wrong schools there may be at most, so many having been found in a simple random sample.

    Parameters
    ----------
    schools, drawn, found : int
        Schools, those drawn, and the wrong ones among them.
    level : float
        Confidence, on one side: were there more, a sample with so few would come in less than 1 − level of draws.

    Examples
    --------
    Of 60 schools six were drawn, and none is wrong:

    >>> most_faulty(60, 6)
    22
    """
    from scipy.stats import hypergeom  # noqa: PLC0415  heavy: only where it is used

    _whole(schools, drawn, found)
    if found > drawn:
        raise ValueError("found不能比drawn多")
    faulty = np.arange(found, schools - drawn + found + 1)
    return int(faulty[hypergeom.cdf(found, schools, faulty, drawn) > 1 - level].max())


def _whole(schools: Any, *parts: Any) -> tuple[np.ndarray, ...]:
    """Return whole numbers as columns; refuse negative ones, fractions, and parts larger than the whole."""
    columns = [np.atleast_1d(np.asarray(column, dtype=float)) for column in (schools, *parts)]
    if any((column < 0).any() or (column % 1 != 0).any() for column in columns):
        raise ValueError("学校数要是不小于0的整数")
    if any((column > columns[0]).any() for column in columns[1:]):
        raise ValueError("填错的、抽中的学校不能比学校总数多")
    return tuple(column.astype(int) for column in columns)


def chance_by_share(
    schools: pd.DataFrame, faulty: Iterable[str], shares: Sequence[float], strata: Sequence[str] = ("area",)
) -> list[float]:
    """Return for each share drawn the chance that `draw_sample` brings up at least one of some schools.

    Parameters
    ----------
    schools : DataFrame
        The list to draw from.
    faulty : iterable of str
        ``school_id`` of the wrong schools; one that is not on the list can never be drawn.
    shares, strata
        As of `draw_sample`.
    """
    stratum = stratum_names(schools, strata)
    sizes = stratum.value_counts().sort_index()
    wrong = stratum[schools["school_id"].isin(list(faulty))].value_counts().reindex(sizes.index, fill_value=0)
    totals = [math.ceil(share * len(schools) - TOLERANCE) for share in shares]
    return [
        chance_to_find(sizes.tolist(), wrong.tolist(), allocate(sizes, total).tolist()) for total in totals
    ]
