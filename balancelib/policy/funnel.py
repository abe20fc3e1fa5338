"""Funnel limits: how far schools of different sizes differ when whole teachers or rooms come and go."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

COUNTS = ("qualified_teachers", "backbone_teachers", "pe_arts_teachers", "multimedia_rooms")
PER = 100  # pupils
INNER, OUTER = 0.95, 0.998  # two and three standard errors, as on Spiegelhalter's plots
WINSORISED = 0.10  # of the z-scores at each end
WORDS = {-1: "低于界限", 0: "在界限之内", 1: "高于界限"}


@dataclass(frozen=True)
class Funnel:
    """The funnel of one indicator, stage and year.

    Attributes
    ----------
    sections : DataFrame
        A row a section: ``school_id, name, pupils, count, expected`` (at the county's rate), ``value`` per 100 pupils, ``z`` after the
        allowance for overdispersion, ``lower`` and ``upper`` limit of 99.8 %, ``place``: −1 below, 0 within, 1 above.
    rate : float
        Of the county, per 100 pupils.
    dispersion : float
        Mean squared z-score, winsorised: 1 where only whole persons coming and going make the difference.
    factor : float
        By which the variance was enlarged: the dispersion where it is surely above 1, otherwise 1.
    """

    sections: pd.DataFrame
    rate: float
    dispersion: float
    factor: float

    def limits(self, pupils: ArrayLike, level: float = OUTER) -> tuple[np.ndarray, np.ndarray]:
        """Return the lower and upper limit per 100 pupils for sections of so many pupils."""
        return _limits(np.asarray(pupils, dtype=float), self.rate, self.factor, level)


def funnel(sections: pd.DataFrame) -> Funnel:
    r"""Compare sections of different sizes by limits, not by ranks (漏斗图).

    .. math:: z_i = 2(\sqrt{O_i} - \sqrt{E_i}), \quad E_i = \theta p_i, \quad \theta = \textstyle\sum O / \sum p

    Parameters
    ----------
    sections : DataFrame
        Rows of `indicator_history` of one year, stage and indicator; the indicator must count teachers or rooms. Rows without a
        value are left out.

    Returns
    -------
    Funnel

    Raises
    ------
    ValueError
        Several years, stages or indicators, one that counts nothing, or no row.

    Notes
    -----
    Limits: :math:`(\sqrt{E} \pm z_p \sqrt\phi / 2)^2 \cdot 100 / p`, the square-root form of a Poisson count, good to half a point with five expected
    and never goes below 0. Teachers are not drawn by lot: the limits are a yardstick for how much one teacher more or less
    matters in a small school, not a test. :math:`\phi` is the mean of the squared z-scores after the lowest and highest tenth
    were drawn in to the 10 and 90 % quantiles; it is applied where it is above :math:`1 + 2\sqrt{2/I}` with :math:`I` sections.
    Source: Spiegelhalter (2005), "Funnel plots for comparing institutional performance", Statistics in Medicine 24(8), 1185–1202;
    the z-score is that of R's FunnelPlotR under ``sr_method = "CQC"``.
    """
    known = sections[sections["value"].notna()]
    if not len(known) or (known[["year", "stage", "indicator"]].nunique() > 1).any():
        raise ValueError("漏斗图一次画一年、一个学段、一项指标，而且要有数")
    if known["indicator"].iloc[0] not in COUNTS:
        raise ValueError("漏斗图只能画数人、数间的指标；面积和金额不是一个一个数出来的")
    pupils, count = known["pupils"].to_numpy(dtype=float), known["total"].to_numpy(dtype=float)
    rate = PER * count.sum() / pupils.sum()
    expected = pupils * rate / PER
    z = 2 * (np.sqrt(count) - np.sqrt(expected))
    dispersion = overdispersion(z)
    factor = dispersion if dispersion > 1 + 2 * np.sqrt(2 / len(z)) else 1.0
    lower, upper = _limits(pupils, rate, factor, OUTER)
    value = PER * count / pupils
    table = known[["school_id", "name", "pupils"]].assign(
        count=count,
        expected=expected,
        value=value,
        z=z / np.sqrt(factor),
        lower=lower,
        upper=upper,
        place=np.where(value < lower, -1, np.where(value > upper, 1, 0)),
    )
    return Funnel(table.reset_index(drop=True), rate, dispersion, factor)


def overdispersion(z: ArrayLike) -> float:
    """Return the mean squared z-score after the outer tenths were drawn in (winsorised).

    Examples
    --------
    Eleven scores, of which the 10 and 90 % quantiles are −2 and 2: the extreme ones become these.

    >>> overdispersion([-9, -2, -1, -1, 0, 0, 0, 1, 1, 2, 9])
    1.8181818181818181
    """
    z = np.asarray(z, dtype=float)
    low, high = np.quantile(z, [WINSORISED, 1 - WINSORISED])
    return float(np.mean(np.clip(z, low, high) ** 2))


def _limits(pupils: np.ndarray, rate: float, factor: float, level: float) -> tuple[np.ndarray, np.ndarray]:
    root = np.sqrt(pupils * rate / PER)
    half = stats.norm.ppf((1 + level) / 2) * np.sqrt(factor) / 2
    return PER * np.maximum(root - half, 0) ** 2 / pupils, PER * (root + half) ** 2 / pupils
