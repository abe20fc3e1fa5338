"""Which schools to inspect, and how many: four designs, drawn by a public seed, and the interval that each gives.

What is measured at a school here is how many of its pupils' fitness is good or better (体质健康优良率), tested again at the schools drawn.
"""

from collections.abc import Callable, Iterable

import pandas as pd

from balancelib.county import County, Lacking
from balancelib.county.schema import schema
from balancelib.measures import (
    DesignEstimate,
    allocate,
    design_ratio,
    draw_systematic,
    lots,
)

DESIGNS = {"simple": "简单随机", "stratified": "城乡分层", "cluster": "整乡镇抽", "pps": "按人数抽"}
NEEDS = {"simple": [], "stratified": ["area"], "cluster": ["township"], "pps": ["pupils"]}
START = "start"  # the key of the lot where a systematic draw begins


def school_fitness(county: County, year: int | None = None) -> pd.DataFrame:
    """Return how many pupils of each school were tested, and how many are fit (体质健康优良人数).

    Parameters
    ----------
    county : County
        With table ``school_results``.
    year : int, optional
        The last one if left out.

    Returns
    -------
    DataFrame
        A row a school: ``school_id, name, area, township`` (where the county has it), ``pupils, good``; stages of a school are added up.
        A stage whose share is blank is not counted, and a school without any is not listed: a blank is not 0.

    Raises
    ------
    Lacking
        Nothing is filled for that year.
    """
    results = county.tables["school_results"]
    if year is not None:
        results = results[results["year"] == year]
    results = results.dropna(subset=["fitness", "tested"])
    results = results[(results["year"] == results["year"].max()) & (results["tested"] > 0)]
    if results.empty:
        raise Lacking("“各校历年结果”表里这一年没有填体质健康优良率。填好再算，或者换一年。")
    good = results["tested"] * results["fitness"]
    sums = results[["school_id"]].assign(pupils=results["tested"], good=good).groupby("school_id").sum()
    of_schools = [name for name in ("school_id", "name", "area", "township") if name in county.schools]
    return (
        county.schools[of_schools].merge(sums, left_on="school_id", right_index=True).reset_index(drop=True)
    )


def draw_by_design(
    schools: pd.DataFrame, n: int, seed: int | str, design: str = "stratified"
) -> pd.DataFrame:
    """Draw schools to inspect (抽要看的学校), the same whoever draws them and in whatever order the rows stand.

    Parameters
    ----------
    schools : DataFrame
        The list to draw from: ``school_id``, and ``area`` for stratified, ``township`` for cluster, ``pupils`` for pps.
    n : int
        Schools to draw, two at least. Of townships as many are drawn as hold ``n`` schools on average, two at least.
    seed : int or str
        Made known only after the list is closed.
    design : {"stratified", "simple", "cluster", "pps"}
        In each area, in proportion to its schools, two at least or all of them; among all; whole townships; by pupils, at equal steps along the list.

    Returns
    -------
    DataFrame
        The rows drawn with ``design``, ``stratum``, ``unit`` (what was drawn: the school or its township), ``units`` (how many of them the
        stratum has), ``lot``, ``drawn`` (rows in all), and for pps ``chance`` (of a single draw); a school larger than a step may stand there more than once.

    Raises
    ------
    ValueError
        Another design, fewer than two schools, a blank or doubled ``school_id``.
    Lacking
        Fewer schools than are to be drawn; a column that the design needs is missing or blank; a single township.

    Notes
    -----
    Drawn are the lowest lots (`balancelib.measures.lots`): a school added to the list or left out changes no other's.

    Examples
    --------
    >>> from balancelib.county import sample_county
    >>> drawn = draw_by_design(sample_county(7).schools, 6, "2026")
    >>> drawn["stratum"].tolist()
    ['rural', 'rural', 'town', 'town', 'urban', 'urban']
    """
    check_design(schools, n, design)
    listed = schools.sort_values("school_id", ignore_index=True)
    drawn = _DRAWS[design](listed, n, seed)
    return drawn.assign(design=design, drawn=len(drawn)).reset_index(drop=True)


def estimate_share(drawn: pd.DataFrame, level: float = 0.95) -> DesignEstimate:
    """Estimate the county's share of fit pupils from the schools drawn (由抽中的学校推全县).

    Parameters
    ----------
    drawn : DataFrame
        Of `draw_by_design`, all of its rows, with ``pupils`` and ``good`` of each.
    level : float
        Of the interval.

    Returns
    -------
    DesignEstimate

    Raises
    ------
    ValueError
        A school drawn without a result; rows left out or added.

    Notes
    -----
    Of pps, the ratio of two of `balancelib.measures.hansen_hurwitz`'s totals: right where more or fewer were tested than the list said.
    """
    if drawn[["pupils", "good"]].isna().any(axis=None):
        raise ValueError("抽中的学校有的没有测。没有测不等于0：补测以后再算，也不能换一所")
    if (drawn["drawn"] != len(drawn)).any():
        raise ValueError(
            f"抽中{drawn['drawn'].iloc[0]:.0f}行，给的是{len(drawn)}行：没有测的留在表里空着，不能删，也不能添"
        )
    if drawn["design"].iloc[0] == "pps":
        return design_ratio(drawn["good"], drawn["pupils"], 1 / drawn["chance"], level=level)._replace(
            deff=None
        )
    design = {"strata": drawn["stratum"], "cluster": drawn["unit"], "population": drawn["units"]}
    return design_ratio(drawn["good"], drawn["pupils"], level=level, **design)


