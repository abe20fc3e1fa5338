"""The rules of what was done and came of it that no formula can say: rows that must go together, and rows that are missing."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from balancelib.county.enrolment import stage_pupils
from balancelib.county.faults import Fault
from balancelib.county.parsed import Parsed, each, looked_up, strangers
from balancelib.county.rules import Rule
from balancelib.text import number

Tables = Mapping[str, Parsed]
MANY_NAMED = 5
# A name alone or with a title, by the common surnames with which no office's name begins; what ends as an office does is none.
_NAME = re.compile(
    "[王李张刘陈杨赵黄周吴徐孙胡朱何郭罗梁宋郑谢韩冯于董萧程曹袁邓傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎潘杜戴汪范姚谭廖邹熊陆郝孔崔邱秦顾侯邵孟段雷钱汤尹黎贺龚]"
    "(?:[\u4e00-\u9fff]{1,2}(?<![科室处办部局会院校所站园组班队])|[\u4e00-\u9fff]{0,2}(?:校长|主任|老师|书记|科长|股长|局长|园长|组长|督学))"
)


def _tested(rule: Rule, parsed: Parsed, tables: Tables, *_: Any) -> Iterator[Fault]:
    """Stages of which more pupils took part than there were in its grades in that year."""
    if "enrolment" not in tables:
        return
    pupils = stage_pupils(parsed.frame, tables["enrolment"].frame)
    said = lambda i: f"，大于“分年级学生”表里那一年的{number(pupils[i])}人"  # noqa: E731
    yield from each(parsed, parsed.frame["tested"].to_numpy() > pupils, "tested", said, **rule.how)


def _own(rule: Rule, parsed: Parsed, *_: Any) -> Iterator[Fault]:
    """Where not exactly one of the counties is the own one: at the first row of each that is too many, or of the table."""
    frame = parsed.frame
    for _, group in frame.groupby("county_id", dropna=False):
        own = group[group["own"] == 1].drop_duplicates("peer")
        if own.empty and group["own"].notna().all():
            at, reason = group.index[:1], "，没有一个县是本县"
        else:
            at = own.index[1:]
            reason = f"，可是{own['peer'].iloc[0]}也是本县" if len(at) else ""
        wrong = frame.index.isin(at)
        yield from each(parsed, wrong, "own", lambda _, reason=reason: reason, **rule.how)


def _peer_years(rule: Rule, parsed: Parsed, *_: Any) -> Iterator[Fault]:
    """Counties that lack a year which most of them have, at their first row."""
    known = parsed.frame.dropna(subset=["peer", "year"])
    for _, group in known.groupby("county_id", dropna=False):
        having = group.drop_duplicates(["peer", "year"])["year"].value_counts()
        years = set(having[having > group["peer"].nunique() / 2].index)
        for _, rows in group.groupby("peer"):
            if missing := sorted(years - set(rows["year"])):
                said = f"缺{_several([number(year) for year in missing])}年"
                wrong = parsed.frame.index == rows.index[0]
                yield from each(parsed, wrong, "peer", lambda _, said=said: said, **rule.how)


def _month_gap(rule: Rule, parsed: Parsed, *_: Any) -> Iterator[Fault]:
    """Months that most years have and one lacks, between the first month and the last: at the row of the month after."""
    known = parsed.frame.dropna(subset=["month"])
    for _, group in known.groupby("county_id", dropna=False):
        months = group["month"].drop_duplicates().sort_values()
        usual = months.str[5:].value_counts()
        usual = usual[usual > months.str[:4].nunique() / 2].index
        wanted = (f"{year}-{month}" for year in months.str[:4].unique() for month in usual)
        for month in sorted(set(wanted) - set(months)):
            if months.iloc[0] < month < months.iloc[-1]:
                after = months[months > month].index[0]
                said = f"之前缺{month}，别的年份大多有这个月"
                yield from each(parsed, parsed.frame.index == after, "month", lambda _, said=said: said, **rule.how)  # fmt: skip


def _answers(rule: Rule, parsed: Parsed, tables: Tables, *_: Any) -> Iterator[Fault]:
    """Schools and roles of which there are more answers than came back."""
    if "survey" not in tables:
        return
    key = ["school_id", "role"]
    counted = tables["survey"].frame.groupby(key).size().rename("rows").reset_index()
    rows = looked_up(parsed.frame, key, counted, "rows")
    said = lambda i: f"，“满意度答卷”表里却有{number(rows[i])}份"  # noqa: E731
    yield from each(parsed, rows > parsed.frame["answered"].to_numpy(), "answered", said, **rule.how)


def _not_sent(rule: Rule, parsed: Parsed, tables: Tables, *_: Any) -> Iterator[Fault]:
    """Answers from a school and role that nothing was sent to; each of them once."""
    if "survey_frame" not in tables:
        return
    key = ["school_id", "role"]
    frame = parsed.frame[key]
    unknown = strangers(frame, tables["survey_frame"].frame[key])
    said = lambda i: f"，“满意度调查发放”表里没有学校{frame['school_id'][i]}的这种身份"  # noqa: E731
    yield from each(parsed, unknown, "role", said, **rule.how)


def _visit(rule: Rule, parsed: Parsed, *_: Any) -> Iterator[Fault]:
    """Visits that are to two schools, or on two days: at the first row that is not as the first of all."""
    frame = parsed.frame.dropna(subset=["visit", "school_id", "date"])
    for name in ("school_id", "date"):
        first = frame.groupby(["county_id", "visit"], dropna=False)[name].transform("first")
        wrong = (first != frame[name]) & ~frame.duplicated(["county_id", "visit", name])
        first, wrong = first.reindex(parsed.frame.index), wrong.reindex(parsed.frame.index, fill_value=False)
        yield from each(parsed, wrong, name, lambda i, first=first: f"，同一次督导别的行是{first[i]}", **rule.how)  # fmt: skip


def _same_day(rule: Rule, parsed: Parsed, *_: Any) -> Iterator[Fault]:
    """Visits to a school on a day that has another number already: at the first row of each number but the first."""
    place = ["county_id", "school_id", "date"]
    frame = parsed.frame.dropna(subset=["visit", "school_id", "date"])
    first = frame.groupby(place, dropna=False)["visit"].transform("first")
    wrong = (first != frame["visit"]) & ~frame.duplicated([*place, "visit"])
    first, wrong = first.reindex(parsed.frame.index), wrong.reindex(parsed.frame.index, fill_value=False)
    said = lambda i: f"，同一天到同一所学校的还有{first[i]}"  # noqa: E731
    yield from each(parsed, wrong, "visit", said, **rule.how)


def _owner(rule: Rule, parsed: Parsed, *_: Any) -> Iterator[Fault]:
    """Names of people where an office or a post should stand; they are not quoted."""
    owners = parsed.frame["owner"].astype("string").str.strip()
    named = owners.str.fullmatch(_NAME.pattern).fillna(False).to_numpy(dtype=bool)
    said = lambda _: "像是一个人的姓名"  # noqa: E731
    for fault in each(parsed, named, "owner", said, **rule.how):
        yield msgspec.structs.replace(fault, value=None)


def _several(names: list[str]) -> str:
    return "、".join(names[:MANY_NAMED]) + ("等" if len(names) > MANY_NAMED else "")


PROGRESS_CHECKS = {
    "progress.tested": _tested,
    "progress.own": _own,
    "progress.peer_years": _peer_years,
    "progress.month_gap": _month_gap,
    "progress.answers": _answers,
    "progress.not_sent": _not_sent,
    "progress.visit": _visit,
    "progress.same_day": _same_day,
    "progress.owner": _owner,
}
