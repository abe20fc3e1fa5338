"""Pupils of the years to come, by cohort progression, and the classes and rooms they need."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from balancelib.standards import Standard, load_standard

ENTRY_AGE = 6  # who enters in September of a year is taken to be born six calendar years before
GRADES = [f"grade{n}" for n in range(1, 10)]
STAGE_GRADES = {"primary": GRADES[:6], "junior": GRADES[6:]}
MOST_ENTERING = 1.75  # entrants for each child born six years before; see the notes of `forecast_pupils`
FIRST_GRADES = {
    "primary": "grade1",
    "junior": "grade7",
}  # pupils come to a school from elsewhere: from home, from other primaries


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
    known = _births(births)
    last = known.index[-1]
    ahead = range(last + 1, until + 1)
    if isinstance(then, Mapping):
        if missing := [year for year in ahead if year not in then]:
            raise ValueError(f"then里没有{_listed(missing)}年的出生人口")
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
            raise ValueError(
                f"趋势要{years + 1}年的出生人口，现在只有{len(known)}年：把years改小，或者补上数据"
            )
        return (known.iloc[-1] / known.iloc[-1 - years]) ** (1 / years) - 1
    if then == "hold":
        return 0.0
    if isinstance(then, str):
        raise ValueError(
            f"then没有“{then}”这种假定：写trend（趋势延续）、hold（保持不变），或每年变化多少的数"
        )
    return float(then)


def _births(births: pd.DataFrame) -> pd.Series:
    if not len(births):
        raise ValueError("出生人口表是空的")
    table = births.astype({"year": int, "births": float}).set_index("year")["births"].sort_index()
    if table.index.has_duplicates:
        raise ValueError(
            f"出生人口表里{_listed(table.index[table.index.duplicated()])}年写了两遍：一次只算一个县"
        )
    _consecutive(table.index, "出生人口表")
    if not (table > 0).all():
        raise ValueError(f"出生人口表里{_listed(table.index[~(table > 0)])}年是空白，或不大于0")
    return table


def _consecutive(years: pd.Index, table: str) -> None:
    if missing := sorted(set(range(years.min(), years.max() + 1)) - set(years)):
        raise ValueError(f"{table}缺{_listed(missing)}年：年份要连着")


def _listed(years: Sequence[int]) -> str:
    return "、".join(str(int(year)) for year in years)


def _by_grade(enrolment: pd.DataFrame) -> pd.DataFrame:
    """County totals: a row a year, a column a grade."""
    grades = [grade for grade in GRADES if grade in enrolment]
    if grades != GRADES[: len(grades)] or not grades:
        raise ValueError("分年级学生表要从grade1起，一个年级一列，中间不缺")
    if not len(enrolment):
        raise ValueError("分年级学生表是空的")
    if (enrolment[grades] < 0).any(axis=None):
        raise ValueError("分年级学生数不能是负数")
    table = enrolment.groupby(enrolment["year"].astype(int))[grades].sum().astype(float)
    _consecutive(table.index, "分年级学生表")
    if "school_id" in enrolment:
        refuse_unknown(enrolment)
    return table


def refuse_unknown(enrolment: pd.DataFrame, year: int | None = None) -> None:
    """Refuse pupils that are not known: they would count as none (空白不当作0).

    Parameters
    ----------
    enrolment : DataFrame
        Table ``enrolment``.
    year : int, optional
        Look at this year alone; left out, at all.

    Raises
    ------
    ValueError
        A grade that is blank though the school has it in another year, or a year that is missing between a school's years.
    """
    grades = [grade for grade in GRADES if grade in enrolment]
    has = enrolment.groupby("school_id")[grades].transform("count") > 0
    blank = (enrolment[grades].isna() & has).any(axis=1)
    unknown = set(
        zip(enrolment.loc[blank, "school_id"], enrolment.loc[blank, "year"].astype(int), strict=True)
    )
    for school, years in enrolment.groupby("school_id")["year"]:
        inside = range(int(years.min()), int(years.max()) + 1)
        unknown |= {(school, missing) for missing in set(inside) - set(years.astype(int))}
    places = [f"学校{school}的{of}年" for school, of in sorted(unknown) if year in (None, of)]
    if places:
        more = f"等{len(places)}处" if len(places) > 10 else ""
        raise ValueError(
            f"分年级学生表里有年级空着、或者缺了一年：{'、'.join(places[:10])}{more}。请填写；那一年没有学生写0，空白不当作0"
        )


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
    feeders[pupils.columns[0]] = _births(births).reindex(pupils.index - ENTRY_AGE).to_numpy()
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
        raise ValueError(
            f"weights有{len(shares)}年，数据算不出这么多年的升级率：把weights改短，或者补上分年级学生和出生人口"
        )
    entering = _births(births).reindex([year - ENTRY_AGE for year in ahead])
    if entering.isna().any():
        raise ValueError(f"缺{_listed(entering.index[entering.isna()])}年的出生人口：用extend_births写明假定")
    mean, now = shares @ ratios, known.loc[last].to_numpy()
    if mean["grade1"] > most_entering:
        raise ValueError(
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
    >>> enrolment = pd.DataFrame({"school_id": list("ab") * 3, "year": [2023, 2023, 2024, 2024, 2025, 2025], "grade1": [60, 30] * 3})
    >>> births = pd.DataFrame({"year": range(2017, 2021), "births": [100, 100, 100, 50]})
    >>> county = forecast_pupils(enrolment, births, until=2026, weights=(1, 1))
    >>> forecast_schools(enrolment, county).xs(2026, level="year")["grade1"].round(6).to_dict()
    {'a': 30.0, 'b': 15.0}
    """
    if enrolment.duplicated(["school_id", "year"]).any():
        raise ValueError("分年级学生表里同一所学校同一年有两行")
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


