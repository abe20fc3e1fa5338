"""One number from many: scaling, weights (entropy, components) and adding up, as for composite indicators."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

Normalisation = Literal["min_max", "z_score", "target", "rank"]
Aggregation = Literal["linear", "geometric"]


def normalise(
    values: ArrayLike,
    method: Normalisation = "min_max",
    *,
    target: ArrayLike | None = None,
    floor: float = 0.0,
) -> np.ndarray:
    r"""Bring indicators in different units to one scale, higher being better in each (标准化).

    .. math::
        \text{min\_max: } f + (1 - f) \frac{x - \min x}{\max x - \min x}, \qquad
        \text{z\_score: } \frac{x - \bar x}{s}, \qquad \text{target: } \frac{x}{x^*}

    Parameters
    ----------
    values : array_like, shape (units, indicators)
    method : str
        As above, with the standard deviation by n - 1; ``rank``: the place from below, those level sharing the
        lower one, as a share of all.
    target : array_like, optional
        Of ``target``: one positive number an indicator.
    floor : float
        Of ``min_max``: what the lowest unit gets; over 0 where a geometric mean is to follow.

    Returns
    -------
    ndarray, shape (units, indicators)

    Raises
    ------
    ValueError
        Blanks; an indicator that is the same everywhere; a target missing or not positive.

    Notes
    -----
    OECD and JRC (2008), Handbook on Constructing Composite Indicators, step 5.

    Examples
    --------
    >>> normalise([[2, 30], [4, 10], [8, 20]]).round(2).tolist()
    [[0.0, 1.0], [0.33, 0.0], [1.0, 0.5]]
    """
    x = _table(values)
    if method == "target":
        aims = np.asarray(target if target is not None else np.nan, dtype=float)
        if not (aims > 0).all():
            raise ValueError("按目标折算，每项指标都要有一个大于0的目标")
        return x / aims
    _need_spread(x)
    if method == "min_max":
        low = x.min(axis=0)
        return floor + (1 - floor) * (x - low) / (x.max(axis=0) - low)
    if method == "z_score":
        return (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)
    if method == "rank":
        return np.column_stack([np.searchsorted(np.sort(column), column) + 1 for column in x.T]) / len(x)
    raise ValueError(f"标准化的办法只有min_max、z_score、target、rank，没有{method}")


def entropy_weights(values: ArrayLike) -> np.ndarray:
    r"""Weigh indicators by how unevenly each is spread over the units (熵权法).

    .. math::
        p_{ij} = \frac{x_{ij}}{\sum_i x_{ij}}, \qquad e_j = -\frac{1}{\ln n} \sum_i p_{ij} \ln p_{ij}, \qquad
        w_j = \frac{1 - e_j}{\sum_k (1 - e_k)}

    Parameters
    ----------
    values : array_like, shape (units, indicators)
        Not negative; a 0 adds nothing to the sum.

    Returns
    -------
    ndarray, shape (indicators,)
        Sum 1.

    Raises
    ------
    ValueError
        Blanks, negative numbers, an indicator of zeros only, all indicators the same everywhere.

    Notes
    -----
    A large weight says that units differ in it, not that it matters; and it changes with the zero of the scale: on raw values and on
    min-max values the same data give other weights. Xu (2004), European Journal of Operational Research 156.

    Examples
    --------
    >>> entropy_weights([[1, 1], [1, 3]]).round(3).tolist()
    [0.0, 1.0]
    """
    x = _table(values)
    if (x < 0).any() or (x.sum(axis=0) <= 0).any():
        raise ValueError("熵权法要求每个数不小于0，每项指标不全是0：先用min_max标准化")
    shares = x / x.sum(axis=0)
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    divergence = np.clip(1 + (shares * logs).sum(axis=0) / np.log(len(x)), 0, None)
    if not divergence.sum() > len(x) * np.finfo(float).eps:
        raise ValueError("每项指标在各校都一样，熵权法分不出轻重")
    return divergence / divergence.sum()


class Components(NamedTuple):
    """Principal components of correlated indicators.

    Attributes
    ----------
    eigenvalues : ndarray, shape (indicators,)
        From the largest; their sum is the number of indicators.
    loadings : ndarray, shape (indicators, indicators)
        Correlation of each indicator (row) with each component (column); a column's largest entry in size is positive.
    """

    eigenvalues: np.ndarray
    loadings: np.ndarray

    @property
    def shares(self) -> np.ndarray:
        """Share of the variance that each component has."""
        return self.eigenvalues / self.eigenvalues.sum()


def principal_components(values: ArrayLike) -> Components:
    """Find the principal components of the correlation matrix (主成分分析).

    Parameters
    ----------
    values : array_like, shape (units, indicators)

    Raises
    ------
    ValueError
        Blanks, an indicator that is the same everywhere, fewer than three units.

    Examples
    --------
    Two indicators that correlate by r have the components 1 + r and 1 - r; here r is 0.5.

    >>> principal_components([[1, 1], [2, 3], [3, 2]]).eigenvalues.round(2).tolist()
    [1.5, 0.5]
    """
    x = _table(values)
    _need_spread(x)
    if len(x) < 3:
        raise ValueError("主成分分析至少要三所学校")
    eigenvalues, vectors = np.linalg.eigh(np.corrcoef(x, rowvar=False).reshape(x.shape[1], -1))
    eigenvalues, vectors = np.clip(eigenvalues[::-1], 0, None), vectors[:, ::-1]
    largest = vectors[np.abs(vectors).argmax(axis=0), np.arange(vectors.shape[1])]
    return Components(eigenvalues, vectors * np.sign(largest) * np.sqrt(eigenvalues))


def varimax(loadings: ArrayLike, rounds: int = 200) -> np.ndarray:
    """Turn loadings so that each indicator hangs on few factors, rows normalised as Kaiser (1958) does (方差最大旋转)."""
    a = np.asarray(loadings, dtype=float)
    length = np.sqrt((a**2).sum(axis=1, keepdims=True))
    rows, turn, reached = a / np.where(length > 0, length, 1), np.eye(a.shape[1]), 0.0
    for _ in range(rounds):
        turned = rows @ turn
        u, s, v = np.linalg.svd(rows.T @ (turned**3 - turned * (turned**2).mean(axis=0)))
        turn = u @ v
        if s.sum() <= reached * (1 + 1e-12):
            break
        reached = s.sum()
    return rows @ turn * length


def component_weights(values: ArrayLike, factors: int | None = None) -> np.ndarray:
    r"""Weigh indicators by the factors that they share (主成分权重), as the handbook does after Nicoletti, Scarpetta and Boylaud (2000).

    Each indicator ``j`` counts by the turned factor ``f`` on which its squared loading, as a share of the factor's, is largest:

    .. math::
        w_j \propto \max_f \Bigl( \frac{l_{jf}^2}{v_f} \Bigr) \frac{v_f}{\sum_g v_g}, \qquad v_f = \sum_j l_{jf}^2

    Parameters
    ----------
    values : array_like, shape (units, indicators)
    factors : int, optional
        How many to keep. Left out, those that have over a tenth of the variance each, and at least one.

    Returns
    -------
    ndarray, shape (indicators,)
        Sum 1.

    Notes
    -----
    The weights undo double counting among correlated indicators; they say nothing of what matters. OECD and JRC (2008), step 6.1.
    """
    found = principal_components(values)
    keep = max(int((found.shares > 0.1).sum()), 1) if factors is None else factors
    if not 1 <= keep <= len(found.eigenvalues):
        raise ValueError(f"保留的主成分要在1到{len(found.eigenvalues)}个之间，现在是{keep}个")
    squares = varimax(found.loadings[:, :keep]) ** 2
    best = (squares / squares.sum(axis=0)).argmax(axis=1)
    raw = squares[np.arange(len(best)), best]
    return raw / raw.sum()


def combine(scaled: ArrayLike, weights: ArrayLike, method: Aggregation = "linear") -> np.ndarray:
    r"""Add indicators up to one score a unit (合成).

    .. math::
        \text{linear: } \sum_j w_j x_{ij}, \qquad \text{geometric: } \prod_j x_{ij}^{w_j}

    Parameters
    ----------
    scaled : array_like, shape (units, indicators)
        As `normalise` returns them.
    weights : array_like, shape (indicators,)
        Not negative; they are brought to the sum 1.
    method : str
        ``linear`` lets a strong indicator make up for a weak one in full, ``geometric`` only in part.

    Raises
    ------
    ValueError
        Blanks; weights negative, all 0 or not as many as indicators; numbers not above 0 under ``geometric``.

    Examples
    --------
    >>> combine([[0.5, 0.5], [0.1, 0.9]], [1, 1]).tolist(), combine([[0.5, 0.5], [0.1, 0.9]], [1, 1], "geometric").round(2).tolist()
    ([0.5, 0.5], [0.5, 0.3])
    """
    x, w = _table(scaled), np.asarray(weights, dtype=float)
    if w.shape != (x.shape[1],) or not np.isfinite(w).all() or (w < 0).any() or not w.sum() > 0:
        raise ValueError(f"要有{x.shape[1]}个权重，都不小于0，不能全是0")
    w = w / w.sum()
    if method == "linear":
        return x @ w
    if method == "geometric":
        if (x[:, w > 0] <= 0).any():
            raise ValueError("几何平均要求每个数都大于0：标准化时把floor设得大于0，z分数不能用")
        return np.exp(np.log(np.where(w > 0, x, 1)) @ w)
    raise ValueError(f"合成的办法只有linear、geometric，没有{method}")


def _table(values: ArrayLike) -> np.ndarray:
    """Return a table of numbers without blanks."""
    x = np.asarray(values, dtype=float)
    if x.ndim != 2 or x.shape[0] < 2 or x.shape[1] < 1:
        raise ValueError("要一张表：至少两所学校、一项指标")
    if not np.isfinite(x).all():
        raise ValueError("表里有空着的数：空着不是0，先决定是去掉这所学校还是补上，并写明")
    return x


def _need_spread(x: np.ndarray) -> None:
    """Refuse an indicator that is the same everywhere: it cannot be scaled, and it ranks nobody."""
    same = np.flatnonzero(np.ptp(x, axis=0) <= 1e-12 * np.abs(x).max(axis=0))
    if same.size:
        raise ValueError(f"第{same[0] + 1}项指标在各校都一样，分不出高低，也标准化不了：去掉这一项再算")
