"""How a group of pupils is spread over schools: measured, set beside chance, split over years and areas, and what if places moved."""

from collections.abc import Callable, Collection

import numpy as np
import pandas as pd

from balancelib.county import County, Lacking
from balancelib.county.schema import schema
from balancelib.measures import (
    SegregationChange,
    by_chance,
    fit_margins,
    isolation,
    segregation_change,
    theil_h,
)
from balancelib.measures.segregation_change import ALMOST_NOBODY

SPLIT = ["group", "others"]


def mixing_table(county: County, stage: str, year: int, group: str = "migrant") -> pd.DataFrame:
    """Return how many of a group, and of all others, each school has (一类学生和其他学生在各校的人数).

    Parameters
    ----------
    county : County
        With the table ``group_pupils``.
    stage : {"primary", "junior"}
        The stage.
    year : int
        The year.
    group : {"migrant", "left_behind", "disabled", "low_income"}
        The group. Of a group with few children a school the counts are not to be shown.

    Returns
    -------
    DataFrame
        By school that has pupils: ``group``, ``others``, ``name``, ``area``, ``operator``.

    Raises
    ------
    Lacking
        The year or stage is not there, a school has a row of all pupils and none of the group or the other way (a missing row is not 0), the group is
        larger than all, or it has nobody.
    """
    said = _said(stage, year, group)
    rows = county.tables["group_pupils"]
    rows = rows[(rows["year"] == year) & (rows["stage"] == stage) & rows["group"].isin([group, "all"])]
    counts = rows.pivot(index="school_id", columns="group", values="pupils").reindex(columns=[group, "all"])
    if counts["all"].notna().sum() == 0:
        raise Lacking(f"“各类学生”表里没有{said}的全体学生数")
    if blank := counts.isna().any(axis=1).sum():
        raise Lacking(f"{said}，有{blank}所学校只填了一半：全体和这一类都要有一行，没有人的写0")
    if more := (counts[group] > counts["all"]).sum():
        raise Lacking(f"{said}，有{more}所学校这一类学生比全体还多，请先核对")
    if counts[group].sum() == 0:
        raise Lacking(f"{said}，一个人也没有，谈不上怎样分布")
    about = county.schools.set_index("school_id")[["name", "area", "operator"]]
    table = pd.DataFrame({"group": counts[group], "others": counts["all"] - counts[group]})
    return table[counts["all"] > 0].join(about).sort_index()


def _said(stage: str, year: int, group: str) -> str:
    columns = schema().table("group_pupils")
    stage, group = columns.column("stage").codes[stage], columns.column("group").codes[group]
    return f"{year}年{stage}的{group}"


def mixing_years(county: County) -> list[int]:
    """Return the years of which the county has groups of pupils, in order."""
    return sorted(county.tables["group_pupils"]["year"].astype(int).unique())


def mixing_indices(tables: dict[object, pd.DataFrame], draws: int = 1000, seed: int = 0) -> pd.DataFrame:
    """Measure several tables of `mixing_table`, and set dissimilarity beside chance (分布的几个数).

    Returns
    -------
    DataFrame
        A row a table: ``schools``, ``group`` and ``share`` of the group; ``dissimilarity``, what chance makes of it ``expected`` with ``low`` and ``high``,
        and ``systematic`` (`balancelib.measures.by_chance`); ``isolation``; ``theil_h``. Each as a share of one.
    """
    rows = {}
    for key, table in tables.items():
        a, b = table["group"], table["others"]
        chance = by_chance(a, b, draws=draws, seed=seed)
        rows[key] = {
            "schools": len(table), "group": a.sum(), "share": a.sum() / (a.sum() + b.sum()), "dissimilarity": chance.value,
            "expected": chance.expected, "low": chance.low, "high": chance.high, "systematic": chance.systematic,
            "isolation": isolation(a, b), "theil_h": theil_h(a, b),
        }  # fmt: skip
    return pd.DataFrame.from_dict(rows, orient="index")


def mixing_change(
    before: pd.DataFrame, after: pd.DataFrame, index: Callable[..., float] = theil_h
) -> SegregationChange:
    """Split the change between two tables of `mixing_table` into composition and structure: `balancelib.measures.segregation_change`."""
    return segregation_change(*_aligned(before, after), index)