def class_limits(standard: Standard | str = "quality-2017") -> dict[str, int]:
    """Return the most pupils a class may have, by stage, as the standard says (班额上限).

    Parameters
    ----------
    standard : Standard or str
        A standard with the item ``class_size``, or its name.

    Examples
    --------
    >>> class_limits()
    {'primary': 45, 'junior': 50}
    """
    standard = standard if isinstance(standard, Standard) else load_standard(standard)
    item = next((item for _, item in standard.items() if item.key == "class_size"), None)
    if item is None:
        raise ValueError(f"{standard.label}没有规定班额：请直接写每个学段每班最多多少人")
    return {
        test.sum[0].removeprefix("largest_class_"): int(test.maximum)
        for test in item.tests
        if test.sum[0].startswith("largest_class_")
    }


def classes_needed(pupils: pd.DataFrame, limits: Mapping[str, int]) -> pd.Series:
    r"""Classes that the pupils of each row need, grade by grade, none above the limit (需要的班数).

    .. math::
        C = \sum_g \lceil N_g / L_{s(g)} \rceil

    Parameters
    ----------
    pupils : DataFrame
        A column a grade, such as `forecast_schools`; taken as whole pupils.
    limits : mapping of str to int
        Most pupils a class may have, by stage, such as `class_limits`.

    Returns
    -------
    Series
        Index as ``pupils``; whole classes.

    Raises
    ------
    ValueError
        A limit that is not above 0.

    Notes
    -----
    A class has pupils of one grade; for teaching points that teach several together see `rooms_needed`. Add schools up after, not before:
    two schools of 20 pupils need two classes.

    Examples
    --------
    >>> classes_needed(pd.DataFrame({"grade1": [45, 46], "grade7": [50, 101]}), {"primary": 45, "junior": 50}).tolist()
    [2, 5]
    """
    if not all(limit > 0 for limit in limits.values()):
        raise ValueError("班额上限要大于0")
    of = {
        grade: limits[stage] for stage, grades in STAGE_GRADES.items() for grade in grades if grade in pupils
    }
    whole = pupils[list(of)].fillna(0).round()
    return np.ceil(whole / pd.Series(of)).sum(axis=1).astype(int).rename("classes")


def rooms_needed(
    pupils: pd.DataFrame, classrooms: pd.Series, limits: Mapping[str, int], together: Collection[str] = ()
) -> pd.DataFrame:
    """Classrooms that each school lacks or leaves empty, year by year (缺的教室与空的教室).

    Parameters
    ----------
    pupils : DataFrame
        Index ``school_id`` and ``year``, a column a grade: `forecast_schools`.
    classrooms : Series
        Ordinary classrooms that each school has for these pupils; index ``school_id``.
    limits : mapping of str to int
        As in `classes_needed`.
    together : collection of str
        Schools that teach several grades in one class (复式教学), as teaching points do: by ``school_id``. Their stages are counted as one grade.

    Returns
    -------
    DataFrame
        Index as ``pupils``, for the schools in ``classrooms``: ``pupils``, ``classes``, ``classrooms``, ``short``, ``idle``; a class a room.

    Raises
    ------
    ValueError
        No school of the forecast in ``classrooms``, or rooms that are blank or negative.

    Notes
    -----
    Unit of analysis: the school. A room that is empty in one school is no room for another: ``short`` and ``idle`` of a county both stand.

    Examples
    --------
    >>> index = pd.MultiIndex.from_tuples([("a", 2025), ("a", 2030)], names=["school_id", "year"])
    >>> rooms_needed(pd.DataFrame({"grade1": [91, 40]}, index), pd.Series({"a": 2}), class_limits())[["short", "idle"]].values.tolist()
    [[1, 0], [0, 1]]
    """
    there = pupils[pupils.index.get_level_values("school_id").isin(classrooms.index)]
    if not len(there):
        raise ValueError("classrooms里没有一所预测里的学校：索引应是学校标识码")
    rooms = classrooms.reindex(there.index.get_level_values("school_id")).astype(float).to_numpy()
    if not (rooms >= 0).all():
        raise ValueError("classrooms里有空白或负数")
    merged = pd.DataFrame(
        {g: there[[x for x in STAGE_GRADES[s] if x in there]].sum(axis=1) for s, g in FIRST_GRADES.items()}
    )
    mixed = there.index.get_level_values("school_id").isin(together)
    classes = classes_needed(there, limits).where(~mixed, classes_needed(merged, limits))
    return pd.DataFrame(
        {
            "pupils": there.sum(axis=1),
            "classes": classes,
            "classrooms": rooms.astype(int),
            "short": np.maximum(classes - rooms, 0).astype(int),
            "idle": np.maximum(rooms - classes, 0).astype(int),
        }
    )
