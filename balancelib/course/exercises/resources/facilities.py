"""Exercises of 2.2: rooms that are lacking, equipment to replace, pupils to come, the cheapest plan."""

import math
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from balancelib.assess import assess
from balancelib.county import County
from balancelib.course.exercises.model import Exercise
from balancelib.figures import pupils_ahead
from balancelib.resources import (
    class_limits,
    classes_needed,
    equipment_state,
    forecast_pupils,
    forecast_schools,
    plan_compliance,
    plan_renewal,
)
from balancelib.standards import load_standard

YEAR = 2025  # of the returns
SHARE_OF_DUE = 0.4  # of what should be replaced the county pays two fifths
AHEAD = 2030
YEARS, SHARE_OF_LEAST = 3, 0.6


# What several answers and mistakes start from


def _nine_year(county: County) -> tuple[float, float, float]:
    """Primary and junior pupils and multimedia rooms of the nine-year school with the most pupils to a room."""
    schools = county.schools[county.schools["kind"] == "nine_year"]
    if schools.empty:
        raise ValueError("这个县没有九年一贯制学校")
    pupils = schools["pupils_primary"] + schools["pupils_junior"]
    found = schools.loc[(pupils / schools["multimedia_rooms"]).idxmax()]
    return found["pupils_primary"], found["pupils_junior"], found["multimedia_rooms"]


def _rooms_needed(county: County) -> float:
    """Multimedia rooms that it must have, not rounded; each stage has its share, and the stage that needs more decides."""
    primary, junior, _ = _nine_year(county)
    standard = load_standard("quality-2017")
    least = next(i for i in standard.indicators if i.key == "multimedia_rooms").thresholds
    weight = standard.split.weights["junior"]
    return (primary + weight * junior) * max(least["primary"], least["junior"] / weight) / 100


def _rooms(county: County, primary: float = 0, junior: float = 0) -> dict[str, float]:
    """What it must have and still lacks: the right numbers, or those of so many rooms per 100 pupils of each stage."""
    pupils_primary, pupils_junior, rooms = _nine_year(county)
    needed = (primary * pupils_primary + junior * pupils_junior) / 100 or _rooms_needed(county)
    return {"要有": needed, "还差": max(math.ceil(needed - rooms - 1e-9), 0)}


def _rooms_short(county: County) -> float:
    """Multimedia rooms that it lacks, not rounded."""
    return max(_rooms_needed(county) - _nine_year(county)[2], 0)


def _due(county: County, states: tuple[str, ...] = ("broken", "worn_out")) -> pd.DataFrame:
    state = equipment_state(county, YEAR)
    return state[state["state"].isin(states)]


def _replaced(county: County, **how: Any) -> float:
    """Pieces that two fifths of what all that is due costs pay for."""
    budget = _due(county)["cost"].sum() * SHARE_OF_DUE
    return plan_renewal(county, [budget], first_year=YEAR, **how).by_year["pieces"].iloc[0]


def _forecast(county: County) -> pd.DataFrame:
    """Pupils by school and grade in the year ahead."""
    enrolment = county.tables["enrolment"]
    forecast = forecast_pupils(enrolment, county.tables["births"], until=AHEAD)
    return forecast_schools(enrolment, forecast).xs(AHEAD, level="year")


def _pupils_and_classes(county: County) -> dict[str, float]:
    pupils = _forecast(county)
    return {"学生": round(pupils.sum().sum()), "班": int(classes_needed(pupils, class_limits()).sum())}


def _classes_of_all(county: County) -> dict[str, float]:
    """Classes as if all pupils of a grade sat in one place."""
    pupils = _forecast(county).sum().to_frame().T
    return {"学生": round(pupils.sum().sum()), "班": int(classes_needed(pupils, class_limits()).sum())}


def _pupils_of_now(county: County) -> dict[str, float]:
    now = county.tables["enrolment"]
    pupils = now[now["year"] == YEAR].filter(like="grade")
    return {"学生": pupils.sum().sum(), "班": int(classes_needed(pupils, class_limits()).sum())}


def _pupils_picture(county: County) -> Figure:
    """Pupils up to the year before the one that is asked for."""
    forecast = forecast_pupils(county.tables["enrolment"], county.tables["births"], until=AHEAD - 1)
    return pupils_ahead(forecast).figure


def _budget_plan(county: County) -> dict[str, float]:
    """The least that complying costs, in 万元, and the sections that meet once 60 % of it is spent."""
    least = plan_compliance(county, years=YEARS)
    if least.status in ("impossible", "late"):
        raise ValueError(least.message)
    budgets = [SHARE_OF_LEAST * least.cost / YEARS] * YEARS
    ends = plan_compliance(county, years=YEARS, budgets=budgets).by_year.iloc[-1]
    return {"最省": least.cost / 10_000, "达标": ends.filter(like="_meets").sum()}


