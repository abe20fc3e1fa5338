"""Digital resources: what each school has and uses, which fall short of a target, and seats within reach of those who have none."""

from collections.abc import Collection, Mapping
from itertools import combinations
from math import comb

import numpy as np
import pandas as pd

from balancelib.assess.logic import lowest_reaching
from balancelib.county import County, Lacking, road_matrix
from balancelib.county.schema import AREAS
from balancelib.measures import two_step_fca

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
MOST_TRIALS = 20_000


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


def seat_access(
    county: County, enough: float, within: float, more: Mapping[str, float] | None = None
) -> pd.DataFrame:
    """Open seats that pupils of schools short of terminals reach at schools around (开放机位的可达性).

    Parameters
    ----------
    county : County
        With tables ``digital`` and ``distances``.
    enough : float
        A school with fewer terminals per 100 pupils is short, and all its pupils look for a seat. The county's own aim.
    within : float
        How far a pupil can go, in km by road. The county's own judgement: with a school bus further than on foot.
    more : mapping of str to float, optional
        Seats that are opened in addition, by ``school_id``.

    Returns
    -------
    DataFrame
        Index ``school_id``, the schools that are short: ``name``, ``area``, ``pupils``, ``terminals`` per 100, ``seats`` per 100 pupils within reach,
        ``nearest`` site that offers seats and its ``km`` (infinite beyond the table's reach). ``seats`` is 0 for who reaches nothing.

    Raises
    ------
    MissingTable
        No table ``digital`` or ``distances``.
    ValueError
        A number that is not above 0; seats for a school that is not there; open seats that are blank, or terminals of a school with pupils.

    Notes
    -----
    Two-step floating catchment area, `balancelib.measures.two_step_fca`: who shares a site shares its seats. A school reaches itself at 0 km.
    What is within reach counts whole, however far; pupils of schools that have enough do not compete.

    Examples
    --------
    >>> schools = pd.DataFrame({
    ...     "school_id": ["a", "b"], "name": ["甲", "乙"], "kind": "primary", "area": "rural", "pupils_primary": [100, 300], "pupils_junior": None,
    ...     "pupils_senior": None, "multimedia_rooms": 1, "teachers_primary": 9, "teachers_junior": None})
    >>> digital = pd.DataFrame({
    ...     "school_id": ["a", "b"], "classrooms": 6, "bandwidth": 50, "pupil_terminals": [0, 60], "platform_teachers": 1, "trained_teachers": 1,
    ...     "open_seats": [0, 20]})
    >>> distances = pd.DataFrame({"from_id": ["a"], "to_id": ["b"], "km": [4.0]})
    >>> county = County({"schools": schools, "digital": digital, "distances": distances})
    >>> seat_access(county, enough=10, within=5)["seats"].to_dict()
    {'a': 20.0}
    """
    coverage, seats, km = _sites(county, more or {})
    short = _short(coverage, enough)
    cost = km.loc[short.index]
    open_cost = cost.loc[:, (seats > 0).to_numpy()]
    found = short[["name", "area", "pupils", "terminals"]].copy()
    found["seats"] = 100 * two_step_fca(seats, short["pupils"], cost, within) if len(short) else 0.0
    found["km"] = open_cost.min(axis=1).fillna(np.inf)
    nearest = open_cost.idxmin(axis=1).map(coverage["name"]) if open_cost.shape[1] else None
    found["nearest"] = pd.Series(nearest, short.index, dtype=object).where(np.isfinite(found["km"]), None)
    return found[["name", "area", "pupils", "terminals", "seats", "nearest", "km"]]


