"""From today to the standard: a target for each year on a logistic curve, and the year at which it holds at today's pace.

The curve is that of Brazil's IDEB, whose index runs from 0 to 10 and whose goal is 6: the same effort a year is the same step in log-odds. Here the
threshold of an indicator is the 6, so that the top of its scale is 10/6 of the threshold.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import expit, logit
from scipy.stats import t as student

from balancelib.assess.history import SERIES
from balancelib.assess.logic import reaches
from balancelib.county import Lacking

TOP, GOAL, NEAR = 10.0, 6.0, 9.9  # of the IDEB: its scale, what Brazil aimed at, and where all paths meet
LOWEST = 0.05  # of the threshold: a logistic curve never leaves 0, so a path from below it begins here
FEWEST = 4  # years known, for a pace
HORIZON = 10  # years ahead; a line through eight years is not believed further
YEARS = ["expected", "earliest", "latest"]
STATES = {
    "held": "已经达标",
    "slipping": "达标，但照趋势守不住",
    "coming": "照现在的步子会达标",
    "never": "照现在的步子到不了",  # within the horizon
    "unknown": "年份太少，说不出步子",
}


def effort(now: ArrayLike, goal: ArrayLike, years: float, top: float = TOP) -> np.ndarray:
    r"""Return the step in log-odds that each year must bring (每年的努力).

    .. math::
        e = \frac{1}{T} \left( \ln\frac{g}{K - g} - \ln\frac{y_0}{K - y_0} \right)

    Parameters
    ----------
    now, goal : array_like
        Value today and at the end, above 0 and below ``top``.
    years : float
        Years between.
    top : float
        End of the scale, :math:`K`.

    Returns
    -------
    ndarray
        The same step is more where the value is in the middle of the scale than near its ends.

    Raises
    ------
    ValueError
        A value that the curve cannot have, or no year between.

    Notes
    -----
    INEP, Nota técnica: Metodologia utilizada para o estabelecimento das metas intermediárias para a trajetória do Ideb (2007).

    Examples
    --------
    Brazil, first years of school, from 3.8 in 2005 to 6 in 2021:

    >>> round(float(effort(3.8, 6, 16)), 4)
    0.0559
    """
    if not years > 0:
        raise ValueError("从今天到目标至少要有一年")
    ends = np.array(np.broadcast_arrays(np.asarray(now, dtype=float), np.asarray(goal, dtype=float)))
    if (ends <= 0).any() or (ends >= top).any():
        raise ValueError(f"今天的值和目标都要在0和{top:g}之间，不含两头")
    return (logit(ends[1] / top) - logit(ends[0] / top)) / years


def logistic_path(now: ArrayLike, step: ArrayLike, years: ArrayLike, top: float = TOP) -> np.ndarray:
    r"""Return where the curve is after so many years (目标路径).

    .. math::
        y_t = \frac{K}{1 + \exp\left(-\ln\frac{y_0}{K - y_0} - e t\right)}

    Parameters
    ----------
    now : array_like
        Value in year 0.
    step : array_like
        Of `effort`.
    years : array_like
        Years after it.
    top : float
        End of the scale.

    Examples
    --------
    What INEP published for 2013 and 2017 was 4.9 and 5.5:

    >>> logistic_path(3.8, effort(3.8, 6, 16), [8, 12]).round(1).tolist()
    [4.9, 5.5]
    """
    return top * expit(logit(np.asarray(now, dtype=float) / top) + np.asarray(step) * np.asarray(years))


def meeting_years(now: float, step: float, near: float = NEAR, top: float = TOP) -> float:
    """Return after how many years a curve comes near the top: where IDEB lets the paths of all schools meet (汇合).

    Parameters
    ----------
    now, step : float
        As for `logistic_path`.
    near : float
        How near.
    top : float
        End of the scale.

    Returns
    -------
    float
        Infinity where the step is not upward.

    Examples
    --------
    Brazil's path of 2005 gets there in 2096; each network's effort is what brings it there in the same year.

    >>> round(meeting_years(3.8, float(effort(3.8, 6, 16))))
    91
    """
    gap = float(logit(near / top) - logit(now / top))
    return gap / step if step > 0 else float("inf")


def target_paths(history: pd.DataFrame, until: int, start: int | None = None) -> pd.DataFrame:
    """Give each school section and indicator below its threshold a target for each year until it holds (逐校逐项目标).

    Parameters
    ----------
    history : DataFrame
        Of `balancelib.assess.indicator_history`.
    until : int
        Year in which all are to hold.
    start : int, optional
        Year in which the path begins; the last one if left out.

    Returns
    -------
    DataFrame
        A row a section, indicator and year, from ``start`` to ``until``: ``school_id, name, stage, indicator, year, pupils`` (in the year of the start),
        ``threshold``, ``begin`` (value in that year), ``target`` (value, the threshold in the last year), ``share`` (target over threshold) and ``raised``: the
        value was below 5 % of the threshold, and the path begins there. What is not known at the start has no path.

    Raises
    ------
    Lacking
        No such year.
    ValueError
        ``until`` is not after ``start``.
    """
    start = int(history["year"].max()) if start is None else start
    if start not in set(history["year"]):
        raise Lacking(f"历年数据里没有{start}年，定不出从{start}年开始的目标")
    if until <= start:
        raise ValueError(f"目标年份要在{start}年以后，现在是{until}年")
    now = history[history["year"] == start]
    below = now[now["ratio"].notna() & ~reaches(now["ratio"].to_numpy(), 1.0)]
    years = np.arange(start, until + 1)
    begin = below["ratio"].clip(lower=LOWEST).to_numpy() * GOAL
    step = effort(begin, GOAL, until - start)
    shares = logistic_path(begin[:, None], step[:, None], years - start) / GOAL
    shares[:, -1] = 1.0  # the threshold itself, not its neighbour in the last bit
    rows = below.loc[below.index.repeat(len(years)), [*SERIES, "pupils", "threshold"]].reset_index(drop=True)
    repeated = lambda column: np.repeat(column.to_numpy(), len(years))  # noqa: E731
    return rows.assign(
        year=np.tile(years, len(below)),
        begin=repeated(below["value"]),
        share=shares.ravel(),
        target=shares.ravel() * rows["threshold"].to_numpy(dtype=float),
        raised=repeated(below["ratio"] < LOWEST),
    )


def pace(years: ArrayLike, values: ArrayLike, ahead: ArrayLike, confidence: float = 0.8) -> pd.DataFrame:
    r"""Carry a straight line on, with the interval in which the value of a single later year lies (趋势外推和预测区间).

    .. math::
        \hat a + \hat b t \pm t_{n-2} s \sqrt{1 + \frac1n + \frac{(t - \bar t)^2}{\sum (t_i - \bar t)^2}}

    Parameters
    ----------
    years, values : array_like, shape (n,)
        At least three, not all of one year; least squares.
    ahead : array_like, shape (m,)
        Years to carry it to.
    confidence : float
        Of the interval.

    Returns
    -------
    DataFrame
        By year: ``line``, ``low``, ``high``.

    Raises
    ------
    ValueError
        Too few years.

    Notes
    -----
    Years that go with their neighbours (autocorrelation) and a line that bends make the interval too narrow: 80 % is then what it would be at best.

    Examples
    --------
    >>> pace([1, 2, 3, 4], [1.0, 2.0, 3.0, 4.0], [5])["line"].tolist()
    [5.0]
    """
    if len(np.asarray(years)) < 3 or np.ptp(years) == 0:
        raise ValueError("至少要有三年的数，才有步子和区间")
    found = _band(years, values, ahead, confidence)
    return pd.DataFrame(found, columns=["line", "low", "high"], index=np.asarray(ahead))


def _band(years: ArrayLike, values: ArrayLike, ahead: ArrayLike, confidence: float) -> np.ndarray:
    """Columns: the line, the lower and the upper end."""
    x, y, to = (np.asarray(column, dtype=float) for column in (years, values, ahead))
    middle, spread = x.mean(), ((x - x.mean()) ** 2).sum()
    slope = (x - middle) @ y / spread
    line = y.mean() + slope * (to - middle)
    rest = y - y.mean() - slope * (x - middle)
    error = np.sqrt(rest @ rest / (len(x) - 2) * (1 + 1 / len(x) + (to - middle) ** 2 / spread))
    wide = student.ppf((1 + confidence) / 2, len(x) - 2) * error
    return np.column_stack([line, line - wide, line + wide])


def holding_years(history: pd.DataFrame, confidence: float = 0.8) -> pd.DataFrame:
    """Return when each section's indicator holds if it goes on as in the years so far (照现在的步子，哪一年达标).

    Parameters
    ----------
    history : DataFrame
        Of `balancelib.assess.indicator_history`; a year without a value is no 0, it is left out.
    confidence : float
        Of the prediction interval.

    Returns
    -------
    DataFrame
        A row a section and indicator that is known in the last year: ``school_id, name, stage, indicator, years`` known, ``ratio`` today, ``slope`` (of the ratio, a year) and
        ``recent``, that of the last 4 years known, ``state`` (a key of `STATES`), and whole years, <NA> where there is none in 10 years: ``expected``, where the line reaches the threshold (for
        ``slipping``: falls below it), ``earliest`` and ``latest``, where the upper and the lower end of the interval do. A line that is flat or goes the
        other way brings no year.

    Notes
    -----
    A ratio rises because there is more, or because there are fewer pupils; the line does not know which. ``never`` is a line that is flat or falls, and one that
    rises too slowly for 10 years: ``slope`` says which. What jumped once and falls since has a line that rises: ``recent`` is below 0 then. From ``earliest`` to ``latest`` is no interval of ``confidence``: see `years_coverage`.
    """
    wide = history.pivot(index=SERIES, columns="year", values="ratio").astype(float)
    wide = wide.reindex(pd.MultiIndex.from_frame(history[SERIES].drop_duplicates()))
    wide = wide[wide[wide.columns.max()].notna()]
    years = wide.columns.to_numpy(dtype=int)
    rows = pd.DataFrame(
        [_holding(years, values, confidence) for values in wide.to_numpy()],
        columns=["years", "ratio", "slope", "recent", "state", *YEARS],
    )
    return pd.concat([wide.index.to_frame(index=False), rows.astype(dict.fromkeys(YEARS, "Int64"))], axis=1)


def _holding(years: np.ndarray, ratios: np.ndarray, confidence: float) -> tuple:
    """Years known, ratio today, slopes, state, and the years of the line and of the ends."""
    known, today = np.isfinite(ratios), ratios[-1]
    held = bool(reaches(today, 1.0))
    if known.sum() < FEWEST:
        return known.sum(), today, np.nan, np.nan, "unknown", pd.NA, pd.NA, pd.NA
    ahead = np.arange(years[-1] + 1, years[-1] + HORIZON + 1)
    ends = _band(years[known], ratios[known], ahead, confidence)
    slope = (ends[-1, 0] - ends[0, 0]) / (HORIZON - 1)
    towards = slope < 0 if held else slope > 0
    inside = (~reaches(ends, 1.0) if held else reaches(ends, 1.0)) & towards
    expected, low, high = (_first(ahead, column) for column in inside.T)
    early, late = (low, high) if held else (high, low)
    recent = np.polyfit(years[known][-FEWEST:] - years[-1], ratios[known][-FEWEST:], 1)[0]
    return known.sum(), today, slope, recent, _state(held, expected), expected, early, late


def _state(held: bool, expected: object) -> str:
    if held:
        return "held" if expected is pd.NA else "slipping"
    return "never" if expected is pd.NA else "coming"


def _first(years: np.ndarray, there: np.ndarray) -> object:
    return int(years[there.argmax()]) if there.any() else pd.NA
