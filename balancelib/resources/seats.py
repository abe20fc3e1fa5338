"""Seats that schools open to pupils of others: who reaches how many, and where to open more."""

from collections.abc import Collection, Mapping
from itertools import combinations
from math import comb

import numpy as np
import pandas as pd

from balancelib.county import County, Lacking, road_matrix
from balancelib.measures import two_step_fca
from balancelib.resources.digital import digital_coverage

MOST_TRIALS = 20_000


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
