"""Exercise of 5.1: a list by points, whom it finds and misses, and what its errors cost."""

import pandas as pd

from balancelib.county import County
from balancelib.course.exercises.model import Exercise
from balancelib.groups import warning_points, warning_pupils

YEAR, LEAST, WORTH = (
    2024,
    3,
    20,
)  # points from which a child is on the list; visits for nothing that one missed child is worth


def _counts(county: County) -> pd.Series:
    pupils = warning_pupils(county, YEAR)
    on, left = warning_points(pupils) >= LEAST, pupils["left"] == 1
    return pd.Series({"on": on.sum(), "found": (on & left).sum(), "left": left.sum(), "all": len(pupils)})


def _list(county: County) -> dict[str, float]:
    n = _counts(county)
    cost = n["on"] - n["found"] + WORTH * (n["left"] - n["found"])
    return {"查准率": 100 * n["found"] / n["on"], "查全率": 100 * n["found"] / n["left"], "代价": float(cost)}


def _right_of_all(county: County) -> float:
    """Share of all pupils who are rightly on or off the list: what is called accuracy."""
    n = _counts(county)
    return 100 * (1 - (n["on"] + n["left"] - 2 * n["found"]) / n["all"])


def _other_cost(county: County, *, whole_list: bool) -> float:
    n = _counts(county)
    if whole_list:
        return float(n["on"] + WORTH * (n["left"] - n["found"]))
    return float(n["on"] - n["found"] + n["left"] - n["found"])


EXERCISES = {
    "2": Exercise(
        answer=_list,
        hints=(
            "查准率的分母是名单上的人，查全率的分母是离校的人，分子都是又在名单上、又离校的人。",
            "误报是名单上没有离校的；漏掉是离校了不在名单上的，一名抵20趟白跑。",
            "`found = (listed & left).sum()`；`100 * found / listed.sum()`；`100 * found / left.sum()`；`listed.sum() - found + 20 * (left.sum() - found)`。",
        ),
        mistakes={
            "查准率和查全率写反了。查准率看名单，查全率看离校的。": lambda county, right: {
                **right, "查准率": right["查全率"], "查全率": right["查准率"],
            },
            "“查准率”是准确率：把不在名单上、也没有离校的也算对了。全猜不会离校，准确率也很高。": lambda county, right: {
                **right, "查准率": _right_of_all(county),
            },
            "“代价”把名单上的都算成误报了。真的离校的不是白跑。": lambda county, right: {
                **right, "代价": _other_cost(county, whole_list=True),
            },
            "“代价”里漏掉一名只算了1，题目说抵20趟白跑。": lambda county, right: {
                **right, "代价": _other_cost(county, whole_list=False),
            },
        },
        tolerance={"查准率": 0.1, "查全率": 0.1, "代价": 0.0},
        right="名单上多半不是，漏掉的又多半不在名单上：名单只排走访的先后。漏掉的代价大，名单就该长些。",
        tables=("children",),
    ),
}  # fmt: skip
