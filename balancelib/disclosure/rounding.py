"""Controlled rounding: a table of multiples of a base that still adds up."""

import hashlib

import numpy as np
import pandas as pd
from scipy.sparse import coo_array, csr_array

from balancelib.disclosure.layout import TOTAL
from balancelib.disclosure.policy import Refused
from balancelib.highs import minimise

NEAR = 5.0  # s, for the nearest rounding; a zero-restricted one is asked for in what is left


def rounded(
    counts: pd.DataFrame | np.ndarray, base: int = 5, seed: int = 0, seconds: float = 60.0
) -> pd.DataFrame:
    """Round a table and its totals to multiples of ``base`` so that it adds up (受控舍入).

    Parameters
    ----------
    counts
        A table without its totals, in children: one or two dimensions.
    base
        Each count and total becomes one of the two multiples next to it; a multiple stays as it is (zero-restricted).
    seed
        Of the lots by which, among roundings that are equally near, one is taken.
    seconds
        For the integer program.

    Returns
    -------
    DataFrame
        With totals as last row and column, called 合计.

    Raises
    ------
    Refused
        A count is unknown, negative or broken; or no rounding was found in time.

    Notes
    -----
    Cox and Ernst (1982), Controlled rounding, INFOR 20: in two dimensions there always is one. The sum of distances is the least there is. What it
    protects: a reader knows of each count only that it is less than ``base`` away, and of 0 that it is below ``base``; rounding is no defence against two
    rounded tables of the same children with different seeds, so keep the seed. Among equals Causey, Cox and Ernst (1985), JASA 80, draw lots so that the
    mean is kept; ours only picks one.
    """
    frame = pd.DataFrame(counts)
    values = frame.to_numpy(float)
    if not np.isfinite(values).all() or (values < 0).any() or (values % 1 != 0).any() or base < 2:
        raise Refused("要舍入的人数应都是0以上的整数（不明不等于0），底数至少是2")
    if TOTAL in frame.index or TOTAL in frame.columns:
        raise Refused(f"要舍入的表里不能已有“{TOTAL}”：合计由程序来算")
    whole = _with_totals(values)
    down = whole // base * base
    up = _ups(whole - down, base, down, seed, seconds)
    return pd.DataFrame(
        (down + base * up).astype("int64"),
        index=pd.Index([*frame.index, TOTAL], dtype=object, name=frame.index.name),
        columns=pd.Index([*frame.columns, TOTAL], dtype=object, name=frame.columns.name),
    )


def _with_totals(values: np.ndarray) -> np.ndarray:
    wide = np.column_stack([values, values.sum(1)])
    return np.vstack([wide, wide.sum(0)])


def _ups(rest: np.ndarray, base: int, down: np.ndarray, seed: int, seconds: float) -> np.ndarray:
    """Say which cells go up: 1, or 0."""
    rows, low = _sums(down / base)
    cost = np.where(rest > 0, base - 2.0 * rest, 0.0).ravel()  # of going up rather than down
    key = f"{seed}".encode()
    lot = [
        int.from_bytes(hashlib.blake2b(f"{n}".encode(), key=key[:64]).digest()[:4], "big")
        for n in range(len(cost))
    ]
    tie = np.array(lot) / 2**32 / (2 * len(cost))  # all together less than one child
    solved = minimise(cost + tie, rows, low, low, (rest > 0).astype(float).ravel(), seconds=seconds)
    if solved.x is None:
        raise Refused("在限定的时间内没有找到加得起来的舍入。请把seconds放长，或合并类别")
    return np.rint(solved.x).reshape(rest.shape)


def _sums(tens: np.ndarray) -> tuple[csr_array, np.ndarray]:
    """Rows that say that each line adds up to its total: ``Σ up − up of the total = total − Σ``, in multiples of the base."""
    n, m = tens.shape
    place = np.arange(n * m).reshape(n, m)
    lines = [*place, *place.T]
    row = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    sign = np.concatenate([[*np.ones(len(line) - 1), -1.0] for line in lines])
    matrix = csr_array(coo_array((sign, (row, np.concatenate(lines))), shape=(len(lines), n * m)))
    return matrix, -(matrix @ tens.ravel())