def _sites(county: County, more: Mapping[str, float]) -> tuple[pd.DataFrame, pd.Series, pd.DataFrame]:
    """Coverage, seats and road of all schools in the county's table ``digital``, in one order."""
    coverage = digital_coverage(county)
    seats = (
        county.tables["digital"].set_index("school_id")["open_seats"].astype(float).reindex(coverage.index)
    )
    if seats.isna().any():
        raise Lacking(
            f"这些学校的开放机位数是空的：{'、'.join(coverage.loc[seats.isna(), 'name'])}。请填写，不开放写0"
        )
    if unknown := [school for school in more if school not in seats.index]:
        raise ValueError(f"数字化表里没有这些学校：{'、'.join(unknown)}")
    seats = seats.add(pd.Series(more, dtype=float), fill_value=0).reindex(coverage.index)
    return coverage, seats, road_matrix(county.tables["distances"], coverage.index)


def _short(coverage: pd.DataFrame, enough: float) -> pd.DataFrame:
    if not enough > 0:
        raise ValueError(f"enough是每百名学生多少台终端，要大于0，现在是{enough}")
    unknown = coverage["terminals"].isna() & (coverage["pupils"] > 0)
    if unknown.any():
        raise Lacking(
            f"这些学校的学生终端数是空的，看不出够不够：{'、'.join(coverage.loc[unknown, 'name'])}。请填写，没有终端写0"
        )
    return coverage[(coverage["terminals"] < enough) & (coverage["pupils"] > 0)]


def best_sites(
    county: County,
    seats: float,
    enough: float,
    within: float,
    candidates: Collection[str] | None = None,
    sites: int = 1,
) -> pd.DataFrame:
    """Try every place for new open seats and put the best first (再开一处，开在哪里).

    Parameters
    ----------
    county, enough, within
        As in `seat_access`.
    seats : float
        Seats that each new site opens.
    candidates : collection of str, optional
        Schools where a site could be; all but teaching points where left out.
    sites : int
        How many sites are opened together.

    Returns
    -------
    DataFrame
        A row a choice, the best first: ``schools``, a tuple of codes; ``names``; ``reaching_nothing``, pupils who still reach no seat;
        ``lowest``, the fewest seats per 100 pupils of those who reach any; ``schools_without``, schools that reach nothing.

    Raises
    ------
    ValueError
        More than 20,000 choices: name fewer candidates; otherwise as `seat_access`.

    Notes
    -----
    Exact: every choice is worked out. Fewest pupils who reach nothing come first, then the highest ``lowest``, then the order of codes: to
    reach nothing is the lowest there is.
    """
    coverage, now, km = _sites(county, {})
    if candidates is None:
        candidates = coverage.index[coverage["kind"] != "teaching_point"]
    elif unknown := sorted(set(candidates) - set(coverage.index)):
        raise ValueError(f"数字化表里没有这些学校：{'、'.join(unknown)}")
    candidates = sorted(set(candidates))
    if (trials := comb(len(candidates), sites)) > MOST_TRIALS:
        raise ValueError(f"一共有{trials:,}种选法，超过{MOST_TRIALS:,}种：用candidates少写几所学校")
    short = _short(coverage, enough)
    if not len(short):
        raise Lacking(f"没有一所学校的终端少于每百名{enough:g}台：不用再开机位")
    pupils, cost = short["pupils"].to_numpy(), km.loc[short.index].to_numpy()
    rows = []
    for chosen in combinations(candidates, sites):
        offered = now.to_numpy().copy()
        offered[now.index.get_indexer(chosen)] += seats
        reached = 100 * two_step_fca(offered, pupils, cost, within)
        rows.append(
            {
                "schools": chosen,
                "names": "、".join(coverage.loc[list(chosen), "name"]),
                "reaching_nothing": int(pupils[reached == 0].sum()),
                "lowest": round(
                    float(reached[reached > 0].min(initial=np.inf)), 9
                ),  # so that equals are equal
                "schools_without": int((reached == 0).sum()),
            }
        )
    found = pd.DataFrame(rows)
    found["lowest"] = found["lowest"].where(np.isfinite(found["lowest"]), 0.0)
    return found.sort_values(
        ["reaching_nothing", "lowest", "schools"], ascending=[True, False, True], ignore_index=True
    )
