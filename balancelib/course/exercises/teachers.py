"""Exercises of module 三: who goes and what is left, whom to share, how many are lacking, who learns, what a studio does."""

import math
from collections.abc import Sequence

import pandas as pd

from balancelib.county import County, Lacking
from balancelib.course.exercises.model import Exercise
from balancelib.standards.staffing import load_curriculum, load_establishment
from balancelib.teachers import (
    FlowRule,
    contact_graph,
    exchange_rates,
    exit_chances,
    fit_choices,
    local_resources,
    place_exact,
    place_greedy,
    respondent_groups,
    score_pairs,
    simulate_staff,
    staff,
    staff_balance,
    staff_sections,
    subject_gaps,
    take_up,
    training_status,
    what_is_left,
    within_steps,
)

YEAR, AHEAD = 2025, 5  # of the returns; years ahead
DRAWS = 5
POST = {"minutes": 45, "housing": 1, "years": 3}
ALLOWANCE, ASKED = 1000, 40  # 元 a month; teachers to whom the post is offered
SMALL = 12  # classes of a school that shares a teacher
STUDIOS, STEPS, OFTEN = 3, 1, 2  # schools that meet twice a year are in contact
BEFORE, AFTER = 2022, 2025  # of two scores


# What several answers and mistakes start from


def _exchange(county: County) -> dict[str, int]:
    """Counts that the two shares are made of."""
    table = exchange_rates(county.tables["teachers"], county.schools, YEAR)
    of = table.set_index("over")
    found = {
        "在编": int(of.at["全部在编教师", "of"]),
        "符合": int(table["of"].iloc[0]),
        "交流": int(table["counted"].iloc[0]),
        "骨干": int(of.at["交流的教师", "counted"]),
        "符合的骨干": int(of.at["符合条件的骨干教师", "of"]),
    }
    if not found["交流"]:
        raise Lacking(f"教师表里没有一名教师是{YEAR}年交流的")
    return found


def _shares(county: County) -> dict[str, float]:
    n = _exchange(county)
    return {
        "交流": 100 * n["交流"] / n["符合"],
        "骨干": 100 * n["骨干"] / n["交流"],
        "还差": max(math.ceil(n["交流"] / 5) - n["骨干"], 0),
    }


def _left(county: County, rule: FlowRule, column: str = "behind") -> pd.Series:
    """By year, what a rule of exchange adds to the backbone teachers of the primary schools that had few."""
    ways = (simulate_staff(county, way, AHEAD, DRAWS) for way in (rule, FlowRule(share=0)))
    gains = what_is_left(*ways, column).set_index(["stage", "indicator", "year"]).sort_index()["gain"]
    return gains["primary", "backbone_teachers"]


def _rules(county: County, year: int = YEAR + AHEAD, column: str = "behind") -> dict[str, float]:
    """What is left in a year of one wave that returns, and of a wave each year."""
    rules = {"只派一批": FlowRule(waves=1), "每年派": FlowRule()}
    return {name: _left(county, rule, column)[year] for name, rule in rules.items()}


def _would(county: County) -> pd.Series:
    """Share that says it would take the post: for nothing, and for the allowance."""
    choices = county.tables["job_choices"]
    shares = take_up(fit_choices(choices), POST, respondent_groups(choices), [0, ALLOWANCE], draws=2)
    return shares["share"]


def _allowance(county: County) -> dict[str, float]:
    anyway, come = ASKED * _would(county)
    return {"多来": come - anyway, "一名": 12 * ALLOWANCE * come / (come - anyway)}


def _music(county: County) -> pd.Series:
    """Weekly periods of music that the small primary schools lack, of those that lack any."""
    periods = {("primary", "music"): load_curriculum().periods("primary")["music"]}
    lack = subject_gaps(county, periods, SMALL)["lack"]
    if not lack.sum() > 0:
        raise Lacking("没有一所小规模小学缺音乐课")
    return lack[lack > 0]


def _load() -> float:
    return load_curriculum().loads("primary")["music"]


