"""Exercises of 1.3: whose a gap is to mend, compensation, alliances, drawing samples; and a county's own."""

import math

import numpy as np
import pandas as pd

from balancelib.county import County, Lacking, road_matrix
from balancelib.course.exercises.model import Exercise
from balancelib.course.exercises.policy.strategy import backbone
from balancelib.policy import (
    Compensation,
    alliance_roles,
    chance_to_find,
    compensated,
    nearest_first,
    pair_schools,
    sample_for,
    whose_to_mend,
)
from balancelib.standards import load_standard
from balancelib.standards.quotas import Formula

YEAR = 2025  # of the returns
PER_PUPIL, KEPT, BEFORE = 720, 0.8, 3  # 元 a primary pupil; share of a loss made up for; its years
WITHIN, MOST = 10, 1  # km; partners of a strong school
SHARE, SURE = 0.10, 0.95  # of the schools are drawn; how sure a sample is to be


# What several answers and mistakes start from


def _between_townships(county: County, column: str = "township_share", measure: str = "theil_t") -> float:
    parts = whose_to_mend(county, measure).set_index(["stage", "indicator"])
    return 100 * parts.loc[("junior", "sports_area"), column]


def _pupils_by_year(county: County) -> pd.DataFrame:
    """Pupils by year of the primary schools that had 100 in all of them; a column a school."""
    enrolment = county.tables["enrolment"]
    kinds = county.schools.set_index("school_id")["kind"]
    rows = enrolment[enrolment["school_id"].map(kinds) == "primary"]
    pupils = rows.filter(like="grade").sum(axis=1).groupby([rows["year"], rows["school_id"]]).sum().unstack()
    pupils = pupils.loc[YEAR - BEFORE : YEAR]
    return pupils.loc[:, (pupils >= 100).all()]


def _shrinking(county: County) -> pd.Series:
    """Pupils by year of the one that lost most against its three years before."""
    pupils = _pupils_by_year(county)
    lost = pupils.iloc[:-1].mean() - pupils.loc[YEAR]
    if lost.empty or lost.max() <= 0:
        raise Lacking("没有一所100人以上的小学学生减少")
    return pupils[lost.idxmax()]


def _compensation(county: County, share: float = KEPT, years: int = BEFORE) -> float:
    pupils = _shrinking(county)
    tables = [pd.DataFrame({"pupils_primary": [n]}) for n in pupils]
    rule = Compensation(share=share, years=years, formula=Formula({"pupils_primary": PER_PUPIL}))
    return compensated(tables[-1], tables[:-1], rule)["compensation"].item()


def _pairing(county: County, how: object = pair_schools, most: int = MOST) -> set[str]:
    """Weak primary schools that are left without a partner."""
    roles = alliance_roles(county, "primary")
    km = road_matrix(county.tables["distances"], roles.index)
    return set(roles.loc[list(how(roles, km, within=WITHIN, most=most).left), "name"])


def _small(county: County) -> tuple[int, int, int]:
    """Schools, those of fewer than 100 pupils, and how many a tenth is."""
    pupils = county.schools.filter(like="pupils_").sum(axis=1)
    return len(pupils), int((pupils < 100).sum()), math.ceil(SHARE * len(pupils))


def _found(county: County) -> dict[str, float]:
    schools, small, drawn = _small(county)
    return {
        "抽得到": 100 * float(chance_to_find(schools, small, drawn)),
        "要抽": sample_for(schools, small, SURE),
    }


def _with_replacement(county: County) -> float:
    schools, small, drawn = _small(county)
    return 100 * (1 - (1 - small / schools) ** drawn)


def _shortage(county: County) -> pd.Series:
    """Backbone teachers by which each primary section is short of its threshold, negative where it has more."""
    schools = backbone(county)
    line = load_standard("quality-2017").indicator("backbone_teachers").thresholds["primary"]
    return (line - schools["x"]) * schools["pupils"] / 100


def _lack_and_spare(county: County) -> dict[str, float]:
    short = _shortage(county)
    return {"缺": short.clip(lower=0).sum(), "富余": -short.clip(upper=0).sum()}


def _whole_teachers(county: County) -> dict[str, float]:
    """As if each school's shortage were rounded up to whole teachers, and each surplus down."""
    short = _shortage(county)
    return {"缺": np.ceil(short.clip(lower=0)).sum(), "富余": np.floor(-short.clip(upper=0)).sum()}


