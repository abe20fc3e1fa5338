"""Exercises of 4.2: what experts weigh, what ranks can bear, what a log said on a day, and a test with a wrong key."""

from collections.abc import Collection

import pandas as pd

from balancelib.county import County
from balancelib.course.exercises.model import Exercise
from balancelib.quality import (
    CHOICES,
    DIMENSIONS,
    Answers,
    Ranking,
    answers,
    expected_lessons,
    expert_weights,
    item_table,
    known_lessons,
    option_table,
    rank_schools,
    reliability,
    school_dimensions,
    weight_sets,
)

STAGE = "primary"
COMPOSITE = ("scores", "timetable", "expert_pairs")
SUSPECT = "疑似"  # begins the reason given for a question whose key may be wrong
REACH = 1.96  # standard errors, 95 %


# What several answers and mistakes start from


def _weights(county: County) -> pd.DataFrame:
    """The four sets of weights, in %."""
    values = school_dimensions(county, STAGE).values
    return 100 * weight_sets(values, county.tables["expert_pairs"])


def _experts(county: County) -> dict[str, float]:
    """Experts who contradict themselves, and what the others give to the curriculum, in %."""
    judged = expert_weights(county.tables["expert_pairs"])
    return {
        "矛盾": int((~judged["consistent"].astype(bool)).sum()),
        "课程": _weights(county).at["experts", "curriculum"],
    }


def _all_experts(county: County) -> float:
    """What all experts give to it on average, in %."""
    return 100 * expert_weights(county.tables["expert_pairs"])["curriculum"].mean()


def _ranking(county: County, vary: Collection[str] = tuple(CHOICES)) -> Ranking:
    found = school_dimensions(county, STAGE)
    weights = weight_sets(found.values, county.tables["expert_pairs"])
    return rank_schools(found.values, found.errors, weights, vary=vary)


def _ranks(county: County, vary: Collection[str] = tuple(CHOICES)) -> dict[str, float]:
    """Pairs of schools whose order is told, in %, and how many places a rank's interval spans."""
    found = _ranking(county, vary)
    return {
        "分得清": 100 * found.separated,
        "跨": (found.table["high"] - found.table["low"]).mean(),
    }


def _day(county: County) -> pd.Timestamp:
    """The last school day of the log."""
    return expected_lessons(county.tables["lesson_log"])["day"].max()


def _lessons(county: County, as_of: pd.Timestamp | None = None) -> pd.DataFrame:
    """What is known of the lessons of that day."""
    lessons = known_lessons(county.tables["lesson_log"], as_of).lessons
    return lessons[lessons["day"] == _day(county)]


def _due(county: County) -> int:
    plan = expected_lessons(county.tables["lesson_log"])
    return int(plan.loc[plan["day"] == _day(county), "expected"].sum())


def _as_known(county: County) -> dict[str, float]:
    """Lessons of which something was known that evening, of those due, and those held as known now, in %."""
    return {
        "当晚报齐": 100 * len(_lessons(county, _day(county))) / _due(county),
        "现在": 100 * (_lessons(county)["held"] == 1).sum() / _lessons(county)["held"].notna().sum(),
    }


def _records(county: County) -> pd.DataFrame:
    """Records of that day, doubled, corrected and contradicting ones with the others."""
    log = county.tables["lesson_log"]
    return log[pd.to_datetime(log["day"]) == _day(county)]


def _records_that_evening(county: County) -> float:
    sent = pd.to_datetime(_records(county)["sent"])
    return 100 * int((sent <= _day(county)).sum()) / _due(county)


def _suspect(given: Answers) -> str:
    """The question whose key looks wrong, or the one that tells pupils apart least."""
    table = item_table(given)
    suspects = table.index[table["reasons"].str.startswith(SUSPECT)]
    return suspects[0] if len(suspects) else table["discrimination"].idxmin()


def _mended(county: County) -> Answers:
    given = answers(county)
    item = _suspect(given)
    return given.with_keys({item: option_table(given, item)["correlation"].idxmax()})


def _dropped(county: County) -> Answers:
    given = answers(county)
    return given.without([_suspect(given)])


def _trust(given: Answers) -> dict[str, float]:
    found = reliability(given)
    return {"信度": found.alpha.value, "上下": REACH * found.error}


