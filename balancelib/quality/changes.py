"""Whether a school rose or fell by more than luck, and how well a true rise can be told from it."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from balancelib.county import County, Lacking
from balancelib.county.private import FEWEST
from balancelib.quality.added import COVARIATES, unranked

CHANGES = {"risen": "上来了，超出运气", "fallen": "下去了，超出运气", "unsure": "分不出是不是运气"}


def school_changes(
    county: County,
    grade: int,
    subject: str,
    first: int,
    last: int | Sequence[int],
    level: float = 0.95,
    covariates: Sequence[str] = tuple(COVARIATES),
) -> pd.DataFrame:
    r"""Say of each school whether it rose or fell by more than luck (进步是真的，还是向均值回归).

    .. math::
        d_j = \bar g_{j2} - \hat u_{j1}, \qquad se_j^2 = se(\hat u_{j1})^2 + \frac{1}{k^2} \sum_t (\sigma_t^2 / n_{jt} + v_{jt})

    with the shrunken gap ``û`` of value added of the first year, the mean of the gaps ``g`` of the ``k`` last ones, and the doubt ``v`` about each year's line.

    Parameters
    ----------
    county : County
        With the table ``scores``.
    grade, subject
        Of the scores.
    first : int
        Year from which the change is told.
    last : int or sequence of int
        Later year, or years whose mean is taken: several say more than one. A school that has not at least `FEWEST` pupils in each is left out.
    level : float
        Of the intervals.
    covariates : sequence of str
        As of `value_added`, in all years; with none, a change may be that of the pupils who come in.

    Returns
    -------
    DataFrame
        By ``school_id``, in ascending order of ``beyond``: ``pupils_first, pupils_last`` (of all last years); ``gap_first, gap_last``; ``change`` between them;
        ``by_itself``: the part of it to be expected of a school in which nothing happened; ``beyond``: the rest, with ``error, low, high``; ``verdict``, of `CHANGES`.

    Raises
    ------
    MissingTable, Lacking
        As of `value_added`; or no school has enough pupils in all years.

    Notes
    -----
    Unit of analysis: the school. Gaps are from the county's line of the year, so that a county that rises as a whole shows no change. In a county in which nothing
    happened, ``1 - level`` of the schools are told risen or fallen; more, if true effects wander by themselves: that is a change, but not yet a success.
    """
    from scipy.special import ndtri  # noqa: PLC0415  heavy: only where it is used

    years = np.atleast_1d(last).astype(int).tolist()
    if not years:
        raise Lacking(f"{first}年以后没有别的年份的成绩，比不出变化。")
    if not first < min(years):
        raise ValueError("first要早于last")
    then, *later = (_gaps(county, year, grade, subject, covariates) for year in [first, *years])
    both = then.index[np.all([then.index.isin(one.index) for one in later], axis=0)]
    if both.empty:
        said = "、".join(f"{year}年" for year in [first, *years])
        raise Lacking(f"{said}都有至少{FEWEST}名学生参加的学校一所也没有，比不出变化。")
    then, now = then.loc[both], sum(one.loc[both] for one in later)
    gap = now["gap"] / len(years)
    beyond = gap - then["added"]
    error = np.sqrt(then["error"] ** 2 + now["noise"] / len(years) ** 2)
    low, high = (beyond + sign * ndtri((1 + level) / 2) * error for sign in (-1, 1))
    found = pd.DataFrame(
        {
            "pupils_first": then["pupils"],
            "pupils_last": now["pupils"],
            "gap_first": then["gap"],
            "gap_last": gap,
            "change": gap - then["gap"],
            "by_itself": then["added"] - then["gap"],
            "beyond": beyond,
            "error": error,
            "low": low,
            "high": high,
            "verdict": np.select([low > 0, high < 0], ["risen", "fallen"], "unsure"),
        }
    )
    return found.sort_values("beyond", kind="stable")


def _gaps(county: County, year: int, grade: int, subject: str, covariates: Sequence[str]) -> pd.DataFrame:
    """Return schools' gaps of a year, as they are and drawn in; ``noise``: the variance of the gap about the true one."""
    found = unranked(county, year, grade, subject, covariates)
    noise = pd.Series(found.fit.within / found.fit.sizes + found.fit.doubt, index=found.fit.groups)
    table = found.schools[["pupils", "gap", "added", "error"]]
    return table.assign(noise=noise.reindex(table.index))


class RisePower(NamedTuple):
    """Of a school's true rise: the ``chance`` that it is told from luck, the ``least`` rise that is in four cases of five (points), and the share of a low first year that ``returns`` by itself."""

    chance: float
    least: float
    returns: float


def rise_power(
    rise: float, pupils: int, years: int, between: float, within: float, level: float = 0.95
) -> RisePower:
    r"""Return how well a school's true rise can be told from luck (真的升了，看得出吗).

    .. math::
        s^2 = \tau^2 (1 - \lambda) + \frac{\sigma^2}{k n}, \qquad \lambda = \frac{n \tau^2}{n \tau^2 + \sigma^2}

    Parameters
    ----------
    rise : float
        By which the school became better for good, points.
    pupils : int
        Tested in each year, ``n``.
    years : int
        Of which the later mean is made, ``k``.
    between, within : float
        Variances of value added between schools, and of pupils within them, points².
    level : float
        Of the interval that must not hold 0.

    Returns
    -------
    RisePower

    Notes
    -----
    Unit of analysis: the school. The error is that of `school_changes`, without the county's line's own. The normal approximation; Goldstein and Spiegelhalter (1996).

    Examples
    --------
    >>> power = rise_power(50, 25, 2, between=600, within=6000)
    >>> round(power.chance, 2), round(power.least), round(power.returns, 2)
    (0.83, 48, 0.29)
    """
    from scipy.special import ndtr, ndtri  # noqa: PLC0415  heavy: only where it is used

    kept = pupils * between / (pupils * between + within)
    error = np.sqrt(between * (1 - kept) + within / (years * pupils))
    reach = ndtri((1 + level) / 2)
    chance = ndtr(rise / error - reach) + ndtr(-rise / error - reach)
    return RisePower(float(chance), float((reach + ndtri(0.8)) * error), float(1 - kept))
