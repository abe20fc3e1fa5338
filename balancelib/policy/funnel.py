"""Funnel limits: how far schools of different sizes differ when whole teachers or rooms come and go."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtri, pdtrik

COUNTS = ("qualified_teachers", "backbone_teachers", "pe_arts_teachers", "multimedia_rooms")
PER = 100  # pupils
OUTER = 0.998  # three standard errors, as on Spiegelhalter's plots
WINSORISED = 0.10  # of the z-scores at each end
CUT = ndtri(1 - WINSORISED)
LEFT = (
    1 - 2 * WINSORISED - 2 * CUT * NormalDist().pdf(CUT) + 2 * WINSORISED * CUT**2
)  # of a normal variance, 0.679
WORDS = {-1: "低于界限", 0: "在界限之内", 1: "高于界限"}


@dataclass(frozen=True)
class Funnel:
    """The funnel of one indicator, stage and year.

    Attributes
    ----------
    sections : DataFrame
        A row a section: ``school_id, name, pupils, count, expected`` (at the county's rate), ``value`` per 100 pupils, ``z``: about how many standard
        errors away, after the allowance for overdispersion, ``lower`` and ``upper`` limit of 99.8 %, ``place``: −1 below, 0 within, 1 above.
    rate : float
        Of the county, per 100 pupils.
    dispersion : float
        Mean squared z-score, of `overdispersion`: about 1 where only whole persons coming and going make the difference.
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
    A section is below where the chance of so few or fewer, at the county's rate, is under one in a thousand, above likewise with so
    many or more: tails of the Poisson distribution, :math:`P(X \le O) = Q(O + 1, E)` and :math:`P(X \ge O) = P(O, E)` with the incomplete gamma functions,
    in which :math:`O/\phi` and :math:`E/\phi` stand where there is overdispersion. The limits are the counts, not whole ones, at which they are one in a
    thousand; with fewer than 6.9 expected there is no lower one. Teachers are not drawn by lot: the limits are a yardstick for how much one
    teacher more or less matters in a small school, not a test. :math:`\phi` is the `overdispersion`; it is applied where it is above
    :math:`1 + 2\sqrt{2/I}` with :math:`I` sections, which chance alone reaches in about 7 of 100 funnels.
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
    """Return the mean squared z-score after the outer tenths were drawn in (winsorised), over what is left so of a normal variance.

    Drawing in leaves 0.679 of the variance of normal scores; divided by it, scores that only chance spreads give about 1 (1.06 with ten
    sections, 1.02 with forty).

    Examples
    --------
    Eleven scores, of which the 10 and 90 % quantiles are −2 and 2: the extreme ones become these, and the mean of the squares is 20/11.

    >>> round(overdispersion([-9, -2, -1, -1, 0, 0, 0, 1, 1, 2, 9]), 3)
    2.679
    """
    z = np.asarray(z, dtype=float)
    low, high = np.quantile(z, [WINSORISED, 1 - WINSORISED])
    return float(np.mean(np.clip(z, low, high) ** 2) / LEFT)


def _limits(pupils: np.ndarray, rate: float, factor: float, level: float) -> tuple[np.ndarray, np.ndarray]:
    expected, tail = pupils * rate / PER / factor, (1 - level) / 2
    lower = np.where(np.exp(-expected) < tail, pdtrik(tail, expected), 0)
    upper = pdtrik(1 - tail, expected) + 1
    return tuple(PER * factor * count / pupils for count in (lower, upper))
