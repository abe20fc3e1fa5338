"""Exercises of 4.1: which schools teach all of the plan, its nine-year shares, what reviewers' rules let pass, who is stricter."""

from collections.abc import Callable

import pandas as pd

from balancelib.county import County, Lacking
from balancelib.course.exercises.model import Exercise
from balancelib.quality import (
    VERDICTS,
    county_week,
    decide,
    delivery,
    nine_year_shares,
    ratings,
    reviewer_leanings,
    school_verdicts,
)
from balancelib.quality.review import FEWEST_VERDICTS
from balancelib.standards.staffing import load_curriculum

STAGE, GROUP, SUBJECT = "primary", "语文", "chinese"


# What several answers and mistakes start from


def _sufficient(county: County, status: str = "status") -> pd.Series:
    """Whether each primary school teaches enough of each subject: True, False, or None where it cannot be told."""
    table = delivery(county)
    verdicts = school_verdicts(table.assign(status=table[status]))["sufficient"]
    if STAGE not in verdicts.index.get_level_values("stage"):
        raise Lacking("课表里没有一所小学")
    return verdicts.loc[STAGE]


def _in_full(county: County, status: str = "status") -> dict[str, float]:
    """How many teach enough, how many cannot be told, and the share of the first among those told, in %."""
    enough = _sufficient(county, status)
    if not enough.notna().any():
        raise Lacking("没有一所小学判得出开足没有：课表里空着的太多")
    full, told = int(enough.eq(True).sum()), int(enough.notna().sum())
    return {"开足": full, "判不出": len(enough) - told, "占": 100 * full / told}


def _of_nine_years(county: County, basis: str) -> float:
    """Share of nine years' lessons that are Chinese, in %."""
    share = 100 * nine_year_shares(county_week(delivery(county), basis)).at[GROUP, "share"]
    if pd.isna(share):
        raise Lacking("有的年级没有一节语文课是知道的，九年合不起来")
    return share


def _chinese(county: County) -> dict[str, float]:
    return {"课表": _of_nine_years(county, "periods"), "上了": _of_nine_years(county, "given")}


def _mean_of_grades(county: County) -> float:
    """As if all grades had as many lessons in a year."""
    week = county_week(delivery(county))
    return 100 * (week[SUBJECT] / week.sum(axis=1)).mean()


def _weeks_alike(county: County) -> float:
    """As if the ninth grade too had the weeks of the others."""
    plan = load_curriculum()
    return 100 * plan.weeks[0] * county_week(delivery(county))[SUBJECT].sum() / plan.total


def _decided(county: County, fewest: int = FEWEST_VERDICTS) -> dict[str, int]:
    """Materials that most reviewers pass, and those of them that nobody rejects."""
    table = ratings(county)
    rules = {"过半数": "majority", "没有人反对": "no_reject"}
    return {name: int((decide(table, rule, fewest) == "pass").sum()) for name, rule in rules.items()}


def _most(county: County, passed: Callable[[pd.DataFrame], pd.Series]) -> dict[str, int]:
    """The same where a material passes by another count of its verdicts."""
    table = ratings(county)
    through = passed(table) & (table.notna().sum(axis=1) >= FEWEST_VERDICTS)
    unopposed = through & ~(table == "reject").any(axis=1)
    return {"过半数": int(through.sum()), "没有人反对": int(unopposed.sum())}


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
    "1": Exercise(
        answer=_in_full,
        hints=(
            "三个答案：开足、没有开足、判不出。判不出的不是没有开足，也不是开足。",
            "`enough`里`True`是开足，`False`是没有，空的（`None`）是判不出。“占”的分母是判得出的学校。",
            "`full = enough.eq(True).sum()`，`told = enough.notna().sum()`，`{\"开足\": full, \"判不出\": len(enough) - told, \"占\": 100 * full / told}`。",
        ),
        mistakes={
            "“占”的分母是全部学校：判不出的当成没有开足了。": lambda county, right: {
                **right, "占": 100 * right["开足"] / len(_sufficient(county)),
            },
            "判不出的当成开足了。没有查到，不能替它写够。": lambda county, right: {
                **right, "开足": right["开足"] + right["判不出"],
                "占": 100 * (right["开足"] + right["判不出"]) / len(_sufficient(county)),
            },
            "这是课表上的。排在课表上的，不一定上了。": lambda county, right: _in_full(county, "paper"),
        },
        tolerance={"开足": 0, "判不出": 0, "占": 0.05},
        right="再和课表上的比：课表上够、上得不够的，差在教室里，不在纸上。判不出的，打电话去问那一格。",
        tables=("timetable",),
    ),
    "2": Exercise(
        answer=_chinese,
        hints=(
            "比例是九年的：每个年级的周课时乘那个年级的周数，加起来，再除以九年的总课时9522。",
            "一至八年级35周，九年级33周，`weeks`里就是。“课表”用`paper`，“上了”用`taught`。",
            "`{\"课表\": 100 * (paper * weeks).sum() / 9522, \"上了\": 100 * (taught * weeks).sum() / 9522}`。",
        ),
        mistakes={
            "“上了”是九个年级的比例再平均。各年级的总课时不一样，要先乘周数、加起来再除。": lambda county, right: {
                **right, "上了": _mean_of_grades(county),
            },
            "“上了”把九年级也当成35周了，它是33周。": lambda county, right: {**right, "上了": _weeks_alike(county)},
            "“上了”还是课表上的。": lambda county, right: {**right, "上了": right["课表"]},
            "两个数写反了。": lambda county, right: {"课表": right["上了"], "上了": right["课表"]},
            "写成了小数，题目问百分之几。": lambda county, right: right / 100,
        },
        unit="%",
        tolerance=0.02,
        right="方案里语文是20%到22%。课表上在里面、上了的超出来的，多出来的课总是从别的科拿的，去看是哪几科。",
        tables=("timetable",),
    ),
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
