"""Exercises of module 二: money, buildings and equipment, pupils to come, digital resources, a plan."""

import math
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from balancelib.assess import assess
from balancelib.county import County
from balancelib.course.exercises.model import Exercise
from balancelib.figures import pupils_ahead, seats_within_reach
from balancelib.resources import (
    RUNNING_COSTS,
    class_limits,
    classes_needed,
    equipment_state,
    forecast_pupils,
    forecast_schools,
    formula_need,
    foundation_grants,
    funding_table,
    plan_compliance,
    plan_renewal,
    seat_access,
)
from balancelib.standards import load_standard

YEAR = 2025  # of the returns
AUDITED, LEAST_TRAINING = 2023, 0.05
FLOOR = 50_000  # 元 a school
SHARE_OF_DUE = 0.4  # of what should be replaced the county pays two fifths
AHEAD = 2030
ENOUGH, WITHIN = 10, 5  # terminals per 100 pupils; km
YEARS, SHARE_OF_LEAST = 3, 0.6


# What several answers and mistakes start from


def _boarding_school(county: County) -> pd.Series:
    """Return the row of the school with the most boarders."""
    schools = funding_table(county)
    return schools.loc[schools["boarders"].idxmax()]


def _need(county: County) -> pd.DataFrame:
    return formula_need(funding_table(county), RUNNING_COSTS)


def _money(county: County, year: int) -> pd.DataFrame:
    money = county.tables["money"]
    return money[money["year"] == year].set_index("school_id")


def _level(county: County, floor: float = FLOOR, upper: float = 1) -> float:
    """Share of need, in %, up to which the county's money brings its schools on top of what they get from above."""
    need = _need(county)["total"]
    money = _money(county, YEAR).reindex(need.index).fillna(0)
    own, budget = upper * money["grant_upper"], money["grant_county"].sum()
    return 100 * foundation_grants(need, own, budget, floor=floor).level


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


def _names(county: County, identifiers: pd.Index) -> pd.Series:
    return county.schools.set_index("school_id")["name"].reindex(identifiers).rename("学校")


def _training_short(county: County, of: str = "running_budget", year: int = AUDITED) -> pd.Series:
    """Money for training that is missing to 5 %, in 元, of the schools where some is, by name."""
    money = _money(county, year)
    missing = LEAST_TRAINING * money[of] - money["training_spending"]
    missing = missing[money["training_spending"] / money[of] < LEAST_TRAINING]
    return missing.set_axis(_names(county, missing.index))


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


def _out_of_reach(county: County, enough: float = ENOUGH, within: float = WITHIN) -> set[str]:
    access = seat_access(county, enough, within)
    return set(access["name"][access["seats"] == 0])


def _without_seats_of_their_own(county: County) -> set[str]:
    seats = county.tables["digital"].set_index("school_id")["open_seats"].fillna(0)
    access = seat_access(county, ENOUGH, WITHIN)
    return set(access["name"][seats.reindex(access.index) == 0])


def _pupils_picture(county: County) -> Figure:
    """Pupils up to the year before the one that is asked for."""
    forecast = forecast_pupils(county.tables["enrolment"], county.tables["births"], until=AHEAD - 1)
    return pupils_ahead(forecast).figure


def _access_picture(county: County) -> Figure:
    return seats_within_reach(seat_access(county, ENOUGH, WITHIN), WITHIN).figure


def _budget_plan(county: County) -> dict[str, float]:
    """The least that complying costs, in 万元, and the sections that meet once 60 % of it is spent."""
    least = plan_compliance(county, years=YEARS)
    if least.status in ("impossible", "late"):
        raise ValueError(least.message)
    budgets = [SHARE_OF_LEAST * least.cost / YEARS] * YEARS
    ends = plan_compliance(county, years=YEARS, budgets=budgets).by_year.iloc[-1]
    return {"最省": least.cost / 10_000, "达标": ends.filter(like="_meets").sum()}


