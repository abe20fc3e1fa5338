"""What the schools lack of a standard, added up for a county: people, square metres, rooms and money."""

import pandas as pd

from balancelib.assess import Assessment
from balancelib.county import County
from balancelib.report.blocks import Table, rows_table
from balancelib.resources import gaps

COST = "补到标准约需（万元）"
PARTLY = "（不全）"  # some have no price, and are not in it
WORST = 10  # schools listed; all of them stand in the plans of the schools
PRICES = (
    "费用按示例单价估算：单价是编写者假设的，没有官方出处，只能看轻重缓急，做预算前请换成当地的价格；每年都要花的（人员）按3年算。"
    "“（不全）”：有的项目没有单价，没有算进去。几个学段合用的面积、设备按差得最多的学段算。补齐每所学校，差异系数不一定就到上限以内。"
)


def shortage(county: County, assessment: Assessment) -> pd.DataFrame | str:
    """What every school lacks, as `gaps` has it by school; a sentence where it cannot be worked out."""
    if assessment.ratios is None:
        return "没有省定办学基本标准，算不出差多少。"
    try:
        return gaps(county, assessment.standard, by="school", relax=assessment.relaxations)
    except ValueError as error:  # a number that was not filled in, no school
        return f"{error}。"


def by_indicator(found: pd.DataFrame, assessment: Assessment) -> Table:
    """Return a table with a row an indicator: how many schools lack how much, and what it costs."""
    rows = {}
    for indicator in assessment.standard.indicators:
        here = found[found["indicator"] == indicator.key]
        if len(here):
            amounts = (here["to_threshold"].sum(), here["to_floor"].sum())
            rows[indicator.short_label] = [
                here["unit"].iloc[0],
                f"{here['school_id'].nunique()}所",
                *map(amount, amounts),
                money(here["cost_threshold"]),
            ]
    floor = f"差到底线（{100 * assessment.standard.school_rule.floor:g}%）"
    columns = ["单位", "差的学校", "差到标准", floor, COST]
    return rows_table("全县各项指标一共差多少", "指标", columns, rows)


def by_school(found: pd.DataFrame, assessment: Assessment) -> Table:
    """Return a table of the `WORST` schools, the dearest first: what each lacks, and what that costs."""
    labels = {indicator.key: indicator.short_label for indicator in assessment.standard.indicators}
    cost = found.groupby("school_id", sort=False)[
        "cost_threshold"
    ].sum()  # what has no price is not in it, and that is said
    rows = {}
    for school_id in cost.sort_values(ascending=False, kind="stable").index[:WORST]:
        here = found[found["school_id"] == school_id]
        lacking = zip(here["indicator"], here["to_threshold"], here["unit"], strict=True)
        texts = [f"{labels[key]}{amount(n)}{unit}" for key, n, unit in lacking]
        rows[school_id] = [here["name"].iloc[0], "；".join(texts), money(here["cost_threshold"])]
    caption = f"按估算的费用，差得最多的{len(rows)}所学校"
    return rows_table(caption, "学校标识码", ["学校", "差多少", COST], rows)


def amount(x: float) -> str:
    """Write an amount: whole units whole, others with two decimals."""
    return f"{x:,.0f}" if float(x).is_integer() else f"{x:,.2f}"


def money(yuan: pd.Series) -> str:
    """Write a sum of 元 in 万元; it says where some have no price, ``—`` where none has."""
    known = yuan.dropna()
    return f"{known.sum() / 1e4:,.1f}{'' if len(known) == len(yuan) else PARTLY}" if len(known) else "—"
