"""The 85 % rule of migrant children: who is in the numerator, who in the denominator, and what is known of the rate when they are not."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from balancelib.county import County, Lacking
from balancelib.county.schema import schema
from balancelib.groups.mixing import SPLIT, if_moved, mixing_table
from balancelib.measures import dissimilarity, isolation

PLACED = ["pupils", "public", "purchased", "unknown"]
LINE = 0.85  # of migrant children in public schools or bought places: quality-2017, government guarantee, item 15


class Bounds(NamedTuple):
    """Between these a rate lies, whatever the data do not say; shares of one."""

    low: float
    high: float


def placed_pupils(county: County, year: int) -> pd.DataFrame:
    """Count migrant children by where they are: public schools, bought places, other private places (随迁子女在哪里读书).

    Parameters
    ----------
    county : County
        With the table ``group_pupils``.
    year : int
        The year.

    Returns
    -------
    DataFrame
        A row a stage and ``total``: ``pupils``, ``public``, ``purchased`` (bought places known), ``unknown`` (migrant children of private schools where
        the number bought is blank: any or none of them), ``private`` (known not to be bought); ``low`` and ``high`` of the share in public schools or bought
        places, and ``public_rate``, of one.

    Raises
    ------
    Lacking
        No migrant child in that year.

    Notes
    -----
    A blank number bought is not 0: it stands between none and all of that school's migrant children.
    """
    rows = placed_rows(county, year)
    if not rows["pupils"].sum() > 0:
        raise Lacking(f"“各类学生”表里{year}年没有一名随迁子女：85%这一条没有分母")
    found = rows.groupby("stage")[PLACED].sum()
    found = found.reindex([s for s in ("primary", "junior") if s in found.index])
    found.loc["total"] = found.sum()
    return found.assign(
        private=found["pupils"] - found[["public", "purchased", "unknown"]].sum(axis=1),
        low=(found["public"] + found["purchased"]) / found["pupils"],
        high=(found["public"] + found["purchased"] + found["unknown"]) / found["pupils"],
        public_rate=found["public"] / found["pupils"],
    )


def placed_rows(county: County, year: float) -> pd.DataFrame:
    """Return the migrants' rows of ``group_pupils`` with the numbers of `placed_pupils`: ``pupils, public, purchased, unknown``."""
    rows = county.tables["group_pupils"]
    rows = rows[(rows["year"] == year) & (rows["group"] == "migrant")]
    public = rows["school_id"].map(county.schools.set_index("school_id")["operator"]).eq("public")
    bought = rows.get("purchased", pd.Series(np.nan, rows.index))
    return rows.assign(
        public=rows["pupils"].where(public, 0),
        purchased=bought.where(~public, 0).fillna(0),
        unknown=rows["pupils"].where(~public & bought.isna(), 0),
    )


def if_places(
    county: County, stage: str, year: int, school: str
) -> Callable[[float, float, float], dict[str, float]]:
    """Return what the rate and the spread would be if a private school's migrants had more places (多买学位、转到公办).

    Parameters
    ----------
    county, stage, year
        As of `mixing_table`.
    school : str
        The private school.

    Returns
    -------
    callable
        Of places ``bought`` there beside those of today, children ``moved`` from there to the public schools of its area in proportion to their size, and the
        growth of the group everywhere ``more``, in %. It returns ``pupils`` and ``placed`` of the stage, ``rate``, ``share``, ``dissimilarity`` and
        ``isolation``, of one. Who has no place is moved, and given a place, first; more than there are changes nothing.
    """
    table = mixing_table(county, stage, year)
    now = placed_pupils(county, year).loc[stage]
    rows = county.tables["group_pupils"].set_index(["year", "school_id", "stage", "group"])
    own = rows.loc[(year, school, stage, "migrant")]
    today = own.get("purchased", 0.0)
    waiting = own["pupils"] - (today if today > 0 else 0.0)
    public = (table["operator"] == "public") & (table["area"] == table.loc[school, "area"])
    hosts = table.index[public]

    def found(bought: float, moved: float, more: float) -> dict[str, float]:
        moved = min(moved, own["pupils"])
        after = if_moved(table, school, moved, hosts)[SPLIT] * [1 + more / 100, 1]
        placed = (now["public"] + now["purchased"] + min(bought + moved, waiting)) * (1 + more / 100)
        pupils = after["group"].sum()
        return {
            "pupils": pupils, "placed": placed, "rate": placed / pupils, "share": pupils / after.sum(axis=None),
            "dissimilarity": dissimilarity(after["group"], after["others"]), "isolation": isolation(after["group"], after["others"]),
        }  # fmt: skip

    return found


def migrant_registers(county: County) -> pd.Series:
    """Return how many migrant children each office has on its register, by the office's code; an office that lacks townships is blank (各部门的随迁子女数)."""
    rows = county.tables["registers"]
    rows = rows[rows["group"] == "migrant"]
    table = rows.pivot(index="township", columns="office", values="children")
    return table.sum(skipna=False).where(table.notna().all())


def known_anywhere(county: County, office: str = "security") -> Bounds:
    r"""Bound how many migrant children are on the school register or an office's, or on both (至少在一个册子上的孩子).

    In each township :math:`S + O - B`, where ``B`` are on both; where the offices did not compare, ``B`` is from 0 to the smaller of the two.

    Parameters
    ----------
    county : County
        With the tables ``registers`` and ``register_pairs``.
    office : str
        The other office.

    Raises
    ------
    Lacking
        A township lacks one of the two registers.
    """
    rows = county.tables["registers"]
    rows = rows[(rows["group"] == "migrant") & rows["office"].isin(["school", office])]
    sides = rows.pivot(index="township", columns="office", values="children").reindex(
        columns=["school", office]
    )
    if sides.empty or sides.isna().any(axis=None):
        label = schema().table("registers").column("office").codes[office]
        raise Lacking(f"随迁子女的登记，有的乡镇没有学籍或者{label}的数，合不起来")
    both = _compared(county, office).reindex(sides.index)
    least = both.fillna(0)
    most = both.fillna(sides.min(axis=1))
    return Bounds(float((sides.sum(axis=1) - most).sum()), float((sides.sum(axis=1) - least).sum()))


def _compared(county: County, office: str) -> pd.Series:
    """Return how many are on both registers, by township whose offices compared them, in whichever order they stand."""
    pairs = county.tables["register_pairs"]
    pairs = pairs[pairs["group"] == "migrant"]
    ours = pairs[["first", "second"]].apply(set, axis=1).map({"school", office}.__eq__) if len(pairs) else []
    return pairs[np.asarray(ours, dtype=bool)].groupby("township")["both"].first()