def school_effects(
    before: pd.DataFrame, after: pd.DataFrame, index: Callable[..., float] = theil_h
) -> pd.DataFrame:
    """Say what each school did to the index by its place among the others, sizes held (一所学校的作用).

    What if this school alone still had the share that its place of before gives it at today's sizes of groups and schools? The children that it has more or
    fewer are then with the others, in proportion to their odds.

    Parameters
    ----------
    before, after : DataFrame
        Of `mixing_table`.
    index : callable
        As for `balancelib.measures.segregation_change`.

    Returns
    -------
    DataFrame
        By school of both years: ``name``, ``before`` and ``after`` (the group's share of the school, of one), ``as_before`` (the share that it would have
        at its old place), ``effect`` on the index; from the largest effect to the smallest. Effects of several schools do not add up.
    """
    both = before.index.intersection(after.index)
    old, new = (
        np.maximum(table.loc[both, SPLIT].to_numpy(float), ALMOST_NOBODY) for table in (before, after)
    )
    stay = fit_margins(old, new.sum(axis=1), new.sum(axis=0))
    effects = [index(*new.T) - index(*_with_row(new, row, stay[row]).T) for row in range(len(both))]
    found = {
        "name": after.loc[both, "name"],
        "before": _share(old),
        "after": _share(new),
        "as_before": _share(stay),
        "effect": effects,
    }
    found = pd.DataFrame(found, index=both)
    return found.sort_values("effect", ascending=False, kind="stable", key=lambda e: e.round(12))


def between_within(table: pd.DataFrame, by: str = "area") -> pd.DataFrame:
    r"""Split Theil's H into what lies between parts of the county and within each (城乡之间、之内).

    .. math:: H = H_{between} + \sum_s p_s \frac{E_s}{E} H_s

    with ``p`` a part's share of the pupils and ``E`` the entropy of its two groups.

    Parameters
    ----------
    table : DataFrame
        Of `mixing_table`.
    by : str
        Column of the parts.

    Returns
    -------
    DataFrame
        A row ``between`` and one a part: ``pupils`` and ``share`` of the group, of one (blank in the first row), ``theil_h`` of its own (blank where it has
        one group only), ``part`` of H, ``percent`` of H. The parts add up.

    Notes
    -----
    Source: Theil and Finizza (1971); as Elbers (2021) writes it.
    """
    total = table[SPLIT].to_numpy(float).sum(axis=0)
    whole = theil_h(table["group"], table["others"])
    sums = table.groupby(by)[SPLIT].sum()
    rows = {"between": {"theil_h": theil_h(*sums.to_numpy().T), "part": theil_h(*sums.to_numpy().T)}}
    for name, own in table.groupby(by):
        pair = own[SPLIT].to_numpy(float)
        mixed = (pair.sum(axis=0) > 0).all()
        value = theil_h(*pair.T) if mixed else np.nan
        weight = pair.sum() / total.sum() * _entropy(pair.sum(axis=0)) / _entropy(total)
        rows[name] = {
            "pupils": pair.sum() / total.sum(),
            "share": pair[:, 0].sum() / pair.sum(),
            "theil_h": value,
            "part": weight * value if mixed else 0.0,
        }
    found = pd.DataFrame.from_dict(rows, orient="index", columns=["pupils", "share", "theil_h", "part"])
    return found.assign(percent=100 * found["part"] / whole if whole > 0 else np.nan)


def if_moved(table: pd.DataFrame, school: str, children: float, hosts: Collection[str]) -> pd.DataFrame:
    """Return the table where children of the group leave a school for others, in proportion to these schools' size (学位挪到别的学校).

    Parameters
    ----------
    table : DataFrame
        Of `mixing_table`.
    school : str
        Where they are.
    children : float
        How many; need not be whole.
    hosts : collection of str
        Schools that take them.

    Raises
    ------
    ValueError
        More children than the school has, or no school that takes them.
    """
    hosts = [host for host in table.index if host in set(hosts) and host != school]
    if not 0 <= children <= table.loc[school, "group"]:
        raise ValueError(f"这所学校有{table.loc[school, 'group']:.0f}名，挪不出{children:g}名")
    if not hosts:
        raise ValueError("没有学校接收")
    moved = table.astype({"group": float})
    size = table.loc[hosts, SPLIT].sum(axis=1)
    moved.loc[hosts, "group"] += children * size / size.sum()
    moved.loc[school, "group"] -= children
    return moved[moved[SPLIT].sum(axis=1) > 0]


def _aligned(before: pd.DataFrame, after: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    schools = before.index.union(after.index)
    return tuple(table[SPLIT].reindex(schools).fillna(0).to_numpy(float) for table in (before, after))


def _with_row(table: np.ndarray, row: int, own: np.ndarray) -> np.ndarray:
    """Return the table with one row put in place of its own; the other rows keep their odds ratios and all sums stay."""
    rest = np.delete(table, row, axis=0)
    if not len(rest):
        return table
    fitted = fit_margins(rest, rest.sum(axis=1), table.sum(axis=0) - own)
    return np.insert(fitted, row, own, axis=0)


def _share(pair: np.ndarray) -> np.ndarray:
    return pair[:, 0] / pair.sum(axis=1)


def _entropy(pair: np.ndarray) -> float:
    share = pair[pair > 0] / pair.sum()
    return float(-(share @ np.log(share)))
