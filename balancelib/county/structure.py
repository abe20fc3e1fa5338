"""The rules that no formula can say: rows that are the same, numbers of schools that are not there, years that are missing.

Each function stands in `STRUCTURE` under the id of its rule in ``rules.toml``, which has what to do about it.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from balancelib.county.faults import Fault
from balancelib.county.grade_checks import GRADE_CHECKS
from balancelib.county.group_checks import GROUP_CHECKS
from balancelib.county.parsed import Parsed, each, strangers
from balancelib.county.progress_checks import PROGRESS_CHECKS
from balancelib.county.rules import Rule
from balancelib.county.schema import schema
from balancelib.county.views import View
from balancelib.text import number

Tables = Mapping[str, Parsed]
Find = Callable[[Rule, Parsed, Tables, pd.DataFrame | None], Iterator[Fault]]

MOST_PERIODS = 40  # of a week: five days of eight
UNEVEN = 0.02  # by which two numbers may fail to be reciprocal: thirds are written in decimals

SUMS = [
    f"{first}{blank}{last}" for first, last in ("合计", "总计", "小计", "共计", "平均", "全县") for blank in ("", " ", "  ", "\u3000")
] + ["全县合计", "全县总计", "全县平均", "平均值", "平均数"]  # fmt: skip


def _no_schools(rule: Rule, parsed: Parsed, *_: Any) -> Iterator[Fault]:
    if parsed.table.required and parsed.frame.empty:
        yield Fault(parsed.sheet, "一所学校也没有", **rule.how)


def _sums(rule: Rule, parsed: Parsed, *_: Any) -> Iterator[Fault]:
    """Rows that add up the others, by the word that stands where a school's number or name should."""
    frame, found = parsed.frame, np.zeros(len(parsed.frame), dtype=bool)
    for name in ("school_id", "name"):
        if name in frame:
            here = frame[name].isin(SUMS).to_numpy() & ~found
            yield from each(parsed, here, name, lambda _: "像是合计行，不是一所学校", **rule.how)
            found |= here


def _twice(rule: Rule, parsed: Parsed, *_: Any) -> Iterator[Fault]:
    """Rows with the same key; a row whose key lacks a part that must be there is not compared."""
    table, frame, key = parsed.table, parsed.frame, list(parsed.table.key)
    if table.layout == "rows":
        needed = [name for name in key if table.column(name).needed == "always"]
        same = frame[needed].notna().all(axis=1) & frame.duplicated(key, keep=False)
        how = rule.how | {"action": f"{table.row}{rule.action}"}
        yield from _same(parsed, same, key, needed[0], "与第{}行重复", **how)


def _copied(rule: Rule, parsed: Parsed, *_: Any) -> Iterator[Fault]:
    """Schools of one county and of other ids, with pupils, whose numbers are all the same."""
    frame = parsed.frame
    numbers = ["county_id", *(column.name for column in parsed.table.columns if column.numeric)]
    same = frame.duplicated(numbers, keep=False) & ~frame.duplicated("school_id", keep=False)
    same &= View(frame)["pupils"] > 0
    yield from _same(parsed, same, numbers, "name", "，各项数字与第{}行完全相同", **rule.how)


def _same(
    parsed: Parsed, same: pd.Series, key: list[str], at: str, words: str, **how: str
) -> Iterator[Fault]:
    """Name for each row the rows that are the same."""
    reasons = {}
    for _, group in parsed.frame[same].groupby(key, sort=False, dropna=False):
        first = [(k, str(parsed.numbers[k])) for k in group.index[:5]]
        for i in group.index:
            reasons[i] = words.format("、".join(number for k, number in first if k != i))
    yield from each(parsed, same, at, reasons.__getitem__, **how)


def _strangers(to: str) -> Find:
    """Return the check for rows that name what the table ``to`` has not, where that has any; each is named once a column."""
    (key,), label = schema().table(to).key, schema().table(to).label

    def find(rule: Rule, parsed: Parsed, tables: Tables, *_: Any) -> Iterator[Fault]:
        columns = [column for column in parsed.table.references if column.refers == to]
        here = _others(tables, to, key) if columns else ()
        for column in columns if len(here) else ():
            ids = parsed.frame[column.name]
            unknown = ids.notna() & ~ids.isin(here)
            rows = ids[unknown].map(ids[unknown].value_counts())
            reasons = {i: f"不在“{label}”表里" + (f"，共有{n}行" if n > 1 else "") for i, n in rows.items()}
            yield from each(parsed, unknown & ~ids.duplicated(), column.name, reasons.__getitem__, **rule.how)

    return find


