"""Which counties can meet the standard with what they have, and which need help from above; what narrower gaps would change."""

from typing import Any

import numpy as np
import pandas as pd

from balancelib.assess import Assessment, assess
from balancelib.assess.logic import all_hold, lowest_reaching, within
from balancelib.assess.resources import StageValues, judge_sections
from balancelib.county import County
from balancelib.county.schema import STAGES
from balancelib.policy.levels import with_thresholds
from balancelib.standards import Standard

COLUMNS = [
    "county_id", "county", "stage", "sections", "sections_met", "cv_failed", "short", "enough", "meets", "whose",
]  # fmt: skip
WHOSE = {"none": "已经达到", "county": "县里能办", "above": "要上级帮"}


def county_verdicts(province: County, standard: Standard | str = "quality-2017") -> pd.DataFrame:
    """Judge every county's stages, and say whose it is to mend those that fall short (责任链条).

    A stage that falls short is the county's own to mend where the county would meet the standard if each of its schools had the
    county's mean: all is there, at the wrong places. Where even that would not do, the county has not enough, and what it lacks must come from above.

    Parameters
    ----------
    province : County
        Table ``schools`` of one county or many.
    standard : Standard or str
        One with thresholds.

    Returns
    -------
    DataFrame
        One row a county and stage with sections: ``county_id, county, stage, sections``; ``sections_met``, those that pass the school rule;
        ``cv_failed``, the indicators whose coefficient of variation is over its limit; ``short``, those whose county mean is under the threshold;
        ``enough``, whether equal shares would meet the school rule; ``meets``, the verdict on the stage; ``whose``: ``none``, ``county``,
        ``above``, or None where there is no verdict.

    Raises
    ------
    ValueError
        A standard without thresholds.

    Notes
    -----
    The verdicts are those of `balancelib.assess`, of the resource part alone. What ``whose`` says is a reckoning of ours, not in any rule: rooms
    cannot be moved between schools as teachers can.
    """
    standard = with_thresholds(standard)
    found = assess(province, standard)
    verdicts = found if isinstance(found, list) else [found]
    schools = province.schools.drop_duplicates("county_id").set_index("county_id")["county"]
    rows = [
        {"county_id": one.county_id, "county": schools.get(one.county_id), **_stage_row(one, stage)}
        for one in verdicts
        for stage in STAGES
        if one.stages[stage].sections
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _stage_row(one: Assessment, stage: str) -> dict[str, Any]:
    verdict, standard = one.stages[stage], one.standard
    equal = judge_sections(pd.DataFrame([verdict.mean | {"stage": stage}]), standard, rounded=False)
    enough = equal.meets[0]
    met = one.sections.loc[one.sections["stage"] == stage, "meets"]
    whose = None if verdict.meets is None else "none" if verdict.meets else "county" if enough else "above"
    thresholds = {i.key: i.thresholds[stage] for i in standard.indicators}
    return {
        "stage": stage,
        "sections": verdict.sections,
        "sections_met": int((met == True).sum()),  # noqa: E712  None is not met
        "cv_failed": [key for key, meets in (verdict.cv_meets or {}).items() if meets is False],
        "short": [
            k for k, ratio in zip(thresholds, equal.ratios[0], strict=True) if ratio < lowest_reaching(1.0)
        ],
        "enough": bool(enough),
        "meets": verdict.meets,
        "whose": whose,
    }


def narrow_gaps(
    sections: pd.DataFrame, inside: float, between: float, standard: Standard | str = "quality-2017"
) -> pd.DataFrame:
    r"""Narrow the gaps inside counties and those between them, each by a share; the province's mean stays (缩小差距的假设).

    .. math::
        x' = m'_c \left[1 + (1 - a)\Big(\frac{x}{m_c} - 1\Big)\right], \qquad m'_c = M + (1 - b)(m_c - M)

    with :math:`m_c` a county's mean, :math:`M` the province's, both weighted by pupils, ``a`` the share inside and ``b`` the share between. Every
    county's coefficient of variation becomes :math:`1 - a` of what it was, and that of the counties' means :math:`1 - b`.

    Parameters
    ----------
    sections : DataFrame
        As of `balancelib.county.indicators`.
    inside, between : float
        From 0, as it is, to 1, no gap left.
    standard : Standard or str
        Whose indicators.

    Returns
    -------
    DataFrame
        The sections with other values.

    Raises
    ------
    ValueError
        A share below 0 or above 1.
    """
    if not (0 <= inside <= 1 and 0 <= between <= 1):
        raise ValueError(f"缩小的份额要在0到1之间，现在是{inside:g}和{between:g}")
    standard = with_thresholds(standard)
    keys = [indicator.key for indicator in standard.indicators]
    values, pupils = sections[keys], sections["pupils"]
    county = _means(values, pupils, [_county_codes(sections), sections["stage"]])
    goal = county * (1 - between) + between * _means(values, pupils, [sections["stage"]])
    with np.errstate(invalid="ignore"):
        relative = (values / county).where(county > 0, 1.0)
    return sections.assign(**(goal * (1 + (1 - inside) * (relative - 1))))


def judge_counties(sections: pd.DataFrame, standard: Standard | str = "quality-2017") -> pd.DataFrame:
    """Judge sections that no county reported, such as those of `narrow_gaps`, under the school rule and the county rule.

    Parameters
    ----------
    sections : DataFrame
        ``county_id, stage, pupils`` and the indicators.
    standard : Standard or str
        One with thresholds and a limit for each coefficient of variation.

    Returns
    -------
    DataFrame
        One row a county and stage: ``county_id, stage``; ``schools_meet``, whether all sections pass the school rule; ``cv_meet``, whether all
        coefficients of variation are within their limits; ``meets``, both. None where a blank would decide it.

    Notes
    -----
    In full precision, and with the very functions that `balancelib.assess` judges by.
    """
    standard = with_thresholds(standard)
    rules = judge_sections(sections, standard, rounded=False)
    stage = (sections["stage"] == STAGES[1]).to_numpy()
    piece = _county_codes(sections) * 2 + stage
    present, numbers = np.unique(piece, return_inverse=True)
    cvs = StageValues(numbers, sections["pupils"].to_numpy(), rules, standard).exact_cv
    limits = np.array([standard.cv_rule.limits[STAGES[code % 2]] for code in present])
    tested = cvs[:, [indicator.in_cv for indicator in standard.indicators]]
    each = np.where(np.isnan(tested), None, within(tested, limits[:, None]))
    cv_meet = [all_hold(row) for row in each.tolist()]
    schools_meet = [all_hold(rules.meets[numbers == k].tolist()) for k in range(len(present))]
    meets = [all_hold(both) for both in zip(schools_meet, cv_meet, strict=True)]
    _, first = np.unique(numbers, return_index=True)
    return (
        sections[["county_id", "stage"]].iloc[first].reset_index(drop=True)
        .assign(schools_meet=schools_meet, cv_meet=cv_meet, meets=meets)
    )  # fmt: skip


def _county_codes(sections: pd.DataFrame) -> np.ndarray:
    return pd.factorize(sections["county_id"], use_na_sentinel=False)[0]


def _means(values: pd.DataFrame, pupils: pd.Series, groups: list[Any]) -> pd.DataFrame:
    """Each section's group mean, weighted by pupils."""
    held = values.mul(pupils, axis=0).groupby(groups).transform("sum")
    return held.div(pupils.groupby(groups).transform("sum"), axis=0)
