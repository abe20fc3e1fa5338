"""Births of a county, and those that are assumed for the years to come."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from balancelib.county import Lacking


def extend_births(
    births: pd.DataFrame,
    until: int,
    then: Literal["trend", "hold"] | float | Mapping[int, float],
    years: int = 5,
) -> pd.DataFrame:
    r"""Births of the years after the last one known, under an assumption that is written down (出生人口情景).

    .. math::
        B_{t} = B_{t-1}\,(1 + c), \qquad c_{\text{trend}} = (B_T / B_{T-k})^{1/k} - 1

    Parameters
    ----------
    births : DataFrame
        Columns ``year`` and ``births``, a row a year, none missing between the first and the last.
    until : int
        Last year to fill.
    then : {"trend", "hold"}, float or mapping of int to float
        ``trend``: the mean yearly change of the last ``years`` goes on; ``hold``: as many as in the last year known; a number: the yearly
        change, -0.05 for 5 % fewer each year; a mapping: births by year, such as a statistics office's own projection.
    years : int
        Over how many years the trend is measured.

    Returns
    -------
    DataFrame
        ``year``, ``births``, and ``assumed``: whether the year is filled.

    Raises
    ------
    ValueError
        A year that is missing or stands twice, births that are blank or not above 0, a word that is not known, a change of -100 % or less, a
        mapping without a year that is needed.

    Notes
    -----
    Nobody knows how many will be born: compare several assumptions. The interval of a forecast does not hold this error.

    Examples
    --------
    >>> births = pd.DataFrame({"year": [2024, 2025], "births": [1000, 900]})
    >>> extend_births(births, 2027, then=-0.1)["births"].tolist()
    [1000.0, 900.0, 810.0, 729.0]
    """
    known = births_by_year(births)
    last = known.index[-1]
    ahead = range(last + 1, until + 1)
    if isinstance(then, Mapping):
        if missing := [year for year in ahead if year not in then]:
            raise ValueError(f"then里没有{listed(missing)}年的出生人口")
        added = [float(then[year]) for year in ahead]
    else:
        change = _yearly_change(known, then, years)
        added = [known.iloc[-1] * (1 + change) ** n for n in range(1, len(ahead) + 1)]
    if not all(0 < number < np.inf for number in added):
        raise ValueError("假定的出生人口要大于0；每年的变化要大于-1（-0.05是每年少5%）")
    return pd.DataFrame(
        {
            "year": [*known.index, *ahead],
            "births": [*known, *added],
            "assumed": [False] * len(known) + [True] * len(ahead),
        }
    )


def _yearly_change(known: pd.Series, then: str | float, years: int) -> float:
    if then == "trend":
        if not 0 < years < len(known):
            raise Lacking(f"趋势要{years + 1}年的出生人口，现在只有{len(known)}年：把years改小，或者补上数据")
        return (known.iloc[-1] / known.iloc[-1 - years]) ** (1 / years) - 1
    if then == "hold":
        return 0.0
    if isinstance(then, str):
        raise ValueError(
            f"then没有“{then}”这种假定：写trend（趋势延续）、hold（保持不变），或每年变化多少的数"
        )
    return float(then)


def births_by_year(births: pd.DataFrame) -> pd.Series:
    """Return births by year, in order; refuse what is missing, double or not above 0."""
    if not len(births):
        raise Lacking("出生人口表是空的")
    table = births.astype({"year": int, "births": float}).set_index("year")["births"].sort_index()
    if table.index.has_duplicates:
        raise Lacking(
            f"出生人口表里{listed(table.index[table.index.duplicated()])}年写了两遍：一次只算一个县"
        )
    refuse_gaps(table.index, "出生人口表")
    if not (table > 0).all():
        raise Lacking(f"出生人口表里{listed(table.index[~(table > 0)])}年是空白，或不大于0")
    return table


def refuse_gaps(years: pd.Index, table: str) -> None:
    """Refuse years that are missing between the first and the last."""
    if missing := sorted(set(range(years.min(), years.max() + 1)) - set(years)):
        raise Lacking(f"{table}缺{listed(missing)}年：年份要连着")


def listed(years: Sequence[int]) -> str:
    """Write years out."""
    return "、".join(str(int(year)) for year in years)
