"""Exercises of 3.3: where studios reach most and what they do; and a county's own."""

from collections.abc import Sequence

import pandas as pd

from balancelib.county import County, Lacking
from balancelib.course.exercises.model import Exercise
from balancelib.teachers import (
    contact_graph,
    place_exact,
    place_greedy,
    score_pairs,
    staff_balance,
    within_steps,
)

STUDIOS, STEPS, OFTEN = 3, 1, 2  # schools that meet twice a year are in contact
BEFORE, AFTER = 2022, 2025  # of two scores


# What several answers and mistakes start from


def _reach(county: County) -> tuple[pd.DataFrame, pd.Series]:
    """Which primary schools each could reach from itself by one contact, and their shares of the pupils, in %."""
    graph = contact_graph(county, "primary", OFTEN)
    covers = within_steps(graph, STEPS)
    pupils = county.schools.set_index("school_id")["pupils_primary"].reindex(covers.columns)
    return covers, 100 * pupils / pupils.sum()


def _placed(county: County) -> dict[str, float]:
    covers, share = _reach(county)
    places = {"贪心": place_greedy, "最优": place_exact}
    return {name: place(covers, share, STUDIOS).weight for name, place in places.items()}


def _largest(county: County, once: bool) -> float:
    """The three that reach most each for itself: together, or added up as if none were reached twice."""
    covers, share = _reach(county)
    each = covers.astype(float) @ share
    best = each.nlargest(STUDIOS)
    return share[covers.loc[best.index].any()].sum() if once else best.sum()


def _gains(county: County) -> dict[str, float]:
    """What members gained from one score to the other, and how much more than others."""
    pairs = score_pairs(county, BEFORE, AFTER).dropna(subset=["before", "after"])
    gain = (pairs["after"] - pairs["before"]).groupby(pairs["member"]).mean()
    if len(gain) < 2:
        raise Lacking(f"{BEFORE}和{AFTER}年都有分数的，要既有成员又有别的教师")
    return {"前后": gain[True], "双重差分": gain[True] - gain[False]}


def _after(county: County) -> float:
    pairs = score_pairs(county, BEFORE, AFTER).dropna(subset=["before", "after"])
    later = pairs.groupby("member")["after"].mean()
    return later[True] - later[False]


def _balance(county: County) -> dict[str, float]:
    """Full posts too many and too few, school by school and subject by subject."""
    sums = staff_balance(county)[["surplus", "short"]].sum()
    return {"富余": sums["surplus"], "短缺": sums["short"]}


def _netted(county: County, by: Sequence[str]) -> dict[str, float]:
    """The same after what is too many has been set against what is too few."""
    balance = staff_balance(county)
    net = (balance["surplus"] - balance["short"]).groupby([balance[column] for column in by]).sum()
    return {"富余": net.clip(lower=0).sum(), "短缺": (-net).clip(lower=0).sum()}


EXERCISES = {
    "10": Exercise(
        answer=_placed,
        hints=(
            "带到的学校合在一起数，重复的只数一次；再看这些学校有多少学生。",
            "`place_greedy(covers, weights, 3)`是一个一个地选，`place_exact`是最好的。`weight`是带到的学校的`weights`加起来。",
            "`{\"贪心\": place_greedy(covers, weights, 3).weight, \"最优\": place_exact(covers, weights, 3).weight}`。",
        ),
        mistakes={
            "选了各自带得最多的三处。它们带到的多半是同一批学校，要一个一个地看多带到多少。": lambda county, right: dict.fromkeys(
                right.index, _largest(county, once=True)
            ),
            "重复带到的学校数了几次。同一所学校只数一次。": lambda county, right: dict.fromkeys(
                right.index, _largest(county, once=False)
            ),
            "写成了小数，题目问百分之几。": lambda county, right: right / 100,
        },
        unit="%",
        tolerance=0.05,
        right="贪心不会少于最好的七成（三处时），常常就是最好的。比最好的差多少，两个都算了才知道。",
        tables=("peer_contacts",),
    ),
    "11": Exercise(
        answer=_gains,
        hints=(
            "“前后”是成员后来的平均减去原来的平均；“双重差分”再减去别的教师同样的变化。",
            "两次分数都有的人才算。`gain = scores[\"after\"] - scores[\"before\"]`，再按`member`分开求平均。",
            "`{\"前后\": gain[member].mean(), \"双重差分\": gain[member].mean() - gain[~member].mean()}`。",
        ),
        mistakes={
            "“双重差分”是后来的分数直接相减。两组起点不同，要减去各自的起点。": lambda county, right: {
                **right, "双重差分": _after(county),
            },
            "“双重差分”没有减去别的教师的变化。": lambda county, right: {**right, "双重差分": right["前后"]},
            "“双重差分”减反了。": lambda county, right: {**right, "双重差分": -right["双重差分"]},
        },
        unit="分",
        tolerance=0.05,
        right="两个都比真的作用大：成员里有一批2022年运气坏的，自己会回升。换一个没有用来挑人的起点，见课里的比较。",
        tables=("lesson_scores", "studios", "studio_members", "teachers"),
    ),
    "12": Exercise(
        answer=_balance,
        hints=(
            "一所学校一科一行。`surplus`是富余的，`short`是缺的，单位是整名教师的工作量。",
            "富余的和缺的分开加，不要相抵。",
            "`{\"富余\": balance[\"surplus\"].sum(), \"短缺\": balance[\"short\"].sum()}`。",
        ),
        mistakes={
            "全县相抵了。语文富余的，上不了音乐课。": lambda county, right: _netted(county, ["stage"]),
            "同一科在全县相抵了：那是都能调动以后的数。先看各校自己的。": lambda county, right: _netted(county, ["stage", "subject"]),
            "两个数写反了。": lambda county, right: {"富余": right["短缺"], "短缺": right["富余"]},
        },
        unit="名",
        tolerance=0.5,
        right="富余的能调、能走教、能转岗；同一科全县加起来还缺的，才是挪不出来、要转岗或者招的。",
        tables=("teachers.subject",),
    ),
}  # fmt: skip
