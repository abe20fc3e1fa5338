"""Numbers that stand out: far from the others, too round, with digits that amounts do not have by chance."""

from collections.abc import Callable
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtri

from balancelib.county import Lacking

NORMAL = NormalDist()
MAD_TO_SD = NORMAL.inv_cdf(0.75)  # median absolute deviation of the standard normal
REACH, CUT = 4.5, 3.0  # of the tau scale, in median absolute deviations: 80 % efficient at the normal
KEPT = 0.9  # of a normal sample, when the mean and the covariance are taken again
ROWS_A_COLUMN = 5  # fewer rows do not tell a cloud from its outliers


def modified_z(x: ArrayLike) -> np.ndarray:
    r"""How far each value stands from the median, robustly (稳健z值).

    .. math::
        M_i = \Phi^{-1}(0.75)\, (x_i - \tilde x) / \operatorname{median}|x - \tilde x|

    Parameters
    ----------
    x : array_like, shape (n,)
        Values; any unit.

    Returns
    -------
    ndarray
        Over 3.5 in absolute value is the usual mark of an outlier; without unit.

    Raises
    ------
    ValueError
        Values missing or infinite, or more than half of them the same.

    Notes
    -----
    Unit of analysis: the row. Source: Iglewicz and Hoaglin (1993), How to Detect and Handle Outliers, ASQC.

    Examples
    --------
    >>> modified_z([2.0, 3.0, 4.0, 5.0, 16.0]).round(3)
    array([-1.349, -0.674,  0.   ,  0.674,  8.094])
    """
    x = _finite(x, 1)
    from_median = x - np.median(x)
    return MAD_TO_SD * from_median / _positive(np.median(np.abs(from_median)))


def robust_distances(x: ArrayLike) -> np.ndarray:
    """Squared distances of rows from their robust centre, by a robust covariance (稳健马氏距离的平方).

    Parameters
    ----------
    x : array_like, shape (n, p)
        A row a unit, a column a variable; any units.

    Returns
    -------
    ndarray
        To be compared with a quantile of the chi-squared distribution with ``p`` degrees of freedom; their medians are made the same.

    Raises
    ------
    ValueError
        Values missing or infinite; fewer than five rows a column; a column of which more than half is the same.

    Notes
    -----
    Unit of analysis: the row. The covariance is the orthogonalised Gnanadesikan–Kettenring estimate with tau scales, two rounds and one reweighting: it
    stands up to nearly half of the rows being wrong, and takes no random start. Rows in small clusters of their own may pull it less
    surely than the minimum covariance determinant would. Source: Maronna and Zamar (2002), "Robust Estimates of Location and Dispersion for
    High-Dimensional Datasets", Technometrics 44(4); the tau scale: Yohai and Zamar (1988), JASA 83(402).

    Examples
    --------
    Twenty rows on a slope, and one that is ordinary in each column but not in both.

    >>> x = np.array([[i, i + (-1) ** i] for i in range(20)] + [[2, 17]], dtype=float)
    >>> int(robust_distances(x).argmax())
    20
    """
    x = _finite(x, 2)
    rows, columns = x.shape
    if rows < ROWS_A_COLUMN * columns:
        raise Lacking(f"只有{rows}行，{columns}列至少要{ROWS_A_COLUMN * columns}行，才看得出谁离群")
    z = x
    for _ in range(2):
        z = z / _by_column(z, lambda column: tau(column)[1])
        z = z @ np.linalg.eigh(_pairwise(z))[1]
    centre, scale = np.array([tau(column) for column in z.T]).T
    near = _to_chi_squared((((z - centre) / scale) ** 2).sum(axis=1), columns) < chdtri(columns, 1 - KEPT)
    off = x - x[near].mean(axis=0)
    covariance = off[near].T @ off[near] / near.sum()
    return _to_chi_squared((off * np.linalg.solve(covariance, off.T).T).sum(axis=1), columns)


def tau(x: np.ndarray) -> tuple[float, float]:
    """Return the tau estimates of location and scale."""
    median = np.median(x)
    mad = _positive(np.median(np.abs(x - median)))
    weights = np.clip(1 - ((x - median) / (REACH * mad)) ** 2, 0, None) ** 2
    weights[np.abs(x - median) > REACH * mad] = 0
    centre = float(weights @ x / weights.sum())
    b = CUT * MAD_TO_SD
    normal = 2 * ((1 - b**2) * NORMAL.cdf(b) - b * NORMAL.pdf(b) + b**2) - 1
    return centre, float(mad * np.sqrt(np.minimum(((x - centre) / mad) ** 2, CUT**2).mean() / normal))


def _pairwise(z: np.ndarray) -> np.ndarray:
    """Robust covariances of each two columns of scale 1, from the scales of their sum and their difference."""
    matrix = np.eye(z.shape[1])
    for i, j in zip(*np.tril_indices(z.shape[1], -1), strict=True):
        both = (tau(z[:, i] + z[:, j])[1] ** 2 - tau(z[:, i] - z[:, j])[1] ** 2) / 4
        matrix[i, j] = matrix[j, i] = both
    return matrix


def _by_column(x: np.ndarray, function: Callable[[np.ndarray], float]) -> np.ndarray:
    return np.array([function(column) for column in x.T])


def _to_chi_squared(squares: np.ndarray, columns: int) -> np.ndarray:
    return squares * chdtri(columns, 0.5) / np.median(squares)


def _finite(x: ArrayLike, dimensions: int) -> np.ndarray:
    array = np.asarray(x, dtype=float)
    if array.ndim != dimensions or not array.size or not np.isfinite(array).all():
        raise ValueError("数据里有空值或无穷大，或者不是要的形状")
    return array


def _positive(scale: float) -> float:
    if not scale > 0:
        raise Lacking("一半以上的值相同，看不出谁离群")
    return float(scale)
