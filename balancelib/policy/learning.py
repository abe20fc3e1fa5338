"""What pupils learned: their shares at the levels of a monitoring, by school and by area."""

import pandas as pd

from balancelib.county import County
from balancelib.county.schema import AREAS

LEVELS = ["level1", "level2", "level3", "level4"]


def level_shares(county: County) -> pd.DataFrame:
    """Shares of pupils at the levels of the last monitoring, by school (各校的学业水平).

    Parameters
    ----------
    county : County
        With table ``monitoring_levels``.

    Returns
    -------
    DataFrame
        Index ``school_id, stage``: ``tested`` pupils, ``lowest``: the share at level Ⅰ, ``good``: the share at level Ⅲ and above; each stage of its last year. NaN where nobody was tested.

    Raises
    ------
    MissingTable
        No table ``monitoring_levels``.

    Notes
    -----
    Unit of analysis: the school. A share of few pupils moves much by chance: of 10 pupils, one is 10 %.
    """
    return _shares(_last(county).set_index(["school_id", "stage"]))


def levels_by_area(county: County) -> pd.DataFrame:
    """Shares of pupils at the levels, of urban, town and rural schools (城区、镇区、乡村的学业水平).

    Parameters
    ----------
    county : County
        With table ``monitoring_levels``.

    Returns
    -------
    DataFrame
        As `level_shares`, its index ``stage, area``; every pupil counts once. ``schools`` that are counted, and ``unknown``: those left out because
        one of their numbers is blank.
    """
    last = _last(county)
    area = last["school_id"].map(county.schools.set_index("school_id")["area"]).rename("area")
    counts = last[["tested", *LEVELS]]
    known = counts.notna().all(axis=1)
    groups = [last["stage"], area]
    totals = counts.where(known).groupby(groups, sort=False).sum(min_count=1)
    schools = known.groupby(groups, sort=False)
    found = _shares(totals).assign(schools=schools.sum(), unknown=(~known).groupby(groups, sort=False).sum())
    order = [(stage, area) for stage in found.index.unique("stage") for area in AREAS]
    return found.loc[[group for group in order if group in found.index]]


def _last(county: County) -> pd.DataFrame:
    """Each stage's last monitoring."""
    levels = county.tables["monitoring_levels"]
    return levels[levels["year"] == levels.groupby("stage")["year"].transform("max")]


def _shares(counts: pd.DataFrame) -> pd.DataFrame:
    tested = counts["tested"].where(counts["tested"] > 0)
    good = counts["level3"] + counts["level4"]
    return pd.DataFrame(
        {"tested": counts["tested"], "lowest": counts["level1"] / tested, "good": good / tested}
    )