def _others(tables: Tables, table: str, name: str) -> pd.Index:
    """Return the ids that a table has."""
    return pd.Index(tables[table].frame[name].dropna().unique() if table in tables else [])


def _spouses(rule: Rule, parsed: Parsed, *_: Any) -> Iterator[Fault]:
    """Teachers whose spouse names another, or nobody, or who are their own."""
    frame = parsed.frame
    own, named = frame["teacher_id"], frame["spouse"]
    back = named.map(
        frame.dropna(subset="teacher_id").drop_duplicates("teacher_id").set_index("teacher_id")["spouse"]
    )
    apart = named.notna() & named.isin(own) & ((back != own) | (named == own))
    said = lambda i: "，对方写的不是这位教师" if named[i] != own[i] else "，写的是本人"  # noqa: E731
    yield from each(parsed, apart, "spouse", said, **rule.how)


def _counties(rule: Rule, parsed: Parsed, tables: Tables, *_: Any) -> Iterator[Fault]:
    """Counties that are not in the table of schools, each once, or rows of none where that has several."""
    if parsed.table.name == "schools" or "county_id" not in parsed.frame or "schools" not in tables:
        return
    here, ids = _others(tables, "schools", "county_id"), parsed.frame["county_id"]
    first, unknown = ~ids.duplicated(), ids.notna() & ~ids.isin(here)
    if len(here):
        yield from each(parsed, unknown & first, "county_id", lambda _: "不在“学校”表里", **rule.how)
    if len(here) > 1:
        empty = "是空的，可是“学校”表有几个县"
        yield from each(parsed, ids.isna() & first, "county_id", lambda _: empty, **rule.how)
    if not len(here) and ids.nunique(dropna=False) > 1 and not tables["schools"].frame.empty:
        yield Fault(parsed.sheet, "有几个县区代码，“学校”表却没有县区代码", **rule.how)


def _moved(now: pd.DataFrame, before: pd.DataFrame) -> dict[str, str]:
    """Return the earlier id by today's, of the schools of one name whose id is not that of the earlier year."""
    new = now[~now["school_id"].isin(before["school_id"])].dropna(subset=["name", "school_id"])
    gone = before[~before["school_id"].isin(now["school_id"])]
    new, gone = (
        frame.drop_duplicates("name", keep=False).set_index("name")["school_id"] for frame in (new, gone)
    )
    return {new[name]: gone[name] for name in new.index.intersection(gone.index)}


def _new_identifiers(rule: Rule, parsed: Parsed, _: Tables, before: pd.DataFrame | None) -> Iterator[Fault]:
    if before is not None:
        ids, moved = parsed.frame["school_id"], _moved(parsed.frame, before)
        was = lambda i: f"，上一年同名的学校是{moved[ids[i]]}"  # noqa: E731
        yield from each(parsed, ids.isin(list(moved)), "school_id", was, **rule.how)


def _new_schools(rule: Rule, parsed: Parsed, _: Tables, before: pd.DataFrame | None) -> Iterator[Fault]:
    if before is not None:
        ids, names = parsed.frame["school_id"], parsed.frame["name"]
        known = [*before["school_id"], *_moved(parsed.frame, before)]
        is_new = lambda i: f"（{names[i]}）上一年没有"  # noqa: E731
        yield from each(parsed, ids.notna() & ~ids.isin(known), "school_id", is_new, **rule.how)


def _closed_schools(rule: Rule, parsed: Parsed, _: Tables, before: pd.DataFrame | None) -> Iterator[Fault]:
    if before is None or parsed.frame["school_id"].isna().all():
        return
    known = [*parsed.frame["school_id"], *_moved(parsed.frame, before).values()]
    column = parsed.table.column("school_id").label
    gone = before[~before["school_id"].isin(known)]
    for school, name in zip(gone["school_id"], gone["name"], strict=True):
        place = {"school_id": school, "column": column, "value": school}
        yield Fault(parsed.sheet, f"（{name}）上一年有，今年没有", **rule.how, **place)


