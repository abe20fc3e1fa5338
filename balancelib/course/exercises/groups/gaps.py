"""Exercise of the gaps of migrant pupils: crude, and as if both groups were spread alike."""

import pandas as pd

from balancelib.county import County
from balancelib.course.exercises.model import Exercise
from balancelib.groups import child_rows, outcome_counts

YEAR = 2024


def _counts(county: County) -> pd.DataFrame:
    return outcome_counts(child_rows(county, YEAR), "low_score")


def _gaps(counts: pd.DataFrame, standard: pd.Series) -> dict[str, float]:
    """Percentage points, crude and with a standard."""
    whole = counts.sum()
    crude = whole["some"] / whole["all"] - whole["others_some"] / whole["others_all"]
    each = counts["some"] / counts["all"] - counts["others_some"] / counts["others_all"]
    return {"相差": 100 * crude, "同样的分布": 100 * (standard * each).sum() / standard.sum()}


def _answer(county: County) -> dict[str, float]:
    counts = _counts(county)
    return _gaps(counts, counts["all"] + counts["others_all"])


def _by_migrants(county: County) -> dict[str, float]:
    counts = _counts(county)
    return _gaps(counts, counts["all"])


def _evenly(county: County) -> dict[str, float]:
    counts = _counts(county)
    return _gaps(counts, counts["all"] * 0 + 1)


EXERCISES = {
    "8": Exercise(
        answer=_answer,
        hints=(
            "“相差”先把各层加起来再除；“同样的分布”先在每一层里除，再按全体学生的分布合起来。",
            "每一层的差是`rate - others`，`standard`是每一层两组一共几人。合起来是`(standard * (rate - others)).sum() / standard.sum()`，再乘100。",
            "`{\"相差\": 100 * crude, \"同样的分布\": 100 * (standard * (rate - others)).sum() / standard.sum()}`。",
        ),
        mistakes={
            "标准用成了随迁子女自己的分布。题目要全体学生的分布。": lambda county, right: _by_migrants(county),
            "几层直接平均了。人多的层要多占一些。": lambda county, right: _evenly(county),
            "是其他学生减随迁子女，减反了。": lambda county, right: -right,
        },
        unit="个百分点",
        tolerance=0.05,
        right="两个数差出来的那一份，是人在哪里带来的。下结论以前，还要看区间跨不跨过0。",
        tables=("children",),
    ),
}  # fmt: skip
