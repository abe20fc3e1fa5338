"""Exercises of 3.1: who is exchanged and what is left of it, whom to share, what an allowance buys."""

import math

import pandas as pd

from balancelib.county import County, Lacking
from balancelib.course.exercises.model import Exercise
from balancelib.standards.staffing import load_curriculum
from balancelib.teachers import (
    FlowRule,
    exchange_rates,
    fit_choices,
    respondent_groups,
    simulate_staff,
    subject_gaps,
    take_up,
    what_is_left,
)

YEAR, AHEAD = 2025, 5  # of the returns; years ahead
DRAWS = 5
POST = {"minutes": 45, "housing": 1, "years": 3}
ALLOWANCE, ASKED = 1000, 40  # 元 a month; teachers to whom the post is offered
SMALL = 12  # classes of a school that shares a teacher


# What several answers and mistakes start from


def _exchange(county: County) -> dict[str, int]:
    """Counts that the two shares are made of."""
    table = exchange_rates(county.tables["teachers"], county.schools, YEAR)
    of = table.set_index("over")
    found = {
        "在编": int(of.at["全部在编教师", "of"]),
        "符合": int(table["of"].iloc[0]),
        "交流": int(table["counted"].iloc[0]),
        "骨干": int(of.at["交流的教师", "counted"]),
        "符合的骨干": int(of.at["符合条件的骨干教师", "of"]),
    }
    if not found["交流"]:
        raise Lacking(f"教师表里没有一名教师是{YEAR}年交流的")
    return found


def _shares(county: County) -> dict[str, float]:
    n = _exchange(county)
    return {
        "交流": 100 * n["交流"] / n["符合"],
        "骨干": 100 * n["骨干"] / n["交流"],
        "还差": max(math.ceil(n["交流"] / 5) - n["骨干"], 0),
    }


def _left(county: County, rule: FlowRule, column: str = "behind") -> pd.Series:
    """By year, what a rule of exchange adds to the backbone teachers of the primary schools that had few."""
    ways = (simulate_staff(county, way, AHEAD, DRAWS) for way in (rule, FlowRule(share=0)))
    gains = what_is_left(*ways, column).set_index(["stage", "indicator", "year"]).sort_index()["gain"]
    return gains["primary", "backbone_teachers"]


def _rules(county: County, year: int = YEAR + AHEAD, column: str = "behind") -> dict[str, float]:
    """What is left in a year of one wave that returns, and of a wave each year."""
    rules = {"只派一批": FlowRule(waves=1), "每年派": FlowRule()}
    return {name: _left(county, rule, column)[year] for name, rule in rules.items()}


def _would(county: County) -> pd.Series:
    """Share that says it would take the post: for nothing, and for the allowance."""
    choices = county.tables["job_choices"]
    shares = take_up(fit_choices(choices), POST, respondent_groups(choices), [0, ALLOWANCE], draws=2)
    return shares["share"]


def _allowance(county: County) -> dict[str, float]:
    anyway, come = ASKED * _would(county)
    return {"多来": come - anyway, "一名": 12 * ALLOWANCE * come / (come - anyway)}


def _music(county: County) -> pd.Series:
    """Weekly periods of music that the small primary schools lack, of those that lack any."""
    periods = {("primary", "music"): load_curriculum().periods("primary")["music"]}
    lack = subject_gaps(county, periods, SMALL)["lack"]
    if not lack.sum() > 0:
        raise Lacking("没有一所小规模小学缺音乐课")
    return lack[lack > 0]


def _load() -> float:
    return load_curriculum().loads("primary")["music"]


def _posts_apart(county: County) -> float:
    """Posts if each school hires its own."""
    return float(sum(math.ceil(lack / _load() - 1e-9) for lack in _music(county)))