EXERCISES = {
    "11": Exercise(
        answer=_between_townships,
        hints=(
            "`whose_to_mend`一行是一项指标，`within_share`是乡镇里各校之间的，`township_share`是乡镇之间的。",
            "要初中的体育运动场馆：`stage`是`junior`，`indicator`是`sports_area`。",
            "`100 * parts.loc[(\"junior\", \"sports_area\"), \"township_share\"]`。",
        ),
        mistakes={
            "这是乡镇里各校之间的那一份。": lambda county, right: _between_townships(county, "within_share"),
            "这是按差异系数的平方拆的，题目用泰尔指数（不写`measure`就是它）。": lambda county, right: _between_townships(county, measure="cv"),
        },
        unit="%",
        tolerance=0.05,
        right="场馆的差距多在乡镇之间：县城挤、乡里宽。在一个镇里匀来匀去，动不到它。",
        tables=("schools.township",),
    ),
    "12": Exercise(
        answer=_compensation,
        hints=(
            "补的是“过去三年平均”和“今年”之差的八成，一名学生720元。",
            "过去三年是2022、2023、2024年，今年不算在平均里。",
            "`0.8 * 720 * (pupils.loc[2022:2024].mean() - pupils.loc[2025])`。",
        ),
        mistakes={
            "只和去年比了。题目比的是过去三年的平均。": lambda county, right: _compensation(county, years=1),
            "忘了乘0.8：这是少了的全部，补偿只给八成。": lambda county, right: right / KEPT,
            "今年也算进平均里了。": lambda county, right: KEPT * PER_PUPIL * (_shrinking(county).mean() - _shrinking(county).loc[YEAR]),
            "这是人数的差，还没有乘720元和0.8。": lambda county, right: right / KEPT / PER_PUPIL,
        },
        unit="元",
        tolerance=1,
        right="明年往后移一年，学生不再减少的话，补偿会自己退完：这就是到期日。",
        tables=("enrolment",),
    ),
    "13": Exercise(
        answer=_pairing,
        hints=(
            "先分出谁强谁弱，再配对，最后看谁没有配上。",
            "`pair_schools(roles, km, within=10, most=1)`：10公里以内，一所强校只带一所。`left`是没有配上的标识码。",
            "`set(roles.loc[list(pairing.left), \"name\"])`，`pairing`是上一步的结果。",
        ),
        mistakes={
            "这是谁近配谁的结果。就近配，最缺的学校会落下。": lambda county, right: _pairing(county, nearest_first),
            "一所强校带了两所：`most`要写1。": lambda county, right: _pairing(county, most=2),
        },
        right="没有配上的，用`explain_left`看差在哪里：够不着，还是够得着的都已经带了别人。",
        tables=("distances",),
    ),
    "14": Exercise(
        answer=_found,
        hints=(
            "两个问题都是不放回的抽样：抽出来的学校不会再抽到第二次。",
            "`chance_to_find(学校数, 小规模学校数, 抽几所)`是至少碰到一所的机会，`sample_for`反过来算要抽几所。",
            "`{\"抽得到\": 100 * chance_to_find(schools, small, drawn), \"要抽\": sample_for(schools, small, 0.95)}`。",
        ),
        mistakes={
            "当作放回去再抽了：同一所学校不会抽两次。": lambda county, right: {**right, "抽得到": _with_replacement(county)},
            "“抽得到”是一所也没有碰到的机会，要用100%减去它。": lambda county, right: {**right, "抽得到": 100 - right["抽得到"]},
            "“要抽”填成了10%的所数。": lambda county, right: {**right, "要抽": _small(county)[2]},
        },
        tolerance={"抽得到": 0.05, "要抽": 0},
        right="要紧的学校不能靠碰：分层抽，保证每一层都有。分了层，错误率照样算得出来。",
    ),
    "15": Exercise(
        answer=_lack_and_spare,
        hints=(
            "每所小学（小学部分）按标准该有几名：学生数除以100，乘1。和现有的一减，正的是缺，负的是富余。",
            "缺的和富余的分开加，不要相抵，也不要取整：先看总量够不够。",
            "`short = pupils / 100 - backbone`，缺是`short[short > 0].sum()`，富余是`-short[short < 0].sum()`。",
        ),
        mistakes={
            "缺的和富余的相抵了。先各算各的。": lambda county, right: {
                "缺": max(right["缺"] - right["富余"], 0), "富余": max(right["富余"] - right["缺"], 0),
            },
            "每所学校先取整了。排方案时要取整，看总量时先不取。": lambda county, right: _whole_teachers(county),
            "两个数写反了。": lambda county, right: {"缺": right["富余"], "富余": right["缺"]},
        },
        unit="名",
        tolerance=0.05,
        right="富余不少于缺，是分布的问题，县里自己能匀；富余比缺少，怎么匀也不够，差的那一截才向上要。",
    ),
}  # fmt: skip