def _posts_apart(county: County) -> float:
    """Posts if each school hires its own."""
    return float(sum(math.ceil(lack / _load() - 1e-9) for lack in _music(county)))


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
    "1": Exercise(
        answer=_shares,
        hints=(
            "两个比例，两个分母：10%的分母是符合条件的教师，20%的分母是实际交流的教师。",
            "“还差”是交流的人数不变，要换上几名骨干教师才到20%：交流的除以5往上取整，减去已有的骨干；够了写0。",
            "`{\"交流\": 100 * moved / eligible, \"骨干\": 100 * backbone / moved, \"还差\": max(math.ceil(moved / 5) - backbone, 0)}`。",
        ),
        mistakes={
            "“交流”的分母用了全体在编教师。要用符合条件的教师。": lambda county, right: {
                **right, "交流": 100 * _exchange(county)["交流"] / _exchange(county)["在编"],
            },
            "“骨干”的分母用了符合条件的教师。要用实际交流的教师。": lambda county, right: {
                **right, "骨干": 100 * _exchange(county)["骨干"] / _exchange(county)["符合"],
            },
            "“还差”按符合条件教师的20%算了。20%是实际交流的人里的。": lambda county, right: {
                **right, "还差": math.ceil(_exchange(county)["符合"] / 5) - _exchange(county)["骨干"],
            },
            "“骨干”的分母用了符合条件的骨干教师。要用实际交流的教师。": lambda county, right: {
                **right, "骨干": 100 * _exchange(county)["骨干"] / _exchange(county)["符合的骨干"],
            },
        },
        tolerance={"交流": 0.05, "骨干": 0.05, "还差": 0},
        right="两个比例要同一批人一起达到。骨干不够时，靠少派普通教师凑，第一个会掉下来；要换上的是骨干。",
        tables=("teachers",),
    ),
    "2": Exercise(
        answer=_rules,
        hints=(
            "要的是和“不派”相比多出来的，不是派了以后有多少。",
            "`what_is_left(派, 不派)`一次对一次地减好了，`gain`一列就是。要小学、骨干教师、2030年的那一行。",
            "`what_is_left(once, none)`和`what_is_left(yearly, none)`各取一次，`gains.query(\"stage == 'primary' and indicator == 'backbone_teachers' and year == 2030\")[\"gain\"].item()`。",
        ),
        mistakes={
            "这是2026年的，派出去的第一年。题目问2030年，期满以后。": lambda county, right: _rules(county, YEAR + 1),
            "这是2028年的，第三年。只派一批的，这时还没有回去。": lambda county, right: _rules(county, YEAR + 3),
            "这是差异系数的变化。题目问每百名学生的骨干教师，用`behind`，不写就是它。": lambda county, right: _rules(
                county, column="cv"
            ),
        },
        unit="名",
        tolerance=0.005,
        right="只派一批，期满全回去，数回到原处；每年派，数站得住。接收学校带出来的人不在这个数里，要自己记。",
        tables=("teachers",),
    ),
    "3": Exercise(
        answer=lambda county: {
            "缺的课时": _music(county).sum(),
            "合起来": math.ceil(_music(county).sum() / _load() - 1e-9),
            "各招各的": _posts_apart(county),
        },
        hints=(
            "先把缺的课时加起来；“合起来”是总数除以一名教师的课时，往上取整；“各招各的”是每所学校先各自取整，再相加。",
            "空着的是不知道，不算缺。`lack`里只留下了缺的学校。",
            "`{\"缺的课时\": lack.sum(), \"合起来\": math.ceil(lack.sum() / 16), \"各招各的\": sum(math.ceil(one / 16) for one in lack)}`。",
        ),
        mistakes={
            "“合起来”没有取整：人要一名一名地请。": lambda county, right: {**right, "合起来": right["缺的课时"] / _load()},
            "“合起来”往下取整了，最后几节没有人上。": lambda county, right: {**right, "合起来": right["合起来"] - 1},
            "“各招各的”也合起来算了。各校自己招，每所学校先取整。": lambda county, right: {**right, "各招各的": right["合起来"]},
        },
        tolerance={"缺的课时": 0.05, "合起来": 0, "各招各的": 0},
        right="差出来的那几名，就是共享省下的。实际还要看路有多远、半天对不对得上，见课里的安排。",
        tables=("teachers",),
    ),
    "4": Exercise(
        answer=_allowance,
        hints=(
            "来的每一名都拿补贴，不发也会来的人也拿。多来的是发和不发之差。",
            "来的人数是40乘比例。一年的钱是12个月、每月1000元、全部来的人；除以多来的人数。",
            "`more = 40 * (share[1000] - share[0])`，`{\"多来\": more, \"一名\": 12 * 1000 * 40 * share[1000] / more}`。",
        ),
        mistakes={
            "“一名”只算了发给每个人的12000元，没有把不发也会来的人算进去。": lambda county, right: {**right, "一名": 12 * ALLOWANCE},
            "“一名”是一个月的，题目问一年。": lambda county, right: {**right, "一名": right["一名"] / 12},
            "“多来”没有减去不发也会来的人。": lambda county, right: {**right, "多来": ASKED * _would(county)[ALLOWANCE]},
        },
        tolerance={"多来": 0.05, "一名": 50},
        right="和住房、职称、校车比一比，多来一名各要多少钱。问的是“会选”，实际会比这个少，只用来比办法，不用来定预算。",
        tables=("job_choices",),
    ),
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
            "这是全部的结对。": lambda county, right: len(county.tables["pairings"]),
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