def repeat_draws(
    schools: pd.DataFrame, n: int, seeds: Iterable[int | str], designs: Iterable[str] = tuple(DESIGNS)
) -> pd.DataFrame:
    """Draw again and again, each time with another seed (反复抽).

    Parameters
    ----------
    schools : DataFrame
        Of `school_fitness`: the truth, which no inspector knows.
    n : int
        Schools to draw.
    seeds : iterable of int or str
        One a draw.
    designs : iterable of str
        As of `draw_by_design`.

    Returns
    -------
    DataFrame
        A row a draw: ``design, seed, value, low, high, schools`` and ``townships`` (visited; None where the county has not written them).
    """
    rows = []
    for seed in seeds:
        for design in designs:
            drawn = draw_by_design(schools, n, seed, design)
            found = estimate_share(drawn)
            places = drawn["township"].nunique() if "township" in drawn else None
            seen = drawn["school_id"].nunique()
            rows.append((design, seed, found.value, found.low, found.high, seen, places))
    return pd.DataFrame(rows, columns=["design", "seed", "value", "low", "high", "schools", "townships"])


def designs_for(schools: pd.DataFrame, n: int) -> dict[str, str]:
    """Return those of `DESIGNS` by which so many schools can be drawn from a list, with their names (能用的抽法).

    Parameters
    ----------
    schools : DataFrame
        As of `draw_by_design`.
    n : int
        Schools to draw.

    Raises
    ------
    ValueError, Lacking
        As `draw_by_design`, where not even simple random draws can be made.
    """
    check_design(schools, n, "simple")
    return {design: name for design, name in DESIGNS.items() if _can(schools, n, design)}


def _can(schools: pd.DataFrame, n: int, design: str) -> bool:
    try:
        check_design(schools, n, design)
    except Lacking:
        return False
    return True


def check_design(schools: pd.DataFrame, n: int, design: str) -> None:
    """Refuse what cannot be drawn like this, as `draw_by_design` says."""
    if design not in DESIGNS:
        raise ValueError(f"没有“{design}”这种抽法，有的是{'、'.join(DESIGNS)}")
    if schools["school_id"].isna().any() or schools["school_id"].duplicated().any():
        raise ValueError("名单里有的学校标识码是空的，或者重复；先改名单，再抽")
    if n < 2:
        raise ValueError(f"要抽{n}所；至少抽2所，才估得出误差")
    if n > len(schools):
        raise Lacking(f"名单里只有{len(schools)}所学校，抽不出{n}所：少抽几所，或者全部去看。")
    for column in NEEDS[design]:
        if column not in schools or schools[column].isna().any():
            label = "学生数" if column == "pupils" else schema().table("schools").column(column).label
            raise Lacking(f"有的学校没有填“{label}”，不能{DESIGNS[design]}。填好再抽，或者换一种抽法。")
        if column == "township" and schools[column].nunique() < 2:
            raise Lacking("只有一个乡镇，整乡镇抽就是全查：改用别的抽法。")


def _simple(listed: pd.DataFrame, n: int, seed: int | str) -> pd.DataFrame:
    ids = listed["school_id"]
    return listed.assign(stratum="全县", unit=ids, units=len(listed), lot=lots(seed, ids)).nsmallest(n, "lot")


def _stratified(listed: pd.DataFrame, n: int, seed: int | str) -> pd.DataFrame:
    sizes = listed["area"].value_counts().sort_index()
    places = dict(zip(sizes.index, allocate(sizes, n), strict=True))
    drawn = [
        _simple(rows, places[area], seed).assign(stratum=area)
        for area, rows in listed.groupby("area", sort=True)
    ]
    return pd.concat(drawn)


def _cluster(listed: pd.DataFrame, n: int, seed: int | str) -> pd.DataFrame:
    townships = pd.Series(sorted(listed["township"].unique()))
    lot = pd.Series(lots(seed, townships), townships)
    chosen = lot.nsmallest(townships_drawn(len(townships), n, len(listed)))
    drawn = listed[listed["township"].isin(chosen.index)]
    drawn = drawn.assign(
        stratum="全县", unit=drawn["township"], units=len(townships), lot=drawn["township"].map(lot)
    )
    return drawn.sort_values(["lot", "school_id"])


def townships_drawn(townships: int, n: int, schools: int) -> int:
    """Return how many townships hold about ``n`` schools."""
    return max(2, round(n * townships / schools))


def _pps(listed: pd.DataFrame, n: int, seed: int | str) -> pd.DataFrame:
    along = [column for column in ("area", "township", "school_id") if column in listed]
    listed = listed.sort_values(along)
    start = lots(seed, [START])[0]
    chance = listed["pupils"] / listed["pupils"].sum()
    listed = listed.assign(
        stratum="全县", unit=listed["school_id"], units=len(listed), lot=start, chance=chance
    )
    return listed.iloc[draw_systematic(listed["pupils"], n, start)]


_DRAWS: dict[str, Callable[[pd.DataFrame, int, int | str], pd.DataFrame]] = {
    "simple": _simple,
    "stratified": _stratified,
    "cluster": _cluster,
    "pps": _pps,
}
