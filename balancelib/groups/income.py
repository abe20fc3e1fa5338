"""On which side of the queue by family income pupils miss lessons, fall behind and leave, and whom a subsidy reaches."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from balancelib.county import County, Lacking
from balancelib.groups.gaps import FACTORS, OUTCOMES
from balancelib.measures import (
    ConcentrationParts,
    concentration_bounds,
    concentration_index,
    concentration_parts,
    estimate,
)

PLACES = {"nutrition": ["nutrition_fed"], "living": ["poor_boarders", "poor_day"]}  # columns of ``care``
KINDS = {"standard": "普通", "erreygers": "Erreygers", "wagstaff": "Wagstaff"}
UNKNOWN = "收入不详"
FIFTHS = ("最穷的五分之一", "次穷", "中间", "次富", "最富的五分之一")
RATE = (0.0, 1.0)  # between which an outcome of 0 and 1 lies
SAME = 1e-9  # of a fifth: rounding moves nobody up
FEWEST_SCHOOLS = 2  # whose pupils tell how far chance moves an index


def income_rows(rows: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Return the pupils of whom the outcome and the family's income are known (知道收入和结果的学生).

    Parameters
    ----------
    rows : DataFrame
        As of `balancelib.groups.child_rows`.
    outcome : str
        A column of 0 and 1.

    Raises
    ------
    Lacking
        Nobody's income is known, all incomes are the same, or it happened to nobody or to all.
    """
    known = _ranked(rows.dropna(subset=[outcome, "income"]))
    if known[outcome].nunique() < 2:
        raise Lacking(
            f"“{OUTCOMES.get(outcome, outcome)}”这一项，知道收入的学生里一个也没有，或者个个都是，谈不上集中在谁身上。"
        )
    return known


def _ranked(known: pd.DataFrame) -> pd.DataFrame:
    """Return the pupils, if their incomes put them in an order."""
    if known["income"].nunique() < 2:
        raise Lacking("知道家庭收入的学生没有，或者收入都一样，排不了队。")
    return known


def index_table(rows: pd.DataFrame, outcomes: Sequence[str] = tuple(OUTCOMES)) -> pd.DataFrame:
    """Return the concentration indices of outcomes by family income (集中指数表).

    Parameters
    ----------
    rows : DataFrame
        As of `balancelib.groups.child_rows`.
    outcomes : sequence of str
        Columns of 0 and 1.

    Returns
    -------
    DataFrame
        By outcome: ``share`` of pupils; ``standard, erreygers, wagstaff``; ``lacking``: the standard index of those to whom it did not happen; ``low, high`` of Erreygers',
        pupils of a school together; ``least, greatest``: Erreygers' index wherever those of unknown income may stand; ``unknown``: how many they are.
    """
    return pd.DataFrame({outcome: _indices(rows, outcome) for outcome in outcomes}).T


def _indices(rows: pd.DataFrame, outcome: str) -> dict[str, float]:
    known = income_rows(rows, outcome)
    if known["school_id"].nunique() < FEWEST_SCHOOLS:
        raise Lacking("知道收入和结果的学生都在一所学校，估不出误差：至少要有两所学校")
    x, income = known[outcome].to_numpy(dtype=float), known["income"].to_numpy(dtype=float)
    found = {kind: concentration_index(x, income, kind=kind, limits=RATE) for kind in KINDS}
    sure = estimate(
        concentration_index, x, cluster=known["school_id"], rank=income, kind="erreygers", limits=RATE
    )
    asked = rows.dropna(subset=[outcome])
    ends = concentration_bounds(asked[outcome], asked["income"], kind="erreygers", limits=RATE)
    return {
        "share": float(x.mean()),
        **found,
        "lacking": concentration_index(1 - x, income),
        "low": sure.low,
        "high": sure.high,
        "least": ends[0],
        "greatest": ends[1],
        "unknown": float(asked["income"].isna().sum()),
    }


def below_line(rows: pd.DataFrame, line: float) -> pd.DataFrame:
    """Return the pupils with an outcome ``below``: whether the score is below a line, wherever it is drawn (划一条线)."""
    scores = rows["score"].astype(float)
    return rows.assign(below=(scores < line).astype(float).where(scores.notna()))


