"""Exercise of 6.3: the county's fitness from a stratified sample of schools, with its error."""

import pandas as pd

from balancelib.county import County
from balancelib.course.exercises.model import Exercise
from balancelib.measures import DesignEstimate, design_ratio
from balancelib.progress import draw_by_design, estimate_share, school_fitness

SCHOOLS, SEED = 15, "督导"


def _drawn(county: County) -> pd.DataFrame:
    return draw_by_design(school_fitness(county), SCHOOLS, SEED, "stratified")


def _told(found: DesignEstimate) -> dict[str, float]:
    return {"优良率": 100 * found.value, "误差": 50 * (found.high - found.low)}


def _endless(county: County) -> dict[str, float]:
    """As if the schools drawn were few of very many."""
    drawn = _drawn(county)
    return _told(design_ratio(drawn["good"], drawn["pupils"], drawn["units"], strata=drawn["stratum"]))


def _alike(county: County) -> float:
    """Every school drawn alike, however large."""
    drawn = _drawn(county)
    return 100 * (drawn["good"] / drawn["pupils"]).mean()


EXERCISES = {
    "6": Exercise(
        answer=lambda county: _told(estimate_share(_drawn(county))),
        hints=(
            "`estimate_share(drawn)`给出估计和区间。优良率是`value`，误差是区间的一半。",
            "区间从`low`到`high`，一半是两头之差除以2；都乘100，写成百分数。",
            "`found = estimate_share(drawn)`，再写`100 * found.value`和`50 * (found.high - found.low)`。",
        ),
        mistakes={
            "“优良率”是各校的优良率直接平均，小学校和大学校一样重。问的是学生，要用人数加权。": lambda county, right: {
                **right, "优良率": _alike(county),
            },
            "“误差”写成了标准误。区间的一半还要乘上2点几，抽得少，乘得多。": lambda county, right: {
                **right, "误差": 100 * estimate_share(_drawn(county)).se,
            },
            "“误差”是整个区间的宽，一半才是“正负多少”。": lambda county, right: {**right, "误差": 2 * right["误差"]},
            "没有告诉程序每层一共几所学校，少了有限总体校正，误差偏大。": lambda county, right: {
                **right, "误差": _endless(county)["误差"],
            },
            "写成了小数，题目问百分之几。": lambda county, right: {name: value / 100 for name, value in right.items()},
        },
        unit="%",
        tolerance=0.02,
        right="报的时候两个数一起报，再写上抽了几所、种子是什么。只报第一个，谁也不知道它靠不靠得住。",
        tables=("school_results",),
    ),
}  # fmt: skip
