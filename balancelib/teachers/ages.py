"""Teachers' ages: the pyramid, and who retires in the years ahead, with its interval."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from balancelib.county import County
from balancelib.teachers.definitions import HIGH_TITLES
from balancelib.teachers.need import in_order, staff
from balancelib.teachers.retirement import retirement_date

# Where a band of ages begins; below the first and from the last on, open ends.
BANDS = (25, 30, 35, 40, 45, 50, 55, 60)
LEVEL = 0.90
MONTHS = np.arange(1, 13)
# Retiring early, of one's own will: three years before the date at most, men not before 60, women not before 55, the ages that held until 2024:
# article 3 of the decision of 13 September 2024. That women with a high title could go at 55 until then (retirement.toml) is not counted.
EARLIEST, EARLIER = {"male": 60, "female": 55}, 3


def age_table(county: County, year: int, by: Sequence[str] = ("gender",)) -> pd.DataFrame:
    """Count teachers by bands of age (年龄金字塔).

    Parameters
    ----------
    county : County
        With ``teachers.birth_year``.
    year : int
        In which the ages are counted.
    by : sequence of str
        Columns of the result: of ``gender``, ``stage``, ``subject``, ``area`` (of the school).

    Returns
    -------
    DataFrame
        Rows: bands in order, named as they are shown; whole persons. Those whose year of birth or group is blank are left out: see ``attrs["unknown"]``.

    Raises
    ------
    MissingTable
        The year of birth, or a column of ``by``, is blank throughout.
    """
    county.tables.need(["teachers.birth_year", *(f"teachers.{name}" for name in by if name != "area")])
    teachers = staff(county)
    known = teachers[["birth_year", *by]].notna().all(axis=1)
    ages = year - teachers.loc[known, "birth_year"]
    names = [_band(*ends) for ends in pairwise((None, *BANDS, None))]
    band = pd.cut(ages, [-np.inf, *BANDS, np.inf], right=False, labels=names)
    groups = [teachers.loc[known, column] for column in by]
    counts = pd.crosstab(band, groups, dropna=False).reindex(names, fill_value=0)
    counts.attrs["unknown"] = int((~known).sum())
    return counts.rename_axis("年龄")


def _band(low: int | None, high: int | None) -> str:
    """Name the ages from low to below high; None is an open end."""
    if low is None:
        return "各年龄" if high is None else f"不到{high}岁"
    return f"{low}岁以上" if high is None else f"{low}—{high - 1}岁"


def merged_ages(counts: pd.DataFrame, fewest: int = 3) -> pd.DataFrame:
    """Merge small bands of ages with a neighbour, so that a table can be published (小的年龄段并到邻段).

    A share times the number of all is the number of persons: to write percentages hides nobody.

    Parameters
    ----------
    counts : DataFrame
        `age_table`: all its bands; whole persons.
    fewest : int
        No cell of the result is above 0 and below this.

    Returns
    -------
    DataFrame
        Wider bands, the same for all columns. Of those with a small cell that with the fewest persons goes first, to the neighbour with fewer in the
        columns that are small; of equals the younger. A group (the first level of the columns) with a column that is small altogether is left out.
    """
    few = counts.sum().between(1, fewest - 1)
    counts = counts.loc[:, ~few.groupby(level=0).transform("any")]
    ends, rows = [None, *BANDS, None], counts.to_numpy()
    while (small := (rows > 0) & (rows < fewest)).any():
        at = int(np.where(small.any(axis=1), rows.sum(axis=1), np.inf).argmin())
        sums = rows[:, small[at]].sum(axis=1)
        older = at == 0 or (at + 1 < len(rows) and sums[at + 1] < sums[at - 1])
        at -= not older
        rows = np.delete(rows, at + 1, axis=0) + np.eye(len(rows) - 1, dtype=int)[:, [at]] * rows[at + 1]
        del ends[at + 1]
    names = [_band(*pair) for pair in pairwise(ends)]
    return pd.DataFrame(rows, pd.Index(names, name=counts.index.name), counts.columns)


def exit_chances(
    county: County,
    year: int,
    years: int = 5,
    leaving: float = 0.0,
    early: float = 0.0,
) -> pd.DataFrame:
    r"""Each teacher's chance of being gone, year by year.

    .. math::
        G_i(t) = 1 - (1 - F_i(t))\,(1 - q)^t

    with :math:`F_i(t)` the chance that the age of retirement is reached by the end of year :math:`t` and :math:`q` the share who leave otherwise in a year.

    Parameters
    ----------
    county : County
        With the table ``teachers``.
    year : int
        The year now; the years ahead begin with the next. Who is past the age already is gone by the end of the first.
    years : int
        How many.
    leaving : float
        Share who leave in a year for another reason: other posts, other counties. The county's own experience; 0 where it is not counted.
    early : float
        Share of those who may who retire at the earliest age instead of the statutory one.

    Returns
    -------
    DataFrame
        Index as `staff`; a column a year; the rows add up to the chance of being gone at the end. NaN where year of birth or gender is blank.

    Raises
    ------
    ValueError
        Shares outside 0 to 1, or no year.
    MissingTable
        Year of birth or gender is blank throughout.
    """
    if not (0 <= leaving <= 1 and 0 <= early <= 1):
        raise ValueError("离开的比例、提前退休的比例都要在0和1之间")
    if years < 1:
        raise ValueError("至少要看一年")
    county.tables.need(["teachers.birth_year", "teachers.gender"])
    ahead = range(year + 1, year + years + 1)
    teachers = staff(county)
    people = teachers[["gender", "title", "birth_year"]].astype(object)
    people = list(people.where(people.notna(), None).itertuples(index=False, name=None))
    retired = {person: _reached(person, ahead, early) for person in set(people)}
    gone = np.array([retired[person] for person in people])
    gone = 1 - (1 - gone) * (1 - leaving) ** np.arange(1, years + 1)
    return pd.DataFrame(np.diff(gone, prepend=0.0, axis=1), teachers.index, list(ahead))


def retirement_years(
    gender: str, title: str | None, birth_year: int, early: bool = False
) -> dict[int, float]:
    """Years in which those born in a year reach the age of retirement, and the share of the twelve months of birth in each.

    Parameters
    ----------
    gender, title : str
        As in the table ``teachers``.
    birth_year : int
    early : bool
        The earliest date that may be chosen, instead of the statutory one: three years before it, for men not before 60, for women not before 55. That
        women with a high title might go at 55 by an older rule is not counted.

    Examples
    --------
    >>> retirement_years("female", "first", 1970)
    {2025: 0.75, 2026: 0.25}
    """
    group = gender if gender == "male" else "senior_woman" if title in HIGH_TITLES else "female"
    dates = retirement_date(np.full(12, birth_year), MONTHS, np.full(12, group, dtype=object))
    if early:
        dates = np.maximum(birth_year + (MONTHS - 1) / 12 + EARLIEST[gender], dates - EARLIER)
    years, counts = np.unique(np.floor(dates + 1e-9).astype(int), return_counts=True)
    return {int(year): int(count) / 12 for year, count in zip(years, counts, strict=True)}


def _reached(person: tuple, ahead: range, early: float) -> np.ndarray:
    """Chance that a person of a gender, title and year of birth reaches the age of retirement by the end of each year ahead."""
    gender, title, born = person
    if gender is None or born is None:
        return np.full(len(ahead), np.nan)
    later, sooner = (
        np.array([sum(share for year, share in years.items() if year <= end) for end in ahead])
        for years in (retirement_years(gender, title, int(born), how) for how in (False, True))
    )
    return (1 - early) * later + early * sooner


def count_interval(chances: Sequence[float], level: float = LEVEL) -> tuple[float, int, int]:
    r"""How many of independent events happen: the expected number and an exact interval (泊松二项分布).

    Parameters
    ----------
    chances : sequence of float
        One of each event.
    level : float
        Of the interval, between 0 and 1: below its ends lies half of the rest each.

    Returns
    -------
    tuple of (float, int, int)
        Expected number; the smallest counts at which the distribution reaches :math:`(1-level)/2` and :math:`(1+level)/2`.

    Notes
    -----
    The distribution of a sum of unlike Bernoulli variables, by convolution, one event after the other: no simulation, no normal approximation.

    Examples
    --------
    >>> count_interval([0.5, 0.5])
    (1.0, 0, 2)
    """
    if not 0 < level < 1:
        raise ValueError("区间的把握要在0和1之间，例如0.9")
    chances = np.clip(np.asarray(chances, dtype=float), 0, 1)
    if np.isnan(chances).any():
        raise ValueError("有人的机会不知道，不能当作0：先去掉，并说明去掉了几人")
    mass = np.ones(1)
    for p in chances[(chances > 0) & (chances < 1)]:
        mass = np.convolve(mass, [1 - p, p])
    below, sure = np.cumsum(mass), int((chances == 1).sum())
    ends = [int(np.searchsorted(below, end - 1e-12)) for end in ((1 - level) / 2, (1 + level) / 2)]
    return float(chances.sum()), sure + ends[0], sure + min(ends[1], len(mass) - 1)


def exits(
    county: County, chances: pd.DataFrame, by: Sequence[str] = ("stage", "subject"), level: float = LEVEL
) -> pd.DataFrame:
    """Teachers who will be gone at the end of the years ahead, by group, with an interval (退休与离开的预测).

    Parameters
    ----------
    county : County
    chances : DataFrame
        `exit_chances`.
    by : sequence of str
        Of ``stage``, ``subject``, ``area``, ``school_id``, ``gender``.
    level : float
        As in `count_interval`.

    Returns
    -------
    DataFrame
        ``teachers`` (whose chance is known), ``unknown`` (whose is not), ``exits`` (expected), ``low``, ``high``, ``share`` (exits ÷ teachers); NaN
        where nobody's chance is known. Of whom a column of ``by`` is blank is in no row.
    """
    gone = chances.sum(axis=1, skipna=False)
    frame = staff(county).assign(gone=gone.to_numpy())
    rows = {}
    for key, part in in_order(frame, by).groupby(list(by), sort=False):
        known = part["gone"].dropna()
        rows[key] = (len(known), len(part) - len(known), *_counted(known, level))
    index = pd.MultiIndex.from_tuples(rows, names=list(by))
    index = index.get_level_values(0) if len(by) == 1 else index
    table = pd.DataFrame(list(rows.values()), index, ["teachers", "unknown", "exits", "low", "high"])
    return table.assign(share=table["exits"] / table["teachers"].where(table["teachers"] > 0))


def exits_by_year(county: County, chances: pd.DataFrame, level: float = LEVEL) -> pd.DataFrame:
    """Teachers who go in each year ahead, of those whose chance is known.

    Returns
    -------
    DataFrame
        Rows: years; ``exits`` (expected), ``low``, ``high``, NaN where nobody's chance is known, and ``unknown``: how many teachers are left out.
    """
    known = chances.dropna()
    rows = [_counted(known[year], level) for year in chances]
    table = pd.DataFrame(rows, pd.Index(chances.columns, name="year"), ["exits", "low", "high"])
    return table.assign(unknown=len(chances) - len(known))


def _counted(known: pd.Series, level: float) -> tuple[float, float, float]:
    """Count those who go, as `count_interval`; of nobody, nothing is known."""
    return count_interval(known, level) if len(known) else (np.nan, np.nan, np.nan)
