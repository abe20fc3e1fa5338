"""Weights from comparisons in pairs (层次分析法), and whether the comparisons agree with each other."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

RANDOM_INDEX = {
    3: 0.52, 4: 0.89, 5: 1.11, 6: 1.25, 7: 1.35, 8: 1.40, 9: 1.45,
    10: 1.49, 11: 1.52, 12: 1.54, 13: 1.56, 14: 1.58, 15: 1.59,
}  # fmt: skip
MOST_INCONSISTENT = 0.1  # the largest consistency ratio that Saaty accepts
RECIPROCAL = 5e-3  # relative: on the scale up to 9, three decimals of a fraction are taken for it


class Judgement(NamedTuple):
    """What one person's comparisons in pairs amount to.

    Attributes
    ----------
    weights : ndarray
        Principal eigenvector, sum 1.
    eigenvalue : float
        The largest; as many as there are indicators where the comparisons agree with each other.
    ratio : float
        Consistency ratio: 0 where they agree, 1 as if answered at random.
    """

    weights: np.ndarray
    eigenvalue: float
    ratio: float

    @property
    def consistent(self) -> bool:
        """Whether the ratio is at most 0.1."""
        return self.ratio <= MOST_INCONSISTENT


def pairwise_weights(matrix: ArrayLike) -> Judgement:
    r"""Weigh indicators by comparing them in pairs (层次分析法), with the ratio that says whether the comparisons agree.

    .. math::
        A w = \lambda_{\max} w, \qquad CR = \frac{\lambda_{\max} - n}{(n - 1)\, RI_n}

    Parameters
    ----------
    matrix : array_like, shape (indicators, indicators)
        How many times as important the row's is as the column's, 1/9 to 9; the mirrored number is its inverse.

    Raises
    ------
    ValueError
        Not square, blank, not positive, not reciprocal, over 15 indicators.

    Notes
    -----
    Saaty (1980, 2008). The random index is that of Saaty (2005), page 31; older tables have 0.58 for three.

    Examples
    --------
    >>> found = pairwise_weights([[1, 2, 6], [1/2, 1, 3], [1/6, 1/3, 1]])
    >>> found.weights.round(2).tolist(), round(abs(found.ratio), 6)
    ([0.6, 0.3, 0.1], 0.0)
    """
    a = np.asarray(matrix, dtype=float)
    n = len(a)
    if a.ndim != 2 or a.shape != (n, n) or n < 2 or n > max(RANDOM_INDEX):
        raise ValueError(f"两两比较要是一张方表，2到{max(RANDOM_INDEX)}项")
    if not (np.isfinite(a).all() and (a > 0).all()):
        raise ValueError("两两比较的数有空着的，或者不大于0")
    if not np.allclose(a * a.T, 1, rtol=0, atol=RECIPROCAL):
        row, column = np.argwhere(~np.isclose(a * a.T, 1, rtol=0, atol=RECIPROCAL))[0] + 1
        raise ValueError(f"第{row}项比第{column}项的数，和第{column}项比第{row}项的数，应当互为倒数")
    values, vectors = np.linalg.eig(a)
    first = int(values.real.argmax())
    weights = np.abs(vectors[:, first].real)
    eigenvalue = float(values[first].real)
    ratio = max(eigenvalue - n, 0.0) / (n - 1) / RANDOM_INDEX[n] if n > 2 else 0.0
    return Judgement(weights / weights.sum(), eigenvalue, ratio)


def group_judgement(matrices: ArrayLike) -> Judgement:
    """Weigh by several persons' comparisons, each number the geometric mean of theirs, so that it stays reciprocal (Aczél and Saaty 1983)."""
    return pairwise_weights(np.exp(np.log(np.asarray(matrices, dtype=float)).mean(axis=0)))
