"""Digital resources: what each school has and uses, and which fall short of a target."""

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from balancelib.assess.logic import lowest_reaching
from balancelib.county import County
from balancelib.county.schema import AREAS

ITEMS = {
    "terminals": ("每百名学生的终端数", "台"),
    "bandwidth": ("学校出口带宽", "Mbps"),
    "connected_rooms": ("装了网络多媒体的普通教室", "%"),
    "platform": ("用国家平台备课上课的教师", "%"),
    "trained": ("完成信息技术培训的教师", "%"),
}
# 教育信息化十年发展规划（2011—2020年）: schools have access at 100 Mbps and more. Read in reprints. For the others no national number was
# found: the county sets its own.
BANDWIDTH = 100.0


def digital_coverage(county: County) -> pd.DataFrame:
    """What each school has, and how many of its teachers use it (数字教育资源覆盖).

    Parameters
    ----------
    county : County
        With table ``digital``.

    Returns
    -------
    DataFrame
        Index ``school_id``, the schools in ``digital``: ``name``, ``kind``, ``area``, ``pupils`` (of all stages, who share what there is), ``terminals`` of
        pupils per 100 of them, ``bandwidth`` in Mbps, ``connected_rooms``: multimedia rooms in % of the ordinary classrooms, at most 100
        (班班通), ``platform`` and ``trained``: % of the teachers. NaN where the school has no pupils, rooms or teachers, or where it is blank.

    Raises
    ------
    MissingTable
        No table ``digital``.

    Notes
    -----
    Unit of analysis: the school. Multimedia rooms that are no ordinary classrooms count too, since the return does not tell them apart: 100 %
    does not prove that every class has one. Use counts more than having: a room that nobody uses is no coverage.

    Examples
    --------
    >>> schools = pd.DataFrame({
    ...     "school_id": ["1"], "name": ["一小"], "kind": ["primary"], "area": ["rural"], "pupils_primary": [200], "pupils_junior": [None],
    ...     "pupils_senior": [None], "multimedia_rooms": [6], "teachers_primary": [20], "teachers_junior": [None],
    ... })
    >>> digital = pd.DataFrame({
    ...     "school_id": ["1"], "classrooms": [8], "bandwidth": [50], "pupil_terminals": [30], "platform_teachers": [15], "trained_teachers": [10],
    ... })
    >>> digital_coverage(County({"schools": schools, "digital": digital}))[list(ITEMS)].iloc[0].to_dict()
    {'terminals': 15.0, 'bandwidth': 50.0, 'connected_rooms': 75.0, 'platform': 75.0, 'trained': 50.0}
    """
    table = _digital(county)
    per_hundred = lambda part, whole: 100 * part / whole.where(whole > 0)  # noqa: E731
    teachers = _sum(table, "teachers", ["primary", "junior"])
    return table[["name", "kind", "area"]].assign(
        pupils=table["pupils"],
        terminals=per_hundred(table["pupil_terminals"], table["pupils"]),
        bandwidth=table["bandwidth"].astype(float),
        connected_rooms=per_hundred(table["multimedia_rooms"], table["classrooms"]).clip(upper=100),
        platform=per_hundred(table["platform_teachers"], teachers),
        trained=per_hundred(table["trained_teachers"], teachers),
    )


def _digital(county: County) -> pd.DataFrame:
    """Tables ``digital`` and ``schools`` side by side, with the pupils of all stages."""
    table = county.tables["digital"].merge(
        county.schools, on="school_id", how="inner", validate="one_to_one", suffixes=("", "_of_school")
    )
    return table.assign(pupils=_sum(table, "pupils", ["primary", "junior", "senior"])).set_index("school_id")


def _sum(table: pd.DataFrame, what: str, stages: Collection[str]) -> pd.Series:
    return table[[f"{what}_{stage}" for stage in stages]].astype(float).sum(axis=1)


def coverage_by_area(coverage: pd.DataFrame) -> pd.DataFrame:
    """Coverage of urban, town and rural schools (城区、镇区、乡村的覆盖).

    Parameters
    ----------
    coverage : DataFrame
        Of `digital_coverage`.

    Returns
    -------
    DataFrame
        Index ``area``: number of ``schools``, ``pupils``, and the mean of each item, every pupil counting once; a school where an item is not known
        is left out of that item.

    Examples
    --------
    >>> schools = pd.DataFrame({"area": ["rural"] * 2, "pupils": [100, 300], **{item: [0.0, 100.0] for item in ITEMS}})
    >>> coverage_by_area(schools).loc["rural"].tolist()
    [2.0, 400.0, 75.0, 75.0, 75.0, 75.0, 75.0]
    """
    items, pupils = coverage[list(ITEMS)], coverage["pupils"]
    weights = items.notna().mul(pupils, axis=0)
    area = coverage["area"]
    means = items.mul(pupils, axis=0).groupby(area).sum() / weights.groupby(area).sum()
    counted = pd.DataFrame({"schools": coverage.groupby("area").size(), "pupils": pupils.groupby(area).sum()})
    order = [name for name in AREAS if name in counted.index]
    return counted.join(means).loc[order]


def weak_schools(coverage: pd.DataFrame, targets: Mapping[str, float]) -> pd.DataFrame:
    """List where a school is below a target, the furthest first (薄弱学校清单).

    Parameters
    ----------
    coverage : DataFrame
        Of `digital_coverage`.
    targets : mapping of str to float
        By item of `ITEMS`. `BANDWIDTH` is the one number of a national plan; all others are the county's own aims, which it must state: no
        national rule was found for them. What the standard asks, multimedia rooms per 100 pupils, is judged by `balancelib.assess`.

    Returns
    -------
    DataFrame
        A row a school and item: ``school_id, name, area, pupils, item, value, target, share`` (value over target) and ``lacking``: whole terminals,
        Mbps, or teachers and rooms in percentage points.

    Raises
    ------
    ValueError
        An item that is not known, a target that is not above 0.

    Notes
    -----
    A value that is not known is in no list: look for it in the coverage.

    Examples
    --------
    31 terminals for 310 pupils; 12 per 100 would be 37.2, so that 7 are lacking.

    >>> coverage = pd.DataFrame({"name": ["一小"], "area": ["rural"], "pupils": [310], "terminals": [10.0]}, index=pd.Index(["1"], name="school_id"))
    >>> weak_schools(coverage, {"terminals": 12})[["share", "lacking"]].round(3).iloc[0].tolist()
    [0.833, 7.0]
    """
    for item, target in targets.items():
        if item not in ITEMS:
            raise ValueError(f"没有{item}这一项；有：{'、'.join(ITEMS)}")
        if not target > 0:
            raise ValueError(f"{ITEMS[item][0]}的目标要大于0，现在是{target}")
    parts = []
    for item, target in targets.items():
        below = coverage[coverage[item] < lowest_reaching(target)]
        lacking = target - below[item]
        if item == "terminals":
            lacking = np.ceil((lacking * below["pupils"] / 100).round(9))
        part = below[["name", "area", "pupils"]].assign(
            item=item, value=below[item], target=float(target), share=below[item] / target, lacking=lacking
        )
        parts.append(part.reset_index())
    if not parts:
        raise ValueError("targets里没有一项：写明每一项的目标")
    return pd.concat(parts, ignore_index=True).sort_values(["share", "school_id"], ignore_index=True)
