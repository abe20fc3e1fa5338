"""Exercise of 5.3: how far migrant pupils are sorted between schools, and how much of it chance makes."""

import pandas as pd

from balancelib.county import County
from balancelib.course.exercises.model import Exercise
from balancelib.groups import mixing_table, mixing_years
from balancelib.measures import ByChance, by_chance


def _table(county: County) -> pd.DataFrame:
    return mixing_table(county, "primary", mixing_years(county)[-1])


def _chance(county: County) -> ByChance:
    table = _table(county)
    return by_chance(table["group"], table["others"])


def _spread(county: County) -> dict[str, float]:
    found = _chance(county)
    return {"差异指数": 100 * found.value, "扣掉碰运气": max(100 * found.systematic, 0.0)}


def _against_all(county: County) -> float:
    """The mistake of setting the group beside all pupils, itself among them."""
    table = _table(county)
    everyone = table["group"] + table["others"]
    return 50 * (table["group"] / table["group"].sum() - everyone / everyone.sum()).abs().sum()


def _only_less(county: County) -> float:
    found = _chance(county)
    return 100 * (found.value - found.expected)


EXERCISES = {
    "7": Exercise(
        answer=_spread,
        hints=(
            "先算各校占全部随迁子女的几分之几，再算占全部其他学生的几分之几，相减，取绝对值，加起来，除以2。",
            "扣掉碰运气：减去抽签的平均，再除以（1减抽签的平均），就是从碰运气到完全分开走了几分之几。比抽签的平均还小的，写0。",
            "`d = 100 * (a / a.sum() - b / b.sum()).abs().sum() / 2`；`max((d - 100 * expected) / (1 - expected), 0)`。",
        ),
        mistakes={
            "没有除以2：一名孩子换学校，一处多一处少，数了两次。": lambda county, right: {**right, "差异指数": 2 * right["差异指数"]},
            "比的是全体学生。要比其他学生，全体里有随迁子女自己。": lambda county, right: {**right, "差异指数": _against_all(county)},
            "“扣掉碰运气”只减了，没有除以1减抽签的平均：最多也到不了100%。": lambda county, right: {
                **right, "扣掉碰运气": _only_less(county),
            },
            "写成了小数，题目问百分之几。": lambda county, right: {name: value / 100 for name, value in right.items()},
        },
        unit="%",
        tolerance=0.05,
        right="两个数一起写：第一个说要换学校的有几成，第二个说其中不是碰运气的有多大。学校小、随迁子女少的县，两个数差得多。",
        tables=("group_pupils",),
    ),
}  # fmt: skip
