"""Teachers' ages: the pyramid, who retires in the years ahead with its interval, and which subject to fill first."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from balancelib.county import County, Lacking
from balancelib.standards.staffing import Curriculum, Establishment, load_curriculum, load_establishment
from balancelib.teachers.definitions import HIGH_TITLES
from balancelib.teachers.need import in_order, staff
from balancelib.teachers.retirement import retirement_date
from balancelib.teachers.shortage import by_subject

BANDS = (
    25,
    30,
    35,
    40,
    45,
    50,
    55,
    60,
)  # where a band of ages begins; below the first and from the last on, open ends
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
        where nobody's chance is known.
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


def staff_ahead(
    county: County,
    balance: pd.DataFrame,
    chances: pd.DataFrame,
    classes: float | Mapping[str, float] = 0.0,
    establishment: Establishment | None = None,
    plan: Curriculum | None = None,
) -> pd.DataFrame:
    """Set what is left of the teachers beside what the timetable will need: which subject to fill first (先补哪科).

    Parameters
    ----------
    county : County
    balance : DataFrame
        `staff_balance` of today.
    chances : DataFrame
        `exit_chances`.
    classes : float or mapping of str to float
        By what share classes change until then, one for all or one a stage: -0.1 for a tenth fewer. A statement of the reader's, not a forecast.
    establishment, plan : optional
        As in `staff_balance`; subjects that anyone may teach are left out.

    Returns
    -------
    DataFrame
        Rows: stage and subject. Full posts of the county together: ``need, have`` today, ``gone`` (expected), ``unknown`` (teachers whose chance is
        not known; taken to go as the others of the subject), ``need_then``, ``have_then``, ``net_then`` (have less
        need, nobody taken on), ``cover`` (have_then ÷ need_then). The lowest ``cover`` comes first within each stage.

    Notes
    -----
    The county is taken as one: as if each could teach where it is short. So a shortage here is one that moving cannot mend.
    """
    plan, establishment = plan or load_curriculum(), establishment or load_establishment()
    gone = _posts_gone(county, chances, establishment)
    frame = by_subject(balance)[["need", "have"]]
    special = [not plan.subject(key).by_anyone for key in frame.index.get_level_values("subject")]
    frame = frame[special]
    frame = frame.join(gone.reindex(frame.index, fill_value=0))  # a subject without teachers loses none
    change = frame.index.get_level_values("stage").map(
        classes if isinstance(classes, Mapping) else lambda _: classes
    )
    if not (np.asarray(change, dtype=float) > -1).all():
        raise Lacking("班数的变化要写明每个学段，都要大于-1；-0.1是少一成")
    frame["need_then"] = frame["need"] * (1 + np.asarray(change, dtype=float))
    frame["have_then"] = frame["have"] - frame["gone"]
    frame["net_then"] = frame["have_then"] - frame["need_then"]
    frame["cover"] = frame["have_then"] / frame["need_then"]
    order = frame.index.get_level_values("stage").map({"primary": 0, "junior": 1})
    return frame.assign(order=order).sort_values(["order", "cover"], kind="stable").drop(columns="order")


def share_posts(ahead: pd.DataFrame, posts: int) -> pd.Series:
    """Share whole posts among the subjects that will be short, in proportion to what they lack (招聘名额分到学科).

    Parameters
    ----------
    ahead : DataFrame
        `staff_ahead`.
    posts : int
        To be given; never more are than the shortages together, rounded up.

    Returns
    -------
    Series of int
        By stage and subject, as ``ahead``. By the largest remainders; of equal ones the subject that is covered least.
    """
    short = ahead["net_then"].clip(upper=0).abs()
    if posts < 0 or short.isna().any():
        raise ValueError("名额不能是负数；有的学科缺几名还不知道，先补齐再分")
    given = min(posts, int(np.ceil(short.sum())))
    exact = short * (given / short.sum() if given else 0.0)
    whole = np.floor(exact).astype(int)
    more = (exact - whole).sort_values(ascending=False, kind="stable").index[: given - whole.sum()]
    whole[more] += 1
    return whole.rename("posts")


def _posts_gone(county: County, chances: pd.DataFrame, establishment: Establishment) -> pd.DataFrame:
    """Full posts that are expected to go by stage and subject; whose chance is not known goes as the others of the subject."""
    teachers = staff(county)
    share = teachers["post"].fillna("teacher").map(establishment.posts).astype(float)
    gone = chances.sum(axis=1, skipna=False)
    known = gone.notna()
    parts = pd.DataFrame({"lost": share * gone, "known": share.where(known), "all": share, "unknown": ~known})
    sums = parts.groupby([teachers["stage"], teachers["subject"]]).sum()
    return pd.DataFrame({"gone": sums["lost"] / sums["known"] * sums["all"], "unknown": sums["unknown"]})
