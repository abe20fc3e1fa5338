"""Exercises of 3.2: how many are lacking, who retires, who learns, pairs in name only, local resources."""

from collections.abc import Sequence

import pandas as pd

from balancelib.county import County, Lacking
from balancelib.course.exercises.model import Exercise
from balancelib.standards.staffing import load_curriculum, load_establishment
from balancelib.teachers import (
    exit_chances,
    local_resources,
    staff,
    staff_sections,
    training_status,
)

YEAR, AHEAD = 2025, 5  # of the returns; years ahead


# What several answers and mistakes start from


def _primary(county: County, teach: bool = True) -> pd.DataFrame:
    """Posts by the pupils (``quota``) and by the timetable (``need``) of the primary sections."""
    sections = staff_sections(county).query("stage == 'primary'")
    plan, establishment = load_curriculum(), load_establishment()
    posts = sum(n / plan.loads("primary")[key] for key, n in plan.periods("primary").items())
    share = establishment.teaching_share["primary"] if teach else 1
    quota = share * sections["pupils"] / establishment.pupils_per_staff["primary"]
    return pd.DataFrame({"quota": quota, "need": sections["classes"] * posts})


def _establishment(county: County, teach: bool = True) -> dict[str, float]:
    posts = _primary(county, teach)
    return {
        "编制": posts["quota"].sum(),
        "需要": posts["need"].sum(),
        "不够的学校": int((posts["quota"] < posts["need"]).sum()),
    }


def _retiring(county: County, area: str = "rural") -> pd.Series:
    """Chance of each primary teacher of an area to be retired within the years ahead."""
    people, gone = staff(county), exit_chances(county, YEAR, AHEAD).sum(axis=1, skipna=False)
    found = gone[(people["stage"] == "primary") & (people["area"] == area)]
    if found.dropna().empty:
        raise Lacking("没有知道出生年份的乡村小学教师")
    return found


def _hours(county: County) -> pd.Series:
    """How many teachers have the 360 hours, are short of them, are not known."""
    return (
        training_status(county)["status"].value_counts().reindex(["done", "short", "unknown"], fill_value=0)
    )


def _done(county: County) -> dict[str, float]:
    n = _hours(county)
    return {"最低": 100 * n["done"] / n.sum(), "最高": 100 * (n["done"] + n["unknown"]) / n.sum()}


def _pairs(county: County, columns: Sequence[str] = ("visits", "online")) -> int:
    """Pairs that did nothing together, by the columns that are added up; a blank is unknown."""
    meetings = county.tables["pairings"][list(columns)].sum(axis=1, skipna=False)
    return int((meetings == 0).sum())


def _cells(county: County, states: Sequence[str] = ("counted",)) -> int:
    """Subjects and grades that have a resource in one of the states."""
    table = local_resources(county)
    rows = table[table["state"].isin(states)].dropna(subset=["grade_from", "grade_to"])
    return len(
        {
            (row.subject, grade)
            for row in rows.itertuples()
            for grade in range(int(row.grade_from), int(row.grade_to) + 1)
        }
    )


