"""Exercises of 1.2: five ideas of equity, places for the children of migrants, means, results, mobility."""

from collections.abc import Sequence

import pandas as pd

from balancelib.county import County, Lacking
from balancelib.course.exercises.model import Exercise
from balancelib.policy import (
    IDEAS,
    equity_table,
    five_ideas,
    levels_by_area,
    mobility_counts,
    odds_ratios,
)
from balancelib.standards import load_standard

PLACED_LINE = 85  # % of the children of migrants


# What several answers and mistakes start from


def _ideas(county: County) -> pd.Series:
    """Which ideas of equity hold for the equipment of primary schools, by their Chinese names."""
    indicator = load_standard("quality-2017").indicator("equipment_value")
    table = equity_table(county, indicator.key, "primary")
    return five_ideas(table, indicator.thresholds["primary"], 0.5).set_index("label")["holds"].eq(True)


def _holding(county: County) -> set[str]:
    holds = _ideas(county)
    return set(holds.index[holds])


def _migrants(county: County) -> tuple[float, float]:
    """Children of migrants that qualify for a place, and those that have one."""
    items = county.tables["county_items"].iloc[0]
    eligible, placed = items["migrant_children_eligible"], items["migrant_children_placed"]
    if not eligible > 0:
        raise Lacking("这个县没有符合条件的随迁子女")
    return eligible, placed


