"""Exercises of 4.3: how much schools differ and how surely, what is left of a low mean, and of a rise; and a county's own."""

import numpy as np
import pandas as pd

from balancelib.county import County, Lacking
from balancelib.course.exercises.model import Exercise
from balancelib.quality import LIMIT, ValueAdded, school_changes, school_shares, scored, value_added

YEAR, BEFORE = 2025, 2023  # of the scores
SUBJECT = "math"
GRADE, HIGHER = 4, 8


# What several answers and mistakes start from


def _share(county: County, value: str = "anova") -> dict[str, float]:
    """The junior schools' share of the variance, with its exact interval."""
    shares = school_shares(county)
    key = (YEAR, HIGHER, SUBJECT)
    if key not in shares.index or np.isnan(shares.at[key, "anova"]):
        raise Lacking(f"{YEAR}年{HIGHER}年级数学的成绩不够算")
    row = shares.loc[key]
    return {"占比": row[value], "下端": row["low"], "上端": row["high"]}


def _unmended(county: County) -> float:
    """The share as if the mean square within had not been taken off."""
    rows = scored(county, year=YEAR, grade=HIGHER, subject=SUBJECT).groupby("school_id")["score"]
    sizes, means = rows.size(), rows.mean()
    total = sizes.sum()
    between = (sizes * (means - (sizes * means).sum() / total) ** 2).sum() / (len(sizes) - 1)
    within = ((sizes - 1) * rows.var().fillna(0)).sum() / (total - len(sizes))
    size = (total - (sizes**2).sum() / total) / (len(sizes) - 1)
    return between / (between + (size - 1) * within)


def _value_added(county: County, year: int = YEAR) -> ValueAdded:
    found = value_added(county, year, GRADE, SUBJECT)
    if found.schools.empty:
        raise Lacking(f"{year}年没有一所满10人的学校")
    return found


def _lowest(county: County) -> pd.Series:
    """The school with the lowest raw mean."""
    schools = _value_added(county).schools
    return schools.loc[schools["raw"].idxmin()]


def _kept(county: County) -> dict[str, float]:
    school = _lowest(county)
    return {"保留": school["kept"], "增值": school["added"]}


def _of_one(county: County) -> float:
    """What would be kept of a single pupil's gap."""
    fit = _value_added(county).fit
    return fit.between / (fit.between + fit.within)


def _below_the_county(county: County) -> float:
    """The shrunken distance of its raw mean from that of all pupils."""
    mean = scored(county, year=YEAR, grade=GRADE, subject=SUBJECT)["score"].mean()
    school = _lowest(county)
    return school["kept"] * (school["raw"] - mean)


def risen(county: County) -> pd.Series:
    """The school that rose most, of those that were below what was to be expected."""
    changes = school_changes(county, GRADE, SUBJECT, BEFORE, YEAR)
    low = changes[changes["gap_first"] < 0]
    if low.empty:
        raise Lacking(f"{BEFORE}年没有一所学校低于预期")
    return low.loc[low["change"].idxmax()]


def _parts(county: County) -> dict[str, float]:
    school = risen(county)
    return {"自己回来": school["by_itself"], "多出来": school["beyond"]}


def _verdicts(county: County) -> dict[str, int]:
    """Of how many years, grades and subjects it can be told on which side of the limit the share lies."""
    found = school_shares(county)["verdict"].value_counts()
    return {"低于": found.get("below", 0), "不低于": found.get("above", 0), "定不了": found.get("unsure", 0)}


def _by_points(county: County, estimator: str) -> dict[str, int]:
    """As if an estimate had no interval."""
    shares = school_shares(county)[estimator].dropna()
    below = int((shares < LIMIT).sum())
    return {"低于": below, "不低于": len(shares) - below, "定不了": 0}