EXERCISES = {
    "5": Exercise(
        answer=_experts,
        hints=(
            "一致性比率超过0.1的专家，自己和自己矛盾。先数有几位；算权重时不用他们的。",
            "`judged`里`consistent`是前后一致没有。`weight_sets`的`experts`一行已经去掉了矛盾的专家，要`curriculum`那一列。",
            "`{\"矛盾\": (judged[\"ratio\"] > 0.1).sum(), \"课程\": 100 * weights.at[\"experts\", \"curriculum\"]}`。",
        ),
        mistakes={
            "“课程”把矛盾的专家也平均进去了。他的权重照样算得出来，可是不能用。": lambda county, right: {
                **right, "课程": _all_experts(county),
            },
            "“课程”是熵权。熵权量的是各校差别多大，没有问过专家。": lambda county, right: {
                **right, "课程": _weights(county).at["entropy", "curriculum"],
            },
            "“课程”是等权：几个方面一样重。": lambda county, right: {**right, "课程": 100 / len(DIMENSIONS)},
            "“矛盾”数成了前后一致的专家。": lambda county, right: {
                **right, "矛盾": len(expert_weights(county.tables["expert_pairs"])) - right["矛盾"],
            },
        },
        tolerance={"矛盾": 0, "课程": 0.1},
        right="矛盾的不是删掉了事，拿着矛盾的那几对去请他重答。换一批专家，权重还会变，所以权重旁边写上是谁、哪一天定的。",
        tables=COMPOSITE,
    ),
    "6": Exercise(
        answer=_ranks,
        hints=(
            "什么都换，是`rank_schools`不写`vary`的时候。`separated`是先后分得清的占几成，`table`里`low`、`high`是名次的两头。",
            "“跨”是每所学校`high`减`low`，再求平均。",
            "`ranking = rank_schools(values, errors, weights)`，`{\"分得清\": 100 * ranking.separated, \"跨\": (ranking.table[\"high\"] - ranking.table[\"low\"]).mean()}`。",
        ),
        mistakes={
            "只算了学生是抽来的这一条：尺子、权重、合成的办法也都可以换。": lambda county, right: _ranks(county, ["sampling"]),
            "只换了权重。成绩是抽样来的，尺子也可以换。": lambda county, right: _ranks(county, ["weights"]),
            "“分得清”写成了分不清的。": lambda county, right: {**right, "分得清": 100 - right["分得清"]},
        },
        tolerance={"分得清": 0.05, "跨": 0.05},
        right="任取两所，先后分得清的只有这么些，每所的名次还跨这么宽：单个的名次不能拿来奖罚。能说的只有怎么算都靠前、怎么算都靠后的几所，要是真有。",
        tables=COMPOSITE,
    ),
    "7": Exercise(
        answer=_as_known,
        hints=(
            "“当晚报齐”是当天晚上知道的节数除以应报的节数；“现在”是按课表上了的除以知道上没上的，用现在知道的全部记录。",
            "`known_lessons(log, day)`是当晚知道的，`known_lessons(log)`是现在知道的：重复的只算一条，更正的按后收到的，矛盾的不算。两个都只留`day`那一天的课。",
            "`then = known_lessons(log, day).lessons.query(\"day == @day\")`，`now = known_lessons(log).lessons.query(\"day == @day\")`，`{\"当晚报齐\": 100 * len(then) / due, \"现在\": 100 * now[\"held\"].mean()}`。",
        ),
        mistakes={
            "“当晚报齐”直接数了记录的条数：重复的、矛盾的都算进去了。": lambda county, right: {
                **right, "当晚报齐": _records_that_evening(county),
            },
            "“当晚报齐”用了现在知道的。当天晚上，晚报的还没有来。": lambda county, right: {
                **right, "当晚报齐": 100 * len(_lessons(county)) / _due(county),
            },
            "“现在”直接拿记录求了平均：更正以前的、重复的都算进去了。": lambda county, right: {
                **right, "现在": 100 * _records(county)["held"].mean(),
            },
            "“现在”是当天晚上看到的。": lambda county, right: {
                **right, "现在": 100 * _lessons(county, _day(county))["held"].mean(),
            },
        },
        unit="%",
        tolerance=0.05,
        right="当晚没有报齐，就不给数；等几天、人人等一样的天数再给。公布时写两个日期：哪一天的课，截至哪一天知道的。",
        tables=("lesson_log",),
    ),
    "8": Exercise(
        answer=lambda county: _trust(_mended(county)),
        hints=(
            "高分组一起选、和其余各题相关最高的那一项，才像是对的答案。改了答案，全卷重新算。",
            "`mended = exam.with_keys({item: \"对的那一项\"})`；`reliability(mended)`里`alpha.value`是信度，`error`是测量标准误，95%要乘1.96。",
            "`right = options[\"correlation\"].idxmax()`，`after = reliability(exam.with_keys({item: right}))`，`{\"信度\": after.alpha.value, \"上下\": 1.96 * after.error}`。",
        ),
        mistakes={
            "这一题整个删掉了。题没有错，错的是答案：改了重新算分，少一道好题可惜。": lambda county, right: _trust(_dropped(county)),
            "还是没有改答案的卷子。": lambda county, right: _trust(answers(county)),
            "“上下”只留了一个测量标准误：那只有大约三分之二的把握，95%要乘1.96。": lambda county, right: {
                **right, "上下": right["上下"] / REACH,
            },
            "“上下”用了总分的标准差：那是学生和学生差多少，不是一名学生的分数会差多少。": lambda county, right: {
                **right, "上下": REACH * reliability(_mended(county)).sd,
            },
        },
        tolerance={"信度": 0.0005, "上下": 0.05},
        right="一道题改了答案，信度就高了一截，多数学生的总分也变了：查题要在用分数以前。一名学生上下要留十几分，差几分排不出先后。",
        tables=("items", "item_answers"),
    ),
}  # fmt: skip
