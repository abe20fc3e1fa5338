"""Exercises of 1.1: the two schemes' rules, special schools' money, who falls behind, lessons that reach pupils."""

import numpy as np
import pandas as pd

from balancelib.assess import assess
from balancelib.county import County, Lacking, indicators
from balancelib.county.funding import funding_table
from balancelib.course.exercises.model import Exercise
from balancelib.measures import cv
from balancelib.policy import (
    causes,
    control_limits,
    digital_reach,
    indicator_history,
    signals,
)

YEAR = 2025  # of the returns
LINE, QUOTA = 8000, 7000  # 元 a pupil of a special school: the standard's, and the national base quota


# What several answers and mistakes start from


def backbone(county: County) -> pd.DataFrame:
    """Pupils and backbone teachers of the primary sections, and teachers per 100 pupils ``x``."""
    sections = indicators(county)
    sections = sections[sections["stage"] == "primary"]
    return pd.DataFrame({"pupils": sections["pupils"], "x": sections["backbone_teachers"]})


def _unweighted(county: County, ddof: int, of_pupils: bool = False) -> float:
    """The CV as spreadsheets give it: each school counts once, over the mean of schools or that of the county."""
    schools = backbone(county)
    mean = np.average(schools["x"], weights=schools["pupils"]) if of_pupils else schools["x"].mean()
    return schools["x"].std(ddof=ddof) / mean


def _passing(county: County, least_met: int = 6, floor: float = 0.85) -> int:
    """Primary sections with so many indicators met and the others above the floor."""
    verdict = assess(county)
    ratios = verdict.ratios[verdict.sections["stage"] == "primary"].round(9)
    return int((((ratios >= 1).sum(axis=1) >= least_met) & (ratios.min(axis=1) >= floor)).sum())


def _special(county: County, column: str = "running_budget", line: float = LINE) -> dict[str, float]:
    """Running costs of the special schools per pupil, and what they lack to the line."""
    pupils = funding_table(county).query("kind == 'special'")["pupils_special"]
    if not pupils.sum() > 0:
        raise Lacking("这个县没有特殊教育学校")
    money = county.tables["money"].query(f"year == {YEAR}").set_index("school_id")
    have = money[column].reindex(pupils.index).sum()
    return {"生均": have / pupils.sum(), "还差": max(line * pupils.sum() - have, 0)}


def _behind(county: County, cause: str | None = "resources") -> set[str]:
    """Schools whose own series is low this year, for one cause or for any."""
    history = indicator_history(county)
    low = causes(signals(history, control_limits(history)), history)
    low = low[low["year"] == YEAR]
    return set(low["name"][low["cause"] == cause] if cause else low["name"])


def _with_recording(county: County) -> float:
    """Share of schools that have a recording room, in %."""
    return 100 * (county.tables["digital"]["recording_rooms"] > 0).mean()


