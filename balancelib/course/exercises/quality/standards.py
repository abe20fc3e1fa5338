"""Exercises of 4.1: what reviewers' rules let pass, and who is stricter than the others."""

from collections.abc import Callable

import pandas as pd

from balancelib.county import County, Lacking
from balancelib.course.exercises.model import Exercise
from balancelib.quality import VERDICTS, decide, ratings, reviewer_leanings

FEWEST = 3  # verdicts that a material needs


# What several answers and mistakes start from


def _decided(county: County, fewest: int = FEWEST) -> dict[str, int]:
    """Materials that most reviewers pass, and those of them that nobody rejects."""
    table = ratings(county)
    rules = {"过半数": "majority", "没有人反对": "no_reject"}
    return {name: int((decide(table, rule, fewest) == "pass").sum()) for name, rule in rules.items()}


def _most(county: County, passed: Callable[[pd.DataFrame], pd.Series]) -> dict[str, int]:
    """The same where a material passes by another count of its verdicts."""
    table = ratings(county)
    through = passed(table) & (table.notna().sum(axis=1) >= FEWEST)
    unopposed = through & ~(table == "reject").any(axis=1)
    return {"过半数": int(through.sum()), "没有人反对": int(unopposed.sum())}


def _unopposed(county: County) -> int:
    """Materials that nobody rejects, whether most pass them or not."""
    table = ratings(county)
    enough = table.notna().sum(axis=1) >= FEWEST
    return int((enough & ~(table == "reject").any(axis=1)).sum())


def _steps(county: County) -> pd.DataFrame:
    """The verdicts as steps, 1 the worst."""
    return ratings(county).apply(
        lambda column: column.map({verdict: n for n, verdict in enumerate(VERDICTS, 1)}).astype(float)
    )


def _strictest(county: County) -> str:
    found = reviewer_leanings(ratings(county))["leaning"]
    if found.dropna().empty:
        raise Lacking("没有一份材料有两位审读人写了结论")
    return found.idxmin()


def _apart(county: County, blank: float | None = None) -> float:
    """How far the strictest is from the mean of the others on the same materials, in steps."""
    steps, who = _steps(county), _strictest(county)
    if blank is not None:
        steps = steps.fillna(blank)
    return (steps[who] - steps.drop(columns=who).mean(axis=1)).mean()


def _apart_on_all(county: County) -> float:
    """As if the others had seen the same materials."""
    steps, who = _steps(county), _strictest(county)
    return steps[who].mean() - steps.drop(columns=who).stack().mean()


EXERCISES = {
    "3": Exercise(
        answer=_decided,
        hints=(
            "分母是写了结论的人，空着的不算人。先留下至少三个结论的，再数两种规则各放过几份。",
            "`passed`是说通过的人数，`given`是写了结论的人数，过半数是`2 * passed > given`；没有人反对，是过半数的里面再去掉有人写`reject`的。",
            "`enough = given >= 3`，`most = enough & (2 * passed > given)`，`{\"过半数\": most.sum(), \"没有人反对\": (most & (rejected == 0)).sum()}`。",
        ),
        mistakes={
            "空着的当成了不同意：分母用了全部审读人。空着是不知道。": lambda county, right: _most(
                county, lambda table: 2 * (table == "pass").sum(axis=1) > table.shape[1]
            ),
            "空着的当成了通过。没有写的，不能替他签字。": lambda county, right: _most(
                county, lambda table: 2 * ((table == "pass") | table.isna()).sum(axis=1) > table.shape[1]
            ),
            "不到三个结论的也定了。审的人不够，先补审。": lambda county, right: _decided(county, 1),
            "“没有人反对”里没有要求过半数：有的只是没有人写不通过，多半人写的是修改后再审。": lambda county, right: {
                **right, "没有人反对": _unopposed(county),
            },
            "“没有人反对”写成了被拦下的份数，题目问的是放过的。": lambda county, right: {
                **right, "没有人反对": right["过半数"] - right["没有人反对"],
            },
        },
        unit="份",
        right="两个数的差，就是“两个说过、一个说不过”的那几份。规则在看意见以前定好，差几份都不吵。",
        tables=("reviews",),
    ),
    "4": Exercise(
        answer=_apart,
        hints=(
            "只比同一批材料：每一份上，他的级数减去别人的平均，再求平均。比别人紧是负数。",
            "`others`是去掉他以后每份材料的平均，`steps[who] - others`是一份一个差；谁没有写，那一份就是空的，`.mean()`会跳过。",
            "`others = steps.drop(columns=who).mean(axis=1)`，`(steps[who] - others).mean()`。",
        ),
        mistakes={
            "拿他的平均减了别人全部材料的平均。各人审的不是同一批，好的坏的分得不一样。": lambda county, right: _apart_on_all(county),
            "减反了：他减别人，紧的是负数。": lambda county, right: -right,
            "空着的当成了通过。": lambda county, right: _apart(county, len(VERDICTS)),
        },
        unit="级",
        tolerance=0.005,
        right="差得出区间，才说“一贯比别人紧”，见课里的图。数只说该去问谁，不说谁对：他也许看到了别人没有看到的。",
        tables=("reviews",),
    ),
}  # fmt: skip