EXERCISES = {
    "5": Exercise(
        answer=_establishment,
        hints=(
            "编制按学生：学生数除以19是教职工，再乘0.91是教师。需要按班：班数乘`per_class`。",
            "两个都先按学校算，再加总；“不够的学校”数的是编制小于需要的。",
            "`quota = 0.91 * pupils / 19`，`need = classes * per_class`，`{\"编制\": quota.sum(), \"需要\": need.sum(), \"不够的学校\": (quota < need).sum()}`。",
        ),
        mistakes={
            "没有乘0.91：1:19核的是教职工，职员、教辅、工勤都在里面。": lambda county, right: _establishment(county, teach=False),
            "“不够的学校”是全县的差，不是学校数。": lambda county, right: {**right, "不够的学校": right["需要"] - right["编制"]},
            "“不够的学校”数反了：这是编制够的学校。": lambda county, right: {
                **right, "不够的学校": len(_primary(county)) - right["不够的学校"],
            },
        },
        tolerance={"编制": 0.5, "需要": 0.5, "不够的学校": 0},
        right="全县的差看着不大，可是不够的学校多半是班小的那些：按学生核编，班越小越吃亏。",
    ),
    "6": Exercise(
        answer=lambda county: 100 * _retiring(county).mean(),
        hints=(
            "`gone`是每名教师五年里退休的机会，0到1。要的是乡村小学教师的平均。",
            "空着的是不知道出生年份的，不能当作不退休：`.mean()`会自己跳过它们。",
            "`100 * gone[rural_primary].mean()`。",
        ),
        mistakes={
            "这是县城小学的。": lambda county, right: 100 * _retiring(county, "urban").mean(),
            "这是人数，不是百分比。": lambda county, right: _retiring(county).sum(),
        },
        unit="%",
        tolerance=0.05,
        right="再拿它和县城、镇区的比，和五年里班数的变化比：退休的人不必一个一个补，要补的是“要几名”减“还在几名”。",
        tables=("teachers.birth_year", "teachers.gender"),
    ),
    "7": Exercise(
        answer=_done,
        hints=(
            "记录不全的人，可能满了，也可能没有满。两头各算一次。",
            "“最低”把他们都当作没有满，“最高”把他们都当作满了；分母两次都是全体教师。",
            "`{\"最低\": 100 * done / everyone, \"最高\": 100 * (done + unknown) / everyone}`。",
        ),
        mistakes={
            "只给了一个数：记录不全的都当作没有满了。空白是不知道，不是零。": lambda county, right: {**right, "最高": right["最低"]},
            "把记录不全的人从分母里去掉了。他们也是教师，完成率是对全体教师说的。": lambda county, right: dict.fromkeys(
                right.index, 100 * _hours(county)["done"] / _hours(county)[["done", "short"]].sum()
            ),
            "“最高”只数了记录不全的人，还要加上已经满的。": lambda county, right: {
                **right, "最高": 100 * _hours(county)["unknown"] / _hours(county).sum(),
            },
        },
        unit="%",
        tolerance=0.05,
        right="标准是100%：最高也不到，就一定没有做到；最低不到、最高到了，先去找记录。",
        tables=("teachers", "training"),
    ),
    "8": Exercise(
        answer=_pairs,
        hints=(
            "有名无实的，是上一年线下、线上都一次也没有的。",
            "把`visits`和`online`加起来，等于0的就是。有一格空着的是不知道，加起来也是空，不算。",
            "`int((pairs[\"visits\"] + pairs[\"online\"]).eq(0).sum())`。",
        ),
        mistakes={
            "只看了线下的。线下没有、线上有的，也是在做。": lambda county, right: _pairs(county, ["visits"]),
            "只看了线上的。": lambda county, right: _pairs(county, ["online"]),
            "这是结对的总数，做过的也数进去了。": lambda county, right: len(county.tables["pairings"]),
        },
        unit="对",
        right="先问是没有做，还是没有记。真的没有做的，换一家；换谁，看乡村这边缺的是哪一科。",
        tables=("pairings", "teachers"),
    ),
    "9": Exercise(
        answer=_cells,
        hints=(
            "数的是格子：一科一个年级是一格。一份给三、四年级的资源，占两格。",
            "只数审过的、填全的（`state`是`counted`）；同一格里有几份，只算一格。",
            "`cells = {(one.subject, grade) for one in counted.itertuples() for grade in range(int(one.grade_from), int(one.grade_to) + 1)}`，再`len(cells)`。",
        ),
        mistakes={
            "这是资源的份数，不是格子数。": lambda county, right: int((local_resources(county)["state"] == "counted").sum()),
            "没有审过的也算了。凡设必审：没有审过的，不能算有。": lambda county, right: _cells(county, ["counted", "waiting"]),
            "只数了起始的年级。一份给三、四年级的，四年级那格也有。": lambda county, right: len(
                local_resources(county).query("state == 'counted'")[["subject", "grade_from"]].drop_duplicates()
            ),
        },
        unit="格",
        right="空着的格子才是要开发的；先把没有审的送审，有的格子当天就补上。",
        tables=("local_resources",),
    ),
}  # fmt: skip
