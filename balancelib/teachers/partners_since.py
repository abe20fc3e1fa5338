"""What changed since schools were paired, beside schools that were not: a number to be careful with."""

import numpy as np
import pandas as pd
from scipy import stats

from balancelib.county import County, Lacking
from balancelib.county.schema import AREAS, STAGES

FEWEST = 3  # paired schools, for an interval to be worth its name


def change_since(county: County, pairs: pd.DataFrame, column: str = "pe_arts") -> pd.DataFrame:
    r"""Say how a number of teachers per 100 pupils changed since the pairing, beside unpaired schools in the same years (结对以后，多变了多少).

    .. math:: d_i = \left(x_{i,T} - x_{i,s_i-1}\right) - \frac{1}{|U|}\sum_{u \in U} \left(x_{u,T} - x_{u,s_i-1}\right)

    with ``x`` teachers per 100 pupils, the last year ``T``, the first year ``s`` of a pair and the town and rural schools ``U`` that were never paired.

    Parameters
    ----------
    county : County
        With the table ``history``.
    pairs : DataFrame
        Of `balancelib.teachers.pairing_status`.
    column : str
        Without its stage: ``pe_arts``, ``backbone``, ``qualified`` or ``teachers``.

    Returns
    -------
    DataFrame
        By ``state`` of the pairs: how many schools are ``counted``, the mean ``change``, and ``low`` and ``high`` of its 95 % interval by Student's t with
        Welch's degrees of freedom; NaN for fewer than `FEWEST` paired schools or two others. A pair whose years before are not in the table is not counted.

    Raises
    ------
    MissingTable
        No ``history``.
    Lacking
        No school outside the county town without a pair: nothing to compare with.

    Notes
    -----
    Unit of analysis: the school, its stages averaged. The others' mean is no more certain than theirs: its variance, by school, is in the interval.
    Not an effect: who was paired was chosen, and chosen for being weak.
    """
    ratios = _ratios(county.tables["history"], column)
    areas = county.schools.set_index("school_id")["area"]
    outside = areas.index[areas != AREAS[0]].difference(pairs["school_id"])
    unpaired = ratios[ratios.index.get_level_values("school_id").isin(outside)]
    if unpaired.empty:
        raise Lacking("县城以外没有一所没结对的学校，没有可比的。")
    last = ratios.columns.max()
    risen = ratios.rsub(ratios[last], axis=0)  # from each year to the last
    others = risen.loc[unpaired.index]
    own = pairs.dropna(subset="since").assign(before=lambda p: p["since"] - 1)
    own = own[own["before"].isin(risen.columns) & (own["before"] < last)]
    rows = own.merge(risen.reset_index().melt(["school_id", "stage"], var_name="before", value_name="own"))
    means = others.groupby("stage").mean().stack().rename("others")
    rows = rows.join(means, on=["stage", "before"]).dropna(subset=["own", "others"])
    found = {state: _beyond(part, others) for state, part in rows.groupby("state")}
    return pd.DataFrame.from_dict(found, "index", columns=["counted", "change", "low", "high"]).rename_axis(
        "state"
    )


def _ratios(history: pd.DataFrame, column: str) -> pd.DataFrame:
    """Teachers per 100 pupils, a row a school and stage, a column a year; NaN without pupils."""
    parts = []
    for stage in STAGES:
        pupils = history[f"pupils_{stage}"].where(history[f"pupils_{stage}"] > 0)
        value = 100 * history[f"{column}_{stage}"] / pupils
        parts.append(history[["school_id", "year"]].assign(stage=stage, value=value).dropna(subset="value"))
    return pd.concat(parts).pivot(index=["school_id", "stage"], columns="year", values="value")


def _beyond(rows: pd.DataFrame, others: pd.DataFrame) -> tuple[float, ...]:
    """How many schools, their mean change beyond the others' and its interval; rows a school, stage and year before."""
    schools = (rows["own"] - rows["others"]).groupby(rows["school_id"])
    beyond, noise = schools.mean(), pd.Series(dtype=float)
    weights = 1 / (len(beyond) * schools.transform("size"))
    for row, weight in zip(rows.itertuples(), weights, strict=True):
        change = others.xs(row.stage, level="stage")[row.before].dropna()
        noise = noise.add(weight * (change - change.mean()) / len(change), fill_value=0.0)  # by school
    n, m, mean = len(beyond), len(noise), float(beyond.mean())
    half = np.nan
    if n >= FEWEST and m > 1:
        parts = np.array([beyond.var() / n, m / (m - 1) * (noise**2).sum()])
        free = parts.sum() ** 2 / (parts**2 / [n - 1, m - 1]).sum() if parts.any() else 1.0
        half = stats.t.ppf(0.975, free) * np.sqrt(parts.sum())
    return n, mean, mean - half, mean + half
