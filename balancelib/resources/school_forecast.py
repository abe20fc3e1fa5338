"""The county's forecast shared among its schools."""

import numpy as np
import pandas as pd

from balancelib.county import Lacking
from balancelib.resources.forecast import FIRST_GRADES, Forecast


def forecast_schools(enrolment: pd.DataFrame, forecast: Forecast, pool: float = 100) -> pd.DataFrame:
    r"""Share the county's forecast among its schools (各校学生数预测).

    .. math::
        N_{s,1,t} = \frac{\sum_{k \in K_{s,1}} w_k N_{s,1,k}}{\sum_{k \in K_{s,1}} w_k N_{1,k}} N_{1,t}, \qquad
        N_{s,g,t} = r_{s,g} N_{s,g-1,t-1}, \qquad
        r_{s,g} = \frac{\sum_k n w_k N_{s,g,k} + m \bar r_g}{\sum_k n w_k N_{s,g-1,k-1} + m}

    the last sums over the years whose pupils had a grade below in the school; then every grade and year is scaled so that the schools
    add up to the county.

    Parameters
    ----------
    enrolment : DataFrame
        The table that the forecast was made of, with ``school_id``.
    forecast : Forecast
        Of the county.
    pool : float
        ``m``: pupils that the county's ratio counts for. A school's own ratio counts for the pupils it is made of: those of a small
        school are mostly chance.

    Returns
    -------
    DataFrame
        Index ``school_id`` and ``year``, from the last year known on; a column a grade. Not whole numbers: they are means.

    Raises
    ------
    ValueError
        A school and year twice.

    Notes
    -----
    ``n`` is the number of years with their weights. Grades one and seven, and any grade into which a school takes pupils that it did not
    have, go by its share of the county's pupils there, over the last years from the first ``K`` in which the school had that grade; none
    come where it had none in the last year known, so that a school that closed stays closed. Grades above are last year's pupils moved up.
    In a new school they move up into grades that it had not yet; where pupils of the grade below have so far gone elsewhere, as from
    most teaching points, they go on doing so. That parents choose otherwise, that schools open, close or move later, is not foreseen.
    There is no interval for a school: for one of 100 pupils ten more or fewer mean nothing.

    Examples
    --------
    >>> from balancelib.resources import forecast_pupils
    >>> enrolment = pd.DataFrame({"school_id": list("ab") * 3, "year": [2023, 2023, 2024, 2024, 2025, 2025], "grade1": [60, 30] * 3})
    >>> births = pd.DataFrame({"year": range(2017, 2021), "births": [100, 100, 100, 50]})
    >>> county = forecast_pupils(enrolment, births, until=2026, weights=(1, 1))
    >>> forecast_schools(enrolment, county).xs(2026, level="year")["grade1"].round(6).to_dict()
    {'a': 30.0, 'b': 15.0}
    """
    if enrolment.duplicated(["school_id", "year"]).any():
        raise Lacking("分年级学生表里同一所学校同一年有两行")
    grades, weights = list(forecast.pupils.columns), np.array(forecast.weights)
    schools = pd.Index(sorted(enrolment["school_id"].unique()), name="school_id")
    past = (
        enrolment.set_index(["school_id", "year"])[grades]
        .reindex(pd.MultiIndex.from_product([schools, forecast.known.index]))
        .fillna(0)
        .to_numpy(dtype=float)
        .reshape(len(schools), -1, len(grades))
    )
    counted, recent = len(weights) * weights[:, None], past[:, -len(weights) :]
    feeders = np.pad(past[:, -len(weights) - 1 : -1, :-1], ((0, 0), (0, 0), (1, 0)))
    below = (counted * feeders).sum(axis=1)
    moved = (counted * np.where(feeders > 0, recent, 0)).sum(axis=1)
    ratios = forecast.ratios.to_numpy()
    ended = (below > 0) & (moved == 0) | (feeders[:, -1] > 0) & (recent[:, -1] == 0)
    own = np.where(below > 0, _quotient(moved + pool * ratios, below + pool), ratios)
    own[ended] = 0
    share, lasting = _shares_of_schools(past, weights)
    first = np.isin(grades, list(FIRST_GRADES.values()))
    years = [past[:, -1]]
    for totals in forecast.pupils.to_numpy():
        now = np.pad(years[-1][:, :-1], ((0, 0), (1, 0)))
        raw = np.where(first | ((below == 0) & (now == 0)), share * totals, now * own)
        raw = np.where(raw.sum(axis=0) > 0, raw, lasting)
        years.append(raw * _quotient(totals, raw.sum(axis=0)))
    index = pd.MultiIndex.from_product([schools, [forecast.known.index[-1], *forecast.pupils.index]])
    table = pd.DataFrame(np.stack(years, axis=1).reshape(-1, len(grades)), index=index, columns=grades)
    return table.rename_axis(["school_id", "year"])


def _shares_of_schools(past: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Share of each school in each grade while it had it, 0 where it has no more; and its share of all the years, for want of another."""
    had = (np.cumsum(past, axis=1) > 0)[:, -len(weights) :]
    recent = weights[:, None] * past[:, -len(weights) :]
    county = recent.sum(axis=0)
    while_there = _quotient(recent.sum(axis=1), (had * county).sum(axis=1))
    return np.where(past[:, -1] > 0, while_there, 0), _quotient(recent.sum(axis=1), county.sum(axis=0))


def _quotient(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Divide; 0 where there is nothing to divide by."""
    return np.divide(part, whole, out=np.zeros(np.broadcast_shapes(part.shape, whole.shape)), where=whole > 0)