EXERCISES = {
    "4": Exercise(
        answer=_rooms,
        hints=(
            "一所学校两个学段，教室没有分开登记：先按折算学生把标准算出来，初中生一个顶1.1个。",
            "折算学生是`小学生 + 1.1*初中生`。小学部分要达到每百名2.3间，折成整所学校，就是每百名折算学生2.3间；初中部分要求的比这少。",
            "要有的是`2.3 * 折算学生 / 100`，先不取整；还差的是`math.ceil(要有 - 现有)`，不到0就写0。",
        ),
        mistakes={
            "没有折算：初中生一个要按1.1个算。": lambda county, right: _rooms(county, 2.3, 2.3),
            "把两个学段分开算了，各按各的标准再加起来。教室是全校的，先按折算学生分到两个学段，再各看够不够。": lambda county, right: _rooms(
                county, 2.3, 2.4
            ),
            "全校都按初中的2.4间算了：初中生折算以后，每百名要的不到2.3间，由小学的2.3间定。": lambda county, right: _rooms(county, 2.4, 2.64),
            "“要有”先不取整，取整的只是“还差”。": lambda county, right: {**right, "要有": math.ceil(right["要有"])},
            "“还差”没有进到整间：教室不能建零点几间。": lambda county, right: {**right, "还差": _rooms_short(county)},
            "“还差”舍成了整间，要往上进：差零点几也要补一间。": lambda county, right: {
                **right, "还差": math.floor(_rooms_short(county)),
            },
            "“还差”是要有的总数，还没有减去现有的。": lambda county, right: {**right, "还差": math.ceil(right["要有"])},
        },
        unit="间",
        tolerance={"要有": 0.05, "还差": 0},
        right="整间、整人、整台，都是往上进一：差零点几也要补一个整的。",
    ),
    "6": Exercise(
        answer=_replaced,
        hints=(
            "该换的多，钱只有四成，先换谁有一个次序：坏了的在先，然后是生均设备值和标准之比最低的学校。",
            "不用自己排，`plan_renewal`就按这个次序买，买不起的跳过，看下一样。要给它县、一年的预算和年份。",
            "`plan = plan_renewal(county, [renewal_budget], first_year=2025)`，件数在`plan.by_year[\"pieces\"]`里，用`.item()`取出来。",
        ),
        mistakes={
            "这是预算除以平均单价。各样设备的价钱差得远，先换哪一样，件数就不同。": lambda county, right: math.floor(
                _due(county)["quantity"].sum() * SHARE_OF_DUE
            ),
            "只换了坏了的。钱还有余，下面轮到用得旧、到了年限的。": lambda county, right: _replaced(county, replace=("broken",)),
            "这是该换的全部件数，钱只够四成。": lambda county, right: _due(county)["quantity"].sum(),
        },
        unit="件",
        right="换得最多不等于换得最好：这里先保坏了的和弱校，件数是结果，不是目标。",
        tables=("ledger",),
    ),
    "7": Exercise(
        answer=_pupils_and_classes,
        hints=(
            "两步：先推全县2030年各年级有多少人，再分到各校，一校一校、一个年级一个年级地分班。",
            "2030年的一年级是2024年出生的，出生数都有了，不用假定。分班时每个年级都往上进一，所以不能先把全县加起来再除。",
            "`pupils`的全部相加、四舍五入就是学生；`classes_needed(pupils, class_limits()).sum()`就是班。",
        ),
        mistakes={
            "学生对，班少了：你把全县一个年级的学生放在一起分班。人在各校，每校每个年级都要往上进一。": lambda county, right: _classes_of_all(county),
            "这是2025年的学生和班，不是2030年的。": lambda county, right: _pupils_of_now(county),
        },
        tolerance={"学生": 1, "班": 0},
        right="学生少得快，班少得慢：学校小了，一个班坐不满也是一个班。教师和教室跟着班走，不跟着学生走。",
        tables=("enrolment", "births"),
        picture=_pupils_picture,
    ),
    "9": Exercise(
        answer=_budget_plan,
        hints=(
            "两步：先不限预算，问最省要多少；再给它六成，分三年，问最后有多少学段部分达标。",
            "两步用的都是`plan_compliance(mine, years=3)`，第二步多一个`budgets`，三年三个数。钱不够时它会先让最多的学生受益。",
            "最省是`least.cost / 10_000`；达标看`plan.by_year`的最后一行：`last = plan.by_year.iloc[-1]`，`last.filter(like=\"_meets\").sum()`是各学段之和。",
        ),
        mistakes={
            "最省的数单位是元，要的是万元。": lambda county, right: right * pd.Series({"最省": 10_000, "达标": 1}),
            "达标的数是现在的，计划还没有做：看`by_year`的最后一行，不是第一行。": lambda county, right: {
                "最省": right["最省"], "达标": assess(county).sections["meets"].sum(),
            },
            "最省一项填成了第二步的预算。第一步不限预算，要的是那个数。": lambda county, right: {
                **right, "最省": SHARE_OF_LEAST * right["最省"],
            },
        },
        tolerance=0.5,
        right="价钱是示例单价。换上你们县的价，用`with_prices`再算一遍，才能拿去上会。",
    ),
}  # fmt: skip
