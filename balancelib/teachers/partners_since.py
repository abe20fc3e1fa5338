"""What changed since schools were paired, beside schools that were not: a number to be careful with."""

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from balancelib.county import County, Lacking
from balancelib.county.schema import AREAS, STAGES

FEWEST = 3  # pairs, for an interval to be worth its name


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
        By ``state`` of the pairs: how many are ``counted``, the mean ``change``, and ``low`` and ``high`` of its 95 % interval by Student's t; NaN for fewer than
        `FEWEST` pairs. A pair whose years before are not in the table is not counted.

    Raises
    ------
    MissingTable
        No ``history``.
    Lacking
        No school outside the county town without a pair: nothing to compare with.

    Notes
    -----
    Unit of analysis: the school and stage. Not an effect: who was paired was chosen, and chosen for being weak.
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
        if (
            before in ratios
            and before < last
            and pair.school_id in ratios.index.get_level_values("school_id")
        ):
            own = ratios.loc[pair.school_id]
            others = unpaired.groupby("stage").mean()
            change = (own[last] - own[before]) - (others[last] - others[before]).reindex(own.index)
            rows += [(pair.state, value) for value in change.dropna()]
    found = pd.DataFrame(rows, columns=["state", "change"]).groupby("state")["change"]
    return pd.DataFrame([{"state": state, **_interval(values)} for state, values in found]).set_index("state")


def _ratios(history: pd.DataFrame, column: str) -> pd.DataFrame:
    """Teachers per 100 pupils, a row a school and stage, a column a year; NaN without pupils."""
    parts = []
    for stage in STAGES:
        pupils = history[f"pupils_{stage}"].where(history[f"pupils_{stage}"] > 0)
        value = 100 * history[f"{column}_{stage}"] / pupils
        parts.append(history[["school_id", "year"]].assign(stage=stage, value=value).dropna(subset="value"))
    return pd.concat(parts).pivot(index=["school_id", "stage"], columns="year", values="value")


def _interval(values: pd.Series) -> dict[str, float]:
    n, mean = len(values), float(values.mean())
    half = stdtrit(n - 1, 0.975) * values.std() / np.sqrt(n) if n >= FEWEST else np.nan
    return {"counted": n, "change": mean, "low": mean - half, "high": mean + half}
