"""What is due to every child by rule, whatever else the money is wanted for: meals and living subsidies."""

from typing import Annotated

import msgspec
import numpy as np
import pandas as pd
from msgspec import Meta

from balancelib.county import County, Lacking
from balancelib.toml import Text

Money = Annotated[float, Meta(ge=0)]
Share = Annotated[float, Meta(ge=0, le=1)]
ITEMS = {"meals": "营养改善补齐", "boarders": "生活补助（寄宿）", "day": "生活补助（走读）"}
CARE = ["poor_boarders", "poor_day", "nutrition_pupils", "nutrition_fed"]


class Due(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is due to each: 元 a day for meals and days a year, 元 a year to poor boarders by stage, the share of it to others, and the county's share of these."""

    nutrition_day: Money
    nutrition_days: Annotated[int, Meta(ge=1, le=366)]
    nutrition_source: Text
    living_primary: Money
    living_junior: Money
    day_share: Share
    living_source: Text
    county_share: Share
    county_share_source: Text


def support_due(county: County, rules: Due) -> pd.DataFrame:
    """Return what the county has to pay to those to whom it is due (该给的).

    Parameters
    ----------
    county : County
        With the tables ``care``, ``group_pupils`` and ``boarding``.
    rules : Due
        Of `balancelib.groups.load_prices`.

    Returns
    -------
    DataFrame
        By item in Chinese: ``children``, ``low`` and ``high`` 元 a year of the county's share. They differ where a school has both stages and it is not known which of its poor pupils
        board: plan with ``high``. Meals: those who should be fed and are not, at full cost.

    Raises
    ------
    Lacking
        A number is blank, more are fed than should be, or the poor pupils of ``care`` are not those of ``group_pupils``.
    """
    care = county.tables["care"].set_index("school_id")[CARE]
    if (blank := care.isna().any(axis=1)).any():
        raise Lacking(f"“关爱保障”表里有{blank.sum()}所学校的补助人数空着：空着不是0，应得的不能漏，先查到")
    hungry = care["nutrition_pupils"] - care["nutrition_fed"]
    if (hungry < 0).any():
        raise Lacking(f"有{(hungry < 0).sum()}所学校已享受营养改善的比应享受的多：先核对是哪一个数错了")
    poor = _poor(county, care)
    low, high = (_living(poor, rules, junior) for junior in _junior_boarders(county, poor))
    meals = hungry.sum() * rules.nutrition_day * rules.nutrition_days
    children = [hungry.sum(), care["poor_boarders"].sum(), care["poor_day"].sum()]
    found = pd.DataFrame(
        {"children": children, "low": [meals, *low], "high": [meals, *high]}, index=list(ITEMS.values())
    )
    return found.rename_axis("item")


def _poor(county: County, care: pd.DataFrame) -> pd.DataFrame:
    """Return the poor pupils of each school by stage and by boarding."""
    pupils = county.tables["group_pupils"]
    last = pupils[(pupils["year"] == pupils["year"].max()) & (pupils["group"] == "low_income")]
    stages = last.pivot_table(index="school_id", columns="stage", values="pupils", aggfunc="sum")
    poor = stages.reindex(index=care.index, columns=["primary", "junior"]).fillna(0.0).join(care[CARE[:2]])
    off = (poor["primary"] + poor["junior"]) != (poor["poor_boarders"] + poor["poor_day"])
    if off.any():
        raise Lacking(
            f"有{off.sum()}所学校，“关爱保障”表里的困难学生和“分群体学生数”表里的不一样多（{'、'.join(off.index[off][:5])}）：先对成一个数"
        )
    return poor


def _junior_boarders(county: County, poor: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return the least and the most poor boarders of junior stage that the numbers allow, school by school."""
    boarding = county.tables["boarding"].set_index("school_id")[["boarders_primary", "boarders_junior"]]
    # Without a row nobody boards; a blank sets no limit.
    most = boarding.fillna(np.inf).reindex(poor.index, fill_value=0.0)
    boards = poor["poor_boarders"]
    low = np.maximum.reduce(
        [
            0 * boards,
            boards - most["boarders_primary"],
            poor["junior"] - poor["poor_day"],
            boards - poor["primary"],
        ]
    )
    high = np.minimum.reduce([boards, poor["junior"], most["boarders_junior"]])
    if (low > high).any():
        raise Lacking(
            f"学校{'、'.join(poor.index[low > high][:5])}的困难寄宿生比寄宿生还多：先核对“关爱保障”和“寄宿条件”两张表"
        )
    return pd.Series(low, poor.index), pd.Series(high, poor.index)


def _living(poor: pd.DataFrame, rules: Due, junior: pd.Series) -> tuple[float, float]:
    """Return what boarders and others get in all, the county's share, if so many boarders are of junior stage."""
    boards = rules.living_junior * junior + rules.living_primary * (poor["poor_boarders"] - junior)
    day = rules.living_junior * (poor["junior"] - junior) + rules.living_primary * (
        poor["primary"] - poor["poor_boarders"] + junior
    )
    return rules.county_share * boards.sum(), rules.county_share * rules.day_share * day.sum()