EXERCISES = {
    "9": Exercise(
        answer=_share,
        hints=(
            "占比是（校间均方－校内均方）÷（校间均方＋（人数－1）×校内均方）。减去校内均方，就是扣掉运气。",
            "“下端”“上端”在`row`里：`low`和`high`，是95%区间的两头。",
            "`{\"占比\": (between - within) / (between + (size - 1) * within), \"下端\": row[\"low\"], \"上端\": row[\"high\"]}`。",
        ),
        mistakes={
            "“占比”是平方和之比，没有扣掉运气：学校一点不差，它也大于0。": lambda county, right: _share(county, "eta2"),
            "“占比”的分子没有减去校内均方。": lambda county, right: {**right, "占比": _unmended(county)},
            "“占比”写成了百分数。0.15是小数，写成一样的才好比。": lambda county, right: {**right, "占比": 100 * right["占比"]},
            "两头写反了。": lambda county, right: {**right, "下端": right["上端"], "上端": right["下端"]},
        },
        tolerance=0.0005,
        right="0.15在不在区间里？在，就定不了。判定只填国家给的校际差异率；这个数叫组间方差比例，自己看。",
        tables=("scores.score",),
    ),
    "10": Exercise(
        answer=_kept,
        hints=(
            "保留几成，看人数：人越多留得越多。增值是差距乘上保留的几成。",
            "保留是n×校间方差÷（n×校间方差＋校内方差）。差距要用“和预期比”的，起点已经扣掉了。",
            "`kept = n * between / (n * between + within)`，`{\"保留\": kept, \"增值\": kept * gap}`。",
        ),
        mistakes={
            "“增值”没有往0拉回来：那是没有扣运气的差距。": lambda county, right: {**right, "增值": right["增值"] / right["保留"]},
            "“增值”用了平均分和全县的差，起点没有扣掉。": lambda county, right: {**right, "增值": _below_the_county(county)},
            "“保留”里没有乘人数：那是只有一个学生时的。": lambda county, right: {
                "保留": _of_one(county), "增值": right["增值"] / right["保留"] * _of_one(county),
            },
            "“保留”和“拉回来”弄反了。": lambda county, right: {
                "保留": 1 - right["保留"], "增值": right["增值"] / right["保留"] * (1 - right["保留"]),
            },
        },
        tolerance={"保留": 0.005, "增值": 0.05},
        right="平均分最低的一所，差多少分里有多少是起点、多少是运气，剩下的才轮到问“教得怎样”，而且还要看区间。",
        tables=("scores.earlier", "scores.ses"),
    ),
    "11": Exercise(
        answer=_parts,
        hints=(
            "挑出来的时候低，下一次自己会回来一部分。先算会回来多少，再从升的里面减掉。",
            "2023年的差距保留`kept`那么多，其余的自己回来：`-(1 - kept) * before`。多出来的，是升了多少减去它。",
            "`by_itself = -(1 - kept) * before`，`{\"自己回来\": by_itself, \"多出来\": (later - before) - by_itself}`。",
        ),
        mistakes={
            "“多出来”是升的全部，没有减去自己会回来的。": lambda county, right: {**right, "多出来": right.sum()},
            "“自己回来”用了保留的那一份：保留的是留得住的，其余的才会自己回来。": lambda county, right: {
                "自己回来": -risen(county)["gap_first"] - right["自己回来"],
                "多出来": right.sum() + risen(county)["gap_first"] + right["自己回来"],
            },
            "两个数写反了。": lambda county, right: {"自己回来": right["多出来"], "多出来": right["自己回来"]},
        },
        unit="分",
        tolerance=0.05,
        right="多出来的还要看区间：每次只测一二十人，真的改好了的学校，一科两次也常常看不出。再看课和教师齐了没有，看另一科、下一年。",
        tables=("scores.earlier", "scores.ses"),
    ),
    "12": Exercise(
        answer=_verdicts,
        hints=(
            "一行是一年、一个年级、一科。看区间的两头，不看中间的一个数。",
            "区间整个在0.15下面的是“低于”；整个不低于0.15的是“不低于”；跨着0.15的，或者算不出的，是“定不了”。",
            "`below = (shares[\"high\"] < 0.15).sum()`，`above = (shares[\"low\"] >= 0.15).sum()`，`{\"低于\": below, \"不低于\": above, \"定不了\": len(shares) - below - above}`。",
        ),
        mistakes={
            "只看了算出来的一个数，没有看区间。": lambda county, right: _by_points(county, "anova"),
            "只看了平方和之比：没有扣掉运气，也没有看区间。": lambda county, right: _by_points(county, "eta2"),
            "“定不了”的并进了“低于”。没有证据说超过，不等于低于。": lambda county, right: {
                "低于": right["低于"] + right["定不了"], "不低于": right["不低于"], "定不了": 0,
            },
        },
        unit="行",
        right="定不了的，不是算法不好，是学校和学生太少。要窄，多抽学校比多抽学生有用。判定填国家给的数。",
        tables=("scores.score",),
    ),
}  # fmt: skip