def fifths(rows: pd.DataFrame, columns: Mapping[str, str]) -> pd.DataFrame:
    """Return means by fifth of the family's income, and of those whose income is unknown (按收入五等分).

    Parameters
    ----------
    rows : DataFrame
        As of `balancelib.groups.child_rows`.
    columns : mapping of str to str
        Columns to average over those who have them, with what they are called.

    Returns
    -------
    DataFrame
        A row a fifth, the poorest first, then 收入不详 where there are any; ``pupils``, and the means. Pupils of the same income are in the same fifth, so that fifths may differ in size.
    """
    grouped = rows.groupby(_fifth(rows["income"]).fillna(UNKNOWN).to_numpy())
    table = grouped[list(columns)].mean().rename(columns=columns)
    table.insert(0, "pupils", grouped.size())
    return table.reindex([name for name in (*FIFTHS, UNKNOWN) if name in table.index])


def _fifth(income: pd.Series) -> pd.Series:
    """Return in which fifth each income is, by name; blank where it is unknown."""
    rank = income.rank(method="average", pct=True)
    return np.ceil((5 * rank).clip(upper=5) - SAME).map(dict(enumerate(FIFTHS, 1))).astype(object)


def index_parts(
    rows: pd.DataFrame, outcome: str, factors: Sequence[str] = tuple(FACTORS)
) -> ConcentrationParts:
    """Split Erreygers' index of an outcome into what goes with each factor (集中指数的分解).

    Parameters
    ----------
    rows : DataFrame
        As of `balancelib.groups.child_rows`; only pupils who have all the numbers count.
    outcome : str
        A column of 0 and 1.
    factors : sequence of str
        Among the names of `FACTORS`.

    Raises
    ------
    Lacking
        As of `income_rows`; also factors that say the same.
    """
    known = income_rows(rows, outcome).dropna(subset=list(factors))
    variables = {FACTORS[name]: known[name].to_numpy() for name in factors}
    try:
        return concentration_parts(
            known[outcome],
            variables,
            known["income"],
            cluster=known["school_id"],
            kind="erreygers",
            limits=RATE,
        )
    except ValueError as error:
        raise Lacking(str(error)) from None


def subsidy_reach(county: County, rows: pd.DataFrame, subsidy: str) -> pd.DataFrame:
    """Bound which share of a subsidy's places reaches each fifth of families, where only the schools' numbers are known (补助到了谁手里).

    In a school with places for some of its pupils nobody wrote down who has them. ``evenly``: each of its pupils is as likely to; ``poorest``: the poorest have them,
    the best that the school could have done with what it was given. A list of names, kept in the school, would say which.

    Parameters
    ----------
    county : County
        With tables ``schools`` and ``care``.
    rows : DataFrame
        As of `balancelib.groups.child_rows`; those whose income is known, and of whose school the places are.
    subsidy : {"nutrition", "living"}
        营养改善 (pupils fed over the school's pupils) or 生活补助 (poor pupils over the school's pupils; boarders and others).

    Returns
    -------
    DataFrame
        By fifth, the poorest first: ``pupils``: share of all; ``evenly, poorest``: share of the places.

    Raises
    ------
    Lacking
        No school of these pupils has a place, or nobody's income is known.
    """
    known = _ranked(rows.dropna(subset=["income"]))
    known = known.assign(chance=known["school_id"].map(_coverage(county, subsidy)))
    known = known.dropna(subset=["chance"]).reset_index(drop=True)
    if known.empty:
        raise Lacking("这些学生的学校，享受这项补助的人数都空着：空着不是0，先查到。")
    chance = known["chance"].to_numpy()
    if not chance.sum() > 0:
        raise Lacking("这些学生的学校里，没有一个享受这项补助的名额。")
    of_school = known.groupby("school_id")["income"]
    order, size = of_school.rank(method="first").to_numpy(), of_school.transform("size").to_numpy()
    poorest = np.clip(chance * size - (order - 1), 0, 1)
    named = known.assign(evenly=chance, poorest=poorest, pupils=1.0)
    sums = (
        named.groupby(_fifth(named["income"]))[["pupils", "evenly", "poorest"]]
        .sum()
        .reindex(FIFTHS)
        .fillna(0.0)
    )
    return sums / sums.sum()


def _coverage(county: County, subsidy: str) -> pd.Series:
    """Return places of each school over its pupils in grades 1 to 9, of one."""
    schools = county.schools.set_index("school_id")
    pupils = schools[["pupils_primary", "pupils_junior"]].fillna(0).sum(axis=1)
    care = county.tables["care"].set_index("school_id")
    places = sum(care[column] for column in PLACES[subsidy])
    return (places.reindex(pupils.index) / pupils.where(pupils > 0)).clip(upper=1)
