"""Registers of several offices about the same children: how far they agree, and how many children there are at least and at most."""

import math
from collections.abc import Collection
from typing import Any

import pandas as pd

from balancelib.county import County, Lacking
from balancelib.county.schema import schema
from balancelib.groups.atoms import Range, bounds
from balancelib.groups.recapture import chapman
from balancelib.highs import SAME

Pair = tuple[str, str]


def offices() -> dict[str, str]:
    """Return the offices' Chinese names by their codes."""
    return schema().table("registers").column("office").codes


def register_sizes(county: County, group: str) -> pd.DataFrame:
    """Return how many children of a group each office has in each township (各部门名册人数).

    Parameters
    ----------
    county : County
        With table ``registers``.
    group : {"left_behind", "disabled", "migrant", "school_age"}
        Whom the registers are about.

    Returns
    -------
    DataFrame
        Townships by offices (codes, in the schema's order); NaN where an office keeps no register there, which is not 0.

    Raises
    ------
    Lacking
        No register of this group, or one with a blank number.
    """
    table = county.tables["registers"]
    own = table[table["group"] == group]
    if own.empty:
        label = schema().table("registers").column("group").codes[group]
        raise Lacking(f"“各部门名册”表里没有{label}的行。哪怕只有一个部门的名册，也先填上。")
    if own["children"].isna().any():
        places = "、".join(own.loc[own["children"].isna(), "township"].unique()[:5])
        raise Lacking(
            f"“各部门名册”表里{places}有空着的人数。没有孩子写0，没有名册的不写那一行；空着的不当作0。"
        )
    sizes = own.assign(township=_places(own)).pivot_table(
        index="township", columns="office", values="children", aggfunc="sum", sort=False
    )
    return sizes[[name for name in offices() if name in sizes]].astype(float)


def register_pairs(county: County, group: str) -> dict[str, dict[Pair, float]]:
    """Return for each township how many children are in both of two registers, for the pairs that were compared.

    A county without the table ``register_pairs`` has compared none: the dict is empty.
    """
    if "register_pairs" not in county.tables:
        return {}
    table = county.tables["register_pairs"]
    own = table[table["group"] == group]
    found: dict[str, dict[Pair, float]] = {}
    for place, first, second, both in zip(
        _places(own), own["first"], own["second"], own["both"], strict=True
    ):
        found.setdefault(place, {})[first, second] = float(both)
    return found


def with_pairs(county: County, pairs: Collection[Pair]) -> County:
    """Return the county as if only these pairs of offices had compared their registers (假如只比对了这几对)."""
    table = county.tables["register_pairs"]
    kept = [pair in pairs for pair in zip(table["first"], table["second"], strict=True)]
    return County({**county.tables, "register_pairs": table[kept]})


def register_bounds(
    county: County,
    group: str,
    inside: Collection[str] | None = None,
    outside: Collection[str] = (),
    wrong: float = 0.0,
) -> pd.DataFrame:
    """Bound how many children there are in each township, with the registers' sizes alone and with the pairs compared (名册上下界).

    Parameters
    ----------
    county : County
        With tables ``registers`` and, where offices have compared, ``register_pairs``.
    group : str
        As of `register_sizes`.
    inside, outside : collection of str
        Only children whom one of these offices has, and those whom none of these has, such as ``["school"]``; all children if left out.
    wrong : float
        Share of each register's entries that may be none: 0.1 where one of ten may be gone, grown up or written twice.

    Returns
    -------
    DataFrame
        By township: ``registers`` there are, ``pairs`` compared, ``alone_least`` and ``alone_greatest`` from sizes alone, ``least`` and
        ``greatest`` with the pairs, and ``width``, the widest first.

    Raises
    ------
    Lacking
        As of `register_sizes`; or a township's counts contradict each other, with its name.

    Notes
    -----
    Bounds of `balancelib.groups.atoms.bounds`. They hold the children in at least one register: who is in none is not in them; who
    should be in none but is (grown up, moved away) is, unless ``wrong`` allows for it. A child whom two offices have in two townships
    is counted in both.
    """
    sizes, pairs = register_sizes(county, group), register_pairs(county, group)
    rows = {}
    for place, row in sizes.iterrows():
        own, both = row.dropna().to_dict(), pairs.get(place, {})
        within, without = (
            None if names is None else [name for name in names if name in own] for names in (inside, outside)
        )
        stray = {name: math.ceil(wrong * n - SAME) for name, n in own.items()}
        alone, tight = (_bounds(place, own, known, stray, within, without) for known in ({}, both))
        rows[place] = [len(own), len(both), *alone, *tight, tight.width]
    columns = ["registers", "pairs", "alone_least", "alone_greatest", "least", "greatest", "width"]
    found = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("township")
    return found.sort_values("width", ascending=False, kind="stable")


def if_independent(county: County, group: str, by_township: bool = False) -> pd.DataFrame:
    """Estimate from each pair of offices how many children there are, as if the two registers were independent (假如互不相干).

    Parameters
    ----------
    county, group
        As of `register_bounds`.
    by_township : bool
        A row each township and pair; otherwise the townships in which a pair was compared are one.

    Returns
    -------
    DataFrame
        By ``first`` and ``second`` office, and ``township`` where asked: ``townships`` added up, the registers' sizes there ``n_first`` and
        ``n_second``, ``both``, and ``estimate`` with ``low`` and ``high`` of `chapman`.

    Raises
    ------
    Lacking
        No pair was compared.
    """
    sizes, pairs = register_sizes(county, group), register_pairs(county, group)
    rows = [
        {"first": first, "second": second, "township": place, "townships": 1, "n_first": sizes.loc[place, first],
         "n_second": sizes.loc[place, second], "both": both}
        for place, known in pairs.items() for (first, second), both in known.items()
    ]  # fmt: skip
    if not rows:
        raise Lacking("还没有两个部门比对过名册（“名册比对”表是空的）：一对也没有，重叠多少就无从估起。")
    keys = ["first", "second"] + ["township"] * by_township
    found = pd.DataFrame(rows).groupby(keys, sort=False).sum(numeric_only=True)
    estimates = [
        chapman(*row) for row in found[["n_first", "n_second", "both"]].itertuples(index=False, name=None)
    ]
    return found.assign(
        estimate=[e.value for e in estimates],
        low=[e.low for e in estimates],
        high=[e.high for e in estimates],
    )


def _bounds(place: str, *counts: Any) -> Range:
    try:
        return bounds(*counts)
    except ValueError as error:
        raise Lacking(f"{place}：{_in_chinese(str(error))}") from None


def _in_chinese(message: str) -> str:
    for code, label in offices().items():
        message = message.replace(code, label)
    return message


def _places(table: pd.DataFrame) -> pd.Series:
    """Return the township's name, with its county's where there are several counties."""
    if "county_id" not in table or table["county_id"].nunique() < 2:
        return table["township"]
    return table["county_id"] + "·" + table["township"]


def range_text(low: float, high: float, form: str = "{:.0f}人") -> str:
    """Return a range as it is said: one number where both ends are told the same (写成范围)."""
    least, greatest = form.format(low), form.format(high)
    return least if least == greatest else f"{least}到{greatest}"
