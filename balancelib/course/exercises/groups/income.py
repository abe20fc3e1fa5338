"""Exercise of outcomes by family income: one index as everybody knows it, and one for shares."""

import pandas as pd

from balancelib.county import County
from balancelib.course.exercises.model import Exercise
from balancelib.groups import child_rows, income_rows
from balancelib.measures import concentration_index

YEAR = 2024


def _known(county: County) -> pd.DataFrame:
    return income_rows(child_rows(county, YEAR), "low_score")


def _indices(low: pd.Series, income: pd.Series) -> dict[str, float]:
    plain = concentration_index(low, income)
    return {"普通": plain, "Erreygers": 4 * low.mean() * plain}


def _answer(county: County) -> dict[str, float]:
    known = _known(county)
    return _indices(known["low_score"], known["income"])


def _turned(county: County) -> dict[str, float]:
    known = _known(county)
    return _indices(1 - known["low_score"], known["income"])


def _as_zero(county: County) -> dict[str, float]:
    rows = child_rows(county, YEAR).dropna(subset=["low_score"])
    return _indices(rows["low_score"], rows["income"].fillna(0))


EXERCISES = {
    "9": Exercise(
        answer=_answer,
        hints=(
            "“普通”用`concentration_index(low, income)`；“Erreygers”由它乘出来。",
            "比例从0到1，Erreygers是4乘均值乘普通的指数。",
            "`{\"普通\": plain, \"Erreygers\": 4 * low.mean() * plain}`。",
        ),
        mistakes={
            "数成了没有低分的。题目数低分的。": lambda county, right: _turned(county),
            "收入不详的当成0元了。不知道不是没有，只用知道收入的。": lambda county, right: _as_zero(county),
            "“Erreygers”少乘了4。": lambda county, right: {**right, "Erreygers": right["Erreygers"] / 4},
        },
        tolerance=0.0005,
        right="数没有低分的，普通的指数会变小，Erreygers只变正负号。报的时候写明是哪一种。",
        tables=("children",),
    ),
}  # fmt: skip
