"""Gaps between migrant pupils and others: crude, of pupils in the same kind of place, and taken apart by what goes with them."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from balancelib.county import County, Lacking
from balancelib.county.schema import schema
from balancelib.measures import (
    Interval,
    Kitagawa,
    Oaxaca,
    kitagawa,
    newcombe,
    oaxaca_threefold,
    oaxaca_twofold,
    parity_index,
    standardised_gap,
)

LOW_SCORE = 400.0  # a standard deviation below the mean of the county examination
OFTEN_ABSENT = 10.0  # days in a term
FEWEST = 5  # pupils of a group in a stratum: with fewer no rate is shown
FACTORS = {
    "earlier": "原来的成绩",
    "log_income": "家庭收入（对数）",
    "parent_years": "父母读书年数",
    "km": "离家公里数",
    "place": "学校在哪里",
}
STRATA = ("城区", "镇区", "镇区和乡村", "乡村")  # in this order neighbours are alike
ALL = "全部"
STANDARDISED = "同样的分布"
PLACES = {"urban": "城区", "town": "镇区和乡村", "rural": "镇区和乡村"}
NAMES = {"migrant": ("随迁子女", "其他学生"), "outside": ("镇区和乡村", "城区")}
OUTCOMES = {"low_score": "低分", "often_absent": "常缺课", "left": "离校"}


def child_rows(county: County, year: int) -> pd.DataFrame:
    """Return the pupils of a year with their school's place and what is asked of them (逐个学生的表).

    Parameters
    ----------
    county : County
        With tables ``schools`` and ``children``.
    year : int
        Of the rows.

    Returns
    -------
    DataFrame
        The rows of ``children``; ``area`` and ``place`` of the school, in Chinese, the second with towns and villages together, since few migrants
        go to school in a village; ``log_income``, missing where the income is missing or not above 0; ``low_score``:
        below `LOW_SCORE`; ``often_absent``: `OFTEN_ABSENT` days or more. Both are missing where the number is.

    Raises
    ------
    Lacking
        There are no rows of that year.
    """
    children = county.tables["children"]
    rows = children[children["year"] == year].reset_index(drop=True)
    if rows.empty:
        years = "、".join(f"{one:.0f}" for one in sorted(children["year"].dropna().unique()))
        raise Lacking(f"“学生预警”表里没有{year}年的学生，有的是：{years}。")
    areas = schema().table("schools").column("area").codes
    area = rows["school_id"].map(county.schools.set_index("school_id")["area"])
    income = rows["income"].astype(float)
    return rows.assign(
        area=area.map(areas),
        place=area.map(PLACES),
        outside=area.map({code: float(code != "urban") for code in PLACES}),
        log_income=np.log(income.where(income > 0)),
        low_score=_below(rows["score"], LOW_SCORE),
        often_absent=1 - _below(rows["absent"], OFTEN_ABSENT),
    )


def _below(column: pd.Series, line: float) -> pd.Series:
    """Whether a number is below a line, as 0 and 1; missing stays missing."""
    numbers = column.astype(float)
    return (numbers < line).astype(float).where(numbers.notna())


def outcome_counts(
    rows: pd.DataFrame, outcome: str, group: str = "migrant", by: str = "place"
) -> pd.DataFrame:
    """Count by stratum of how many pupils in the group and outside an outcome is true (按层数人).

    Parameters
    ----------
    rows : DataFrame
        As of `child_rows`.
    outcome, group : str
        Columns of 0 and 1; rows that lack one are left out and counted in ``attrs["omitted"]``.
    by : str
        Column of strata.

    Returns
    -------
    DataFrame
        By stratum: ``some, all`` of the group, ``others_some, others_all``; strata too small are together with a neighbour, as of `put_together`.

    Raises
    ------
    Lacking
        Nobody is in the group, or everybody, or there are fewer than `FEWEST` of either in all strata together.
    """
    asked = [outcome, group, by]
    known = rows.dropna(subset=asked)
    own = known[group] == 1
    if not own.any() or own.all():
        raise Lacking(f"知道结果的{len(known)}名学生里，要比的两组有一组没有人，比不了。")
    parts = {}
    for prefix, part in (("", known[own]), ("others_", known[~own])):
        grouped = part.groupby(by)[outcome]
        parts |= {f"{prefix}some": grouped.sum(), f"{prefix}all": grouped.size().astype(float)}
    counts = pd.DataFrame(parts).fillna(0.0)
    order = [name for name in STRATA if name in counts.index]
    counts = counts.reindex([*order, *counts.index.difference(order)]).rename_axis(by)
    counts = put_together(counts, NAMES.get(group, ("这一组", "其他学生")))
    counts.attrs["omitted"] = len(rows) - len(known)
    return counts


def put_together(counts: pd.DataFrame, groups: tuple[str, str]) -> pd.DataFrame:
    """Put strata in which a group has fewer than `FEWEST` pupils together with a neighbour (把人太少的层并起来).

    A rate of so few tells nothing, and who knows the place would know the children. The smallest stratum goes first, to that neighbour, the one before or
    the one after, which has the fewer of the scarcer group; and so on until each stratum has enough.

    Parameters
    ----------
    counts : DataFrame
        As of `outcome_counts`, neighbours beside each other.
    groups : (str, str)
        Names of the two groups.

    Returns
    -------
    DataFrame
        The same columns, with the same sums; ``attrs["together"]``: a sentence for each step, to be printed.

    Raises
    ------
    Lacking
        One stratum is left, and still too small.
    """
    said = []
    while (scarce := counts[["all", "others_all"]].min(axis=1)).min() < FEWEST:
        at = int(scarce.to_numpy().argmin())
        small = [
            name for name, n in zip(groups, counts[["all", "others_all"]].iloc[at], strict=True) if n < FEWEST
        ]
        few = f"{'、'.join(small)}不到{FEWEST}人"
        if len(counts) == 1:
            raise Lacking(f"各层都并到一起了，{few}，比例不能算，也不该公布：几个年份的学生合起来再算。")
        beside = min((n for n in (at - 1, at + 1) if 0 <= n < len(counts)), key=scarce.iloc.__getitem__)
        names = list(counts.index)
        said.append(f"“{names[at]}”里{few}，比例靠不住，也会认出人：和“{names[beside]}”并成一层。")
        first, second = sorted((at, beside))
        names[first] = names[second] = f"{names[first]}、{names[second]}"
        counts = counts.groupby(pd.Index(names, name=counts.index.name), sort=False).sum()
    counts.attrs["together"] = said
    return counts


def rate_gaps(counts: pd.DataFrame) -> pd.DataFrame:
    """Compare rates of the group and of others: in each stratum, in all together, and as if both were spread alike (比例的差距).

    Parameters
    ----------
    counts : DataFrame
        As of `outcome_counts`.

    Returns
    -------
    DataFrame
        A row a stratum, then `ALL` and `STANDARDISED` (the standard: both groups together): ``rate, others`` as shares of one; ``gap, low, high``: their
        difference with Newcombe's interval; ``parity``: the group's rate over the others', ``adjusted`` the same turned about 1; NaN where a rate is 0.
    """
    one, other = (counts["some"], counts["all"]), (counts["others_some"], counts["others_all"])
    standard = counts["all"] + counts["others_all"]
    share = standard / standard.sum()
    rows = {
        name: (r["some"] / r["all"], r["others_some"] / r["others_all"], newcombe(*r))
        for name, r in counts.iterrows()
    }
    whole = counts.sum()
    rows[ALL] = (whole["some"] / whole["all"], whole["others_some"] / whole["others_all"], newcombe(*whole))
    spread = [float(share @ (some / every)) for some, every in (one, other)]
    rows[STANDARDISED] = (*spread, standardised_gap(one, other, standard))
    return pd.DataFrame([_row(*found) for found in rows.values()], index=list(rows))


def _row(rate: float, others: float, gap: Interval) -> dict[str, float]:
    known = rate > 0 and others > 0
    return {
        "rate": rate,
        "others": others,
        "gap": gap.value,
        "low": gap.low,
        "high": gap.high,
        "parity": float(parity_index(rate, others)) if known else float("nan"),
        "adjusted": float(parity_index(rate, others, adjusted=True)) if known else float("nan"),
    }


def rate_parts(counts: pd.DataFrame) -> Kitagawa:
    """Split the crude difference of rates into where the pupils are and how they fare there (构成和率)."""
    return kitagawa(
        (counts["some"] / counts["all"], counts["all"]),
        (counts["others_some"] / counts["others_all"], counts["others_all"]),
    )


def score_gap(
    rows: pd.DataFrame,
    factors: Sequence[str] = tuple(FACTORS),
    reference: str | float = "second",
    group: str = "migrant",
) -> Oaxaca:
    """Split a group's mean score less the others' in two (成绩差的两分解).

    Parameters
    ----------
    rows : DataFrame
        As of `child_rows`; pupils who lack a number are left out and counted. A factor that is the same for all is an error.
    factors : sequence of str
        Among the names of `FACTORS`.
    reference : str or float
        As of `balancelib.measures.oaxaca_twofold`; the second group are the others.
    group : str
        Column of 0 and 1: ``migrant``, or ``outside``: pupils of schools outside the seat's built-up area; then ``place`` is no factor.

    Returns
    -------
    Oaxaca
        In points; errors let pupils of a school move together.

    Raises
    ------
    Lacking
        Too few pupils of a group for these factors, or factors that say the same in one of the groups.
    """
    return _split(
        rows, factors, group, lambda *data, **options: oaxaca_twofold(*data, reference=reference, **options)
    )


def score_gap_threefold(
    rows: pd.DataFrame, factors: Sequence[str] = tuple(FACTORS), group: str = "migrant"
) -> Oaxaca:
    """Split a group's mean score less the others' in three, seen from the others (成绩差的三分解); as `score_gap`."""
    return _split(rows, factors, group, oaxaca_threefold)


def _split(rows: pd.DataFrame, factors: Sequence[str], group: str, measure: Callable[..., Oaxaca]) -> Oaxaca:
    known = rows.dropna(subset=[group])
    variables = {FACTORS[name]: known[name].to_numpy() for name in factors}
    own = (known[group] == 1).to_numpy()
    try:
        return measure(known["score"], variables, own, cluster=known["school_id"], nan_policy="omit")
    except ValueError as error:
        said = str(error).replace("第一组", NAMES[group][0]).replace("第二组", NAMES[group][1])
        raise Lacking(said) from None
