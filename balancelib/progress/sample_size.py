"""How many schools to draw: the interval that each design will give, worked out from what all schools were last found to be."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from balancelib.county import Lacking
from balancelib.measures import allocate
from balancelib.progress.sampling import designs_for, townships_drawn

FEW = 3  # schools of which a sample is worth drawing


def planned_margins(schools: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Return half the width of the interval that each design will give, if the schools are as they were when last tested (预计的误差).

    Parameters
    ----------
    schools : DataFrame
        Of `balancelib.progress.school_fitness`, for an earlier year: three schools or more.
    level : float
        Of the interval.

    Returns
    -------
    DataFrame
        A row each number of schools drawn, from two to all; a column each design: half the width as a share of the pupils, infinite where
        nothing can be said of the error, or the design cannot draw so few. A design whose column the county lacks is left out.

    Raises
    ------
    Lacking
        Fewer than three schools.
    """
    from scipy.special import stdtrit  # noqa: PLC0415  heavy: only where it is used

    if len(schools) < FEW:
        raise Lacking(f"只有{len(schools)}所学校，全部去看就是了，不用抽。")
    drawn = range(2, len(schools) + 1)
    found = pd.DataFrame(index=pd.Index(drawn, name="n"))
    for design in designs_for(schools, 2):
        variances, df = np.array(_planned(schools, drawn, design)).T
        reach = stdtrit(np.maximum(df, 1), (1 + level) / 2)
        found[design] = np.where(df > 0, reach * np.sqrt(variances), np.inf)
    return found


def schools_needed(planned: pd.DataFrame, margin: float) -> dict[str, int]:
    """Return how many schools each design must draw for an interval of ± ``margin`` (要抽几所).

    Parameters
    ----------
    planned : DataFrame
        Of `planned_margins`.
    margin : float
        As a share: 0.03 are three percentage points.

    Returns
    -------
    dict of str to int
        All schools where no fewer will do.

    Raises
    ------
    ValueError
        A margin that is not above 0.
    """
    if not margin > 0:
        raise ValueError(f"允许的误差是{margin}，要大于0，例如0.03")
    enough = planned <= margin
    return {
        design: int(enough.index[enough[design]].min() if enough[design].any() else enough.index[-1])
        for design in enough
    }


def _planned(schools: pd.DataFrame, drawn: Iterable[int], design: str) -> list[tuple[float, int]]:
    """Return for each number drawn the variance of the share under a design, worked out from all schools, and its degrees of freedom."""
    everyone = schools["pupils"].sum()
    residual = (schools["good"] - schools["good"].sum() / everyone * schools["pupils"]) / everyone
    if design == "pps":
        of_one = float((residual**2 * everyone / schools["pupils"]).sum())
        return [(of_one / n, n - 1) for n in drawn]
    by = schools["area"] if design == "stratified" else pd.Series("全县", schools.index)
    wanted = list(drawn)
    if design == "cluster":
        residual = residual.groupby(schools["township"]).sum()
        wanted = [round(n * len(residual) / len(schools)) for n in drawn]
        drawn = [townships_drawn(len(residual), n, len(schools)) for n in drawn]
        by = pd.Series("全县", residual.index)
    strata = residual.groupby(by).agg(["size", "var"])
    sizes, spread = strata["size"].to_numpy(), strata["var"].fillna(0.0).to_numpy()
    places = [allocate(sizes, n) for n in drawn]
    variances = [float((sizes**2 * (1 / n - 1 / sizes) * spread).sum()) for n in places]
    # More are drawn than were asked for where each stratum must have two: nothing is said of so few.
    degrees = [
        int(n.sum()) - len(sizes) if n.sum() <= few else 0 for n, few in zip(places, wanted, strict=True)
    ]
    return list(zip(variances, degrees, strict=True))
