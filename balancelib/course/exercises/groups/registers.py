"""Exercise of 5.1: how many disabled children there are, from the counts of registers."""

from balancelib.county import County
from balancelib.course.exercises.model import Exercise
from balancelib.groups import register_bounds, register_sizes

GROUP = "disabled"


def _bounds(county: County) -> dict[str, float]:
    """Least and greatest number in any register, and the greatest number of those who are not on the school's roll."""
    found = register_bounds(county, GROUP)
    off_roll = register_bounds(county, GROUP, outside=["school"])
    return {
        "最少": float(found["least"].sum()),
        "最多": float(found["greatest"].sum()),
        "不在学籍": float(off_roll["greatest"].sum()),
    }


def _alone(county: County) -> dict[str, float]:
    """The same from the registers' sizes alone."""
    found = register_bounds(county, GROUP)
    return {"最少": float(found["alone_least"].sum()), "最多": float(found["alone_greatest"].sum())}


EXERCISES = {
    "1": Exercise(
        answer=_bounds,
        hints=(
            "一个乡镇一行，各乡镇的最少、最多可以相加。",
            "`least`和`greatest`用上了核对过的；`alone_least`和`alone_greatest`没有用。`outside=[\"school\"]`只数学籍上没有的。",
            "`{\"最少\": found[\"least\"].sum(), \"最多\": found[\"greatest\"].sum(), \"不在学籍\": off_roll[\"greatest\"].sum()}`。",
        ),
        mistakes={
            "没有用上核对过的人数，上下界宽了。": lambda county, right: {**right, **_alone(county)},
            "“最少”取了全县最大的一册。各乡镇最大的一册不一定是同一个部门，要先分乡镇再加。": lambda county, right: {
                **right, "最少": register_sizes(county, GROUP).sum().max(),
            },
            "最少和最多写反了。": lambda county, right: {**right, "最少": right["最多"], "最多": right["最少"]},
            "“不在学籍”是最少的，题目问最多。": lambda county, right: {
                **right, "不在学籍": register_bounds(county, GROUP, outside=["school"])["least"].sum(),
            },
        },
        unit="人",
        right="这是写在名册上的孩子。名册上有错的条目时，真实的数还会更少；两本都没有的孩子，哪一个数里都没有。",
        tables=("registers",),
    ),
}  # fmt: skip