EXERCISES = {
    "1": Exercise(
        answer=_shares,
        hints=(
            "两个比例，两个分母：10%的分母是符合条件的教师，20%的分母是实际交流的教师。",
            "“还差”是交流的人数不变，要换上几名骨干教师才到20%：交流的除以5往上取整，减去已有的骨干；够了写0。",
            "`{\"交流\": 100 * moved / eligible, \"骨干\": 100 * backbone / moved, \"还差\": max(math.ceil(moved / 5) - backbone, 0)}`。",
        ),
        mistakes={
            "“交流”的分母用了全体在编教师。要用符合条件的教师。": lambda county, right: {
                **right, "交流": 100 * _exchange(county)["交流"] / _exchange(county)["在编"],
            },
            "“骨干”的分母用了符合条件的教师。要用实际交流的教师。": lambda county, right: {
                **right, "骨干": 100 * _exchange(county)["骨干"] / _exchange(county)["符合"],
            },
            "“还差”按符合条件教师的20%算了。20%是实际交流的人里的。": lambda county, right: {
                **right, "还差": math.ceil(_exchange(county)["符合"] / 5) - _exchange(county)["骨干"],
            },
            "“骨干”的分母用了符合条件的骨干教师。要用实际交流的教师。": lambda county, right: {
                **right, "骨干": 100 * _exchange(county)["骨干"] / _exchange(county)["符合的骨干"],
            },
        },
        tolerance={"交流": 0.05, "骨干": 0.05, "还差": 0},
        right="两个比例要同一批人一起达到。骨干不够时，靠少派普通教师凑，第一个会掉下来；要换上的是骨干。",
        tables=("teachers",),
    ),
    "2": Exercise(
        answer=_rules,
        hints=(
            "要的是和“不派”相比多出来的，不是派了以后有多少。",
            "`what_is_left(派, 不派)`一次对一次地减好了，`gain`一列就是。要小学、骨干教师、2030年的那一行。",
            "`what_is_left(once, none)`和`what_is_left(yearly, none)`各取一次，`gains.query(\"stage == 'primary' and indicator == 'backbone_teachers' and year == 2030\")[\"gain\"].item()`。",
        ),
        mistakes={
            "这是2026年的，派出去的第一年。题目问2030年，期满以后。": lambda county, right: _rules(county, YEAR + 1),
            "这是2028年的，第三年。只派一批的，这时还没有回去。": lambda county, right: _rules(county, YEAR + 3),
            "这是差异系数的变化。题目问每百名学生的骨干教师，用`behind`，不写就是它。": lambda county, right: _rules(
                county, column="cv"
            ),
        },
        unit="名",
        tolerance=0.005,
        right="只派一批，期满全回去，数回到原处；每年派，数站得住。接收学校带出来的人不在这个数里，要自己记。",
        tables=("teachers",),
    ),
    "3": Exercise(
        answer=lambda county: {
            "缺的课时": _music(county).sum(),
            "合起来": math.ceil(_music(county).sum() / _load() - 1e-9),
            "各招各的": _posts_apart(county),
        },
        hints=(
            "先把缺的课时加起来；“合起来”是总数除以一名教师的课时，往上取整；“各招各的”是每所学校先各自取整，再相加。",
            "空着的是不知道，不算缺。`lack`里只留下了缺的学校。",
            "`{\"缺的课时\": lack.sum(), \"合起来\": math.ceil(lack.sum() / 16), \"各招各的\": sum(math.ceil(one / 16) for one in lack)}`。",
        ),
        mistakes={
            "“合起来”没有取整：人要一名一名地请。": lambda county, right: {**right, "合起来": right["缺的课时"] / _load()},
            "“合起来”往下取整了，最后几节没有人上。": lambda county, right: {**right, "合起来": right["合起来"] - 1},
            "“各招各的”也合起来算了。各校自己招，每所学校先取整。": lambda county, right: {**right, "各招各的": right["合起来"]},
        },
        tolerance={"缺的课时": 0.05, "合起来": 0, "各招各的": 0},
        right="差出来的那几名，就是共享省下的。实际还要看路有多远、半天对不对得上，见课里的安排。",
        tables=("teachers",),
    ),
    "4": Exercise(
        answer=_allowance,
        hints=(
            "来的每一名都拿补贴，不发也会来的人也拿。多来的是发和不发之差。",
            "来的人数是40乘比例。一年的钱是12个月、每月1000元、全部来的人；除以多来的人数。",
            "`more = 40 * (share[1000] - share[0])`，`{\"多来\": more, \"一名\": 12 * 1000 * 40 * share[1000] / more}`。",
        ),
        mistakes={
            "“一名”只算了发给每个人的12000元，没有把不发也会来的人算进去。": lambda county, right: {**right, "一名": 12 * ALLOWANCE},
            "“一名”是一个月的，题目问一年。": lambda county, right: {**right, "一名": right["一名"] / 12},
            "“多来”没有减去不发也会来的人。": lambda county, right: {**right, "多来": ASKED * _would(county)[ALLOWANCE]},
        },
        tolerance={"多来": 0.05, "一名": 50},
        right="和住房、职称、校车比一比，多来一名各要多少钱。问的是“会选”，实际会比这个少，只用来比办法，不用来定预算。",
        tables=("job_choices",),
    ),
}  # fmt: skip
