"""The funnel of schools: how far the share of pupils who reach a level may lie from the county's by chance alone."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from balancelib.county import County, Lacking
from balancelib.county.private import FEWEST
from balancelib.quality.between import scored, sitting

LEVEL = 0.998  # as by custom: a school as the county is lies beyond a limit once in 500 times


@dataclass(frozen=True)
class LevelFunnel:
    """Schools' shares of pupils who reach a level, and the limits of chance.

    Attributes
    ----------
    schools : DataFrame
        By ``school_id``; only schools with at least `FEWEST` pupils whose level is known: ``pupils, reached, share``; ``lower, upper``: smallest and
        largest share that is no surprise; ``place``: ``below``, ``within``, ``above``.
    rate : float
        Share of all the county's pupils, small schools' included.
    level : float
        A school as the county is lies beyond a limit with at most half of the rest, on either side.
    """

    schools: pd.DataFrame
    rate: float
    level: float

    def limits(self, pupils: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Return the smallest and the largest share that is no surprise in schools of so many pupils: exact, of the binomial distribution."""
        from scipy.stats import binom  # noqa: PLC0415  heavy: only where it is used

        n, tail = np.asarray(pupils), (1 - self.level) / 2
        return binom.ppf(tail, n, self.rate) / n, binom.ppf(1 - tail, n, self.rate) / n


def level_funnel(
    county: County, year: int, grade: int, subject: str, at_least: int = 3, level: float = LEVEL
) -> LevelFunnel:
    r"""Hold each school's share of pupils at a level against exact binomial limits (达到Ⅲ级以上比例的漏斗图).

    Parameters
    ----------
    county : County
        With the column ``scores.level``.
    year, grade, subject
        Of the scores.
    at_least : int
        Level that is to be reached.
    level : float
        Of the limits.

    Returns
    -------
    LevelFunnel

    Raises
    ------
    MissingTable, Lacking
        No scores, no levels, or no school with enough pupils.

    Notes
    -----
    Raw results: a school beyond a limit differs, of whatever cause; its pupils' start is the first. Spiegelhalter (2005), Statistics in Medicine 24; limits by the binomial distribution, not the normal one.
    """
    county.tables.need(["scores.level"])
    rows = scored(county, year=year, grade=grade, subject=subject).dropna(subset=["level"])
    if rows.empty:
        raise Lacking(f"“监测成绩”表里{sitting(year, grade, subject)}一个等级也没有填。")
    good = rows["level"] >= at_least
    table = good.groupby(rows["school_id"]).agg(pupils="size", reached="sum")
    table = table[table["pupils"] >= FEWEST].assign(share=lambda found: found["reached"] / found["pupils"])
    if table.empty:
        raise Lacking(f"{sitting(year, grade, subject)}没有一所学校满{FEWEST}人，各校的比例不单独列出。")
    funnel = LevelFunnel(table, float(good.mean()), level)
    table["lower"], table["upper"] = funnel.limits(table["pupils"])
    below, above = table["share"] < table["lower"], table["share"] > table["upper"]
    table["place"] = np.select([below, above], ["below", "above"], "within")
    return funnel
