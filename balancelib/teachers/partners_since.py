"""What changed since schools were paired, beside schools that were not: a number to be careful with."""

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from balancelib.county import County, Lacking
from balancelib.county.schema import AREAS, STAGES

FEWEST = 3  # schools, for an interval to be worth its name


def change_since(county: County, pairs: pd.DataFrame, column: str = "pe_arts") -> pd.DataFrame:
    r"""Say how a number of teachers per 100 pupils changed since the pairing, beside unpaired schools in the same years (结对以后，多变了多少).

    .. math:: d_i = \left(x_{i,T} - x_{i,s_i-1}\right) - \frac{1}{|U|}\sum_{u \in U} \left(x_{u,T} - x_{u,s_i-1}\right)

    with ``x`` teachers per 100 pupils, the last year ``T``, the first year ``s`` of a pair and the town and rural schools ``U`` that were never paired and have a number in both years, of the
    same stage; the mean of its stages is a school's.

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
        By ``state`` of the pairs: how many schools are ``counted``, the mean ``change``, and ``low`` and ``high`` of its 95 % interval by Welch's t, in which the
        schools without a pair vary too; NaN for fewer than `FEWEST` schools or two without a pair. A school whose years before are not in the table is not counted.

    Raises
    ------
    MissingTable
        No ``history``.
    Lacking
        No school outside the county town without a pair: nothing to compare with.

    Notes
    -----
    Unit of analysis: the school. Not an effect: who was paired was chosen, and chosen for being weak.
    """
    ratios = _ratios(county.tables["history"], column)
    areas = county.schools.set_index("school_id")["area"]
    outside = areas.index[areas != AREAS[0]].difference(pairs["school_id"])
    unpaired = ratios[ratios.index.get_level_values("school_id").isin(outside)]
    if unpaired.empty:
        raise Lacking("县城以外没有一所没结对的学校，没有可比的。")
    last, rows = ratios.columns.max(), []
    for pair in pairs.dropna(subset="since").itertuples():
        before = pair.since - 1
        if before not in ratios or before >= last:
            continue
        changes = (ratios[last] - ratios[before]).dropna()
        for stage, own in (
            changes[changes.index.get_level_values("school_id") == pair.school_id].droplevel(0).items()
        ):
            beside = changes[changes.index.isin(unpaired.index)]
            others = beside[beside.index.get_level_values("stage") == stage].droplevel("stage")
            if len(others):
                rows.append((pair.state, pair.school_id, own - others.mean(), others))
    found = pd.DataFrame(rows, columns=["state", "school_id", "change", "others"]).groupby("state")
    told = {state: _interval(part) for state, part in found}
    columns = ["counted", "change", "low", "high"]
    return pd.DataFrame.from_dict(told, "index", columns=columns).rename_axis("state")


def _ratios(history: pd.DataFrame, column: str) -> pd.DataFrame:
    """Teachers per 100 pupils, a row a school and stage, a column a year; NaN without pupils."""
    parts = []
    for stage in STAGES:
        pupils = history[f"pupils_{stage}"].where(history[f"pupils_{stage}"] > 0)
        value = 100 * history[f"{column}_{stage}"] / pupils
        parts.append(history[["school_id", "year"]].assign(stage=stage, value=value).dropna(subset="value"))
    return pd.concat(parts).pivot(index=["school_id", "stage"], columns="year", values="value")


def _interval(rows: pd.DataFrame) -> tuple[float, ...]:
    """Mean of the schools' changes, each less that of the others, and its interval: both sides' schools are what varies."""
    schools = rows.groupby("school_id")["change"]
    own, n = schools.mean(), schools.ngroups
    weight = 1 / (n * schools.transform("size"))
    # What each school without a pair pushes the mean of all of them, over the rows in which it is compared with.
    parts = [w * (x - x.mean()) / len(x) for w, x in zip(weight, rows["others"], strict=True)]
    pushes = pd.concat(parts).groupby(level="school_id").sum()
    mean, low, high, m = float(own.mean()), np.nan, np.nan, len(pushes)
    if n >= FEWEST and m >= 2:
        ours, theirs = own.var() / n, (pushes**2).sum() * m / (m - 1)
        square = ours**2 / (n - 1) + theirs**2 / (m - 1)
        freedom = (ours + theirs) ** 2 / square if square > 0 else n - 1
        half = stdtrit(freedom, 0.975) * np.sqrt(ours + theirs)
        low, high = mean - half, mean + half
    return n, mean, low, high