def _levels(rule: Rule, parsed: Parsed, *_: Any) -> Iterator[Fault]:
    """Of each test the best pupil of a level who is better than one of a higher level."""
    frame = parsed.frame.dropna(subset=["score", "level"])
    wrong, reasons = np.zeros(len(parsed.frame), dtype=bool), {}
    for _, test in frame.groupby(["county_id", "year", "grade", "subject"], dropna=False):
        for level, group in test.groupby("level"):
            above = test["score"][test["level"] > level]
            best = group["score"].idxmax()
            if len(above) and group["score"][best] > above.min():
                wrong[best] = True
                row = parsed.numbers[above.idxmin()]
                reasons[best] = (
                    f"级，成绩{number(group['score'][best])}；第{row}行高一级，成绩却只有{number(above.min())}"
                )
    yield from each(parsed, wrong, "level", reasons.__getitem__, **rule.how)


def _two_schools(rule: Rule, parsed: Parsed, *_: Any) -> Iterator[Fault]:
    """Pupils who are in more than one school, at the first row of the second."""
    frame, pupil = parsed.frame, ["county_id", "year", "grade", "pupil"]
    known = frame.dropna(subset=["year", "grade", "pupil", "school_id"])
    first = known.groupby(pupil, dropna=False)["school_id"].transform("first").reindex(frame.index)
    other = first.notna() & (first != frame["school_id"]) & ~frame.duplicated([*pupil, "school_id"])
    yield from each(parsed, other, "pupil", lambda i: f"同一年级里还在学校{first[i]}", **rule.how)


def _weeks(rule: Rule, parsed: Parsed, *_: Any) -> Iterator[Fault]:
    """Grades with more periods than a week has, at their first row."""
    frame = parsed.frame
    group = [frame[name] for name in ("school_id", "stage", "grade")]
    for name in ("periods", "given"):
        total = frame[name].groupby(group).transform("sum")
        first = ~frame.duplicated(["school_id", "stage", "grade"])
        said = lambda i, total=total: f"，这个年级各科合计{number(total[i])}节"  # noqa: E731
        yield from each(parsed, first & (total > MOST_PERIODS), name, said, **rule.how)


def _no_item(rule: Rule, parsed: Parsed, tables: Tables, *_: Any) -> Iterator[Fault]:
    """Answers to questions that are not in the table of them; each question once."""
    if "items" not in tables:
        return
    key = ["test", "item"]
    frame = parsed.frame[key]
    unknown = strangers(frame, tables["items"].frame[key])
    said = lambda i: f"不在“试题”表的试卷{frame['test'][i]}里"  # noqa: E731
    yield from each(parsed, unknown, "item", said, **rule.how)


def _reciprocal(rule: Rule, parsed: Parsed, *_: Any) -> Iterator[Fault]:
    """Pairs that an expert compared in both directions, and not alike: at the second of the two rows."""
    frame = parsed.frame.dropna(subset=["expert", "first", "second", "value"])
    seen, wrong, reasons = {}, np.zeros(len(parsed.frame), dtype=bool), {}
    for i, row in frame.iterrows():
        who = (row["county_id"], row["expert"])
        back = seen.get((*who, row["second"], row["first"]))
        if back is not None and abs(back[1] * row["value"] - 1) > UNEVEN:
            wrong[i], reasons[i] = True, f"和第{parsed.numbers[back[0]]}行的{number(back[1])}不互为倒数"
        seen[(*who, row["first"], row["second"])] = (i, row["value"])
    yield from each(parsed, wrong, "value", reasons.__getitem__, **rule.how)


STRUCTURE: Mapping[str, Find] = {
    "row.none": _no_schools,
    "row.sum": _sums,
    "row.twice": _twice,
    "row.copied": _copied,
    "reference.school": _strangers("schools"),
    "reference.teacher": _strangers("teachers"),
    "reference.studio": _strangers("studios"),
    "teachers.spouse": _spouses,
    "reference.county": _counties,
    "quality.level": _levels,
    "quality.two_schools": _two_schools,
    "quality.week": _weeks,
    "quality.item": _no_item,
    "quality.reciprocal": _reciprocal,
    "previous.identifier": _new_identifiers,
    "previous.new": _new_schools,
    "previous.closed": _closed_schools,
    **GRADE_CHECKS,
    **GROUP_CHECKS,
    **PROGRESS_CHECKS,
}
