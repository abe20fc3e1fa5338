"""Exercises of 2.1: what a formula gives a school, what a floor costs, training that is paid too little."""

import pandas as pd

from balancelib.county import County
from balancelib.course.exercises.model import Exercise
from balancelib.resources import (
    RUNNING_COSTS,
    formula_need,
    foundation_grants,
    funding_table,
)

YEAR = 2025  # of the returns
AUDITED, LEAST_TRAINING = 2023, 0.05
FLOOR = 50_000  # 元 a school


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


def _names(county: County, identifiers: pd.Index) -> pd.Series:
    return county.schools.set_index("school_id")["name"].reindex(identifiers).rename("学校")


def _training_short(county: County, of: str = "running_budget", year: int = AUDITED) -> pd.Series:
    """Money for training that is missing to 5 %, in 元, of the schools where some is, by name."""
    money = _money(county, year)
    missing = LEAST_TRAINING * money[of] - money["training_spending"]
    missing = missing[money["training_spending"] / money[of] < LEAST_TRAINING]
    return missing.set_axis(_names(county, missing.index))


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
}  # fmt: skip
