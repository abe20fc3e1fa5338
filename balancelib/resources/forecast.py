"""Pupils of a county in the years to come, by cohort progression."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from balancelib.county import Lacking
from balancelib.county.enrolment import GRADES, STAGE_GRADES, refuse_unknown
from balancelib.resources.births import births_by_year, listed, refuse_gaps

ENTRY_AGE = 6  # who enters in September of a year is taken to be born six calendar years before
MOST_ENTERING = 1.75  # entrants for each child born six years before; see the notes of `forecast_pupils`
FIRST_GRADES = {
    "primary": "grade1",
    "junior": "grade7",
}  # pupils come to a school from elsewhere: from home, from other primaries


def _by_grade(enrolment: pd.DataFrame) -> pd.DataFrame:
    """County totals: a row a year, a column a grade."""
    grades = [grade for grade in GRADES if grade in enrolment]
    if grades != GRADES[: len(grades)] or not grades:
        raise ValueError("分年级学生表要从grade1起，一个年级一列，中间不缺")
    if not len(enrolment):
        raise Lacking("分年级学生表是空的")
    if (enrolment[grades] < 0).any(axis=None):
        raise Lacking("分年级学生数不能是负数")
    table = enrolment.groupby(enrolment["year"].astype(int))[grades].sum().astype(float)
    refuse_gaps(table.index, "分年级学生表")
    if "school_id" in enrolment:
        refuse_unknown(enrolment)
    return table


def progression_ratios(enrolment: pd.DataFrame, births: pd.DataFrame) -> pd.DataFrame:
    r"""Share of each grade's pupils that is met a year later in the next, and of births that enters grade one (入学率与升级率).

    .. math::
        r_{1,t} = \frac{N_{1,t}}{B_{t-6}}, \qquad r_{g,t} = \frac{N_{g,t}}{N_{g-1,t-1}} \quad (g = 2, …, 9)

    Parameters
    ----------
    enrolment : DataFrame
        Table ``enrolment`` of one county: ``year`` and ``grade1`` to ``grade9`` (fewer from the top), a row a school and year. A blank is a
        grade that the school does not have.
    births : DataFrame
        Table ``births``: ``year``, ``births``.

    Returns
    -------
    DataFrame
        Index ``year``, from the second year on; a column a grade. NaN where the births are not known or nobody was in the grade before.

    Raises
    ------
    ValueError
        Years that are missing, negative pupils.

    Notes
    -----
    Over 1 more come from other counties than leave, under 1 more leave. Repetition, transfers, deaths and late entry are all in the one
    number. Source: the grade progression rate method, as the National Center for Education Statistics projects enrolment (Hussar and Bailey
    2013, Projections of Education Statistics to 2021, NCES 2013-008, appendix A); elsewhere called cohort survival.

    Examples
    --------
    >>> enrolment = pd.DataFrame({"year": [2024, 2025], "grade1": [100, 90], "grade2": [95, 98]})
    >>> births = pd.DataFrame({"year": [2018, 2019], "births": [110, 100]})
    >>> progression_ratios(enrolment, births).round(6).loc[2025].to_dict()
    {'grade1': 0.9, 'grade2': 0.98}
    """
    pupils = _by_grade(enrolment)
    feeders = pupils.shift(axis=1).shift()
    feeders[pupils.columns[0]] = births_by_year(births).reindex(pupils.index - ENTRY_AGE).to_numpy()
    return (pupils / feeders.where(feeders > 0)).iloc[1:]


@dataclass(frozen=True)
class Forecast:
    """Pupils of a county in the years to come.

    Attributes
    ----------
    known : DataFrame
        Pupils of the years known: index ``year``, a column a grade.
    pupils : DataFrame
        The forecast, with the mean ratios: likewise.
    ratios : Series
        The mean ratio of each grade.
    weights : tuple of float
        Of each of the last years' ratios in the mean, the latest last.
    paths : ndarray, shape (draws, years, grades)
        Drawn courses of the forecast: what the intervals are taken from.
    unknown_births : int
        The first year of births that were assumed.
    """

    known: pd.DataFrame
    pupils: pd.DataFrame
    ratios: pd.Series
    weights: tuple[float, ...]
    paths: np.ndarray
    unknown_births: int

    def totals(self, stage: Literal["primary", "junior"] | None = None, level: float = 0.90) -> pd.DataFrame:
        """Add up a stage, or all grades, with the interval.

        Parameters
        ----------
        stage : {"primary", "junior"}, optional
            All grades where left out.
        level : float
            Share of the drawn courses that the interval holds; as many lie below as above.

        Returns
        -------
        DataFrame
            Index ``year``: ``pupils``, ``low``, ``high``, and ``assumed``: whether children are in it whose births were assumed.

        Raises
        ------
        ValueError
            A level that is not between 0 and 1; a stage without grades in the data.
        """
        if not 0 < level < 1:
            raise ValueError(f"level应在0和1之间，现在是{level:g}")
        grades = [grade for grade in STAGE_GRADES.get(stage, GRADES) if grade in self.pupils]
        if not grades:
            raise ValueError("数据里没有这个学段的年级")
        drawn = self.paths[:, :, self.pupils.columns.get_indexer(grades)].sum(axis=2)
        low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
        born = self.pupils.index - ENTRY_AGE - GRADES.index(grades[0])  # the youngest of them
        return pd.DataFrame(
            {
                "pupils": self.pupils[grades].sum(axis=1),
                "low": low,
                "high": high,
                "assumed": born >= self.unknown_births,
            }
        )


def forecast_pupils(
    enrolment: pd.DataFrame,
    births: pd.DataFrame,
    until: int = 2035,
    weights: Sequence[float] = (1, 1, 1, 1, 1),
    draws: int = 2000,
    seed: int = 0,
    most_entering: float = MOST_ENTERING,
) -> Forecast:
    r"""Pupils of a county by grade in the years to come, by cohort progression, with their interval (学生数预测).

    .. math::
        N_{1,t} = \bar r_1 B_{t-6}, \qquad N_{g,t} = \bar r_g N_{g-1,t-1}, \qquad \bar r_g = \sum_k w_k r_{g,k}

    Parameters
    ----------
    enrolment, births : DataFrame
        As in `progression_ratios`; births up to six years before ``until``, which `extend_births` fills.
    until : int
        Last year of the forecast.
    weights : sequence of float
        Of the last years' ratios in the mean, the latest last; as many years are looked at as there are weights. They are scaled to add up
        to 1.
    draws : int
        How many courses are drawn for the intervals.
    seed : int
        The same seed gives the same courses.
    most_entering : float
        Refuse a mean ratio of entrants to births above this.

    Returns
    -------
    Forecast

    Raises
    ------
    ValueError
        Fewer years than weights, fewer than two years of ratios, births that are missing, weights that are negative; more entrants than
        ``most_entering`` allows; a grade of a school that is blank though the school has it in another year, or a year that is missing
        between its years.

    Notes
    -----
    Interval: each course has ratios of its own. Their errors are drawn from the last years' own deviations from the mean, all grades of a
    year together, so that a year in which many move away counts in every grade; normal, with the spread itself uncertain (Student's t with
    1/Σw² - 1 degrees of freedom); an error of the mean that stays for all years, and an error of each year. One year ahead and with
    equal weights this is the exact prediction interval of normal ratios; further ahead it is approximate.
    Not in it: births after the last year known, new housing estates, merged schools, a change of rules, ratios that drift.
    Pupils of two counties against births of one look like a ratio near 2; a county that many move to stays below 1.75 as long as its births are
    those of all who live there. The bound is ours, no published one: a new district that truly passes it raises ``most_entering``.
    Source of the method: as `progression_ratios`; the interval is ours, tested in simulated counties.

    Examples
    --------
    Ratios that never changed: no error, and next year's numbers follow.

    >>> enrolment = pd.DataFrame({"year": [2023, 2024, 2025], "grade1": [90, 90, 90], "grade2": [81, 81, 81]})
    >>> births = pd.DataFrame({"year": range(2017, 2021), "births": [100, 100, 100, 60]})
    >>> forecast_pupils(enrolment, births, until=2026, weights=(1, 1)).pupils.round(6).loc[2026].to_dict()
    {'grade1': 54.0, 'grade2': 81.0}
    """
    known, shares = _by_grade(enrolment), _shares(weights)
    last = known.index[-1]
    ahead = range(last + 1, until + 1)
    if not ahead:
        raise ValueError(f"until应在{last}年以后，现在是{until}")
    ratios = progression_ratios(enrolment, births).tail(len(shares))
    if len(ratios) < len(shares) or ratios.isna().any(axis=None):
        raise Lacking(
            f"weights有{len(shares)}年，数据算不出这么多年的升级率：把weights改短，或者补上分年级学生和出生人口"
        )
    entering = births_by_year(births).reindex([year - ENTRY_AGE for year in ahead])
    if entering.isna().any():
        raise ValueError(f"缺{listed(entering.index[entering.isna()])}年的出生人口：用extend_births写明假定")
    mean, now = shares @ ratios, known.loc[last].to_numpy()
    if mean["grade1"] > most_entering:
        raise Lacking(
            f"近年一年级新生平均是六年前出生人口的{mean['grade1']:.2f}倍，超过{most_entering:g}倍：两张表可能不是同一个县，"
            "或者出生人口只数了户籍的。请核对；属实就把most_entering写大"
        )
    level = np.broadcast_to(mean, (len(ahead), len(mean)))
    drawn = _drawn_ratios(ratios.to_numpy(), shares, len(ahead), draws, seed)
    assumed = births.loc[births["assumed"], "year"] if "assumed" in births else births["year"].iloc[:0]
    return Forecast(
        known,
        pd.DataFrame(
            _project(now, entering.to_numpy(), level),
            index=pd.Index(ahead, name="year"),
            columns=known.columns,
        ),
        pd.Series(mean, index=known.columns),
        tuple(shares.tolist()),
        _project(now, entering.to_numpy(), drawn),
        int(assumed.min()) if len(assumed) else int(births["year"].max()) + 1,
    )


def _shares(weights: Sequence[float]) -> np.ndarray:
    shares = np.asarray(weights, dtype=float)
    if shares.ndim != 1 or not (np.isfinite(shares) & (shares >= 0)).all() or (shares > 0).sum() < 2:
        raise ValueError("weights是一列不小于0的数，至少两个大于0：一年的升级率看不出误差")
    return shares / shares.sum()


def _drawn_ratios(ratios: np.ndarray, shares: np.ndarray, years: int, draws: int, seed: int) -> np.ndarray:
    """Ratios of every draw, year and grade; see the notes of `forecast_pupils`."""
    mean, lost = shares @ ratios, (shares**2).sum()
    deviations = np.sqrt(shares / (1 - lost))[:, None] * (ratios - mean)  # their square is the covariance
    rng = np.random.default_rng(seed)
    freedom = 1 / lost - 1
    spread = np.sqrt(freedom / rng.chisquare(freedom, (draws, 1, 1)))
    lasting = np.sqrt(lost) * rng.standard_normal((draws, 1, len(shares)))
    yearly = rng.standard_normal((draws, years, len(shares)))
    return np.maximum(mean + spread * ((lasting + yearly) @ deviations), 0)


def _project(now: np.ndarray, entering: np.ndarray, ratios: np.ndarray) -> np.ndarray:
    """Pupils of each year and grade (last two axes), from those there are now and from births."""
    pupils = np.empty(ratios.shape)
    before = np.broadcast_to(now, (*ratios.shape[:-2], ratios.shape[-1]))
    for year, born in enumerate(entering):
        feeders = np.concatenate([np.full((*before.shape[:-1], 1), born), before[..., :-1]], axis=-1)
        before = pupils[..., year, :] = feeders * ratios[..., year, :]
    return pupils
