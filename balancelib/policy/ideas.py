"""One distribution of a resource, five ideas of equity, five verdicts."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from balancelib.assess.logic import TOLERANCE, reaches, shown, within
from balancelib.county import County, Lacking, indicators
from balancelib.county.schema import AREAS
from balancelib.measures import cv, parity_index
from balancelib.policy.learning import level_shares
from balancelib.standards import load_standard

PARITY, MORE = (
    0.97,
    1.03,
)  # what UNESCO counts as parity of two groups; that it holds for places and shares too is our choice
MOST = 0.4  # of the pupils: those in greatest need, or those who did best
WORDS = {True: "合", False: "不合", None: "差不多"}
UNKNOWN = "说不了"


def clearly_more(x: float, line: float) -> bool | None:
    """Whether ``x > line``, a value within 1e-12 of it not included; None for what is not above, yet not below parity."""
    if x > line + TOLERANCE * abs(line):
        return True
    return None if reaches(x, PARITY) else False


class Idea(NamedTuple):
    """An idea of equity: what it is called and asks, what is measured, when it holds, how its numbers are written, and the column it goes by."""

    label: str
    asks: str
    measure: str
    passes: Callable[[float, float], bool | None]
    bound: str
    decimals: int = 3
    unit: str = ""
    by: str = "value"


IDEAS = {
    "minimum": Idea(
        "最低标准", "每个学生都有够用的一份吗", "学校达标的学生占多少", reaches, "要有{:g}%", 1, "%"
    ),
    "equality": Idea("条件均等", "大家都一样多吗", "差异系数", within, "不超过{:.2f}"),
    "impartiality": Idea(
        "不偏不倚",
        "多少与住在哪里无关吗",
        "均值最低的一类地区是最高的几倍",
        reaches,
        "不低于{:.2f}",
        by="area",
    ),
    "redistribution": Idea(
        "补偿弱者",
        "需要多的，得到的也多吗",
        "需要最大的四成学生是全县均值的几倍",
        clearly_more,
        "要大于{:.2f}",
        by="need",
    ),
    "meritocracy": Idea(
        "择优",
        "成绩好的，得到的多吗",
        "成绩最好的四成学生是全县均值的几倍",
        clearly_more,
        "要大于{:.2f}",
        by="merit",
    ),
}


def equity_table(county: County, indicator: str, stage: str, standard: str = "quality-2017") -> pd.DataFrame:
    """Put what the five ideas ask about side by side (一张表，五种问法).

    Parameters
    ----------
    county : County
        One county, with table ``monitoring_levels``.
    indicator : str
        A resource indicator of the standard: ``qualified_teachers``.
    stage : {"primary", "junior"}
    standard : str
        Its name, or the path of its TOML file.

    Returns
    -------
    DataFrame
        Index ``school_id``, the stage's sections: ``name``, ``area``, ``pupils``, ``value`` of the indicator, ``need``: the share of the tested pupils at
        level Ⅰ, ``merit``: the share at level Ⅲ and above. The last two are NaN where nobody was tested.

    Raises
    ------
    MissingTable
        No table ``monitoring_levels``.
    Lacking
        The county has no section of the stage.

    Notes
    -----
    Unit of analysis: the stage section, weighted by its pupils. Need and merit are taken from what pupils have learned, because a county has
    nothing else by school. Both come from the same test, so where one is high the other is mostly low (in the sample's primary schools
    Spearman's correlation is about −0.8): what the two ideas say is one finding seen from two ends, not two. A county that knows its poor families
    by school puts their share in place of ``need``.
    """
    sections = indicators(county, standard)
    sections = sections[sections["stage"] == stage].set_index("school_id")
    if sections.empty:
        raise Lacking("这个学段没有可比的学校：换一个学段，或者先看示例县。")
    learned = level_shares(county).xs(stage, level="stage").reindex(sections.index)
    return sections[["name", "pupils"]].assign(
        value=sections[indicator],
        area=county.schools.set_index("school_id")["area"],
        need=learned["lowest"],
        merit=learned["good"],
    )[["name", "area", "pupils", "value", "need", "merit"]]


def five_ideas(table: pd.DataFrame, threshold: float, limit: float) -> pd.DataFrame:
    r"""Judge one distribution by five ideas of equity (五种公平观).

    .. math::
        \frac{100}{P} \sum_{x_i \ge \theta} p_i, \qquad CV, \qquad \frac{\min_g \bar X_g}{\max_g \bar X_g}, \qquad
        \frac{\bar X_{need}}{\bar X}, \qquad \frac{\bar X_{merit}}{\bar X}

    with ``p`` pupils, ``g`` areas, and the last two means those of the 40 % of pupils whose schools have the greatest need, and the best results.

    Parameters
    ----------
    table : DataFrame
        Columns ``value`` (not negative), ``pupils``, ``area``, ``need``, ``merit``, a row a school, as of `equity_table`.
    threshold : float
        What each school should have at least, in the unit of ``value``.
    limit : float
        The most that the coefficient of variation may be.

    Returns
    -------
    DataFrame
        Index the keys of `IDEAS`: ``label``, ``asks``, ``measure``, ``value``, ``line``, ``holds`` (True, False or None), ``verdict``: the same in words, where
        None is 差不多 (redistribution and meritocracy between 0.97 and 1.03) or 说不了 (not known); ``shown`` and ``bound``: the value and the line as
        texts, and ``unknown``: how many schools are left out because what the idea asks about is not known of them. A minimum that all
        others have is not known to hold.

    Notes
    -----
    Unit of analysis: the school, weighted by its pupils. The ideas are those of the UNESCO Institute for Statistics' Handbook on Measuring Equity
    in Education (2018); how each is measured here, 40 %, and that 0.97 to 1.03, UNESCO's parity of two groups, is alike here too are the course's.
    Threshold and limit are the standard's. An idea that holds is no praise: by Chinese law no school may be made a key school, so compulsory education is not to go by merit.

    Examples
    --------
    >>> schools = pd.DataFrame({
    ...     "value": [4.0, 6.0], "pupils": [100, 100], "area": ["urban", "rural"], "need": [0.1, 0.3], "merit": [0.7, 0.5],
    ... })
    >>> five_ideas(schools, threshold=5, limit=0.5)["value"].round(3).to_dict()
    {'minimum': 50.0, 'equality': 0.2, 'impartiality': 0.667, 'redistribution': 1.2, 'meritocracy': 0.8}
    """
    measures: dict[str, tuple[Callable[[pd.DataFrame], float], float]] = {
        "minimum": (
            lambda t: 100 * t["pupils"][reaches(t["value"], threshold)].sum() / t["pupils"].sum(),
            100.0,
        ),
        "equality": (lambda t: cv(t["value"], weights=t["pupils"]), limit),
        "impartiality": (_across_areas, PARITY),
        "redistribution": (lambda t: _of_the_most(t, "need"), MORE),
        "meritocracy": (lambda t: _of_the_most(t, "merit"), MORE),
    }
    rows = {}
    for key, (measure, line) in measures.items():
        known = table[table[["value", IDEAS[key].by]].notna().all(axis=1)]
        value = float(measure(known)) if len(known) else np.nan
        rows[key] = _judged(IDEAS[key], value, line) | {"unknown": len(table) - len(known)}
    if rows["minimum"]["unknown"] and rows["minimum"]["holds"]:
        rows["minimum"] |= {"holds": None, "verdict": UNKNOWN}
    return pd.DataFrame.from_dict(rows, orient="index").astype({"holds": object})


def five_ideas_by_indicator(county: County, stage: str, standard: str = "quality-2017") -> pd.DataFrame:
    """Judge each indicator of a stage by the five ideas (每项指标，五种公平观).

    Parameters
    ----------
    county : County
        One county, with table ``monitoring_levels``.
    stage : {"primary", "junior"}
    standard : str
        One with thresholds and a limit for each indicator.

    Returns
    -------
    DataFrame
        As `five_ideas`, its index ``indicator, idea``.
    """
    rules = load_standard(standard)
    found = {
        one.key: five_ideas(
            equity_table(county, one.key, stage, standard), one.thresholds[stage], rules.cv_rule.limits[stage]
        )
        for one in rules.indicators
    }
    return pd.concat(found, names=["indicator", "idea"])


def _judged(idea: Idea, value: float, line: float) -> dict[str, object]:
    known = np.isfinite(value)
    holds = idea.passes(value, line) if known else None
    return {
        "label": idea.label,
        "asks": idea.asks,
        "measure": idea.measure,
        "value": value,
        "line": line,
        "holds": holds,
        "verdict": WORDS[holds] if known else UNKNOWN,
        "shown": shown(value, line, idea.decimals, idea.passes) + idea.unit if known else "—",
        "bound": idea.bound.format(line),
    }


def means_by_area(table: pd.DataFrame) -> pd.Series:
    """Mean of the value in each area, every pupil counting once (城区、镇区、乡村的均值).

    Parameters
    ----------
    table : DataFrame
        Of `equity_table`.

    Returns
    -------
    Series
        By ``area``, in the unit of the value; schools without a value or an area are left out.

    Examples
    --------
    >>> means_by_area(pd.DataFrame({"value": [4.0, 6.0, 5.0], "pupils": [100, 300, 50], "area": ["town", "town", "rural"]})).to_dict()
    {'town': 5.5, 'rural': 5.0}
    """
    known = table[table["value"].notna()]
    amounts = (known["value"] * known["pupils"]).groupby(known["area"]).sum()
    means = amounts / known["pupils"].groupby(known["area"]).sum()
    return means.loc[[area for area in AREAS if area in means.index]]


def _across_areas(table: pd.DataFrame) -> float:
    """Return the lowest of the areas' means over the highest; NaN where there are not two areas."""
    means = means_by_area(table)
    return parity_index(means.min(), means.max()) if len(means) > 1 and means.max() > 0 else np.nan


def _of_the_most(table: pd.DataFrame, what: str) -> float:
    """Return the mean of the pupils whose schools have most of something, over that of all.

    Schools that have as much share their rank, so that their order in the table does not matter; those that straddle the line count in part.
    """
    amounts = (table["value"] * table["pupils"]).groupby(table[what]).sum()[::-1]
    pupils = table["pupils"].groupby(table[what]).sum()[::-1]
    if len(pupils) < 2 or amounts.sum() == 0:
        return np.nan
    held = np.interp(MOST * pupils.sum(), np.append(0, pupils.cumsum()), np.append(0, amounts.cumsum()))
    return held / amounts.sum() / MOST
