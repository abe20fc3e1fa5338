"""Draw units in a way that anybody can repeat: lots made of a public seed, by equal chances or by size."""

import hashlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

DIGITS = 12  # of SHA-256, in base 16: enough that no two units of a county tie


def lots(seed: int | str, keys: Iterable[object]) -> np.ndarray:
    """Return a lot between 0 and 1 for each key: the first 12 digits of SHA-256 of ``seed:key``, as anyone can work out.

    Parameters
    ----------
    seed : int or str
        Made known only after the list of units is closed.
    keys : iterable
        Of the units, such as ``school_id``: each once.

    Returns
    -------
    ndarray, shape (units,)
        A unit keeps its lot when others join or leave the list. Drawn are those with the smallest: permanent random numbers, Ohlsson (1995).

    Examples
    --------
    >>> lots("2026", ["a", "b"]).round(3).tolist()
    [0.25, 0.291]
    """
    digests = (hashlib.sha256(f"{seed}:{key}".encode()).hexdigest()[:DIGITS] for key in keys)
    return np.array([int(digest, 16) / 16**DIGITS for digest in digests])


def draw_systematic(sizes: ArrayLike, n: int, start: float) -> np.ndarray:
    """Draw with probability proportional to size, every so many along the list (按规模成比例的等距抽样).

    The sizes are laid end to end, and marked at equal steps; a unit is drawn for each mark that falls into it.

    Parameters
    ----------
    sizes : array_like, shape (units,)
        Sizes, such as pupils, in the order of the list; 0 is never drawn. Neighbours on the list are seldom drawn together: a list
        by townships spreads the sample over them.
    n : int
        Marks.
    start : float
        Where in the first step the first mark falls, from 0 up to 1: a lot.

    Returns
    -------
    ndarray of int, shape (n,)
        Positions on the list; a unit larger than a step may stand there more than once, and counts as often.

    Raises
    ------
    ValueError
        Sizes that are missing or negative or all 0, fewer than one draw, or a start outside.

    Notes
    -----
    Madow (1949), Annals of Mathematical Statistics 20, 333–354.

    Examples
    --------
    >>> draw_systematic([100, 200, 300, 1000], 4, start=0.25).tolist()
    [1, 2, 3, 3]
    """
    return _at(sizes, (np.arange(_checked(n)) + _checked_lot(start)) / n)


def draw_with_replacement(sizes: ArrayLike, drawn: ArrayLike) -> np.ndarray:
    """Draw with probability proportional to size, each time among all (按规模成比例的有放回抽样).

    Parameters
    ----------
    sizes : array_like, shape (units,)
        As of `draw_systematic`.
    drawn : array_like, shape (n,)
        A lot for each draw, from 0 up to 1.

    Returns
    -------
    ndarray of int, shape (n,)
        Positions on the list.

    Raises
    ------
    ValueError
        As `draw_systematic`.

    Examples
    --------
    >>> draw_with_replacement([1, 3], [0.2, 0.3, 0.9]).tolist()
    [0, 1, 1]
    """
    return _at(sizes, np.array([_checked_lot(lot) for lot in np.atleast_1d(drawn)]))


def _at(sizes: ArrayLike, shares: np.ndarray) -> np.ndarray:
    """Return the unit at each share of the way along all sizes."""
    along = np.asarray(sizes, dtype=float)
    if along.ndim != 1 or not np.isfinite(along).all() or (along < 0).any() or not along.sum() > 0:
        raise ValueError("规模要是一列数，不能有空值和负数，也不能全是0")
    ends = np.cumsum(along)
    found = np.searchsorted(ends, shares * ends[-1], side="right")
    return np.minimum(found, np.flatnonzero(along)[-1])  # a share that was rounded up to all of the way


def _checked(n: int) -> int:
    if not n >= 1 or n % 1:
        raise ValueError(f"要抽{n}个，要是整数，至少抽1个")
    return int(n)


def _checked_lot(lot: float) -> float:
    if not 0 <= lot < 1:
        raise ValueError(f"签是{lot}，要从0起，小于1")
    return float(lot)