EXERCISES = {
    "1": Exercise(
        answer=lambda county: formula_need(_boarding_school(county).to_frame().T, RUNNING_COSTS)["total"].item(),
        hints=(
            "定额分三样：小学生、初中生各有一个数，寄宿生另外再加。先看清这所学校各有多少人。",
            "寄宿生已经算在小学生、初中生里，加的只是每人300元。哪个学段没有人，那一样就是0。",
            "`小学生*720 + 初中生*940 + 寄宿生*300`，把三个人数换进去。不足100人的学校才另外算，这一所不是。",
        ),
        mistakes={
            "忘了寄宿生：每人每年要另加300元。": lambda county, right: right - 300 * _boarding_school(county)["boarders"],
            "小学和初中的定额弄反了：小学720元，初中940元。": lambda county, right: right
            + 220 * (_boarding_school(county)["pupils_primary"] - _boarding_school(county)["pupils_junior"]),
            "只算了寄宿生加的那一份，学生本身的定额没有算。": lambda county, right: 300 * _boarding_school(county)["boarders"],
        },
        unit="元",
        tolerance=0.5,
        right="这是按定额应当有的数，不是学校今年拿到的数。拿它去对预算，少了的先问是哪一级没有到位。",
        tables=("boarding",),
    ),
    "2": Exercise(
        answer=lambda county: _need(county)["small_school"].sum(),
        hints=(
            "不足100人的学校按100人算，多出来的是“补足的人数”乘定额。只问多出来的那一份。",
            "`need`里有一列`small_school`，就是每所学校因为这条规则多得的钱。",
            "`need[\"small_school\"].sum()`。",
        ),
        mistakes={
            "这是这些学校一共核定的经费，问的是这条规则多给的那一份。": lambda county, right: _need(county)
            .query("small_school > 0")["total"].sum(),
            "这是学校的所数，问的是钱。": lambda county, right: (_need(county)["small_school"] > 0).sum(),
            "这是平均每所多得的，问的是全县一共。": lambda county, right: right / (_need(county)["small_school"] > 0).sum(),
        },
        unit="元",
        tolerance=0.5,
        right="钱不多，但对一个几十人的教学点，它决定取暖和水电够不够。优质均衡第6项查的正是这条有没有做到。",
    ),
    "3": Exercise(
        answer=_level,
        hints=(
            "上级补助各校已经有了，县里的钱补在它上面。先想：哪些学校离核定数最远？",
            "用`foundation_grants`：`need[\"total\"]`是核定数，`upper`是上级补助，`county_money`是县里的总数，还有一个参数`floor`管保底。",
            "`100 * foundation_grants(need[\"total\"], upper, county_money, floor=50_000).level`。",
        ),
        mistakes={
            "没有写保底，或者直接用全县的钱除以全县的核定数。县里答应每校至少5万元，先给足保底，余下的才能往上提。": lambda county, right: _level(
                county, 0
            ),
            "没有算各校已经有的上级补助：第二项是`upper`，不是0。": lambda county, right: _level(county, upper=0),
            "这是上级补助一项占核定数的百分比，县里的钱还没有加上去。": lambda county, right: 100
            * _money(county, YEAR)["grant_upper"].sum() / _need(county)["total"].sum(),
        },
        unit="%",
        tolerance=0.05,
        right="保底越高，最低的学校提得越少：一份钱不能花两次。定保底以前先把这个数算给局长看。",
        tables=("money",),
    ),
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
    "5": Exercise(
        answer=_training_short,
        hints=(
            "先算每所学校的比例：培训支出除以公用经费预算，挑出不到5%的。",
            "分母是预算总额`running`，不是支出。5%写成0.05。差的数是预算的5%减去培训支出。",
            "`short = 0.05 * running - training`，再取`short[training / running < 0.05]`。",
        ),
        mistakes={
            "分母用了公用经费支出。文件说的是公用经费预算总额的5%。": lambda county, right: _training_short(county, "running_spending"),
            "这是这些学校的5%应当有多少，还没有减去已经花的。": lambda county, right: right
            + _money(county, AUDITED)["training_spending"].set_axis(
                _names(county, _money(county, AUDITED).index)
            ).reindex(right.index),
        },
        unit="元",
        tolerance=1,
        right="先去学校看账：是真的少花，还是培训记在了别的科目里。两种情形，办法不同。",
        tables=("money",),
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
    "8": Exercise(
        answer=_out_of_reach,
        hints=(
            "先是谁要找机位：每百名学生不到10台的学校。再看5公里以内有没有开放的机位。",
            "`seat_access(county, enough=10, within=5)`一行是一所缺终端的学校，`seats`是每百名学生够得着几个机位。",
            "`access[\"name\"][access[\"seats\"] == 0]`，外面套一个`set(...)`。",
        ),
        mistakes={
            "把终端够的学校也算进来了：它们不用出去找机位。": lambda county, right: _out_of_reach(county, enough=1e6),
            "这是自己没有开放机位的学校，附近别的学校的机位还没有算。": lambda county, right: _without_seats_of_their_own(county),
            "路程没有限在5公里。": lambda county, right: _out_of_reach(county, within=25),
        },
        right="这些学校靠“开放”解决不了，只能送设备上门，或者把机位开到它们附近。",
        tables=("digital", "distances"),
        picture=_access_picture,
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
