"""How often the years from the earliest to the latest hold the year in which a section first reaches its threshold."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from balancelib.assess.logic import reaches
from balancelib.progress.paths import FEWEST, HORIZON, holding_years


def years_coverage(ratios: ArrayLike, correlation: float = 0.0, draws: int = 500, seed: int = 0) -> float:
    r"""Return how often the years said hold the true one, in series made as this one seems to be (最早到最晚，包不包得住).

    .. math::
        y_t = \hat a + \hat b t + u_t, \qquad u_t = \rho u_{t-1} + \sqrt{1 - \rho^2}\, \varepsilon_t, \qquad \varepsilon_t \sim N(0, s^2)

    Parameters
    ----------
    ratios : array_like, shape (n,)
        Value over threshold of years that follow each other; their straight line and its residual standard deviation :math:`s` are those of the series made.
    correlation : float
        :math:`\rho`, of a year with the next; `holding_years` takes it for 0.
    draws : int
        Series.
    seed : int

    Returns
    -------
    float
        Of the series of which `holding_years` says ``coming``: the share in which the first later year at or above the threshold is not before ``earliest``
        and not after ``latest``; where ``latest`` is not known, none is after it. NaN where no series is said to come.

    Raises
    ------
    ValueError
        Too few years, or a correlation that is not between −1 and 1.

    Notes
    -----
    The interval of `pace` is for one year that is fixed beforehand. The years where its two ends reach the threshold are another interval, in whole years, and
    its chance is not that of the first.
    """
    known = np.asarray(ratios, dtype=float)
    if len(known) < FEWEST or not np.isfinite(known).all():
        raise ValueError(f"至少要有{FEWEST}年的数，中间不缺")
    if not -1 < correlation < 1:
        raise ValueError("相邻两年的相关要在-1和1之间，不含两头")
    n, last = len(known), len(known) + 2 * HORIZON
    slope, level = np.polyfit(np.arange(n), known, 1)
    noise = np.sqrt(((known - level - slope * np.arange(n)) ** 2).sum() / (n - 2))
    rest = np.random.default_rng(seed).normal(0.0, noise, (draws, last))
    for k in range(1, last):
        rest[:, k] = correlation * rest[:, k - 1] + np.sqrt(1 - correlation**2) * rest[:, k]
    return _held(level + slope * np.arange(last) + rest, n)


def _held(made: np.ndarray, n: int) -> float:
    """Share of the rows whose first year there, after the ``n`` that are known, lies between the years that are said."""
    frame = pd.DataFrame(made[:, :n]).stack().rename_axis(["name", "year"]).rename("ratio").reset_index()
    said = holding_years(frame.assign(school_id="1", stage="primary", indicator="1"))
    said = said[said["state"] == "coming"]
    if said.empty:
        return float("nan")
    there = reaches(made[said["name"].to_numpy(dtype=int), n:], 1.0)
    first = n + np.where(there.any(axis=1), there.argmax(axis=1), there.shape[1])
    earliest, latest = said["earliest"].to_numpy(dtype=int), said["latest"].fillna(len(made[0])).to_numpy(dtype=int)  # fmt: skip
    return float(((earliest <= first) & (first <= latest)).mean())