EXERCISES = {
    "1": Exercise(
        answer=lambda county: cv(backbone(county)["x"], weights=backbone(county)["pupils"]),
        hints=(
            "四步：每百名学生几名；全县的均值；标准差；相除。第二步、第三步都要按学生数。",
            "均值是教师总数除以学生总数，再乘100。标准差里每所学校的权重是它的学生占全县的比例，分母是学生总数，不减1。",
            "`(pupils * (x - mean) ** 2).sum() / pupils.sum()`是标准差的平方，开方（`** 0.5`）以后除以`mean`。",
        ),
        mistakes={
            "每所学校一样重了（STDEV.P除以平均数）。要按学生数加权。": lambda county, right: _unweighted(county, 0),
            "每所学校一样重，又用了样本的公式（STDEV）。全县的学校都在，不减1，而且要按学生数加权。": lambda county, right: _unweighted(county, 1),
            "均值加权了，标准差没有加权：分子分母两个口径。": lambda county, right: _unweighted(county, 0, of_pupils=True),
            "忘了开方：这是差异系数的平方。": lambda county, right: right**2,
        },
        tolerance=0.0005,
        right="拿它和0.50比：按原始数比，不先四舍五入。超过了，先看占比最大的是哪一所。",
    ),
    "2": Exercise(
        answer=_passing,
        hints=(
            "规则是两句话，要同时做到：至少六项不小于1；最小的一项不小于0.85。",
            "一行是一个学段部分。`(ratios >= 1).sum(axis=1)`是每行达标几项，`ratios.min(axis=1)`是每行最小的一项。",
            "`((met >= 6) & (lowest >= 0.85)).sum()`，`met`和`lowest`是上面两列。",
        ),
        mistakes={
            "要求七项全部达标了。规则容许一项短一点。": lambda county, right: _passing(county, 7),
            "只看了“至少六项达标”，忘了余下一项不能低于85%。": lambda county, right: _passing(county, 6, 0),
            "只看了“每一项都不低于85%”，没有数达标的够不够六项。": lambda county, right: _passing(county, 0),
        },
        unit="个",
        right="所有学校都达到，才算过这一关。没有过的，分开看：差在项数上，还是差在底线上，办法不一样。",
    ),
    "3": Exercise(
        answer=_special,
        hints=(
            "先算现在每名学生多少元，再算到8000元一共还差多少元。",
            "用2025年的公用经费预算除以特教学生数。还差的是全校的总数：8000乘学生数，减去预算。",
            "`{\"生均\": budget / pupils, \"还差\": max(8000 * pupils - budget, 0)}`。",
        ),
        mistakes={
            "线用成了7000元：那是国家的基准定额，优质均衡要8000元。": lambda county, right: _special(county, line=QUOTA),
            "用了支出。花了多少是一回事，安排了多少是另一回事，这里看预算。": lambda county, right: _special(county, "running_spending"),
            "“还差”是一名学生差的，要的是全校差的。": lambda county, right: {**right, "还差": LINE - right["生均"]},
        },
        unit="元",
        tolerance={"生均": 0.5, "还差": 1},
        right="再看县级项目表上这一项填的是几元：示例县填的是8000元，和账上的预算对不上。这样的两个数，先弄清楚哪一个算数，再上报。",
        tables=("money", "boarding"),
    ),
    "4": Exercise(
        answer=_behind,
        hints=(
            "三步：每所学校自己的界限；今年的信号；低的一侧各是什么原因。",
            "`causes`的结果里，`cause`一列是原因，`resources`是东西少了，`pupils`是学生多了，`others`是别人添得快。只要2025年的。",
            "`set(low.loc[(low[\"year\"] == 2025) & (low[\"cause\"] == \"resources\"), \"name\"])`。",
        ),
        mistakes={
            "这是今年低的一侧的全部学校。多数是学生多了，东西没有少。": lambda county, right: _behind(county, None),
            "这是学生多了的学校。要的是东西少了的。": lambda county, right: _behind(county, "pupils"),
        },
        right="它今年多半还达标，排名也不靠后，不看它自己的历年就看不见。现在去问，还来得及。",
        tables=("history",),
    ),
    "5": Exercise(
        answer=lambda county: digital_reach(county).loc["recording", "all"],
        hints=(
            "数的是学生，不是学校：有录播教室的学校的学生，除以全县的学生。",
            "`rooms > 0`挑出有录播教室的学校，把它们的学生加起来。",
            "`100 * pupils[rooms > 0].sum() / pupils.sum()`。",
        ),
        mistakes={
            "这是学校的百分比。大校有、小校没有，按学校数和按学生数就差得远。": lambda county, right: _with_recording(county),
            "这是没有录播教室的学校的学生。": lambda county, right: 100 - right,
        },
        unit="%",
        tolerance=0.05,
        right="再按城区、镇区、乡村各算一遍：全县的数高，乡村的数低，好课就还没有送到要去的地方。",
        tables=("digital",),
    ),
}  # fmt: skip