def _near_the_line(county: County) -> dict[str, float]:
    """Share of them placed, how many fewer still keep to the line, and the share with those who are not registered."""
    eligible, placed = _migrants(county)
    return {
        "比例": 100 * placed / eligible,
        "还能少": max((100 * placed - PLACED_LINE * eligible) // 100, 0),
        "补上以后": 100 * placed / (eligible + _unlisted(county)),
    }


def _unlisted(county: County) -> int:
    """Children that the exercise supposes nobody has registered: one a school outside the villages."""
    return int((county.schools["area"] != "rural").sum())


def _fewer_of_both(county: County) -> float:
    """As if who loses a place no longer qualified for one."""
    eligible, placed = _migrants(county)
    return max((100 * placed - PLACED_LINE * eligible) // (100 - PLACED_LINE), 0)


def _all_placed(county: County) -> float:
    """The share as if who is registered late had a place too."""
    eligible, placed = _migrants(county)
    return 100 * (placed + _unlisted(county)) / (eligible + _unlisted(county))


def _primary_teachers(county: County) -> pd.DataFrame:
    schools = county.schools[["pupils_primary", "teachers_primary"]].dropna()
    return schools[(schools > 0).all(axis=1)]


def _rural(county: County) -> pd.DataFrame:
    """Counts at each level, of rural primary schools that were monitored last."""
    levels = county.tables["monitoring_levels"].query("stage == 'primary'")
    levels = levels[levels["year"] == levels["year"].max()]
    area = levels["school_id"].map(county.schools.set_index("school_id")["area"])
    return levels[(area == "rural") & (levels["tested"] > 0)]


def _reached(county: County, levels: Sequence[int]) -> float:
    rural = _rural(county)
    return 100 * rural[[f"level{n}" for n in levels]].sum().sum() / rural["tested"].sum()


def _chances(county: County) -> float:
    """How many times as likely college is: the ratio of shares, which is no odds ratio."""
    counts = mobility_counts(county).to_numpy()
    shares = counts[:, 3] / counts.sum(axis=1)
    return shares[2] / shares[0]


def _odds_against_all(county: County) -> float:
    """The odds of college against all that is below it."""
    counts = mobility_counts(county).to_numpy()
    odds = counts[:, 3] / counts[:, :3].sum(axis=1)
    return odds[2] / odds[0]


EXERCISES = {
    "6": Exercise(
        answer=_holding,
        hints=(
            "五种公平观各有一条线，`five_ideas`一次都算好，`holds`一列是做到没有。",
            "要给它三样：`table`，小学的标准（每名学生2000元），差异系数的上限（0.5）。",
            "`found = five_ideas(table, 2000, 0.5)`，再取`set(found.loc[found[\"holds\"].eq(True), \"label\"])`。",
        ),
        mistakes={
            "这是没有做到的那几种。": lambda county, right: {idea.label for idea in IDEAS.values()} - set(right),
            "“最低标准”要每一名学生都够，县均值过了线不算。": lambda county, right: set(right) | {"最低标准"},
        },
        right="同一张表，有的公平观说公平，有的说不公平。写材料时写明按哪一种说。",
        tables=("monitoring_levels",),
    ),
    "7": Exercise(
        answer=_near_the_line,
        hints=(
            "三个数：现在的比例；就读的再少几名，比例就到85%的线上；分母补上漏登记的以后的比例。",
            "就读的至少要有符合条件的85%，这个数可能带小数，要往上取整。就读的减去它，就是还能少的；已经不够的写0。补登记的没有就读，只进分母，不进分子。",
            "`{\"比例\": 100 * placed / eligible, \"还能少\": max((100 * placed - 85 * eligible) // 100, 0), \"补上以后\": 100 * placed / (eligible + missed)}`。",
        ),
        mistakes={
            "“还能少”多了一名：再少这么多，就不到85%了。": lambda county, right: {**right, "还能少": right["还能少"] + 1},
            "“还能少”把分母也减了。没有了学位的孩子还是符合条件的，还在分母里。": lambda county, right: {
                **right, "还能少": _fewer_of_both(county),
            },
            "补登记的也加进了分子。他们没有就读，只进分母。": lambda county, right: {**right, "补上以后": _all_placed(county)},
            "两个比例写成了小数，题目问百分之几：要乘100。": lambda county, right: {
                **right, "比例": right["比例"] / 100, "补上以后": right["补上以后"] / 100,
            },
        },
        tolerance={"比例": 0.05, "还能少": 0, "补上以后": 0.05},
        right="拿三个数和85%比。余地比漏登记的人还小，就先查分母：谁符合条件，却没有登记。",
        tables=("county_items.migrant_children_eligible", "county_items.migrant_children_placed"),
    ),
    "8": Exercise(
        answer=lambda county: _primary_teachers(county)["pupils_primary"].sum() / _primary_teachers(county)["teachers_primary"].sum(),
        hints=(
            "全县平均每名教师教几名学生：先各自加总，再相除。",
            "不要先算每所学校的比，再把比平均：十几个人的教学点和两千人的学校就一样重了。",
            "`pupils.sum() / teachers.sum()`。",
        ),
        mistakes={
            "这是各校的比再平均。小学校多，平均数就被拉低了。": lambda county, right: (
                _primary_teachers(county)["pupils_primary"] / _primary_teachers(county)["teachers_primary"]
            ).mean(),
            "倒过来了：这是每名学生有几名教师。": lambda county, right: 1 / right,
        },
        unit="名",
        tolerance=0.005,
        right="和全国比：2005年19.43名，2022年16.19名。平均数合适，还要看最挤的那所。",
    ),
    "9": Exercise(
        answer=lambda county: 100 * levels_by_area(county).loc[("primary", "rural"), "good"],
        hints=(
            "把乡村小学的人数合在一起：Ⅲ级和Ⅳ级的人，除以参加监测的人。",
            "达到Ⅲ级“以上”，Ⅳ级也算。不要把各校的百分比平均。",
            "`100 * (level3 + level4).sum() / tested.sum()`。",
        ),
        mistakes={
            "只数了Ⅲ级，Ⅳ级更高，也算达到。": lambda county, right: _reached(county, (3,)),
            "把Ⅱ级也算进去了：要的是Ⅲ级以上。": lambda county, right: _reached(county, (2, 3, 4)),
            "这是各校百分比的平均。几个人的教学点和几十人的学校不能一样重。": lambda county, right: 100
            * (_rural(county)[["level3", "level4"]].sum(axis=1) / _rural(county)["tested"]).mean(),
        },
        unit="%",
        tolerance=0.05,
        right="把城区、镇区也各算一遍。差了多少个百分点，是结果公平要说的话；为什么差，这张表说不出。",
        tables=("monitoring_levels",),
    ),
    "10": Exercise(
        answer=lambda county: odds_ratios(mobility_counts(county), reach=3, instead=1)["ratio"].iloc[2],
        hints=(
            "四个格子：两种父母，两种子女。胜算是上大专的人数除以只读到初中的人数。",
            "父母高中的，胜算是`a / b`；父母小学及以下的，胜算是`c / d`。胜算比是两个胜算相除。",
            "`(a / b) / (c / d)`。",
        ),
        mistakes={
            "这是两个百分比相除，叫机会比，不叫胜算比。人人多读几年书，它会自己变小。": lambda county, right: _chances(county),
            "分母用了所有没上大专的人。题目只拿“大专及以上”和“初中”两级比。": lambda county, right: _odds_against_all(county),
            "倒过来了：父母学历高的放在上面。": lambda county, right: 1 / right,
        },
        unit="倍",
        tolerance=0.05,
        right="这张表是合成的，数不说明任何地方。要紧的是：全社会学历都升高时，胜算比可以一点不变。",
        tables=("mobility",),
    ),
}  # fmt: skip
