"""Exercise of 6.2: how much of what a before/after table claims would have come without the rule."""

import pandas as pd

from balancelib.county import County
from balancelib.course.exercises.model import Exercise
from balancelib.progress import find_break, monthly_absence

BEGAN = "2022-09"
YEAR = 8  # months of school


def _answer(county: County) -> dict[str, float]:
    found = find_break(monthly_absence(county), BEGAN)
    return _parts(_claimed(found.months), found.effect().value)


def _claimed(months: pd.DataFrame, last: int | None = None) -> float:
    """Mean of the months since the beginning, less that of those before; of ``last`` months on each side alone, if given."""
    after = months["since"] >= 0
    if last:
        near = months["since"].between(-last, last - 1)
        return months["value"][after & near].mean() - months["value"][~after & near].mean()
    return months["value"][after].mean() - months["value"][~after].mean()


def _parts(claimed: float, effect: float) -> dict[str, float]:
    return {"前后": claimed, "作用": effect, "本来就会变的": claimed - effect}


def _of_a_year(county: County) -> dict[str, float]:
    found = find_break(monthly_absence(county), BEGAN)
    return _parts(_claimed(found.months, YEAR), found.effect().value)


def _seen(county: County, right: dict[str, float]) -> dict[str, float]:
    """What was seen less what would have been: the luck of the later months is still in it."""
    months = find_break(monthly_absence(county), BEGAN).months
    since = months[months["since"] >= 0]
    return _parts(right["前后"], float((since["value"] - since["without"]).mean()))


def _when(county: County, when: str, right: dict[str, float]) -> dict[str, float]:
    found = find_break(monthly_absence(county), BEGAN)
    return _parts(right["前后"], found.effect(when).value)


EXERCISES = {
    "3": Exercise(
        answer=_answer,
        hints=(
            "“前后”是两段各自平均，后面的减前面的；“作用”是后面这一段，模型的线（`line`）和“要是没有做”（`without`）平均差多少。",
            "`after = months[\"since\"] >= 0`。前后：`months[\"value\"][after].mean() - months[\"value\"][~after].mean()`；作用：`found.effect(\"mean\").value`。",
            "`{\"前后\": claimed, \"作用\": effect, \"本来就会变的\": claimed - effect}`。",
        ),
        mistakes={
            "“前后”只用了两边各一年。题目要的是开始以前的全部月份，和从那时起的全部月份。": lambda county, right: _of_a_year(county),
            "“作用”用了看到的数减“要是没有做”：里面还混着后面这些月的运气。作用是模型的线减“要是没有做”。": _seen,
            "“作用”是开始那个月的。题目要的是从那时起每个月平均的。": lambda county, right: _when(county, "first", right),
            "“作用”是最后一个月的。题目要的是从那时起每个月平均的。": lambda county, right: _when(county, "last", right),
            "减反了：缺勤少了，变化是负数。": lambda county, right: {name: -value for name, value in right.items()},
            "“本来就会变的”没有减去作用。": lambda county, right: {**right, "本来就会变的": right["前后"]},
        },
        unit="‰",
        tolerance=0.02,
        right="两个数之差，是没有制度也会变的一份：多半是原来的趋势，也有运气，不写成功劳。合成的县里埋下的作用平均是−5.35‰，算出来的差在机会的起伏上。",
        tables=("absences.absent",),
    ),
}  # fmt: skip
