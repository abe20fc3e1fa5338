"""The funnel of schools: how far the share of pupils who reach a level may lie from the county's by chance alone."""

import pandas as pd

from balancelib.county import County, Lacking
from balancelib.quality.between import FEWEST, scored


def level_funnel(
    county: County, year: int, grade: int, subject: str, at_least: int = 3, level: float = 0.998
) -> pd.DataFrame:
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
        A school as the county is lies beyond a limit with at most half of the rest, on either side.

    Returns
    -------
    DataFrame
        By ``school_id``; only schools with at least `FEWEST` pupils whose level is known: ``pupils, reached, share``; ``lower, upper``: smallest and largest share that is no surprise;
        ``place``: ``below``, ``within``, ``above``. ``attrs["county"]``: the share of all pupils, small schools' included.

    Notes
    -----
    Raw results: a school beyond a limit differs, of whatever cause; its pupils' start is the first. Spiegelhalter (2005), Statistics in Medicine 24; limits by the binomial distribution, not the normal one.
    """
    from scipy.stats import binom  # noqa: PLC0415  heavy: only where it is used

    county.tables.need(["scores.level"])
    rows = scored(county, year=year, grade=grade, subject=subject).dropna(subset=["level"])
    if rows.empty:
        raise Lacking(f"“监测成绩”表里{year}年{grade}年级一个等级也没有填。")
    good = rows["level"] >= at_least
    table = good.groupby(rows["school_id"]).agg(pupils="size", reached="sum")
    rate = float(good.mean())
    table = table[table["pupils"] >= FEWEST]
    tail = (1 - level) / 2
    table["share"] = table["reached"] / table["pupils"]
    table["lower"] = binom.ppf(tail, table["pupils"], rate) / table["pupils"]
    table["upper"] = binom.ppf(1 - tail, table["pupils"], rate) / table["pupils"]
    table["place"] = "within"
    table.loc[table["share"] < table["lower"], "place"] = "below"
    table.loc[table["share"] > table["upper"], "place"] = "above"
    table.attrs["county"] = rate
    return table
