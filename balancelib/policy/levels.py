"""Whose a gap is to mend: between schools, between a county's townships, or between counties."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from balancelib.county import County, Lacking, indicators, stage_sections
from balancelib.county.schema import STAGES
from balancelib.measures import Decomposition, decompose
from balancelib.standards import Indicator, Standard, load_standard
from balancelib.text import shown

PARTS = {
    "township": "township",
    "county": "county_id",
}  # between groups, the finest first: the column that names them
COLUMN_LABELS = {"township": "乡镇（街道）", "county_id": "县区代码"}


def whose_to_mend(
    province: County, measure: str = "theil_t", standard: Standard | str = "quality-2017"
) -> pd.DataFrame:
    r"""Take every indicator's inequality apart, level by level: schools, townships, counties (逐级分解).

    .. math:: I = I_{within\ townships} + I_{between\ townships\ of\ a\ county} + I_{between\ counties}

    Parameters
    ----------
    province : County
        The schools of many counties, with ``county_id`` and ``township``; or of one county, which has no part between counties.
    measure : {"theil_t", "theil_l", "cv"}
        As of `balancelib.measures.decompose`; ``cv`` stands for the squared coefficient of variation. ``theil_l`` is infinite, and has no
        shares, where a section has none of an indicator.
    standard : Standard or str
        Whose indicators.

    Returns
    -------
    DataFrame
        One row a stage and indicator: ``stage, indicator, label, total, within, township, county`` and the last three as shares of the
        total, ``within_share, township_share, county_share``. A level that the data have not is NaN; so are the shares where all are equal.

    Raises
    ------
    Lacking
        Schools without a township or county while others have one; data with neither, or one county without townships; no section in scope.

    Notes
    -----
    Unit of analysis: pupils, each with the value of the section that they sit in. Method: nested decomposition as in Akita (2003), "Decomposing
    regional income inequality in China and Indonesia using two-stage nested Theil decomposition method", The Annals of Regional
    Science 37(1), with schools as the units.
    """
    rows = []
    for stage, indicator, found in _decompositions(province, measure, _loaded(standard)):
        parts = {name: found.levels.get(column, np.nan) for name, column in PARTS.items()}
        rows.append(
            {"stage": stage, "indicator": indicator.key, "label": indicator.short_label, "total": found.total}
            | {"within": found.within, **parts}
        )
    frame = pd.DataFrame(rows)
    with np.errstate(invalid="ignore"):
        shares = frame[["within", *PARTS]].div(frame["total"].where(frame["total"] > 0), axis=0)
    return frame.join(shares.add_suffix("_share"))


def shortages_by_level(province: County, standard: Standard | str = "quality-2017") -> pd.DataFrame:
    r"""Take what schools lack to their thresholds apart: what a township, a county, the province has elsewhere, and what is not there.

    With :math:`d` a section's shortage :math:`t p - y` (negative where it has more than the threshold asks), and sums over the units of a level:

    .. math::
        \sum_s d_s^+ = \Big(\sum_s d_s^+ - \sum_t d_t^+\Big) + \Big(\sum_t d_t^+ - \sum_c d_c^+\Big)
        + \Big(\sum_c d_c^+ - d^+\Big) + d^+, \qquad d_t = \sum_{s \in t} d_s, \dots

    Each difference is what surpluses inside a township (a county, the province) would cover: never negative.

    Parameters
    ----------
    province : County
        As for `whose_to_mend`.
    standard : Standard or str
        One with thresholds.

    Returns
    -------
    DataFrame
        One row a stage and indicator: ``stage, indicator, label, unit``, the shortage of all sections ``total``, and its parts ``within``,
        ``township``, ``county`` and ``absent``, in the unit (teachers, m², 元, rooms). A level that the data have not is NaN.

    Raises
    ------
    ValueError
        A standard without thresholds.
    Lacking
        As `whose_to_mend`.

    Notes
    -----
    A reckoning, not a plan: teachers and equipment can be moved, floors cannot, and what a school has above its threshold
    may be there for a reason. The six-of-seven rule asks for less than every threshold.
    """
    standard = with_thresholds(standard)
    sections, levels = _sections(province, stage_sections(province, standard))
    rows = []
    for stage in STAGES:
        of_stage = sections[sections["stage"] == stage]
        for indicator in standard.indicators if len(of_stage) else ():
            needed = of_stage["pupils"] * indicator.thresholds[stage] / indicator.per
            sums = _shortages(needed - of_stage[indicator.key], of_stage, levels)
            rows.append(
                {"stage": stage, "indicator": indicator.key, "label": indicator.short_label, "unit": indicator.unit}
                | sums
            )  # fmt: skip
    return pd.DataFrame(rows)


def with_thresholds(standard: Standard | str) -> Standard:
    """Return the standard; an error where it has no thresholds to hold schools to."""
    standard = _loaded(standard)
    if not all(indicator.thresholds for indicator in standard.indicators) or not standard.school_rule:
        raise ValueError(f"{standard.label}没有逐校的标准，算不出离标准还差多少")
    return standard


def _loaded(standard: Standard | str) -> Standard:
    return standard if isinstance(standard, Standard) else load_standard(standard)


def _decompositions(
    province: County, measure: str, standard: Standard
) -> Iterator[tuple[str, Indicator, Decomposition]]:
    sections, levels = _sections(province, indicators(province, standard))
    for stage in STAGES:
        of_stage = sections[sections["stage"] == stage]
        groups = {level: of_stage[level].to_numpy() for level in levels}
        for indicator in standard.indicators if len(of_stage) else ():
            values = of_stage[indicator.key].to_numpy()
            yield stage, indicator, decompose(values, groups, of_stage["pupils"].to_numpy(), measure)


def _sections(province: County, sections: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return the sections with their townships, and the columns of the levels that the data have, the coarsest first."""
    schools = province.schools
    if sections.empty:
        raise Lacking("没有一所学校有要判定的小学或初中部分")
    levels = [column for column in reversed(PARTS.values()) if schools[column].notna().any()]
    for column in levels:
        _all_filled(schools, column)
    several = [column for column in levels if column != "county_id" or schools[column].nunique() > 1]
    if not several:
        raise Lacking(
            "“学校”表没有“乡镇（街道）”，也没有几个县的“县区代码”，差距分不出是哪一级的。请至少填一列，再从头运行。"
        )
    return sections.join(schools.set_index("school_id")["township"], on="school_id"), several


def _all_filled(schools: pd.DataFrame, column: str) -> None:
    blank = schools[schools[column].isna()]
    if len(blank):
        names = "、".join(shown(name) for name in blank["name"].head(3)) + ("等" if len(blank) > 3 else "")
        raise Lacking(
            f"{len(blank)}所学校没有填“{COLUMN_LABELS[column]}”：{names}。别的学校都填了，请补上，再从头运行。"
        )


def _shortages(shortage: pd.Series, sections: pd.DataFrame, levels: list[str]) -> dict[str, float]:
    """Take the positive shortages of sections, townships, counties and the whole from each other, step by step."""
    sums = {"within": shortage.clip(lower=0).sum()}
    for part, column in PARTS.items():
        if column in levels:
            groups = [sections[name] for name in levels[: levels.index(column) + 1]]
            sums[part] = shortage.groupby(groups).sum().clip(lower=0).sum()
    absent = max(shortage.sum(), 0.0)
    left = [*sums.values(), absent]
    parts = {name: above - below for name, above, below in zip(sums, left[:-1], left[1:], strict=True)}
    return {"total": left[0], **dict.fromkeys(("within", *PARTS), np.nan), **parts, "absent": absent}
