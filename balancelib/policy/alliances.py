"""Who can help whom: what each school lacks in teachers, and how many of a kind it has above the standard."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from balancelib.county import County, Lacking, stage_sections
from balancelib.county.schema import schema
from balancelib.standards import Indicator, Standard, load_standard

SENT = {  # what can be sent: people
    "qualified_teachers": "高于规定学历教师",
    "backbone_teachers": "骨干教师",
    "pe_arts_teachers": "体育艺术专任教师",
}
SAME = 1e-9  # of one teacher: 9 for 1,000 pupils are enough for 0.9, whatever the last bit says


def alliance_roles(
    county: County,
    stage: str,
    standard: Standard | str = "quality-2017",
    indicators: Collection[str] = tuple(SENT),
) -> pd.DataFrame:
    r"""Tell the weak schools of a stage from those that have teachers to send (结对里的强校和弱校).

    .. math::
        b_{sk} = \lfloor y_{sk} - t_k\, p_s / c_k \rfloor, \qquad d_s = 100 \sum_k \max\Big(0, 1 - \frac{c_k\, y_{sk}}{t_k\, p_s}\Big)

    with the teachers ``y``, the pupils ``p`` and the threshold ``t`` per ``c`` pupils.

    Parameters
    ----------
    county : County
        One county, as read.
    stage : str
        ``"primary"`` or ``"junior"``: schools help schools of their own stage.
    standard : Standard or str
        One with thresholds, its name, or the path of its TOML file.
    indicators : collection of str
        Indicators that count teachers. Buildings and equipment cannot be sent.

    Returns
    -------
    DataFrame
        By ``school_id``, in order: ``name, area, township, pupils``; for each indicator the whole teachers above (or, below 0, short of) the
        threshold ``b``; ``need``: the percentage points ``d`` by which the school is short, all indicators together; ``lacks``: the indicator
        in which it stands furthest below, empty for none; ``role``: ``"weak"`` where it is short in any, ``"strong"`` where it is short in none
        and could send at least one teacher of what some school lacks most, else empty.

    Raises
    ------
    ValueError
        An indicator that does not count teachers, or that has no threshold.
    Lacking
        Several counties, no school in scope at this stage, or a number of teachers that is blank.

    Notes
    -----
    Unit of analysis: the section. Source of the thresholds: the standard's file. That only what is above the threshold is sent, and that need
    adds up over indicators, is ours: no rule says how to tell who is to help whom. Each indicator is taken by itself: one teacher may count in several,
    and who is sent is gone from all of them. What that asks of the choice of people, `balancelib.policy.sending_conditions` tells of a pairing.

    Examples
    --------
    >>> from balancelib.county import sample_county
    >>> alliance_roles(sample_county(7), "primary")["role"].value_counts().to_dict()
    {'weak': 19, 'strong': 15, '': 7}
    """
    standard = standard if isinstance(standard, Standard) else load_standard(standard)
    chosen = [_of_teachers(standard, key, stage) for key in indicators]
    if county.several:
        raise Lacking("这份数据里有几个县，一次只看一个县：请把一个县的行单独存成一份。")
    sections = stage_sections(county, standard)
    sections = sections[sections["stage"] == stage].set_index("school_id").sort_index()
    if sections.empty:
        raise Lacking(f"没有一所学校有要判定的{schema().stages[stage]}部分")
    enough = pd.DataFrame({i.key: i.thresholds[stage] * sections["pupils"] / i.per for i in chosen})
    have = sections[list(enough)]
    if len(blank := have.index[have.isna().any(axis=1)]):
        raise Lacking(f"这些学校的教师数有空白：{'、'.join(sections.loc[blank, 'name'])}")
    roles = _places(county, sections)
    roles[list(enough)] = np.floor(have - enough + SAME).astype(int)
    missing = (1 - have / enough).clip(lower=0).where(roles[list(enough)] < 0, 0.0)
    roles["need"] = 100 * missing.sum(axis=1)
    roles["lacks"] = missing.idxmax(axis=1).where(roles["need"] > 0, "")
    wanted = [key for key in enough if (roles["lacks"] == key).any()]
    able = (roles["need"] == 0) & (roles[wanted] > 0).any(axis=1)
    return roles.assign(role=np.select([roles["need"] > 0, able], ["weak", "strong"], ""))


def _of_teachers(standard: Standard, key: str, stage: str) -> Indicator:
    """Return an indicator after seeing that it counts teachers and has a threshold."""
    indicator = standard.indicator(key)
    columns = [schema().table("schools").column(name.lstrip("-")) for name in indicator.sum[stage]]
    if any(column.unit != "人" for column in columns):
        raise ValueError(f"{indicator.label}不是教师，派不出去；结对只看教师的指标")
    if stage not in indicator.thresholds:
        raise ValueError(f"{standard.label}没有{indicator.label}的标准，分不出谁强谁弱")
    return indicator


def _places(county: County, sections: pd.DataFrame) -> pd.DataFrame:
    """Name, place and size of each section's school."""
    schools = county.schools.set_index("school_id").reindex(columns=["area", "township"])
    return sections[["name"]].join(schools).assign(pupils=sections["pupils"].astype(int))
