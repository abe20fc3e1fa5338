"""Panels of a programme that began in different years in different schools: a row a section, the pupils of a school in a stage, and year."""

from collections.abc import Collection

import pandas as pd

from balancelib.county import County, Lacking
from balancelib.county.schema import schema
from balancelib.progress.series import one_county

SECTION = ["school_id", "stage"]
FEWEST = 3  # schools with the programme, and without: from two alone an error is hardly more than a guess
YEARS = 2  # without the programme, of each section: its level is not known from one
NEVER = 0  # in column ``began``


def programme_panel(county: County, programme: str, without: Collection[str] = ()) -> pd.DataFrame:
    """Return the yearly scores of sections with a programme and of those that never had it (面板).

    Parameters
    ----------
    county : County
        With tables ``school_results`` and ``programmes``.
    programme : str
        Its code, such as ``"mentoring"``.
    without : collection of str
        Other programmes, whose sections are no comparison and are left out.

    Returns
    -------
    DataFrame
        A row a section and year: ``section, school_id, stage, year, value`` (points), ``began`` (year, 0 for never), ``years_since`` (0 in the year it
        began; NaN for never), ``treated``. Left out are years without a score, and sections with fewer than two
        years without the programme.

    Raises
    ------
    Lacking
        Several counties; fewer than three schools with the programme, or without it; or years in which only those with it have scores; all scores the same.
    """
    county.tables.need(["school_results.score", "programmes.began"])
    joined = county.tables["programmes"]
    one_county(county.tables["school_results"])
    panel = county.tables["school_results"][[*SECTION, "year", "score"]].dropna()
    panel = panel.rename(columns={"score": "value"}).astype({"year": int, "value": float})
    panel.insert(0, "section", panel["school_id"].astype(str) + " " + panel["stage"].astype(str))
    began = joined[joined["programme"] == programme].set_index(SECTION)["began"].rename("began")
    others = joined[joined["programme"].isin(without)].set_index(SECTION).index
    own, other = (pd.MultiIndex.from_frame(panel[SECTION]).isin(index) for index in (began.index, others))
    panel = panel[own | ~other].join(began, on=SECTION)
    panel["began"] = panel["began"].fillna(NEVER).astype(int)
    panel["years_since"] = (panel["year"] - panel["began"]).where(panel["began"] > NEVER)
    panel["treated"] = panel["years_since"] >= 0
    untreated = (~panel["treated"]).groupby(panel["section"]).transform("sum")
    panel = panel[untreated >= YEARS].sort_values(["section", "year"], ignore_index=True)
    return _enough(panel, programme)


def programme_name(programme: str) -> str:
    """Return what a programme is called, by its code."""
    return schema().table("programmes").column("programme").codes.get(programme, programme)


def _enough(panel: pd.DataFrame, programme: str) -> pd.DataFrame:
    """Return the panel, or raise `Lacking` where it says nothing."""
    name = programme_name(programme)
    never = panel[panel["began"] == NEVER]
    counts = [rows["school_id"].nunique() for rows in (panel[panel["treated"]], never)]
    if min(counts) < FEWEST:
        raise Lacking(
            f"看“{name}”有没有用，至少要{FEWEST}所学校开始前有{YEARS}年成绩、开始后也有，现在{counts[0]}所；"
            f"还要{FEWEST}所一直没有做的，现在{counts[1]}所。"
        )
    if panel["value"].nunique() < 2:
        raise Lacking("每所学校每一年都是同一个分数，没有起伏：先查这些数是怎样来的。")
    if alone := sorted(set(panel["year"]) - set(never["year"])):
        years = "、".join(map(str, alone))
        raise Lacking(f"{years}年，没有做“{name}”的学校都没有成绩，那几年没有可以比的。")
    return panel


def before_choice(panel: pd.DataFrame) -> pd.DataFrame:
    """Leave out the years from the first choice of schools to each one's beginning: they were looked at when schools were chosen.

    Schools are taken to be chosen by the score of the year before they begin. Then that year is low for those who are chosen, and
    high for those who are left for a later group; the years before anybody was chosen are neither.

    Parameters
    ----------
    panel : DataFrame
        Of `programme_panel`.

    Returns
    -------
    DataFrame
        As it was; all rows of sections that never began, and of the others those before the first choice and those since they began.

    Raises
    ------
    Lacking
        There are not two years before the first choice.
    """
    chosen_on = first_choice(panel)
    base = (panel["began"] > NEVER) & (panel["year"] < chosen_on)
    enough = base.groupby(panel["section"]).transform("sum") >= YEARS
    if not enough.any():
        raise Lacking(
            f"第一批学校按{chosen_on}年的成绩挑选，更早的成绩不到{YEARS}年：没有可以作基准的年份。补上更早的；补不上，就用two_stage(panel)和各年比，并写明。"
        )
    return panel[(panel["began"] == NEVER) | (enough & (base | panel["treated"]))].reset_index(drop=True)


def first_choice(panel: pd.DataFrame) -> int:
    """Return the year whose score was looked at for the first group."""
    return int(panel.loc[panel["began"] > NEVER, "began"].min()) - 1


def fake_start(panel: pd.DataFrame, year: int) -> pd.DataFrame:
    """Pretend that all with the programme began in an earlier year, and forget what came later: nothing is to be found (假的开始年份).

    Parameters
    ----------
    panel : DataFrame
        Of `programme_panel`.
    year : int
        After the first year of the panel, and before anybody began.

    Raises
    ------
    Lacking
        Another year, or one without scores of those who were to begin.
    """
    first, had = first_choice(panel) + 1, panel.loc[panel["began"] > NEVER, "year"]
    if not had.min() < year < first:
        raise Lacking(f"假的开始年份要在{had.min()}年以后、{first}年以前，那时候谁也没有开始。")
    if not (had == year).any():
        raise Lacking(f"{year}年，做了这个项目的学校都没有成绩，不能拿它当假的开始年份。")
    rows = panel[panel["year"] <= year].reset_index(drop=True)
    rows["began"] = rows["began"].where(rows["began"] == NEVER, year)
    rows["years_since"] = (rows["year"] - year).where(rows["began"] > NEVER).astype(float)
    return rows.assign(treated=rows["years_since"] >= 0)
